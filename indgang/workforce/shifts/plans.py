"""Shift plans: drafted with the need, published, and replaced by a version that follows."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.core.schedule import is_public_holiday
from indgang.staffing.shifts.problem import ShiftPrices, UnusableProblem
from indgang.workforce.models import PlannedNeed, ShiftActivity, ShiftPlan, Workplace
from indgang.workforce.shifts import question, rule_words, swaps
from indgang.workforce.shifts.quarters import quarter_of
from indgang.workforce.shifts.question import PlanQuestion

#: days of a plan, and days ahead that one may begin
MOST_DAYS, MOST_AHEAD = 42, 400
#: what is broken, of which the refusal names so many
_NAMED = 5
#: people that can be needed in a quarter at one place
MOST_PEOPLE = 500


@transaction.atomic
def draft(centre: ContactCentre, *, first: date, last: date, by: Person, at: datetime) -> ShiftPlan:
    """A new plan without need and shifts. Raises RefusedChange for days that are over, too many or planned already."""
    _refuse_days(first, last, at)
    ContactCentre.objects.select_for_update(no_key=True).get(pk=centre.pk)
    there = ShiftPlan.objects.filter(centre=centre, first__lte=last, last__gte=first)
    if there.exclude(state=ShiftPlan.State.REPLACED).exists():
        raise RefusedChange({"first": _("Der er allerede en plan for nogle af de dage. Åbn den i stedet.")})
    made = ShiftPlan.objects.create(centre=centre, first=first, last=last, made_at=at)
    after = {"centre": centre.code, "first": first.isoformat(), "last": last.isoformat()}
    trail.record(by=by, at=at, action="shift_plan.draft", target=made, after=after)
    return made


@transaction.atomic
def follow(published: ShiftPlan, *, by: Person, at: datetime) -> ShiftPlan:
    """A draft that begins as a copy of a published plan, to replace it. Raises RefusedChange."""
    locked = _locked(published)
    if locked.state != ShiftPlan.State.PUBLISHED:
        raise RefusedChange({"": _("Planen er ikke den, der gælder. Åbn den, der gælder, og lav den om.")})
    if locked.next_versions.filter(state=ShiftPlan.State.DRAFT).exists():
        raise RefusedChange({"": _("Der er allerede en kladde til at ændre planen. Åbn den.")})
    made = ShiftPlan.objects.create(
        centre_id=locked.centre_id, first=locked.first, last=locked.last, follows=locked, prices=locked.prices,
        revision=locked.revision, made_at=at,
    )  # fmt: skip
    PlannedNeed.objects.bulk_create(
        PlannedNeed(
            plan=made,
            day=each.day,
            activity_id=each.activity_id,
            workplace_id=each.workplace_id,
            people=each.people,
            base=each.base,
            about=each.about,
        )
        for each in locked.needs.all()
    )
    question.copy_shifts(locked, made)
    trail.record(by=by, at=at, action="shift_plan.follow", target=made)
    return made


@transaction.atomic
def set_need(
    plan: ShiftPlan, *, activity: ShiftActivity, workplace: Workplace, weekdays: Collection[int], opens: time,
    closes: time, people: float, on_holidays: bool = False, by: Person, at: datetime,
) -> int:  # fmt: skip
    """So many people between two times on these weekdays (0 for Monday) of a draft; how many days were changed.

    Public holidays are left out unless `on_holidays`. `closes` at midnight is the end of the day. Raises RefusedChange.
    """
    locked = locked_draft(plan)
    first, last = quarter_of(opens, field="opens"), quarter_of(closes, field="closes") or 96
    if last <= first:
        raise RefusedChange({"closes": _("Sluttiden skal ligge efter starttiden.")})
    if not 0 <= people <= MOST_PEOPLE:
        text = _("Skriv et antal fra 0 til %(most)s.")
        raise RefusedChange({"people": text % {"most": MOST_PEOPLE}})
    days = [
        day
        for day in PlanQuestion(locked, at).calendar.days
        if day.date.weekday() in weekdays and (on_holidays or not is_public_holiday(day.date))
    ]
    if not days:
        raise RefusedChange({"weekdays": _("Planen har ingen af de ugedage.")})
    for day in days:
        row, _made = PlannedNeed.objects.get_or_create(
            plan=locked, day=day.date, activity=activity, workplace=workplace, defaults={"people": [0.0] * day.length}
        )
        begins, ends = day.quarter(first) - day.start, day.quarter(last) - day.start
        row.people[begins:ends] = [float(people)] * (ends - begins)
        if row.base:
            row.base[begins:ends] = row.people[begins:ends]
        row.save(update_fields=["people", "base"])
    after = {
        "activity": activity.name, "workplace": workplace.name, "opens": f"{opens:%H:%M}", "closes": f"{closes:%H:%M}",
        "needed": people, "days": len(days),
    }  # fmt: skip
    trail.record(by=by, at=at, action="shift_plan.need", target=locked, after=after)
    return len(days)


@transaction.atomic
def set_prices(plan: ShiftPlan, prices: Mapping[str, float], *, by: Person, at: datetime) -> None:
    """The prices of soft rules in a draft; those of the usual value are not kept. Raises RefusedChange."""
    locked, usual = locked_draft(plan), ShiftPrices()
    before = locked.prices
    locked.prices = {name: value for name, value in prices.items() if value != getattr(usual, name)}
    if locked.prices == before:
        return
    locked.save(update_fields=["prices"])
    trail.record(by=by, at=at, action="shift_plan.prices", target=locked, before=before, after=locked.prices)


@transaction.atomic
def publish(plan: ShiftPlan, *, by: Person, at: datetime) -> ShiftPlan:
    """Let a draft hold; the plan that it follows is replaced, and open swaps in that one lapse.

    Raises RefusedChange when it breaks a rule, and when the plan that it follows has been changed since it was copied.
    """
    locked = locked_draft(plan)
    if locked.follows is not None:
        _replace(_locked(locked.follows), locked.revision, by=by, at=at)
    refuse_breaches(locked, at)
    there = Q(first__lte=locked.last, last__gte=locked.first, state=ShiftPlan.State.PUBLISHED)
    if ShiftPlan.objects.filter(there, centre=locked.centre_id).exists():
        raise RefusedChange({"": _("En anden plan gælder allerede for nogle af de dage.")})
    locked.state, locked.published_at, locked.published_by = ShiftPlan.State.PUBLISHED, at, by.audit_label
    locked.save(update_fields=["state", "published_at", "published_by"])
    trail.record(by=by, at=at, action="shift_plan.publish", target=locked, after={"shifts": locked.shifts.count()})
    return locked


def _replace(published: ShiftPlan, revision: int, *, by: Person, at: datetime) -> None:
    if published.state != ShiftPlan.State.PUBLISHED:
        raise RefusedChange({"": _("Planen, som kladden ændrer, gælder ikke længere. Lav en ny kladde.")})
    if published.revision != revision:
        text = _("Vagter er byttet eller flyttet, siden kladden blev lavet. Kassér den, og lav planen om igen.")
        raise RefusedChange({"": text})
    published.state = ShiftPlan.State.REPLACED
    published.save(update_fields=["state"])
    swaps.lapse(published, by=by, at=at)


@transaction.atomic
def discard(plan: ShiftPlan, *, by: Person, at: datetime) -> None:
    """Delete a draft. Raises RefusedChange for any other."""
    locked = locked_draft(plan)
    trail.record(by=by, at=at, action="shift_plan.discard", target=locked)
    locked.delete()


def refuse_breaches(plan: ShiftPlan, at: datetime) -> None:
    """Raises RefusedChange for a plan without shifts, and for one that breaks rules; it names the first of them."""
    asked = PlanQuestion(plan, at)
    if not plan.shifts.exists():
        raise RefusedChange({"": _("Planen har ingen vagter endnu. Lad dem lægge først.")})
    try:
        broken = asked.breaches()
    except UnusableProblem as error:
        raise RefusedChange({"": rule_words.of_unusable(error)}) from error
    if broken:
        said = [rule_words.of_breach(each, asked.names[each.person], asked.calendar) for each in broken[:_NAMED]]
        text = _("Planen bryder regler: %(rules)s.") % {"rules": "; ".join(said)}
        if len(broken) > _NAMED:
            text += " " + _("Og %(more)s til.") % {"more": len(broken) - _NAMED}
        raise RefusedChange({"": text})


def _refuse_days(first: date, last: date, at: datetime) -> None:
    today = day_of(at)
    if first < today:
        raise RefusedChange({"first": _("Vælg i dag eller en senere dag.")})
    if first > today + timedelta(days=MOST_AHEAD):
        raise RefusedChange({"first": _("Dagen ligger mere end et år ude i fremtiden.")})
    if last < first:
        raise RefusedChange({"last": _("Slutdagen skal ligge efter startdagen.")})
    if (last - first).days >= MOST_DAYS:
        text = _("En plan har højst %(most)s dage.")
        raise RefusedChange({"last": text % {"most": MOST_DAYS}})


def _locked(plan: ShiftPlan) -> ShiftPlan:
    return ShiftPlan.objects.select_for_update(of=("self",)).select_related("centre").get(pk=plan.pk)


def locked_draft(plan: ShiftPlan) -> ShiftPlan:
    locked = _locked(plan)
    if not locked.is_draft:
        raise RefusedChange({"": _("Planen er udgivet og kan ikke ændres. Lav en kladde, der ændrer den.")})
    if locked.runs.filter(state__in=["waiting", "running"]).exists():
        raise RefusedChange({"": _("Vagterne bliver lagt lige nu. Vent, eller stop det først.")})
    return locked
