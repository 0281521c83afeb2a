"""The directory (telefonbog): the people and desks that a call can be transferred to, found by any word and in Danish
order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, Q, QuerySet, Value
from django.db.models.functions import Collate

from indgang.audit import trail
from indgang.audit.trail import Actor
from indgang.catalogue import changes, numbers
from indgang.catalogue.folding import folded, folded_fields
from indgang.catalogue.models import DirectoryEntry, Purpose, Service, Unit
from indgang.core import phone_numbers
from indgang.core.text import sort_key
from indgang.prepared.query import Query

Row = TypeVar("Row", bound=Model)

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
    number = phone_numbers.in_search(text)
    if number and phone_numbers.is_service(number):
        return found.filter(Q(phone=number) | Q(mobile=number))
    for word in words_of(text):
        found = found.filter(_holds(word, is_number=word.isdigit()))
    return found


def with_number(text: str, *, on: date, most: int) -> list[DirectoryEntry]:
    """The first of `matching`, in Danish order, that have a telephone number."""
    number, words = phone_numbers.in_search(text), words_of(text)
    if number and phone_numbers.is_service(number):
        return list(_with_number(matching(text, on=on))[:most])
    query = _prepared(tuple(word.isdigit() for word in words), most)
    found: list[DirectoryEntry] = query.models(on=on, **{f"word{place}": word for place, word in enumerate(words)})
    return found


def _with_number(found: QuerySet[DirectoryEntry]) -> QuerySet[DirectoryEntry]:
    return in_danish_order(found.exclude(phone="", mobile="")).select_related("unit")


@lru_cache(maxsize=64)
def _prepared(are_numbers: tuple[bool, ...], most: int) -> Query:
    """The search for as many words, each of which is a number or not."""

    def build(on: date, **words: str) -> QuerySet[DirectoryEntry]:
        found: QuerySet[DirectoryEntry] = DirectoryEntry.objects.valid_on(on)
        for word, is_number in zip(words.values(), are_numbers, strict=True):
            found = found.filter(_holds(word, is_number=is_number))
        return _with_number(found)[:most]

    return Query(build, on=date, **{f"word{place}": str for place in range(len(are_numbers))})


def words_of(text: str) -> list[str]:
    """The words of a search. A number, or a part of one, is one word: its digits."""
    number = phone_numbers.in_search(text)
    if number:
        return [number.removeprefix("+")]
    joined = "".join(text.split()).removeprefix("+45")
    return [joined] if joined.isdigit() else text.split()[:_MOST_WORDS]


def in_danish_order(found: QuerySet[DirectoryEntry]) -> QuerySet[DirectoryEntry]:
    """The entries by name, in an order that the database makes."""
    return found.order_by(Collate("searched", "C"), "pk")


def services_named(word: str) -> QuerySet[Service]:
    """Services that hold the word in their names or keywords."""
    named = folded_fields("name", "name_en", "public_name", "keywords")
    return _holding(Service.objects.all(), named, word)


def purposes_named(word: str) -> QuerySet[Purpose]:
    return _holding(Purpose.objects.all(), folded_fields("name", "name_en"), word)


def units_named(word: str) -> QuerySet[Unit]:
    """Units that hold the word in their names, or in their own number or e-mail."""
    return _holding(Unit.objects.all(), folded_fields("name", "name_en", "phone", "email"), word)


def _holding(rows: QuerySet[Row], named: Any, word: str) -> QuerySet[Row]:
    with_name: Any = rows.annotate(named=named)
    found: QuerySet[Row] = with_name.filter(named__contains=folded(Value(word)))
    return found


def _holds(word: str, *, is_number: bool) -> Q:
    asked = Q(searched__contains=folded(Value(word)))
    if is_number:
        return asked
    asked |= Q(unit__in=_holding(Unit.objects.all(), folded_fields("name"), word).order_by().values("pk"))
    for linked, named in (("services", services_named(word)), ("purposes", purposes_named(word))):
        known = _through(linked).filter(**{f"{linked[:-1]}__in": named.order_by().values("pk")})
        asked |= Q(pk__in=known.values("directoryentry"))
    return asked


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
