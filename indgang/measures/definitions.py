"""The definition of each figure, in words and with a version, so that an agreement can name the one it is based on.

A change in what is counted makes a new version, valid from a day. The old version stays in the list, because earlier
figures were computed by it. `docs/figures.md` explains the same for economists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from indgang.measures.entered_kinds import ENTERED, EnteredAs, EnteredKind, EnteredPeriod
from indgang.measures.service_level import ServiceLevel, in_time
from indgang.measures.sums import AnswerSums, Duty, IndexSum, OnPay, OnShift, PriceSum, Share, percent_of
from indgang.measures.totals import Times, Totals

#: the day from which the first versions hold: the product had no earlier ones
_FIRST = date(2020, 1, 1)
#: a share or a mean of fewer than this is not shown for a part (a queue, a service, a day), because it would tell about
#: single contacts
FEWEST = 5


class Direction(StrEnum):
    """Which way is better."""

    HIGHER = "higher"
    LOWER = "lower"
    NEITHER = "neither"


class Adding(StrEnum):
    """How the figures of parts (services, centres) make that of the whole."""

    BY_BASE = "by_base"
    """The mean of the parts, weighted by their bases."""
    COUNTS = "counts"
    """The sum of the parts; compared with other periods per day."""
    NOT = "not"
    """Not at all: a percentile of the whole follows from no percentiles of parts."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A value, None for "no data", and its base: how many it was computed from. Small numbers of things that are not
    people (`of_people`) may be shown."""

    value: float | None
    base: int
    of_people: bool = True

    @property
    def is_small(self) -> bool:
        """Whether too few are behind it to show it for a part of the whole."""
        return self.of_people and is_too_few(self.base)


def is_too_few(base: int) -> bool:
    """Whether neither a figure of so many nor their number is shown for a part of the whole."""
    return 0 < base < FEWEST


def hidden_groups(figures: Mapping[str, Figure], *, is_part: bool) -> set[str]:
    """The groups that are not shown, because too few are behind them; `is_part`: they are not all there is.

    What is hidden together could be worked out from the others and their sum, so the next smallest are hidden too,
    until there are `FEWEST` behind those that are hidden.
    """
    hidden = {group for group, figure in figures.items() if is_part and figure.is_small}
    others = sorted(
        (group for group, figure in figures.items() if group not in hidden and figure.base),
        key=lambda group: figures[group].base,
    )
    while hidden and others and sum(figures[group].base for group in hidden) < FEWEST:
        hidden.add(others.pop(0))
    return hidden


@dataclass(frozen=True, slots=True, eq=False)
class Definition:
    """One version of one figure. `of` computes it from the totals of any period.

    `counts` says what is in the numerator and the denominator; `switches` what is decided where others decide
    otherwise; `kpis` are the ids of the matching figures in the documents (data/kpi_definitions.csv).
    """

    code: str
    version: int
    valid_from: date
    unit: str
    formula: str
    counts: str
    of: Callable[[Totals], Figure]
    kpis: tuple[str, ...] = ()
    direction: Direction = Direction.HIGHER
    source: str = "docs/figures.md"
    switches: Mapping[str, str] = field(default_factory=dict)
    adds: Adding = Adding.BY_BASE
    #: whether it depends on the promised seconds, so that others can be assumed (`Totals.promising`)
    has_promise: bool = False
    #: whether it is made of the histograms of times (`Times.counts`), which take longest to read
    has_times: bool = False
    #: whether single contacts are behind it, and not the time of people, what they typed or a price
    has_contacts: bool = True

    @property
    def name(self) -> str:
        """The name that figures show for their definition: `service_level_sl4 v1`."""
        return f"{self.code} v{self.version}"


#: the switches of everything that is measured on queue segments
_ON_SEGMENTS: Mapping[str, str] = {
    "clock starts": "when the call enters the queue; the menu is before it, ringing at agents after it",
    "transferred and returned calls": "each stay in a queue is a segment of its own",
    "callbacks": "neither answered nor abandoned",
    "overflow": "credited to the queue that receives the call",
    "closed hours": "no segment, so no data",
    "counts in the quarter": "in which the call entered the queue",
}
#: the same of conversations
_ON_ANSWER = {"counts in the quarter": "in which the contact was answered first"}


def reads_times(kpi: Definition, within: int | None = None) -> bool:
    """Whether the figure is made of histograms, by itself or because it assumes a promise of so many seconds."""
    return kpi.has_times or (within is not None and kpi.has_promise)


def as_if_promised(totals: Totals, kpi: Definition, within: int | None) -> Totals:
    """The totals for a figure that assumes a promise of so many seconds; the queues' own promises without."""
    return totals if within is None or not kpi.has_promise else totals.promising(within)


def _share(share: Share) -> Figure:
    return Figure(share.percent, share.whole)


def _rest(share: Share) -> Figure:
    """What is left of a hundred per cent."""
    percent = share.percent
    return Figure(None if percent is None else 100.0 - percent, share.whole)


def _mean(times: Times) -> Figure:
    return Figure(times.mean, times.count)


def _percentile(times: Times, percent: float) -> Figure:
    return Figure(times.percentile(percent), times.count)


def _level(
    variant: ServiceLevel, formula: str, counts: str, short: str, kpis: tuple[str, ...] = (), overflow: str = ""
) -> Definition:
    switches = {**_ON_SEGMENTS, "given up early": short} | ({"overflow": overflow} if overflow else {})
    return Definition(
        f"service_level_{variant.value.lower()}", 1, _FIRST, "percent", formula, counts,
        lambda totals: _share(in_time(totals.segments, variant)), kpis, source="features.md 4.2",
        switches=switches, has_promise=True,
    )  # fmt: skip


#: the switches of everything that is measured on time on duty
_ON_DUTY: Mapping[str, str] = {
    "employees": "in the centre in which they serve most queues",
    "small centres": "days with fewer than five employees are not in it",
}


_OF_ANSWERS: Mapping[str, str] = {
    "who is asked": "a drawn share by rule; those who answer may not resemble all (docs/feedback.md)",
}


def _answered(code: str, counts: str, of: Callable[[AnswerSums], IndexSum], kpi: str) -> Definition:
    """The mean index of what contacts answered."""
    return Definition(
        code, 1, _FIRST, "index", "sum of the indexes of answers / answers",
        f"{counts} An answer on any scale is an index of 0 to 100, and counts on the day it was given.",
        lambda totals: Figure(of(totals.answers).mean, of(totals.answers).count), (kpi,), source="docs/feedback.md",
        switches=_OF_ANSWERS,
    )  # fmt: skip


def _on_duty(
    code: str, formula: str, counts: str, of: Callable[[Duty], float | None], *, unit: str = "percent",
    kpis: tuple[str, ...] = (),
) -> Definition:  # fmt: skip
    """A figure of time on duty. Its base is how many people were signed in, day by day."""
    return Definition(
        code,
        1,
        _FIRST,
        unit,
        formula,
        counts,
        lambda totals: Figure(of(totals.duty), totals.duty.people),
        kpis,
        Direction.NEITHER,
        "features.md 4.3",
        _ON_DUTY,
        has_contacts=False,
    )


#: the switches of everything that is measured against published shifts
_ON_SHIFTS: Mapping[str, str] = {
    "employees": "in the centre whose plan has most of their time that day",
    "small centres": "days on which fewer than five employees had shifts are not in it",
    "planned": "work for callers and breaks; meetings, training and other work away from callers are in neither",
    "changed plans": "as they were published at three in the night after the day",
}


def _on_shift(
    code: str, formula: str, counts: str, of: Callable[[OnShift], float | None], direction: Direction
) -> Definition:
    """A figure of time beside published shifts. Its base is how many people had one, day by day."""
    return Definition(
        code, 1, _FIRST, "percent", formula, counts, lambda totals: Figure(of(totals.shifts), totals.shifts.people), (),
        direction, "features.md 4.3", _ON_SHIFTS, has_contacts=False,
    )  # fmt: skip


#: the switches of everything that is measured on paid time
_ON_PAY: Mapping[str, str] = {
    "employees": "those with a contract, in the centre of it",
    "small centres": "days on which fewer than five employees were paid are not in it",
    "paid": "planned shifts; a day of the contract for whoever is absent on a working day without a shift",
    "breaks": "paid, and not available",
    "changed plans": "as they were published at three in the night after the day",
}


def _on_pay(code: str, formula: str, counts: str, of: Callable[[OnPay], float | None]) -> Definition:
    """A figure of paid time. Its base is how many people were paid, day by day."""
    return Definition(
        code, 1, _FIRST, "percent", formula, counts, lambda totals: Figure(of(totals.pay), totals.pay.people), (),
        Direction.NEITHER, "features.md 4.3", _ON_PAY, has_contacts=False,
    )  # fmt: skip


#: the switches of everything that is measured on agreed prices
_ON_PRICES: Mapping[str, str] = {
    "price": "that of the agreement, signed by both parties, on the days that are over",
    "days without a price": "in neither",
    "channels": "share the price by the time of employees; a visit takes as long as an average call",
    "ready time and pauses": "each channel bears its share",
    "queues, services and levels": "no data: the price is the centre's",
}


def _entered(kind: EnteredKind) -> Definition:
    """A figure that people count and type."""
    typed, period = _TYPED[kind.typed], _PERIODS[kind.period]
    return Definition(
        kind.code, 1, _FIRST, kind.unit, kind.formula, kind.counts, lambda totals: _typed(kind, totals), (kind.kpi,),
        Direction.LOWER if kind.is_lower_better else Direction.HIGHER, f"kpi_definitions.csv {kind.source}",
        {"typed": typed, "period": period}, Adding.BY_BASE if kind.typed.is_share else Adding.NOT, has_contacts=False,
    )  # fmt: skip


_TYPED: Mapping[EnteredAs, str] = {
    EnteredAs.COUNT: "a number for each period; they are added up",
    EnteredAs.STATE: "a number for each period; the latest counts",
    EnteredAs.SHARE: "a number out of another for each period; both are added up",
    EnteredAs.STATE_SHARE: "a number out of another for each period; the latest counts",
}
_PERIODS: Mapping[EnteredPeriod, str] = {
    EnteredPeriod.MONTH: "a month, in the days that hold all of it",
    EnteredPeriod.QUARTER: "a quarter, in the days that hold all of it",
    EnteredPeriod.YEAR: "a year, in the days that hold all of it",
}


def _typed(kind: EnteredKind, totals: Totals) -> Figure:
    """Centres are added up; of each, the values or the latest of them."""
    found = totals.entered.of(kind.code)
    number = sum(each.latest if kind.typed.is_state else each.number for each in found)
    out_of = sum(each.latest_out_of if kind.typed.is_state else each.out_of for each in found)
    if not found or (kind.typed.is_share and not out_of):
        return Figure(None, 0, of_people=kind.of_people)
    if kind.typed.is_share:
        return Figure(100.0 * number / out_of, round(out_of), of_people=kind.of_people)
    return Figure(number, round(number), of_people=kind.of_people)


def _cost(price: PriceSum) -> Figure:
    """Kroner of these days. What channels bear would tell the number of their contacts, so it is hidden with it."""
    return Figure(price.kroner if price.days else None, price.contacts, of_people=price.shared > 0)


#: what is not resolved at once, by the agent's mark
_NOT_AT_ONCE: Mapping[str, str] = {
    "transferred and returned calls": "a transferred contact is not resolved",
    "callbacks": "a promised call is not resolved",
}

DEFINITIONS: tuple[Definition, ...] = (
    _level(ServiceLevel.SL1, "(A_T + B_T) / (A + B)", "A quick hang-up counts as good.", "good"),
    _level(
        ServiceLevel.SL2, "A_T / A", "Only answered segments; who gave up does not count at all.", "nothing"
    ),
    _level(
        ServiceLevel.SL3, "A_T / (A + B)", "Every segment given up counts against, also a misdial.", "against"
    ),
    _level(
        ServiceLevel.SL4,
        "A_T / (A + B - B_T)",
        "Segments given up within the promise are left out. Targets are held against this one.",
        "left out within the promise",
        ("K04", "K13"),
    ),
    _level(
        ServiceLevel.SL5,
        "A_T / (A + B - B_s)",
        "Short calls (given up within 5 seconds) are left out.",
        "left out within 5 seconds",
    ),
    _level(
        ServiceLevel.SLG, "A_T / (A + B + O)",
        "As SL3, and every segment that went on elsewhere (O) counts against the queue that it left.", "against",
        overflow="counts against the queue that gives the call away",
    ),
    Definition(
        "whole_wait_within_100_seconds", 1, _FIRST, "percent",
        "whole waits of at most 100 seconds / answered calls that are over",
        "The clock starts at the first ring: menu and every queue. The estimate of 2020 says 100 seconds. Who gave up "
        "is not in it.",
        lambda totals: _share(Share(totals.whole_waits.within(100), totals.whole_waits.count)), ("K04",),
        source="2020: 100 s", has_times=True,
        switches={"clock starts": "at the first ring", "overflow": "the call counts under its last queue",
                  "given up early": "nothing", "callbacks": "neither answered nor abandoned", **_ON_ANSWER},
    ),
    Definition(
        "answered_within_20_seconds", 1, _FIRST, "percent", "A_20 / (A + B - B_20)",
        "As SL4 with a promise of 20 seconds for every queue, as in 2006.",
        lambda totals: _share(in_time(totals.promising(20).segments)), ("K13",), source="2006: 80 % within 20 s",
        switches={**_ON_SEGMENTS, "given up early": "left out within 20 seconds"}, has_times=True,
    ),
    Definition(
        "average_answer_seconds", 1, _FIRST, "seconds", "wait of answered segments / A",
        "From entering the queue to the answer, ringing included, the menu not. Segments given up do not count. A call "
        "answered in its second queue counts with its stay in that one.",
        lambda totals: Figure(totals.segments.average_answer_seconds, totals.segments.answered), ("K04", "K14"),
        Direction.LOWER, "features.md 4.3", _ON_SEGMENTS,
    ),
    Definition(
        "median_answer_seconds", 1, _FIRST, "seconds", "50th percentile of the waits of A",
        "Half of the answered segments waited no longer.",
        lambda totals: _percentile(totals.answer_waits, 50), ("K04",), Direction.LOWER, switches=_ON_SEGMENTS,
        adds=Adding.NOT, has_times=True,
    ),
    Definition(
        "p90_answer_seconds", 1, _FIRST, "seconds", "90th percentile of the waits of A",
        "Nine of ten answered segments waited no longer.",
        lambda totals: _percentile(totals.answer_waits, 90), ("K04",), Direction.LOWER, switches=_ON_SEGMENTS,
        adds=Adding.NOT, has_times=True,
    ),
    Definition(
        "average_whole_wait_seconds", 1, _FIRST, "seconds", "whole wait / answered calls that are over",
        "From the first ring until the caller had the person who ended the call: the menu and every queue, also after "
        "a transfer. Talk and hold are not in it.",
        lambda totals: _mean(totals.whole_waits), ("K04",), Direction.LOWER, "features.md 4.3",
        {"clock starts": "at the first ring", "overflow": "the call counts under its last queue", **_ON_ANSWER},
    ),
    Definition(
        "p90_whole_wait_seconds", 1, _FIRST, "seconds", "90th percentile of the whole waits",
        "Nine of ten callers waited no longer, all in all.",
        lambda totals: _percentile(totals.whole_waits, 90), ("K04",), Direction.LOWER, "features.md 4.3",
        {"clock starts": "at the first ring", "overflow": "the call counts under its last queue", **_ON_ANSWER},
        adds=Adding.NOT, has_times=True,
    ),
    Definition(
        "given_up", 1, _FIRST, "percent", "(B - B_s) / (A + B - B_s)",
        "Segments given up after more than 5 seconds, of those answered or so given up. Messages, call-backs and "
        "segments that went on elsewhere are neither. 100 % less this is the availability of 2006.",
        lambda totals: _share(totals.segments.given_up), ("K15",), Direction.LOWER, "features.md 4.3",
        {**_ON_SEGMENTS, "given up early": "left out within 5 seconds", "hang-ups in the menu": "not in it"},
    ),
    Definition(
        "abandoned_in_queue", 1, _FIRST, "percent", "B / (offered - waiting)",
        "Segments given up, short ones included, of all segments that are decided: also those that ended with a "
        "message or a promised call, or went on elsewhere.",
        lambda totals: _share(totals.segments.abandoned_of_offered), ("K15",), Direction.LOWER, "features.md 4.3",
        {**_ON_SEGMENTS, "given up early": "against", "callbacks": "not given up, but in the denominator",
         "overflow": "not given up, but in the denominator", "hang-ups in the menu": "not in it"},
    ),
    Definition(
        "given_up_after_overflow", 1, _FIRST, "percent", "given up afterwards / calls that went on from a queue",
        "Calls that are over and went on from one queue by rule or by the caller's choice. Given up are those that "
        "nobody answered after that, because the caller hung up. They count when they arrived, under their last queue.",
        lambda totals: _share(totals.overflows), ("K15",), Direction.LOWER, "features.md 4.3",
        {"clock starts": "at the first ring", "callbacks": "not given up, but in the denominator",
         "overflow": "the call counts under its last queue", "given up early": "against"},
    ),
    Definition(
        "availability", 1, _FIRST, "percent", "100 % - (B - B_s) / (A + B - B_s)",
        "Tilgængelighed: segments answered, of those answered or given up after more than 5 seconds.",
        lambda totals: _rest(totals.segments.given_up), ("K15",), source="2006: at most 10 % hang up",
        switches={**_ON_SEGMENTS, "given up early": "left out within 5 seconds"},
    ),
    Definition(
        "contacts_arrived", 1, _FIRST, "count", "contacts that turned to us",
        "Every call, visit, mail and order, also those that ended in the menu; calls that agents make are not in it.",
        lambda totals: Figure(float(totals.arrived.whole), totals.arrived.whole), ("K07", "K17"), Direction.NEITHER,
        adds=Adding.COUNTS,
    ),
    Definition(
        "average_talk_seconds", 1, _FIRST, "seconds", "talk / contacts whose call is over",
        "Calls and direct calls answered in the period; hold and after-work are not talk, nor is what was typed of a "
        "visit.",
        lambda totals: Figure(totals.contacts.average_talk_seconds, totals.contacts.talked),
        direction=Direction.NEITHER, switches=_ON_ANSWER,
    ),
    Definition(
        "average_handle_seconds", 1, _FIRST, "seconds", "(talk + hold + after-work) / the same, wrapped up",
        "As average talk. After-work counts when it is over: today's average grows by it for some minutes.",
        lambda totals: Figure(totals.contacts.average_handle_seconds, totals.contacts.handled),
        direction=Direction.NEITHER, source="features.md 4.3", switches=_ON_ANSWER,
    ),
    Definition(
        "transfers", 1, _FIRST, "percent", "contacts transferred / contacts answered",
        "A contact counts once however often it is transferred; with or without asking first.",
        lambda totals: _share(totals.contacts.transfers), ("K06", "K08", "K23"), Direction.LOWER, "features.md 4.3",
        {"transferred and returned calls": "once per contact, never per leg"},
    ),
    Definition(
        "transfers_warm", 1, _FIRST, "percent", "contacts transferred after asking / contacts answered",
        "Of the same contacts those whose colleague was asked before each transfer.",
        lambda totals: _share(totals.transferred_warm), ("K08",), Direction.NEITHER, "features.md 4.3",
        {"transferred and returned calls": "once per contact, never per leg",
         "kind of transfer": "warm when the colleague was asked each time"},
    ),
    Definition(
        "transfers_blind", 1, _FIRST, "percent", "contacts transferred without asking / contacts answered",
        "Of the same contacts the others: at least one transfer without asking first. Imported calls, of which nobody "
        "knows, are among them. Messages and promised calls are in `handed_over`.",
        lambda totals: _share(totals.transferred_blind), ("K08",), Direction.LOWER, "features.md 4.3",
        {"transferred and returned calls": "once per contact, never per leg",
         "kind of transfer": "blind when once was without asking, or is not known"},
    ),
    Definition(
        "first_contact_resolution", 1, _FIRST, "percent", "resolved at once / contacts first registered",
        "Straksafklaring by the agent's own mark: never transferred, and every question ended as resolved or directed "
        "to self-service. Contacts that nobody has registered are not in the denominator.",
        lambda totals: _share(totals.contacts.first_contact_resolution), ("K06", "K16"), source="features.md 4.3",
        switches=_NOT_AT_ONCE,
    ),
    Definition(
        "first_contact_resolution_net", 1, _FIRST, "percent", "resolved at once / contacts with general questions",
        "As straksafklaring by the agent's mark, of the contacts that the first level can solve: those without a "
        "question that the agent has marked as about a single case. Imported contacts do not say it, and are in "
        "neither.",
        lambda totals: _share(totals.general), ("K06", "K16"), source="features.md 4.3",
        switches={**_NOT_AT_ONCE, "what level one cannot solve": "questions about a single case are left out"},
    ),
    Definition(
        "first_contact_resolution_by_repeat", 1, _FIRST, "percent", "resolved at once and not repeated / decided",
        "As straksafklaring by the agent's mark, but a contact who comes back within seven days about the same service "
        "was not resolved. Decided after seven days and a half, once; contacts whose number and party are unknown are "
        "in neither.",
        lambda totals: _share(totals.repeats), ("K06", "K16"), source="features.md 4.3",
        switches={"decided": "seven days after the registration; until then in neither"},
    ),
    Definition(
        "first_contact_resolution_no_repeat", 1, _FIRST, "percent", "not repeated / decided",
        "Contacts who did not come back within seven days about the same service, whatever the agent marked. Decided "
        "as by repeat.",
        lambda totals: _share(totals.not_back), ("K06", "K16"), source="features.md 4.3",
        switches={"decided": "seven days after the registration; until then in neither", "agent's mark": "not used"},
    ),
    Definition(
        "handed_over", 1, _FIRST, "percent", "message or call promised / contacts first registered",
        "Contacts that ended with a message to a case worker or a promised call, without being transferred: somebody "
        "else goes on.",
        lambda totals: _share(totals.handed_over), ("K06", "K08"), Direction.LOWER, "features.md 4.3",
    ),
    Definition(
        "avoidable_contacts", 1, _FIRST, "percent", "should be digital / contacts first registered",
        "Contacts with at least one question that the agent marked as one that should be solved digitally.",
        lambda totals: _share(totals.digital), ("K09",), Direction.LOWER,
    ),
    Definition(
        "digital_topic_contacts", 1, _FIRST, "count", "contacts that should be digital",
        "The same contacts, counted.",
        lambda totals: Figure(float(totals.digital.part), totals.digital.whole), ("K09",), Direction.LOWER,
        adds=Adding.COUNTS,
    ),
    Definition(
        "digital_share", 1, _FIRST, "percent", "contacts on digital channels / contacts that turned to us",
        "Mail, forms, chat, SMS, Digital Post and calls ordered on the website; the others are telephone and visits. "
        "Who found the answer on the website alone is in neither.",
        lambda totals: _share(totals.on_digital), ("K26",), source="features.md 4.3",
        switches={"digital": "mail counts as digital, self-service without a contact does not"},
    ),
    Definition(
        "written_answered_in_time", 1, _FIRST, "percent", "answers within the promise / answers",
        "Answers to mails, forms, SMS, chats and Digital Post, on the day they left: each is the first to what the "
        "contact had written and nobody had answered, in seconds of the queue's opening hours from the contact's "
        "message.",
        lambda totals: _share(totals.replies.in_time), ("K12",),
        switches={"clock starts": "with the contact's message; it stands still while the queue is closed"},
    ),
    Definition(
        "written_average_answer_seconds", 1, _FIRST, "seconds", "opening time to those answers / answers",
        "The same answers; nights, holidays and hours in which the queue is closed do not count.",
        lambda totals: Figure(totals.replies.average_open_seconds, totals.replies.answered), ("K12",),
        Direction.LOWER,
        switches={"clock starts": "with the contact's message; it stands still while the queue is closed"},
    ),
    Definition(
        "written_median_answer_seconds", 1, _FIRST, "seconds", "50th percentile of the opening times to those answers",
        "Half of the answers left no later.",
        lambda totals: _percentile(totals.reply_times, 50), ("K12",), Direction.LOWER,
        switches={"clock starts": "with the contact's message; it stands still while the queue is closed"},
        adds=Adding.NOT, has_times=True,
    ),
    Definition(
        "written_p90_answer_seconds", 1, _FIRST, "seconds", "90th percentile of the opening times to those answers",
        "Nine of ten answers left no later.",
        lambda totals: _percentile(totals.reply_times, 90), ("K12",), Direction.LOWER,
        switches={"clock starts": "with the contact's message; it stands still while the queue is closed"},
        adds=Adding.NOT, has_times=True,
    ),
    Definition(
        "promised_calls_reached", 1, _FIRST, "percent", "promised calls that talked / those that are over",
        "Calls promised in place of waiting: rung until somebody talked with the contact, or the contact called in "
        "first. Cancelled ones are in neither.",
        lambda totals: _share(totals.callbacks), source="features.md 4.3",
    ),
    Definition(
        "callbacks_on_time", 1, _FIRST, "percent", "rung within the promise / promised calls at a chosen time",
        "Promised calls at a time that the contact chose: the first attempt came no later than the queue's promise in "
        "seconds after that time, as it was when they chose it. Whoever called in and was answered meanwhile was rung "
        "then. Calls in turn have no time to keep; they, and those cancelled before we rang, are in neither.",
        lambda totals: _share(totals.callback_times), source="features.md 4.3",
        switches={"callbacks": "a call in time that nobody took keeps the promise"},
    ),
    Definition(
        "callbacks_not_reached", 1, _FIRST, "count", "promised calls given up without contact",
        "Promised calls that we gave up because nobody was reached, on the day on which we did; of the same calls the "
        "others are in `promised_calls_reached`, by the day of the promise.",
        lambda totals: Figure(float(totals.contacts.not_reached), totals.contacts.not_reached), (), Direction.LOWER,
        "features.md 4.3", {"callbacks": "given up after the last attempt of the queue's terms"}, adds=Adding.COUNTS,
    ),
    Definition(
        "promises_kept", 1, _FIRST, "percent", "promises kept / promises that should have been kept",
        "Promises of hand-overs: an answer by a time, or a call in a slot, kept by the rules of hand-overs. They count "
        "when they end; those that were moved or cancelled in time are in neither.",
        lambda totals: _share(totals.promises), source="features.md 4.3",
        switches={"callbacks": "a call in time that nobody took keeps the promise"},
    ),
    Definition(
        "handovers_returned", 1, _FIRST, "percent", "hand-overs that came back / hand-overs",
        "Hand-overs to the second level, on the day they were sent, without those that were cancelled. One that came "
        "back counts once however often.",
        lambda totals: _share(totals.handovers), ("K23",), Direction.LOWER,
    ),
    Definition(
        "second_level_reached", 1, _FIRST, "percent", "attempts answered / attempts in promised hours",
        "Each time somebody of the second level was asked in hours that they had promised, about a subject or by name; "
        "also when nobody could be asked although the hours were open.",
        lambda totals: _share(totals.second_level), source="features.md 4.3",
        switches={"attempts out of hours": "not in it"},
    ),
    Definition(
        "second_level_out_of_hours", 1, _FIRST, "percent", "attempts outside promised hours / all attempts",
        "How often somebody of the second level was asked about a subject although nobody had promised these hours, or "
        "would have been; of all attempts. Attempts by name are in it inside promised hours alone.",
        lambda totals: _share(totals.out_of_hours), direction=Direction.LOWER, source="features.md 4.3",
        switches={"attempts out of hours": "the part"},
    ),
    _answered(
        "satisfaction", "All in all; each level about its own part.", lambda answers: answers.satisfaction, "K01",
    ),
    Definition(
        "satisfied", 1, _FIRST, "percent", "answers of at least 75 about satisfaction / answers about it",
        "Satisfied or very satisfied, all in all: 4 and 5 of 5, 7 to 9 of 9, 8 to 10 of 10. Choose the channel of "
        "visits for those who came in person.",
        lambda totals: Figure(
            Share(totals.answers.satisfaction.yes, totals.answers.satisfaction.count).percent,
            totals.answers.satisfaction.count,
        ),
        ("K18",), source="docs/feedback.md", switches=_OF_ANSWERS,
    ),
    Definition(
        "survey_response_rate", 1, _FIRST, "percent", "answered / reached",
        "Contacts who were asked about their conversation and could be reached, once it is over; on the day they were "
        "asked first. One answered question is an answer. Answers about a page, which nobody asked for, are in "
        "neither.",
        lambda totals: _share(totals.asked), source="features.md 4.3", switches=_OF_ANSWERS,
    ),
    Definition(
        "survey_reached", 1, _FIRST, "percent", "reached / drawn to be asked",
        "Of those who were drawn and not called off again: who was on the line when the robot asked, or had the "
        "message delivered.",
        lambda totals: _share(totals.reached_to_ask), source="features.md 4.3", switches=_OF_ANSWERS,
    ),
    _answered(
        "courtesy", "How friendly and helpful the person was; each level about its own part.",
        lambda answers: answers.courtesy, "K02",
    ),
    _answered(
        "waiting_satisfaction", "How satisfied callers are with their wait; the contact centre alone is asked about.",
        lambda answers: answers.waiting, "K03",
    ),
    _answered(
        "resolution_by_contact", "To what extent their question was answered; the contact centre alone is asked about.",
        lambda answers: answers.resolution, "K05",
    ),
    Definition(
        "first_contact_resolution_by_contact", 1, _FIRST, "percent", "answers of at least 75 / answers",
        "Straksafklaring by the contact's own answer: 7, 8 or 9 on the telephone, 8, 9 or 10 on the web.",
        lambda totals: Figure(
            Share(totals.answers.resolution.yes, totals.answers.resolution.count).percent,
            totals.answers.resolution.count,
        ),
        ("K06", "K16"), source="docs/feedback.md", switches=_OF_ANSWERS,
    ),
    _on_duty(
        "occupancy", "(talk + hold + written work + after-work) / (signed in - pauses)",
        "Time with work in hand, of the time signed in without pauses.", lambda duty: duty.occupancy,
    ),
    _on_duty(
        "time_ready", "ready / signed in", "Time in which employees waited for work.",
        lambda duty: percent_of(duty.ready, duty.signed_in),
    ),
    _on_duty(
        "time_talking", "(talk + hold) / signed in", "Time in conversation, hold included.",
        lambda duty: percent_of(duty.talking, duty.signed_in),
    ),
    _on_duty(
        "time_working", "written work / signed in", "Time with written work, where no conversation lay over it.",
        lambda duty: percent_of(duty.working, duty.signed_in),
    ),
    _on_duty(
        "time_wrap_up", "after-work / signed in", "Time in after-work.",
        lambda duty: percent_of(duty.wrap_up, duty.signed_in),
    ),
    _on_duty(
        "time_paused", "pauses / signed in", "Time in pauses of all kinds.",
        lambda duty: percent_of(duty.paused, duty.signed_in),
    ),
    _on_duty(
        "contacts_per_hour", "contacts in hand / hours signed in without pauses",
        "Throughput of an employee: each contact in conversation or in written work counts once a day for each who had "
        "it.", lambda duty: duty.contacts_per_hour, unit="per_hour", kpis=("K24",),
    ),
    _on_shift(
        "adherence", "time in the planned state / planned time",
        "Signed in without a pause while work for callers is planned, and not so while a break is. Calls that run into "
        "a break count against it.", lambda shifts: shifts.adherence, Direction.HIGHER,
    ),
    _on_shift(
        "conformance", "time worked / time planned for work",
        "Time signed in without pauses, whenever it was, beside what was planned: over 100 % where people worked "
        "longer.", lambda shifts: shifts.conformance, Direction.NEITHER,
    ),
    _on_pay(
        "shrinkage", "(inside + outside) / paid",
        "Paid time in which nobody could take contacts: planned away from them, or absent.", lambda pay: pay.shrinkage,
    ),
    _on_pay(
        "shrinkage_inside", "inside / paid", "Breaks, meetings, training and own cases, as they were planned.",
        lambda pay: percent_of(pay.inside, pay.paid),
    ),
    _on_pay(
        "shrinkage_outside", "outside / paid", "Leave, illness and time off.",
        lambda pay: percent_of(pay.outside, pay.paid),
    ),
    Definition(
        "operating_cost", 1, _FIRST, "kroner", "agreed price of the days",
        "Each day that is over costs its share of the year, by the price of the agreement that holds on it.",
        lambda totals: _cost(totals.price), ("K10",), Direction.LOWER, "features.md 4.3", _ON_PRICES,
        adds=Adding.COUNTS, has_contacts=False,
    ),
    Definition(
        "cost_per_contact", 1, _FIRST, "kroner", "agreed price of the days / contacts answered on them",
        "Contacts answered on the telephone, in person or in writing, on the days that are over and have a price.",
        lambda totals: Figure(totals.price.of_each, totals.price.contacts), ("K10",), Direction.LOWER,
        "features.md 4.3", _ON_PRICES, has_contacts=False,
    ),
    *map(_entered, ENTERED),
)  # fmt: skip


def definition(code: str, *, on: date) -> Definition:
    """The version of a figure that holds on a day. Raises LookupError when there is none."""
    found = [each for each in DEFINITIONS if each.code == code and each.valid_from <= on]
    if not found:
        raise LookupError(f"no definition of {code} holds on {on}")
    return max(found, key=lambda each: each.valid_from)


def versioned(code: str, version: int) -> Definition:
    """One version of a figure, also when another one holds by now. Raises LookupError when there is none."""
    for each in DEFINITIONS:
        if (each.code, each.version) == (code, version):
            return each
    raise LookupError(f"there is no version {version} of {code}")


def holding(on: date) -> list[Definition]:
    """The definitions that hold on a day, in the order of the list."""
    newest: dict[str, Definition] = {}
    for each in DEFINITIONS:
        if each.valid_from <= on and (each.code not in newest or each.valid_from > newest[each.code].valid_from):
            newest[each.code] = each
    return [each for each in DEFINITIONS if newest.get(each.code) is each]
