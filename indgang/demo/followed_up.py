"""What is done about the answers of the demo's past: causes, follow-ups in every state, and improvements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from django.db import transaction
from django.db.models import Count

from indgang.accounts.access import units_of
from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Service
from indgang.core.clock import day_of
from indgang.events import cursor
from indgang.feedback.follow_up_models import FollowUp, FollowUpCause, ImprovementItem
from indgang.feedback.follow_ups import causes, following_up, improvements, opening, rights
from indgang.feedback.models import Response

#: so many of the latest are open, and of the others one in so many was left
_OPEN, _LEFT = 4, 9
_PRAISE = "Kun ros"
_DONE = (
    "Talt med medarbejderen om, hvad der kunne være sagt i telefonen.",
    "Artiklen er rettet, så det står tydeligt, hvem der har sagen.",
    "Køen havde for få medarbejdere den formiddag. Vagtplanen er ændret.",
    "Fagenheden har fået besked og retter svaret.",
)
_PRAISED = "Rosen er givet videre."
_SEED = 2027


def seed(centres: Mapping[str, ContactCentre], people: Mapping[str, Person], *, at: datetime) -> None:
    """The common causes for each centre, unless there are any."""
    by = people.get("finn")
    if by is None or FollowUpCause.objects.exists():
        return
    for centre in centres.values():
        causes.begin(centre, by=by, at=at)


@transaction.atomic
def follow_past(people: Mapping[str, Person], *, until: datetime) -> int:
    """Open what the answers of the past open, and close most of it. Returns how many are opened."""
    if FollowUp.objects.exists() or not {"eva", "finn", "hans"} <= people.keys():
        return 0
    FollowUpCause.objects.update(valid_from=day_of(until) - timedelta(days=365))
    chance = Random(_SEED)  # noqa: S311  # a demo, not a secret
    answered = Response.objects.order_by("-answered_at", "-pk")
    looked_at = [opening.look_at(each, at=each.answered_at + timedelta(minutes=1)) for each in answered]
    opened = [each for each in looked_at if each is not None]
    for place, each in enumerate(opened):
        _go_on(each, place, _who(each, people), chance, until)
    cursor.catch_up(opening.READER)
    FollowUp.objects.filter(opened_at__lt=until - timedelta(days=1)).update(told_at=until)
    _improve(people, until)
    return len(opened)


def _who(found: FollowUp, people: Mapping[str, Person]) -> Person:
    """Eva leads the team of one centre, and Lone that of a unit. Hans is the head of the centre's other units. The
    administrator sees to the rest."""
    if found.unit is not None and found.unit.code == "ctb-byliv" and "lone" in people:
        return people["lone"]
    if found.centre is None or found.centre.code != "tmf":
        return people["finn"]
    return people["eva" if found.unit is None else "hans"]


def _go_on(found: FollowUp, place: int, by: Person, chance: Random, until: datetime) -> None:
    """`place` counts from the latest. Of those that stay open, every second is taken."""
    taken_at = found.opened_at + timedelta(hours=3)
    if place < _OPEN or place % _LEFT == _LEFT - 1:
        if place % 2:
            following_up.take(found, by=by, at=min(taken_at, until))
        return
    following_up.take(found, by=by, at=taken_at)
    closes = min(taken_at + timedelta(days=chance.choice((1, 1, 2, 2, 3, 4, 9))), until)
    is_praise = found.reasons == ["comment"] and (found.index or 0) > 60
    known = {each.name: each for each in following_up.causes_for(found, closes)}
    names = [name for name in known if name != _PRAISE]
    # what is chosen more often first, so that the statistics have a tallest bar
    name = _PRAISE if is_praise else chance.choices(names, [2 ** -(n / 2) for n in range(len(names))])[0]
    done = _PRAISED if is_praise else chance.choice(_DONE)
    following_up.close(found, cause=known.get(name), done=done, called=False, by=by, at=closes)


@dataclass(frozen=True, slots=True)
class _Idea:
    """An improvement: how long ago it was suggested, its last day, and what has become of it."""

    title: str
    text: str
    kind: str
    days: int
    target: int
    then: str = ""


_IDEAS = (
    _Idea("Sig køens længde i begyndelsen", "Ventetiden er det, flest nævner.", "just_do_it", 45, -20, "carry_out"),
    _Idea("Skriv sagsbehandlerens træffetid i kvitteringen", "De ringer for at spørge, hvem der har sagen.",
          "just_do_it", 12, 9),
    _Idea("Ring op samme dag, når en sag er gået i stå", "Kræver en aftale med fagenheden om, hvem der ringer.",
          "needs_approval", 6, 30),
    _Idea("Åbn telefonen klokken 8", "Flere skriver, at de ringer, før vi åbner.", "needs_approval", 40, 20, "refuse"),
)  # fmt: skip


def _improve(people: Mapping[str, Person], until: datetime) -> None:
    """For the unit of the service with most answers, so that the effect of one is measured."""
    service = _most_answered(people["hans"])
    if service is None or service.unit is None:
        return
    for each in _IDEAS:
        at, today = until - timedelta(days=each.days), day_of(until)
        values = {
            "title": each.title, "text": each.text, "service": service, "owner": people["eva"],
            "target_day": today + timedelta(days=each.target),
        }  # fmt: skip
        made = improvements.suggest(kind=each.kind, unit=service.unit, values=values, by=people["eva"], at=at)
        _decide(made, each.then, people, at + timedelta(days=3))


def _decide(made: ImprovementItem, then: str, people: Mapping[str, Person], at: datetime) -> None:
    if then == "carry_out":
        improvements.carry_out(made, works_from=day_of(at), by=people["eva"], at=at)
    elif then == "refuse":
        why = "Det kræver flere vagter, end der er råd til i år."
        improvements.decide(made, approved=False, decision=why, by=people["hans"], at=at)


def _most_answered(head: Person) -> Service | None:
    counted = Response.objects.filter(service__unit__in=units_of(head, rights.HEAD), level=1).values("service")
    most = counted.annotate(n=Count("pk")).order_by("-n", "service").first()
    return Service.objects.select_related("unit").get(pk=most["service"]) if most else None
