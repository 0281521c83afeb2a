"""What still comes in on old numbers and mail addresses, and when one may be closed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from indgang.core.refusals import RefusedChange
from indgang.correspondence.models import FormerAddress
from indgang.enquiries.models import Channel, Enquiry, State
from indgang.entry.models import EntryPoint, FormerNumber
from indgang.programme.switchover import old_channels
from tests.correspondence import mails
from tests.programme.switchover import made
from tests.programme.switchover.made import OLD_NUMBER
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
_OLD_ADDRESS = "Byg@Kommune.example"


def _listed(world: World) -> FormerNumber:
    made.old_number(world)
    listed: FormerNumber = FormerNumber.objects.create(
        number=OLD_NUMBER, name="Byggesager", entry_point=world.entry_points["+4533661000"],
        valid_from=date(2026, 1, 1),
    )  # fmt: skip
    return listed


def _call(days_ago: int, **more: object) -> None:
    Enquiry.objects.create(
        channel=Channel.PHONE, state=State.REGISTERED, arrived_at=MORNING - timedelta(days=days_ago), **more
    )  # fmt: skip


def test_calls_are_counted_by_the_number_that_was_called(world: World) -> None:
    row = _listed(world)
    point = EntryPoint.objects.get(number=OLD_NUMBER)
    for days in (0, 7, 7, 40):
        _call(days, entry_point=point, dialled=OLD_NUMBER)
    _call(1, entry_point=point, dialled="")  # the caller's data are deleted
    _call(1, entry_point=world.entry_points["+4533661000"], dialled="+4533661000")
    _call(1, dialled=OLD_NUMBER, dialled_by=world.anna)  # we rang it
    _call(1, dialled="+4533173317")  # listed, and no entry
    found = {each.key: each for each in old_channels.all_channels(MORNING)}
    channel = found[OLD_NUMBER]
    assert (channel.total, channel.lately, channel.last) == (5, 4, date(2026, 3, 11))
    assert channel.by_week()[-2:] == [(date(2026, 3, 2), 2), (date(2026, 3, 9), 2)]
    assert (channel.leads_to, channel.closed, channel.may_close) == ("Erhvervsindgangen", None, False)
    assert found["+4533173317"].total == 1
    with pytest.raises(RefusedChange, match="30 dage"):
        old_channels.close_number(row, by=world.finn, at=MORNING)


def test_a_number_that_nobody_calls_is_closed_from_tomorrow_on(world: World) -> None:
    row = _listed(world)
    _call(31, entry_point=EntryPoint.objects.get(number=OLD_NUMBER), dialled=OLD_NUMBER)
    assert old_channels.numbers(MORNING, only=row.pk)[0].may_close
    old_channels.close_number(row, by=world.finn, at=MORNING)
    (closed,) = old_channels.numbers(MORNING, only=row.pk)
    assert (closed.closed, closed.may_close) == (date(2026, 3, 12), False)
    with pytest.raises(RefusedChange, match="allerede"):
        old_channels.close_number(row, by=world.finn, at=MORNING)
    with pytest.raises(RefusedChange, match="teleselskabet"):
        old_channels.close_number(world.former_number, by=world.finn, at=MORNING)


def test_mails_are_counted_by_their_recipients_in_any_case(world: World) -> None:
    box = mails.mailbox(world)
    row = FormerAddress.objects.create(
        address="byg@kommune.example", name="Byg", forwards_to=box, valid_from=date(2026, 1, 1)
    )  # fmt: skip
    mails.receive(box, to=f"Byg <{_OLD_ADDRESS}>", number=1)
    mails.receive(box, to="erhverv@example.dk", number=2, Cc=_OLD_ADDRESS)
    mails.receive(box, to="erhverv@example.dk", number=3)
    mails.receive(box, to="mere-byg@kommune.example", number=4)
    (found,) = old_channels.addresses(MORNING)
    assert (found.total, found.last, found.leads_to) == (2, date(2026, 3, 11), "Erhverv")
    with pytest.raises(RefusedChange, match="30 dage"):
        old_channels.close_address(row, by=world.finn, at=MORNING)
    later = MORNING + timedelta(days=30)
    old_channels.close_address(row, by=world.finn, at=later)
    assert old_channels.addresses(later)[0].closed == date(2026, 4, 11)


def test_a_number_that_was_switched_twice_stands_once_and_one_taken_back_is_not_closed(world: World) -> None:
    row = _listed(world)
    row.valid_to = date(2026, 2, 1)
    row.save()
    (past,) = (each for each in old_channels.all_channels(MORNING) if each.key == OLD_NUMBER)
    assert (past.is_past, past.may_close) == (True, False)
    with pytest.raises(RefusedChange, match="gammelt nummer"):
        old_channels.close_number(row, by=world.finn, at=MORNING)
    again = FormerNumber.objects.create(
        number=OLD_NUMBER, name="Igen", entry_point=world.entry_points["+4533661000"], valid_from=date(2026, 2, 5)
    )  # fmt: skip
    _call(7, entry_point=EntryPoint.objects.get(number=OLD_NUMBER), dialled=OLD_NUMBER)
    (now,) = (each for each in old_channels.all_channels(MORNING) if each.key == OLD_NUMBER)
    assert (now.pk, now.total, now.is_past) == (again.pk, 1, False)


def test_a_number_that_was_taken_back_and_is_to_be_switched_again_stands_as_planned(world: World) -> None:
    row = _listed(world)
    row.valid_to = date(2026, 2, 1)
    row.save()
    numbers = {"numbers": [OLD_NUMBER], "leads_to": world.entry_points["+4533661000"]}
    switch = made.switch(world, **numbers)
    (found,) = (each for each in old_channels.all_channels(MORNING) if each.key == OLD_NUMBER)
    assert found.switch == switch.pk


def test_mails_to_several_old_addresses_are_counted_for_each(world: World) -> None:
    box = mails.mailbox(world)
    for name in ("byg", "vej"):
        FormerAddress.objects.create(
            address=f"{name}@kommune.example", name=name, forwards_to=box, valid_from=date(2026, 1, 1)
        )  # fmt: skip
    mails.receive(box, to="byg@kommune.example", number=1, Cc="Vej@kommune.example")
    mails.receive(box, to="byg@kommune.example", number=2)
    assert [each.total for each in old_channels.addresses(MORNING)] == [2, 1]
    with CaptureQueriesContext(connection) as queries:
        old_channels.addresses(MORNING)
    assert len(queries) == 2
