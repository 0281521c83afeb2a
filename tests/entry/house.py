"""A small house for the board's tests: two queues, a menu, three agents, and a driver that acts as the exchange."""

from __future__ import annotations

import itertools
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from indgang.core.barring import Barring
from indgang.entry.board import kept_desks
from indgang.entry.board.board import Board
from indgang.entry.board.call import Phone
from indgang.entry.board.kept_desks import KeptDesk
from indgang.entry.board.outcome import Ask, BoardOutcome
from indgang.entry.journal import OrderAnswer
from indgang.events.event import EventKind
from indgang.routing.centre.desk import Desk
from indgang.routing.centre.plan import EntryPlan, PersonPlan, Plan, QueuePlan
from indgang.routing.distribution.requirement import QueueRule
from indgang.routing.flows import data
from indgang.telephony import contract as tel

START = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
EXCHANGE = "exchange"
NUMBER = "+4533661000"
ANNA, BO, DAVID, EVA = 1, 2, 4, 5

FLOW = {
    "code": "erhverv",
    "version": 1,
    "title": "Erhverv",
    "start": "menu",
    "steps": [
        {"id": "menu", "kind": "menu", "prompts": ["menu"], "keys": {"1": "byg", "2": "byliv", "3": "besked"},
         "on_exhausted": "byg", "retries": 1, "timeout": 5},
        {"id": "byg", "kind": "queue", "queue": "byg", "max_wait": 600, "on_max_wait": "besked"},
        {"id": "byliv", "kind": "queue", "queue": "byliv", "max_wait": 600, "on_max_wait": "besked"},
        {"id": "besked", "kind": "take_message", "queue": "byg", "prompts": ["besked"], "on_empty": "farvel"},
        {"id": "farvel", "kind": "hang_up", "prompts": ["farvel"]},
    ],
}  # fmt: skip


def mobile(person: int) -> str:
    """Returns the number of the person's own mobile."""
    return f"+452020200{person}"


def own(person: int) -> frozenset[str]:
    return frozenset({mobile(person)})


def plan(*, wrap_up: float = 30.0) -> Plan:
    flow = data.parse(FLOW)
    queues = {
        code: QueuePlan(QueueRule(code, wrap_up_seconds=wrap_up, ring_seconds=15.0), name, "tmf")
        for code, name in (("byg", "Byggesager"), ("byliv", "Byliv"), ("safe", "Sikker kø"))
    }
    everywhere = frozenset(queues)
    return Plan(
        entries={NUMBER: EntryPlan(1, NUMBER, "Erhverv", "tmf", "erhverv")},
        flows={"erhverv": flow},
        versions={("erhverv", 1): flow},
        flow_centres={"erhverv": "tmf"},
        queues=queues,
        schedules={},
        people={
            ANNA: PersonPlan(ANNA, "Anna", "p1", everywhere, centres=frozenset({"tmf"}), own_numbers=own(ANNA)),
            BO: PersonPlan(BO, "Bo", "p2", frozenset({"byg"}), centres=frozenset({"tmf"}), own_numbers=own(BO)),
            DAVID: PersonPlan(DAVID, "David", "p4", own_numbers=own(DAVID)),
            EVA: PersonPlan(EVA, "Eva", "p5", own_numbers=own(EVA)),
        },
        leaders={EVA: frozenset({"tmf"})},
        supervisors={EVA: frozenset({"tmf"})},
        safe_queue="safe",
        prompts=frozenset({"menu.da", "besked.da", "farvel.da", "linjen-afbrudt.da"}),
        barring=Barring(phones=frozenset({"10.0.0.0/8"})),
    )


_NUMBERS = itertools.count(1)


def new_board(of: Plan, at: datetime) -> Board:
    """An empty board that numbers its enquiries instead of giving them random ids."""
    return Board(of, at, lambda: f"enquiry-{next(_NUMBERS)}")


def desks_of(board: Board) -> list[KeptDesk]:
    """The desks and their telephones as a restart reads them. The restored calls put ringing and talking back."""
    return [_read_again(board, desk) for desk in board.desks.values()]


def _read_again(board: Board, desk: Desk) -> KeptDesk:
    columns = Desk(
        desk.person, desk.name, desk.doing, desk.reason, desk.since, desk.signed_in_at,
        wrap_up_until=desk.wrap_up_until,
    )  # fmt: skip
    kept = kept_desks.as_data(desk, board.centre.distributor.presence_of(desk.agent))
    was = board.telephones.phone(desk.person)
    phone = Phone(desk.person, was.kind, was.address)
    return kept_desks.put_back(columns, phone, json.loads(json.dumps(kept)))


@dataclass
class House:
    """The board with a clock and an exchange that carries out every order."""

    board: Board = field(default_factory=lambda: new_board(plan(), START))
    at: datetime = START
    events: list[Any] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    orders: list[tel.Order] = field(default_factory=list)
    up: dict[str, bool] = field(default_factory=dict)
    kept: dict[str, Any] = field(default_factory=dict)
    presences: dict[int, Any] = field(default_factory=dict)
    commands: int = 0
    last_answer: OrderAnswer | None = None
    is_new: bool = True

    def __post_init__(self) -> None:
        if self.is_new:
            self.tell(tel.Connected((), self.at))

    def tell(self, report: tel.Report) -> BoardOutcome:
        return self._take(self.board.report(EXCHANGE, report))

    def ask(self, kind: str, who: int, /, **payload: Any) -> OrderAnswer:
        self.commands += 1
        self._take(self.board.ask(Ask(self.commands, kind, who, payload), self.at))
        assert self.last_answer is not None
        return self.last_answer

    def wait(self, seconds: float) -> None:
        """Let time pass, with a tick whenever the board has asked for one."""
        end = self.at + timedelta(seconds=seconds)
        while (due := self.board.next_due()) is not None and due <= end:
            self.at = max(self.at, due)
            self._take(self.board.tick(self.at))
        self.at = end
        self._take(self.board.tick(self.at))

    def sign_in(self, *people: int) -> None:
        for person in people:
            self.tell(tel.PhoneRegistered(f"p{person}", True, self.at))
            self.ask("sign_in", person)
            self.ask("ready", person)

    def at_mobile(self, *people: int) -> None:
        """Sign these people in with their own mobiles, and make them ready."""
        for person in people:
            assert self.ask("sign_in", person, phone_kind="number", phone_address=mobile(person)).done
            assert self.ask("ready", person).done

    def call(self, leg: str = "caller-1", number: str = "+4520304050") -> str:
        """A caller arrives. Returns the enquiry's id."""
        self.up[leg] = False
        self.tell(tel.Arrived(leg, NUMBER, number, "", self.at))
        return self.board.legs[leg][0]

    def press(self, leg: str, key: str) -> None:
        self.tell(tel.Keyed(leg, key, self.at))

    def answer(self, leg: str) -> None:
        self.up[leg] = True
        self.tell(tel.Answered(leg, self.at))

    def gone(self, leg: str) -> None:
        self.up.pop(leg, None)
        self.tell(tel.Gone(leg, self.at))

    def ringing(self) -> list[tel.Ring]:
        """Returns the orders of the legs that ring: dialled, not answered, not hung up."""
        return [order for order in self.orders if isinstance(order, tel.Ring) and self.up.get(order.leg) is False]

    def kinds(self, enquiry: str) -> list[EventKind[Any]]:
        return [event.kind for event in self.events if event.stream == enquiry]

    def ordered(self, kind: type) -> list[Any]:
        return [order for order in self.orders if isinstance(order, kind)]

    def _take(self, outcome: BoardOutcome) -> BoardOutcome:
        self.events += outcome.batch.events
        self.alerts += [alert.code for alert in outcome.batch.alerts if not alert.over]
        for call, kept in outcome.batch.items.items():
            if kept is None:
                self.kept.pop(call, None)
            else:
                self.kept[call] = kept
        self.presences |= outcome.batch.presences
        for _exchange, order in outcome.orders:
            self.orders.append(order)
            if isinstance(order, tel.Ring):
                self.up[order.leg] = False
            elif isinstance(order, tel.Hangup):
                self.up.pop(order.leg, None)
            elif isinstance(order, tel.Answer):
                self.up[order.leg] = True
        if outcome.batch.answers:
            self.last_answer = outcome.batch.answers[-1]
        return outcome
