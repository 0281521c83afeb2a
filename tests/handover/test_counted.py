"""What hand-overs and promises count in the figures, and that their contacts stand behind them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.handover import work
from indgang.handover.promises import PromisedTime
from indgang.measures.definitions import Figure, definition
from indgang.measures.period import Period
from indgang.measures.rollups import contacts_behind, counting, reading, recomputing
from indgang.measures.rollups.contacts_behind import BehindWhat
from indgang.measures.totals import Totals
from tests.handover.sent import NOON, send
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db(transaction=True)
AFTERNOON = NOON + timedelta(hours=2)
DAY = MORNING.date()


def figure(code: str, totals: Totals) -> Figure:
    return definition(code, on=DAY).of(totals)


def test_promises_and_returns_are_figures_with_their_contacts(world: World) -> None:
    kept, late, moved, cancelled, back = (send(world) for _each in range(5))
    work.close(kept, outcome="answered", told_again=False, by=world.david, at=MORNING)
    work.close(late, outcome="answered", told_again=False, by=world.david, at=AFTERNOON)
    work.promise(moved, PromisedTime(AFTERNOON + timedelta(hours=1)), by=world.david, at=MORNING)
    work.cancel(cancelled, by=None, at=MORNING)
    work.give_back(back, why="wrong_place", note="", by=world.david, at=MORNING)
    counting.follow()
    totals = reading.totals(Period.day(DAY))[""]
    assert figure("promises_kept", totals) == Figure(50.0, 2)
    assert figure("handovers_returned", totals) == Figure(25.0, 4)
    assert not list(recomputing.differences(Period.day(DAY)))
    for code, enquiries in (
        ("promises_kept", {kept.enquiry_id, late.enquiry_id}),
        ("handovers_returned", {each.enquiry_id for each in (kept, late, moved, back)}),
    ):
        found = contacts_behind.behind(BehindWhat(definition(code, on=DAY), Period.day(DAY), {}))
        assert {row.stream for row in found.rows} == enquiries
    facts = contacts_behind.of_stream(back.enquiry_id)
    assert ("handovers", True) in {(fact.key.measure, fact.part) for fact in facts}
