"""Checks run side by side; one that hangs, fails or lacks the database holds up nobody and gives nothing away."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import translation

from indgang.accounts import break_glass, people, sessions
from indgang.health import examination
from indgang.health.examination import Check, examine
from indgang.health.finding import Finding, Level, ok


def _says(text: str) -> list[Finding]:
    return [ok(text)]


def test_checks_run_at_the_same_time_and_come_in_their_order() -> None:
    both_here = threading.Barrier(2, timeout=20)

    def meets() -> Iterator[Finding]:
        both_here.wait()
        yield ok("met")

    found = examine([Check("a", "A", meets), Check("b", "B", meets)], limit=30)
    assert [(each.name, each.level) for each in found] == [("a", Level.OK), ("b", Level.OK)]


def test_a_check_that_hangs_is_reported_and_holds_up_nobody() -> None:
    over = threading.Event()

    def hangs() -> Iterator[Finding]:
        over.wait(60)
        yield ok("late")

    began = time.monotonic()
    slow, quick = examine([Check("slow", "Slow", hangs), Check("quick", "Quick", lambda: _says("here"))], limit=0.5)
    over.set()
    assert time.monotonic() - began < 30
    assert slow.level is Level.ERROR
    assert slow.findings[0].advice
    assert quick.findings == [ok("here")]


def test_a_check_that_fails_is_an_error_that_does_not_repeat_what_it_was_about(
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fails() -> list[Finding]:
        raise ValueError("kornblomst ved havnen")

    with caplog.at_level(logging.CRITICAL):
        (failed,) = examine([Check("bad", "Bad", fails)])
    assert failed.level is Level.ERROR
    assert "ValueError" in failed.findings[0].text
    assert "kornblomst" not in failed.findings[0].text + failed.findings[0].advice


def test_without_the_database_a_check_says_so() -> None:
    def asks() -> list[Finding]:
        raise OperationalError("no connection")

    with translation.override("en"):
        (asked,) = examine([Check("rows", "Rows", asks)])
    assert "the database does not answer" in asked.findings[0].text


def test_findings_are_in_the_language_of_whoever_asks() -> None:
    def late() -> list[Finding]:
        return _says(translation.gettext("Alle indstillinger kan bruges."))

    said = []
    for language in ("da", "en"):
        with translation.override(language):
            said.append(examine([Check("x", "X", late)])[0].findings[0].text)
    assert said == ["Alle indstillinger kan bruges.", "All settings can be used."]


@pytest.mark.parametrize(
    ("owner", "name"),
    [(examination, "_sources"), (sessions, "_listeners"), (break_glass, "_listeners"), (people, "_listeners")],
)
def test_a_link_that_is_made_twice_counts_once(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> None:
    monkeypatch.setattr(owner, name, [])

    def link(*_facts: Any) -> list[Check]:
        return []

    for _time in range(2):
        owner.subscribe(link)
    assert getattr(owner, name) == [link]
