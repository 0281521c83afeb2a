"""Sending a question to the second level: its card, its promise, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from indgang.audit.models import Change
from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import RefusedChange
from indgang.enquiries.models import Enquiry
from indgang.events.models import StoredEvent
from indgang.handover import deadlines, work
from indgang.handover.card import MOST_TEXT
from indgang.handover.models import Handover, Promise
from indgang.handover.promises import PromisedTime
from indgang.handover.recipients import Recipient
from indgang.workforce.models import Group
from tests.handover.sent import CARD, NOON, enquiry, send
from tests.workforce import agreed
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def test_a_task_has_its_card_its_owner_and_its_promise(world: World) -> None:
    sent = send(world)
    assert (sent.state, sent.person, sent.unit.code) == ("waiting", world.david, "ctb-byliv")
    assert sent.question == CARD.question
    promise = Promise.objects.get(handover=sent)
    assert (promise.due_at, promise.state, promise.unit) == (NOON, "open", sent.unit)
    events = StoredEvent.objects.filter(stream=sent.pk).order_by("number")
    assert [each.kind for each in events] == ["handed_over", "promise_made"]
    assert all("bod" not in str(each.data) for each in events)
    assert sent.events == 2
    assert Change.objects.get(action="handover.send").target_label == f"Overlevering {sent.number}"


def test_each_has_a_number_of_its_own_and_a_code(world: World) -> None:
    first, second = send(world), send(world)
    assert second.number > first.number
    assert len(first.code) == 6
    assert first.code.isdigit()


def test_pressing_twice_sends_once(world: World) -> None:
    row = enquiry(world)
    assert send(world, enquiry=row) == send(world, enquiry=row)
    assert Handover.objects.count() == 1


def test_cpr_numbers_are_masked_on_the_card(world: World) -> None:
    sent = send(world, card=replace(CARD, question="Det gælder 010190-1234", told="cpr 010190-1234"))
    assert "1234" not in sent.question + sent.told


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"question": "  "}, "question"),
        ({"told": "x" * (MOST_TEXT + 1)}, "told"),
        ({"tells_contact": True}, "contact_email"),
        ({"contact_email": "kiosk"}, "contact_email"),
        ({"consent": False}, "consent"),
    ],
)
def test_a_card_that_cannot_be_used_is_refused_by_its_field(
    world: World, change: dict[str, object], field: str
) -> None:
    with pytest.raises(RefusedChange) as refused:
        send(world, card=replace(CARD, **change))  # type: ignore[arg-type]
    assert list(refused.value.reasons) == [field]
    assert not Handover.objects.exists()


def test_work_for_later_needs_a_promise_and_a_transfer_does_not(world: World) -> None:
    with pytest.raises(RefusedChange):
        send(world, kind=Handover.Kind.MESSAGE, due=None)
    assert send(world, kind=Handover.Kind.WARM, due=None).promises.count() == 0


@pytest.mark.parametrize(
    "due",
    [
        MORNING - timedelta(minutes=1),
        datetime(2026, 3, 14, 12, tzinfo=COPENHAGEN),  # a Saturday
        datetime(2026, 4, 2, 12, tzinfo=COPENHAGEN),  # Maundy Thursday
        datetime(2026, 3, 11, 22, tzinfo=COPENHAGEN),
        MORNING + timedelta(days=100),
    ],
)
def test_nothing_is_promised_for_a_time_that_cannot_be_kept(world: World, due: datetime) -> None:
    with pytest.raises(RefusedChange) as refused:
        send(world, due=due)
    assert "due" in refused.value.reasons


def test_an_answer_can_be_promised_by_closing_time(world: World) -> None:
    closes = datetime(2026, 3, 11, 16, tzinfo=COPENHAGEN)
    assert send(world, due=closes).promises.get().due_at == closes


def test_a_callback_has_a_number_and_a_slot(world: World) -> None:
    slot = NOON - timedelta(hours=1)
    assert send(world, kind=Handover.Kind.CALLBACK, starts=slot).promises.get().starts_at == slot
    with pytest.raises(RefusedChange):
        send(world, kind=Handover.Kind.CALLBACK)
    with pytest.raises(RefusedChange):
        send(world, kind=Handover.Kind.CALLBACK, starts=slot, card=replace(CARD, contact_number=""))
    with pytest.raises(RefusedChange):
        send(world, kind=Handover.Kind.CALLBACK, starts=MORNING, due=MORNING + timedelta(hours=5))


def test_a_call_is_promised_when_somebody_of_the_unit_can_make_it(world: World) -> None:
    agreement = agreed.draft(world)
    agreed.line(world, agreement, world.david)
    agreed.sign(agreement, world.david, world.ida)
    opens, closes = (datetime(2026, 3, 11, hour, tzinfo=COPENHAGEN) for hour in (10, 12))
    assert send(world, kind=Handover.Kind.CALLBACK, starts=opens, due=closes).promises.exists()
    with pytest.raises(RefusedChange, match="træffetid"):
        send(world, kind=Handover.Kind.CALLBACK, starts=closes + timedelta(hours=3), due=closes + timedelta(hours=4))


def test_units_and_groups_that_have_ended_get_nothing(world: World) -> None:
    unit = world.units["ctb-byliv"]
    group = Group.objects.create(unit=unit, name="Events", valid_to=date(2026, 3, 1))
    with pytest.raises(RefusedChange) as refused:
        send(world, to=Recipient(unit, group=group))
    assert "group" in refused.value.reasons
    unit.valid_to = date(2026, 3, 1)
    unit.save()
    with pytest.raises(RefusedChange) as refused:
        send(world, to=Recipient(unit))
    assert "unit" in refused.value.reasons


def test_people_without_a_role_or_an_account_get_nothing(world: World) -> None:
    unit = world.units["ctb-byliv"]
    with pytest.raises(RefusedChange):
        send(world, to=Recipient(unit, person=world.ukendt))
    world.david.is_active = False
    world.david.save()
    with pytest.raises(RefusedChange):
        send(world, to=Recipient(unit, person=world.david))


def _direct(world: World) -> Enquiry:
    """A question that came to David himself, and so to no contact centre."""
    row = enquiry(world)
    Enquiry.objects.filter(pk=row.pk).update(centre=None)
    row.refresh_from_db()
    return row


@pytest.mark.parametrize(("to", "open_until"), [("ctb-byliv", 16), ("kk", 15)])
def test_what_came_to_no_centre_has_the_hours_of_the_units_centre_or_office_hours(
    world: World, to: str, open_until: int
) -> None:
    unit = Recipient(world.units[to], person=world.david)
    for day, hour, minute in ((15, 3, 0), (15, 12, 0), (16, open_until, 1)):
        closed = datetime(2026, 3, day, hour, minute, tzinfo=COPENHAGEN)
        with pytest.raises(RefusedChange, match="Det kan vi ikke love"):
            send(world, enquiry=_direct(world), to=unit, due=closed)
    sent = send(world, enquiry=_direct(world), to=unit, due=datetime(2026, 3, 16, open_until, tzinfo=COPENHAGEN))
    assert sent.centre is None
    with pytest.raises(RefusedChange, match="Det kan vi ikke love"):
        work.promise(sent, PromisedTime(datetime(2026, 3, 15, 12, tzinfo=COPENHAGEN)), by=world.david, at=MORNING)


def test_deadlines_without_a_centre_stand_still_on_a_sunday(world: World) -> None:
    sent = send(world, enquiry=_direct(world), due=datetime(2026, 3, 16, 10, tzinfo=COPENHAGEN))
    due = deadlines.of_one(sent)
    sunday = datetime(2026, 3, 15, 12, tzinfo=COPENHAGEN)
    assert due.open_seconds_left(sunday) == due.open_seconds_left(sunday + timedelta(hours=6)) == 3600
