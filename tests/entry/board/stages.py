"""One stage for each kind of work, for the contract that all carriers keep (`test_carriers`).

Bo and David take items of the queue "byg"; Anna is the agent who starts a consult. The product has no work item of the
kind mail: this one shows what a carrier needs when no telephone is involved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from indgang.entry.board import callbacks, tasks
from indgang.entry.board.board import Board
from indgang.entry.board.call import Call, Consult
from indgang.entry.board.outcome import BoardOutcome
from indgang.entry.board.task import OFFER_SECONDS, TaskItem
from indgang.routing.centre import offers, presence
from indgang.routing.centre.callbacks import Callback
from indgang.routing.centre.core import Core
from indgang.routing.centre.desk import Desk
from indgang.routing.centre.plan import ONE_CONVERSATION, Plan
from indgang.routing.centre.work import Offered, WorkItem
from indgang.routing.distribution.requirement import Skill
from indgang.routing.flows import state as fs
from tests.entry.house import ANNA, BO, DAVID, EVA, START, House, plan

MAIL = "mail"
MAILBOX: Skill = "mailbox"


class OpenBoard(Board):
    """A board that also accepts actions for which it has no order."""

    def act(self, action: Callable[[Core], None], at: datetime) -> BoardOutcome:
        self._begin(at)
        action(self.centre)
        return self._end()


def open_house() -> House:
    """A house in which Bo and David have a capacity of one for each kind, including mail."""
    base = plan()
    everything = {**ONE_CONVERSATION, MAIL: 1}
    bo, david = (replace(base.people[person], queues=frozenset({"byg"}), capacity=everything) for person in (BO, DAVID))
    return House(_board(replace(base, people={**base.people, BO: bo, DAVID: david})))


def _board(of: Plan) -> OpenBoard:
    numbers = iter(range(1, 10_000))
    return OpenBoard(of, START, lambda: f"item-{next(numbers)}")


class Stage(Protocol):
    """One kind of work, and the actions of its agents and contacts."""

    house: House
    #: for how long an offer is shown, in seconds
    offer_seconds: float
    #: whether an item in hand returns to the queue when its agent goes off duty, instead of staying until it ends
    can_be_laid_down: bool

    def begin(self) -> WorkItem:
        """Create an item that waits in the queue."""

    def shown_at(self, item: WorkItem) -> set[int]:
        """The people who see or hear the item's offer now."""

    def accept(self, item: WorkItem, person: int) -> None: ...
    def refuse(self, item: WorkItem, person: int) -> None: ...
    def end(self, item: WorkItem, person: int) -> None: ...
    def lose(self) -> None: ...
    def restore(self) -> None: ...


class Telephoned:
    """The actions that all kinds with a telephone have in common."""

    offer_seconds = 15.0
    can_be_laid_down = False

    def __init__(self) -> None:
        self.house = open_house()

    def refuse(self, item: WorkItem, person: int) -> None:
        assert self.house.ask("refuse", person).done

    def end(self, item: WorkItem, person: int) -> None:
        assert self.house.ask("hang_up", person).done

    def lose(self) -> None:
        self.house._take(self.house.board.halt(self.house.at))

    def restore(self) -> None:
        self.house._take(self.house.board.go_on(self.house.at))

    def rings(self, leg: str) -> bool:
        return any(ring.leg == leg for ring in self.house.ringing())


class CallStage(Telephoned):
    def begin(self) -> Call:
        leg = f"caller-{len(self.house.board.calls)}"
        call = self.house.call(leg)
        self.house.press(leg, "1")
        return self.house.board.calls[call]

    def shown_at(self, item: WorkItem) -> set[int]:
        return {item.offer.person} if item.offer and self.rings(item.offer.handle) else set()

    def accept(self, item: WorkItem, person: int) -> None:
        assert item.offer is not None
        self.house.answer(item.offer.handle)


class ConsultStage(Telephoned):
    """Anna talks with a caller and consults the queue."""

    def begin(self) -> Consult:
        self.house.sign_in(ANNA)
        call = self.house.call("caller", "+4520304050")
        self.house.press("caller", "2")
        self.house.answer(self.house.ringing()[-1].leg)
        assert self.house.ask("consult", ANNA, address="queue:byg", name="Byggesager").done
        consult = self.house.board.calls[call].consult
        assert consult is not None
        return consult

    def shown_at(self, item: WorkItem) -> set[int]:
        assert isinstance(item, Consult)
        return {item.offer.person} if item.offer and self.rings(item.leg) else set()

    def accept(self, item: WorkItem, person: int) -> None:
        assert isinstance(item, Consult)
        self.house.answer(item.leg)


class CallbackStage(Telephoned):
    def begin(self) -> Callback:
        assert self.house.ask("callback_order", EVA, number="+4520304050", queue="byg").done
        return next(item for item in self.house.board.centre.items.values() if isinstance(item, Callback))

    def shown_at(self, item: WorkItem) -> set[int]:
        shown = {person: callbacks.offered_to(self.house.board.telephones, person) for person in (BO, DAVID)}
        return {person for person, callback in shown.items() if callback is item}

    def accept(self, item: WorkItem, person: int) -> None:
        """The agent's telephone rings first, then the contact's, and both answer."""
        assert self.house.ask("answer", person).done
        for _leg in ("their own", "the contact's"):
            self.house.answer(self.house.ringing()[-1].leg)


@dataclass(slots=True, kw_only=True)
class Mail(WorkItem):
    """A mail that waits for an answer."""

    kind: str = MAIL


class MailCarrier:
    """A carrier for an inbox beside the desk, in which mails are offered, opened, returned and answered."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self.seen: dict[str, int] = {}
        self.up = True

    def is_up(self, item: WorkItem) -> bool:
        return self.up

    def needs(self, item: WorkItem) -> Mapping[Skill, int]:
        return {MAILBOX: 1}

    def skills_at(self, desk: Desk) -> Mapping[Skill, int]:
        return {MAILBOX: 1} if self.up else {}

    def offer(self, item: WorkItem, desk: Desk, offer: Offered) -> Mapping[str, Any]:
        self.seen[item.id] = desk.person
        return {}

    def withdraw(self, item: WorkItem, offer: Offered) -> None:
        del self.seen[item.id]

    def perform(self, item: WorkItem, instruction: fs.Instruction) -> None:
        raise AssertionError(f"no flow leads a mail here: {instruction!r}")

    def nobody_able(self, item: WorkItem) -> None:
        offers.look_again_soon(self._core, item)

    def waits_for_limit(self, item: WorkItem) -> bool:
        return False

    def lay_down(self, item: WorkItem, desk: Desk) -> None:
        offers.finish(self._core, desk, item.id, item, 0.0)
        offers.enqueue(self._core, item, fs.Enqueue(item.queue, 0, item.arrived))


class MailStage:
    offer_seconds = 15.0
    can_be_laid_down = True

    def __init__(self) -> None:
        self.house = open_house()
        self.carrier = MailCarrier(self.house.board.centre)
        self.house.board.centre.carriers[MAIL] = self.carrier

    def act(self, action: Callable[[Core], None]) -> None:
        assert isinstance(self.house.board, OpenBoard)
        self.house._take(self.house.board.act(action, self.house.at))

    def begin(self) -> Mail:
        mail = Mail(id=self.house.board.centre.new_id(), arrived=self.house.at)

        def came(core: Core) -> None:
            core.add(mail)
            offers.enqueue(core, mail, fs.Enqueue("byg", 0, mail.arrived))

        self.act(came)
        return mail

    def shown_at(self, item: WorkItem) -> set[int]:
        return {self.carrier.seen[item.id]} if item.id in self.carrier.seen else set()

    def accept(self, item: WorkItem, person: int) -> None:
        def taken(core: Core) -> None:
            desk = offers.accepted(core, item)
            assert desk is not None
            del self.carrier.seen[item.id]
            presence.show_state(core, desk)

        self.act(taken)

    def refuse(self, item: WorkItem, person: int) -> None:
        self.act(lambda core: offers.rejected(core, item))

    def end(self, item: WorkItem, person: int) -> None:
        def answered(core: Core) -> None:
            offers.finish(core, core.desks[person], item.id, item, 0.0)
            core.forget(item)

        self.act(answered)

    def lose(self) -> None:
        self._set_up(False)

    def restore(self) -> None:
        self._set_up(True)

    def _set_up(self, up: bool) -> None:
        def changed(core: Core) -> None:
            self.carrier.up = up
            for desk in core.desks.values():
                core.reach_changed(desk)

        self.act(changed)


class TaskStage(Telephoned):
    """A task for Bo and David."""

    offer_seconds = OFFER_SECONDS
    can_be_laid_down = True

    def __init__(self) -> None:
        super().__init__()
        self.number = 0

    def begin(self) -> TaskItem:
        self.number += 1
        task_id, enquiry = str(UUID(int=self.number)), str(UUID(int=99))
        assert self.house.ask("task_offer", EVA, task=task_id, enquiry=enquiry, people=[BO, DAVID]).done
        task = self.house.board.centre.items[task_id]
        assert isinstance(task, TaskItem)
        return task

    def shown_at(self, item: WorkItem) -> set[int]:
        shown = {person: tasks.offered_to(self.house.board.telephones, person) for person in (BO, DAVID)}
        return {person for person, task in shown.items() if task is item}

    def accept(self, item: WorkItem, person: int) -> None:
        assert self.house.ask("answer", person).done

    def end(self, item: WorkItem, person: int) -> None:
        assert self.house.ask("task_withdraw", person, task=item.id).done


STAGES: tuple[Callable[[], Stage], ...] = (CallStage, ConsultStage, CallbackStage, TaskStage, MailStage)
