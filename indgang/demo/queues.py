"""Queues of the demo, the people who serve them, and the messages to waiting callers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Unit
from indgang.demo import flows
from indgang.demo import people as demo_people
from indgang.demo.rows import Added, add
from indgang.entry.models import (
    SINCE_EVER,
    CapacityChoice,
    CapacityProfile,
    CapacityTerms,
    Queue,
    QueueMembership,
    QueueMessage,
)
from indgang.entry.setup import queue_terms
from indgang.routing.distribution.requirement import CALL, CALLBACK


def _needs(skill: str, level: int) -> list[dict[str, Any]]:
    """The skill at `level` at first, at any level after a minute; after three minutes the safe queue helps."""
    first = {"after": 0, "skills": {skill: level}}
    return [first, {"after": 60, "skills": {skill: 1}}, {"after": 180, "skills": {}, "also_queues": ["tmf-oevrige"]}]


@dataclass(frozen=True, slots=True)
class DemoQueue:
    code: str
    name: str
    name_en: str
    centre: str
    unit: str | None
    steps: list[dict[str, Any]] = field(default_factory=lambda: [{"after": 0, "skills": {}}])
    priority: int = 0
    safe: bool = False
    #: whether citizens may choose it for a callback
    public: bool = True


QUEUES: tuple[DemoQueue, ...] = (
    DemoQueue("tmf-byggesager", "Byggesager", "Building permits", "tmf", "cby", _needs("byggesag", 2)),
    DemoQueue("tmf-gravetilladelser", "Gravetilladelser", "Excavation", "tmf", "ctb-grav", _needs("grav", 2)),
    DemoQueue("tmf-byliv", "Byliv og arrangementer", "City life and events", "tmf", "ctb-byliv", _needs("byliv", 2)),
    DemoQueue("tmf-miljoe", "Miljø, jord og affald", "Environment, soil and waste", "tmf", "cmb", _needs("miljoe", 2)),
    DemoQueue("tmf-trafik", "Vej, parkering og trafik", "Roads, parking and traffic", "tmf", "ctb", _needs("grav", 1)),
    DemoQueue("tmf-oevrige", "Øvrige henvendelser", "Other enquiries", "tmf", None, priority=-5),
    DemoQueue(
        "bif-rekruttering", "Rekruttering", "Recruitment", "bif", "bif-rekruttering",
        [{"after": 0, "skills": {"erhverv": 2}}, {"after": 60, "skills": {"erhverv": 1}}],
    ),
    DemoQueue("bif-refusion", "Refusion og sygedagpenge", "Refunds and sickness benefit", "bif", "yds"),
    DemoQueue("bif-oevrige", "BIF øvrige", "Employment, other", "bif", "bif-oevrige", priority=-5, public=False),
    DemoQueue("yds-refusion", "Ydelsesservice", "Benefits service", "yds", "yds"),
    DemoQueue("kff-hovednummer", "Hovednummeret", "Main number", "kff", "kff-borgerservice", public=False),
    DemoQueue("sikker-koe", "Sikker kø", "Safe queue", "kff", None, priority=10, safe=True, public=False),
)  # fmt: skip

#: points that a caller gains per second: ten minutes outweigh a priority of 10
_AGEING = 1 / 60

_VISITORS = {
    "anna": ("tmf-byggesager", "tmf-gravetilladelser", "tmf-byliv", "tmf-miljoe", "tmf-trafik", "tmf-oevrige"),
    "bo": ("tmf-byggesager", "tmf-gravetilladelser", "tmf-byliv", "tmf-trafik", "tmf-oevrige"),
    "clara": ("tmf-byliv", "tmf-oevrige", "bif-rekruttering", "bif-refusion"),
    "eva": ("tmf-oevrige", "sikker-koe"),
    "ida": ("tmf-byggesager", "tmf-miljoe"),
    "otto": ("bif-rekruttering", "bif-refusion", "bif-oevrige"),
}

#: name, how many at once, what may interrupt, and the people who have it
_PROFILES: tuple[tuple[str, dict[str, int], list[str], tuple[str, ...]], ...] = (
    ("Telefon", {CALL: 1, CALLBACK: 0}, [], ("ida",)),
    ("Telefon og tilbagekald", {CALL: 1, CALLBACK: 2}, [CALL], ("bo",)),
)

#: queue, prompt, phase, active: phase 1 announces the new site, phase 2 reminds callers of it (texts: demo.flows)
_MESSAGES = tuple(
    (queue, f"koe-raad-fase-{phase}", f"fase {phase}", phase == "2")
    for queue in ("tmf-byggesager", "tmf-byliv", "tmf-miljoe", "bif-rekruttering")
    for phase in flows.PHASES
)


def queues(centres: Added[ContactCentre], units: Added[Unit]) -> Added[Queue]:
    made = add(
        [
            Queue(
                code=each.code,
                name=each.name,
                name_en=each.name_en,
                public_name=each.name if each.public else "",
                public_name_en=each.name_en if each.public else "",
                centre=centres[each.centre],
                unit=units[each.unit] if each.unit else None,
                steps=each.steps,
                priority=each.priority,
                ageing=_AGEING,
                is_safe=each.safe,
            )
            for each in QUEUES
        ]
    )
    queue_terms.first([made[code] for code in made.new], wrap_up_seconds=45)
    return made


def memberships(queues: Added[Queue], people: Added[Person]) -> None:
    """Memberships: visitors as listed; a colleague serves all queues of the centre."""
    wanted = {(username, code) for username, codes in _VISITORS.items() for code in codes}
    for each in QUEUES:
        for number in range(1, demo_people.COLLEAGUES + 1):
            wanted.add((demo_people.colleague(each.centre, number), each.code))
    QueueMembership.objects.bulk_create(
        QueueMembership(person=people[username], queue=queues[code])
        for username, code in sorted(wanted)
        if username in people.new or code in queues.new
    )


def capacity_profiles(centres: Added[ContactCentre], people: Added[Person]) -> None:
    """Two profiles of the first centre with their people, unless the centre has profiles already."""
    centre = centres["tmf"]
    if CapacityProfile.objects.filter(centre=centre).exists():
        return
    for name, capacity, interrupts, usernames in _PROFILES:
        profile = CapacityProfile.objects.create(centre=centre, name=name)
        CapacityTerms.objects.create(profile=profile, capacity=capacity, interrupts=interrupts, valid_from=SINCE_EVER)
        CapacityChoice.objects.bulk_create(
            CapacityChoice(person=people[username], profile=profile) for username in usernames if username in people.new
        )


def messages(queues: Added[Queue]) -> None:
    QueueMessage.objects.bulk_create(
        QueueMessage(queue=queues[code], prompt_code=prompt, phase=phase, active=active)
        for code, prompt, phase, active in _MESSAGES
        if code in queues.new
    )
