"""Creates the centre in one transaction, through the owning packages' actions, so that the trail records each part.

It is created once: a second run adds nothing, because people may have changed or removed parts on purpose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import psycopg
from django.conf import settings
from django.db import transaction

from indgang.accounts import people
from indgang.accounts.models import Person, RoleAssignment
from indgang.audit.trail import System
from indgang.catalogue import centres, offering, purposes, timetable, units
from indgang.catalogue.models import ContactCentre, Schedule, Service, Unit
from indgang.catalogue.models import Purpose as PurposeRow
from indgang.config.first_centre.answers import FirstCentre
from indgang.core.clock import day_of
from indgang.core.hours_text import Spans
from indgang.core.text import folded, slug
from indgang.entry.models import EntryPoint, PauseReason, Queue
from indgang.entry.setup import flow_versions, greetings, pause_reasons, prompts, queues, standard_flow
from indgang.office.getting_started import milestones
from indgang.office.models import Milestone
from indgang.workforce import skills
from indgang.workforce.models import Skill

Say = Callable[[str], None]

INIT = System("indgang init")
_ROLE = "administrator"
#: key of the advisory lock that lets one `indgang init` run at a time
_LOCK = 20_911
_LONGEST_PUBLIC_NAME = Service._meta.get_field("public_name").max_length or 0


class Occupied(Exception):
    """The database is in use already; the text says by whom, and what to do."""


@dataclass(frozen=True, slots=True)
class Made:
    """Whether the centre is new, whether the person has become administrator now, and whether the account is new."""

    centre: bool
    administrator: bool
    account: bool


@contextmanager
def one_at_a_time(say: Say) -> Iterator[None]:
    """Wait for another `indgang init` on this database. The lock ends with the connection, however that ends."""
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as own:
        if own.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK]).fetchone() != (True,):
            say("Another `indgang init` is at work on this database; waiting for it ...")
            own.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        yield


@transaction.atomic
def make(wanted: FirstCentre, *, at: datetime, say: Say, another_administrator: bool = False) -> Made:
    """Create what is missing. Raises Occupied when the database holds another centre or has another administrator."""
    done = Milestone.objects.filter(name=milestones.SET_UP).exists()
    if not done:
        _refuse_other_data()
    elif not (_is_administrator(wanted.username, at) or another_administrator):
        raise Occupied(_administrators_there(wanted, at))
    before, known = _is_administrator(wanted.username, at), _account(wanted) is not None
    person = _administrator(wanted, at)
    if not done:
        _make_centre(wanted, person, at, say)
        milestones.reach(milestones.SET_UP, by=person, at=at)
    return Made(centre=not done, administrator=not before, account=not known)


# --- The administrator -------------------------------------------------------------------------


def _administrator(wanted: FirstCentre, at: datetime) -> Person:
    person = _account(wanted)
    if person is not None and not person.is_active:
        raise Occupied(f"The account {person.username} is closed. Choose another user name. Nothing was changed.")
    if person is None:
        person = people.create(
            username=wanted.username, name=wanted.name, email=wanted.email, password=wanted.password, by=INIT, at=at
        )
        if wanted.password_typed:
            people.change_password(person, wanted.password, by=person, at=at)
    if not _is_administrator(wanted.username, at):
        people.give_role(person, role=_ROLE, unit=None, valid_from=day_of(at), by=INIT, at=at)
    return person


def _account(wanted: FirstCentre) -> Person | None:
    found: Person | None = Person.objects.filter(username_folded=folded(wanted.username)).first()
    return found


def _is_administrator(username: str, at: datetime) -> bool:
    roles = RoleAssignment.objects.valid_on(day_of(at)).filter(role=_ROLE, unit=None, person__is_active=True)
    return bool(roles.filter(person__username_folded=folded(username)).exists())


def _administrators_there(wanted: FirstCentre, at: datetime) -> str:
    roles = RoleAssignment.objects.valid_on(day_of(at)).filter(role=_ROLE, unit=None, person__is_active=True)
    there = ", ".join(f"{each.person.name} ({each.person.username})" for each in roles.select_related("person"))
    return (
        f"The centre has been set up already, and {there or 'nobody'} is its administrator. {wanted.name} was not "
        "added. An administrator gives others that role under Opsætning, Medarbejdere. If nobody can sign in any more, "
        "run the command again with --another-administrator."
    )


def _refuse_other_data() -> None:
    root = Unit.objects.filter(parent=None).first()
    if root is not None:
        raise Occupied(
            f"The database already holds “{root.name}”, which `indgang init` has not made (the demo, perhaps). "
            "Name an empty database in DATABASE_URL, or an empty folder in INDGANG_VAR."
        )


# --- The centre --------------------------------------------------------------------------------


def _make_centre(wanted: FirstCentre, by: Person, at: datetime, say: Say) -> None:
    say("  units, services and purposes")
    owner = _units(wanted, by, at)
    _purposes(by, at)
    say("  opening hours")
    schedule = _hours(wanted, owner, by, at)
    centre = centres.save(
        ContactCentre(code=owner.code), name=wanted.centre, owner=owner, operator=owner, schedule=schedule, by=by, at=at
    )
    say("  pause reasons and skills")
    for order, each in enumerate(pause_reasons.STANDARD, start=1):
        fields = {"name": each.name, "name_en": each.name_en, "order": order}
        pause_reasons.save(PauseReason(code=each.code), fields, by=by, at=at)
    for name in wanted.skills:
        skills.save(Skill(code=slug(name)), {"name": name}, by=by, at=at)
    say("  queues, texts and the flow of calls")
    _flow(wanted, centre, _queues(centre, by, at), by, at)


def _units(wanted: FirstCentre, by: Person, at: datetime) -> Unit:
    """The municipality; below it the centre and the units that it answers for, each with a service to register
    under."""
    root = units.add(
        parent=None, code=slug(wanted.municipality), kind=Unit.Kind.MUNICIPALITY, name=wanted.municipality, by=by, at=at
    )
    owner = units.add(parent=root, code=slug(wanted.centre), kind=Unit.Kind.CENTRE, name=wanted.centre, by=by, at=at)
    served = [
        units.add(parent=root, code=slug(name), kind=Unit.Kind.UNIT, name=name, by=by, at=at) for name in wanted.units
    ]
    for unit in served or [owner]:
        name = f"{unit.name}: generelle spørgsmål"
        public = name if len(name) <= _LONGEST_PUBLIC_NAME else ""
        offering.save_service(
            Service(code=slug(f"{unit.code}-generelt")), name=name, public_name=public, unit=unit, by=by, at=at
        )
    return owner


def _purposes(by: Person, at: datetime) -> None:
    for order, each in enumerate(purposes.NINE, start=1):
        row = PurposeRow(code=each.code)
        offering.save_purpose(row, name=each.name, name_en=each.name_en, order=order, by=by, at=at)


def _hours(wanted: FirstCentre, owner: Unit, by: Person, at: datetime) -> Schedule:
    schedule = timetable.save(
        Schedule(code=slug(f"{owner.code}-tider")), name=f"{wanted.centre}s åbningstider", by=by, at=at
    )
    week = dict.fromkeys(range(5), wanted.hours)
    timetable.set_days(schedule, week, from_day=day_of(at), by=by, at=at)
    return schedule


def _queues(centre: ContactCentre, by: Person, at: datetime) -> Queue:
    """The general queue, and the safe queue, in which the people of the general queue help at once."""
    general = queues.save(
        Queue(code=slug(f"{centre.code}-generelle-henvendelser"), valid_from=day_of(at)),
        {
            "name": "Generelle henvendelser", "name_en": "General enquiries",
            "public_name": "Generelle henvendelser", "public_name_en": "General enquiries", "centre": centre,
            "steps": [{"after": 0, "skills": {}, "also_queues": []}],
        },
        by=by,
        at=at,
    )  # fmt: skip
    queues.save(
        Queue(code="sikker-koe", valid_from=day_of(at)),
        {
            "name": "Sikker kø", "name_en": "Safe queue", "centre": centre, "priority": 10, "is_safe": True,
            "steps": [{"after": 0, "skills": {}, "also_queues": [general.code]}],
        },
        by=by,
        at=at,
    )  # fmt: skip
    return general


def _flow(wanted: FirstCentre, centre: ContactCentre, queue: Queue, by: Person, at: datetime) -> None:
    own = standard_flow.first_prompts(centre.code, wanted.centre, _said(wanted.hours))
    prompts.write_missing(own, unit=centre.owner, by=by, at=at)
    prompts.write_missing(standard_flow.prompts(), by=by, at=at)
    greetings.begin(centre, prompt_code=standard_flow.greeting_prompt(centre.code), day=day_of(at), by=by, at=at)
    flow = flow_versions.create(code=centre.code, name=wanted.centre, centre=centre, by=by, at=at)
    draft = flow_versions.draft_of(flow)
    assert draft is not None
    definition = standard_flow.first_flow(flow.code, flow.name, schedule=centre.schedule.code, queue=queue.code)
    draft = flow_versions.save_draft(draft, definition, revision=draft.revision, by=by, at=at)
    flow_versions.publish(draft, revision=draft.revision, by=by, at=at)
    if wanted.number:
        point = EntryPoint(number=wanted.number, valid_from=day_of(at))
        fields = {"name": wanted.centre, "centre": centre, "flow": flow}
        flow_versions.save_entry_point(point, fields, by=by, at=at)


def _said(hours: Spans) -> str:
    """The hours as a voice prompt says them: `fra klokken 9 til 16`."""
    spans = [f"{opens:%-H.%M} til {closes:%-H.%M}".replace(".00", "") for opens, closes in hours]
    return "fra klokken " + " og ".join(spans).replace("til 0", "til 24")
