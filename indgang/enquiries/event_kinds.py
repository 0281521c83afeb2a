"""Event kinds of enquiries beside those of calls: begun by hand, and registered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indgang.events.kinds import declare


@dataclass(frozen=True, slots=True)
class Begun:
    """An enquiry that somebody began by hand on `channel`: a visit, a direct call, a mail. `centre` is a code."""

    channel: str = ""
    centre: str = ""
    caller_number: str = ""
    caller_name: str = ""
    language: str = "da"
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """Somebody wrote to us on `channel`, to `place` (the code of a mailbox, a form or a number). `centre` is a code.

    `message` is the key of what they wrote, `follows` the enquiry that it goes on with.
    """

    channel: str = ""
    centre: str = ""
    place: str = ""
    message: str = ""
    caller_number: str = ""
    caller_name: str = ""
    language: str = "da"
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class ContactWrote:
    """The contact wrote again; `automatic`: their mail program did. `reopened`: the enquiry had ended."""

    message: str = ""
    automatic: bool = False
    reopened: bool = False


@dataclass(frozen=True, slots=True)
class Replied:
    """The person of the event answered the contact in writing: `message` was accepted by the server that carries it.

    `open_seconds` are the seconds of opening hours from the contact's first message without an answer to this one;
    `within` is how many were promised then. `target_percent` is the target of the queue when the answer left; events of
    former releases hold none.
    """

    message: str = ""
    open_seconds: float | None = None
    within: float | None = None
    target_percent: float | None = None


@dataclass(frozen=True, slots=True)
class Reopened:
    """An enquiry that had ended goes on: its answer was withdrawn or could not be sent, or it was no spam."""

    why: str = ""


@dataclass(frozen=True, slots=True)
class EnquiryRegistered:
    """The questions were registered, or `corrected`. Notes are not part of the event.

    For an enquiry that was not measured, the agent gives its start (`began_at`, ISO) and its length in `minutes`.
    """

    questions: Sequence[Mapping[str, Any]] = ()
    corrected: bool = False
    began_at: str | None = None
    minutes: float | None = None


@dataclass(frozen=True, slots=True)
class RepeatDecided:
    """Seven days after the registration: whether the contact came back about one of the services (`repeats`)."""

    repeated: bool = False


def _times_apart(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Upgrade version 1, which kept the typed times in one field."""
    rest = {name: value for name, value in data.items() if name != "times"}
    times = data.get("times")
    return {**rest, "began_at": times["arrived_at"], "minutes": times["minutes"]} if times else rest


class EnquiryKind:
    """The event kinds of this package."""

    BEGUN = declare("begun", Begun, personal=("caller_number", "caller_name"))
    RECEIVED = declare("received", Received, personal=("caller_number", "caller_name"))
    CONTACT_WROTE = declare("contact_wrote", ContactWrote)
    REPLIED = declare("replied", Replied)
    REOPENED = declare("reopened", Reopened)
    REPEAT_DECIDED = declare("repeat_decided", RepeatDecided)
    REGISTERED = declare("registered", EnquiryRegistered, version=2, upcasts={1: _times_apart})
