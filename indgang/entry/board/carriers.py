"""Telephone calls, and consult legs within them, as the centre's carriers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indgang.entry.board import agent_legs, announcing, consults, phone_trust, ringing
from indgang.entry.board.call import Call, Consult
from indgang.entry.board.calls import Calls
from indgang.entry.event_kinds import Kind
from indgang.routing.centre.desk import Desk
from indgang.routing.centre.work import Offered, WorkItem, as_kind
from indgang.routing.distribution.requirement import CALL, CONSULT, Skill
from indgang.routing.flows import state as fs
from indgang.telephony import contract as tel


def phone_skill(exchange: str) -> Skill:
    """The skill that stands for a phone that can ring at an exchange."""
    return f"phone:{exchange}"


class CallCarrier:
    """Callers on the telephone."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def is_up(self, item: WorkItem) -> bool:
        return self._calls.is_in_reach(as_kind(Call, item))

    def needs(self, item: WorkItem) -> Mapping[Skill, int]:
        return {phone_skill(as_kind(Call, item).exchange): 1}

    def skills_at(self, desk: Desk) -> Mapping[Skill, int]:
        calls = self._calls
        return {phone_skill(name): 1 for name in calls.exchanges if calls.rings_at(desk.person, name)}

    def offer(self, item: WorkItem, desk: Desk, offer: Offered) -> Mapping[str, Any]:
        return ringing.offered(self._calls, as_kind(Call, item), desk, offer)

    def withdraw(self, item: WorkItem, offer: Offered) -> None:
        ringing.withdrawn(self._calls, as_kind(Call, item), offer)

    def perform(self, item: WorkItem, instruction: fs.Instruction) -> None:
        call, calls = as_kind(Call, item), self._calls
        if isinstance(instruction, fs.StopSaying):
            calls.order(call, tel.StopPlaying(call.leg, f"{call.id}:{instruction.say}"))
        elif isinstance(instruction, fs.EndCall):
            calls.drop_leg(call, call.leg, instruction.cause.value)
            agent_legs.all_over(calls, call)
            calls.centre.note(call, Kind.LEFT, why="flow_ended")
            calls.forget(call)
        else:
            calls.take_line(call)
            self._on_the_line(call, instruction)

    def _on_the_line(self, call: Call, instruction: fs.Instruction) -> None:
        calls = self._calls
        match instruction:
            case fs.Say(say=number, prompts=prompts, language=language):
                names = tuple(calls.prompt_name(prompt, language) for prompt in prompts)
                calls.order(call, tel.Play(call.leg, f"{call.id}:{number}", names))
            case fs.PlayMusic():
                calls.order(call, tel.Music(call.leg, True))
                announcing.music_begins(calls, call)
            case fs.TransferTo(address=address, timeout=seconds):
                consults.from_flow(calls, call, address, seconds)
            case fs.RecordMessage(max_seconds=seconds):
                calls.order(call, tel.Record(call.leg, call.new_leg(), seconds))
            case fs.Enqueue():
                pass  # the line is answered; nothing else to do
            case _:
                raise AssertionError(f"no one carries out {instruction!r}")

    def lay_down(self, item: WorkItem, desk: Desk) -> None:
        """Keep the item: a conversation is finished before its agent leaves."""

    def nobody_able(self, item: WorkItem) -> None:
        phone_trust.wait_for_phones(self._calls, as_kind(Call, item))

    def waits_for_limit(self, item: WorkItem) -> bool:
        return self._calls.waits_for_limit(item, self.needs(item), [as_kind(Call, item).exchange])


class ConsultCarrier:
    """The carrier of consults with a queue: an agent is found while the caller hears music."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls

    def is_up(self, item: WorkItem) -> bool:
        return self._calls.is_in_reach(self._call(item))

    def needs(self, item: WorkItem) -> Mapping[Skill, int]:
        return {phone_skill(self._call(item).exchange): 1}

    def skills_at(self, desk: Desk) -> Mapping[Skill, int]:
        return {}  # those of calls

    def offer(self, item: WorkItem, desk: Desk, offer: Offered) -> Mapping[str, Any]:
        return consults.offered(self._calls, as_kind(Consult, item), desk, offer)

    def withdraw(self, item: WorkItem, offer: Offered) -> None:
        consults.withdrawn(self._calls, as_kind(Consult, item), offer)

    def perform(self, item: WorkItem, instruction: fs.Instruction) -> None:
        raise AssertionError(f"no flow leads a consult: {instruction!r}")

    def lay_down(self, item: WorkItem, desk: Desk) -> None:
        """Keep the item: a conversation is finished before its agent leaves."""

    def nobody_able(self, item: WorkItem) -> None:
        if not self.waits_for_limit(item):
            consults.nobody_found(self._calls, as_kind(Consult, item))

    def waits_for_limit(self, item: WorkItem) -> bool:
        return self._calls.waits_for_limit(item, self.needs(item), [self._call(item).exchange])

    def _call(self, item: WorkItem) -> Call:
        return self._calls.by_id[as_kind(Consult, item).call]


def connect(calls: Calls) -> None:
    """Register the telephone carriers with the centre."""
    calls.centre.carriers |= {CALL: CallCarrier(calls), CONSULT: ConsultCarrier(calls)}
