"""How much at once: named profiles of a centre, what each says by the day, and who has which. Decided from a day on.

A profile says how many items of each kind of work a person takes, and which kinds may be offered beside other work
(they interrupt it: what is in hand is kept). Whoever has none takes one conversation at a time (`routing.centre.plan`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue import planned_days
from indgang.catalogue.models import ContactCentre, not_ended
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import SINCE_EVER, CapacityChoice, CapacityProfile, CapacityTerms
from indgang.entry.setup.changes import record_change
from indgang.routing.centre.plan import CONVERSATIONS, ONE_CONVERSATION
from indgang.routing.distribution.requirement import CALL, CHAT, CONSULT, EXCLUSIVE_KINDS, TASK, WRITTEN

#: the largest capacity for one kind
MOST_AT_ONCE = 10
#: kinds that profiles from before there were such work do not say: people take them as those without a profile
_LATER_KINDS = (TASK, WRITTEN, CHAT)


@dataclass(frozen=True, slots=True)
class Load:
    """How many items of each kind at once, and the kinds that may interrupt others."""

    capacity: Mapping[str, int]
    interrupts: frozenset[str]


#: the load of people without a profile
USUAL = Load(ONE_CONVERSATION, CONVERSATIONS)


def load(capacity: Mapping[str, int], interrupts: Iterable[str]) -> Load:
    """As the centre takes it: whoever takes calls is also asked by colleagues, under the same conditions."""
    kinds, may = {kind: number for kind, number in capacity.items() if kind != CONSULT}, set(interrupts) - {CONSULT}
    kinds[CONSULT] = kinds.get(CALL, 0)
    for kind in _LATER_KINDS:
        kinds.setdefault(kind, ONE_CONVERSATION[kind])
    return Load(kinds, frozenset(may | {CONSULT} if CALL in may else may))


def loads_on(day: date) -> dict[int, Load]:
    """The load of each person on that day. Two queries."""
    terms = {row.profile_id: load(row.capacity, row.interrupts) for row in CapacityTerms.objects.valid_on(day)}
    chosen = CapacityChoice.objects.valid_on(day).values_list("person", "profile")
    return {person: terms[profile] for person, profile in chosen if profile in terms}


def on(profile: CapacityProfile, day: date) -> CapacityTerms:
    """The terms of the profile on a day."""
    found: CapacityTerms = CapacityTerms.objects.filter(profile=profile).valid_on(day).get()
    return found


@transaction.atomic
def create(
    centre: ContactCentre, name: str, capacity: Mapping[str, int], interrupts: Collection[str], *, by: Person,
    at: datetime,
) -> CapacityProfile:  # fmt: skip
    """A new profile, which says the same since ever until it is changed. Raises RefusedChange, by field."""
    _refuse(capacity, interrupts)
    ContactCentre.objects.select_for_update().get(pk=centre.pk)
    if CapacityProfile.objects.filter(centre=centre, name__iexact=name).exists():
        raise RefusedChange({"name": _("Der er allerede en profil med det navn.")})
    profile = CapacityProfile.objects.create(centre=centre, name=name)
    terms = CapacityTerms.objects.create(
        profile=profile, capacity=dict(capacity), interrupts=sorted(interrupts), valid_from=SINCE_EVER
    )
    _record("capacity.create", profile, by, at, after={"name": name, **_values(terms)})
    return profile


@transaction.atomic
def decide(
    profile: CapacityProfile, capacity: Mapping[str, int], interrupts: Collection[str], *, day: date, by: Person,
    at: datetime,
) -> None:  # fmt: skip
    """Let the profile say something else from `day` on, until what is planned for later. Raises RefusedChange."""
    _refuse(capacity, interrupts)
    planned_days.refuse_day(day, at)
    CapacityProfile.objects.select_for_update().get(pk=profile.pk)
    _refuse_behind_a_plan(profile, day, at)
    holds = on(profile, day)
    before, after = _values(holds), {"capacity": dict(capacity), "interrupts": sorted(interrupts)}
    if before == after:
        return
    made = holds if holds.valid_from == day else CapacityTerms(profile=profile, valid_from=day, valid_to=holds.valid_to)
    if made is not holds:
        holds.valid_to = day
        holds.save(update_fields=["valid_to"])
    made.capacity, made.interrupts = after["capacity"], after["interrupts"]
    made.save()
    _record("capacity.change", profile, by, at, before=before, after={"valid_from": day.isoformat(), **after})


@transaction.atomic
def call_off(terms: CapacityTerms, *, by: Person, at: datetime) -> None:
    """Drop a change that has not begun: what was before it goes on. Raises RefusedChange for one that holds already."""
    CapacityProfile.objects.select_for_update().get(pk=terms.profile_id)
    planned_days.refuse_begun(terms, at)
    removed = {"valid_from": terms.valid_from.isoformat(), **_values(terms)}
    _record("capacity.remove", terms.profile, by, at, before=removed, after={})
    planned_days.drop(terms, CapacityTerms.objects.filter(profile=terms.profile_id))


@transaction.atomic
def choose(
    people: Collection[Person], profile: CapacityProfile | None, *, centre: ContactCentre, led: Collection[int],
    day: date, by: Person, at: datetime,
) -> int:  # fmt: skip
    """Let these people have the profile of the centre from `day` on, or none; what was planned for later is dropped.

    How many had another before. A day that has passed keeps what held on it. `led` are the centres (ids) whose profiles
    `by` may take away. Raises RefusedChange.
    """
    planned_days.refuse_day(day, at)
    if profile is not None and profile.centre_id != centre.pk:
        raise RefusedChange({"profile": _("Profilen hører til et andet center.")})
    locked = Person.objects.select_for_update().filter(pk__in=[person.pk for person in people]).order_by("pk")
    _refuse_others(from_day_on(day).filter(person__in=people).exclude(profile__centre__in=[centre.pk, *led]))
    return sum(_choose(person, profile, centre, day, by, at) for person in locked)


def _choose(
    person: Person, profile: CapacityProfile | None, centre: ContactCentre, day: date, by: Person, at: datetime
) -> bool:
    rows = list(from_day_on(day).filter(person=person).select_related("profile__centre"))
    if _is_chosen(rows, profile, day):
        return False
    for row in rows:
        if row.valid_from >= day:
            row.delete()
        else:
            row.valid_to = day
            row.save(update_fields=["valid_to"])
    if profile is not None:
        CapacityChoice.objects.create(person=person, profile=profile, valid_from=day)
    record_change(
        "agent.capacity", person, by=by, at=at, before={"profile": [row.profile.name for row in rows]},
        after={"centre": centre.code, "profile": profile.name if profile else "", "valid_from": day.isoformat()},
        parts=tuple({f"centre-{code}/agents" for code in (centre.code, *(row.profile.centre.code for row in rows))}),
    )  # fmt: skip
    return True


def _is_chosen(rows: list[CapacityChoice], profile: CapacityProfile | None, day: date) -> bool:
    """Whether these rows, which hold on the day or later, already say the same."""
    if profile is None or len(rows) != 1:
        return profile is None and not rows
    return rows[0].profile_id == profile.pk and rows[0].valid_from <= day and rows[0].valid_to is None


def _refuse_others(rows: QuerySet[CapacityChoice]) -> None:
    """Refuse to change a choice of another centre."""
    other = rows.select_related("person", "profile__centre").first()
    if other is not None:
        words = {"name": other.person.name, "centre": other.profile.centre.name}
        raise RefusedChange({"people": _("%(name)s har en profil fra %(centre)s. Den kan kun ændres der.") % words})


def from_day_on(day: date) -> QuerySet[CapacityChoice]:
    """The choices that hold on the day or later, in order."""
    found: QuerySet[CapacityChoice] = CapacityChoice.objects.filter(not_ended(day))
    return found.order_by("valid_from")


def _refuse_behind_a_plan(profile: CapacityProfile, day: date, at: datetime) -> None:
    """Refuse a day after a planned change, which would be undone unnoticed: the form shows today's terms."""
    planned = profile.terms.filter(valid_from__gt=day_of(at), valid_from__lt=day).order_by("valid_from").first()
    if planned is not None:
        text = _("Der er planlagt en ændring fra %(day)s. Fjern den først, eller vælg en dag før den.")
        raise RefusedChange({"valid_from": text % {"day": f"{planned.valid_from:%d.%m.%Y}"}})


def _refuse(capacity: Mapping[str, int], interrupts: Collection[str]) -> None:
    """Refuse a capacity that the distributor does not accept."""
    for kind, number in capacity.items():
        most = 1 if kind in EXCLUSIVE_KINDS else MOST_AT_ONCE
        if not 0 <= number <= most:
            raise RefusedChange({kind: _("Antallet skal være mellem 0 og %(most)s.") % {"most": most}})
    if not any(capacity.values()):
        raise RefusedChange({"": _("Profilen skal tage imod mindst én slags arbejde.")})
    if strangers := sorted(set(interrupts) - {kind for kind, number in capacity.items() if number}):
        raise RefusedChange({strangers[0]: _("Kun en slags arbejde, som profilen tager imod, kan afbryde andet.")})


def _values(terms: CapacityTerms) -> dict[str, Any]:
    return {"capacity": terms.capacity, "interrupts": sorted(terms.interrupts)}


def _record(
    action: str, profile: CapacityProfile, by: Person, at: datetime, *, after: Mapping[str, Any],
    before: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    record_change(
        action, profile, by=by, at=at, before=before, after=after, parts=(f"centre-{profile.centre.code}/agents",)
    )
