"""Event kinds of enquiries beside those of calls: begun by hand, and registered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indgang.events.kinds import declare


@dataclass(frozen=True, slots=True)
class Begun:
    """Somebody began it by hand on `channel`: a visit, a direct call, a mail. `centre` is a code."""

    channel: str = ""
    centre: str = ""
    caller_number: str = ""
    caller_name: str = ""
    language: str = "da"
    follows: str | None = None


@dataclass(frozen=True, slots=True)
class EnquiryRegistered:
    """Its questions were registered, or `corrected`. Notes are not part of the event.

    Of what nobody measured the agent says when it began (`began_at`, ISO) and how many `minutes` it took.
    """

    questions: Sequence[Mapping[str, Any]] = ()
    corrected: bool = False
    began_at: str | None = None
    minutes: float | None = None


def _times_apart(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Version 1 kept the typed times together."""
    rest = {name: value for name, value in data.items() if name != "times"}
    times = data.get("times")
    return {**rest, "began_at": times["arrived_at"], "minutes": times["minutes"]} if times else rest


class EnquiryKind:
    """The kinds, by what happened."""

    BEGUN = declare("begun", Begun, personal=("caller_number", "caller_name"))
    REGISTERED = declare("registered", EnquiryRegistered, version=2, upcasts={1: _times_apart})
