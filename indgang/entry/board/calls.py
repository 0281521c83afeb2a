"""All calls and telephones, and the basic operations on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime

from indgang.core.dial_rules import Decision, Refusal, decide
from indgang.core.odd_calls import OddCalls
from indgang.entry.board.call import NUMBER, SIP, Call, LegRole, Phone, Stage
from indgang.entry.board.kept_places import KeptPlaces
from indgang.routing.centre import callbacks, offers
from indgang.routing.centre.core import Core, RefusedOrder
from indgang.routing.centre.desk import Desk
from indgang.routing.centre.work import WorkItem
from indgang.routing.distribution.requirement import Skill
from indgang.telephony import contract as tel

#: reasons that an exchange is unreachable, in `entry.models.ExchangeStatus.detail`
UNREACHABLE, ENDED = "unreachable", "ended"
#: how much longer than the distributor the exchange rings; the exchange stops by itself if the switchboard is down
RING_GRACE_SECONDS = 10.0
#: how long the phone of somebody who is asked for by name rings
RING_SECONDS = 30.0
#: the fault of a number of a person's own that could not be rung
CANNOT_BE_RUNG = "unreachable"


class Calls:
    """The telephone side of the centre.

    phones        telephones by person
    legs          (call id, role) by leg
    other_legs    legs of robot calls, which belong to no call of a caller
    exchanges     whether each is up; `outages` holds the reason for one that is down
    pick_up_at    exchanges that answer an agent's phone themselves when the agent accepts on the screen
    away_since    since when an exchange has been unreachable
    phones_due    until when we wait for the phones of an exchange that has come back
    places        places in the queue of callers cut off with their exchange, for when they call again
    odd           record of people's calls to outside numbers, to find odd patterns
    at_numbers    people whose telephone is a number of their own
    number_calls  ids of the calls with legs to such numbers
    calls_out     current calls to outside numbers by role, when the reach of these people was last decided
    halted_since  since when nothing can be written, so that nothing may be decided either
    """

    def __init__(self, centre: Core) -> None:
        self.centre = centre
        self.by_id: dict[str, Call] = {}
        self.phones: dict[int, Phone] = {}
        self.legs: dict[tel.LegId, tuple[str, LegRole]] = {}
        self.other_legs: set[tel.LegId] = set()
        self.exchanges: dict[str, bool] = {}
        self.outages: dict[str, str] = {}
        self.pick_up_at: set[str] = set()
        self.away_since: dict[str, datetime] = {}
        self.phones_due: dict[str, datetime] = {}
        self.halted_since: datetime | None = None
        self.odd = OddCalls()
        self.at_numbers: set[int] = set()
        self.number_calls: set[str] = set()
        self.calls_out: Counter[str] = Counter()
        self.places = KeptPlaces()
        self.orders: list[tuple[str, tel.Order]] = []
        self.pick_ups: list[tuple[str, tel.LegId]] = []
        self.recordings: list[tuple[str, str, str]] = []
        self.staying: list[tuple[str, str, tel.LegId]] = []

    def begin(self) -> None:
        """Begin a new input with empty lists of orders."""
        self.orders, self.pick_ups, self.recordings, self.staying = [], [], [], []

    # --- calls and legs --------------------------------------------------------------------------

    def add(self, call: Call) -> None:
        self.by_id[call.id] = call
        self.centre.add(call)

    def at(self, exchange: str) -> list[Call]:
        return [call for call in self.by_id.values() if call.exchange == exchange]

    def forget(self, call: Call) -> None:
        """Remove the call and hang up its legs."""
        self.by_id.pop(call.id, None)
        self.number_calls.discard(call.id)
        for leg in call.legs():
            self.drop_leg(call, leg)
        self.centre.forget(call)
        callbacks.call_over(self.centre, call)

    def order(self, call: Call, *orders: tel.Order) -> None:
        self.orders.extend((call.exchange, order) for order in orders)

    def claim(self, leg: tel.LegId, call: Call, role: LegRole) -> tel.LegId:
        self.legs[leg] = (call.id, role)
        return leg

    def drop_leg(self, call: Call, leg: tel.LegId, cause: str = "normal") -> None:
        """Hang up a leg and ignore its further reports."""
        if self.legs.pop(leg, None):
            self.order(call, tel.Hangup(leg, cause))

    def take_line(self, call: Call) -> None:
        """Answer the caller, once."""
        if not call.on_line:
            call.on_line = True
            self.order(call, tel.Answer(call.leg))

    def back_in_line(self, call: Call) -> None:
        """Queue the caller again, before the others, after an agent or a transfer was lost."""
        call.stage = Stage.FLOW
        offers.back_in_line(self.centre, call)

    def prompt_name(self, prompt: str, language: str) -> str:
        """The loaded name of a prompt: in the caller's language if it exists, else in Danish; figures are unchanged."""
        if prompt.startswith(("number:", "digits:")):
            return prompt
        name = f"{prompt}.{language}"
        return name if name in self.centre.plan.prompts else f"{prompt}.da"

    def number_of_ours(self, call: Call) -> str:
        """The number to show to whom we ring outside: the one that the caller dialled, else one of the centre's."""
        entries = self.centre.plan.entries
        of_centre = (number for number, entry in entries.items() if entry.centre == call.centre)
        return call.ours or min(of_centre, default=min(entries, default=""))

    # --- telephones ------------------------------------------------------------------------------

    def phone(self, person: int) -> Phone:
        if person not in self.phones:
            self.phones[person] = Phone(person)
        return self.phones[person]

    def put_phone(self, phone: Phone) -> None:
        """Let this be its person's telephone."""
        self.phones[phone.person] = phone
        if phone.kind == NUMBER:
            self.at_numbers.add(phone.person)
        else:
            self.at_numbers.discard(phone.person)

    def call_at(self, person: int) -> Call | None:
        """The call at this person's phone, ringing or connected."""
        return self.by_id.get(self.phone(person).call or "")

    def the_call_at(self, person: int) -> Call:
        """The call at this person's phone; raises `RefusedOrder` when there is none."""
        call = self.call_at(person)
        if call is None:
            raise RefusedOrder("no_call")
        return call

    def rings_at(self, person: int, exchange: str) -> bool:
        """Whether a call at this exchange can ring at the person's phone: a desk phone where they are allowed, a
        browser phone when it is on, a number of their own while the rules allow it. None rings while the exchange is
        unreachable, nor a browser phone in doubt, nor a number that could not be rung."""
        phone = self.phone(person)
        if not self.is_up(exchange):
            return False
        if phone.kind == SIP:
            return self.centre.plan.barring.phone(phone.address) is None
        if phone.kind == NUMBER:
            return phone.fault != CANNOT_BE_RUNG and self.why_not_own(person) is None
        return exchange in phone.on and exchange not in phone.unproven

    def rings_anywhere(self, person: int) -> bool:
        return any(self.rings_at(person, exchange) for exchange in self.exchanges)

    def is_at_limit(self, person: int, exchange: str) -> bool:
        """Whether only the limit of calls at once keeps a call at this exchange from the person's own number."""
        phone = self.phone(person)
        is_number = phone.kind == NUMBER and phone.fault != CANNOT_BE_RUNG
        return is_number and self.is_up(exchange) and self.why_not_own(person) == Refusal.AT_ONCE

    def fault_of(self, person: int) -> str:
        """Why the person's own number is not rung now, or why the last call there was not taken; "" for neither."""
        phone = self.phone(person)
        if phone.kind != NUMBER or phone.fault == CANNOT_BE_RUNG or self.why_not_own(person) != Refusal.AT_ONCE:
            return phone.fault
        return Refusal.AT_ONCE

    def at_limit(self, exchanges: Iterable[str]) -> list[Desk]:
        """The desks on duty of which `is_at_limit` is true for one of the exchanges."""
        desks = [self.centre.any_desk(person) for person in sorted(self.at_numbers)]
        exchanges = tuple(exchanges)
        return [desk for desk in desks if desk.signed_in and any(self.is_at_limit(desk.person, e) for e in exchanges)]

    def waits_for_limit(self, item: WorkItem, needs: Mapping[Skill, int], exchanges: Iterable[str]) -> bool:
        """Whether somebody on duty could take the item but for the limit of calls at once. They count as busy."""
        centre = self.centre
        agents = (centre.agent_of(desk) for desk in self.at_limit(exchanges))
        able = (replace(agent, skills={**agent.skills, **needs}) for agent in agents)
        return any(centre.distributor.could_take(item.id, agent) for agent in able)

    def exchange_for(self, person: int) -> str:
        """An exchange that is up and where the person's phone is on; a real one before a simulated one."""
        able = [name for name in self.exchanges if self.rings_at(person, name)]
        if not able:
            raise RefusedOrder("no_phone")
        return min(able, key=lambda name: (name == "simulator", name))

    def exchange_for_outside(self) -> str:
        """An exchange that is up, to ring a number outside; a real one before a simulated one."""
        up = [name for name in self.exchanges if self.is_up(name)]
        if not up:
            raise RefusedOrder("exchange_away")
        return min(up, key=lambda name: (name == "simulator", name))

    def lines_in_use(self) -> int:
        """How many lines to the telephone network the calls of callers and agents take now."""
        outside = sum(
            len(call.number_legs) + (call.consult is not None and call.consult.address.startswith("tel:"))
            for call in self.by_id.values()
        )
        return len(self.by_id) + outside

    def address_of(self, person: int) -> str:
        phone = self.phone(person)
        if phone.kind == NUMBER:
            return f"tel:{phone.address}"
        return phone.address if phone.kind == SIP else f"agent:{self.centre.plan.people[person].phone}"

    def reach_changed(self, person: int) -> None:
        """Apply a change of the exchanges at which the person's phone can ring."""
        self.centre.reach_changed(self.centre.any_desk(person))

    # --- outside numbers -------------------------------------------------------------------------

    def ruled(self, person: int, number: str) -> Decision:
        """The decision of the dial rules about a call of this person to the number (E.164 or short) now."""
        rules = self.centre.plan.dial_rules.get(person, ())
        return decide(rules, number, self.count_calls_out() if rules else {})

    def why_not_own(self, person: int) -> str | None:
        """Why the person's own number may not be rung now; None if it may. The plan holds only numbers that the
        barring and the rules allow, so that only the number of calls at once remains to be decided."""
        plan, number = self.centre.plan, self.phone(person).address
        known = plan.people.get(person)
        if known is None or number not in known.own_numbers:
            return "number_not_confirmed"
        if not any(rule.at_once for rule in plan.dial_rules.get(person, ())):
            return None
        return self.ruled(person, number).refusal

    def count_calls_out(self) -> Counter[str]:
        """The number of current calls to outside numbers, by role of the callers."""
        rules = self.centre.plan.dial_rules
        people = (person for call in self.by_id.values() for person in _callers(call))
        return Counter(role for person in people for role in {rule.role for rule in rules.get(person, ())})

    # --- exchanges -------------------------------------------------------------------------------

    def is_up(self, exchange: str) -> bool:
        """Whether orders to the exchange are possible: it is reachable, and events can be written."""
        return self.halted_since is None and self.exchanges.get(exchange, False)

    def is_in_reach(self, call: Call) -> bool:
        return self.is_up(call.exchange) and not call.stands_still

    def states(self) -> dict[str, tuple[bool, str]]:
        """For each exchange whether it is up, and if not, why."""
        return {name: (up, "" if up else self.outages.get(name, UNREACHABLE)) for name, up in self.exchanges.items()}


def _callers(call: Call) -> Iterator[int]:
    """Who made the calls to outside numbers that are part of this call, also when they have passed it on, and who is
    rung at a number of their own. A call out from one's own number is one call."""
    talker = call.talk.person if call.talk is not None else None
    dials = talker if call.outgoing else None
    if dials is not None:
        yield dials
    if call.consult is not None and call.consult.address.startswith("tel:"):
        by = talker if call.consult.by is None else call.consult.by
        if by is not None:
            yield by
    yield from (leg.person for leg in call.number_legs.values() if leg.person != dials)


def signed_in(centre: Core, person: int) -> Desk:
    """The person's desk; raises `RefusedOrder` when they are not on duty."""
    desk = centre.desk(person)
    if not desk.signed_in:
        raise RefusedOrder("not_signed_in")
    return desk
