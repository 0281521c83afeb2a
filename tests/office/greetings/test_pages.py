"""The pages of a centre's greetings: written, planned, and ended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.entry.models import Greeting, Prompt
from tests.office.conftest import SignIn
from tests.world import MORNING, World

PAGE = "/office/greetings/tmf/"
TODAY = MORNING.date()


def test_a_greeting_is_written_without_touching_a_flow(world: World, as_person: SignIn) -> None:
    eva = as_person("eva")
    assert "ingen velkomst" in eva.get("/office/greetings/").content.decode()
    sent = {"text_da": "Goddag, det er TMF.", "text_en": "Hello.", "valid_from": TODAY.isoformat(), "valid_to": ""}
    page = eva.post(PAGE, sent, follow=True).content.decode()
    assert "Velkomsten er gemt." in page
    assert "Siges i dag" in page
    assert f"{TODAY:%d.%m.%Y} – indtil videre" in " ".join(page.split())
    greeting = Greeting.objects.get()
    assert set(Prompt.objects.filter(code=greeting.prompt_code).values_list("text", flat=True)) == {
        "Goddag, det er TMF.", "Hello.",
    }  # fmt: skip
    assert "Goddag, det er TMF." in eva.get("/office/greetings/").content.decode()
    assert "Velkomst i TMF" in eva.get(f"/office/prompts/{greeting.prompt_code}/").content.decode()
    eva.post(f"{PAGE}{greeting.pk}/end/")
    assert not Greeting.objects.exists(), "one that began today is taken back whole"


def test_a_planned_greeting_is_removed_and_a_running_one_stopped(world: World, as_person: SignIn) -> None:
    eva = as_person("eva")
    for days, sentence in ((0, "Velkomsten er stoppet."), (3, "Den planlagte velkomst er fjernet.")):
        day = (TODAY + timedelta(days=days)).isoformat()
        eva.post(PAGE, {"text_da": "Goddag.", "text_en": "", "valid_from": day, "valid_to": ""})
        ended = eva.post(f"{PAGE}{Greeting.objects.get().pk}/end/", follow=True)
        assert sentence in ended.content.decode()


def test_what_was_typed_stays_when_a_day_is_refused(world: World, as_person: SignIn) -> None:
    sent = {"text_da": "Goddag.", "text_en": "", "valid_from": (TODAY - timedelta(days=1)).isoformat()}
    answer = as_person("eva").post(PAGE, sent)
    assert answer.status_code == 422
    assert "Goddag." in answer.content.decode()
    assert "Dagen er passeret" in answer.content.decode()


def test_a_centre_of_somebody_else_has_no_page(world: World, as_person: SignIn) -> None:
    greeting = Greeting.objects.create(centre=world.centres["bif"], prompt_code="velkomst")
    eva = as_person("eva")
    assert eva.get("/office/greetings/bif/").status_code == 404
    assert eva.post(f"{PAGE}{greeting.pk}/end/").status_code == 404


@pytest.mark.usefixtures("world")
def test_a_centre_whose_flows_do_not_say_it_is_told(as_person: SignIn) -> None:
    assert "Ingen af centrets opkaldsforløb siger velkomsten." in as_person("eva").get(PAGE).content.decode()
