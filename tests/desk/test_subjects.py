"""Subjects as transfer targets: which case workers can take a question now, and when the others return."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from indgang.catalogue.models import Service
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.desk import recipients, subjects
from indgang.desk.handing_over import medium_of
from indgang.entry import commands
from indgang.entry.models import AgentState, Presence
from indgang.routing.availability.windows import Medium
from indgang.workforce import agreements, day_line, own_day
from indgang.workforce.models import Substitute
from tests.desk.conftest import PART, SignIn, at_desk
from tests.enquiries.told_calls import talking
from tests.workforce.agreed import draft, line, sign
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def agreed(world: World) -> None:
    agreement = draft(world)
    line(world, agreement, world.david)
    sign(agreement, world.david, world.ida)


def found(as_: SignIn, world: World, text: str) -> str:
    answer = as_(world.anna).get(reverse("desk:targets"), {"q": text}, headers=PART)
    assert answer.status_code == 200
    return " ".join(strip_tags(answer.content.decode()).split())


def test_a_service_names_who_can_be_asked_and_until_when(world: World, as_: SignIn) -> None:
    shown = found(as_, world, "loppemarked")
    assert "Arrangementstilladelser Byliv" in shown
    assert "1 kan træffes nu, David Degnemark til 14.00 · næste træffetid 12.3. 9.00 · i dag holdt 100 %" in shown
    assert "David Degnemark kan træffes til 14.00 · har ikke meldt sig i dag" in shown


def test_an_absent_person_says_when_they_are_back_and_the_substitute_is_named(world: World, as_: SignIn) -> None:
    Substitute.objects.create(person=world.david, substitute=world.bo)
    own_day.note(world.david, day_line.read("møde til 11.30", at=clock.now()), by=world.david, at=clock.now())
    shown = found(as_, world, "arrangement")
    assert "Bo Bakkedal kan træffes til 11.30 · stedfortræder for David Degnemark" in shown
    assert "David Degnemark: i møde, tilbage 11.30" in shown


def test_outside_the_window_the_next_one_is_named(world: World, as_: SignIn, morning: clock.FrozenTime) -> None:
    morning.move(timedelta(hours=6))
    shown = found(as_, world, "arrangement")
    assert "næste træffetid 12.3. 9.00" in shown
    assert "kan træffes til" not in shown


def test_somebody_in_a_conversation_is_not_offered(world: World, as_: SignIn) -> None:
    Presence.objects.create(person=world.david, state=AgentState.TALKING, since=MORNING)
    assert "David Degnemark: i samtale" in found(as_, world, "arrangement")


def test_one_who_is_signed_in_is_asked_at_the_desk_and_is_confirmed(world: World, as_: SignIn) -> None:
    Presence.objects.create(person=world.david, state=AgentState.READY, since=MORNING, signed_in_at=MORNING)
    answer = as_(world.anna).get(reverse("desk:targets"), {"q": "arrangement"}, headers=PART).content.decode()
    assert f'value="person:{world.david.pk}"' in answer
    assert "har ikke meldt sig" not in answer
    assert '<input type="hidden" name="service" value="arrangement">' in answer


def test_a_number_of_the_directory_names_its_person_and_the_service(world: World, as_: SignIn) -> None:
    answer = as_(world.anna).get(reverse("desk:targets"), {"q": "arrangement"}, headers=PART).content.decode()
    assert 'name="address" value="tel:' in answer
    assert f'<input type="hidden" name="person" value="{world.david.pk}">' in answer
    assert '<input type="hidden" name="service" value="arrangement">' in answer


@pytest.mark.parametrize("text", ["", "x", "kun vrøvl", "ø" * 500, "%_'\"<b>"])
def test_other_words_find_no_subject(world: World, as_: SignIn, text: str) -> None:
    assert "kan træffes" not in found(as_, world, text)


def test_the_search_does_not_say_that_somebody_is_ill(world: World, as_: SignIn) -> None:
    own_day.note(world.david, day_line.read("syg i dag", at=clock.now()), by=world.david, at=clock.now())
    shown = found(as_, world, "arrangement")
    assert "David Degnemark: fraværende resten af dagen" in shown
    assert "syg" not in shown.lower()


def test_the_only_one_who_can_be_asked_is_told_so(world: World, as_: SignIn) -> None:
    answer = as_(world.david).get(reverse("desk:targets"), {"q": "arrangement"}, headers=PART).content.decode()
    assert "Kun du kan træffes lige nu." in answer


def test_a_subject_can_be_asked_as_a_whole_while_somebody_can_be(
    world: World, as_: SignIn, morning: clock.FrozenTime
) -> None:
    def button() -> str:
        page = as_(world.anna).get(reverse("desk:targets"), {"q": "arrangement"}, headers=PART).content.decode()
        found = re.search(r'<button\s+id="ask-subject:arrangement"[^>]*>', page)
        assert found
        return found[0]

    assert "disabled" not in button()
    assert "bliver spurgt" in found(as_, world, "arrangement")
    morning.move(timedelta(hours=6))
    assert "disabled" in button()


@pytest.mark.parametrize("kind", ["consultation", "transfer"])
def test_asking_for_a_subject_with_nobody_there_says_why_and_when(
    world: World, as_: SignIn, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    given: list[dict[str, object]] = []

    def refuse(order: str, **payload: object) -> None:
        given.append({"order": order, **payload})
        raise commands.Refused("nobody_left", DETAIL)

    monkeypatch.setattr(commands, "give_and_wait", refuse)
    words = {"address": "subject:arrangement", "name": "Arrangementstilladelser"}
    answer = as_(world.anna).post(reverse(f"desk:{kind}"), words, headers=PART)
    assert answer.status_code == 409
    assert given[0]["address"] == "subject:arrangement"
    assert answer.content.decode() == (
        "Ingen kan træffes om Arrangementstilladelser lige nu. Bo svarede ikke. David: i samtale. "
        "Ida: fraværende, tilbage 11.30. Næste træffetid: 13.00."
    )


DETAIL = {
    "subject": "Arrangementstilladelser", "next_at": "2026-03-11T12:00:00+00:00", "tried": [["Bo", "no_answer"]],
    "hindered": [["David", "busy", None], ["Ida", "absent", "2026-03-11T10:30:00+00:00"]],
}  # fmt: skip


def test_the_desk_shows_who_is_asked_and_why_and_who_did_not_answer(world: World, as_: SignIn) -> None:
    search = {
        "subject": "Arrangementstilladelser", "is_over": False, "precedence": "substitute", "instead_of": "David",
        "confirmed": False, "tried": [["Ida", "refused"]], "next_at": None, "hindered": [],
    }  # fmt: skip
    shown = desk_with(world, as_, search, consult_name="Bo", consult_state="ringing")
    assert "Ida kunne ikke tage det. Spørges nu: stedfortræder for David, har ikke meldt sig i dag" in shown


def test_the_desk_shows_that_nobody_was_left(world: World, as_: SignIn) -> None:
    shown = desk_with(world, as_, {**DETAIL, "is_over": True})
    assert "Ingen kan træffes om Arrangementstilladelser lige nu. Bo svarede ikke." in shown


def desk_with(world: World, as_: SignIn, search: dict[str, object], **columns: str) -> str:
    """The text of Anna's desk while she talks and this is searched for."""
    at_desk(world.anna, AgentState.TALKING, talking(world.anna), search=search, **columns)
    page = as_(world.anna).get(reverse("desk:home"))
    return " ".join(strip_tags(page.content.decode()).split())


def test_both_searches_show_who_can_be_asked_first_and_say_that_there_are_more(
    world: World, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Six subjects: B can be asked now, A opens at 15 and E at 14; the others have no window."""
    unit, day = world.units["ctb-grav"], day_of(MORNING)
    torv = {
        name: Service.objects.create(code=f"torv-{name}", name=f"Torv {name.upper()}", unit=unit, valid_from=day)
        for name in "abcdef"
    }
    agreement = agreements.draft(
        unit, valid_from=day, contact=world.david, coordinator=world.ida, by=world.ida, at=MORNING
    )  # fmt: skip
    for name, opens in (("b", 9), ("a", 15), ("e", 14)):
        line(world, agreement, world.bo, opens=opens, closes=16, service=torv[name])
    sign(agreement, world.david, world.ida)
    sections = [each.name or each.note for each in recipients.find("torv", at=MORNING)]
    assert sections == ["Torv B", "Torv E", "Torv A", "Torv C", "Flere – skriv mere"]
    assert "Flere – skriv mere" not in [each.note for each in recipients.find("torv b", at=MORNING)]
    shown = found(as_, world, "torv")
    assert shown.index("Torv B") < shown.index("Torv E") < shown.index("Torv A")
    assert "Flere – skriv mere" not in shown, "three have an agreement"
    monkeypatch.setattr(subjects, "MOST_SUBJECTS", 2)
    shown = found(as_, world, "torv")
    assert "Torv A" not in shown
    assert "Flere – skriv mere" in shown


def test_who_gets_a_question_is_found_by_how_they_can_be_asked(world: World) -> None:
    """David answers Byliv's subjects by telephone, Bo those of Gravetilladelser in chats."""
    agreement = agreements.draft(
        world.units["ctb-grav"], valid_from=day_of(MORNING), contact=world.david, coordinator=world.ida, by=world.ida,
        at=MORNING,
    )  # fmt: skip
    line(world, agreement, world.bo, by_phone=False, by_chat=True)
    sign(agreement, world.david, world.ida)

    def told(text: str, medium: Medium) -> tuple[str, list[str]]:
        section = recipients.find(text, at=MORNING, medium=medium)[0]
        return section.note, [each.name for each in section.choices if each.address.startswith("person:")]

    assert told("arrangementstilladelser", Medium.PHONE) == ("", ["David Degnemark"])
    assert told("arrangementstilladelser", Medium.CHAT) == ("Træffetid kun i telefonen", [])
    assert told("gravetilladelse", Medium.CHAT) == ("", ["Bo Bakkedal"])
    assert told("gravetilladelse", Medium.PHONE) == ("Træffetid kun på chat", [])


def test_a_contact_who_chats_is_answered_in_a_chat_unless_a_call_is_promised() -> None:
    assert medium_of("chat", "task") is Medium.CHAT
    assert medium_of("chat", "callback") is Medium.PHONE
    assert medium_of("phone", "task") is Medium.PHONE
