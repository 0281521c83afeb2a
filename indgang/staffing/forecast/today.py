"""The rest of a day again, when its morning is known. Pure."""

from __future__ import annotations

from indgang.staffing.erlang import Numbers


def level(expected: Numbers, came: Numbers, variance: float) -> float:
    """How many times the forecast calls the rest of the day is expected to bring.

    `expected` and `came` are the calls of the intervals that are over. Beforehand the level of a day is a Gamma
    variable with mean 1 and this relative variance; calls are Poisson given it. So afterwards its mean is
    (1 + v·came) / (1 + v·expected): the forecast holds while little is known, and the morning decides once much is.
    """
    if variance < 0:
        raise ValueError("a variance is not negative")
    return (1 + variance * float(came.sum())) / (1 + variance * float(expected.sum()))
