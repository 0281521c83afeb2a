"""Several items in hand: a list on the desk, each with its own sheet and draft."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indgang.desk.in_hand import items, rows_of
from indgang.enquiries.models import Draft
from indgang.entry.models import AgentState, QueueMembership
from tests.desk.conftest import PART, SignIn, Switchboard, at_desk, exchange, holds
from tests.desk.test_promised_calls import part as part_of
from tests.desk.test_promised_calls import promised
from tests.enquiries.told_calls import talked, talking
from tests.world import World

CALLER, CONTACT = "+4599990101", "+4599990102"


def sheet_of(enquiry: object) -> str:
    return f"/desk/registration/{getattr(enquiry, 'pk', enquiry)}/"


def test_a_call_and_a_callback_are_listed_with_what_can_be_done_with_each(world: World, as_: SignIn) -> None:
    exchange()
    call, callback = talking(world.anna, number=CALLER), promised(CONTACT)
    at_desk(world.anna, AgentState.TALKING, call)
    holds(world.anna, callback, kind="callback", stage="open")
    shown = part_of(as_(world.anna), "call")
    assert f'data-stage="talking" aria-labelledby="desk-call-title" data-enquiry="{call.pk}"' in shown
    assert "I gang" in shown
    assert shown.index(f'data-item="{call.pk}"') < shown.index(f'data-item="{callback.pk}"')
    assert sheet_of(call) in shown
    assert sheet_of(callback) in shown
    assert f'id="give-back-{callback.pk}"' in shown
    assert f'id="dial-{callback.pk}"' not in shown, "nobody is rung up in the middle of a conversation"


def test_one_item_alone_makes_no_list(world: World, as_: SignIn) -> None:
    exchange()
    at_desk(world.anna, AgentState.TALKING, talking(world.anna))
    assert "I gang" not in part_of(as_(world.anna), "call")


def test_after_the_call_the_callback_can_be_dialled_or_put_back(world: World, as_: SignIn) -> None:
    exchange()
    call, callback = talked(world.anna, number=CALLER), promised(CONTACT)
    at_desk(world.anna, AgentState.WRAP_UP, call)
    holds(world.anna, callback, kind="callback", stage="open")
    shown = part_of(as_(world.anna), "call")
    assert "Samtalen er slut" in shown
    assert f'id="dial-{callback.pk}"' in shown


def test_a_callback_alone_in_hand_is_dialled_with_the_key_that_answers(
    world: World, as_: SignIn, switchboard: Switchboard
) -> None:
    exchange()
    callback = promised(CONTACT)
    at_desk(world.anna, AgentState.WORKING, callback, kind="callback", attempts=2)
    client = as_(world.anna)
    shown = part_of(client, "call")
    assert 'data-stage="open"' in shown
    assert 'id="call-dial"' in shown
    assert "Forgæves opkald" in shown
    assert client.post(f"/desk/promised-calls/{callback.pk}/", headers=PART).status_code == 204
    assert client.put(f"/desk/promised-calls/{callback.pk}/", headers=PART).status_code == 204
    assert [order["kind"] for order in switchboard.orders] == ["callback_take", "callback_give_back"]


def test_each_item_has_its_own_sheet_and_draft(world: World, as_: SignIn) -> None:
    exchange()
    call, callback = talking(world.anna, number=CALLER), promised(CONTACT)
    at_desk(world.anna, AgentState.TALKING, call)
    holds(world.anna, callback, kind="callback", stage="open")
    client = as_(world.anna)
    for enquiry, note in ((call, "om byggeri"), (callback, "ring om cykelsti")):
        address = f"/desk/draft/{enquiry.pk}/"
        saved = client.post(address, {"questions": "0", "q0-note": note, "revision": "0"}, headers=PART)
        assert saved.status_code == 200
    assert Draft.objects.filter(person=world.anna).count() == 2
    assert "om byggeri" in client.get(sheet_of(call), headers=PART).content.decode()
    other = client.get(sheet_of(callback), headers=PART).content.decode()
    assert "ring om cykelsti" in other
    assert "Registrér, når I har talt sammen." in other
    assert "Registrér, når I har talt sammen." not in client.get(sheet_of(call), headers=PART).content.decode()


def test_somebody_elses_items_stay_theirs(world: World, as_: SignIn) -> None:
    exchange()
    callback = promised(CONTACT)
    holds(world.bo, callback, kind="callback", stage="open")
    at_desk(world.anna, AgentState.READY)
    assert str(callback.pk) not in part_of(as_(world.anna), "call")
    assert as_(world.anna).get(sheet_of(callback), headers=PART).status_code == 404


def test_what_is_in_hand_can_be_put_back_when_its_queue_is_no_longer_ones_own(
    world: World, as_: SignIn, switchboard: Switchboard
) -> None:
    exchange()
    callback = promised(CONTACT)
    at_desk(world.anna, AgentState.WORKING, callback, kind="callback")
    QueueMembership.objects.filter(person=world.anna).delete()
    assert as_(world.anna).put(f"/desk/promised-calls/{callback.pk}/", headers=PART).status_code == 204


@pytest.mark.parametrize("count", [1, 4])
def test_the_list_costs_the_same_however_long_it_is(world: World, count: int) -> None:
    from indgang.accounts.models import Person

    at_desk(world.anna)
    for number in range(count):
        holds(world.anna, promised(f"+459999010{number}"), kind="callback", stage="open")
    with CaptureQueriesContext(connection) as queries:
        (row,) = Person.objects.filter(pk=world.anna.pk).annotate(rows=rows_of(world.anna.pk)).values_list("rows")
        assert len(items(row[0], person=world.anna)) == count
    assert len(queries) == 2
