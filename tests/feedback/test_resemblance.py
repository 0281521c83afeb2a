"""The check of bias, on simulated callers who answer the more the less content they are."""

from __future__ import annotations

import random
from collections import Counter
from statistics import fmean

from hypothesis import given
from hypothesis import strategies as st

from indgang.feedback import resemblance
from indgang.feedback.index import Ratings
from indgang.feedback.resemblance import Sample

BANDS = ("0-1", "1-3", "3-10", "10-")


def callers(number: int, *, biased: bool, seed: int = 7) -> tuple[Sample, float, float]:
    """Callers whose contentment falls with the wait. All are asked; who is less content answers more when `biased`.

    Returns the sample, the true mean of all, and that of the answers.
    """
    chance = random.Random(seed)
    sample, true, said = Sample(), [], []
    for _each in range(number):
        wait = chance.choices(range(4), (50, 30, 15, 5))[0]
        index = min(max(chance.gauss(90 - 22 * wait, 10), 0), 100)
        answered = chance.random() < (0.1 + 0.6 * (100 - index) / 100 if biased else 0.3)
        traits = {"wait": BANDS[wait], "hour": str(chance.randrange(9, 16)), "level": str(chance.randint(1, 2))}
        sample.add(traits, asked=True, answered=answered)
        true.append(index)
        if answered:
            sample.rate(traits, Ratings.of((index,)))
            said.append(index)
    return sample, fmean(true), fmean(said)


def test_callers_who_answer_the_more_the_less_content_they_are_are_found_out() -> None:
    sample, true, said = callers(4000, biased=True)
    assert said < true - 5, "the answers are worse than the callers"
    found = resemblance.unlike(sample.everybody, sample.answered)
    assert {each.trait for each in found} == {"wait"}, "hour and level have nothing to do with it"
    by = {each.category: each.by for each in found}
    assert by["0-1"] < -5
    assert by["10-"] > 3
    weighted = resemblance.as_all(sample)
    assert weighted is not None
    assert weighted.trait == "wait"
    assert abs(weighted.weighted - true) < abs(weighted.mean - true) / 2
    assert abs(weighted.mean - said) < 1e-9


def test_callers_who_answer_whatever_they_think_are_not_suspected() -> None:
    suspected = 0
    for seed in range(60):
        sample, _true, _said = callers(600, biased=False, seed=seed)
        suspected += bool(resemblance.unlike(sample.everybody, sample.answered))
    assert suspected / 60 < 0.12


def test_everybody_resembles_everybody() -> None:
    sample, _true, _said = callers(300, biased=True)
    assert not resemblance.unlike(sample.everybody, sample.asked)


@given(st.lists(st.sampled_from("abc"), max_size=60), st.integers(0, 20))
def test_few_answers_say_nothing(categories: list[str], answered: int) -> None:
    everybody, some = Counter(categories), Counter(categories[: min(answered, 4)])
    assert not resemblance.unlike({"service": everybody}, {"service": some})


def test_without_answers_there_is_no_mean() -> None:
    sample = Sample()
    sample.add({"wait": "0-1"}, asked=True, answered=False)
    assert resemblance.as_all(sample) is None
    assert resemblance.unlike(sample.everybody, sample.answered) == []
