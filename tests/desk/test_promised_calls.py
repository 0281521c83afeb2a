"""Callbacks on the desk: offered, listed, accepted, cancelled, and made from an abandoned call."""

from __future__ import annotations

from typing import Any

from indgang.audit.models import Change
from indgang.desk.templatetags.desk import when
from indgang.enquiries.models import Enquiry, ReturnCall, State
from indgang.entry.event_kinds import Kind
from indgang.entry.models import AgentState
from tests.desk.conftest import PART, SignIn, Switchboard, at_desk, exchange
from tests.enquiries.told_calls import BAKERY, abandoned, happen, waiting
from tests.world import MORNING, World

HOME = "/desk/"


def promised(number: str = BAKERY, queue: str = "tmf-byggeri", **more: Any) -> Enquiry:
    """The caller waited a minute, accepted a callback and hung up."""
    enquiry = waiting(number, queue)
    told = {"queue": queue, "number": number, "asked_at": MORNING.isoformat(), **more}
    return happen(str(enquiry.pk), (Kind.CALLBACK, 60, told), (Kind.LEFT, 61, {"why": "caller_gone"}))


def part(client: Any, name: str) -> str:
    return " ".join(client.get(HOME, headers={**PART, "HX-Target": f"desk-{name}"}).content.decode().split())


def test_a_promised_call_is_offered_with_its_wait_and_a_button_that_rings_up(world: World, as_: SignIn) -> None:
    exchange()
    enquiry = promised()
    promised_at = MORNING.replace(minute=12)
    at_desk(world.anna, AgentState.RINGING, enquiry, kind="callback", attempts=1, promised_at=promised_at)
    shown = part(as_(world.anna), "call")
    assert "Ring tilbage" in shown
    assert "Ring op" in shown
    assert "Besvar" not in shown
    assert "data-phone-answer" not in shown
    assert "Forgæves opkald" in shown
    assert "Har ventet" in shown
    assert f"<dt>Lovet</dt> <dd>{when(promised_at)}</dd>" in shown


def test_who_waits_to_be_rung_is_listed_in_order_until_it_is_done(world: World, as_: SignIn) -> None:
    exchange()
    at_desk(world.anna)
    first = promised("+4599990102")
    promised("+4599990103", "keh-sociale-ydelser" if "keh-sociale-ydelser" in world.queues else "keh-jobcenter")
    second = promised("+4599990104", asked_at=MORNING.replace(minute=59).isoformat())
    shown = part(as_(world.anna), "lists")
    assert shown.index(f"promised-{first.pk}") < shown.index(f"promised-{second.pk}")
    assert "99 99 01 03" not in shown, "not a queue of hers"
    happen(str(first.pk), (Kind.CALLED_BACK, 300, {"person": world.bo, "number": first.caller_number}))
    assert f"promised-{first.pk}" not in part(as_(world.anna), "lists")


def test_it_is_rung_put_back_and_called_off_by_orders_and_the_trail_says_so(
    world: World, as_: SignIn, switchboard: Switchboard
) -> None:
    enquiry = promised()
    at_desk(world.anna)
    client, address = as_(world.anna), f"/desk/promised-calls/{enquiry.pk}/"
    assert [act(address, headers=PART).status_code for act in (client.post, client.put, client.delete)] == [
        204, 204, 204,
    ]  # fmt: skip
    kinds = [(order["kind"], order["enquiry"]) for order in switchboard.orders]
    assert kinds == [(f"callback_{kind}", str(enquiry.pk)) for kind in ("take", "give_back", "cancel")]
    actions = Change.objects.filter(action__startswith="callback.").order_by("pk").values_list("action", flat=True)
    assert list(actions) == ["callback.take", "callback.give_back", "callback.cancel"]
    switchboard.refuses = "taken"
    refused = client.post(address, headers=PART)
    assert (refused.status_code, "kollega" in refused.content.decode()) == (409, True)


def test_another_centres_promise_cannot_be_taken(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    enquiry = promised()
    assert as_(world.people["clara"]).post(f"/desk/promised-calls/{enquiry.pk}/").status_code == 404
    assert switchboard.orders == []


def test_a_call_that_was_given_up_is_put_in_the_queue_at_its_old_place(
    world: World, as_: SignIn, switchboard: Switchboard
) -> None:
    enquiry = abandoned()
    row = ReturnCall.objects.get(enquiry=enquiry)
    at_desk(world.anna)
    assert as_(world.anna).post(f"/desk/return-calls/{row.pk}/queue/", headers=PART).status_code == 204
    (order,) = switchboard.orders
    assert (order["kind"], order["queue"], order["place"]) == (
        "callback_order", "tmf-byggeri", enquiry.arrived_at.isoformat(),
    )  # fmt: skip
    row.refresh_from_db()
    assert (row.result, row.done_by) == (ReturnCall.Result.QUEUED, world.anna)
    again = as_(world.anna).post(f"/desk/return-calls/{row.pk}/queue/", headers=PART)
    assert again.status_code == 409


def test_what_the_switchboard_refuses_to_queue_is_left_on_the_list_for_everybody(
    world: World, as_: SignIn, switchboard: Switchboard
) -> None:
    row = ReturnCall.objects.get(enquiry=abandoned())
    at_desk(world.anna)
    switchboard.refuses = "no_switchboard"
    assert as_(world.anna).post(f"/desk/return-calls/{row.pk}/queue/", headers=PART).status_code == 409
    row.refresh_from_db()
    assert (row.taken_by, row.done_at) == (None, None)


def test_the_enquiry_of_a_given_up_call_goes_on_when_it_is_put_in_the_queue(world: World) -> None:
    enquiry = abandoned()
    assert enquiry.ended_at is not None
    told = {"queue": "tmf-byggeri", "number": BAKERY, "asked_at": MORNING.isoformat()}
    after = (enquiry.ended_at - MORNING).total_seconds() + 120
    enquiry = happen(str(enquiry.pk), (Kind.CALLBACK, after, told), (Kind.CALLBACK_QUEUED, after, {}))
    assert (enquiry.state, enquiry.phase, enquiry.ended_at) == (State.CALLBACK, "callback", None)
    assert enquiry.callback_seconds == 120


def test_what_somebody_had_taken_stays_theirs_when_the_switchboard_refuses_to_queue_it(
    world: World, as_: SignIn, switchboard: Switchboard
) -> None:
    row = ReturnCall.objects.get(enquiry=abandoned())
    at_desk(world.anna)
    client = as_(world.anna)
    assert client.post(f"/desk/return-calls/{row.pk}/assignment/", headers=PART).status_code == 204
    switchboard.refuses = "no_switchboard"
    assert client.post(f"/desk/return-calls/{row.pk}/queue/", headers=PART).status_code == 409
    row.refresh_from_db()
    assert row.taken_by == world.anna
