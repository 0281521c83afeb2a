"""The pages of duty rotas: made, shared, swapped between centres, and seen by those who take part."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indgang.accounts.models import RoleAssignment
from indgang.catalogue.models import OpenSpan, Schedule
from indgang.entry.models import DutyRota, DutyShift, ShiftSwap
from tests.office.conftest import SignIn
from tests.world import World

PAGE = "/office/rotas/aftenvagten/"


@pytest.fixture
def evenings(world: World) -> Schedule:
    made = Schedule.objects.create(code="aften", name="Aftener", closed_on_holidays=False)
    for weekday in range(7):
        OpenSpan.objects.create(schedule=made, weekday=weekday, opens=time(16), closes=time(22))
    return made


@pytest.fixture
def shared(evenings: Schedule, as_person: SignIn) -> DutyRota:
    """A rota that Finn made on the pages, shared by TMF and BIF for two weeks."""
    finn = as_person("finn")
    made = finn.post("/office/rotas/", {"name": "Aftenvagten", "hours": "aften"}, follow=True)
    assert "Vælg, hvem der deltager." in made.content.decode()
    for queue in ("tmf-byggeri", "bif-erhverv"):
        sent = {"queue": queue, "weight": "1", "valid_from": "2026-03-11"}
        assert "deltager i vagtordningen" in finn.post(f"{PAGE}members/", sent, follow=True).content.decode()
    planned = finn.post(f"{PAGE}plan/", {"first": "2026-03-12", "last": "2026-03-25"}, follow=True)
    assert "14 vagter er fordelt." in planned.content.decode()
    return DutyRota.objects.get()


def shift_of(code: str) -> DutyShift:
    shift = DutyShift.objects.filter(queue__code=code).first()
    assert shift is not None
    return shift


def test_the_page_shows_turns_and_how_fair_they_are(shared: DutyRota, as_person: SignIn) -> None:
    page = " ".join(as_person("eva").get(PAGE).content.decode().split())
    assert "torsdag 12. marts kl. 16.00–22.00" in page
    assert page.count("Vægtede timer") >= 1
    assert "Fordel vagter" not in page, "a leader swaps, but does not plan"
    assert "Har vagten nu" in as_person("eva").get("/office/rotas/").content.decode()


def test_a_leader_offers_a_shift_and_the_other_centre_takes_it(
    world: World, shared: DutyRota, as_person: SignIn
) -> None:
    RoleAssignment.objects.create(person=world.otto, role="team_leader", unit=world.units["bif"])
    eva, otto, shift = as_person("eva"), as_person("otto"), shift_of("tmf-byggeri")
    assert otto.post(f"{PAGE}shifts/{shift.pk}/offer/").status_code == 404, "it is not his centre's"
    offered = eva.post(f"{PAGE}shifts/{shift.pk}/offer/", follow=True).content.decode()
    assert "Behold vagten" in offered
    assert "Tag vagten" in otto.get(PAGE).content.decode()
    swap = ShiftSwap.objects.get()
    given = shift_of("bif-erhverv")
    sent = {"queue": "bif-erhverv", "in_return": str(given.pk)}
    assert "Centret har nu vagten" in otto.post(f"{PAGE}swaps/{swap.pk}/", sent, follow=True).content.decode()
    shift.refresh_from_db()
    given.refresh_from_db()
    assert (shift.queue.code, given.queue.code) == ("bif-erhverv", "tmf-byggeri")
    late = otto.post(f"{PAGE}swaps/{swap.pk}/", {"queue": "tmf-byggeri", "in_return": ""}, follow=True)
    assert "Vælg det center" in late.content.decode(), "he does not lead that one"
    RoleAssignment.objects.create(person=world.otto, role="team_leader", unit=world.units["tmf"])
    late = otto.post(f"{PAGE}swaps/{swap.pk}/", {"queue": "tmf-byggeri", "in_return": ""}, follow=True)
    assert "Byttet er allerede afgjort." in late.content.decode()


def test_an_offer_is_withdrawn_and_a_planner_decides(shared: DutyRota, as_person: SignIn) -> None:
    eva, shift = as_person("eva"), shift_of("tmf-byggeri")
    eva.post(f"{PAGE}shifts/{shift.pk}/offer/")
    swap = ShiftSwap.objects.get()
    assert "beholder vagten" in eva.post(f"{PAGE}swaps/{swap.pk}/withdrawal/", follow=True).content.decode()
    as_person("finn").post(f"{PAGE}shifts/{shift.pk}/assignment/", {"queue": "bif-erhverv"})
    shift.refresh_from_db()
    assert shift.queue.code == "bif-erhverv"
    wrong = as_person("finn").post(f"{PAGE}shifts/{shift.pk}/assignment/", {"queue": "x"})
    assert wrong.status_code == 404


def test_a_centre_that_leaves_frees_its_later_shifts(shared: DutyRota, as_person: SignIn) -> None:
    member = shared.members.get(queue__code="bif-erhverv")
    as_person("finn").post(f"{PAGE}members/{member.pk}/end/", {"on": "2026-03-19"})
    left = DutyShift.objects.filter(queue__code="bif-erhverv").values_list("starts_at", flat=True)
    assert all(each.date() < date(2026, 3, 19) for each in left)
    shared.refresh_from_db()
    assert DutyShift.objects.count() < 14


def test_what_was_typed_stays_with_its_reason(shared: DutyRota, as_person: SignIn) -> None:
    finn = as_person("finn")
    refused = finn.post(f"{PAGE}plan/", {"first": "2026-03-01", "last": "2026-03-25"})
    assert refused.status_code == 422
    assert "2026-03-01" in refused.content.decode()
    twice = finn.post(f"{PAGE}members/", {"queue": "tmf-byggeri", "weight": "2", "valid_from": "2026-03-11"})
    assert twice.status_code == 422
    again = finn.post("/office/rotas/", {"name": "Aftenvagten", "hours": "aften"})
    assert "Der findes allerede en vagtordning med det navn" in again.content.decode()


def test_who_only_leads_a_team_makes_no_rota(evenings: Schedule, as_person: SignIn) -> None:
    answer = as_person("eva").post("/office/rotas/", {"name": "Min vagt", "hours": "aften"})
    assert answer.status_code == 403
    assert not DutyRota.objects.exists()


def test_a_centre_that_is_leaving_is_not_offered_later_shifts(shared: DutyRota, as_person: SignIn) -> None:
    member = shared.members.get(queue__code="bif-erhverv")
    finn = as_person("finn")
    finn.post(f"{PAGE}members/{member.pk}/end/", {"on": "2026-03-19"})
    later = DutyShift.objects.filter(queue__code="tmf-byggeri", starts_at__date__gte=date(2026, 3, 20)).first()
    assert later is not None
    assert f"shifts/{later.pk}/assignment/" not in finn.get(PAGE).content.decode()
    refused = finn.post(f"{PAGE}shifts/{later.pk}/assignment/", {"queue": "bif-erhverv"}, follow=True)
    assert "deltager ikke i vagtordningen den dag" in refused.content.decode()


def test_the_queries_of_the_page_do_not_grow_with_the_shifts(shared: DutyRota, as_person: SignIn) -> None:
    finn, eva = as_person("finn"), as_person("eva")
    eva.get(PAGE)
    with CaptureQueriesContext(connection) as few:
        eva.get(PAGE)
    finn.post(f"{PAGE}plan/", {"first": "2026-03-26", "last": "2026-04-20"})
    with CaptureQueriesContext(connection) as many:
        eva.get(PAGE)
    assert len(many) == len(few)
