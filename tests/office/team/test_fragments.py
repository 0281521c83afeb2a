from __future__ import annotations

import threading

from indgang.office.team.fragments import Shared


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_a_part_is_made_once_and_again_when_it_is_old() -> None:
    time, made = Time(), []
    shared = Shared(0.4, now=time)

    def make() -> str:
        made.append(time.now)
        return f"made {len(made)}"

    first = shared.get("tmf", make)
    time.now += 0.39
    assert shared.get("tmf", make) is first
    assert shared.get("bif", make).body == b"made 2", "another centre has its own"
    time.now += 0.02
    assert shared.get("tmf", make).body == b"made 3"


def test_its_age_counts_from_before_it_was_made() -> None:
    time = Time()
    shared = Shared(0.4, now=time)

    def slow() -> str:
        time.now += 0.5
        return "slow"

    first = shared.get("tmf", slow)
    assert shared.get("tmf", lambda: "fresh") is not first, "what was committed while it was made may be missing"


def test_many_who_ask_at_once_wait_for_one_making() -> None:
    shared, made, everybody = Shared(60.0), [], threading.Barrier(8)
    answers: list[bytes] = []

    def make() -> str:
        made.append(1)
        return "board"

    def ask() -> None:
        everybody.wait(20)
        answers.append(shared.get("tmf", make).body)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert answers == [b"board"] * 8
    assert len(made) == 1


def test_the_tag_does_not_follow_the_ticking() -> None:
    ticking = '<b role="timer" class="x">{}</b><i>{}</i>'
    tags = [Shared().get("k", lambda text=text: text).tag for text in (  # type: ignore[misc]  # bound now
        ticking.format("0:01", "3"), ticking.format("0:02", "3"), ticking.format("0:02", "4"),
    )]  # fmt: skip
    assert tags[0] == tags[1] != tags[2]
