"""The contract of all carriers, including one for a kind of work that the product does not know."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from indgang.entry.event_kinds import Kind
from indgang.routing.centre.desk import Doing
from indgang.routing.centre.work import WorkItem
from indgang.routing.distribution.requirement import TASK
from tests.entry.board.stages import STAGES, MailStage, Stage
from tests.entry.house import BO, DAVID


@pytest.fixture(params=STAGES, ids=lambda kind: kind.__name__.removesuffix("Stage").lower())
def stage(request: pytest.FixtureRequest) -> Stage:
    make: Callable[[], Stage] = request.param
    return make()


def offered_to(item: WorkItem) -> int | None:
    return item.offer.person if item.offer else None


def test_it_waits_until_somebody_can_be_reached_and_is_then_offered_and_seen_there_alone(stage: Stage) -> None:
    item = stage.begin()
    carrier = stage.house.board.centre.carrier(item)
    assert item.waits
    assert carrier.is_up(item)
    assert (offered_to(item), stage.shown_at(item)) == (None, set())
    stage.house.sign_in(BO, DAVID)
    first = offered_to(item)
    assert first in (BO, DAVID)
    assert stage.shown_at(item) == {first}
    assert stage.house.board.desks[first].doing is Doing.RINGING
    desk = stage.house.board.desks[first]
    able = {
        skill: level
        for each in stage.house.board.centre.carriers.values()
        for skill, level in each.skills_at(desk).items()
    }
    assert carrier.needs(item).items() <= able.items(), "whoever is offered it has what it needs"


def test_nobody_is_offered_it_whom_the_carrier_cannot_reach(stage: Stage) -> None:
    item = stage.begin()
    stage.lose()
    assert not stage.house.board.centre.carrier(item).is_up(item)
    stage.house.sign_in(BO, DAVID)
    stage.house.wait(5)
    assert (offered_to(item), stage.shown_at(item)) == (None, set())
    stage.restore()
    stage.house.wait(5)
    assert stage.shown_at(item) == {offered_to(item)} != {None}


def test_an_offer_that_nobody_reacts_to_is_withdrawn_and_goes_to_another(stage: Stage) -> None:
    item = stage.begin()
    stage.house.sign_in(BO, DAVID)
    first = offered_to(item)
    assert first is not None
    stage.house.wait(stage.offer_seconds + 1)
    second = offered_to(item)
    assert {first, second} == {BO, DAVID}
    assert stage.shown_at(item) == {second}
    blamed = Doing.READY if item.kind == TASK else Doing.NOT_RESPONDING
    assert stage.house.board.desks[first].doing is blamed, "no telephone rings for a task"


def test_an_offer_that_is_refused_goes_to_another_and_blames_nobody(stage: Stage) -> None:
    item = stage.begin()
    stage.house.sign_in(BO, DAVID)
    first = offered_to(item)
    assert first is not None
    stage.refuse(item, first)
    second = offered_to(item)
    assert {first, second} == {BO, DAVID}
    assert stage.shown_at(item) == {second}
    assert stage.house.board.desks[first].doing is Doing.READY


def test_who_goes_home_is_offered_nothing_more(stage: Stage) -> None:
    item = stage.begin()
    stage.house.sign_in(BO, DAVID)
    first = offered_to(item)
    assert first is not None
    stage.house.ask("sign_out", first)
    assert {first, offered_to(item)} == {BO, DAVID}
    assert stage.shown_at(item) == {offered_to(item)}


def test_what_is_accepted_is_in_one_persons_hand_until_it_ends(stage: Stage) -> None:
    item = stage.begin()
    stage.house.sign_in(BO, DAVID)
    person = offered_to(item)
    assert person is not None
    stage.accept(item, person)
    desk = stage.house.board.desks[person]
    assert not item.waits
    assert stage.shown_at(item) == set()
    assert len(desk.in_hand) == 1
    assert desk.doing in (Doing.TALKING, Doing.WORKING)
    stage.end(item, person)
    assert desk.in_hand == []
    assert item.id not in stage.house.board.centre.items
    assert desk.doing in (Doing.READY, Doing.WRAP_UP)
    stage.house.wait(31)
    assert desk.doing is Doing.READY


def test_what_can_wait_goes_back_to_its_place_when_its_person_goes_home(stage: Stage) -> None:
    item = stage.begin()
    stage.house.sign_in(BO)
    stage.accept(item, BO)
    stage.house.wait(60)
    stage.house.ask("sign_out", BO)
    stage.house.sign_in(DAVID)
    goes_on = stage.can_be_laid_down and item.kind != TASK  # a task stays theirs, off the board
    assert stage.shown_at(item) == ({DAVID} if goes_on else set())
    assert (stage.house.board.desks[BO].doing is Doing.SIGNED_OUT) is stage.can_be_laid_down


def test_the_same_people_take_the_next_one(stage: Stage) -> None:
    """An ended item leaves nothing behind that blocks the next one."""
    item = stage.begin()
    stage.house.sign_in(BO)
    stage.accept(item, BO)
    stage.end(item, BO)
    stage.house.wait(31)
    if stage.house.board.calls:
        stage.house.gone("caller")
        stage.house.wait(31)
    again = stage.begin()
    assert stage.shown_at(again) == {BO}


# --- a kind that the product does not know --------------------------------------------------------


def test_a_mail_is_interrupted_by_a_call_and_is_there_again_afterwards() -> None:
    stage = MailStage()
    house = stage.house
    house.sign_in(BO)
    mail = stage.begin()
    stage.accept(mail, BO)
    desk = house.board.desks[BO]
    assert desk.doing.value == "working"
    call = house.call("caller-1")
    house.press("caller-1", "1")
    assert desk.doing.value == "ringing", "a call may come while a mail is open"
    house.answer(house.ringing()[-1].leg)
    assert (desk.doing, desk.in_hand) == (Doing.TALKING, [mail.id, call])
    another = stage.begin()
    assert stage.shown_at(another) == set(), "while talking nobody is offered a mail"
    house.ask("hang_up", BO)
    assert (desk.doing, desk.in_hand) == (Doing.WRAP_UP, [mail.id])
    house.wait(31)
    assert (desk.doing, desk.in_hand) == (Doing.WORKING, [mail.id])
    assert stage.shown_at(another) == set(), "one mail at a time"
    stage.end(mail, BO)
    assert stage.shown_at(another) == {BO}


def test_a_mail_that_is_only_offered_makes_room_for_a_call() -> None:
    stage = MailStage()
    house = stage.house
    house.sign_in(BO)
    mail = stage.begin()
    stage.refuse(mail, BO)
    house.call("caller-1")
    house.press("caller-1", "1")
    house.answer(house.ringing()[-1].leg)
    house.ask("hang_up", BO)
    house.wait(31)
    assert stage.shown_at(mail) == {BO}
    kinds = house.kinds(mail.id)
    assert kinds[:3] == [Kind.QUEUED, Kind.OFFERED, Kind.WITHDRAWN]
    assert kinds[-1] == Kind.OFFERED
