"""Who has taken the telephone, told from how long they speak. The lengths are those of real greetings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from indgang.entry.board import greeting as hearing
from indgang.entry.board.greeting import GreetingVerdict, HeardGreeting

START = datetime(2026, 11, 30, 9, tzinfo=UTC)
#: silence after which the exchange reports the end of speech
ENDS_AFTER = 0.5


def listen(
    *speech: tuple[float, float], robot_at: float | None = None, until: float = 20.0
) -> tuple[GreetingVerdict, float]:
    """The first verdict, and after how many seconds, on speech from and to these seconds after the answer."""
    moments = [(began, True) for began, _ in speech] + [(ended + ENDS_AFTER, False) for _, ended in speech]
    heard, greeting = sorted(moments), HeardGreeting(START)
    second = 0.0
    while second <= until:
        at = START + timedelta(seconds=second)
        while heard and heard[0][0] <= second:
            greeting = hearing.heard(greeting, speaks=heard.pop(0)[1], at=at, ends_after=ENDS_AFTER)
        if robot_at is not None and greeting.robot_since is None and second >= robot_at:
            greeting = hearing.robot_speaks(greeting, at)
        if (verdict := hearing.judge(greeting, at)) is not GreetingVerdict.UNDECIDED and (
            robot_at is None or second > robot_at
        ):
            return verdict, second
        second = round(second + 0.1, 1)
    return GreetingVerdict.UNDECIDED, until


@pytest.mark.parametrize(
    "speech",
    [
        pytest.param([(0.3, 0.8)], id="hallo"),
        pytest.param([(0.2, 1.6)], id="it is Mette Jensen"),
        pytest.param([(0.2, 3.4)], id="good morning, Jensens VVS, you speak with Mette"),
        pytest.param([(0.2, 1.4), (1.9, 2.6)], id="a firm, a breath, a name"),
        pytest.param([], id="somebody who waits"),
    ],
)
def test_a_person_is_spoken_to(speech: list[tuple[float, float]]) -> None:
    verdict, after = listen(*speech)
    assert verdict is GreetingVerdict.PERSON
    assert after <= 5.0


@pytest.mark.parametrize(
    "speech",
    [
        pytest.param([(0.4, 9.5), (10.3, 11.0)], id="a long greeting and its tone"),
        pytest.param([(0.3, 2.6), (3.4, 8.0)], id="a greeting with a breath"),
        pytest.param([(0.5, 30.0)], id="music or a fax"),
    ],
)
def test_an_answering_machine_is_recognised(speech: list[tuple[float, float]]) -> None:
    verdict, after = listen(*speech)
    assert verdict is GreetingVerdict.MACHINE
    assert after <= 8.0


def test_a_greeting_with_a_long_pause_gives_itself_away_while_we_speak() -> None:
    first = listen((0.3, 1.8), (3.6, 14.0))
    assert first[0] is GreetingVerdict.PERSON, "until then it sounds like one"
    assert listen((0.3, 1.8), (3.6, 14.0), robot_at=first[1])[0] is GreetingVerdict.MACHINE


def test_a_person_may_say_a_word_while_we_speak() -> None:
    assert listen((0.3, 0.8), (3.0, 4.2), robot_at=2.0)[0] is GreetingVerdict.UNDECIDED


def test_what_was_heard_is_read_back_as_it_was() -> None:
    greeting = hearing.heard(HeardGreeting(START), speaks=True, at=START, ends_after=ENDS_AFTER)
    assert HeardGreeting.from_data(greeting.as_data()) == greeting
