"""Rehearsal of a flow: the chosen facts, the actions so far, and the result in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from indgang.core.clock import day_of
from indgang.entry.models import Disturbance, Prompt, RecordingPurpose
from indgang.entry.models import Flow as FlowRow
from indgang.entry.setup import flow_versions
from indgang.entry.switchboard import plans
from indgang.entry.wording import names
from indgang.entry.wording.words import action_sentence, done_sentence, reason_sentence
from indgang.routing import flows
from indgang.routing.centre import rehearsal
from indgang.routing.centre.plan import Plan
from indgang.routing.centre.rehearsal import Action, ActionKind, LineKind, Scene
from indgang.routing.flows import Phase
from indgang.telephony.speech import CHARACTERS_A_SECOND

#: the maximum number of actions in a rehearsal; enough for any menu
MOST_ACTIONS = 200
#: reasons whose value is the prompts of a message
_ABOUT_A_MESSAGE = frozenset({"message", "message_not_in_phase"})
#: characters of a message among the reasons
LONGEST_QUOTE = 60


@dataclass(frozen=True, slots=True)
class Given:
    """The facts chosen before the call: the scene, whether the number is known, and the phase of the roll-out."""

    scene: Scene
    known: bool = False
    phase: str = ""


@dataclass(frozen=True, slots=True)
class Heard:
    """One prompt as it is spoken."""

    code: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """One line on the page: `kind` is action, heard, cut, decided or done."""

    seconds: float
    kind: str
    text: str
    heard: tuple[Heard, ...] = ()


@dataclass(frozen=True, slots=True)
class PlayedRehearsal:
    """A rehearsal as the page shows it, with the actions that are possible next."""

    lines: list[ShownLine]
    state: flows.FlowState
    step: str
    queue: str
    seconds: float
    can: frozenset[ActionKind]


def play(flow: flows.Flow, given: Given, actions: Sequence[Action]) -> PlayedRehearsal:
    """Play the rehearsed call and put the result into words."""
    at, texts = given.scene.at, _texts()
    texts |= {(f"{plans.disturbance_prompt(each)}", "da"): each.text for each in Disturbance.objects.on_at(at)}
    texts |= _questions(day_of(at))
    rehearsed = rehearsal.rehearse(
        plan_of(given), flow, given.scene, actions,
        prompt_seconds=lambda code: max(1.0, len(texts.get((code, "da"), "")) / CHARACTERS_A_SECOND),
    )  # fmt: skip
    called, state = _called(flow), rehearsed.state
    lines = [_shown(line, at, texts, called) for line in rehearsed.lines]
    where = called.get(state.step, state.step), called.get(state.queue, state.queue)
    return PlayedRehearsal(lines, state, *where, (rehearsed.at - at).total_seconds(), _can(rehearsed))


def plan_of(given: Given) -> Plan:
    """The switchboard's plan at that time, with the chosen facts."""
    known = frozenset({given.scene.number}) if given.known else frozenset[str]()
    return replace(plans.read(given.scene.at), known_numbers=known, phase=given.phase)


def _called(flow: flows.Flow) -> dict[str, str]:
    """Names of steps, queues, opening hours and flows: a caller can move from `flow` to any flow in force."""
    texts, named = names.texts(), names.things()
    steps: dict[str, str] = {}
    for each in (*_flows_in_force().values(), flow):
        steps |= names.step_names(flows.dump(each), texts, named)
    return steps | named


def queues_met(flow: flows.Flow) -> list[str]:
    """Codes of the queues that a caller can reach from here, also through other flows."""
    others = _flows_in_force()
    codes: dict[str, None] = {}
    seen: set[str] = set()
    ahead = [flow]
    while ahead:
        each = ahead.pop()
        seen.add(each.code)
        for step in each.steps:
            codes |= dict.fromkeys(step.queues())
            other = others.get(getattr(step, "flow", ""))
            if other is not None and other.code not in seen:
                ahead.append(other)
    return list(codes)


def read_actions(text: str) -> list[Action]:
    """Parse actions that `write_actions` wrote. Invalid ones come from a modified page and are ignored."""
    found = []
    for part in text.split(";")[:MOST_ACTIONS]:
        kind, _, value = part.partition(":")
        try:
            found.append(Action(ActionKind(kind), value))
        except ValueError:
            continue
    return found


def write_actions(actions: Sequence[Action]) -> str:
    return ";".join(f"{action.kind.value}:{action.value}" if action.value else action.kind.value for action in actions)


def _can(rehearsed: rehearsal.Rehearsal) -> frozenset[ActionKind]:
    """The actions that make sense now."""
    state = rehearsed.state
    if state.has_ended:
        return frozenset()
    can = {ActionKind.LISTEN, ActionKind.PRESS, ActionKind.WAIT, ActionKind.HANG_UP}
    if rehearsed.can_be_answered:
        can.add(ActionKind.QUEUE_ANSWERED)
    if state.phase is Phase.RECORDING:
        can.add(ActionKind.SPEAK)
    if state.phase is Phase.TRANSFERRING:
        can |= {ActionKind.TRANSFER_ANSWERED, ActionKind.TRANSFER_FAILED}
    return frozenset(can)


def _shown(
    line: rehearsal.TranscriptLine, start: datetime, texts: Mapping[tuple[str, str], str], called: Mapping[str, str]
) -> ShownLine:
    seconds, name = (line.at - start).total_seconds(), called.get(line.value) or _figure(line.value)
    match line.kind:
        case LineKind.HEARD:
            heard = tuple(_heard(code, line.code, texts) for code in line.value.split())
            return ShownLine(seconds, "heard", " ".join(each.text for each in heard), heard)
        case LineKind.DECIDED:
            value = _quoted(line.value, texts) if line.code in _ABOUT_A_MESSAGE else name
            return ShownLine(seconds, "decided", reason_sentence(line.code, value))
        case LineKind.DONE:
            return ShownLine(seconds, "done", done_sentence(line.code, name))
        case LineKind.ACTION:
            return ShownLine(seconds, "action", action_sentence(line.code, line.value))
        case LineKind.CUT:
            return ShownLine(seconds, "cut", "")


def _figure(value: str) -> str:
    """Seconds without trailing zeros."""
    return value.removesuffix(".0") if value.replace(".", "", 1).isdigit() else value


def _quoted(codes: str, texts: Mapping[tuple[str, str], str]) -> str:
    """The text of the prompts, shortened: the list identifies the message, and the full text is beside it."""
    text = " ".join(_heard(code, "da", texts).text for code in codes.split())
    return f"“{text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1].rstrip() + '…'}”"


def _heard(code: str, language: str, texts: Mapping[tuple[str, str], str]) -> Heard:
    kind, _, figure = code.partition(":")
    if kind in ("number", "digits") and figure:
        return Heard(code, figure if kind == "number" else " ".join(figure), language)
    for spoken in (language, "da"):
        if (code, spoken) in texts:
            return Heard(code, texts[code, spoken], spoken)
    return Heard(code, f"[{code}]", language)


def _texts() -> dict[tuple[str, str], str]:
    return {(code, language): text for code, language, text in Prompt.objects.values_list("code", "language", "text")}


def _questions(day: date) -> dict[tuple[str, str], str]:
    """The questions about recording."""
    rows = RecordingPurpose.objects.in_force(day)
    return {(row.prompt_code, code): text for row in rows for code, text in row.questions.items()}


def _flows_in_force() -> dict[str, flows.Flow]:
    found: dict[str, flows.Flow] = {}
    for row in FlowRow.objects.all():
        version = flow_versions.in_force(row)
        if version is not None:
            try:
                found[row.code] = flows.parse(_complete(version.definition, row.code, version.number))
            except flows.FlowError:
                continue
    return found


def _complete(definition: Mapping[str, Any], code: str, number: int) -> dict[str, Any]:
    return {**definition, "code": code, "version": number}
