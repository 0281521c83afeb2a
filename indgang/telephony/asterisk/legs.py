"""Tracks the state of each leg, so that every report is made once and in a valid order.

Asterisk's events may be repeated, late or missing. A leg goes through: dialled → up → gone, or arrived (up) →
gone. `LegBook.observe` turns an observation into the report that is new, or into nothing. No clock, no I/O.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Iterable
from enum import Enum, auto

from indgang.telephony.asterisk.translate import Ended, Observation, PickedUp
from indgang.telephony.contract import (
    Answered,
    Arrived,
    ConversationRecorded,
    Failed,
    Failure,
    Gone,
    Keyed,
    LegId,
    PhoneRegistered,
    Played,
    Recorded,
    Report,
    Talking,
)

#: how many finished legs, playbacks and recordings are remembered, to recognize late repeats
MEMORY = 20_000

# ISDN causes (Q.850) that say more than "unreachable"
BUSY_CAUSES = frozenset({17})
NO_ANSWER_CAUSES = frozenset({19, 102})
REFUSED_CAUSES = frozenset({16, 21})
#: nobody responded, or (Asterisk 16) no cause given: no answer if it had rung, else unreachable
SILENT_CAUSES = frozenset({None, 0, 18})
UNREACHABLE_CAUSE = 3


class LegStage(Enum):
    DIALLED = auto()
    UP = auto()
    #: the caller is in the exchange's fallback plan for a while
    FALLEN_BACK = auto()


class BoundedSet:
    """A set of limited size that drops its oldest members."""

    def __init__(self, size: int = MEMORY) -> None:
        self._size = size
        self._members: OrderedDict[Hashable, None] = OrderedDict()

    def __contains__(self, member: Hashable) -> bool:
        return member in self._members

    def add(self, member: Hashable) -> bool:
        """Add a member; False when it was there already."""
        if member in self._members:
            return False
        self._members[member] = None
        if len(self._members) > self._size:
            self._members.popitem(last=False)
        return True

    def discard(self, member: Hashable) -> None:
        self._members.pop(member, None)


class LegBook:
    """The legs of one exchange."""

    def __init__(self) -> None:
        self._stages: dict[LegId, LegStage] = {}
        self._given_up: set[LegId] = set()
        self._over = BoundedSet()
        self._done = BoundedSet()
        self._phones: dict[str, bool] = {}

    def __contains__(self, leg: LegId) -> bool:
        return leg in self._stages

    def dialled(self, leg: LegId) -> bool:
        """Note that the leg will be dialled; False for a repeated order."""
        if leg in self._stages or leg in self._over:
            return False
        self._stages[leg] = LegStage.DIALLED
        return True

    def given_up(self, leg: LegId) -> None:
        """Note that the product hangs up the leg."""
        if leg in self._stages:
            self._given_up.add(leg)

    def fallen_back(self, leg: LegId) -> bool:
        """Note that the caller goes to the exchange's fallback plan; False when the leg is not up."""
        if not self.is_up(leg):
            return False
        self._stages[leg] = LegStage.FALLEN_BACK
        return True

    def is_up(self, leg: LegId) -> bool:
        return self._stages.get(leg) is LegStage.UP

    def is_dialled(self, leg: LegId) -> bool:
        """Whether we are dialling the leg, and it is still wanted."""
        return self._stages.get(leg) is LegStage.DIALLED and leg not in self._given_up

    def is_over(self, leg: LegId) -> bool:
        """Whether the leg has ended."""
        return leg in self._over

    def recording_over(self, recording: str) -> None:
        """Note that the end of this recording is known, or is nobody's business, so that it is not reported."""
        self._done.add(("conversation", recording))
        self._done.add(("recorded", recording))

    def restart(self, up: Iterable[LegId], phones: Iterable[str] = ()) -> None:
        """Replace the state after a connection: only these legs are up, and only these phones are on."""
        up = set(up)
        for leg in self._stages.keys() - up:
            # callers in the exchange's fallback plan are not ours now, but may come to us again
            if self._stages[leg] is not LegStage.FALLEN_BACK:
                self._over.add(leg)
        for leg in up:
            self._over.discard(leg)
        self._stages = dict.fromkeys(up, LegStage.UP)
        self._given_up &= up
        self._phones = dict.fromkeys(phones, True)

    def observe(self, seen: Observation) -> Report | None:
        """The report that follows from this observation, or None when it is not new."""
        match seen:
            case Arrived(leg=leg):
                return seen if self._appear(leg) else None
            case PickedUp(leg, at):
                return Answered(leg, at) if self._pick_up(leg) else None
            case Ended():
                return self._end(seen)
            case Keyed(leg=leg) | Talking(leg=leg):
                return seen if self.is_up(leg) else None
            case Played(playback=playback):
                return seen if self._done.add(("played", playback)) else None
            case Recorded(recording=recording):
                return seen if self._done.add(("recorded", recording)) else None
            case ConversationRecorded(recording=recording):
                return seen if self._done.add(("conversation", recording)) else None
            case PhoneRegistered(phone, on):
                return seen if self._switch(phone, on) else None
        return None

    def _appear(self, leg: LegId) -> bool:
        known = self._stages.get(leg)
        if known not in (None, LegStage.FALLEN_BACK) or leg in self._over:
            return False
        self._stages[leg] = LegStage.UP
        return True

    def _pick_up(self, leg: LegId) -> bool:
        if leg in self._over or self._stages.get(leg) is LegStage.UP:
            return False
        self._stages[leg] = LegStage.UP
        return True

    def _end(self, seen: Ended) -> Report | None:
        leg, cause, at = seen.leg, seen.cause, seen.at
        if self._stages.get(leg) is LegStage.FALLEN_BACK and cause is None:
            return None  # it has left us for the exchange's fallback plan, and is still up
        stage = self._stages.pop(leg, None)
        if stage is None:
            return None
        self._over.add(leg)
        ours = leg in self._given_up
        self._given_up.discard(leg)
        if stage in (LegStage.UP, LegStage.FALLEN_BACK):
            return Gone(leg, at)
        if ours:
            return Failed(leg, Failure.NO_ANSWER, at)
        return _failed(seen)

    def _switch(self, phone: str, on: bool) -> bool:
        # an unknown phone is off
        if self._phones.get(phone, False) == on:
            return False
        self._phones[phone] = on
        return True


def _failed(ended: Ended) -> Failed:
    found = why(ended.cause, rung=ended.rung)
    is_open = found is Failure.UNREACHABLE and not ended.rung
    never_left = is_open and is_trunks_fault(ended)
    unheard = is_open and not never_left and ended.cause in SILENT_CAUSES
    return Failed(ended.leg, found, ended.at, never_left, unheard)


def why(cause: int | None, *, rung: bool) -> Failure:
    """Why a dialled leg was never answered, from its ISDN cause and whether the far end had rung."""
    if cause in BUSY_CAUSES:
        return Failure.BUSY
    if cause in NO_ANSWER_CAUSES or (cause in SILENT_CAUSES and rung):
        return Failure.NO_ANSWER
    if cause in REFUSED_CAUSES:
        return Failure.REFUSED
    return Failure.UNREACHABLE


#: SIP statuses with which an operator refuses a call regardless of the number: our sign-in is wrong (401, 403, 407),
#: no answer came (408), or its own servers have failed
_TRUNKS_FAULTS = frozenset({401, 403, 407, 408, *range(500, 600)})
#: the same as ISDN causes, if Asterisk does not report the status: out of order, congested, no route, no such trunk
_TRUNKS_CAUSES = frozenset({UNREACHABLE_CAUSE, 20, 27, 34, 38, 41, 42, 44, 58, 66})


def is_trunks_fault(ended: Ended) -> bool:
    """Whether a dialled leg failed because of its trunk, so that another trunk may succeed."""
    if ended.rung:
        return False
    return ended.sip in _TRUNKS_FAULTS if ended.sip is not None else ended.cause in _TRUNKS_CAUSES
