"""Old numbers and mail addresses: since when each is diverted, when it is closed, and how much still comes in on it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf, TruncDate
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core import phone_numbers
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.refusals import RefusedChange
from indgang.correspondence import former_addresses
from indgang.correspondence.models import FormerAddress
from indgang.enquiries.models import Channel, Enquiry
from indgang.entry.models import EntryPoint, FormerNumber
from indgang.entry.setup import flow_versions
from indgang.programme.switchover import findings
from indgang.programme.switchover.models import Switchover

Row = TypeVar("Row", FormerNumber, FormerAddress)

#: weeks that are shown and looked through
WEEKS = 26


@dataclass(frozen=True, slots=True)
class OldChannel:
    """An old number (E.164) or address. `days` counts what came in on each day with anything. `pk` is 0 for a number
    that a switch is to divert (`switch`) and that is not listed yet.

    `closed` is the first day on which nothing is answered there any more; None: it is open, or others close it.
    `until` is the first day on which a number is no old number any more; None: it is one.
    """

    key: str
    is_number: bool
    pk: int
    name: str
    leads_to: str
    diverted: date
    closed: date | None
    days: Counter[date]
    today: date
    switch: UUID | None = None
    until: date | None = None

    @property
    def is_past(self) -> bool:
        """Whether it was an old number, and is none any more."""
        return self.until is not None and self.until <= self.today

    @property
    def shown(self) -> str:
        return phone_numbers.for_people(self.key) if self.is_number else self.key

    @property
    def last(self) -> date | None:
        return max(self.days, default=None)

    @property
    def total(self) -> int:
        return self.days.total()

    @property
    def lately(self) -> int:
        """In the last four weeks."""
        return sum(count for day, count in self.days.items() if day > self.today - timedelta(days=28))

    @property
    def may_close(self) -> bool:
        return self.closed is None and not self.is_past and findings.may_close(self.last, self.diverted, self.today)

    def by_week(self) -> list[tuple[date, int]]:
        """Monday and count of each week, the present one last."""
        weeks = Counter[date]()
        for day, count in self.days.items():
            weeks[monday(day)] += count
        return [(each, weeks[each]) for each in mondays(self.today)]


def monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def mondays(today: date) -> list[date]:
    return [monday(today) - timedelta(weeks=number) for number in reversed(range(WEEKS))]


def all_channels(at: datetime) -> list[OldChannel]:
    """Each old number and address that was ever listed, and the numbers that switches are to divert; numbers first."""
    listed = {each.key: each for each in numbers(at)}
    coming = {each.key: each for each in _to_be_diverted({key for key, each in listed.items() if not each.is_past}, at)}
    written = addresses(at)
    return [*(listed | coming).values(), *written, *_mails_to_come({each.key.lower() for each in written}, at)]


def numbers(at: datetime, only: int | None = None) -> list[OldChannel]:
    """Each old number once, as the list says today, or said last; with `only` that row of it."""
    rows = FormerNumber.objects.select_related("entry_point", "queue", "unit").order_by("number", "valid_from")
    found = _each_once(rows, "number", at) if only is None else list(rows.filter(pk=only))
    days, closed = calls({each.number for each in found}, since=_since(at)), _closed({each.number for each in found})
    return [
        OldChannel(
            each.number, True, each.pk, each.name, _place(each), each.valid_from, closed.get(each.number),
            days[each.number], day_of(at), until=each.valid_to,
        )
        for each in found
    ]  # fmt: skip


def addresses(at: datetime, only: int | None = None) -> list[OldChannel]:
    """As `numbers`."""
    rows = FormerAddress.objects.select_related("forwards_to").order_by("address", "valid_from")
    found = _each_once(rows, "address", at) if only is None else list(rows.filter(pk=only))
    days = former_addresses.counts({each.address for each in found}, since=_since(at))
    return [
        OldChannel(
            each.address, False, each.pk, each.name, each.forwards_to.name, each.valid_from, each.valid_to,
            days[each.address], day_of(at),
        )
        for each in found
    ]  # fmt: skip


def _each_once(rows: QuerySet[Row], key: str, at: datetime) -> list[Row]:
    """Of the rows of each key (in the order of their days) the one that holds today, or else the latest."""
    today, found = day_of(at), dict[str, Row]()
    for row in rows:
        known = found.get(getattr(row, key))
        if known is None or not known.valid_on(today):
            found[getattr(row, key)] = row
    return list(found.values())


def _to_be_diverted(listed: Collection[str], at: datetime) -> list[OldChannel]:
    """The numbers of the switches to come; each once, by the first of them."""
    coming = Switchover.objects.filter(state__in=(*Switchover.OPEN, Switchover.State.DECIDED))
    by_number = {
        number: each
        for each in coming.select_related("leads_to").order_by("-planned_at")
        for number in each.numbers if number not in listed
    }  # fmt: skip
    names = dict(EntryPoint.objects.filter(number__in=by_number).values_list("number", "name"))
    days = calls(by_number, since=_since(at))
    return [
        OldChannel(
            number, True, 0, names.get(number, ""), each.leads_to.name if each.leads_to else "",
            day_of(each.planned_at), None, days[number], day_of(at), each.pk,
        )
        for number, each in by_number.items()
    ]  # fmt: skip


def _mails_to_come(listed: Collection[str], at: datetime) -> list[OldChannel]:
    """The addresses of the switches to come; each once, by the first of them."""
    coming = Switchover.objects.filter(state__in=(*Switchover.OPEN, Switchover.State.DECIDED))
    by_address = {
        address: each
        for each in coming.select_related("mail_to", "service").order_by("-planned_at")
        for address in each.addresses if address not in listed
    }  # fmt: skip
    days = former_addresses.counts(by_address, since=_since(at))
    return [
        OldChannel(
            address, False, 0, each.service.name, each.mail_to.name if each.mail_to else "", day_of(each.planned_at),
            None, days[address], day_of(at), each.pk,
        )
        for address, each in by_address.items()
    ]  # fmt: skip


def calls(numbers: Collection[str], *, since: datetime) -> dict[str, Counter[date]]:
    """How many people rang each number, by day in Copenhagen: all that arrived, answered or not.

    The number of an entry stays with its calls; of a number that is no entry it is deleted with the caller's data, so
    it is counted for those days alone.
    """
    found: dict[str, Counter[date]] = {each: Counter() for each in numbers}
    rung = Enquiry.objects.filter(channel=Channel.PHONE, arrived_at__gte=since, dialled_by=None)
    named = rung.filter(Q(entry_point__number__in=numbers) | Q(entry_point=None, dialled__in=numbers))
    rows = named.order_by().values_list(
        Coalesce("entry_point__number", NullIf("dialled", Value(""))), TruncDate("arrived_at", tzinfo=COPENHAGEN)
    )  # fmt: skip
    for number, day, count in rows.annotate(count=Count("pk")):
        found[number][day] += count
    return found


@transaction.atomic
def close_number(row: FormerNumber, *, by: Person, at: datetime) -> EntryPoint:
    """Answer the number no more from tomorrow on. Raises RefusedChange while people still ring it, and when it is
    not ours."""
    channel = numbers(at, only=row.pk)[0]
    _refuse_in_use(channel)
    point: EntryPoint | None = EntryPoint.objects.valid_on(day_of(at)).filter(number=row.number).first()
    if point is None:
        raise RefusedChange({"": _("Nummeret er ikke en indgang hos os. Lad teleselskabet lukke det.")})
    return flow_versions.save_entry_point(point, {"valid_to": _tomorrow(at)}, by=by, at=at)


@transaction.atomic
def close_address(row: FormerAddress, *, by: Person, at: datetime) -> FormerAddress:
    """Note that the address is closed from tomorrow on. Raises RefusedChange while people still write to it."""
    _refuse_in_use(addresses(at, only=row.pk)[0])
    return former_addresses.save(row, {"valid_to": _tomorrow(at)}, by=by, at=at)


def _refuse_in_use(channel: OldChannel) -> None:
    if channel.closed is not None:
        raise RefusedChange({"": _("Den er allerede lukket.")})
    if channel.is_past:
        raise RefusedChange({"": _("Nummeret er ikke et gammelt nummer mere.")})
    if not channel.may_close:
        said = _("Den kan først lukkes, når ingen har brugt den i %(days)s dage.") % {"days": findings.QUIET_DAYS}
        raise RefusedChange({"": said})


def _since(at: datetime) -> datetime:
    return datetime.combine(mondays(day_of(at))[0], time(0), COPENHAGEN)


def _tomorrow(at: datetime) -> date:
    return day_of(at) + timedelta(days=1)


def _closed(numbers: Iterable[str]) -> dict[str, date]:
    """The day from which each number is an entry no more; without those that still are, or never were."""
    ends: dict[str, list[date | None]] = {}
    points: QuerySet[EntryPoint] = EntryPoint.objects.filter(number__in=list(numbers))
    for number, valid_to in points.values_list("number", "valid_to"):
        ends.setdefault(number, []).append(valid_to)
    return {number: max(filter(None, days)) for number, days in ends.items() if None not in days}


def _place(row: FormerNumber) -> str:
    place = row.entry_point or row.queue or row.unit
    return place.name if place else row.text
