"""What to tidy up in the directory: entries that nobody has verified for long, and entries without a user."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from indgang.accounts.models import Person
from indgang.catalogue import directory
from indgang.catalogue.folding import folded_fields
from indgang.catalogue.models import DirectoryEntry, Unit
from indgang.core.text import folded


@dataclass(frozen=True, slots=True)
class EntryAlone:
    """An entry without a user; `user` is the only one with the same name or e-mail who has no entry."""

    entry: DirectoryEntry
    user: Person | None


def not_verified(units: QuerySet[Unit], today: date) -> QuerySet[DirectoryEntry]:
    """Entries of these units that nobody has verified within the time that is set, the longest unverified first."""
    since = directory.due_day(today, settings.DIRECTORY_VERIFY_DAYS)
    rows = directory.not_verified_since(since, on=today).filter(unit__in=units.order_by())
    return rows.select_related("unit")


def entries_alone(units: QuerySet[Unit], today: date, *, most: int) -> tuple[list[EntryAlone], int]:
    """The first entries of these units that belong to no open account, those that fit a user first; and how many there
    are."""
    linked = Person.objects.filter(is_active=True, entry__isnull=False).values("entry")
    rows = DirectoryEntry.objects.valid_on(today).filter(unit__in=units.order_by()).exclude(pk__in=linked)
    fitting = _with_user(rows)
    others = directory.in_danish_order(rows.exclude(pk__in=[each.entry.pk for each in fitting])).select_related("unit")
    return [*fitting, *(EntryAlone(entry, None) for entry in others[:most])][:most], rows.count()


def _with_user(rows: QuerySet[DirectoryEntry]) -> list[EntryAlone]:
    """The entries for which there is exactly one user. The database finds those of the same name or e-mail."""
    users = _keyed(Person.objects.filter(is_active=True, entry=None))
    keyed = _keyed(rows)
    same = Q(name_key__in=users.values("name_key")) | Q(email_key__in=users.exclude(email="").values("email_key"))
    found = list(directory.in_danish_order(keyed.filter(same)).select_related("unit"))
    names, emails = ({vars(each)[key] for each in found} - {""} for key in ("name_key", "email_key"))
    fitting = _by_name_and_mail(users.filter(Q(name_key__in=names) | Q(email_key__in=emails)))
    alone = [EntryAlone(entry, _only(fitting, entry)) for entry in found]
    return [each for each in alone if each.user is not None]


def _keyed(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows with name and e-mail in a form that the database compares; `folded` then decides."""
    keyed: QuerySet[Any] = rows.annotate(name_key=folded_fields("name"), email_key=folded_fields("email"))
    return keyed


def _by_name_and_mail(people: Iterable[Person]) -> dict[str, set[Person]]:
    found: dict[str, set[Person]] = defaultdict(set)
    for person in people:
        for key in filter(None, (folded(person.name), folded(person.email))):
            found[key].add(person)
    return found


def _only(users: dict[str, set[Person]], entry: DirectoryEntry) -> Person | None:
    fitting = users.get(folded(entry.name), set()) | (users.get(folded(entry.email), set()) if entry.email else set())
    return next(iter(fitting)) if len(fitting) == 1 else None
