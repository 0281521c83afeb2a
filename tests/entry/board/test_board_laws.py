"""Laws of the board for any sequence of events, including invalid and repeated ones."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from indgang.entry.board import kept_desks
from indgang.entry.board.call import Call, Stage
from indgang.entry.board.kept import read_item
from indgang.entry.board.task import TaskItem
from indgang.entry.event_kinds import Kind
from indgang.routing.centre import personal
from indgang.routing.centre.callbacks import Callback
from indgang.routing.centre.desk import Doing
from indgang.routing.distribution.decision import ItemState
from indgang.routing.distribution.line import SeatPresence
from indgang.telephony import contract as tel
from tests import sample
from tests.entry.house import ANNA, BO, DAVID, EVA, House, desks_of, mobile, new_board, plan

PEOPLE = st.sampled_from([ANNA, BO, DAVID, EVA])
ORDERS = st.sampled_from(["ready", "pause", "sign_out", "wrap_up_over", "refuse", "answer", "hang_up"])
ENDS = {Kind.ENDED, Kind.ABANDONED, Kind.LEFT, Kind.CALLBACK_OVER}
PROMISES = {Kind.CALLBACK, Kind.CALLBACK_ORDERED}
ADDRESSES = st.sampled_from(["tel:+4533333333", "queue:byg", "queue:byliv", *(f"person:{n}" for n in (1, 2, 4, 5))])


class AnyDay(RuleBasedStateMachine):
    """A house with random events. `callers` are the legs of the callers who have not hung up."""

    def __init__(self) -> None:
        super().__init__()
        self.house = House()
        self.number = 0
        #: the enquiry that each person has in wrap-up
        self.wrapping: dict[int, str] = {}
        for person in (ANNA, BO, DAVID, EVA):
            self.house.tell(tel.PhoneRegistered(f"p{person}", True, self.house.at))
        self.house.sign_in(ANNA, BO, DAVID)

    def talkers(self) -> list[int]:
        return sorted(call.talk.person for call in self.house.board.calls.values() if call.talk)

    def legs(self) -> list[str]:
        return sorted(self.house.up)

    @rule(person=PEOPLE)
    def sign_in(self, person: int) -> None:
        self.house.ask("sign_in", person)
        self.house.ask("ready", person)

    @rule(person=PEOPLE, at_number=st.booleans())
    def somebody_takes_calls_at_another_telephone(self, person: int, at_number: bool) -> None:
        kind, address = ("number", mobile(person)) if at_number else ("browser", "")
        self.house.ask("sign_in", person, phone_kind=kind, phone_address=address)
        self.house.ask("ready", person)

    def number_legs(self) -> list[str]:
        calls = self.house.board.calls.values()
        return sorted(leg for call in calls for leg in call.number_legs if leg in self.house.up)

    @precondition(lambda self: self.number_legs())
    @rule(data=st.data(), key=st.sampled_from("112"))
    def somebody_takes_a_call_at_their_own_number(self, data: st.DataObject, key: str) -> None:
        leg = data.draw(st.sampled_from(self.number_legs()))
        if not self.house.up[leg]:
            self.house.answer(leg)
        self.house.press(leg, key)

    @rule(
        person=PEOPLE,
        kind=st.sampled_from(["ready", "pause", "sign_out", "wrap_up_over", "refuse", "answer", "hang_up"]),
    )
    def people_do(self, person: int, kind: str) -> None:
        self.house.ask(kind, person)

    @precondition(lambda self: self.talkers())
    @rule(data=st.data(), kind=st.sampled_from(["hold", "resume", "join", "consult_end", "complete_transfer"]))
    def talkers_do(self, data: st.DataObject, kind: str) -> None:
        self.house.ask(kind, data.draw(st.sampled_from(self.talkers())))

    @precondition(lambda self: self.talkers())
    @rule(data=st.data())
    def a_page_is_loaded_anew(self, data: st.DataObject) -> None:
        person = data.draw(st.sampled_from(self.talkers()))
        talks = [call.talk for call in self.house.board.calls.values() if call.talk and call.talk.person == person]
        if talks[0].leg in self.house.up:
            self.house.gone(talks[0].leg)

    @precondition(lambda self: self.talkers())
    @rule(data=st.data(), kind=st.sampled_from(["consult", "transfer"]), address=ADDRESSES)
    def ask_in(self, data: st.DataObject, kind: str, address: str) -> None:
        self.house.ask(kind, data.draw(st.sampled_from(self.talkers())), address=address)

    @rule(person=PEOPLE, seconds=st.sampled_from([30, 60, 300]), busy=st.booleans())
    def callers_are_to_wait_for_one_person(self, person: int, seconds: int, busy: bool) -> None:
        if busy:
            self.house.ask("dial", person, number="+4520304050")
        self._arrive("1")
        for _ in range(2):
            for ring in self.house.ringing():
                self.house.answer(ring.leg)
        for talker in self.talkers():
            if talker != person:
                self.house.ask("transfer", talker, address=f"person:{person}", wait=seconds)

    @rule(data=st.data(), person=PEOPLE)
    def a_caller_is_taken_back_to_the_queue(self, data: st.DataObject, person: int) -> None:
        calls = sorted(self.house.board.calls)
        if calls:
            self.house.ask("take_back", person, enquiry=data.draw(st.sampled_from(calls)))

    @precondition(lambda self: self.talkers())
    @rule(
        data=st.data(), last=st.sampled_from(["join", "complete_transfer", "consult_end", "hang_up"]), address=ADDRESSES
    )
    def a_consultation_is_answered(self, data: st.DataObject, last: str, address: str) -> None:
        person = data.draw(st.sampled_from(self.talkers()))
        before = {ring.leg for ring in self.house.ringing()}
        self.house.ask("consult", person, address=address)
        for ring in self.house.ringing():
            if ring.leg not in before:
                self.house.answer(ring.leg)
        self.house.ask(last, person)

    @rule(person=PEOPLE)
    def dial(self, person: int) -> None:
        self.house.ask("dial", person, number="+4520304050")

    @rule(person=PEOPLE, number=st.sampled_from(["+4520304011", "+4520304012", "+4520304099"]), later=st.booleans())
    def a_callback_is_ordered(self, person: int, number: str, later: bool) -> None:
        due = (self.house.at + timedelta(seconds=100)).isoformat() if later else None
        self.house.ask("callback_order", person, number=number, queue="byg", due=due)

    def enquiries_promised(self) -> list[str]:
        return sorted(callback.story for callback in self.callbacks())

    @rule(people=st.lists(PEOPLE, min_size=1, max_size=2), number=st.integers(1, 4))
    def a_task_is_offered(self, people: list[int], number: int) -> None:
        self.house.ask("task_offer", EVA, task=str(UUID(int=number)), enquiry=str(UUID(int=99)), people=people)

    @rule(person=PEOPLE, kind=st.sampled_from(["take", "accept", "reject", "put_back", "done", "withdraw"]),
          number=st.integers(1, 4))  # fmt: skip
    def something_is_done_with_a_task(self, person: int, kind: str, number: int) -> None:
        self.house.ask(f"task_{kind}", person, task=str(UUID(int=number)))

    def tasks(self) -> list[TaskItem]:
        return [item for item in self.house.board.centre.items.values() if isinstance(item, TaskItem)]

    def callbacks(self) -> list[Callback]:
        return [item for item in self.house.board.centre.items.values() if isinstance(item, Callback)]

    @precondition(lambda self: self.callbacks())
    @rule(data=st.data(), person=PEOPLE, kind=st.sampled_from(["take", "take", "give_back", "cancel"]))
    def something_is_done_with_a_callback(self, data: st.DataObject, person: int, kind: str) -> None:
        enquiry = data.draw(st.sampled_from(self.enquiries_promised()))
        self.house.ask(f"callback_{kind}", person, enquiry=enquiry)

    @rule(person=PEOPLE, reached=st.booleans())
    def a_callback_is_accepted(self, person: int, reached: bool) -> None:
        before = {ring.leg for ring in self.house.ringing()}
        self.house.ask("answer", person)
        for _ in range(2 if reached else 1):
            for ring in self.house.ringing():
                if ring.leg not in before:
                    self.house.answer(ring.leg)

    @rule(person=PEOPLE, agent=PEOPLE, mode=st.sampled_from(["listen", "whisper", "barge_in"]))
    def monitor(self, person: int, agent: int, mode: str) -> None:
        self.house.ask("monitor", person, person=agent, mode=mode)

    @rule(key=st.sampled_from(["1", "1", "2", "3", ""]))
    def a_call_arrives(self, key: str) -> None:
        self._arrive(key)

    @rule(key=st.sampled_from("12"))
    def a_call_is_answered(self, key: str) -> None:
        self._arrive(key)
        for ring in self.house.ringing():
            self.house.answer(ring.leg)

    def _arrive(self, key: str) -> None:
        self.number += 1
        self.house.call(f"caller-{self.number}", f"+45203040{self.number % 90 + 10}")
        if key:
            self.house.press(f"caller-{self.number}", key)

    @rule(data=st.data(), key=st.sampled_from("123459*#"))
    def a_key_is_pressed(self, data: st.DataObject, key: str) -> None:
        if self.legs():
            self.house.press(data.draw(st.sampled_from(self.legs())), key)

    @precondition(lambda self: self.house.ringing())
    @rule(data=st.data(), how=st.sampled_from(["answer", "answer", "refuse", "busy", "unreachable"]))
    def a_phone_is_answered_or_not(self, data: st.DataObject, how: str) -> None:
        leg = data.draw(st.sampled_from(sorted(ring.leg for ring in self.house.ringing())))
        if how == "answer":
            self.house.answer(leg)
            return
        why = {"refuse": tel.Failure.REFUSED, "busy": tel.Failure.BUSY, "unreachable": tel.Failure.UNREACHABLE}[how]
        self.house.up.pop(leg)
        self.house.tell(tel.Failed(leg, why, self.house.at))

    @precondition(lambda self: self.house.up)
    @rule(data=st.data())
    def somebody_hangs_up(self, data: st.DataObject) -> None:
        self.house.gone(data.draw(st.sampled_from(self.legs())))

    @rule(seconds=st.sampled_from([1, 7, 16, 31, 200]))
    def time_passes(self, seconds: int) -> None:
        self.house.wait(seconds)

    @rule(data=st.data())
    def a_prompt_ends(self, data: st.DataObject) -> None:
        plays = self.house.ordered(tel.Play)
        if plays:
            play = data.draw(st.sampled_from(plays[-5:]))
            self.house.tell(tel.Played(play.leg, play.playback, self.house.at))

    @rule(person=PEOPLE, on=st.booleans())
    def a_phone_comes_or_goes(self, person: int, on: bool) -> None:
        self.house.tell(tel.PhoneRegistered(f"p{person}", on, self.house.at))

    @precondition(lambda self: self.house.up)
    @rule(data=st.data(), back=st.booleans())
    def nothing_can_be_written_for_a_caller(self, data: st.DataObject, back: bool) -> None:
        leg = data.draw(st.sampled_from(self.legs()))
        outcome = self.house.board.fall_back(leg, self.house.at)
        if outcome is not None:
            self.house._take(outcome)
        if back:
            self.house.wait(5)
            self.house.tell(tel.Arrived(leg, "", "", "", self.house.at)) if leg.startswith("caller") else None

    @rule()
    def the_exchange_tries_us_again(self) -> None:
        for call in [call for call in self.house.board.calls.values() if call.stands_still]:
            self.house.tell(tel.Arrived(call.leg, call.dialled, call.contact, "", self.house.at))

    @rule(for_good=st.booleans())
    def nothing_can_be_written(self, for_good: bool) -> None:
        self.house._take(self.house.board.halt(self.house.at))
        if not for_good:
            self.house.wait(20)
            self.it_can_be_written_again()

    @rule()
    def it_can_be_written_again(self) -> None:
        self.house._take(self.house.board.go_on(self.house.at))

    @rule(ended=st.booleans())
    def the_exchange_is_lost(self, ended: bool) -> None:
        self.house.tell(tel.Lost("cut", self.house.at, ended=ended))
        if ended:
            self.house.up.clear()

    @rule(phones=st.frozensets(st.sampled_from(["p1", "p2", "p4", "p5"])))
    def the_exchange_is_back(self, phones: frozenset[str]) -> None:
        house = self.house
        house.up = {leg: up for leg, up in house.up.items() if up or leg.startswith("caller")}
        ours = {call.leg: call for call in house.board.calls.values()}
        here = {leg: up for leg, up in house.up.items() if not (leg in ours and ours[leg].stands_still)}
        for leg in house.up.keys() - here.keys():
            house.up.pop(leg)  # a caller in the exchange's fallback plan is unknown to the board until reported
        legs = tuple(tel.LegUp(leg, up, None, "+4533661000", "") for leg, up in here.items())
        house.tell(tel.Connected(legs, house.at, phones))

    @rule()
    def the_clock_jumps_back(self) -> None:
        self.house.at -= timedelta(seconds=40)

    @rule()
    def the_switchboard_is_killed_and_starts_again(self) -> None:
        house = self.house
        plans = {person: desk.afterwards for person, desk in house.board.desks.items() if desk.signed_in}
        takes_work = {person: self._presence(person) for person in plans}
        board = new_board(plan(), max(house.at, house.board.at))
        house._take(board.restore([read_item(kept) for kept in house.kept.values()],
                                  desks_of(house.board), house.at))  # fmt: skip
        house.board = board
        for person, planned in plans.items():
            desk = board.desks[person]
            as_before = (desk.afterwards, self._presence(person)) == (planned, takes_work[person])
            assert as_before or (planned and desk.doing is planned[0]), desk
        house.tell(
            tel.Connected(
                tuple(tel.LegUp(leg, up, None, "", "") for leg, up in house.up.items()),
                house.at,
            )
        )
        house.wait(0)  # handle the timers that ran out meanwhile

    def _presence(self, person: int) -> SeatPresence | None:
        return self.house.board.centre.distributor.presence_of(str(person))

    # --- laws ------------------------------------------------------------------------------------

    @invariant()
    def each_wrap_up_ends_with_one_event(self) -> None:
        desks = self.house.board.desks
        now = {person: desk.wrapping for person, desk in desks.items() if desk.wrapping is not None}
        written = [event.stream for event in self.house.events if event.kind is Kind.WRAPPED_UP]
        for person, enquiry in self.wrapping.items():
            assert now.get(person) == enquiry or enquiry in written, f"the wrap-up of {enquiry} is forgotten"
        self.wrapping = now
        assert all(desk.doing is not Doing.WRAP_UP or desk.wrapping for desk in desks.values())

    @invariant()
    def what_is_kept_of_a_desk_is_what_it_is(self) -> None:
        for desk in self.house.board.desks.values():
            if desk.signed_in:
                kept = kept_desks.as_data(desk, self._presence(desk.person))
                assert self.house.presences[desk.person].kept == kept, desk

    @invariant()
    def every_caller_who_is_up_has_exactly_one_call(self) -> None:
        owned = [call.leg for call in self.house.board.calls.values()]
        assert len(owned) == len(set(owned))
        for leg in self.house.up:
            if leg.startswith("caller-"):
                assert leg in owned, f"{leg} is lost"

    @invariant()
    def every_call_has_exactly_one_state(self) -> None:
        board = self.house.board
        for call in board.calls.values():
            waits = call.waits
            if waits and board.telephones.is_in_reach(call):
                assert board.centre.distributor.state_of(call.id) in (ItemState.WAITING, ItemState.OFFERED)
            flow_has_it = call.flow is not None and not call.flow.has_ended and call.stage is Stage.FLOW
            handed_on = call.consult is not None and call.talk is None
            states = [waits or flow_has_it or call.stands_still, call.talk is not None, handed_on]
            assert sum(states) == 1, (call, states)

    @invariant()
    def no_agent_has_two_calls_and_no_call_rings_at_two(self) -> None:
        board = self.house.board
        holders: dict[int, list[str]] = {}
        for call in board.calls.values():
            asked = (call.offer, call.talk, call.consult)
            for person in {each.person for each in asked if each is not None and each.person is not None}:
                holders.setdefault(person, []).append(call.id)
        for person, calls in holders.items():
            assert len(calls) == 1, (person, calls)
            assert board.telephones.phone(person).call == calls[0]

    @invariant()
    def who_waits_for_one_person_is_offered_to_nobody_else_and_not_for_longer_than_was_said(self) -> None:
        board = self.house.board
        for call in board.calls.values():
            if call.reserved_by is None:
                continue
            assert call.waits
            assert call.offer is None or call.offer.person == call.reserved_for
            desk = board.desks[call.reserved_for or 0]
            assert not board.telephones.is_in_reach(call) or desk.doing in personal.WORTH_WAITING_FOR, desk
            assert call.reserved_until is not None
            if board.telephones.is_in_reach(call):
                assert not call.is_time_up(board.at) or call.offer is not None, "the time is up"

    @invariant()
    def whoever_is_waited_for_and_free_is_offered_it(self) -> None:
        board = self.house.board
        for person, waiting in board.centre.reserved.items():
            desk = board.desks[person]
            calls = [board.calls[call] for call in waiting if board.telephones.is_in_reach(board.calls[call])]
            able = [call for call in calls if board.telephones.rings_at(person, call.exchange) and not call.delays]
            assert not able or desk.doing is not Doing.READY or desk.afterwards, (desk, able)

    @invariant()
    def a_task_waits_or_is_in_one_persons_hand(self) -> None:
        board = self.house.board
        for task in self.tasks():
            holders = [desk.person for desk in board.desks.values() if task.id in desk.in_hand and task.offer is None]
            assert holders == ([task.holder] if task.holder is not None else []), task
            assert task.waits == (task.holder is None), task

    @invariant()
    def two_things_never_ring_at_one_person(self) -> None:
        items = self.house.board.centre.items.values()
        offered = [item.offer.person for item in items if item.offer is not None]
        assert len(offered) == len(set(offered))
        for person in offered:
            call = self.house.board.telephones.call_at(person)
            rings_for = (call.offer, call.consult and call.consult.offer) if call else ()
            assert call is None or any(rings_for), "what is offered rings beside a conversation"

    @invariant()
    def a_desk_without_a_call_does_not_say_it_has_one(self) -> None:
        board = self.house.board
        for desk in board.desks.values():
            call = board.telephones.phone(desk.person).call
            at_hand = [board.centre.items[item] for item in desk.in_hand]
            if desk.doing is Doing.TALKING:
                assert call in board.calls, desk
            if desk.doing is Doing.RINGING:
                assert call in board.calls or any(item.offer for item in at_hand), desk
            assert call is None or call in board.calls, desk
            assert (call is None) == all(isinstance(item, Callback | TaskItem) for item in at_hand), desk
            assert desk.signed_in or call or not at_hand, "whoever left took a promise along"
            assert sorted(board.centre.distributor.in_hand(str(desk.person))) == sorted(desk.in_hand), desk

    @invariant()
    def legs_that_are_up_belong_to_a_call(self) -> None:
        for leg in self.house.up:
            assert leg in self.house.board.legs, f"{leg} is up and belongs to nobody"

    @invariant()
    def a_number_that_answered_is_connected_with_nobody_before_the_key_is_pressed(self) -> None:
        for call in self.house.board.calls.values():
            assert call.number_legs.keys() <= self.house.board.legs.keys()
            for leg, own in call.number_legs.items():
                if own.key_due is not None:
                    assert call.talk is None or call.talk.leg != leg or call.stage is Stage.DIALLING
                    assert call.consult is None or call.consult.leg != leg or not call.consult.is_talking

    @invariant()
    def every_enquiry_ends_once_and_nothing_happens_to_it_afterwards_but_wrap_up(self) -> None:
        ended: set[str] = set()
        promised: set[str] = set()
        for event in self.house.events:
            if event.stream in ended:
                assert event.kind is Kind.WRAPPED_UP, event
            if event.kind in PROMISES and not event.data.get("standing"):
                promised.add(event.stream)
            elif event.kind in ENDS and not (event.kind is Kind.LEFT and event.stream in promised):
                ended.add(event.stream)
        assert not ended & self.house.board.calls.keys()
        live = {item.stream for item in self.house.board.centre.items.values()}
        assert promised <= live | ended, "a promise is forgotten"

    @invariant()
    def what_is_kept_for_a_restart_is_what_is_up(self) -> None:
        by_themselves = {each.id for each in (*self.callbacks(), *self.tasks())}
        assert self.house.kept.keys() == self.house.board.calls.keys() | by_themselves
        for task in self.tasks():
            assert self.house.kept[task.id] == task.as_data()
        for callback in self.callbacks():
            assert self.house.kept[callback.id] == callback.as_data()
            assert callback.call in ("", *self.house.board.calls), "a promise whose call is over holds again"
        for call in self.house.board.calls.values():
            kept = Call.from_data(self.house.kept[call.id])
            assert kept.talk == call.talk
            assert kept.as_data().get("consult") == call.as_data().get("consult")
            assert kept.queued_since == call.queued_since


AnyDay.TestCase.settings = settings(max_examples=sample.examples(60), stateful_step_count=50)
TestAnyDay = AnyDay.TestCase
