"""The page of the roll-out phases."""

from __future__ import annotations

from datetime import timedelta

from indgang.core import clock
from indgang.entry.models import RolloutPhase
from tests.office.conftest import SignIn
from tests.office.pages import form_at
from tests.world import World

PAGE = "/office/phases/"


def test_a_phase_is_begun_and_one_that_is_planned_dropped(world: World, as_person: SignIn) -> None:
    finn, later = as_person("finn"), clock.today() + timedelta(days=10)
    form = form_at(finn, PAGE)
    assert finn.post(PAGE, form.fields | {"word": "1"}).status_code == 302
    assert (
        finn.post(PAGE, form_at(finn, PAGE).fields | {"word": "2", "valid_from": later.isoformat()}).status_code == 302
    )
    page = finn.get(PAGE).content.decode()
    assert "Gælder nu" in page
    assert "Planlagt" in page
    planned = RolloutPhase.objects.get(word="2")
    assert "fjernet" in finn.post(f"{PAGE}{planned.pk}/removal/", follow=True).content.decode()
    assert list(RolloutPhase.objects.values_list("word", flat=True)) == ["1"]
    assert finn.post(f"{PAGE}{planned.pk}/removal/").status_code == 404
    begun = RolloutPhase.objects.get()
    assert "kan ikke fjernes" in finn.post(f"{PAGE}{begun.pk}/removal/", follow=True).content.decode()


def test_a_day_that_has_passed_is_refused_and_what_was_typed_is_kept(world: World, as_person: SignIn) -> None:
    answer = as_person("finn").post(PAGE, {"word": "fase 9", "valid_from": "2020-01-01"})
    assert answer.status_code == 422
    assert "kan ikke laves om" in answer.content.decode()
    assert "fase 9" in answer.content.decode()


def test_phases_are_the_whole_municipalitys(world: World, as_person: SignIn) -> None:
    answer = as_person("eva").post(PAGE, {"word": "1", "valid_from": clock.today().isoformat()})
    assert answer.status_code == 403
    assert not RolloutPhase.objects.exists()


def test_a_flow_is_tried_out_in_the_phase_that_holds(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    finn.post(PAGE, form_at(finn, PAGE).fields | {"word": "fase-7"})
    assert "fase-7" in finn.get("/office/flows/erhverv/rehearsal/").content.decode()
