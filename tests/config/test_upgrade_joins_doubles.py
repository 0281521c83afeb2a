"""What was doubled before the database refused it is joined by the upgrade, what moved is there; nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from importlib import import_module
from types import ModuleType
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection

from indgang.accounts.models import RoleAssignment
from indgang.enquiries.models import Party, PartyNumber
from indgang.entry.models import (
    SINCE_EVER,
    Disturbance,
    EntryPoint,
    InHand,
    Presence,
    QueueMembership,
    QueueTerms,
)
from indgang.knowledge.models import Policy
from indgang.workforce.models import Competence
from tests.enquiries.calls import call
from tests.world import MORNING, World


def _upgrade(
    app: str, name: str, table: str, *constraints: str, double: Callable[[], None], later: tuple[str, ...] = ()
) -> None:
    """Take the constraints away, double what they refuse, and do what the migration does before it adds them again.

    `later` are columns of text that a later migration adds, which this one knows nothing of.
    """
    migration: ModuleType = import_module(f"indgang.{app}.migrations.{name}")
    with connection.cursor() as cursor:
        for column in later:
            cursor.execute(f"ALTER TABLE {table} ALTER COLUMN {column} SET DEFAULT ''")
        kept = []
        for constraint in constraints:
            cursor.execute("SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = %s", [constraint])
            found = cursor.fetchone()
            kept.append(f"ADD CONSTRAINT {constraint} {found[0]}" if found else "")
            drop = f"ALTER TABLE {table} DROP CONSTRAINT {constraint}" if found else f"DROP INDEX {constraint}"
            cursor.execute(drop)
        double()
        cursor.execute(migration._DOUBLES)
        for add in kept:
            if add:
                cursor.execute(f"ALTER TABLE {table} {add}")


def test_a_role_that_was_given_twice_is_one_role_over_all_its_days(world: World) -> None:
    def double() -> None:
        for starts, ends in ((1, 10), (5, 20), (25, None)):
            RoleAssignment.objects.create(
                person=world.anna, role="planner", unit=world.units["tmf"], valid_from=date(2026, 3, starts),
                valid_to=date(2026, 3, ends) if ends else None,
            )  # fmt: skip

    before = RoleAssignment.objects.exclude(role="planner").count()
    _upgrade(
        "accounts", "0005_one_each", "accounts_roleassignment", "accounts_roleassignment_once",
        double=double, later=("provider",),
    )  # fmt: skip
    kept = RoleAssignment.objects.filter(person=world.anna, role="planner").order_by("valid_from")
    assert [(row.valid_from.day, row.valid_to and row.valid_to.day) for row in kept] == [(1, 20), (25, None)]
    assert RoleAssignment.objects.exclude(role="planner").count() == before


def test_a_queue_that_somebody_had_twice_is_theirs_once_on_each_day(world: World) -> None:
    queue = world.queues["tmf-byliv"]

    def double() -> None:
        starts, ends = date(2026, 3, 5), date(2026, 3, 10)
        QueueMembership.objects.create(person=world.anna, queue=queue, valid_from=starts, valid_to=ends, active=False)

    before = QueueMembership.objects.exclude(person=world.anna, queue=queue).count()
    _upgrade("entry", "0018_memberships", "entry_queuemembership", "entry_queuemembership_one", double=double)
    kept = QueueMembership.objects.filter(person=world.anna, queue=queue).order_by("valid_from")
    assert [(row.valid_from, row.valid_to, row.active) for row in kept] == [
        (date(2020, 1, 1), date(2026, 3, 5), True),
        (date(2026, 3, 5), date(2026, 3, 10), False),
        (date(2026, 3, 10), None, True),
    ]
    assert QueueMembership.objects.exclude(person=world.anna, queue=queue).count() == before


def test_parties_with_one_company_number_become_the_first_with_the_enquiries_and_numbers_of_all(world: World) -> None:
    made: list[Party] = []

    def double() -> None:
        for number in range(3):
            party = Party.objects.create(kind="business", name=f"Firma {number}", cvr="31000009", created_at=MORNING)
            PartyNumber.objects.create(party=party, number=f"+453366000{number % 2}")
            call(world.queues["tmf-byggeri"], party=party)
            made.append(party)

    _upgrade("enquiries", "0011_one_each", "enquiries_party", "enquiries_party_one_per_cvr", double=double)
    kept = Party.objects.get(cvr="31000009")
    assert kept == made[0]
    assert kept.enquiries.count() == 3
    assert set(kept.numbers.values_list("number", flat=True)) == {"+4533660000", "+4533660001"}


def test_numbers_that_lead_two_ways_change_over_on_the_day_of_the_second(world: World) -> None:
    first = EntryPoint.objects.order_by("pk")[0]

    def double() -> None:
        first.pk, first.valid_from = None, date(2026, 3, 20)
        first._state.adding = True
        first.save()

    _upgrade("entry", "0007_one_each", "entry_entrypoint", "entry_entrypoint_one_flow", double=double)
    days = list(
        EntryPoint.objects.filter(number=first.number).order_by("valid_from").values_list("valid_to", flat=True)
    )
    assert days == [date(2026, 3, 20), None]


def test_numbers_that_lead_two_ways_from_the_same_day_stop_the_upgrade_and_are_named(world: World) -> None:
    first = EntryPoint.objects.order_by("pk")[0]

    def double() -> None:
        first.pk = None
        first._state.adding = True
        first.save()

    with pytest.raises(DatabaseError, match=first.number.replace("+", r"\+")):
        _upgrade("entry", "0007_one_each", "entry_entrypoint", "entry_entrypoint_one_flow", double=double)


def test_a_message_that_is_on_twice_is_said_once(world: World) -> None:
    def double() -> None:
        for _click in range(2):
            Disturbance.objects.create(
                text="Strømmen er gået.", centre=world.centres["tmf"], starts_at=MORNING,
                ends_at=MORNING + timedelta(hours=2), started_by="Eva",
            )  # fmt: skip

    _upgrade("entry", "0007_one_each", "entry_disturbance", "entry_disturbance_once", double=double)
    assert Disturbance.objects.on_at(MORNING).count() == 1


def test_of_two_levels_of_a_skill_the_last_stays(world: World) -> None:
    def double() -> None:
        for level in (1, 3):
            Competence.objects.create(person=world.hans, skill=world.skills["engelsk"], level=level)

    _upgrade("workforce", "0002_one_each", "workforce_competence", "workforce_competence_one_level", double=double)
    assert Competence.objects.get(person=world.hans, skill=world.skills["engelsk"]).level == 3


def test_a_level_for_some_days_cuts_the_one_before_it_and_takes_no_other_day_away(world: World) -> None:
    own = {"person": world.hans, "skill": world.skills["engelsk"]}

    def double() -> None:
        Competence.objects.create(level=2, valid_from=date(2026, 1, 1), **own)
        Competence.objects.create(level=5, valid_from=date(2026, 3, 1), valid_to=date(2026, 4, 1), **own)

    _upgrade("workforce", "0002_one_each", "workforce_competence", "workforce_competence_one_level", double=double)
    rows = Competence.objects.filter(**own).order_by("valid_from").values_list("level", "valid_from", "valid_to")
    assert list(rows) == [
        (2, date(2026, 1, 1), date(2026, 3, 1)),
        (5, date(2026, 3, 1), date(2026, 4, 1)),
        (2, date(2026, 4, 1), None),
    ]


def test_of_two_policies_the_one_decided_last_holds_and_the_days_before_it_keep_theirs(world: World) -> None:
    def double() -> None:
        for starts, ends, characters in ((1, None, 10), (5, None, 20), (5, None, 30)):
            Policy.objects.create(
                valid_from=date(2026, 3, starts), valid_to=ends, small_edit_characters=characters, review_months=12
            )

    _upgrade("knowledge", "0008_one_each", "knowledge_policy", "knowledge_policy_one", double=double)
    kept = Policy.objects.order_by("valid_from").values_list(
        "valid_from__day", "valid_to__day", "small_edit_characters"
    )
    assert list(kept) == [(1, 5, 10), (5, None, 30)]


def test_what_a_queue_promised_before_the_upgrade_is_taken_to_have_held_ever_since(world: World) -> None:
    """There and back again: the columns are taken from the terms of today, and the terms from the columns."""
    migration: ModuleType = import_module("indgang.entry.migrations.0010_queue_terms")
    queue = world.queues["tmf-byliv"]
    QueueTerms.objects.filter(queue=queue).update(service_level_seconds=45, service_level_percent=90, wrap_up_seconds=7)
    names = migration._SETTINGS
    with connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"ALTER TABLE entry_queue ADD COLUMN {name} smallint NOT NULL DEFAULT 1")
        cursor.execute(migration._AS_TODAY)
        QueueTerms.objects.all().delete()
        cursor.execute(migration._AS_EVER)
    assert QueueTerms.objects.count() == len(world.queues)
    terms = QueueTerms.objects.get(queue=queue)
    assert (terms.valid_from, terms.valid_to) == (SINCE_EVER, None)
    assert [getattr(terms, name) for name in names] == [45, 90, 7, 0]


def test_who_talks_or_writes_down_while_the_release_changes_has_it_in_hand_afterwards(world: World) -> None:
    keep = import_module("indgang.entry.migrations.0015_items_in_hand").KEEP
    talking, writing, idle = uuid4(), uuid4(), uuid4()
    consult = {"name": "David", "address": "person:4", "state": "talking"}
    card = {"leg": "l-1", "exchange": "asterisk", "held": True, "direction": "in", "consult": consult}
    before = [
        (world.anna, "talking", talking, card),
        (world.bo, "wrap_up", writing, {}),
        (world.clara, "ready", idle, {}),
    ]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE entry_presence ADD COLUMN enquiry uuid, ADD COLUMN call jsonb DEFAULT '{}'")
        for person, state, enquiry, call_in_hand in before:
            Presence.objects.create(person=person, state=state, since=MORNING)
            cursor.execute(
                "UPDATE entry_presence SET enquiry = %s, call = %s WHERE person_id = %s",
                [enquiry, json.dumps(call_in_hand), person.pk],
            )
        cursor.execute(keep)
    held = {row.person_id: row for row in InHand.objects.all()}
    assert held.keys() == {world.anna.pk, world.bo.pk}
    anna, bo = held[world.anna.pk], held[world.bo.pk]
    assert (anna.enquiry, anna.stage, anna.held) == (talking, "talking", True)
    assert (anna.consult_name, anna.consult_state) == ("David", "talking")
    assert (bo.enquiry, bo.stage) == (writing, "after")
