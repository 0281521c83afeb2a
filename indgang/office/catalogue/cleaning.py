"""What to tidy up in the directory: entries that nobody has verified for long, and entries without a user."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import QuerySet

from indgang.accounts.models import Person
from indgang.catalogue import directory
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


def entries_alone(units: QuerySet[Unit], today: date) -> list[EntryAlone]:
    """Entries of these units that belong to no open account, those that fit a user first."""
    rows = DirectoryEntry.objects.valid_on(today).filter(unit__in=units.order_by())
    linked = Person.objects.filter(is_active=True, entry__isnull=False).values("entry")
    found = list(directory.in_danish_order(rows.exclude(pk__in=linked)).select_related("unit"))
    users = _by_name_and_mail(Person.objects.filter(is_active=True, entry=None))
    alone = [EntryAlone(entry, _only(users, entry)) for entry in found]
    return sorted(alone, key=lambda each: each.user is None)


def _by_name_and_mail(people: Iterable[Person]) -> dict[str, set[Person]]:
    found: dict[str, set[Person]] = defaultdict(set)
    for person in people:
        for key in filter(None, (folded(person.name), folded(person.email))):
            found[key].add(person)
    return found


def _only(users: dict[str, set[Person]], entry: DirectoryEntry) -> Person | None:
    fitting = users.get(folded(entry.name), set()) | (users.get(folded(entry.email), set()) if entry.email else set())
    return next(iter(fitting)) if len(fitting) == 1 else None
