"""The demo's people: the directory, the accounts for visitors, and the simulated colleagues."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.contrib.auth.hashers import make_password

from indgang.accounts.models import Person, RoleAssignment
from indgang.catalogue.models import DirectoryEntry, Service, Unit
from indgang.demo import names
from indgang.demo.rows import Added, add, table
from indgang.workforce.models import Competence, Skill

#: simulated colleagues per centre
COLLEAGUES = 16
_PREFIX = "kollega-"

SKILLS = (
    ("byggesag", "Byggesager"),
    ("miljoe", "Miljø"),
    ("byliv", "Byliv og arrangementer"),
    ("grav", "Gravning og vej"),
    ("erhverv", "Erhverv og rekruttering"),
    ("refusion", "Refusion af sygedagpenge"),
    ("borger", "Borgerservice"),
    ("engelsk", "Engelsk"),
)

#: which skills the people of a centre have
_CENTRE_SKILLS = {
    "tmf": ("byggesag", "miljoe", "byliv", "grav"),
    "bif": ("erhverv", "refusion"),
    "yds": ("refusion",),
    "kff": ("borger",),
}


@dataclass(frozen=True, slots=True)
class SignIn:
    """An account for a visitor. `roles` are (role, unit code); without a unit for the whole municipality."""

    username: str
    name: str
    sentence: str
    roles: tuple[tuple[str, str | None], ...]
    skills: dict[str, int] = field(default_factory=dict)
    entry: str = ""


SIGN_INS: tuple[SignIn, ...] = (
    SignIn(
        "anna", "Anna Agerbæk", "Agent i TMF", (("agent", "tmf"),),
        {"byggesag": 3, "miljoe": 2, "byliv": 3, "grav": 2},
    ),
    SignIn("bo", "Bo Bakkedal", "Agent i TMF", (("agent", "tmf"),), {"byggesag": 2, "byliv": 4, "grav": 3}),
    SignIn(
        "clara", "Clara Cederfeld", "Agent i TMF og Københavns Erhvervshus", (("agent", "tmf"), ("agent", "bif")),
        {"byliv": 2, "erhverv": 4, "engelsk": 5, "refusion": 2},
    ),
    SignIn("david", "David Degnemark", "Sagsbehandler i Byliv", (("case_worker", "ctb-byliv"),), entry="dade"),
    SignIn("eva", "Eva Engtoft", "Teamleder i TMF", (("team_leader", "tmf"),), {"byggesag": 4, "byliv": 4}),
    SignIn("finn", "Finn Fyrrelund", "Administrator", (("administrator", None),)),
    SignIn("gerda", "Gerda Grønvang", "Planlægger i TMF", (("planner", "tmf"),)),
    SignIn("hans", "Hans Havreholm", "Ejer af TMF's aftale", (("owner", "tmf"),)),
    SignIn(
        "ida", "Ida Isdal", "Fagkoordinator i TMF", (("subject_coordinator", "tmf"),), {"byggesag": 5, "miljoe": 4}
    ),
    SignIn(
        "karen", "Karen Klitgaard", "Fagkoordinator i BIF og Borgerservice",
        (("subject_coordinator", "bif"), ("subject_coordinator", "kff")), {"erhverv": 4, "refusion": 4},
    ),
    SignIn("lone", "Lone Lindegaard", "Teamleder i Byliv", (("team_leader", "ctb-byliv"),)),
    SignIn("otto", "Otto Odderskov", "Agent i Københavns Erhvervshus", (("agent", "bif"),), {"erhverv": 3}),
    SignIn("wera", "Wera Winkel", "Webredaktør", (("web_editor", None),)),
)  # fmt: skip

_TITLES = ("Sagsbehandler", "Specialkonsulent", "Fuldmægtig", "Ingeniør", "Arkitekt", "Kontorfuldmægtig", "Enhedschef")


def colleague(centre: str, number: int) -> str:
    """The user name of simulated colleague `number` (from 1) of a centre."""
    return f"{_PREFIX}{centre}-{number:02}"


# --- Directory ---------------------------------------------------------------------------------


def directory(units: Added[Unit], *, at: datetime) -> Added[DirectoryEntry]:
    """About 120 people over all units that have services or callers, numbered on from 33 66 20 00.

    Three of four have verified their entry within the last year.
    """
    leaves = [line["code"] for line in table("units") if line["kind"] != "municipality"]
    subjects = _subjects()
    rows = [_david(units)]
    for number in range(119):
        unit = units[leaves[number * 5 % len(leaves)]]
        rows.append(_entry(number, unit, subjects.get(unit.code, [])))
    for number, row in enumerate(rows):
        if number % 4 != 3:
            row.verified_at, row.verified_by = at - timedelta(days=3 * number), row.name
    return add(rows, key="initials")


def what_they_know(entries: Added[DirectoryEntry], services: Added[Service]) -> None:
    """Link each new entry to up to two services of its unit."""
    of_unit: dict[int | None, list[Service]] = defaultdict(list)
    for service in services.all.values():
        of_unit[service.unit_id].append(service)
    links = DirectoryEntry.services.through._default_manager
    links.bulk_create(
        links.model(directoryentry_id=entry.pk, service_id=service.pk)
        for place, entry in enumerate(entries.all.values())
        if entry.initials in entries.new
        for service in of_unit[entry.unit_id][place % 3 : place % 3 + 2]
    )


def _subjects() -> dict[str, list[str]]:
    by_unit: dict[str, list[str]] = {}
    for line in table("services"):
        by_unit.setdefault(line["unit"], []).append(line["keywords"].split(",")[0])
    return by_unit


def _entry(number: int, unit: Unit, subjects: list[str]) -> DirectoryEntry:
    name = names.person(number)
    given, _, surname = name.partition(" ")
    return DirectoryEntry(
        name=name,
        initials=f"{given[:2]}{surname[:2]}{number:02}".lower(),
        title=_TITLES[number % len(_TITLES)],
        unit=unit,
        phone=f"+4533662{number + 100:03}",
        mobile=f"+4599990{number + 500:03}" if number % 3 == 0 else "",
        email=f"person{number:03}@example.org",
        responsibilities=", ".join(subjects[number % len(subjects) :][:2]) if subjects else "",
    )


def _david(units: Added[Unit]) -> DirectoryEntry:
    return DirectoryEntry(
        name="David Degnemark",
        initials="dade",
        title="Sagsbehandler",
        unit=units["ctb-byliv"],
        phone="+4533662001",
        email="dade@example.org",
        responsibilities="arrangementer, udeservering",
    )


# --- People ------------------------------------------------------------------------------------


def people(units: Added[Unit], directory: Added[DirectoryEntry]) -> Added[Person]:
    """The visitors' accounts and the colleagues, with their roles and competences."""
    password = make_password(settings.DEMO_PASSWORD)
    visitors = [
        Person(
            username=each.username,
            name=each.name,
            email=f"{each.username}@example.org",
            password=password,
            entry=directory[each.entry] if each.entry else None,
        )
        for each in SIGN_INS
    ]
    made = add([*visitors, *_colleagues()], key="username")
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=made[username], role=role, unit=units[unit] if unit else None)
        for username, role, unit in _roles()
        if username in made.new
    )
    _competences(made)
    return made


def _colleagues() -> Iterable[Person]:
    """The colleagues, without a usable password: nobody can sign in as them."""
    for place, centre in enumerate(_CENTRE_SKILLS):
        for number in range(1, COLLEAGUES + 1):
            yield Person(
                username=colleague(centre, number),
                name=names.person(200 + place * COLLEAGUES + number),
                password="!simulated",  # noqa: S106  # not a hash: fits nothing
            )


def _roles() -> Iterable[tuple[str, str, str | None]]:
    for each in SIGN_INS:
        for role, unit in each.roles:
            yield each.username, role, unit
    for centre in _CENTRE_SKILLS:
        for number in range(1, COLLEAGUES + 1):
            yield colleague(centre, number), "agent", centre


def _competences(people: Added[Person]) -> None:
    skills = add([Skill(code=code, name=name) for code, name in SKILLS])
    Competence.objects.bulk_create(
        Competence(person=people[username], skill=skills[skill], level=level)
        for username, skill, level in _levels()
        if username in people.new
    )


def _levels() -> Iterable[tuple[str, str, int]]:
    """A colleague is best at some of the centre's skills, trained in the others; every fourth knows English."""
    for each in SIGN_INS:
        for skill, level in each.skills.items():
            yield each.username, skill, level
    for centre, skills in _CENTRE_SKILLS.items():
        for number in range(1, COLLEAGUES + 1):
            for place, skill in enumerate(skills):
                yield colleague(centre, number), skill, 1 + (number + place * 2) % 4
            if number % 4 == 0:
                yield colleague(centre, number), "engelsk", 3
