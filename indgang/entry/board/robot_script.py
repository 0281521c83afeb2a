"""The script of a robot call: prompts, and one key from 1 to 9 for each question. Pure: no clock, no telephone.

A `ScriptPlace` is where the person is in a `Script`. Each input gives a `ScriptTurn`: the new place, what is said or
waited for, and the steps to write down before anything of that is done.

- Keys count while the prompt speaks. The same key within `SAME_KEY_SECONDS` is one press.
- Without a key a question is asked once more. Then the next one follows, unless nothing was ever keyed: then nobody is
  there who listens, and the call ends.
- A wrong key (0, * or #) is said to be wrong, and the question is asked again, `MOST_WRONG` times at most.
- A comment is recorded only after a key that is pressed for it. The key of the last answer, pressed again within
  `ANSWERED_TWICE_SECONDS`, is not: who was dissatisfied has pressed the same one.
- The key that opts out does so in any part until the call is over, and is confirmed. It ends a recording, and what was
  said before it counts like the answers that were keyed before it.
- Who hangs up in the middle has answered what they have answered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

#: a key pressed twice within this time was pressed once, in seconds
SAME_KEY_SECONDS = 0.8
#: how soon after the last question its key may be pressed again by mistake, in seconds
ANSWERED_TWICE_SECONDS = 3.0
#: how long a key may take after the prompt, in seconds
KEY_SECONDS = 6.0
#: how often a question is asked
ASKED_TIMES = 2
#: wrong keys in one question, after which it stays unanswered
MOST_WRONG = 3
#: the key that opts out: 0 would be taken for a very low answer
OPT_OUT_KEY = "*"
#: the key that begins the recording of a comment
RECORD_KEY = "1"
MARKS = frozenset("123456789")


class ScriptPart(StrEnum):
    """A part of the script. OFFER asks whether a comment is to be recorded; LAST is what is said at the end."""

    INTRO = "intro"
    QUESTION = "question"
    OFFER = "offer"
    COMMENT = "comment"
    LAST = "last"
    OVER = "over"


class RobotOutcome(StrEnum):
    """What became of a robot call; the words of `entry.models.RobotCall.outcome`.

    ANSWERED    all questions
    PARTLY      some of them
    SILENT      somebody or something took the telephone and pressed no key
    DECLINED    the call was turned down, or the person hung up before the first answer
    OPTED_OUT   the person does not want such calls
    MACHINE     an answering machine
    FORWARDED   the number leads to a number of ours
    FAILED      the number could not be rung
    EXPIRED     there was no line for it until its time was over
    NOT_RUNG    its order could not be carried out, or the line was at fault, so that nobody's telephone rang
    INTERRUPTED it was dialled and the switchboard was away, so nobody knows what became of it
    """

    ANSWERED = "answered"
    PARTLY = "partly"
    SILENT = "silent"
    DECLINED = "declined"
    OPTED_OUT = "opted_out"
    NO_ANSWER = "no_answer"
    BUSY = "busy"
    MACHINE = "machine"
    FORWARDED = "forwarded"
    FAILED = "failed"
    EXPIRED = "expired"
    NOT_RUNG = "not_rung"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Script:
    """Codes of prompts, which are said in `language` where it has them and in Danish otherwise.

    `comment` is the prompt that offers to record a comment of at most `comment_seconds`, and promises that the sound
    is deleted after `comment_days`; "" offers none.
    """

    intro: str
    questions: tuple[str, ...]
    again: str
    wrong_key: str
    thanks: str
    opted_out: str
    language: str = "da"
    comment: str = ""
    comment_seconds: float = 120.0
    comment_days: int = 30

    def as_data(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Script:
        """Raises KeyError, TypeError or ValueError for data that is no script. Unknown fields are left out."""
        if not data["questions"]:
            raise ValueError("a script needs a question")
        known = {each.name: data[each.name] for each in fields(cls) if each.name in data}
        return cls(**{**known, "questions": tuple(str(each) for each in data["questions"])})


@dataclass(frozen=True, slots=True)
class ScriptPlace:
    """Where somebody is in a script. `marks` holds one key for each question that is over, None without an answer.

    `asked` and `wrong` count for the present question. `key` was pressed last, at `key_at`.
    """

    part: ScriptPart = ScriptPart.INTRO
    marks: tuple[int | None, ...] = ()
    asked: int = 0
    wrong: int = 0
    key: str = ""
    key_at: datetime | None = None
    opted_out: bool = False
    comment: bool = False

    @property
    def is_over(self) -> bool:
        return self.part is ScriptPart.OVER

    @property
    def has_answers(self) -> bool:
        return any(mark is not None for mark in self.marks)

    def as_data(self) -> dict[str, Any]:
        return asdict(self) | {"key_at": self.key_at.isoformat() if self.key_at else None}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> ScriptPlace:
        """The place that `as_data` wrote. Fields that are not there have their defaults, unknown ones are left out."""
        known = {each.name: data[each.name] for each in fields(cls) if each.name in data}
        key_at = datetime.fromisoformat(data["key_at"]) if data.get("key_at") else None
        part, marks = ScriptPart(data.get("part", ScriptPart.INTRO)), tuple(data.get("marks", ()))
        return cls(**{**known, "part": part, "marks": marks, "key_at": key_at})


@dataclass(frozen=True, slots=True)
class ScriptStep:
    """What is written down: `kind` is "asked", "keyed", "unanswered", "wrong_key", "opted_out" or "comment"; `question`
    counts from 0."""

    kind: str
    question: int | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class ScriptTurn:
    """The new place; `say` are codes of prompts, `wait` a time in seconds. `hears_on` lets what is said, and the time
    that runs, go on."""

    place: ScriptPlace
    say: tuple[str, ...] = ()
    wait: float | None = None
    record: bool = False
    hang_up: bool = False
    steps: tuple[ScriptStep, ...] = ()
    hears_on: bool = False


def begin(script: Script) -> ScriptTurn:
    """The person is on the line."""
    return ScriptTurn(ScriptPlace(), say=(script.intro,))


def resume(script: Script, place: ScriptPlace, *, is_recording: bool = False) -> ScriptTurn:
    """After an outage: say again what the person may not have heard, unless they are being recorded still."""
    if place.part is ScriptPart.COMMENT and is_recording:
        return ScriptTurn(place, wait=script.comment_seconds + KEY_SECONDS)
    if place.part is ScriptPart.INTRO:
        return begin(script)
    if place.part is ScriptPart.QUESTION:
        return ScriptTurn(place, say=(script.questions[len(place.marks)],))
    if place.part is ScriptPart.OFFER:
        return ScriptTurn(place, say=(script.comment,))
    return _last(script, place)


def said(script: Script, place: ScriptPlace) -> ScriptTurn:
    """The prompt has been said to its end."""
    match place.part:
        case ScriptPart.INTRO:
            return _ask(script, place)
        case ScriptPart.QUESTION | ScriptPart.OFFER:
            return ScriptTurn(place, wait=KEY_SECONDS, hears_on=True)
        case ScriptPart.LAST:
            return ScriptTurn(replace(place, part=ScriptPart.OVER), hang_up=True)
    return ScriptTurn(place, hears_on=True)


def keyed(script: Script, place: ScriptPlace, key: str, at: datetime) -> ScriptTurn:
    """The person pressed a key."""
    if _is_repeat(place, key, at):
        # of the answer the time counts from its own key, however often that is pressed again
        later = place if place.part is ScriptPart.OFFER else replace(place, key_at=at)
        return ScriptTurn(later, hears_on=True)
    place = replace(place, key=key, key_at=at)
    if key == OPT_OUT_KEY and place.part is not ScriptPart.OVER and not place.opted_out:
        return _opt_out(script, place)
    if place.part in (ScriptPart.LAST, ScriptPart.OVER, ScriptPart.COMMENT):
        return ScriptTurn(place, hears_on=True)
    if place.part is ScriptPart.INTRO:
        return _ask(script, place)
    if place.part is ScriptPart.OFFER:
        return _comment(script, place) if key == RECORD_KEY else _last(script, place)
    return _mark(script, place, key) if key in MARKS else _wrong(script, place, key)


def _is_repeat(place: ScriptPlace, key: str, at: datetime) -> bool:
    """Whether the key was pressed once, or its second press was meant for the question before."""
    soon = ANSWERED_TWICE_SECONDS if place.part is ScriptPart.OFFER else SAME_KEY_SECONDS
    return key == place.key and place.key_at is not None and (at - place.key_at).total_seconds() < soon


def silent(script: Script, place: ScriptPlace) -> ScriptTurn:
    """No key was pressed in time."""
    if place.part is not ScriptPart.QUESTION:
        return _last(script, place)
    if place.asked < ASKED_TIMES:
        return _ask(script, place, script.again)
    return _unanswered(script, place)


def recorded(script: Script, place: ScriptPlace, seconds: float) -> ScriptTurn:
    """The comment is complete; 0 seconds is a silent one. In the last part a key has ended it."""
    steps = (ScriptStep("comment"),) if seconds > 0 and not place.comment else ()
    if place.part is ScriptPart.COMMENT:
        return _last(script, replace(place, comment=bool(steps)), *steps)
    if place.part is ScriptPart.LAST and steps:
        return ScriptTurn(replace(place, comment=True), steps=steps, hears_on=True)
    return ScriptTurn(place, hears_on=True)


def outcome(script: Script, place: ScriptPlace, *, hung_up: bool = False) -> RobotOutcome:
    """What became of a call that ended here; `hung_up` when the person ended it."""
    if place.opted_out:
        return RobotOutcome.OPTED_OUT
    if not place.has_answers:
        return RobotOutcome.DECLINED if hung_up else RobotOutcome.SILENT
    is_whole = len(place.marks) == len(script.questions) and None not in place.marks
    return RobotOutcome.ANSWERED if is_whole else RobotOutcome.PARTLY


def _ask(script: Script, place: ScriptPlace, *before: str) -> ScriptTurn:
    """Ask the next question, or the present one again."""
    question = len(place.marks)
    asked = replace(place, part=ScriptPart.QUESTION, asked=place.asked + 1)
    return ScriptTurn(asked, say=(*before, script.questions[question]), steps=(ScriptStep("asked", question),))


def _mark(script: Script, place: ScriptPlace, key: str) -> ScriptTurn:
    step = ScriptStep("keyed", len(place.marks), key)
    return _next(script, replace(place, marks=(*place.marks, int(key))), step)


def _unanswered(script: Script, place: ScriptPlace) -> ScriptTurn:
    """The question stays without an answer."""
    step = ScriptStep("unanswered", len(place.marks))
    place = replace(place, marks=(*place.marks, None))
    return _next(script, place, step) if place.has_answers else _last(script, place, step)


def _wrong(script: Script, place: ScriptPlace, key: str) -> ScriptTurn:
    step = ScriptStep("wrong_key", len(place.marks), key)
    place = replace(place, wrong=place.wrong + 1)
    if place.wrong >= MOST_WRONG:
        turn = _unanswered(script, place)
    else:
        # it does not count as asked in vain: somebody is there
        turn = _ask(script, replace(place, asked=place.asked - 1), script.wrong_key)
    return replace(turn, steps=(step, *turn.steps))


def _next(script: Script, place: ScriptPlace, step: ScriptStep) -> ScriptTurn:
    """After a question: the next one, the offer of a comment, or the end."""
    place = replace(place, asked=0, wrong=0)
    if len(place.marks) < len(script.questions):
        turn = _ask(script, place)
        return replace(turn, steps=(step, *turn.steps))
    if script.comment and place.has_answers:
        return ScriptTurn(replace(place, part=ScriptPart.OFFER), say=(script.comment,), steps=(step,))
    return _last(script, place, step)


def _comment(script: Script, place: ScriptPlace) -> ScriptTurn:
    return ScriptTurn(replace(place, part=ScriptPart.COMMENT), record=True)


def _opt_out(script: Script, place: ScriptPlace) -> ScriptTurn:
    turn = _last(script, replace(place, opted_out=True), ScriptStep("opted_out"))
    return replace(turn, say=(script.opted_out,))


def _last(script: Script, place: ScriptPlace, *steps: ScriptStep) -> ScriptTurn:
    return ScriptTurn(replace(place, part=ScriptPart.LAST), say=(script.thanks,), steps=steps)
