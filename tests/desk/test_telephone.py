from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse

from indgang.catalogue import directory
from indgang.catalogue.models import DirectoryEntry
from indgang.core import clock
from indgang.core.barring import Bar
from indgang.desk import sentences
from indgang.desk.story import Story
from indgang.desk.views.telephone import ORDERS
from indgang.enquiries.models import Enquiry
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState
from tests.desk.conftest import PART, SignIn, Switchboard, at_desk
from tests.enquiries.told_calls import BAKERY, happen, talked, talking
from tests.world import MORNING, World

WORDS: dict[tuple[str, str], dict[str, str]] = {
    ("shift", "POST"): {"phone_kind": "browser"},
    ("pause", "POST"): {"reason": "frokost"},
    ("wrap-up", "POST"): {"seconds": "60"},
    ("call", "POST"): {"number": "99 99 01 01"},
    ("keys", "POST"): {"keys": "12#"},
    ("consultation", "POST"): {"address": "person:4", "name": "David"},
    ("transfer", "POST"): {"address": "tel:+4599990777", "name": "Udenfor"},
}
EXPECTED: dict[tuple[str, str], dict[str, Any]] = {
    ("shift", "POST"): {"kind": "sign_in", "phone_kind": "browser", "phone_address": ""},
    ("shift", "DELETE"): {"kind": "sign_out"},
    ("readiness", "POST"): {"kind": "ready"},
    ("pause", "POST"): {"kind": "pause", "reason": "frokost"},
    ("wrap-up", "POST"): {"kind": "extend_wrap_up", "seconds": 60},
    ("wrap-up", "DELETE"): {"kind": "wrap_up_over"},
    ("answer", "POST"): {"kind": "answer"},
    ("answer", "DELETE"): {"kind": "refuse"},
    ("call", "POST"): {"kind": "dial", "number": "+4599990101", "follows": None, "return_call": None},
    ("call", "DELETE"): {"kind": "hang_up"},
    ("every-leg", "DELETE"): {"kind": "hang_up", "everyone": True},
    ("hold", "POST"): {"kind": "hold"},
    ("hold", "DELETE"): {"kind": "resume"},
    ("mute", "POST"): {"kind": "mute", "on": True},
    ("mute", "DELETE"): {"kind": "mute", "on": False},
    ("keys", "POST"): {"kind": "keys", "keys": "12#"},
    ("consultation", "POST"): {"kind": "consult", "address": "person:4", "name": "David"},
    ("consultation", "DELETE"): {"kind": "consult_end"},
    ("conference", "POST"): {"kind": "join"},
    ("transfer", "POST"): {"kind": "transfer", "address": "tel:+4599990777", "name": "Udenfor"},
    ("transfer", "PUT"): {"kind": "complete_transfer"},
    ("recording", "DELETE"): {"kind": "stop_recording"},
    ("recording-pause", "POST"): {"kind": "pause_recording"},
    ("recording-pause", "DELETE"): {"kind": "resume_recording"},
    ("recording-consent", "DELETE"): {"kind": "stop_recording", "withdrawn": True},
}


def send(client: Any, noun: str, method: str, words: dict[str, str] | None = None) -> Any:
    address = reverse(f"desk:{noun}")
    if method == "POST":
        return client.post(address, words or {}, headers=PART)
    return client.generic(method, address, headers=PART)


def test_every_order_has_a_test_of_what_it_says() -> None:
    assert {(noun, method) for noun, methods in ORDERS.items() for method in methods} == set(EXPECTED)


@pytest.mark.parametrize(("noun", "method"), list(EXPECTED))
def test_an_order_reaches_the_switchboard_and_the_page_fetches_what_changed(
    world: World, as_: SignIn, switchboard: Switchboard, noun: str, method: str
) -> None:
    response = send(as_(world.anna), noun, method, WORDS.get((noun, method)))
    assert response.status_code == 204
    assert response.headers["HX-Trigger"] == '{"stale:state": null, "stale:call": null}'
    assert switchboard.orders == [{"by": "anna", **EXPECTED[noun, method]}]


@pytest.mark.parametrize("noun", list(ORDERS))
def test_wrong_methods_are_refused(world: World, as_: SignIn, switchboard: Switchboard, noun: str) -> None:
    assert send(as_(world.anna), noun, "PATCH").status_code == 405
    assert as_(world.anna).get(reverse(f"desk:{noun}")).status_code == 405
    assert switchboard.orders == []


@pytest.mark.parametrize(
    ("who", "status"), [("david", 204), ("eva", 204), ("finn", 403), ("gerda", 403), ("ukendt", 403)]
)
def test_only_who_has_a_telephone_may_use_it(
    world: World, as_: SignIn, switchboard: Switchboard, who: str, status: int
) -> None:
    response = send(as_(world.people[who]), "readiness", "POST")
    assert response.status_code == status
    assert bool(switchboard.orders) is (status == 204)


@pytest.mark.parametrize(
    ("noun", "words", "text"),
    [
        ("pause", {}, "Vælg en årsag"),
        ("pause", {"reason": "findes-ikke"}, ""),
        ("wrap-up", {"seconds": "99999"}, ""),
        ("call", {"number": ""}, "Skriv et nummer"),
        ("call", {"number": "hestesko"}, "ikke et telefonnummer"),
        ("call", {"number": "hemmelig"}, "kan ringes til"),
        ("keys", {"keys": "12a"}, "Kun cifrene"),
        ("keys", {"keys": "1" * 33}, "Kun cifrene"),
        ("consultation", {}, "Vælg, hvem"),
        ("consultation", {"address": "person:x"}, "Vælg en person"),
        ("transfer", {"address": "sip:evil@example.org"}, "Vælg en person"),
        ("transfer", {"address": "person:4\n"}, "Vælg en person"),
        ("shift", {"phone_kind": "røgsignal"}, ""),
    ],
)  # fmt: skip
def test_bad_words_are_answered_with_a_sentence_and_go_no_further(
    world: World, as_: SignIn, switchboard: Switchboard, noun: str, words: dict[str, str], text: str
) -> None:
    response = send(as_(world.anna), noun, "POST", words)
    assert response.status_code == 400
    assert response.headers["Content-Type"].startswith("text/plain")
    assert text in response.content.decode()
    assert switchboard.orders == []


def test_a_missing_switchboard_is_said_clearly(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    switchboard.refuses = "no_switchboard"
    response = send(as_(world.anna), "readiness", "POST")
    assert response.status_code == 409
    assert "Telefonsystemet svarer ikke" in response.content.decode()


def test_a_refusal_nobody_foresaw_still_says_something(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    switchboard.refuses = "comet"
    said = send(as_(world.anna), "readiness", "POST").content.decode()
    assert "Det lykkedes ikke" in said
    assert "comet" not in said, "a code helps nobody at the desk"


def test_every_refusal_of_the_board_has_its_own_sentence() -> None:
    from pathlib import Path

    places = (Path("indgang/entry/board"), Path("indgang/routing/centre"))
    source = "".join(path.read_text() for place in places for path in place.glob("*.py"))
    codes = set(re.findall(r'RefusedOrder\("(\w+)"\)', source)) | set(Bar)
    assert {"busy", "not_coming"} <= codes
    of_leaders = {"already_listening", "not_listening"}
    assert codes - of_leaders <= set(sentences._REFUSALS)


def test_without_htmx_an_order_leads_back_to_the_desk(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    response = as_(world.anna).post(reverse("desk:readiness"))
    assert (response.status_code, response.headers["Location"]) == (302, "/desk/")


def test_the_phone_gets_credentials_that_are_not_kept(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    response = as_(world.anna).post(reverse("desk:phone"))
    assert response.json() == {"uri": "sip:agent@x"}
    assert response.headers["Cache-Control"] == "no-store"
    assert as_(world.finn).post(reverse("desk:phone"), headers=PART).status_code == 403


def test_a_page_says_that_it_no_longer_has_a_leg(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    response = as_(world.anna).delete(reverse("desk:phone-leg", args=["call-1"]), headers=PART)
    assert response.status_code == 204
    assert switchboard.orders == [{"kind": "broken_off", "by": world.anna.username, "leg": "call-1"}]
    assert as_(world.finn).delete(reverse("desk:phone-leg", args=["call-1"]), headers=PART).status_code == 403


def found(client: Any, text: str) -> str:
    return " ".join(client.get(reverse("desk:targets"), {"q": text}, headers=PART).content.decode().split())


def test_transfer_search_finds_people_queues_the_directory_and_numbers(world: World, as_: SignIn) -> None:
    client = as_(world.anna)
    at_desk(world.david, AgentState.READY)
    answer = found(client, "udeservering")
    assert f"person:{world.david.pk}" in answer
    assert "Ledig" in answer
    assert "tel:+4533662001" not in answer, "somebody with a desk is not offered twice"
    assert "queue:tmf-byliv" in found(client, "byliv")
    assert "tel:+4533662002" in found(client, "åse")
    assert "tel:+4599990777" in found(client, "99 99 07 77")
    assert f"person:{world.anna.pk}" not in found(client, "anna")


def test_transfer_search_puts_who_is_free_first_and_disables_who_is_busy(world: World, as_: SignIn) -> None:
    at_desk(world.bo, AgentState.TALKING)
    at_desk(world.clara, AgentState.READY)
    answer = found(as_(world.anna), "e")
    assert answer.index("Clara Cederfeld") < answer.index("Bo Bakkedal") if "Bo Bakkedal" in answer else True
    busy = found(as_(world.anna), "bo b")
    assert "disabled" in busy


def test_without_words_the_search_offers_free_colleagues_and_queues(world: World, as_: SignIn) -> None:
    at_desk(world.clara, AgentState.READY)
    answer = found(as_(world.anna), "")
    assert "Clara Cederfeld" in answer
    assert "Bo Bakkedal" not in answer
    assert "queue:tmf-byggeri" in answer


@pytest.mark.parametrize(
    "text", ["(+45) 99990777", "99/99/07/77", "99–99–07–77", "tlf. 99 99 07 77", "99\u200b990777", "+45 9999-0777"]
)
def test_a_number_is_found_as_people_write_it_and_can_be_rung(
    world: World, as_: SignIn, switchboard: Switchboard, text: str
) -> None:
    assert "tel:+4599990777" in found(as_(world.anna), text)
    assert send(as_(world.anna), "call", "POST", {"number": text}).status_code == 204
    assert switchboard.orders[-1]["number"] == "+4599990777"


@pytest.mark.parametrize("number", ["112", "114", "1813"])
def test_a_service_number_is_offered_and_no_colleague_whose_number_holds_it(
    world: World, as_: SignIn, switchboard: Switchboard, number: str
) -> None:
    directory.save(
        DirectoryEntry(), name="Naboen", unit=world.units["cby"], phone=f"3{number}2009"[:8].ljust(8, "0"),
        mobile=f"3366{number.zfill(4)}", by=world.finn, at=clock.now(),
    )  # fmt: skip
    answer = found(as_(world.anna), number)
    assert f"tel:{number}" in answer
    assert "Naboen" not in answer
    assert send(as_(world.anna), "call", "POST", {"number": number}).status_code == 204
    assert send(as_(world.anna), "transfer", "POST", {"address": f"tel:{number}"}).status_code == 204
    assert switchboard.orders[0]["number"] == number


def test_a_number_inside_the_house_is_offered_with_the_colleague_whose_number_ends_so(
    world: World, as_: SignIn
) -> None:
    directory.save(
        DirectoryEntry(), name="Naboen", unit=world.units["cby"], phone="33665200", by=world.finn, at=clock.now()
    )
    answer = found(as_(world.anna), "5200")
    assert "tel:5200" in answer
    assert "Naboen" in answer


@pytest.mark.parametrize("text", ["<script>alert(1)</script>", "%", "x" * 5000, "\x00", "'--"])
def test_odd_searches_are_harmless(world: World, as_: SignIn, text: str) -> None:
    answer = found(as_(world.anna), text)
    assert "<script>" not in answer


def busy_bo(world: World) -> None:
    """Bo has talked for two minutes with a caller of the building queue, whose calls usually take 200 seconds."""
    talked(world.bo, seconds=200)
    talking(world.bo, number="+4599990102")
    at_desk(world.bo, AgentState.TALKING)


def test_who_is_busy_is_shown_with_since_when_how_long_yet_and_who_waits_already(world: World, as_: SignIn) -> None:
    busy_bo(world)
    answer = found(as_(world.anna), "bo b")
    assert "siden 09:38" in answer
    assert re.search(r"ventes ledig om (under et minut|ca\. \d minut)", answer)
    assert "venter allerede" not in answer
    assert "Lad opkaldet vente på Bo Bakkedal" in answer
    assert '<option value="300" selected>' in answer
    waits_for(world)
    assert "1 venter allerede" in found(as_(world.anna), "bo b")
    at_desk(world.bo, AgentState.PAUSED)
    assert "Lad opkaldet vente" not in found(as_(world.anna), "bo b"), "nobody knows when a break ends"


def test_a_caller_is_let_wait_for_so_long_as_was_chosen(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    words = {"address": f"person:{world.bo.pk}", "name": "Bo Bakkedal", "wait": "300"}
    assert send(as_(world.anna), "transfer", "POST", words).status_code == 204
    assert switchboard.orders[-1] == {"kind": "transfer", "by": "anna", **words, "wait": 300}
    for wrong in ("5", "99999", "længe"):
        assert send(as_(world.anna), "transfer", "POST", {**words, "wait": wrong}).status_code == 400
    switchboard.refuses = "not_coming"
    assert "holder pause" in send(as_(world.anna), "transfer", "POST", words).content.decode()


def waits_for(world: World, number: str = BAKERY) -> Enquiry:
    """Anna transfers her caller to Bo, who is busy. Returns the enquiry."""
    pk, queue = str(talking(world.anna, number=number).pk), "tmf-byggeri"
    until = (MORNING + timedelta(minutes=15)).isoformat()
    return happen(
        pk,
        (Kind.TRANSFERRED, 90, {"name": "Bo", "address": "person:2", "person": world.anna, "queue": queue}),
        (Kind.QUEUED, 90, {"queue": queue}),
        (Kind.PERSONAL_WAIT, 90, {"queue": queue, "person": world.bo, "until": until, "by": world.anna.pk}),
    )


def strip(client: Any) -> str:
    shown = client.get(reverse("desk:home"), headers={**PART, "HX-Target": "desk-around"}).content.decode()
    return " ".join(shown.split())


def test_who_waits_for_one_colleague_stands_in_the_strip_and_is_taken_back_from_there(
    world: World, as_: SignIn, switchboard: Switchboard
) -> None:
    enquiry = waits_for(world)
    address = reverse("desk:personal-wait", args=[enquiry.pk])
    shown = strip(as_(world.anna))
    assert re.search(r"99 99 01 01</strong> venter på Bo Bakkedal til 09:45", shown)
    assert address in shown
    of_bo = strip(as_(world.bo))
    assert "venter på dig til 09:45" in of_bo
    assert address not in of_bo, "only who let them wait takes them back here"
    assert "venter på" not in strip(as_(world.otto)), "another centre's caller"
    assert as_(world.anna).delete(address, headers=PART).status_code == 204
    assert switchboard.orders == [{"kind": "take_back", "by": "anna", "enquiry": str(enquiry.pk)}]


@pytest.mark.parametrize(
    ("who", "status"), [("bo", 204), ("otto", 404), ("david", 404), ("finn", 403), ("gerda", 403), ("ukendt", 403)]
)
def test_only_who_sees_the_caller_wait_may_ask_for_them_back(
    world: World, as_: SignIn, switchboard: Switchboard, who: str, status: int
) -> None:
    address = reverse("desk:personal-wait", args=[waits_for(world).pk])
    assert as_(world.people[who]).delete(address, headers=PART).status_code == status
    assert bool(switchboard.orders) is (status == 204)


def test_the_story_says_for_whom_the_caller_waited(world: World) -> None:
    enquiry = waits_for(world)
    enquiry = happen(str(enquiry.pk), (Kind.PERSONAL_WAIT_OVER, 200, {"person": world.bo, "why": "time"}))
    steps = [step.text for step in Story(enquiry, reader=world.bo).steps]
    assert steps[-2:] == ["Venter på Bo Bakkedal", "Bo Bakkedal blev ikke ledig i tide; venter på den første ledige"]
