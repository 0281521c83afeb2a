"""What answered calls cost by the terms that centres agreed on, as lines that add up. Pure.

A month of one owner is settled at once. Each call gives one line, also a free one. A minimum and a cap hold for each
answering centre and month, and VAT is computed of that centre's sum: each of them is a line of its own. So every sum is
the sum of lines, and nothing else is rounded than VAT.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Self

from indgang.core.money import NOTHING, ORE, percent_of
from indgang.measures.settlement.answers import AnsweredCall

_SECOND = timedelta(seconds=1)


class OwnerRule(StrEnum):
    """Whose call it is."""

    ENTRY = "entry"
    """The centre of the number that was called."""
    FIRST_QUEUE = "first_queue"
    """The centre of the first queue, which the caller may have chosen in the menu of a common number."""


@dataclass(frozen=True, slots=True)
class AgreedPrices:
    """The terms between an owner and an answering centre (codes; an empty one is any) in one month.

    `per_call` and `per_minute` (each begun one) are kroner. Calls of at most `free_seconds` cost nothing. `wrap_up`
    counts the agent's wrap-up as minutes too. `minimum` and `cap` are kroner a month without VAT.
    """

    owner: str
    answered_by: str = ""
    rule: OwnerRule = OwnerRule.ENTRY
    per_call: Decimal = NOTHING
    per_minute: Decimal = NOTHING
    free_seconds: int = 0
    wrap_up: bool = False
    minimum: Decimal | None = None
    cap: Decimal | None = None
    vat_percent: Decimal | None = None

    def seconds_of(self, call: AnsweredCall) -> int:
        """The whole seconds that minutes are counted from."""
        return (call.talk + call.wrap_up if self.wrap_up else call.talk) // _SECOND


class SettledAs(StrEnum):
    """What a line is for."""

    CALL = "call"
    MINIMUM = "minimum"
    CAP = "cap"
    VAT = "vat"


#: what tells lines apart: kind, answering centre, enquiry, and the moment of the answer
LineKey = tuple[SettledAs, str, str, datetime | None]


@dataclass(frozen=True, slots=True)
class SettlementLine:
    """One line. A correction has negative numbers where too much was counted. `minutes` are begun ones that were
    charged; `amount` is kroner."""

    kind: SettledAs
    answered_by: str
    enquiry: str = ""
    answered_at: datetime | None = None
    queue: str = ""
    calls: int = 0
    free_calls: int = 0
    talk_seconds: int = 0
    wrap_up_seconds: int = 0
    minutes: int = 0
    amount: Decimal = NOTHING

    @property
    def key(self) -> LineKey:
        return self.kind, self.answered_by, self.enquiry, self.answered_at

    @property
    def is_nothing(self) -> bool:
        return not any(getattr(self, name) for name in _NUMBERS)

    def plus(self, other: Self, sign: int = 1) -> Self:
        """This line with the numbers of another one of the same key added, or taken away with `sign` -1."""
        return replace(
            self, **{name: getattr(self, name) + sign * getattr(other, name) for name in _NUMBERS}
        )  # fmt: skip


_NUMBERS = ("calls", "free_calls", "talk_seconds", "wrap_up_seconds", "minutes", "amount")


@dataclass(frozen=True, slots=True)
class SettlementSum:
    """The sum of lines. `net` is kroner without VAT."""

    calls: int = 0
    free_calls: int = 0
    talk_seconds: int = 0
    wrap_up_seconds: int = 0
    minutes: int = 0
    net: Decimal = NOTHING
    vat: Decimal = NOTHING

    @property
    def total(self) -> Decimal:
        return self.net + self.vat

    def __add__(self, other: Self) -> Self:
        return type(self)(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    @classmethod
    def of(cls, line: SettlementLine) -> Self:
        numbers = line.calls, line.free_calls, line.talk_seconds, line.wrap_up_seconds, line.minutes
        is_vat = line.kind is SettledAs.VAT
        return cls(*numbers, net=NOTHING if is_vat else line.amount, vat=line.amount if is_vat else NOTHING)


def total(lines: Iterable[SettlementLine]) -> SettlementSum:
    """The sum of these lines."""
    return sum((SettlementSum.of(line) for line in lines), SettlementSum())


def by_centre(lines: Iterable[SettlementLine]) -> dict[str, SettlementSum]:
    """The sums by the answering centre (code), in the order of the codes."""
    found: dict[str, list[SettlementLine]] = defaultdict(list)
    for line in lines:
        found[line.answered_by].append(line)
    return {code: total(found[code]) for code in sorted(found)}


#: terms by their owner and answering centre (codes; an empty one is any)
TermsBySides = Mapping[tuple[str, str], AgreedPrices]


def by_sides(terms: Iterable[AgreedPrices]) -> TermsBySides:
    return {(each.owner, each.answered_by): each for each in terms}


def terms_of(call: AnsweredCall, terms: TermsBySides) -> AgreedPrices | None:
    """The terms that a call is settled by; None when nobody owes for it.

    Terms with the answering centre by name go before those with any. Nobody pays for what they answer themselves, and
    nobody pays twice: the owner by the first queue goes before the owner by the number called.
    """
    for rule, owner in ((OwnerRule.FIRST_QUEUE, call.first_centre), (OwnerRule.ENTRY, call.entry_centre)):
        between = _between(owner, call.answered_by, terms) if owner != call.answered_by else None
        if between is not None and between.rule is rule:
            return between
    return None


def _between(owner: str, answered_by: str, terms: TermsBySides) -> AgreedPrices | None:
    return terms.get((owner, answered_by)) or terms.get((owner, ""))


def month_lines(owner: str, calls: Iterable[AnsweredCall], terms: Sequence[AgreedPrices]) -> list[SettlementLine]:
    """The lines of what a centre owes for one month, in the order of the answers and then of the answering centres.

    `calls` are those of the month and may include others' calls; `terms` are all that hold in it.
    """
    lines: dict[str, list[SettlementLine]] = {each.answered_by: [] for each in terms if each.owner == owner}
    lines.pop("", None)
    agreed_by = by_sides(terms)
    for call in calls:
        agreed = terms_of(call, agreed_by)
        if agreed is not None and agreed.owner == owner:
            lines.setdefault(call.answered_by, []).append(call_line(call, agreed))
    of_calls = sorted((line for each in lines.values() for line in each), key=_order)
    return of_calls + [extra for code in sorted(lines) for extra in _extras(owner, code, lines[code], agreed_by)]


def call_line(call: AnsweredCall, agreed: AgreedPrices) -> SettlementLine:
    """The line of one call."""
    seconds = agreed.seconds_of(call)
    is_free = seconds <= agreed.free_seconds
    minutes = 0 if is_free else -(-seconds // 60)
    return SettlementLine(
        kind=SettledAs.CALL,
        answered_by=call.answered_by,
        enquiry=call.enquiry,
        answered_at=call.answered_at,
        queue=call.queue,
        calls=1,
        free_calls=int(is_free),
        talk_seconds=call.talk // _SECOND,
        wrap_up_seconds=call.wrap_up // _SECOND,
        minutes=minutes,
        amount=NOTHING if is_free else (agreed.per_call + minutes * agreed.per_minute).quantize(ORE),
    )


def difference(now: Iterable[SettlementLine], before: Iterable[SettlementLine]) -> list[SettlementLine]:
    """What must be added to the lines of `before` to make those of `now`. `before` may hold several lines of one key: a
    statement and its corrections."""
    had = added(before)
    found: list[SettlementLine] = []
    for line in now:
        earlier = had.pop(line.key, None)
        found.append(line if earlier is None else line.plus(earlier, -1))
    found += [line.plus(line, -2) for line in had.values()]  # as much below zero
    return [line for line in found if not line.is_nothing]


def added(lines: Iterable[SettlementLine]) -> dict[LineKey, SettlementLine]:
    """The lines with those of one key added up."""
    found: dict[LineKey, SettlementLine] = {}
    for line in lines:
        found[line.key] = found[line.key].plus(line) if line.key in found else line
    return found


def _extras(
    owner: str, answered_by: str, calls: Sequence[SettlementLine], terms: TermsBySides
) -> Iterator[SettlementLine]:
    """The lines of minimum, cap and VAT for one answering centre."""
    agreed = _between(owner, answered_by, terms)
    assert agreed is not None
    net = sum((line.amount for line in calls), NOTHING)
    if agreed.minimum is not None and net < agreed.minimum:
        yield SettlementLine(SettledAs.MINIMUM, answered_by, amount=agreed.minimum - net)
        net = agreed.minimum
    if agreed.cap is not None and net > agreed.cap:
        yield SettlementLine(SettledAs.CAP, answered_by, amount=agreed.cap - net)
        net = agreed.cap
    vat = percent_of(net, agreed.vat_percent or NOTHING)
    if vat:
        yield SettlementLine(SettledAs.VAT, answered_by, amount=vat)


def _order(line: SettlementLine) -> tuple[datetime, str, str]:
    assert line.answered_at is not None
    return line.answered_at, line.enquiry, line.answered_by
