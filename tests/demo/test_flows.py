"""The documents' cases, played by a caller."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time

import pytest

from indgang.core.clock import COPENHAGEN
from indgang.core.schedule import Schedule, Weekly
from indgang.demo import flows as demo
from indgang.routing import flows
from indgang.routing.centre.plan import Plan, QueuePlan
from indgang.routing.centre.rehearsal import Action, ActionKind, LineKind, Rehearsal, Scene, Staffed, rehearse
from indgang.routing.distribution.requirement import QueueRule
from indgang.routing.flows import CallerCallback, FlowEnding, Known
from indgang.routing.flows.state import Notice

FLOWS = {code: flows.parse(data) for code, data in demo.FLOWS.items()}
KNOWN = Known(frozenset(demo.PROMPTS), frozenset(demo.QUEUES), frozenset(demo.SCHEDULES), frozenset(demo.FLOWS))
MONDAY = date(2026, 3, 9)


def weekdays(*spans: tuple[time, time]) -> Schedule:
    return Schedule(tuple(Weekly(day, opens, closes) for day in range(5) for opens, closes in spans))


SCHEDULES = {
    "tmf-9-16": weekdays((time(9), time(16))),
    "tmf-8-17": weekdays((time(8), time(17))),
    "keh-8-17": weekdays((time(8), time(17))),
    "byliv-10-14": weekdays((time(10), time(11, 30)), (time(12, 30), time(14))),
    "cby-10-14": weekdays((time(10), time(14))),
    "yds-10-12": weekdays((time(10), time(12))),
    "hovednummer-8-18": weekdays((time(8), time(18))),
}
NUMBER = "+4522334455"


def plan(notices: tuple[Notice, ...] = ()) -> Plan:
    queues = {code: QueuePlan(QueueRule(code), code, centre, notices=notices) for code, centre in demo.QUEUES.items()}
    return Plan(
        entries={}, flows=FLOWS, versions={(code, flow.version): flow for code, flow in FLOWS.items()},
        flow_centres=demo.FLOW_CENTRES, greetings=demo.GREETINGS,
        queues=queues, schedules=SCHEDULES, people={}, safe_queue=demo.SAFE_QUEUE,
    )  # fmt: skip


def play(
    code: str, at: str, actions: Sequence[str], *, day: date = MONDAY, agents: int = 2, waiting: int = 0,
    notices: tuple[Notice, ...] = (), callback: CallerCallback | None = None,
) -> Rehearsal:  # fmt: skip
    """Actions as `kind` or `kind:value`."""
    at_ = datetime.combine(day, time.fromisoformat(at), COPENHAGEN)
    acted = [Action(ActionKind(kind), value) for kind, _, value in (each.partition(":") for each in actions)]
    queues = {code: Staffed(agents=agents, waiting=waiting) for code in demo.QUEUES}
    scene = Scene(at_, NUMBER, queues=queues, callback=callback)
    return rehearse(plan(notices), FLOWS[code], scene, acted)


def heard(rehearsal: Rehearsal) -> list[str]:
    return [line.value for line in rehearsal.lines if line.kind is LineKind.HEARD]


def did(rehearsal: Rehearsal) -> list[tuple[str, str]]:
    return [(line.code, line.value) for line in rehearsal.lines if line.kind is LineKind.DONE]


@pytest.mark.parametrize("code", demo.FLOWS)
def test_every_flow_is_without_problems(code: str) -> None:
    assert flows.problems(FLOWS[code], KNOWN) == []
    assert flows.parse(flows.dump(FLOWS[code])) == FLOWS[code]


def test_every_code_that_is_listed_is_used_and_every_prompt_has_words() -> None:
    steps = [step for flow in FLOWS.values() for step in flow.steps]
    assert {queue for step in steps for queue in step.queues()} | {demo.SAFE_QUEUE} == set(demo.QUEUES)
    assert {schedule for step in steps for schedule in step.schedules()} | {"tmf-8-17"} == set(demo.SCHEDULES)
    assert {each["flow"] for each in demo.ENTRY_POINTS} | {"tmf", "bif"} == set(demo.FLOWS) == set(demo.FLOW_CENTRES)
    assert set(demo.PROMPTS_EN) <= set(demo.PROMPTS)
    assert set(demo.GREETINGS.values()) <= set(demo.PROMPTS)
    assert set(demo.GREETINGS) == set(demo.CENTRES)
    assert all(text.strip() for text in (*demo.PROMPTS.values(), *demo.PROMPTS_EN.values()))


@pytest.mark.parametrize(
    ("keys", "queue"),
    [
        (["1", "1", "2"], "tmf-byggesager"),
        (["1", "2"], "tmf-gravetilladelser"),
        (["1", "3"], "tmf-byliv"),
        (["1", "4"], "tmf-miljoe"),
        (["1", "5"], "tmf-trafik"),
        (["1", "0"], "tmf-oevrige"),
        (["2", "1"], "bif-rekruttering"),
        (["2", "2"], "bif-refusion"),
        (["2", "0"], "bif-oevrige"),
        (["3"], "yds-refusion"),
        (["0"], "tmf-oevrige"),
    ],
)
def test_one_number_leads_to_the_right_queue_of_either_centre(keys: list[str], queue: str) -> None:
    actions = [each for key in keys for each in ("listen", f"press:{key}", "listen")]
    rehearsal = play("erhverv", "10:30", [*actions, "queue_answered"])
    assert ("Enqueue", queue) in did(rehearsal)
    assert rehearsal.state.ending is FlowEnding.ANSWERED
    assert [key for _, _, key in rehearsal.state.choices] == keys


def test_who_knows_the_menu_is_in_the_queue_with_two_keys_and_no_waiting() -> None:
    rehearsal = play("erhverv", "10:30", ["press:1", "press:2"])
    assert (rehearsal.state.queue, rehearsal.at) == ("tmf-gravetilladelser", rehearsal.lines[0].at)


@pytest.mark.parametrize(
    ("at", "queue"), [("09:00", "bif-refusion"), ("10:30", "yds-refusion"), ("15:00", "bif-refusion")]
)
def test_calls_to_ydelsesservice_outside_its_hours_go_on_to_the_erhvervshus(at: str, queue: str) -> None:
    rehearsal = play("ydelsesservice", at, ["listen", "press:2"])
    assert rehearsal.state.queue == queue


def test_who_waits_in_ydelsesservice_at_noon_goes_on_too() -> None:
    rehearsal = play("ydelsesservice", "11:58", ["listen", "wait:180"])
    assert ("overflow", "outside_hours yds-10-12") in {(line.code, line.value) for line in rehearsal.lines}
    assert rehearsal.state.flow == "bif"


def test_outside_all_hours_a_message_is_taken() -> None:
    rehearsal = play("ydelsesservice", "19:00", ["listen", "speak:20", "listen"])
    assert rehearsal.state.ending is FlowEnding.MESSAGE_TAKEN
    assert ("KeepMessage", "bif-oevrige") in did(rehearsal)


def test_a_unit_closed_at_noon_sends_its_callers_to_the_contact_centre() -> None:
    rehearsal = play("byliv", "11:45", ["listen", "press:3"])
    assert heard(rehearsal)[0] == "byliv-pause"
    assert (rehearsal.state.flow, rehearsal.state.queue) == ("tmf", "tmf-byliv")


def test_a_holiday_is_told_as_one() -> None:
    rehearsal = play("tmf", "10:30", ["listen"], day=date(2026, 4, 6))
    assert heard(rehearsal)[0] == "tmf-helligdag"
    assert ("hours_holiday", "tmf-9-16: Anden påskedag") in {(line.code, line.value) for line in rehearsal.lines}


def test_those_who_wait_hear_their_place_the_wait_and_what_is_switched_on_for_the_queue() -> None:
    notices = (Notice(("koe-raad-fase-2",), 45.0),)
    rehearsal = play("tmf", "10:30", ["press:5", "wait:60"], waiting=2, notices=notices)
    assert "koe-raad-fase-2" in heard(rehearsal)
    assert "koe-nummer-foer number:3 koe-nummer-efter" in heard(rehearsal)
    assert "koe-ventetid number:6 vent-minutter" in heard(rehearsal), "three times four minutes, by two who work"


def test_advice_has_one_source_which_is_not_the_flow() -> None:
    """Else a team leader switches it off on the wallboard, and callers hear it still."""
    said = {code for flow in FLOWS.values() for step in flow.steps for code in step.prompts_used()}
    assert not {code for code in said if code.startswith("koe-raad")}
    assert {f"koe-raad-fase-{phase}" for phase in demo.PHASES} <= set(demo.PROMPTS)


def test_a_caller_who_would_rather_be_rung_back_is() -> None:
    rehearsal = play("tmf", "10:30", ["press:5", "wait:70", "press:1", "press:1", "listen"])
    assert rehearsal.state.ending is FlowEnding.CALLBACK_PROMISED
    assert ("PromiseCallback", "+4522334455") in did(rehearsal)


def test_with_nobody_at_work_a_message_is_taken() -> None:
    rehearsal = play("hovednummer", "10:30", ["press:1", "listen", "wait:40", "listen", "speak:9"], agents=0)
    assert ("KeepMessage", "kff-hovednummer") in did(rehearsal)


def test_english_is_spoken_to_who_asks_for_it() -> None:
    rehearsal = play("hovednummer", "10:30", ["listen", "press:9"])
    assert [line.code for line in rehearsal.lines if line.kind is LineKind.HEARD] == ["da", "da", "en"]


def test_silence_at_the_main_number_leads_to_the_switchboard() -> None:
    rehearsal = play("hovednummer", "10:30", ["wait:60"])
    assert rehearsal.state.queue == "kff-hovednummer"


@pytest.mark.parametrize("code", demo.FLOWS)
@pytest.mark.parametrize("at", ["07:30", "11:45", "16:30", "20:00"])
@pytest.mark.parametrize("agents", [0, 2])
def test_nobody_who_does_nothing_meets_a_failure(code: str, at: str, agents: int) -> None:
    rehearsal = play(code, at, ["wait:3600"], agents=agents)
    assert not [line for line in rehearsal.lines if line.code == "failed"]
    assert rehearsal.state.ending is FlowEnding.HUNG_UP


# --- The rehearsal itself ----------------------------------------------------------------------


def test_the_transcript_tells_what_was_done_heard_and_decided_in_order_with_times() -> None:
    rehearsal = play("tmf", "10:30", ["wait:2", "press:1", "hang_up", "press:1"])
    told = [(line.kind.value, line.code, line.value) for line in rehearsal.lines]
    assert told == [
        ("decided", "flow", "tmf v1"),
        ("decided", "step", "tider"),
        ("decided", "hours_open", "tmf-9-16"),
        ("decided", "step", "menu"),
        ("heard", "da", "tmf-menu"),
        ("action", "wait", "2"),
        ("action", "press", "1"),
        ("decided", "key", "1"),
        ("decided", "step", "byggesag-menu"),
        ("cut", "", ""),
        ("heard", "da", "byggesag-menu"),
        ("action", "hang_up", ""),
        ("decided", "caller_gone", "byggesag-menu"),
        ("decided", "ended", "caller_gone"),
        ("cut", "", ""),
        ("action", "press", "1"),
    ]
    assert [line.at for line in rehearsal.lines] == sorted(line.at for line in rehearsal.lines)
    assert (rehearsal.at - rehearsal.lines[0].at).total_seconds() == 2


def test_prompts_take_their_time() -> None:
    at = datetime.combine(MONDAY, time(10, 30), COPENHAGEN)
    listens = [Action(ActionKind.LISTEN)]
    rehearsal = rehearse(plan(), FLOWS["tmf"], Scene(at), listens, prompt_seconds=lambda code: 11.0)
    assert (rehearsal.at - at).total_seconds() == 11


@pytest.mark.parametrize(
    ("kind", "value"), [("wait", "-1"), ("wait", "soon"), ("speak", "1e9"), ("press", ""), ("wait", "nan")]
)
def test_actions_that_cannot_be_played_are_refused(kind: str, value: str) -> None:
    with pytest.raises(ValueError, match=r"seconds|key|convert"):
        Action(ActionKind(kind), value)


def waits(queue: str = "tmf-trafik") -> CallerCallback:
    """The caller was promised a call at 10."""
    return CallerCallback(queue, waits=True, place=datetime.combine(MONDAY, time(10), COPENHAGEN))


def test_who_was_promised_a_call_waits_on_the_line_at_its_place() -> None:
    rehearsal = play("erhverv", "10:30", ["listen", "press:1", "wait:20"], waiting=2, callback=waits())
    assert ("TakeUpCallback", "tmf-trafik") in did(rehearsal)
    assert rehearsal.state.queue == "tmf-trafik"
    assert "koe-nummer-foer number:1 koe-nummer-efter" in heard(rehearsal), "before those who came later"


def test_who_was_promised_a_call_calls_it_off_and_is_asked_once() -> None:
    rehearsal = play("hovednummer", "10:30", ["listen", "press:2", "listen", "press:2", "listen"], callback=waits())
    assert ("CallOffCallback", "tmf-trafik") in did(rehearsal)
    assert rehearsal.state.flow == "erhverv"
    on = play("hovednummer", "10:30", ["wait:20", "listen", "press:2", "listen", "listen"], callback=waits())
    assert on.state.flow == "erhverv"
    assert [prompts for prompts in heard(on) if prompts == "lovet-menu"] == ["lovet-menu"]


def test_whom_we_could_not_reach_hears_so_and_is_promised_a_new_call() -> None:
    missed = CallerCallback("tmf-trafik", waits=False, place=datetime.combine(MONDAY, time(10), COPENHAGEN))
    rehearsal = play("byliv", "10:30", ["listen", "press:2", "press:1", "listen"], callback=missed)
    assert "forgaeves-menu" in heard(rehearsal)
    assert ("PromiseCallback", NUMBER) in did(rehearsal)
