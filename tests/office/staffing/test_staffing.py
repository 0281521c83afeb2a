"""The pages of skills and pause reasons: made, changed, ended with a reason, and deleted only when unused."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.audit.models import Change
from indgang.core import clock
from indgang.desk import targets
from indgang.desk.forms import PauseForm
from indgang.entry.models import AgentState, Command, PauseReason, Presence, PresenceEvent
from indgang.workforce.models import Skill
from tests.office.conftest import SignIn
from tests.office.pages import form_at
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

EVERYBODY = ("anna", "david", "eva", "finn", "gerda", "hans", "ida", "ukendt")


def _changed(client: Client, address: str, **typed: Any) -> Any:
    return client.post(address, form_at(client, address).fields | typed)


def test_leaders_see_the_lists_and_the_administrator_changes_them(world: World, as_person: SignIn) -> None:
    skill, reason = world.skills["byliv"], world.pauses["frokost"]
    pages = {
        reverse("office:skills"): {"eva", "finn"},
        reverse("office:skill", args=[skill.pk]): {"eva", "finn"},
        reverse("office:skill-new"): {"finn"},
        reverse("office:pause-reasons"): {"eva", "finn"},
        reverse("office:pause-reason", args=[reason.pk]): {"eva", "finn"},
        reverse("office:pause-reason-new"): {"finn"},
    }
    for address, allowed in pages.items():
        answers = {name: as_person(name).get(address).status_code for name in EVERYBODY}
        assert answers == {name: 200 if name in allowed else 403 for name in EVERYBODY}, address
    eva = as_person("eva")
    for address in pages:
        if "/new/" not in address and address.count("/") > 3:
            assert eva.post(address, {"name": "Nyt", "valid_from": "2020-01-01"}).status_code == 403
            assert eva.post(f"{address}removal/").status_code == 403


def test_a_new_skill_is_required_by_a_queue_and_given_to_somebody(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    assert _changed(finn, reverse("office:skill-new"), name="Tegnsprog").status_code == 302
    skill = Skill.objects.get(code="tegnsprog")
    assert (
        str(skill.pk)
        in form_at(
            finn,
            reverse("office:person", args=[world.anna.pk]),
            reverse("office:person-competences", args=[world.anna.pk]),
        ).options["skill"]
    )
    queue = reverse("office:queue", args=["tmf-oevrige"])
    assert _changed(finn, queue, **{"s0-skill0": "tegnsprog", "s0-level0": "1"}).status_code == 302
    assert Command.objects.filter(kind="reload").exists()
    page = finn.get(reverse("office:skill", args=[skill.pk])).content.decode()
    assert "Øvrige henvendelser" in page
    again = _changed(finn, reverse("office:skill-new"), name="TEGNSPROG")
    assert again.status_code == 422
    assert Change.objects.filter(action="skill.create").count() == 1


def test_a_skill_that_a_queue_requires_does_not_end_and_one_that_ended_is_not_offered(
    world: World, as_person: SignIn
) -> None:
    finn, today = as_person("finn"), clock.today()
    required = reverse("office:skill", args=[world.skills["byggesag"].pk])
    answer = _changed(finn, required, valid_to=f"{today}")
    assert answer.status_code == 422
    assert "Kompetencen kræves af Byggeri. Ret køernes krav først." in answer.content.decode()
    english = world.skills["engelsk"]
    assert _changed(finn, reverse("office:skill", args=[english.pk]), valid_to=f"{today}").status_code == 302
    person = reverse("office:person", args=[world.anna.pk])
    offered = form_at(finn, person, f"{person}competences/").options["skill"]
    assert str(english.pk) not in offered
    assert "engelsk" not in form_at(finn, reverse("office:queue", args=["tmf-oevrige"])).options["s0-skill0"]


def test_only_a_skill_that_was_never_used_is_deleted(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    used = reverse("office:skill-removal", args=[world.skills["engelsk"].pk])
    assert "Lad den i stedet slutte" in finn.post(used, follow=True).content.decode()
    assert Skill.objects.filter(code="engelsk").exists()
    unused = Skill.objects.create(code="morse", name="Morse")
    assert "Slet kompetencen" in finn.get(reverse("office:skill", args=[unused.pk])).content.decode()
    finn.post(reverse("office:skill-removal", args=[unused.pk]))
    assert not Skill.objects.filter(code="morse").exists()
    gone = finn.get(reverse("office:skill", args=[unused.pk]))
    assert gone.status_code == 404
    assert "Det er slettet af Finn Fyrrelund" in gone.content.decode()


def test_a_pause_reason_is_offered_on_the_desk_on_its_days(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    tomorrow = clock.today() + timedelta(days=1)
    new = _changed(finn, reverse("office:pause-reason-new"), name="Oplæring", order="7", valid_from=f"{tomorrow}")
    assert new.status_code == 302
    reason = PauseReason.objects.get(code="oplaering")
    assert not PauseForm({"reason": reason.code}).is_valid()
    assert _changed(finn, reverse("office:pause-reason", args=[reason.pk]), valid_from="2026-03-01").status_code == 302
    assert PauseForm({"reason": reason.code}).is_valid()
    assert "Oplæring" in finn.get(reverse("office:pause-reasons")).content.decode()


def test_the_last_pause_reason_stays_and_one_that_was_given_is_kept(world: World, as_person: SignIn) -> None:
    finn, today = as_person("finn"), clock.today()
    PresenceEvent.objects.create(person=world.anna, at=MORNING, state=AgentState.PAUSED, reason="frokost")
    lunch = world.pauses["frokost"]
    removal = reverse("office:pause-reason-removal", args=[lunch.pk])
    assert "har været brugt" in finn.post(removal, follow=True).content.decode()
    for code in ("moede", "opgave"):
        finn.post(reverse("office:pause-reason-removal", args=[world.pauses[code].pk]))
    assert list(PauseReason.objects.values_list("code", flat=True)) == ["frokost"]
    answer = _changed(finn, reverse("office:pause-reason", args=[lunch.pk]), valid_to=f"{today}")
    assert answer.status_code == 422
    assert "mindst én pauseårsag" in answer.content.decode()


def test_a_pause_reason_that_somebody_has_asked_for_after_a_conversation_is_kept(
    world: World, as_person: SignIn
) -> None:
    planned = {"afterwards": ["paused", "moede"]}
    Presence.objects.create(person=world.anna, state=AgentState.TALKING, since=MORNING, kept=planned)
    removal = reverse("office:pause-reason-removal", args=[world.pauses["moede"].pk])
    assert "har været brugt" in as_person("finn").post(removal, follow=True).content.decode()
    assert PauseReason.objects.filter(code="moede").exists()


def test_who_is_in_a_pause_without_disturbance_cannot_be_asked(world: World, as_person: SignIn) -> None:
    lunch = world.pauses["frokost"]
    Presence.objects.create(person=world.anna, state=AgentState.PAUSED, reason=lunch, since=MORNING)

    def anna() -> targets.Target:
        return next(each for each in targets.find("Anna", by=world.bo, on=clock.today()) if "Anna" in each.name)

    assert anna().usable
    address = reverse("office:pause-reason", args=[lunch.pk])
    assert _changed(as_person("finn"), address, reachable=[]).status_code == 302
    assert (anna().usable, anna().state_text) == (False, "Pause: Frokost")


def _only(*days: tuple[date, date | None]) -> list[PauseReason]:
    """Replace all pause reasons by reasons with these periods."""
    PauseReason.objects.all().delete()
    return [
        PauseReason.objects.create(code=f"p{number}", name=f"Pause {number}", valid_from=begins, valid_to=ends)
        for number, (begins, ends) in enumerate(days)
    ]


def test_no_day_ahead_is_without_a_pause_reason(world: World, as_person: SignIn) -> None:
    finn, today = as_person("finn"), clock.today()
    tenth = today + timedelta(days=10)
    first, _second = _only((date(2020, 1, 1), None), (date(2020, 1, 1), tenth))
    address = reverse("office:pause-reason", args=[first.pk])
    for typed in ({"valid_to": f"{tenth - timedelta(days=5)}"}, {"valid_from": f"{tenth + timedelta(days=1)}"}):
        answer = _changed(finn, address, **typed)
        assert (answer.status_code, "mindst én pauseårsag" in answer.content.decode()) == (422, True)
    finn.post(reverse("office:pause-reason-removal", args=[first.pk]))
    first.refresh_from_db()
    assert (first.valid_from, first.valid_to) == (date(2020, 1, 1), None)
    assert _changed(finn, address, valid_from=f"{tenth}").status_code == 302


def test_a_day_that_had_no_pause_reason_before_hinders_nobody(world: World, as_person: SignIn) -> None:
    today = clock.today()
    (only,) = _only((date(2020, 1, 1), today + timedelta(days=3)))
    answer = _changed(
        as_person("finn"), reverse("office:pause-reason", args=[only.pk]), valid_to=f"{today + timedelta(days=9)}"
    )
    assert answer.status_code == 302
