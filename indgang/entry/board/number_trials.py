"""Test rings: a person confirms that a number is their own by keying in, on the telephone that rings, the code that
their screen shows. A typing error would otherwise send callers to a stranger.

A trial is no call of a caller: it is forgotten when the switchboard restarts, and the person tries again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from indgang.core import phone_numbers
from indgang.core.barring import ALWAYS, Bar
from indgang.entry.board import outside
from indgang.entry.board.calls import RING_SECONDS, Calls
from indgang.entry.board.outcome import Ask, NumberTried
from indgang.routing.centre.core import RefusedOrder
from indgang.routing.centre.desk import Desk
from indgang.telephony import contract as tel

#: what the telephone says: key in the code; and that it was right
CODE_LINE, THANKS_LINE = "eget-nummer-kode", "eget-nummer-tak"
#: how often it asks for the code
SAID_TIMES = 4
#: how long a trial lasts at most, in seconds, and the name of the timer for that
TRIAL_SECONDS, TRIAL_TIMER = 75.0, "!number-trial"
#: results besides those of `tel.Failure`
CONFIRMED, WRONG_CODE, NO_CODE = "confirmed", "wrong_code", "no_code"
#: so many keys without the code are a wrong one
MOST_KEYS = 12


@dataclass(slots=True)
class NumberTrial:
    """A number of a person that is rung now on `leg`, the code, until when, and the keys pressed so far."""

    person: int
    exchange: str
    number: str
    code: str
    leg: tel.LegId
    until: datetime
    keys: str = ""
    is_answered: bool = False
    is_settled: bool = False


@dataclass(slots=True)
class NumberTrials:
    """The trials of one board, by leg, and the results of the input that is handled now."""

    by_leg: dict[tel.LegId, NumberTrial] = field(default_factory=dict)
    results: list[NumberTried] = field(default_factory=list)

    def of(self, person: int) -> NumberTrial | None:
        return next((trial for trial in self.by_leg.values() if trial.person == person), None)

    # --- orders ------------------------------------------------------------------------------------

    def begin(self, calls: Calls, ask: Ask) -> None:
        """Ring the number; an earlier trial of the person is given up."""
        desk, code = calls.centre.desk(ask.person), str(ask.payload["code"])
        number = phone_numbers.normalise(str(ask.payload["number"]))
        if not code.isdigit():
            raise RefusedOrder("bad_keys")
        if number in ALWAYS:
            raise RefusedOrder(Bar.NO_NUMBER)
        outside.check(calls, ask.person, number)
        exchange = calls.exchange_for_outside()
        if (earlier := self.of(ask.person)) is not None:
            self._end(calls, earlier, _unconfirmed(earlier))
        until = calls.centre.at + timedelta(seconds=TRIAL_SECONDS)
        trial = NumberTrial(ask.person, exchange, number, code, f"trial-{calls.centre.new_id()}", until)
        self.by_leg[trial.leg] = trial
        ours = min(calls.centre.plan.entries, default="")
        calls.orders.append((exchange, tel.Ring(trial.leg, f"tel:{number}", "", "", RING_SECONDS, trial.leg, ours)))
        calls.centre.set_desk_timer(desk, TRIAL_TIMER, until)
        outside.begun_trial(calls, ask.person, number)

    # --- reports -----------------------------------------------------------------------------------

    def heard(self, calls: Calls, report: Any) -> None:
        """A report of the leg of a trial."""
        trial = self.by_leg[report.leg]
        match report:
            case tel.Answered():
                trial.is_answered = True
                self._say(calls, trial, CODE_LINE, SAID_TIMES)
            case tel.Keyed(key=key):
                self._keyed(calls, trial, key)
            case tel.Failed(why=why):
                del self.by_leg[trial.leg]
                self._settle(trial, why.value)
            case tel.Gone():
                del self.by_leg[trial.leg]
                self._settle(trial, _unconfirmed(trial))
            case tel.Played(playback=playback) if playback == _playback(trial, THANKS_LINE):
                self._hang_up(calls, trial)

    def time_is_up(self, calls: Calls, desk: Desk) -> None:
        """End the person's trial, unless the timer is that of an earlier one."""
        trial = self.of(desk.person)
        if trial is not None and trial.until <= calls.centre.at:
            self._end(calls, trial, _unconfirmed(trial))

    def lost(self, exchange: str) -> None:
        """The exchange cannot be reached: nobody hears the keys of its trials."""
        for trial in [trial for trial in self.by_leg.values() if trial.exchange == exchange]:
            del self.by_leg[trial.leg]
            self._settle(trial, tel.Failure.UNREACHABLE.value)

    # --- inside ------------------------------------------------------------------------------------

    def _keyed(self, calls: Calls, trial: NumberTrial, key: str) -> None:
        if not trial.is_answered or trial.is_settled:
            return
        trial.keys += key
        if trial.keys.endswith(trial.code):
            self._settle(trial, CONFIRMED)
            self._say(calls, trial, THANKS_LINE, 1)
        elif len(trial.keys) >= MOST_KEYS:
            self._end(calls, trial, WRONG_CODE)

    def _say(self, calls: Calls, trial: NumberTrial, line: str, times: int) -> None:
        prompt = calls.prompt_name(line, "da")
        calls.orders.append((trial.exchange, tel.Play(trial.leg, _playback(trial, line), (prompt,) * times)))

    def _end(self, calls: Calls, trial: NumberTrial, outcome: str) -> None:
        self._settle(trial, outcome)
        self._hang_up(calls, trial)

    def _hang_up(self, calls: Calls, trial: NumberTrial) -> None:
        del self.by_leg[trial.leg]
        calls.orders.append((trial.exchange, tel.Hangup(trial.leg)))

    def _settle(self, trial: NumberTrial, outcome: str) -> None:
        """Report the result, once."""
        if not trial.is_settled:
            trial.is_settled = True
            self.results.append(NumberTried(trial.person, trial.number, trial.code, outcome))


def _unconfirmed(trial: NumberTrial) -> str:
    """The result of a trial that ends without its code."""
    return WRONG_CODE if trial.keys else NO_CODE


def _playback(trial: NumberTrial, line: str) -> str:
    return f"{trial.leg}:{line}"
