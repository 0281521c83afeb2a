"""Subjects in the search of transfer targets: who of the second level can be asked about a service, and who cannot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet, Value

from indgang.accounts.models import Person
from indgang.catalogue.models import Service
from indgang.core.clock import day_of
from indgang.core.text import sort_key
from indgang.desk import targets
from indgang.desk.targets import Target
from indgang.entry.team import kept_windows, second_level
from indgang.prepared.query import Query
from indgang.routing.availability.reachability import Reachability
from indgang.routing.availability.windows import Medium
from indgang.workforce import reach_words
from indgang.workforce.models import PromisedWindow

#: subjects and people of each that are shown; with more, the person types more letters
MOST_SUBJECTS, MOST_PEOPLE = 4, 4
#: how many services that match are asked about, by name; a word of the question finds fewer
MOST_ASKED = 12
#: fewer letters find nothing
LEAST_LETTERS = 2
#: more words narrow a search no further
MOST_WORDS = 8


@dataclass(frozen=True, slots=True)
class AskableSubject:
    """A service with its people. `summary` says in one line how many can be asked, until when, when next, and how much
    of today's promise was kept. `absent` are sentences about those who cannot be asked. `target` is the subject itself:
    whoever is next is asked."""

    target: Target
    unit: str
    people: tuple[Target, ...]
    absent: tuple[str, ...]
    summary: str
    is_only_you: bool


def find(text: str, *, by: Person, at: datetime, medium: Medium = Medium.PHONE) -> list[AskableSubject]:
    """Services with an agreement that match every word, with who can be asked about them now by telephone, or take a
    chat. One more than `MOST_SUBJECTS` when there are more. What was kept of today is told of the telephone alone."""
    services = _services(" ".join(text.split()), day_of(at))
    known = second_level.who_can_be_asked(list(services)[:MOST_ASKED], medium=medium, at=at)
    codes = sorted(
        (code for code, each in known.items() if each.has_windows), key=lambda c: turn(services[c], known[c])
    )
    answers = {code: known[code] for code in codes[: MOST_SUBJECTS + 1]}
    people = _people(answers.values())
    shares = kept_windows.shares(answers, at) if medium is Medium.PHONE else {}
    return [_subject(services[code], answer, shares.get(code), people, by, at) for code, answer in answers.items()]


def turn(service: Service, answer: Reachability) -> tuple[bool, bool, float, Any]:
    """The order of a search: what somebody can be asked about now, then by the next window, then by name."""
    next_at = answer.next_at if not answer.available else None
    return not answer.available, next_at is None, next_at.timestamp() if next_at else 0.0, sort_key(service.name)


def _services(text: str, on: date) -> dict[str, Service]:
    if len(text) < LEAST_LETTERS:
        return {}
    words = text.split()[:MOST_WORDS]
    rows = _covered(len(words)).models(
        on=on, yesterday=on - timedelta(days=1), **{f"word{place}": word for place, word in enumerate(words)}
    )
    return {service.code: service for service in rows}


@lru_cache(maxsize=16)
def _covered(count: int) -> Query:
    """Services with an agreement that match as many words."""

    def build(on: date, yesterday: date, **words: str) -> QuerySet[Service]:
        rows = Service.objects.valid_on(on).select_related("unit").only("code", "name", "unit__name")
        for each in map(Value, words.values()):
            rows = rows.filter(
                Q(name__icontains=each) | Q(public_name__icontains=each) | Q(keywords__icontains=each)
                | Q(unit__name__icontains=each)
            )  # fmt: skip
        lines = PromisedWindow.objects.between(yesterday, on)  # yesterday's may last over midnight
        covered = Q(pk__in=lines.exclude(service=None).values("service")) | Q(
            unit__in=lines.filter(service=None).values("agreement__unit")
        )
        found: QuerySet[Service] = rows.filter(covered)
        return found

    return Query(build, on=date, yesterday=date, **{f"word{place}": str for place in range(count)})


def _people(answers: Iterable[Reachability]) -> dict[int, Person]:
    wanted = list(reach_words.people_of(answers))
    return {person.pk: person for person in _KNOWN.models(people=wanted)} if wanted else {}


_KNOWN = Query(
    lambda people: Person.objects.select_related("entry__unit", "presence__reason").filter(pk__in=people),
    people=list[int],
)


def _subject(
    service: Service, answer: Reachability, share: float | None, people: Mapping[int, Person], by: Person, at: datetime
) -> AskableSubject:
    others = replace(answer, available=tuple(each for each in answer.available if each.person != by.pk))
    asked = [each for each in others.available if each.person in people]
    names = {pk: person.name for pk, person in people.items()}
    return AskableSubject(
        target=Target(f"subject:{service.code}", service.name, "", usable=bool(asked)),
        unit=service.unit.name if service.unit else "",
        people=tuple(
            replace(
                targets.of_person(people[each.person], about=reach_words.about(each, names, at)), service=service.code
            )
            for each in asked[:MOST_PEOPLE]
        ),
        absent=tuple(
            f"{people[each.person].name}: {reach_words.why_not(each, at)}"
            for each in answer.unavailable
            if each.person in people
        ),
        summary=reach_words.summary(others, names, at, share),
        is_only_you=bool(answer.available) and not asked,
    )
