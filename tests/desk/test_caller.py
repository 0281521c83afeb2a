from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from indgang.audit.models import Change, Look
from indgang.core import clock
from indgang.enquiries import parties, registration
from indgang.enquiries.models import Draft, Party, ReturnCall
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState
from tests.desk.conftest import PART, SignIn, Switchboard, at_desk
from tests.enquiries.test_registration import about
from tests.enquiries.told_calls import abandoned, happen, talked, talking
from tests.world import MORNING, World


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def caller(enquiry: Any) -> str:
    return reverse("desk:caller", args=[enquiry.pk])


def test_the_panel_suggests_who_uses_the_number_and_logs_that_history_was_seen(world: World, as_: SignIn) -> None:
    before = talked(world.bo, start=MORNING - timedelta(days=2))
    registration.register(before, questions=[about(world, note="Om altan")], by=world.bo, at=clock.now())
    enquiry = talking(world.anna)
    page = text(as_(world.anna).get(caller(enquiry), headers=PART))
    assert "Bageriet Kornblomst ApS" in page
    assert "Om altan" in page
    look = Look.objects.get(page="desk.caller")
    assert look.by_id == world.anna.audit_id


def test_who_is_shown_is_logged_without_a_history_too(world: World, as_: SignIn) -> None:
    enquiry = talking(world.anna)
    for _time in range(2):
        assert as_(world.anna).get(caller(enquiry), headers=PART).status_code == 200
    look = Look.objects.get()
    assert (look.by_id, look.subject_id, look.page) == (
        world.anna.audit_id, str(world.bakery.pk), "desk.caller_known",
    )  # fmt: skip


def test_nobody_shown_is_nothing_logged(world: World, as_: SignIn) -> None:
    assert as_(world.anna).get(caller(talking(world.anna, number="+4599990998")), headers=PART).status_code == 200
    assert not Look.objects.exists()


def test_everybody_that_a_search_shows_is_logged_once_however_it_is_typed(world: World, as_: SignIn) -> None:
    enquiry, client = talking(world.anna), as_(world.anna)
    address = reverse("desk:found-parties", args=[enquiry.pk])
    for typed in ("ka", "kar", "karla", "k", "", "findes ikke"):
        client.get(address, {"q": typed}, headers=PART)
    look = Look.objects.get()
    assert (look.by_id, look.subject_id, look.page) == (
        world.anna.audit_id, str(world.citizen.pk), "desk.party_search",
    )  # fmt: skip
    with clock.frozen(clock.now() + timedelta(minutes=6)):
        client.get(address, {"q": "karla"}, headers=PART)
    assert Look.objects.count() == 2


def test_choosing_and_unchoosing_a_party(world: World, as_: SignIn) -> None:
    enquiry, client = talking(world.anna), as_(world.anna)
    address = reverse("desk:party", args=[enquiry.pk, world.bakery.pk])
    assert "En anden" in text(client.post(address, headers=PART))
    enquiry.refresh_from_db()
    assert enquiry.party == world.bakery
    assert "Ja, det er den rigtige" in text(client.delete(address, headers=PART))
    enquiry.refresh_from_db()
    assert enquiry.party is None
    assert client.get(address).status_code == 405


def test_a_protected_party_shows_its_name_on_purpose_only(world: World, as_: SignIn) -> None:
    enquiry, client = talking(world.anna, number="+4599990201"), as_(world.anna)
    parties.link(enquiry, party=world.citizen, by=world.anna, at=clock.now())
    page = text(client.get(caller(enquiry), headers=PART))
    assert "Karla" not in page
    assert "Beskyttet navn og adresse" in page
    assert text(client.post(reverse("desk:party-name", args=[world.citizen.pk]), headers=PART)) == "Karla Kløverblad"
    assert Look.objects.get(page="desk.party").subject_id == str(world.citizen.pk)


def test_a_party_is_marked_as_protected_and_no_longer_protected_from_the_panel(world: World, as_: SignIn) -> None:
    enquiry, client = talking(world.anna), as_(world.anna)
    address = reverse("desk:party-protection", args=[enquiry.pk])
    assert client.post(address, headers=PART).status_code == 404, "nobody is known to call"
    parties.link(enquiry, party=world.bakery, by=world.anna, at=clock.now())
    for send, named, protected in ((client.post, False, True), (client.delete, True, False)):
        page = text(send(address, headers=PART))
        assert ("Bageriet Kornblomst ApS" in page) is named
        world.bakery.refresh_from_db()
        assert world.bakery.protected is protected
    rows = Change.objects.filter(action="party.protect").values_list("by_id", flat=True)
    assert list(rows) == [world.anna.audit_id] * 2


def test_search_masks_protected_parties_too(world: World, as_: SignIn) -> None:
    enquiry = talking(world.anna)
    address = reverse("desk:found-parties", args=[enquiry.pk])
    page = text(as_(world.anna).get(address, {"q": "karla"}, headers=PART))
    assert "K. K." in page
    assert "Kløverblad" not in page
    assert "Opret ny" in page


def test_a_name_with_script_in_it_is_shown_as_text(world: World, as_: SignIn) -> None:
    evil = Party.objects.create(kind="citizen", name="<img src=x>", protected=True, created_at=clock.now())
    answer = as_(world.anna).post(reverse("desk:party-name", args=[evil.pk]), headers=PART)
    assert "<img" not in text(answer)


def test_creating_a_party_links_it_and_replaces_the_panel(world: World, as_: SignIn) -> None:
    enquiry, client = talking(world.anna, number="+4599990999"), as_(world.anna)
    address = reverse("desk:new-party", args=[enquiry.pk])
    assert 'value="Ny Café"' in text(client.get(address, {"name": "Ny Café"}, headers=PART))
    wrong = client.post(address, {"name": "Ny Café", "kind": "business", "cvr": "123"}, headers=PART)
    assert wrong.status_code == 422
    assert "otte cifre" in text(wrong)
    assert 'value="Ny Café"' in text(wrong)
    right = client.post(address, {"name": "Ny Café", "kind": "business"}, headers=PART)
    assert right.headers["HX-Retarget"] == "#desk-caller"
    enquiry.refresh_from_db()
    assert enquiry.party.name == "Ny Café"  # type: ignore[union-attr]  # it was just made


@pytest.mark.parametrize(("who", "status"), [("anna", 200), ("bo", 404), ("gerda", 403), ("ukendt", 403)])
def test_only_who_has_the_call_sees_the_caller(world: World, as_: SignIn, who: str, status: int) -> None:
    assert as_(world.people[who]).get(caller(talking(world.anna)), headers=PART).status_code == status


def test_the_case_worker_gets_the_story_so_far(world: World, as_: SignIn) -> None:
    enquiry = talking(world.anna)
    Draft.objects.create(
        enquiry=enquiry, person=world.anna, updated_at=clock.now(), fields={"q0-note": "Spørger til scenen"}
    )
    happen(
        str(enquiry.pk),
        (Kind.CONSULTING, 60, {"person": world.anna, "name": "David Degnemark"}),
        (Kind.TRANSFERRED, 90, {"person": world.david, "name": "David Degnemark", "warm": True}),
    )
    at_desk(world.david, AgentState.TALKING, enquiry)
    page = text(as_(world.david).get(caller(enquiry), headers=PART))
    assert "Valgte “Byggeri”" in page
    assert "Talte med Anna Agerbæk" in page
    assert "Anna Agerbæk spurgte David Degnemark" in page
    assert "Spørger til scenen" in page


def test_the_panel_takes_a_bounded_number_of_queries(
    world: World, as_: SignIn, django_assert_max_num_queries: Any
) -> None:
    for day in range(1, 15):
        talked(world.bo, start=MORNING - timedelta(days=day))
    enquiry, client = talking(world.anna), as_(world.anna)
    with django_assert_max_num_queries(15):
        client.get(caller(enquiry), headers=PART)


# --- Return calls ------------------------------------------------------------------------------


def owed(number: str = "+4599990888", queue: str = "tmf-byggeri") -> ReturnCall:
    return ReturnCall.objects.get(enquiry=abandoned(number, queue))


def address(noun: str, row: ReturnCall) -> str:
    return reverse(f"desk:return-call-{noun}", args=[row.pk])


def test_a_return_call_is_taken_put_back_rung_and_closed(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    row, client = owed(), as_(world.anna)
    assert client.post(address("assignment", row), headers=PART).status_code == 204
    assert "Læg tilbage" in text(client.get("/desk/", headers={**PART, "HX-Target": "desk-lists"}))
    assert client.delete(address("assignment", row), headers=PART).status_code == 204
    assert client.post(address("call", row), headers=PART).status_code == 204
    assert switchboard.orders[0]["number"] == "+4599990888"
    assert client.post(address("closure", row), {"result": "reached"}, headers=PART).status_code == 204
    row.refresh_from_db()
    assert row.result == "reached"
    assert client.post(address("closure", row), {"result": "reached"}, headers=PART).status_code == 409


def test_what_a_colleague_has_taken_is_said_by_name(world: World, as_: SignIn) -> None:
    row = owed()
    as_(world.bo).post(address("assignment", row), headers=PART)
    answer = as_(world.anna).post(address("assignment", row), headers=PART)
    assert (answer.status_code, "Bo Bakkedal har taget den" in text(answer)) == (409, True)


def test_return_calls_of_other_centres_are_not_found_and_case_workers_have_none(world: World, as_: SignIn) -> None:
    row = owed(queue="bif-erhverv")
    for noun in ("assignment", "call", "closure"):
        assert as_(world.anna).post(address(noun, row), headers=PART).status_code == 404
        assert as_(world.david).post(address(noun, row), headers=PART).status_code == 403


@pytest.mark.parametrize("noun", ["assignment", "call", "closure"])
def test_return_calls_are_not_read_by_their_actions(world: World, as_: SignIn, noun: str) -> None:
    assert as_(world.anna).get(address(noun, owed())).status_code == 405


def test_a_result_must_be_chosen(world: World, as_: SignIn) -> None:
    answer = as_(world.anna).post(address("closure", owed()), {"result": "måske"}, headers=PART)
    assert answer.status_code == 400


def test_a_missing_switchboard_is_said_when_ringing(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    switchboard.refuses = "no_switchboard"
    answer = as_(world.anna).post(address("call", owed()), headers=PART)
    assert (answer.status_code, "svarer ikke" in text(answer)) == (409, True)


def test_listening_to_a_message_is_logged(world: World, as_: SignIn) -> None:
    row = owed()
    assert as_(world.anna).get(address("recording", row)).status_code == 404
    ReturnCall.objects.filter(pk=row.pk).update(recording=b"RIFFwave")
    answer = as_(world.anna).get(address("recording", row))
    assert (answer.content, answer.headers["Content-Type"]) == (b"RIFFwave", "audio/wav")
    assert Look.objects.get().page == "desk.recording"


def test_a_number_is_asked_of_a_party_only_where_the_enquiry_has_none(world: World, as_: SignIn) -> None:
    client = as_(world.anna)
    visit = registration.walk_in(channel="walk_in", by=world.anna, at=MORNING, centre=world.centres["tmf"])
    new_of = "desk:new-party"
    assert 'name="number"' in text(client.get(reverse(new_of, args=[visit.pk]), headers=PART))
    assert 'name="number"' not in text(client.get(reverse(new_of, args=[talking(world.anna).pk]), headers=PART))
    said = {"name": "Nora Nygaard", "kind": "citizen", "number": "99 99 01 23"}
    client.post(reverse(new_of, args=[visit.pk]), said, headers=PART)
    visit.refresh_from_db()
    assert visit.party is not None
    assert list(visit.party.numbers.values_list("number", flat=True)) == ["+4599990123"]


def test_the_story_alone_is_fetched_again_without_another_look_at_the_history(world: World, as_: SignIn) -> None:
    enquiry = talking(world.anna)
    at_desk(world.david, AgentState.TALKING, enquiry)
    Draft.objects.create(enquiry=enquiry, person=world.anna, updated_at=MORNING, fields={"q0-note": "Om scenen"})
    talked(world.bo, start=MORNING - timedelta(days=1))
    before = Look.objects.count()
    story = text(as_(world.david).get(caller(enquiry), headers={**PART, "HX-Target": "desk-story"}))
    assert story.startswith('<div id="desk-story"')
    assert "Om scenen" in story
    assert Look.objects.count() == before
