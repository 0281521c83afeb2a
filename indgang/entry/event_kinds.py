"""What can happen to a call: the kinds of events that the switchboard writes.

The person of an event is the agent who acts or is acted on, its queue the one that the caller waits in or was
answered through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from indgang.events.event import Nothing
from indgang.events.kinds import declare

#: (code, value) pairs that say why something was decided
Reasons = Sequence[Sequence[Any]]


@dataclass(frozen=True, slots=True)
class Arrived:
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
    """We ring somebody. `ring_back` is the row of the list it is done for, `asked_at` (ISO) when the caller asked."""

    exchange: str = ""
    number: str = ""
    centre: str = ""
    follows: str | None = None
    ring_back: int | None = None
    asked_at: str | None = None


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
    """From here on the caller hears this language."""

    language: str = ""


@dataclass(frozen=True, slots=True)
class Queued:
    """Waits in a queue. `answer_within` (seconds) and `target_percent` are what the queue promised then; the register
    adds them."""

    reasons: Reasons = ()
    priority: int = 0
    answer_within: float | None = None
    target_percent: float | None = None


@dataclass(frozen=True, slots=True)
class LeftQueue:
    """Was taken out of the queue: overflow, choice, transfer."""

    why: str = ""
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class Overflowed:
    """Goes on elsewhere: in the flow `to`."""

    to: str = ""
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class Offered:
    """Rings at an agent."""

    leg: str = ""
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Rings there no more, after `rang` seconds."""

    why: str = ""
    rang: float = 0.0
    reasons: Reasons = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """The agent took the offer after `rang` seconds."""

    rang: float = 0.0


@dataclass(frozen=True, slots=True)
class Answered:
    """The caller talks with the agent. `direction` is in or out."""

    direction: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody is asked in, or handed the caller: `consulted` when it is one of us, else whoever is at `address`."""

    name: str = ""
    address: str = ""
    consulted: int | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Transferred:
    """The agent handed the caller on; `warm` when the other had been asked first."""

    name: str = ""
    address: str = ""
    warm: bool = False


@dataclass(frozen=True, slots=True)
class AgentLost:
    """The agent's phone vanished; the caller is kept."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class MessageLeft:
    """The caller left a spoken message."""

    recording: str | None = None
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class CallbackPromised:
    """The caller was promised a call at `number`. `asked_at` (ISO) is when they had come to wait."""

    number: str = ""
    asked_at: str | None = None


@dataclass(frozen=True, slots=True)
class Supervised:
    """`supervisor` listens, whispers or takes part; an empty `mode` ends it."""

    supervisor: int | None = None
    mode: str = ""


@dataclass(frozen=True, slots=True)
class Alerted:
    """Something went wrong and was taken care of."""

    code: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Abandoned:
    """Hung up after having waited so many seconds."""

    waited: float = 0.0


@dataclass(frozen=True, slots=True)
class Left:
    """The call ended without anybody talking."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class Ended:
    """The conversation is over, by the caller, the agent or the exchange."""

    by: str = ""


@dataclass(frozen=True, slots=True)
class WrappedUp:
    """The agent is done with after-work."""

    seconds: float = 0.0


class Kind:
    """The kinds, by what happened."""

    ARRIVED = declare("arrived", Arrived, personal=("dialled", "caller_number", "caller_name"))
    DIALLED = declare("dialled", Dialled, personal=("number",))
    MENU = declare("menu", MenuChosen)
    LANGUAGE = declare("language", LanguageChosen)
    QUEUED = declare("queued", Queued)
    LEFT_QUEUE = declare("left_queue", LeftQueue)
    OVERFLOWED = declare("overflowed", Overflowed)
    OFFERED = declare("offered", Offered)
    WITHDRAWN = declare("withdrawn", Withdrawn)
    ACCEPTED = declare("accepted", Accepted)
    ANSWERED = declare("answered", Answered)
    HELD = declare("held", Nothing)
    RESUMED = declare("resumed", Nothing)
    CONSULTING = declare("consulting", Asked, personal=("name", "address", "consulted"))
    #: the same of one of us who is asked in, and is the person of the event
    CONSULT_OFFERED = declare("consult_offered", Offered)
    CONSULT_WITHDRAWN = declare("consult_withdrawn", Withdrawn)
    CONSULT_ANSWERED = declare("consult_answered", Asked, personal=("name", "address", "consulted"))
    CONSULT_ENDED = declare("consult_ended", Asked, personal=("name", "address", "consulted"))
    #: all three talk
    JOINED = declare("joined", Asked, personal=("name", "address", "consulted"))
    #: another of us goes on with the caller, or somebody outside is rung for them
    TRANSFERRED = declare("transferred", Transferred, personal=("name", "address"))
    #: the caller talks with somebody outside
    PASSED_ON = declare("passed_on", Transferred, personal=("name", "address"))
    #: the caller is back with us
    TRANSFER_FAILED = declare("transfer_failed", Asked, personal=("name", "address", "consulted"))
    AGENT_LOST = declare("agent_lost", AgentLost)
    MESSAGE = declare("message", MessageLeft, personal=("recording",))
    CALLBACK = declare("callback", CallbackPromised, personal=("number",))
    SUPERVISED = declare("supervised", Supervised, personal=("supervisor",))
    ALERTED = declare("alerted", Alerted, personal=("text",))
    ABANDONED = declare("abandoned", Abandoned)
    LEFT = declare("left", Left)
    ENDED = declare("ended", Ended)
    WRAPPED_UP = declare("wrapped_up", WrappedUp)
