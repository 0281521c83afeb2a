"""Who may do what where, and what the gate answers."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from indgang.accounts import access, people
from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission
from indgang.audit.trail import System
from tests.world import MORNING

pytestmark = pytest.mark.django_db
SYSTEM = System("test")


def test_a_role_holds_for_its_unit_and_everything_below_it_but_not_beside_it(world: Any) -> None:
    eva = world.eva
    units = {unit.code: unit for unit in access.units_of(eva, Permission.LEAD_TEAM)}
    assert {"tmf", "ctb", "ctb-byliv"} <= set(units)
    assert "bif" not in units
    assert "kk" not in units
    assert access.may(eva, Permission.LEAD_TEAM, units["ctb-byliv"])
    assert not access.may(eva, Permission.LEAD_TEAM, world.units["bif"])
    assert not access.everywhere(eva, Permission.LEAD_TEAM)


def test_who_has_no_role_may_nothing(world: Any) -> None:
    assert access.permissions_of(world.ukendt) == frozenset()
    assert not access.units_of(world.ukendt, Permission.SEE_CATALOGUE).exists()


def test_a_role_begins_and_ends_on_its_days(world: Any) -> None:
    people.give_role(
        world.ukendt,
        role="planner",
        unit=world.units["tmf"],
        valid_from=date(2026, 4, 1),
        valid_to=date(2026, 5, 1),
        by=SYSTEM,
        at=MORNING,
    )
    held = {
        day: access.may(world.ukendt, Permission.SEE_FIGURES, on=day)
        for day in (date(2026, 3, 31), date(2026, 4, 1), date(2026, 4, 30), date(2026, 5, 1))
    }
    assert list(held.values()) == [False, True, True, False]


def test_one_query_answers_all_questions_about_a_person(world: Any, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        for permission in Permission:
            access.may(world.anna, permission)
        access.permissions_of(world.anna)


def test_one_who_is_shut_out_has_no_rights_left(world: Any) -> None:
    world.eva.is_active = False
    assert access.permissions_of(world.eva) == frozenset()


@requires(Permission.PUBLISH_FLOWS)
def _view(request: HttpRequest) -> HttpResponse:
    return HttpResponse("inside")


def _ask(person: Any, **headers: str) -> HttpResponse:
    request = RequestFactory(headers=headers).get("/somewhere/")
    request.user = person
    request.session = SessionStore()
    request.resolver_match = None
    answer = _view(request)
    assert isinstance(answer, HttpResponse)
    return answer


def test_the_gate_lets_in_who_has_the_permission(world: Any) -> None:
    assert _ask(world.finn).content == b"inside"


def test_the_gate_tells_the_sentence_of_the_permission_that_is_missing(client: Any, world: Any) -> None:
    answer = _ask(world.anna, **{"HX-Request": "true"})
    assert answer.status_code == 403
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert "Udgive opkaldsforløb" in answer.content.decode()
