from __future__ import annotations

import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse

from indgang.agreements.models import CooperationAgreement
from indgang.audit.models import Look
from indgang.core import clock, phone_numbers
from indgang.enquiries import parties
from indgang.enquiries.models import Draft, Enquiry, PartyNumber
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState, ExchangeStatus, Queue
from indgang.entry.setup import disturbances
from indgang.live.models import Mark
from indgang.measures.figure_names import FIGURE_NAMES
from tests.agreements.agreed import target, written
from tests.desk.conftest import PART, SignIn, at_desk, exchange
from tests.enquiries.told_calls import abandoned, happen, talked, talking, waiting
from tests.world import MORNING, World

HOME = "/desk/"
PARTS = ["desk-state", "desk-call", "desk-lists", "desk-figures", "desk-around", "desk-team", "desk-news"]


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def lists(client: Any) -> str:
    return text(client.get(HOME, headers={**PART, "HX-Target": "desk-lists"}))


@pytest.mark.parametrize("who", ["anna", "clara", "david", "eva", "finn", "ida"])
def test_everyone_who_registers_has_a_desk(world: World, as_: SignIn, who: str) -> None:
    assert as_(world.people[who]).get(HOME).status_code == 200


@pytest.mark.parametrize("who", ["gerda", "hans", "ukendt"])
def test_others_are_told_which_permission_is_missing(world: World, as_: SignIn, who: str) -> None:
    response = as_(world.people[who]).get(HOME)
    assert response.status_code == 403
    assert "Registrere henvendelser" in text(response)


def test_who_is_not_signed_in_is_led_to_the_sign_in_page(world: World, client: Any) -> None:
    assert client.get(HOME).status_code == 302
    assert client.get(HOME, headers=PART).status_code == 401


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_only_that_part(world: World, as_: SignIn, part: str) -> None:
    response = as_(world.anna).get(HOME, headers={**PART, "HX-Target": part})
    assert response.status_code == 200
    assert re.match(rf'<(section|div) id="{part}"', text(response))
    assert "<html" not in text(response)


def test_the_desk_cannot_be_posted_to(world: World, as_: SignIn) -> None:
    assert as_(world.anna).post(HOME).status_code == 405


@pytest.mark.parametrize(
    ("state", "word", "button"),
    [
        (AgentState.SIGNED_OUT, "Logget af", "order-sign-in"),
        (AgentState.READY, "Klar", "order-pause"),
        (AgentState.PAUSED, "Pause", "order-ready"),
        (AgentState.NOT_RESPONDING, "Svarede ikke", "order-ready"),
        (AgentState.WRAP_UP, "Efterbehandling", "order-wrap-up-over"),
    ],
)
def test_the_state_bar_says_the_state_and_offers_what_can_be_done(
    world: World, as_: SignIn, state: str, word: str, button: str
) -> None:
    at_desk(world.anna, state)
    page = text(as_(world.anna).get(HOME))
    assert word in page
    assert f'id="{button}"' in page


def test_a_ringing_call_shows_who_what_and_why(world: World, as_: SignIn) -> None:
    enquiry = waiting()
    at_desk(world.anna, AgentState.RINGING, enquiry, reasons=[["longest_idle", 12.0], ["queue", "tmf-byggeri"]])
    page = text(as_(world.anna).get(HOME))
    assert "99 99 01 01" in page
    assert "Byggeri" in page
    assert "du har været ledig længst" in page
    assert 'id="call-answer"' in page
    assert 'id="desk-sheet-form"' not in page, "nothing to write before anybody has talked"


def test_a_conversation_has_its_buttons_and_an_open_sheet_with_what_was_measured(world: World, as_: SignIn) -> None:
    enquiry = talking(world.anna)
    at_desk(world.anna, AgentState.TALKING, enquiry, held=False, muted=False)
    page = text(as_(world.anna).get(HOME))
    for button in ("call-hold", "call-mute", "call-transfer", "call-keys", "call-hang-up"):
        assert f'id="{button}"' in page
    assert f'data-enquiry="{enquiry.pk}"' in page
    assert "Ventetid</dt><dd>0:30" in page


@pytest.mark.parametrize(
    ("state", "shown", "hidden"),
    [
        ("ringing", ["call-back"], ["call-complete", "call-join", "call-hold"]),
        ("talking", ["call-back", "call-complete", "call-join"], ["call-hold"]),
        ("joined", ["call-back", "call-complete"], ["call-join"]),
    ],
)
def test_a_consultation_offers_what_fits_its_stage(
    world: World, as_: SignIn, state: str, shown: list[str], hidden: list[str]
) -> None:
    consult = {"consult_name": "David Degnemark", "consult_state": state}
    at_desk(world.anna, AgentState.TALKING, talking(world.anna), **consult)
    page = text(as_(world.anna).get(HOME))
    assert "David Degnemark" in page
    assert all(f'id="{button}"' in page for button in shown)
    assert not any(f'id="{button}"' in page for button in hidden)


def test_after_the_call_the_sheet_stays_open(world: World, as_: SignIn) -> None:
    enquiry = talked(world.anna)
    at_desk(world.anna, AgentState.WRAP_UP, enquiry)
    page = text(as_(world.anna).get(HOME))
    assert "Samtalen er slut" in page
    assert 'id="desk-sheet-form"' in page


def test_a_case_worker_sees_no_queue_work_but_the_call_and_who_had_it_before(world: World, as_: SignIn) -> None:
    enquiry = talking(world.anna)
    at_desk(world.david, AgentState.RINGING, enquiry)
    page = text(as_(world.david).get(HOME))
    assert "Anna Agerbæk" in page
    assert 'id="call-answer"' in page
    assert "Ring tilbage" not in lists(as_(world.david))
    assert "Ring tilbage" in lists(as_(world.anna))


def test_an_administrator_has_no_telephone_but_registers_by_hand(world: World, as_: SignIn) -> None:
    page = text(as_(world.finn).get(HOME))
    assert "Du har ingen telefon her" in page
    assert "order-sign-in" not in page
    assert "Fremmøde" in page


def test_the_desk_says_what_an_outage_means_for_calls_in_progress(world: World, as_: SignIn) -> None:
    client = as_(world.anna)
    silent, unreachable = (
        "Omstillingen svarer ikke. Samtaler i gang kører videre",
        "ingen forbindelse til telefoncentralen",
    )
    ended = "Telefoncentralen er stoppet, og samtaler, der var i gang på den, er afbrudt"

    def said() -> list[str]:
        page = text(client.get(HOME))
        return [each for each in (silent, unreachable, ended) if each in page]

    assert said() == [silent], "nobody has said that an exchange is up"
    exchange(up=True)
    assert said() == []
    exchange(up=False, name="asterisk", detail="ended")
    assert said() == [ended], "also beside another that is up"
    exchange(up=False, name="asterisk", detail="unreachable")
    assert said() == [unreachable]
    exchange(up=True, name="asterisk")
    assert said() == []
    exchange(up=False, name="asterisk", detail="ended")
    ExchangeStatus.objects.filter(name="asterisk").update(heartbeat=clock.now() - timedelta(minutes=2))
    assert said() == [], "it was switched off and belongs to nobody any more"
    ExchangeStatus.objects.update(up=True, heartbeat=clock.now() - timedelta(minutes=2))
    assert said() == [silent]


def test_unfinished_registrations_wait_in_the_list_also_for_the_one_who_answered_first(
    world: World, as_: SignIn
) -> None:
    enquiry = talked(world.anna)
    assert reverse("desk:registration", args=[enquiry.pk]) in lists(as_(world.anna))
    assert reverse("desk:registration", args=[enquiry.pk]) not in lists(as_(world.bo))


def test_a_draft_of_an_enquiry_somebody_else_registered_is_not_lost(world: World, as_: SignIn) -> None:
    enquiry = talked(world.anna)
    Draft.objects.create(enquiry=enquiry, person=world.david, updated_at=clock.now(), fields={"q0-note": "x"})
    assert "kladde" in lists(as_(world.david))


def test_who_hung_up_is_listed_for_those_who_serve_the_queue(world: World, as_: SignIn) -> None:
    abandoned(number="+4599990888")
    abandoned(number="+4599990888")
    assert "2 gange" in lists(as_(world.anna))
    assert "99 99 08 88" not in lists(as_(world.otto))


def test_a_protected_party_is_not_named_on_the_call_card(world: World, as_: SignIn) -> None:
    enquiry = talking(world.anna, number="+4599990201")
    parties.link(enquiry, party=world.citizen, by=world.anna, at=clock.now())
    at_desk(world.anna, AgentState.TALKING, enquiry)
    page = text(as_(world.anna).get(HOME))
    assert "Beskyttet borger" in page
    assert "Karla" not in page


def test_own_figures_count_todays_calls(world: World, as_: SignIn) -> None:
    talked(world.anna)
    talked(world.bo)
    page = text(as_(world.anna).get(HOME, headers={**PART, "HX-Target": "desk-figures"}))
    assert "<dt>Samtaler</dt><dd>1</dd>" in page
    assert "<dd>2:00</dd>" in page
    assert "Aftalen:" not in page
    made = written(world)
    made.targets.all().delete()
    target(made, world.hans, kpi="first_contact_resolution_net", level=0, value=Decimal(70))
    rows = CooperationAgreement.objects.filter(pk=made.pk)
    rows.update(owner_signed_at=MORNING, operator_signed_at=MORNING)
    page = text(as_(world.anna).get(HOME, headers={**PART, "HX-Target": "desk-figures"}))
    assert f"Aftalen: {FIGURE_NAMES['first_contact_resolution_net']}" in page


def test_the_session_is_renewed_by_opening_the_desk_at_most_once_an_hour(
    world: World, as_: SignIn, morning: clock.FrozenTime
) -> None:
    client = as_(world.anna)
    client.get(HOME)
    first = client.session["desk_until"]
    morning.move(600)
    client.get(HOME)
    assert client.session["desk_until"] == first
    morning.move(3600)
    client.get(HOME)
    assert client.session["desk_until"] > first
    before = client.session["desk_until"]
    morning.move(60)
    assert client.post(reverse("desk:session"), headers=PART).status_code == 204
    assert client.session["desk_until"] > before


@pytest.mark.parametrize(
    ("part", "most"), [("desk-state", 7), ("desk-call", 6), ("desk-lists", 11), ("desk-figures", 6)]
)
def test_a_part_costs_a_handful_of_queries_however_much_there_is(
    world: World, as_: SignIn, django_assert_max_num_queries: Any, part: str, most: int
) -> None:
    for number in range(12):
        talked(world.anna, number=f"+45999903{number:02}")
        abandoned(number=f"+45999904{number:02}")
    at_desk(world.anna, AgentState.TALKING, talking(world.anna))
    client = as_(world.anna)
    with django_assert_max_num_queries(most):
        client.get(HOME, headers={**PART, "HX-Target": part})


def test_the_whole_page_costs_a_bounded_number_of_queries(
    world: World, as_: SignIn, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        talked(world.anna, number=f"+45999903{number:02}")
        abandoned(number=f"+45999904{number:02}")
    at_desk(world.anna, AgentState.TALKING, talking(world.anna))
    client = as_(world.anna)
    client.get(HOME)
    with django_assert_max_num_queries(22):
        client.get(HOME)


def part(client: Any, name: str) -> str:
    return text(client.get(HOME, headers={**PART, "HX-Target": f"desk-{name}"}))


def test_the_strip_shows_who_waits_in_ones_own_queues(world: World, as_: SignIn) -> None:
    waiting(queue="tmf-byggeri")
    waiting(queue="tmf-byggeri")
    waiting(queue="bif-erhverv")
    shown = part(as_(world.anna), "around")
    assert "<strong>2</strong> venter" in shown
    assert re.search(r"Byggeri <strong>2</strong>.*data-since", shown)
    assert "data-since" not in part(as_(world.david), "around")


def test_a_message_to_callers_stands_on_the_desk_of_those_it_concerns(world: World, as_: SignIn) -> None:
    until = clock.now() + timedelta(hours=1)
    here: Any = {"ends_at": until, "by": world.eva, "at": clock.now()}
    disturbances.start(text="Byg og Miljø er nede.", text_en="Down.", centre=world.centres["tmf"], **here)
    assert "desks-tmf/messages" in Mark.objects.values_list("part", flat=True)
    assert "Byg og Miljø er nede." in part(as_(world.anna), "around")
    assert "Byg og Miljø er nede." not in part(as_(world.otto), "around")
    everywhere = disturbances.start(text="Telefonerne hakker.", centre=None, **here)
    for person in (world.anna, world.otto, world.david):
        assert "Telefonerne hakker." in part(as_(person), "around")
    disturbances.end(everywhere, by=world.eva, at=clock.now())
    assert "Telefonerne hakker." not in part(as_(world.david), "around")


def test_a_case_worker_sees_what_callers_of_the_centres_that_hand_over_to_them_are_told(
    world: World, as_: SignIn
) -> None:
    here: Any = {"ends_at": clock.now() + timedelta(hours=1), "by": world.eva, "at": clock.now()}
    disturbances.start(text="Byg og Miljø er nede.", centre=world.centres["tmf"], **here)
    disturbances.start(text="Jobnet er nede.", centre=world.centres["bif"], **here)
    shown = part(as_(world.david), "around")
    assert "Byg og Miljø er nede." in shown
    assert "Jobnet er nede." not in shown
    listens_to = as_(world.david).get(HOME).context["desk"].scopes
    assert "desks-tmf" in listens_to
    assert "desks-bif" not in listens_to
    Queue.objects.filter(code="bif-erhverv").update(unit=world.david.roles.get().unit)
    assert "Jobnet er nede." in part(as_(world.david), "around"), "a queue of that centre is for the unit"


def test_the_return_call_list_names_no_caller_so_that_looking_at_it_is_no_look_at_a_person(
    world: World, as_: SignIn
) -> None:
    """As in the search for a caller, only shown names are logged. Numbers to call back are part of the queue's work."""
    number = world.bakery.numbers.all()[0].number
    enquiry = abandoned(number=number)
    Enquiry.objects.filter(pk=enquiry.pk).update(caller_name="Bagermester Bent", party=world.bakery)
    shown = part(as_(world.anna), "lists")
    assert phone_numbers.for_people(number) in shown
    assert "Bagermester" not in shown
    assert world.bakery.name not in shown
    assert not Look.objects.exists()


def test_the_team_is_shown_with_what_each_does_those_who_are_free_first(world: World, as_: SignIn) -> None:
    at_desk(world.anna, AgentState.READY)
    at_desk(world.bo, AgentState.TALKING)
    at_desk(world.clara, AgentState.READY)
    shown = part(as_(world.anna), "team")
    assert shown.index("Clara Cederfeld") < shown.index("Bo Bakkedal")
    assert "I samtale" in shown
    assert "1 klar" in shown
    assert "Anna Agerbæk" not in shown
    assert "Ida Isdal" not in shown, "who is signed out is not there"


def test_the_return_call_list_shows_the_first_few_and_all_on_request(world: World, as_: SignIn) -> None:
    for number in range(12):
        abandoned(number=f"+45999904{number:02}")
    client = as_(world.anna)
    few = lists(client)
    assert few.count('class="desk-ring"') == 8
    assert "Vis alle 12" in few
    assert 'data-count-ring="12"' in few
    everything = text(client.get(f"{HOME}?all=1", headers={**PART, "HX-Target": "desk-lists"}))
    assert everything.count('class="desk-ring"') == 12
    assert "/desk/?all=1" in everything, "it stays whole when it is fetched again"


def test_the_return_call_list_says_who_has_been_answered_since(world: World, as_: SignIn) -> None:
    abandoned(number="+4599990888")
    abandoned(number="+4599990889")
    talked(world.bo, number="+4599990888", start=MORNING + timedelta(minutes=3))
    shown = lists(as_(world.anna))
    assert shown.count("Talte med Bo Bakkedal 09:33") == 1


def test_a_hidden_number_is_said_to_be_hidden_in_the_list(world: World, as_: SignIn) -> None:
    talked(world.anna, number="")
    talked(world.anna, number="anonymous")
    assert lists(as_(world.anna)).count("Skjult nummer") == 2


def test_the_call_card_names_who_uses_the_number_and_keeps_protected_names(world: World, as_: SignIn) -> None:
    at_desk(world.anna, AgentState.TALKING, talking(world.anna))
    client = as_(world.anna)
    assert f"Måske {world.bakery.name}" in part(client, "call")
    PartyNumber.objects.create(party=world.citizen, number="+4599990101")
    assert "Flere bruger nummeret" in part(client, "call")
    PartyNumber.objects.filter(party=world.bakery).delete()
    shown = part(client, "call")
    assert "Beskyttet borger" in shown
    assert world.citizen.name not in shown


def test_a_caller_on_hold_is_timed(world: World, as_: SignIn) -> None:
    enquiry = talking(world.anna)
    at_desk(world.anna, AgentState.TALKING, enquiry, held=True)
    client = as_(world.anna)
    assert "desk-call-held" not in part(client, "call")
    happen(str(enquiry.pk), (Kind.HELD, 60, {"person": world.anna}))
    since = int((MORNING + timedelta(seconds=60)).timestamp() * 1000)
    assert re.search(rf'desk-call-held.*data-since="{since}"', part(client, "call"))


def test_hanging_up_on_the_one_consulted_and_ending_for_all_are_two_buttons(world: World, as_: SignIn) -> None:
    consult = {"consult_name": "David Degnemark", "consult_state": "talking"}
    at_desk(world.anna, AgentState.TALKING, talking(world.anna), **consult)
    card = part(as_(world.anna), "call")
    assert "Læg på hos David Degnemark" in card
    assert 'id="call-hang-up"' not in card
    assert re.search(r'id="call-end-all"[^>]*hx-confirm', card)
