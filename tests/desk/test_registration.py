from __future__ import annotations

import re
import threading
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from indgang.core import clock
from indgang.enquiries import registration
from indgang.enquiries.models import Draft, Enquiry, Question, State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState
from tests.desk.conftest import PART, SignIn, at_desk, holds
from tests.enquiries.test_registration import about
from tests.enquiries.told_calls import abandoned, happen, talked, talking
from tests.markup import squeezed
from tests.world import World, build


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def sheet_of(enquiry: Enquiry) -> str:
    return reverse("desk:registration", args=[enquiry.pk])


def filled(world: World, number: int = 0, service: str = "byggetilladelse", **more: Any) -> dict[str, Any]:
    return {
        f"q{number}-service": str(world.services[service].pk),
        f"q{number}-purpose": more.pop("purpose", f"purpose:{world.purposes['vejledning'].pk}"),
        f"q{number}-character": "general",
        f"q{number}-outcome": "resolved",
    } | {f"q{number}-{name}": value for name, value in more.items()}


def one(world: World, **more: Any) -> dict[str, Any]:
    return {"question": "0", "seen": "0", **filled(world, **more)}


def test_registering_shows_what_was_registered_and_refreshes_lists(world: World, as_: SignIn) -> None:
    enquiry = talked(world.anna)
    response = as_(world.anna).post(sheet_of(enquiry), one(world, note="Ringer for 010190-1234"), headers=PART)
    assert response.status_code == 200
    assert "Registreret" in text(response)
    assert "******-****" in text(response)
    assert response.headers["HX-Trigger"] == '{"stale:lists": null, "stale:figures": null}'
    enquiry.refresh_from_db()
    assert enquiry.state == State.REGISTERED


def test_a_local_purpose_brings_its_cross_cutting_one(world: World, as_: SignIn) -> None:
    enquiry, local = talked(world.anna), world.local_purposes[2]
    as_(world.anna).post(sheet_of(enquiry), one(world, service="arrangement", purpose=f"local:{local.pk}"))
    question = enquiry.questions.get()
    assert (question.local_purpose, question.purpose.code) == (local, "status")


def test_several_questions_are_registered_at_once(world: World, as_: SignIn) -> None:
    enquiry = talked(world.anna)
    data = {"question": ["0", "2"], "seen": "0", **filled(world), **filled(world, 2, "affald", digital="on")}
    as_(world.anna).post(sheet_of(enquiry), data)
    assert list(enquiry.questions.values_list("service__code", "should_be_digital")) == [
        ("byggetilladelse", False), ("affald", True),
    ]  # fmt: skip


def test_registering_in_a_second_tab_says_that_it_was_done(world: World, as_: SignIn) -> None:
    enquiry, client = talked(world.anna), as_(world.anna)
    client.post(sheet_of(enquiry), one(world), headers=PART)
    response = client.post(sheet_of(enquiry), one(world, service="affald"), headers=PART)
    assert response.status_code == 200
    assert "allerede registreret" in text(response)
    assert Question.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_press_at_once_register_once() -> None:
    world = build()
    enquiry = talked(world.anna)
    start, answers = threading.Barrier(3), []
    data = one(world)

    def press() -> None:
        client = Client()
        client.force_login(world.anna, backend="django.contrib.auth.backends.ModelBackend")
        start.wait()
        try:
            answers.append(client.post(sheet_of(enquiry), data, headers=PART).status_code)
        finally:
            connection.close()

    tabs = [threading.Thread(target=press) for _ in range(3)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert answers == [200, 200, 200]
    assert Question.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"q0-service": ""}, "Vælg en ydelse"),
        ({"q0-service": "999999"}, "Ydelsen findes ikke"),
        ({"q0-purpose": ""}, "Vælg et ærinde."),
        ({"q0-purpose": "purpose:999999"}, "hører ikke til ydelsen"),
        ({"q0-purpose": "hest:1"}, "Vælg et ærinde fra listen"),
        ({"q0-outcome": ""}, "Vælg, hvordan det endte"),
        ({"q0-outcome": "kaffe"}, "kaffe"),
        ({"q0-note": "x" * 4_001}, "højst fylde 4000 tegn"),
    ],
)
def test_an_invalid_sheet_keeps_what_was_typed_and_says_what_is_missing(
    world: World, as_: SignIn, wrong: dict[str, str], sentence: str
) -> None:
    enquiry = talked(world.anna)
    data = one(world, note="Det her må ikke forsvinde") | wrong
    response = as_(world.anna).post(sheet_of(enquiry), data, headers=PART)
    assert response.status_code == 422
    assert sentence in text(response)
    assert data["q0-note"][:25] in text(response)
    assert not Question.objects.exists()


def test_a_huge_note_is_refused_and_kept_on_the_sheet(world: World, as_: SignIn) -> None:
    enquiry = talked(world.anna)
    huge = "langt " * 20_000
    response = as_(world.anna).post(sheet_of(enquiry), one(world, note=huge), headers=PART)
    assert response.status_code == 422
    assert huge.strip()[:1000] in text(response)


def test_script_in_a_note_is_shown_as_text(world: World, as_: SignIn) -> None:
    enquiry, client = talked(world.anna), as_(world.anna)
    evil = "<script>alert(1)</script>"
    client.post(sheet_of(enquiry), one(world, note=evil), headers=PART)
    for address in (sheet_of(enquiry), reverse("desk:caller", args=[enquiry.pk])):
        page = text(client.get(address, headers={**PART, "HX-Target": "x"}))
        assert evil not in page
    assert "&lt;script&gt;" in text(client.get(sheet_of(enquiry), headers={**PART, "HX-Target": "x"}))


def test_what_never_was_a_conversation_is_refused_on_the_sheet(world: World, as_: SignIn) -> None:
    enquiry = abandoned()
    holds(world.anna, enquiry, kind="callback", stage="open")
    response = as_(world.anna).post(sheet_of(enquiry), one(world), headers=PART)
    assert response.status_code == 422
    assert "der har ikke været en samtale" in text(response)


@pytest.mark.parametrize("who", ["bo", "otto", "finn"])
def test_somebody_elses_enquiry_is_not_found(world: World, as_: SignIn, who: str) -> None:
    enquiry = talked(world.anna)
    client = as_(world.people[who])
    for response in (client.get(sheet_of(enquiry)), client.post(sheet_of(enquiry), one(world))):
        assert response.status_code == 404
    assert not Question.objects.exists()


@pytest.mark.parametrize("who", ["gerda", "ukendt"])
def test_who_may_not_register_is_refused(world: World, as_: SignIn, who: str) -> None:
    assert as_(world.people[who]).get(sheet_of(talked(world.anna))).status_code == 403


def test_the_sheet_opens_as_part_and_as_page(world: World, as_: SignIn) -> None:
    enquiry, client = talked(world.anna), as_(world.anna)
    part = text(client.get(sheet_of(enquiry), headers={**PART, "HX-Target": "desk-registration"}))
    assert part.startswith('<section id="desk-registration"')
    page = text(client.get(sheet_of(enquiry)))
    assert "<html" in page
    assert f'data-enquiry="{enquiry.pk}"' in page
    assert client.put(sheet_of(enquiry)).status_code == 405


def test_the_case_worker_registers_the_outcome_of_a_call_in_hand(world: World, as_: SignIn) -> None:
    enquiry = talking(world.anna)
    registration.register(enquiry, questions=[about(world, outcome="transferred")], by=world.anna, at=clock.now())
    at_desk(world.david, AgentState.TALKING, enquiry)
    response = as_(world.david).post(sheet_of(enquiry), one(world), headers=PART)
    assert response.status_code == 200
    assert list(enquiry.questions.values_list("registered_by__username", "outcome")) == [
        ("anna", "transferred"), ("david", "resolved"),
    ]  # fmt: skip


# --- Drafts ------------------------------------------------------------------------------------


def draft_of(enquiry: Enquiry) -> str:
    return reverse("desk:draft", args=[enquiry.pk])


def test_a_draft_is_there_again_after_a_reload(world: World, as_: SignIn) -> None:
    enquiry, client = talked(world.anna), as_(world.anna)
    data = {"revision": "0", **one(world, note="Halvt færdig"), "q0-outcome": ""}
    response = client.post(draft_of(enquiry), data, headers=PART)
    assert response.status_code == 200
    assert "Kladde gemt" in text(response)
    assert 'name="revision" value="1"' in text(response)
    page = text(client.get(sheet_of(enquiry)))
    assert "Halvt færdig" in page
    assert 'value="Byggetilladelser"' in page
    assert "mangler" not in page.split("desk-sheet-form")[1].split("</form>")[0], (
        "a draft is not scolded for what it lacks"
    )


def test_a_draft_of_several_questions_keeps_them_all(world: World, as_: SignIn) -> None:
    enquiry, client = talked(world.anna), as_(world.anna)
    data = {"question": ["0", "1"], "revision": "0", **filled(world), **filled(world, 1, "affald", note="nummer to")}
    client.post(draft_of(enquiry), data)
    page = text(client.get(sheet_of(enquiry)))
    assert 'data-question="1"' in page
    assert "nummer to" in page


def test_two_tabs_that_write_are_told_and_the_last_wins(world: World, as_: SignIn) -> None:
    enquiry, client = talked(world.anna), as_(world.anna)
    client.post(draft_of(enquiry), {"revision": "0", **one(world, note="første fane")})
    second = client.post(draft_of(enquiry), {"revision": "0", **one(world, note="anden fane")})
    assert "i to faner" in text(second)
    assert Draft.objects.get().fields["q0-note"] == "anden fane"


def test_a_late_draft_is_refused_and_does_not_come_back(world: World, as_: SignIn) -> None:
    enquiry, client = talked(world.anna), as_(world.anna)
    client.post(draft_of(enquiry), {"revision": "0", **one(world)})
    client.post(sheet_of(enquiry), one(world))
    late = client.post(draft_of(enquiry), {"revision": "1", **one(world)})
    assert late.status_code == 422
    assert "allerede registreret" in text(late)
    assert not Draft.objects.exists()


@pytest.mark.parametrize("revision", ["", "-1", "x", "9" * 40])
def test_odd_revisions_are_taken_as_none(world: World, as_: SignIn, revision: str) -> None:
    response = as_(world.anna).post(draft_of(talked(world.anna)), {"revision": revision, **one(world)})
    assert response.status_code == 200


def test_a_draft_keeps_nothing_but_the_sheets_own_fields(world: World, as_: SignIn) -> None:
    enquiry = talked(world.anna)
    as_(world.anna).post(draft_of(enquiry), {"revision": "0", "csrfmiddlewaretoken": "x", "q0-evil": "y", **one(world)})
    assert set(Draft.objects.get().fields) == {
        "questions", "q0-service", "q0-purpose", "q0-character", "q0-outcome",
    }  # fmt: skip


def test_drafts_are_posted_and_others_drafts_are_not_found(world: World, as_: SignIn) -> None:
    enquiry = talked(world.anna)
    assert as_(world.anna).get(draft_of(enquiry)).status_code == 405
    assert as_(world.bo).post(draft_of(enquiry), {"revision": "0"}).status_code == 404


# --- Without the telephone ---------------------------------------------------------------------


def begin(client: Client, channel: str = "walk_in") -> Any:
    return client.post(reverse("desk:by-hand"), {"channel": channel}, headers=PART)


def test_a_visit_is_begun_written_down_and_registered(world: World, as_: SignIn) -> None:
    client = as_(world.anna)
    assert "Fremmøde" in text(begin(client))
    visit = Enquiry.objects.get(channel="walk_in")
    assert visit.centre == world.centres["tmf"]
    missing = client.post(sheet_of(visit), one(world), headers=PART)
    assert missing.status_code == 422
    assert "hvor mange minutter" in text(missing)
    times = {"arrived_at": "2026-03-11T09:00", "minutes": "12"}
    assert client.post(sheet_of(visit), one(world) | times, headers=PART).status_code == 200
    visit.refresh_from_db()
    assert (visit.talk_seconds, f"{visit.arrived_at:%H:%M}") == (720, "08:00"), "nine o'clock in Copenhagen"


def test_a_visit_in_the_future_is_refused_on_the_sheet(world: World, as_: SignIn) -> None:
    client = as_(world.anna)
    begin(client)
    visit = Enquiry.objects.get(channel="walk_in")
    times = {"arrived_at": "2026-03-11T23:00", "minutes": "12"}
    response = client.post(sheet_of(visit), one(world) | times, headers=PART)
    assert response.status_code == 422
    assert "ligger i fremtiden" in text(response)
    assert 'value="12"' in text(response)


def test_an_empty_visit_can_be_dropped_but_a_call_cannot(world: World, as_: SignIn) -> None:
    client = as_(world.anna)
    begin(client)
    assert client.delete(sheet_of(Enquiry.objects.get()), headers=PART).status_code == 200
    assert client.delete(sheet_of(talked(world.anna)), headers=PART).status_code == 409


def test_an_unknown_channel_is_refused(world: World, as_: SignIn) -> None:
    assert begin(as_(world.anna), "brevdue").status_code == 400
    assert not Enquiry.objects.exists()


# --- Corrections and the fields ----------------------------------------------------------------


def registered(world: World) -> Question:
    result = registration.register(talked(world.anna), questions=[about(world)], by=world.anna, at=clock.now())
    return result.questions[0]


def test_a_registration_is_corrected_the_same_day(world: World, as_: SignIn) -> None:
    question, client = registered(world), as_(world.anna)
    address = reverse("desk:correction", args=[question.pk])
    assert 'value="Byggetilladelser"' in text(client.get(address, headers=PART))
    response = client.post(address, one(world, service="affald"), headers=PART)
    assert "Rettet" in text(response)
    question.refresh_from_db()
    assert question.service.code == "affald"
    assert client.post(address, one(world, outcome=""), headers=PART).status_code == 422
    assert as_(world.bo).get(address).status_code == 404


def test_a_registration_of_yesterday_is_not_corrected(world: World, as_: SignIn, morning: clock.FrozenTime) -> None:
    question, client = registered(world), as_(world.anna)
    morning.move(86_400)
    response = client.post(reverse("desk:correction", args=[question.pk]), one(world), headers=PART)
    assert response.status_code == 422
    assert "samme dag" in text(response)


def services(client: Client, **words: str) -> list[str]:
    page = client.get(reverse("desk:services"), words, headers=PART).content.decode()
    return [part.split('"')[0] for part in page.split('data-name="')[1:]]


def test_services_are_found_by_name_and_keyword_the_likeliest_first(world: World, as_: SignIn) -> None:
    client = as_(world.anna)
    assert services(client, q="bygge") == [
        "Byggeaffald",
        "Byggetegninger fra arkivet",
        "Byggetilladelser",
        "Naboklager over byggeri",
        "Støj fra byggeplads",
    ]
    assert services(client, q="loppemarked") == ["Arrangementstilladelser"]
    assert services(client, q="tilladelser") == ["Arrangementstilladelser", "Byggetilladelser", "Gravetilladelser"]


def test_without_letters_the_services_of_the_queues_unit_are_suggested(world: World, as_: SignIn) -> None:
    unit = str(world.units["ctb-byliv"].pk)
    assert services(as_(world.anna), q="", unit=unit) == ["Arrangementstilladelser", "Udendørsservering"]
    assert services(as_(world.anna), q="", unit="x") == []


def test_a_service_shows_its_own_purposes_before_the_nine(world: World, as_: SignIn) -> None:
    words = {"service": str(world.services["arrangement"].pk), "number": "3"}
    page = text(as_(world.anna).get(reverse("desk:purposes"), words, headers=PART))
    assert 'id="q3-purpose"' in page
    assert page.index("Hjælp til ansøgningsprocessen") < page.index("Tværgående ærinder")
    assert page.count('value="purpose:') == 9


@pytest.mark.parametrize("address", ["desk:services", "desk:purposes", "desk:question"])
@pytest.mark.parametrize("value", ["<script>", "-1", "9" * 40, "\x00", "' OR 1=1"])
def test_the_helpers_of_the_sheet_survive_anything(world: World, as_: SignIn, address: str, value: str) -> None:
    words = {"q": value, "service": value, "number": value, "unit": value, "list": value}
    response = as_(world.anna).get(reverse(address), words, headers=PART)
    assert response.status_code in (200, 400)
    assert b"<script>" not in response.content


def test_a_question_more_has_its_own_number_up_to_the_limit(world: World, as_: SignIn) -> None:
    client = as_(world.anna)
    assert 'name="q4-outcome"' in text(client.get(reverse("desk:question"), {"number": "4"}, headers=PART))
    assert client.get(reverse("desk:question"), {"number": "12"}, headers=PART).status_code == 400


def test_a_further_question_that_was_begun_is_open_again_after_a_reload(world: World, as_: SignIn) -> None:
    enquiry, client = talked(world.anna), as_(world.anna)
    client.post(sheet_of(enquiry), one(world), headers=PART)
    assert "desk-sheet-form" not in text(client.get(sheet_of(enquiry), headers=PART))
    draft = {"question": "0", "seen": "1", "revision": "0", "q0-note": "og om støj"}
    assert client.post(reverse("desk:draft", args=[enquiry.pk]), draft, headers=PART).status_code == 200
    for address in (sheet_of(enquiry), "/desk/"):
        at_desk(world.anna, AgentState.WRAP_UP, enquiry)
        page = text(client.get(address))
        assert "Et spørgsmål mere" in page
        assert "og om støj" in page
        assert "Registreret i forvejen: Byggetilladelser" in page
    client.post(sheet_of(enquiry), one(world, service="affald") | {"seen": "1"}, headers=PART)
    assert enquiry.questions.count() == 2
    assert "desk-sheet-form" not in text(client.get(sheet_of(enquiry)))


def test_the_sheet_offers_only_endings_that_lead_somewhere(world: World, as_: SignIn) -> None:
    enquiry, client = talked(world.anna), as_(world.anna)
    page = text(client.get(sheet_of(enquiry), headers=PART))
    assert "Aftalt at ringe tilbage" in page
    assert "Besked til sagsbehandler" not in page
    answer = client.post(sheet_of(enquiry), one(world) | {"q0-outcome": "message"}, headers=PART)
    assert answer.status_code == 422
    assert not enquiry.questions.exists()


def test_a_question_that_ended_in_a_message_can_still_be_corrected(world: World, as_: SignIn) -> None:
    enquiry, client = talked(world.anna), as_(world.anna)
    client.post(sheet_of(enquiry), one(world), headers=PART)
    question = enquiry.questions.get()
    Question.objects.filter(pk=question.pk).update(outcome="message")
    address = reverse("desk:correction", args=[question.pk])
    assert "Besked til sagsbehandler" in text(client.get(address, headers=PART))
    client.post(address, one(world, note="rettet") | {"q0-outcome": "message"}, headers=PART)
    question.refresh_from_db()
    assert (question.outcome, question.note) == ("message", "rettet")


def test_a_call_back_to_a_hidden_number_is_refused_in_words_and_keeps_what_was_typed(world: World, as_: SignIn) -> None:
    enquiry, client = talked(world.anna, number=""), as_(world.anna)
    answer = client.post(sheet_of(enquiry), one(world, note="vil ringes op") | {"q0-outcome": "callback"}, headers=PART)
    assert answer.status_code == 422
    assert "Der er intet nummer at ringe tilbage til." in text(answer)
    assert "vil ringes op" in text(answer)


def test_the_time_of_talk_stands_still_when_the_conversation_is_over(world: World, as_: SignIn) -> None:
    enquiry, client = talking(world.anna), as_(world.anna)
    measured = {**PART, "HX-Target": "desk-measured"}
    assert re.search(
        r"Samtale</dt><dd><[^>]*data-since", squeezed(client.get(sheet_of(enquiry), headers=measured).text)
    )
    happen(str(enquiry.pk), (Kind.ENDED, 160, {"person": world.anna, "by": "caller"}))
    shown = squeezed(client.get(sheet_of(enquiry), headers=measured).text)
    assert "Samtale</dt><dd>2:00" in shown
    assert shown.startswith('<dl id="desk-measured"')


@pytest.mark.parametrize("to", ["outside", "queue", "colleague"])
def test_who_hands_a_caller_on_finds_the_ending_filled_in_and_nobody_else_does(
    world: World, as_: SignIn, to: str
) -> None:
    enquiry = talking(world.anna)
    steps: dict[str, Any] = {
        "outside": (Kind.PASSED_ON, 60, {"person": world.anna, "name": "Udenfor"}),
        "queue": (Kind.TRANSFERRED, 60, {"person": world.anna, "name": "Byliv", "warm": False}),
        "colleague": (Kind.TRANSFERRED, 60, {"person": world.david, "name": "David", "warm": True}),
    }
    happen(str(enquiry.pk), steps[to])
    chosen = re.compile(r'value="transferred" checked')
    assert chosen.search(text(as_(world.anna).get(sheet_of(enquiry), headers=PART)))
    note = {"question": "0", "seen": "0", "revision": "0", "q0-note": "Vil tale med Byliv"}
    as_(world.anna).post(reverse("desk:draft", args=[enquiry.pk]), note, headers=PART)
    assert chosen.search(text(as_(world.anna).get(sheet_of(enquiry), headers=PART))), "also when a note was typed first"
    if to == "colleague":
        assert not chosen.search(text(as_(world.david).get(sheet_of(enquiry), headers=PART)))


@pytest.mark.parametrize("channel", ["walk_in", "direct"])
def test_a_visit_and_a_direct_call_carry_number_and_party(world: World, as_: SignIn, channel: str) -> None:
    anna = as_(world.anna)
    answer = anna.post(reverse("desk:by-hand"), {"channel": channel, "number": "99 99 01 01"}, headers=PART)
    assert answer.status_code == 200
    begun = Enquiry.objects.get(channel=channel)
    assert begun.caller_number == "+4599990101"
    known = " ".join(anna.get(reverse("desk:caller", args=[begun.pk]), headers=PART).content.decode().split())
    assert "Bageriet Kornblomst ApS" in known, "whoever uses the number is suggested"
    anna.post(reverse("desk:party", args=[begun.pk, world.bakery.pk]), headers=PART)
    begun.refresh_from_db()
    assert begun.party == world.bakery


def test_a_number_that_is_none_begins_nothing(world: World, as_: SignIn) -> None:
    typed = {"channel": "walk_in", "number": "ingen"}
    answer = as_(world.anna).post(reverse("desk:by-hand"), typed, headers=PART)
    assert answer.status_code == 400
    assert "telefonnummer" in answer.content.decode()
    assert not Enquiry.objects.filter(channel="walk_in").exists()
