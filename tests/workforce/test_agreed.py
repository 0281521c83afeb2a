"""What is agreed is kept in each process: a change counts from its commit on, whoever makes it and how."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction

from indgang.catalogue.models import Service
from indgang.core.clock import day_of
from indgang.entry.switchboard.wakeup import parameters
from indgang.entry.team import second_level
from indgang.routing.availability.windows import Medium
from indgang.workforce import agreed, day_line, own_day
from tests.workforce.agreed import draft, line, sign
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def promised(world: World) -> None:
    agreement = draft(world)
    line(world, agreement, world.david)
    sign(agreement, world.david, world.ida)


def who() -> list[int]:
    answer = second_level.who_can_be_asked(["arrangement"], medium=Medium.PHONE, at=MORNING)["arrangement"]
    return [each.person for each in answer.available]


def elsewhere(statement: str, **values: object) -> None:
    """Run a statement on a connection of its own, as another process would, without any code of the product."""
    with psycopg.connect(**parameters(), autocommit=True) as other:
        assert other.execute(statement, values).rowcount


def test_what_another_connection_has_changed_is_in_the_next_answer(world: World) -> None:
    assert who() == [world.david.pk]
    elsewhere("UPDATE workforce_windowperson SET person_id = %(bo)s", bo=world.bo.pk)
    assert who() == [world.bo.pk]
    elsewhere(
        "INSERT INTO workforce_substitute (person_id, substitute_id, valid_from) VALUES (%(bo)s, %(clara)s, %(day)s)",
        bo=world.bo.pk, clara=world.clara.pk, day=day_of(MORNING),
    )  # fmt: skip
    assert who() == [world.bo.pk]
    elsewhere("UPDATE accounts_person SET is_active = false WHERE id = %(bo)s", bo=world.bo.pk)
    assert who() == [world.clara.pk], "the account is closed, so the substitute is asked"
    elsewhere("UPDATE workforce_availabilityagreement SET valid_to = %(day)s", day=day_of(MORNING) + timedelta(days=1))
    assert who() == [world.clara.pk]
    elsewhere("UPDATE catalogue_service SET valid_to = %(day)s WHERE code = 'arrangement'", day=day_of(MORNING))
    assert who() == [], "the service is over"


def test_what_a_person_notes_in_another_thread_is_in_the_next_answer(world: World) -> None:
    assert who() == [world.david.pk]

    def note() -> None:
        own_day.note(world.david, day_line.read("syg i dag", at=MORNING), by=world.david, at=MORNING)

    _in_a_thread(note)
    assert who() == []


def test_what_is_rolled_back_never_counts_and_what_others_change_meanwhile_does(world: World) -> None:
    with transaction.atomic():
        Service.objects.filter(code="arrangement").update(valid_to=day_of(MORNING))
        assert who() == []
        transaction.set_rollback(True)
    assert who() == [world.david.pk]
    elsewhere("UPDATE workforce_windowperson SET person_id = %(bo)s", bo=world.bo.pk)
    assert who() == [world.bo.pk]


def test_two_changes_at_once_do_not_wait_for_each_other_and_both_count(world: World) -> None:
    assert who() == [world.david.pk]
    with psycopg.connect(**parameters()) as slow:
        slow.execute("SET lock_timeout = '5s'")
        slow.execute("UPDATE workforce_windowperson SET person_id = %s", [world.bo.pk])
        elsewhere("UPDATE accounts_person SET is_active = false WHERE id = %(pk)s", pk=world.bo.pk)
        assert who() == [world.david.pk], "not committed yet"
        slow.commit()
    assert who() == [], "Bo's account is closed"


def test_it_is_kept_as_long_as_nothing_changes(world: World, django_assert_num_queries: Callable[..., object]) -> None:
    assert who() == [world.david.pk]
    before = agreed.of(day_of(MORNING), ["arrangement"]).windows["arrangement"]
    with django_assert_num_queries(1):  # type: ignore[attr-defined]  # a fixture
        assert agreed.of(day_of(MORNING), ["arrangement"]).windows["arrangement"] is before


def _in_a_thread(action: Callable[[], None]) -> None:
    def run() -> None:
        try:
            action()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
