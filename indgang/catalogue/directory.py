"""The directory (telefonbog): the people and desks that a call can be transferred to, found by any word and in Danish
order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.db.models.functions import Collate

from indgang.audit import trail
from indgang.audit.trail import Actor
from indgang.catalogue import changes, numbers
from indgang.catalogue.folding import fold, folded_fields, holds, pattern
from indgang.catalogue.models import DirectoryEntry, Purpose, Service, Unit
from indgang.core import phone_numbers
from indgang.core.text import sort_key
from indgang.prepared.query import Query

_NUMBERS = ("phone", "mobile")
#: what an entry is linked to, as proof of what the person knows
_LINKED = ("services", "purposes")
#: more words narrow a search no further
_MOST_WORDS = 8


def search(text: str, *, on: date, unit: Unit | None = None) -> list[DirectoryEntry]:
    """`matching`, in Danish order. `unit` limits the search to that unit and those below it."""
    found = matching(text, on=on).select_related("unit")
    if unit is not None:
        found = found.filter(unit__path__startswith=unit.path)
    return sorted(found, key=lambda entry: (sort_key(entry.name), entry.pk))


def matching(text: str, *, on: date) -> QuerySet[DirectoryEntry]:
    """Entries in force on a day that hold every word. Without words: all entries.

    A word is looked for in the entry, the name of its unit, and the services and purposes that the person knows, in
    upper or lower case and with or without accents. A number is found in any notation, and by any part of it with or
    without spaces; a service number (112) matches only a whole number.
    """
    found: QuerySet[DirectoryEntry] = DirectoryEntry.objects.valid_on(on)
    if number := service_number(text):
        return found.filter(Q(phone=number) | Q(mobile=number))
    words = words_of(text)
    return holding(on, map(pattern, words), are_numbers(words))


def holding(on: date, patterns: Iterable[str], are_digits: Iterable[bool]) -> QuerySet[DirectoryEntry]:
    """Entries in force on a day that hold all patterns, each of a word or of digits (`are_numbers`)."""
    found: QuerySet[DirectoryEntry] = DirectoryEntry.objects.valid_on(on)
    for wanted, is_number in zip(patterns, are_digits, strict=True):
        found = found.filter(_holds(wanted, is_number=is_number))
    return found


def service_number(text: str) -> str:
    """The service number (112) that is the whole text; otherwise empty."""
    number = phone_numbers.in_search(text)
    return number if number and phone_numbers.is_service(number) else ""


def words_of(text: str) -> list[str]:
    """The words of a search, folded. A number, or a part of one, is one word: its digits."""
    number = phone_numbers.in_search(text)
    if number:
        return [number.removeprefix("+45").removeprefix("+")]
    joined = "".join(text.split()).removeprefix("+45")
    return [joined] if joined.isdigit() else fold(text.split()[:_MOST_WORDS])


def are_numbers(words: Iterable[str]) -> tuple[bool, ...]:
    return tuple(word.isdigit() for word in words)


def by_place(words: Iterable[str]) -> dict[str, str]:
    """The values of a prepared query with as many words."""
    return {f"word{place}": pattern(word) for place, word in enumerate(words)}


def types_of(count: int) -> dict[str, type]:
    """The types of a prepared query with as many words."""
    return {f"word{place}": str for place in range(count)}


def with_number(text: str, *, on: date, most: int) -> list[DirectoryEntry]:
    """The first of `matching`, in Danish order, that have a telephone number."""
    if service_number(text):
        return list(_with_number(matching(text, on=on))[:most])
    words = words_of(text)
    found: list[DirectoryEntry] = _prepared(are_numbers(words), most).models(on=on, **by_place(words))
    return found


def _with_number(found: QuerySet[DirectoryEntry]) -> QuerySet[DirectoryEntry]:
    return in_danish_order(found.exclude(phone="", mobile="")).select_related("unit")


@lru_cache(maxsize=64)
def _prepared(are_digits: tuple[bool, ...], most: int) -> Query:
    """The search for as many words, each of which is a number or not."""

    def build(on: date, **words: str) -> QuerySet[DirectoryEntry]:
        return _with_number(holding(on, words.values(), are_digits))[:most]

    return Query(build, on=date, **types_of(len(are_digits)))


def in_danish_order(found: QuerySet[DirectoryEntry]) -> QuerySet[DirectoryEntry]:
    """The entries by name, in an order that the database makes."""
    return found.order_by(Collate("searched", "C"), "pk")


def _holds(wanted: str, *, is_number: bool) -> Q:
    asked = Q(holds("searched", wanted))
    if is_number:
        return asked
    asked |= Q(unit__in=_named(Unit.objects.all(), wanted, "name"))
    services = _named(Service.objects.all(), wanted, "name", "name_en", "public_name", "keywords")
    asked |= Q(pk__in=_through("services").filter(service__in=services).values("directoryentry"))
    purposes = _named(Purpose.objects.all(), wanted, "name", "name_en")
    return asked | Q(pk__in=_through("purposes").filter(purpose__in=purposes).values("directoryentry"))


def _named(rows: QuerySet[Any], wanted: str, *fields: str) -> QuerySet[Any]:
    with_name: Any = rows.annotate(named=folded_fields(*fields))
    found: QuerySet[Any] = with_name.filter(holds("named", wanted)).order_by().values("pk")
    return found


# --- Changes -----------------------------------------------------------------------------------


@transaction.atomic
def save(entry: DirectoryEntry, *, by: Actor, at: datetime, **values: Any) -> DirectoryEntry:
    """Add or change an entry. Numbers are stored in E.164; `services` and `purposes` are rows. Raises RefusedChange for
    an invalid number."""
    linked = {name: values.pop(name) for name in _LINKED if name in values}
    saved = changes.save(entry, numbers.stored(values, *_NUMBERS), by=by, at=at)
    link([(saved, linked)], by=by, at=at)
    return saved


def link(wanted: Sequence[tuple[DirectoryEntry, Mapping[str, Any]]], *, by: Actor, at: datetime, why: str = "") -> None:
    """Set what people know: for each entry the rows of `services` or `purposes`, or of both. Belongs in a transaction.

    A few queries for any number of entries.
    """
    differences: dict[int, tuple[DirectoryEntry, dict[str, list[str]], dict[str, list[str]]]] = {}
    for name in _LINKED:
        given = {entry.pk: (entry, list(rows[name])) for entry, rows in wanted if name in rows}
        there = _linked(name, given)
        differing = {pk: rows for pk, (_entry, rows) in given.items() if there[pk].keys() != {row.pk for row in rows}}
        _replace(name, differing)
        for pk, rows in differing.items():
            _entry, before, after = differences.setdefault(pk, (given[pk][0], {}, {}))
            before[name] = sorted(there[pk].values())
            after[name] = sorted(row.code for row in rows)
    changed = [("directoryentry.change", *each) for each in differences.values()]
    changes.record_changes(changed, by=by, at=at, why=why)


def _linked(name: str, entries: Collection[int]) -> dict[int, dict[int, str]]:
    """The codes of what is linked to each entry, by id."""
    found: dict[int, dict[int, str]] = {pk: {} for pk in entries}
    one = name[:-1]
    rows = _through(name).filter(directoryentry__in=entries)
    for pk, linked, code in rows.values_list("directoryentry", one, f"{one}__code"):
        found[pk][linked] = code
    return found


def _replace(name: str, wanted: Mapping[int, Sequence[Model]]) -> None:
    links, one = _through(name), name[:-1]
    links.filter(directoryentry__in=wanted).delete()
    made = [
        links.model(**{"directoryentry_id": pk, f"{one}_id": row.pk}) for pk, rows in wanted.items() for row in rows
    ]
    links.bulk_create(made, batch_size=2000)


def _through(name: str) -> Any:
    """The links between entries and `services` or `purposes`."""
    return getattr(DirectoryEntry, name).through._default_manager


@transaction.atomic
def verify(entry: DirectoryEntry, *, by: Actor, at: datetime) -> None:
    """Note that somebody has looked through the entry and that it is right."""
    entry.verified_at, entry.verified_by = at, by.audit_label
    entry.save(update_fields=["verified_at", "verified_by"])
    trail.record(by=by, at=at, action="directoryentry.verify", target=entry)


def not_verified_since(day: date, *, on: date) -> QuerySet[DirectoryEntry]:
    """Entries in force that nobody has verified since a day, the longest unverified first; new ones are left until
    then."""
    rows: QuerySet[DirectoryEntry] = DirectoryEntry.objects.valid_on(on)
    old = Q(verified_at__date__lt=day) | Q(verified_at=None, valid_from__lt=day)
    return rows.filter(old).order_by("verified_at", Collate("searched", "C"))


def due_day(today: date, days: int) -> date:
    """The day since which an entry must have been verified."""
    return today - timedelta(days=days)
