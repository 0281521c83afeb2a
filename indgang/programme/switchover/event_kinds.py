"""The event kinds of a switch; the stream is the switch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indgang.events.kinds import declare


@dataclass(frozen=True, slots=True)
class ServiceSwitched:
    """The service has come to the contact centre. `kinds` are what was changed (`change.PartKind`)."""

    service: str = ""
    late_seconds: int = 0
    kinds: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ServiceSwitchedBack:
    """The switch was taken back: what it had changed is as it was before."""

    service: str = ""
    kinds: Sequence[str] = ()


class SwitchoverKind:
    """The event kinds of this folder."""

    SWITCHED = declare("service_switched", ServiceSwitched)
    SWITCHED_BACK = declare("service_switched_back", ServiceSwitchedBack)
