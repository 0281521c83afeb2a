"""The small municipality that most tests use: a few objects of each kind, created in a few bulk queries.

    def test_something(world):
        world.anna            # an agent of the TMF centre
        world.queues["tmf-byggeri"]

People: anna, bo (agents of TMF), clara (agent of TMF and BIF), david (case worker of Byliv), eva (team leader of TMF),
finn (administrator), gerda (planner of TMF), hans (owner of TMF), ida (subject coordinator of TMF), otto (agent of BIF
alone: must not see TMF), ukendt (no role: must see nothing). All have the password `PASSWORD`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import Any

from django.contrib.auth.hashers import make_password

from indgang.accounts.models import Person, RoleAssignment
from indgang.catalogue import purposes
from indgang.catalogue.models import (
    ContactCentre,
    DirectoryEntry,
    LocalPurpose,
    OpenSpan,
    Purpose,
    Schedule,
    Service,
    Unit,
)
from indgang.enquiries.models import Party, PartyNumber
from indgang.entry.models import (
    EntryPoint,
    Flow,
    FlowVersion,
    FormerNumber,
    PauseReason,
    Prompt,
    Queue,
    QueueMembership,
    QueueMessage,
)
from indgang.entry.setup import queue_terms
from indgang.workforce.models import Competence, Skill

PASSWORD = "Kornblomst-7-paa-torvet"

#: a Wednesday, 9.30 in Copenhagen, when every centre but YDS is open
MORNING = datetime(2026, 3, 11, 8, 30, tzinfo=UTC)

_UNITS = (
    ("kk", "", Unit.Kind.MUNICIPALITY, "Kommunen"),
    ("tmf", "kk", Unit.Kind.ADMINISTRATION, "Teknik- og Miljøforvaltningen"),
    ("cby", "tmf", Unit.Kind.CENTRE, "Center for Bygninger"),
    ("cmb", "tmf", Unit.Kind.CENTRE, "Center for Miljøbeskyttelse"),
    ("cmb-jord", "cmb", Unit.Kind.UNIT, "Jord og affald"),
    ("ctb", "tmf", Unit.Kind.CENTRE, "Center for Trafik og Byliv"),
    ("ctb-byliv", "ctb", Unit.Kind.UNIT, "Byliv"),
    ("ctb-grav", "ctb", Unit.Kind.UNIT, "Gravetilladelser"),
    ("bif", "kk", Unit.Kind.ADMINISTRATION, "Beskæftigelses- og Integrationsforvaltningen"),
    ("bif-rekruttering", "bif", Unit.Kind.UNIT, "Rekruttering"),
    ("yds", "bif", Unit.Kind.CENTRE, "Ydelsesservice"),
    ("kff", "kk", Unit.Kind.ADMINISTRATION, "Kultur- og Fritidsforvaltningen"),
)

#: code, name, opening hours of every working day
_SCHEDULES = (
    ("tmf-9-16", "TMF kontaktcenter 9-16", ((9, 0, 16, 0),)),
    ("keh-8-17", "Københavns Erhvervshus 8-17", ((8, 0, 17, 0),)),
    ("yds-10-12", "Ydelsesservice 10-12", ((10, 0, 12, 0),)),
    ("kff-8-18", "Borgerservice 8-18", ((8, 0, 18, 0),)),
    ("byliv-10-14", "Byliv 10-14 med frokost", ((10, 0, 11, 30), (12, 30, 14, 0))),
)

#: code, name, owner, operator, schedule
_CENTRES = (
    ("tmf", "TMF kontaktcenter", "tmf", "kff", "tmf-9-16"),
    ("bif", "Københavns Erhvervshus", "bif", "bif", "keh-8-17"),
    ("yds", "Ydelsesservice", "yds", "yds", "yds-10-12"),
    ("kff", "Borgerservice", "kff", "kff", "kff-8-18"),
)

_SERVICES = (
    ("byggetilladelse", "Byggetilladelser", "cby", "byggesag, tilbygning, altan"),
    ("byggetegninger", "Byggetegninger fra arkivet", "cby", "tegning, weblager"),
    ("nabobyggeri", "Naboklager over byggeri", "cby", "nabo, hæk, skimmel"),
    ("jordanmeldelse", "Jordanmeldelser", "cmb-jord", "jordflytning, jordweb"),
    ("affald", "Byggeaffald", "cmb-jord", "affald, container"),
    ("stoej", "Støj fra byggeplads", "cmb", "støj, støv"),
    ("arrangement", "Arrangementstilladelser", "ctb-byliv", "event, loppemarked, fest på gaden"),
    ("udeservering", "Udendørsservering", "ctb-byliv", "café, borde og stole"),
    ("gravetilladelse", "Gravetilladelser", "ctb-grav", "opgravning, vej"),
    ("rekruttering", "Ordinære ansættelser", "bif-rekruttering", "jobopslag, ansætte"),
    ("loentilskud", "Løntilskud", "bif", "tilskud, virksomhedspraktik"),
    ("sygedagpenge", "Refusion af sygedagpenge", "yds", "nemrefusion, sygemeldt"),
    ("bevilling", "Alkoholbevillinger", "kff", "bevilling, nattilladelse"),
)

_LOCAL_PURPOSES = (
    ("arrangement", "Hjælp til ansøgningsprocessen", "opret"),
    ("arrangement", "Spørgsmål til regler eller muligheder", "vejledning"),
    ("arrangement", "Status på sag/tilladelse", "status"),
    ("arrangement", "Har ikke hørt tilbage fra sagsbehandler", "klage"),
    ("jordanmeldelse", "Opdatering af sag på JordWeb", "bidrag"),
)

#: username, name, roles with units (no unit: the whole municipality)
_PEOPLE: tuple[tuple[str, str, tuple[tuple[str, str | None], ...]], ...] = (
    ("anna", "Anna Agerbæk", (("agent", "tmf"),)),
    ("bo", "Bo Bakkedal", (("agent", "tmf"),)),
    ("clara", "Clara Cederfeld", (("agent", "tmf"), ("agent", "bif"))),
    ("david", "David Degnemark", (("case_worker", "ctb-byliv"),)),
    ("eva", "Eva Engtoft", (("team_leader", "tmf"),)),
    ("finn", "Finn Fyrrelund", (("administrator", None),)),
    ("gerda", "Gerda Grønvang", (("planner", "tmf"),)),
    ("hans", "Hans Havreholm", (("owner", "tmf"),)),
    ("ida", "Ida Isdal", (("subject_coordinator", "tmf"),)),
    ("otto", "Otto Odderskov", (("agent", "bif"),)),
    ("ukendt", "Ukendt Uldum", ()),
)

_SKILLS = (("byggesag", "Byggesager"), ("byliv", "Byliv"), ("erhverv", "Erhverv"), ("engelsk", "Engelsk"))
_COMPETENCES = (
    ("anna", "byggesag", 3), ("anna", "byliv", 1), ("bo", "byggesag", 1), ("bo", "byliv", 3),
    ("clara", "byliv", 2), ("clara", "erhverv", 3), ("clara", "engelsk", 4), ("otto", "erhverv", 2),
    ("ida", "byggesag", 5),
)  # fmt: skip

#: code, name, centre, unit, steps
_QUEUES = (
    (
        "tmf-byggeri", "Byggeri", "tmf", "cby",
        [{"after": 0, "skills": {"byggesag": 2}}, {"after": 60, "skills": {"byggesag": 1}}],
    ),
    ("tmf-byliv", "Byliv og events", "tmf", "ctb-byliv", [{"after": 0, "skills": {"byliv": 1}}]),
    ("tmf-oevrige", "Øvrige henvendelser", "tmf", None, [{"after": 0, "skills": {}}]),
    ("bif-erhverv", "Erhverv og rekruttering", "bif", "bif", [{"after": 0, "skills": {"erhverv": 1}}]),
    ("yds-refusion", "Refusion af sygedagpenge", "yds", "yds", [{"after": 0, "skills": {}}]),
    ("kff-borger", "Borgerservice", "kff", "kff", [{"after": 0, "skills": {}}]),
)  # fmt: skip
_MEMBERSHIPS = {
    "anna": ("tmf-byggeri", "tmf-byliv", "tmf-oevrige"),
    "bo": ("tmf-byggeri", "tmf-byliv", "tmf-oevrige"),
    "clara": ("tmf-byliv", "tmf-oevrige", "bif-erhverv"),
    "ida": ("tmf-byggeri",),
    "otto": ("bif-erhverv",),
}

#: number, name, centre, flow
_ENTRY_POINTS = (
    ("+4533661000", "Erhvervsindgangen", "tmf", "erhverv"),
    ("+4533663366", "Hovednummeret", "kff", "borger"),
    ("+4533171000", "Ydelsesservice", "yds", "yds"),
    ("+4533172000", "Københavns Erhvervshus", "bif", "keh"),
)

#: flow, its queues by key in the menu (one queue: no menu)
_FLOW_QUEUES: dict[str, dict[str, str]] = {
    "erhverv": {"1": "tmf-byggeri", "2": "tmf-byliv", "3": "bif-erhverv", "0": "tmf-oevrige"},
    "borger": {"1": "kff-borger"},
    "yds": {"1": "yds-refusion"},
    "keh": {"1": "bif-erhverv"},
}

#: texts of TMF; the others belong to the whole municipality
_TMF_PROMPTS = {"velkomst", "koe-hjemmeside"}

_PAUSES = (("frokost", "Frokost", "Lunch"), ("moede", "Møde", "Meeting"), ("opgave", "Anden opgave", "Other work"))


@dataclass(slots=True)
class World:
    """The created objects, by code."""

    units: dict[str, Unit]
    schedules: dict[str, Schedule]
    centres: dict[str, ContactCentre]
    services: dict[str, Service]
    purposes: dict[str, Purpose]
    local_purposes: list[LocalPurpose]
    directory: dict[str, DirectoryEntry]
    people: dict[str, Person]
    skills: dict[str, Skill]
    queues: dict[str, Queue]
    flows: dict[str, Flow]
    versions: dict[str, FlowVersion]
    entry_points: dict[str, EntryPoint]
    former_number: FormerNumber
    pauses: dict[str, PauseReason]
    bakery: Party
    citizen: Party

    anna: Person
    bo: Person
    clara: Person
    david: Person
    eva: Person
    finn: Person
    gerda: Person
    hans: Person
    ida: Person
    otto: Person
    ukendt: Person


def build() -> World:
    """Create the municipality in the test's database."""
    units = _units()
    schedules = _schedules()
    centres = _centres(units, schedules)
    services, nine, local = _offering(units)
    directory = _directory(units)
    people = _people(units, directory)
    queues = _queues(centres, units, people)
    flows, versions, points = _entries(centres)
    main = points["+4533663366"]
    former = FormerNumber.objects.create(number="+4533173317", name="SOF omstillingscentral", entry_point=main)
    bakery, citizen = _parties()
    return World(
        units=units,
        schedules=schedules,
        centres=centres,
        services=services,
        purposes=nine,
        local_purposes=local,
        directory=directory,
        people=people,
        skills=_skills(people),
        queues=queues,
        flows=flows,
        versions=versions,
        entry_points=points,
        former_number=former,
        pauses=_pauses(),
        bakery=bakery,
        citizen=citizen,
        **people,
    )


def open_always(world: World) -> None:
    """Open every schedule around the clock, for tests that run in real time, at any hour of any day."""
    OpenSpan.objects.all().delete()
    OpenSpan.objects.bulk_create(
        OpenSpan(schedule=schedule, weekday=weekday, opens=time(0), closes=time(0))
        for schedule in world.schedules.values()
        for weekday in range(7)
    )
    Schedule.objects.update(closed_on_holidays=False)


@lru_cache
def _hash() -> str:
    return make_password(PASSWORD)


def _units() -> dict[str, Unit]:
    """Create the units with one query per level: parents need ids before their children."""
    made: dict[str, Unit] = {}
    waiting = list(_UNITS)
    while waiting:
        level = [row for row in waiting if not row[1] or row[1] in made]
        rows = [
            Unit(
                code=code,
                kind=kind,
                name=name,
                parent=made.get(parent),
                path=f"{made[parent].path if parent else ''}{code}/",
            )
            for code, parent, kind, name in level
        ]
        made |= {unit.code: unit for unit in Unit.objects.bulk_create(rows)}
        waiting = [row for row in waiting if row not in level]
    return made


def _schedules() -> dict[str, Schedule]:
    made = {
        row.code: row
        for row in Schedule.objects.bulk_create([Schedule(code=code, name=name) for code, name, _ in _SCHEDULES])
    }
    OpenSpan.objects.bulk_create(
        OpenSpan(schedule=made[code], weekday=weekday, opens=time(h1, m1), closes=time(h2, m2))
        for code, _, spans in _SCHEDULES
        for weekday in range(5)
        for h1, m1, h2, m2 in spans
    )
    return made


def _centres(units: dict[str, Unit], schedules: dict[str, Schedule]) -> dict[str, ContactCentre]:
    rows = [
        ContactCentre(code=code, name=name, owner=units[owner], operator=units[operator], schedule=schedules[schedule])
        for code, name, owner, operator, schedule in _CENTRES
    ]
    return {row.code: row for row in ContactCentre.objects.bulk_create(rows)}


def _offering(units: dict[str, Unit]) -> tuple[dict[str, Service], dict[str, Purpose], list[LocalPurpose]]:
    services = {
        row.code: row
        for row in Service.objects.bulk_create(
            [Service(code=code, name=name, unit=units[unit], keywords=words) for code, name, unit, words in _SERVICES]
        )
    }
    nine = {row.code: row for row in Purpose.objects.bulk_create(purposes.rows())}
    local = LocalPurpose.objects.bulk_create(
        [
            LocalPurpose(service=services[service], name=name, purpose=nine[purpose], order=order)
            for order, (service, name, purpose) in enumerate(_LOCAL_PURPOSES)
        ]
    )
    return services, nine, list(local)


def _directory(units: dict[str, Unit]) -> dict[str, DirectoryEntry]:
    rows = [
        DirectoryEntry(
            name="David Degnemark",
            initials="dade",
            title="Sagsbehandler",
            unit=units["ctb-byliv"],
            phone="+4533662001",
            email="dade@example.org",
            responsibilities="Arrangementer, udeservering",
        ),
        DirectoryEntry(
            name="Åse Ålborg",
            initials="aase",
            title="Byggesagsbehandler",
            unit=units["cby"],
            phone="+4533662002",
            responsibilities="Altaner og tagboliger",
        ),
        DirectoryEntry(
            name="Ærø Bådsgaard",
            initials="aero",
            title="Konsulent",
            unit=units["bif-rekruttering"],
            phone="+4533662003",
            mobile="+4599990003",
        ),
    ]
    return {row.initials: row for row in DirectoryEntry.objects.bulk_create(rows)}


def _people(units: dict[str, Unit], directory: dict[str, DirectoryEntry]) -> dict[str, Person]:
    rows = [
        Person(
            username=username,
            name=name,
            email=f"{username}@example.org",
            password=_hash(),
            entry=directory["dade"] if username == "david" else None,
        )
        for username, name, _ in _PEOPLE
    ]
    people: dict[str, Person] = {row.username: row for row in Person.objects.bulk_create(rows)}
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=people[username], role=role, unit=units[unit] if unit else None)
        for username, _, roles in _PEOPLE
        for role, unit in roles
    )
    return people


def _skills(people: dict[str, Person]) -> dict[str, Skill]:
    skills = {
        row.code: row for row in Skill.objects.bulk_create([Skill(code=code, name=name) for code, name in _SKILLS])
    }
    Competence.objects.bulk_create(
        Competence(person=people[username], skill=skills[skill], level=level) for username, skill, level in _COMPETENCES
    )
    return skills


def _queues(centres: dict[str, ContactCentre], units: dict[str, Unit], people: dict[str, Person]) -> dict[str, Queue]:
    rows = [
        Queue(
            code=code,
            name=name,
            public_name="" if code == "kff-borger" else name,
            centre=centres[centre],
            unit=units[unit] if unit else None,
            steps=steps,
            is_safe=code == "tmf-oevrige",
        )
        for code, name, centre, unit, steps in _QUEUES
    ]
    queues = {row.code: row for row in Queue.objects.bulk_create(rows)}
    queue_terms.first(queues.values())
    QueueMembership.objects.bulk_create(
        QueueMembership(person=people[username], queue=queues[code])
        for username, codes in _MEMBERSHIPS.items()
        for code in codes
    )
    QueueMessage.objects.create(queue=queues["tmf-byggeri"], prompt_code="koe-hjemmeside", phase="fase 2")
    return queues


def _entries(
    centres: dict[str, ContactCentre],
) -> tuple[dict[str, Flow], dict[str, FlowVersion], dict[str, EntryPoint]]:
    owner = centres["tmf"].owner
    Prompt.objects.bulk_create(
        Prompt(code=code, text=text, updated_at=MORNING, unit=owner if code in _TMF_PROMPTS else None)
        for code, text in (
            ("velkomst", "Velkommen til kommunen."),
            ("menu", "Tast et tal for det, du ringer om."),
            ("koe-hjemmeside", "Husk, at du kan læse mere på hjemmesiden."),
            ("besked", "Læg en besked efter tonen."),
            ("farvel", "Farvel."),
            ("vent-under-et-minut", "Mindre end et minut."),
            ("vent-minutter", "minutter."),
            *((f"number-{number}", str(number)) for number in range(100)),
            *((f"digit-{digit}", str(digit)) for digit in range(10)),
        )
    )
    flows = {
        row.code: row
        for row in Flow.objects.bulk_create(
            [Flow(code=code, name=name, centre=centres[centre]) for _, name, centre, code in _ENTRY_POINTS]
        )
    }
    points = EntryPoint.objects.bulk_create(
        EntryPoint(number=number, name=name, centre=centres[centre], flow=flows[flow])
        for number, name, centre, flow in _ENTRY_POINTS
    )
    return flows, _versions(flows), {row.number: row for row in points}


def _versions(flows: dict[str, Flow]) -> dict[str, FlowVersion]:
    rows = [
        FlowVersion(
            flow=flow,
            number=1,
            definition=_definition(flow.code, _FLOW_QUEUES[flow.code]),
            created_at=MORNING,
            created_by="finn",
            published_at=MORNING,
            published_by="finn",
        )
        for flow in flows.values()
    ]
    return {row.flow.code: row for row in FlowVersion.objects.bulk_create(rows)}


def _definition(code: str, queues: dict[str, str]) -> dict[str, Any]:
    """Welcome, a menu when there is a choice, a queue for each key, a message when nobody can take the call."""
    start = "menu" if len(queues) > 1 else next(iter(queues.values()))
    menu = {
        "id": "menu",
        "kind": "menu",
        "prompts": ["menu"],
        "keys": queues,
        "retries": 1,
        "timeout": 5,
        "on_exhausted": list(queues.values())[-1],
    }
    waiting = [
        {
            "id": queue,
            "kind": "queue",
            "queue": queue,
            "overflow": [{"when": "queue_closed", "to": "besked"}],
            "max_wait": 900,
            "on_max_wait": "besked",
        }
        for queue in queues.values()
    ]
    return {
        "code": code,
        "version": 1,
        "title": code.capitalize(),
        "start": "velkomst",
        "steps": [
            {"id": "velkomst", "kind": "announcement", "prompts": ["velkomst"], "next": start},
            *([menu] if start == "menu" else []),
            *waiting,
            {
                "id": "besked",
                "kind": "take_message",
                "queue": waiting[-1]["queue"],
                "prompts": ["besked"],
                "max_seconds": 60,
                "on_empty": "farvel",
            },
            {"id": "farvel", "kind": "hang_up", "prompts": ["farvel"]},
        ],
    }


def _pauses() -> dict[str, PauseReason]:
    rows = [
        PauseReason(code=code, name=name, name_en=english, order=order)
        for order, (code, name, english) in enumerate(_PAUSES)
    ]
    return {row.code: row for row in PauseReason.objects.bulk_create(rows)}


def _parties() -> tuple[Party, Party]:
    bakery, citizen = Party.objects.bulk_create(
        [
            Party(
                kind=Party.Kind.BUSINESS,
                name="Bageriet Kornblomst ApS",
                cvr="10000009",
                email="hej@example.org",
                created_at=MORNING,
            ),
            Party(kind=Party.Kind.CITIZEN, name="Karla Kløverblad", protected=True, created_at=MORNING),
        ]
    )
    PartyNumber.objects.bulk_create(
        [
            PartyNumber(party=bakery, number="+4599990101"),
            PartyNumber(party=bakery, number="+4599990102"),
            PartyNumber(party=citizen, number="+4599990201"),
        ]
    )
    return bakery, citizen
