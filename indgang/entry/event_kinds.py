"""The event kinds of calls, which the switchboard writes.

The person of an event is the agent who acts or is acted on, its queue the one that the caller waits in or was
answered through.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indgang.events.event import Nothing
from indgang.events.kinds import declare

#: the reasons of a decision as (code, value) pairs
Reasons = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class CallArrived:
    """A call came in, and `flow` in `flow_version` meets the caller. `follows` is the enquiry that it goes on with.

    `left_at` (ISO) is set when it came in `while_away` and left a message with the exchange's own plan.
    """

    exchange: str = ""
    leg: str = ""
    dialled: str = ""
    caller_number: str = ""
    caller_name: str = ""
    entry_point: int | None = None
    centre: str = ""
    language: str = "da"
    follows: str | None = None
    while_away: bool | None = None
    left_at: str | None = None
    flow: str | None = None
    flow_version: int | None = None


@dataclass(frozen=True, slots=True)
class Dialled:
    """An outgoing call. `return_call` is the row of the list it is done for, `asked_at` (ISO) when the caller asked."""

    exchange: str = ""
    number: str = ""
    centre: str = ""
    follows: str | None = None
    return_call: int | None = None
    asked_at: str | None = None


def _return_call(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Version 1 called the row of the list `ring_back`."""
    return {"return_call" if name == "ring_back" else name: value for name, value in data.items()}


@dataclass(frozen=True, slots=True)
class MenuChosen:
    """The caller chose `key`, which `label` says in words, at `step` of `flow` in `flow_version`."""

    key: str = ""
    label: str = ""
    flow: str | None = None
    flow_version: int | None = None
    step: str | None = None


@dataclass(frozen=True, slots=True)
class LanguageChosen:
    """The caller changed to this language."""

    language: str = ""


@dataclass(frozen=True, slots=True)
class Queued:
    """Joined a queue. `answer_within` (seconds) and `target_percent` are what the queue promised then; the register
    adds them."""

    reasons: Reasons = ()
    priority: int = 0
    answer_within: float | None = None
    target_percent: float | None = None


@dataclass(frozen=True, slots=True)
class PersonalWait:
    """In the queue, the caller waits for the person of the event alone, until `until` (ISO); `by` let them."""

    until: str = ""
    by: int | None = None


@dataclass(frozen=True, slots=True)
class PersonalWaitOver:
    """The personal wait ended: the `time` is up, somebody took them back (`taken_back`), or the person refused,
    did not answer, took a pause or signed out."""

    why: str = ""
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class LeftQueue:
    """Left the queue by overflow, choice or transfer."""

    why: str = ""
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class Overflowed:
    """Moved on: to the flow `to` in `to_version`, and in `to_queue` when the flow leads there at once.

    The queue of the event is the one that was left, if it was one.
    """

    to: str = ""
    to_version: int | None = None
    to_queue: str | None = None
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class OfferMade:
    """Was offered to an agent."""

    leg: str = ""
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The offer ended without acceptance after `rang` seconds."""

    why: str = ""
    rang: float = 0.0
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The agent took the offer after `rang` seconds."""

    rang: float = 0.0


@dataclass(frozen=True, slots=True)
class CallAnswered:
    """Caller and agent are connected. `direction` is in or out.

    `helping_centre` is the code of the agent's centre when they helped out: they serve queues of that centre alone, and
    the queue is another's. The register adds it.
    """

    direction: str = ""
    helping_centre: str | None = None


@dataclass(frozen=True, slots=True)
class ConsultAsked:
    """A consult or transfer: `consulted` is the colleague's id; else `address` is a number outside.

    `rang` is for how many seconds a phone of ours rang until it was answered, or was not.
    """

    name: str = ""
    address: str = ""
    consulted: int | None = None
    why: str | None = None
    rang: float | None = None
    #: a colleague who was asked for by name: the ids of the promised windows that they were in then
    windows: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class SubjectTried:
    """The person of the event was asked about `subject` (the code of a service) on behalf of `by`; or not, because no
    telephone reaches them (`result` is no_phone).

    `precedence` (routing.availability), `window` and `instead_of` say why them; `confirmed` whether they had been heard
    of that day. `result` is answered, or why not: refused, no_answer, busy, unreachable, hung_up; ended when `by` or
    the caller did not wait for it. `rang` is for how many seconds, `outside` when a number outside rang, `blind` for
    a transfer.
    """

    subject: str = ""
    precedence: str = ""
    window: int = 0
    instead_of: int | None = None
    confirmed: bool = True
    result: str = ""
    rang: float | None = None
    outside: bool = False
    blind: bool = False
    by: int | None = None


@dataclass(frozen=True, slots=True)
class SubjectUnreached:
    """The person of the event asked for `subject`, and nobody took it, or nobody could be asked (`tried` is 0).

    `is_open`: a promised window was open then. `next_at` (ISO) is when somebody can be asked, if that is known.
    """

    subject: str = ""
    tried: int = 0
    is_open: bool = False
    next_at: str | None = None
    blind: bool = False


@dataclass(frozen=True, slots=True)
class ConsultRefused:
    """The person of the event rejected the consult after `rang` seconds."""

    name: str = ""
    rang: float | None = None


@dataclass(frozen=True, slots=True)
class Transferred:
    """The agent transferred the caller; `warm` after a consult."""

    name: str = ""
    address: str = ""
    warm: bool = False
    #: a colleague who was chosen by name: the ids of the promised windows that they were in then
    windows: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class AgentLost:
    """The agent's phone was lost; the caller stays."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class OutsideLeg:
    """A number of the agent's own was rung for this call, and was connected for so many seconds, whoever answered.

    `number_kind` (core.dial_rules.NumberKind) and `country` say what it costs; `accepted`: the agent pressed the key.
    """

    leg: str = ""
    number_kind: str = ""
    country: str = ""
    seconds: float = 0.0
    accepted: bool = False


@dataclass(frozen=True, slots=True)
class MessageTaken:
    """The caller left a spoken message."""

    recording: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ConsentAnswered:
    """The caller answered whether the conversation may be recorded for `purpose` (the key of a `RecordingPurpose`,
    which is never rewritten). `how`: the key that was pressed, or why there was no answer, which is no."""

    purpose: int = 0
    given: bool = False
    how: str = ""


@dataclass(frozen=True, slots=True)
class FromElsewhere:
    """The caller belongs to another municipality ("" when nobody knows which). `what`: recognised by the `number` or by
    a choice in a `menu`, `told` the right number, or `transferred` to it."""

    municipality: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class RecordingBegun:
    """The conversation is recorded from here on under the name `recording`."""

    purpose: int = 0
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class RecordingPaused:
    """Nothing is recorded from here on: the agent's pause, hold, a consult, or a supervisor who barges in; or, with an
    empty `why`, it is again."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class RecordingEnded:
    """The recording ended with the conversation (`over`), by the agent, by a fault (`failed`), because its purpose no
    longer holds (`stopped`), or because the caller withdrew the consent (`withdrawn`), which deletes it."""

    why: str = ""
    recording: str | None = None


@dataclass(frozen=True, slots=True)
class CallbackPromised:
    """Somebody was promised a call at `number`. `asked_at` (ISO) is when they had come to wait, which is their place.

    `due` (ISO) is the time that they chose. `standing` is the enquiry of a call that the number was promised before:
    they are rung once, at that place. `answer_within` is for a chosen time what the queue promised when it was chosen,
    in seconds after that time; the register adds it.
    """

    number: str = ""
    asked_at: str | None = None
    due: str | None = None
    standing: str | None = None
    answer_within: float | None = None

    @property
    def waits_in_queue(self) -> bool:
        """Whether the call waits for its turn by itself; others are rung from the list."""
        return self.asked_at is not None and self.standing is None


@dataclass(frozen=True, slots=True)
class CallbackOrdered:
    """A callback ordered without a call: on the site (`channel` web), or by staff for somebody present. `due` and
    `answer_within` are those of `CallbackPromised`."""

    number: str = ""
    asked_at: str | None = None
    due: str | None = None
    channel: str = ""
    name: str = ""
    language: str = "da"
    centre: str = ""
    answer_within: float | None = None

    @property
    def waits_in_queue(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class CalledBack:
    """The `attempt`-th attempt at the callback begins."""

    exchange: str = ""
    number: str = ""
    centre: str = ""
    attempt: int = 1


@dataclass(frozen=True, slots=True)
class CallbackFailed:
    """The `attempt`-th attempt failed; the next is at `next` (ISO), if any."""

    why: str = ""
    attempt: int = 1
    next: str | None = None


@dataclass(frozen=True, slots=True)
class CallbackOver:
    """The callback ended: not_reached, cancelled, answered when they called again, or called_in: they took up
    its place on the line and are answered. `call` is the enquiry of the call in which they said so."""

    why: str = ""
    attempts: int = 0
    number: str = ""
    call: str | None = None

    @property
    def was_missed(self) -> bool:
        """Whether the contact was not reached and the callback ended."""
        return self.why == "not_reached"


@dataclass(frozen=True, slots=True)
class TaskQueued:
    """A task of the enquiry waits for somebody in a window of `subject` (the code of a service), or for one of the
    `recipients` (ids). `due` (ISO) is by when an answer is promised."""

    task: str = ""
    subject: str = ""
    recipients: Sequence[int] = ()
    due: str | None = None


@dataclass(frozen=True, slots=True)
class TaskOffered:
    """The task was offered to the person of the event."""

    task: str = ""
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class TaskWithdrawn:
    """The offer of the task ended without acceptance after `rang` seconds."""

    task: str = ""
    why: str = ""
    rang: float = 0.0
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class TaskAccepted:
    """The person of the event took the task that was offered to them, after `rang` seconds."""

    task: str = ""
    rang: float = 0.0


@dataclass(frozen=True, slots=True)
class TaskMoved:
    """The person of the event took the task from the list, put it back, or has it no more; `why` says which end."""

    task: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class WorkBegun:
    """The person of the event has the written enquiry in hand: it was offered to them, or they took it `from_list`."""

    from_list: bool = False


@dataclass(frozen=True, slots=True)
class WorkLeft:
    """The person of the event has it in hand no more. `why`: put_back, moved, went_home; or how it ended: answered,
    closed, spam, handed_over, merged, left."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class Supervised:
    """`supervisor` listens, whispers or barges in; an empty `mode` ends it."""

    supervisor: int | None = None
    mode: str = ""


def _barged_in(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Version 1 called barging in "join"."""
    return {**data, "mode": "barge_in"} if data.get("mode") == "join" else data


@dataclass(frozen=True, slots=True)
class AlertRaised:
    """Something went wrong and was taken care of."""

    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """The caller hung up after waiting so many seconds."""

    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class Left:
    """The call ended without a conversation."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class CallEnded:
    """The conversation ended, by the caller, the agent or the exchange."""

    by: str = ""


@dataclass(frozen=True, slots=True)
class WrappedUp:
    """Wrap-up ended."""

    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class RobotRung:
    """The number of a robot call is rung. Its id is the stream, which is no enquiry's."""

    exchange: str = ""
    leg: str = ""


@dataclass(frozen=True, slots=True)
class RobotStepTaken:
    """A step of the script (`board.robot_script.ScriptStep`): the question at `place`, counted from 0, was asked, keyed
    or left open."""

    step: str = ""
    place: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class RobotOver:
    """A robot call is over: a value of `board.robot_script.RobotOutcome`, one mark for each question that was asked
    (None without an answer), and whether a comment was recorded. `why` is why the number may not be rung."""

    outcome: str = ""
    why: str = ""
    marks: Sequence[int | None] = ()
    comment: bool = False


class Kind:
    """All event kinds of calls."""

    ARRIVED = declare("arrived", CallArrived, personal=("dialled", "caller_number", "caller_name"))
    DIALLED = declare("dialled", Dialled, version=2, personal=("number",), upcasts={1: _return_call})
    MENU = declare("menu", MenuChosen)
    LANGUAGE = declare("language", LanguageChosen)
    QUEUED = declare("queued", Queued)
    PERSONAL_WAIT = declare("personal_wait", PersonalWait, personal=("by",))
    PERSONAL_WAIT_OVER = declare("personal_wait_over", PersonalWaitOver)
    LEFT_QUEUE = declare("left_queue", LeftQueue)
    OVERFLOWED = declare("overflowed", Overflowed)
    OFFERED = declare("offered", OfferMade)
    WITHDRAWN = declare("withdrawn", Withdrawn)
    ACCEPTED = declare("accepted", Accepted)
    ANSWERED = declare("answered", CallAnswered)
    HELD = declare("held", Nothing)
    RESUMED = declare("resumed", Nothing)
    CONSULTING = declare("consulting", ConsultAsked, personal=("name", "address", "consulted"))
    #: the same for a consulted colleague, who is the person of the event
    CONSULT_OFFERED = declare("consult_offered", OfferMade)
    CONSULT_WITHDRAWN = declare("consult_withdrawn", Withdrawn)
    CONSULT_REFUSED = declare("consult_refused", ConsultRefused, personal=("name",))
    CONSULT_ANSWERED = declare("consult_answered", ConsultAsked, personal=("name", "address", "consulted"))
    CONSULT_ENDED = declare("consult_ended", ConsultAsked, personal=("name", "address", "consulted"))
    #: people of the second level are asked about a subject, one after the other
    SUBJECT_TRIED = declare("subject_tried", SubjectTried, personal=("by", "instead_of"))
    SUBJECT_UNREACHED = declare("subject_unreached", SubjectUnreached)
    #: three-way conversation
    JOINED = declare("joined", ConsultAsked, personal=("name", "address", "consulted"))
    #: a colleague takes the caller over, or a number outside is rung for them
    TRANSFERRED = declare("transferred", Transferred, personal=("name", "address"))
    #: the caller talks with a number outside
    PASSED_ON = declare("passed_on", Transferred, personal=("name", "address"))
    #: the transfer failed; the caller is back
    TRANSFER_FAILED = declare("transfer_failed", ConsultAsked, personal=("name", "address", "consulted"))
    AGENT_LOST = declare("agent_lost", AgentLost)
    #: the agent of the event was rung at a number of their own; written when that leg ends
    OUTSIDE_LEG = declare("outside_leg", OutsideLeg)
    MESSAGE = declare("message", MessageTaken, personal=("recording",))
    RECORDING_CONSENT = declare("recording_consent", ConsentAnswered)
    #: callers are told in the queue that they will be asked how it went, and some do not want to be
    SURVEY_ANNOUNCED = declare("survey_announced", Nothing)
    SURVEY_DECLINED = declare("survey_declined", Nothing)
    ELSEWHERE = declare("elsewhere", FromElsewhere)
    RECORDING_BEGUN = declare("recording_begun", RecordingBegun, personal=("recording",))
    RECORDING_PAUSED = declare("recording_paused", RecordingPaused)
    RECORDING_RESUMED = declare("recording_resumed", RecordingPaused)
    RECORDING_ENDED = declare("recording_ended", RecordingEnded, personal=("recording",))
    CALLBACK = declare("callback", CallbackPromised, personal=("number",))
    CALLBACK_ORDERED = declare("callback_ordered", CallbackOrdered, personal=("number", "name"))
    #: a promised call waits for its turn, does not (until its time comes, or because somebody took it), is offered ...
    CALLBACK_QUEUED = declare("callback_queued", Queued)
    CALLBACK_PARKED = declare("callback_parked", LeftQueue)
    CALLBACK_OFFERED = declare("callback_offered", OfferMade)
    CALLBACK_WITHDRAWN = declare("callback_withdrawn", Withdrawn)
    CALLBACK_ACCEPTED = declare("callback_accepted", Accepted)
    #: somebody took it from the list, out of turn
    CALLBACK_TAKEN = declare("callback_taken", Nothing)
    CALLED_BACK = declare("called_back", CalledBack, personal=("number",))
    CALLBACK_FAILED = declare("callback_failed", CallbackFailed)
    CALLBACK_OVER = declare("callback_over", CallbackOver, personal=("number",))
    #: a task of the enquiry waits, is offered ...
    TASK_QUEUED = declare("task_queued", TaskQueued, personal=("recipients",))
    TASK_OFFERED = declare("task_offered", TaskOffered)
    TASK_WITHDRAWN = declare("task_withdrawn", TaskWithdrawn)
    TASK_ACCEPTED = declare("task_accepted", TaskAccepted)
    TASK_PUT_BACK = declare("task_put_back", TaskMoved)
    TASK_OVER = declare("task_over", TaskMoved)
    WORK_BEGUN = declare("work_begun", WorkBegun)
    WORK_PUT_BACK = declare("work_put_back", WorkLeft)
    WORK_OVER = declare("work_over", WorkLeft)
    SUPERVISED = declare("supervised", Supervised, version=2, personal=("supervisor",), upcasts={1: _barged_in})
    ALERTED = declare("alerted", AlertRaised, personal=("text",))
    ABANDONED = declare("abandoned", Abandoned)
    LEFT = declare("left", Left)
    ENDED = declare("ended", CallEnded)
    WRAPPED_UP = declare("wrapped_up", WrappedUp)
    #: of robot calls, whose streams are no enquiries
    ROBOT_RUNG = declare("robot_rung", RobotRung)
    ROBOT_ANSWERED = declare("robot_answered", Nothing)
    ROBOT_STEP = declare("robot_step", RobotStepTaken)
    ROBOT_OVER = declare("robot_over", RobotOver)
