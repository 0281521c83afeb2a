"""Runs checks in parallel, each with a time limit, so that a check that hangs delays no other."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.db import Error, connection
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from indgang.health.finding import Finding, Level, error

logger = logging.getLogger(__name__)

#: seconds a check may take; all of them run at the same time
LIMIT = 4.0

Look = Callable[[], Iterable[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """A check. `look` returns at least one finding. It runs in a thread of its own and may use the database, on a
    connection of its own."""

    name: str
    title: str | Promise
    look: Look


@dataclass(frozen=True, slots=True)
class Examined:
    """A check with its findings and the seconds that it took."""

    name: str
    title: str
    findings: Sequence[Finding]
    seconds: float

    @property
    def level(self) -> Level:
        return max((finding.level for finding in self.findings), default=Level.OK)


_sources: list[Callable[[], Iterable[Check]]] = []


def subscribe(source: Callable[[], Iterable[Check]]) -> None:
    """Add what gives checks. It is called when somebody wants them, because few processes do. Adding it twice counts
    once."""
    if source not in _sources:
        _sources.append(source)


def registered() -> list[Check]:
    return [check for source in _sources for check in source()]


def examine(checks: Iterable[Check], *, limit: float = LIMIT) -> list[Examined]:
    """Run all checks in parallel. Return after `limit` seconds at the latest, in the order of `checks`."""
    language = translation.get_language() or "da"
    running = [_Running(check, language) for check in checks]
    deadline = time.monotonic() + limit
    for each in running:
        each.thread.start()
    for each in running:
        each.thread.join(max(0.0, deadline - time.monotonic()))
    return [each.examined(limit) for each in running]


@dataclass(slots=True)
class _Running:
    """A check that is running. Its thread does not keep the process from ending."""

    check: Check
    language: str
    thread: threading.Thread = field(init=False)
    began: float = field(default_factory=time.monotonic)
    outcome: Examined | None = None

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, name=f"check-{self.check.name}", daemon=True)

    def examined(self, limit: float) -> Examined:
        if self.outcome is not None:
            return self.outcome
        late = _("Ikke færdig efter %(seconds)s sekunder.") % {"seconds": f"{limit:.0f}"}
        advice = _("Se, om det, der tjekkes, kan nås herfra, og prøv igen.")
        return self._examined([error(late, advice)])

    def _run(self) -> None:
        try:
            with translation.override(self.language):
                self.outcome = self._examined(self._found())
        finally:
            connection.close()

    def _found(self) -> list[Finding]:
        try:
            return list(self.check.look())
        except Error as fault:
            logger.info("the check %s: %s", self.check.name, type(fault).__name__)
            text = _("Kan ikke tjekkes: databasen svarer ikke, eller dens tabeller er af en anden version.")
            return [error(text, _("Få databasen i orden først."))]
        except Exception as fault:
            logger.exception("the check %s failed", self.check.name)
            text = _("Tjekket kunne ikke gennemføres (%(fault)s).") % {"fault": type(fault).__name__}
            return [error(text, _("Det er en fejl i produktet. Den står i loggen."))]

    def _examined(self, findings: list[Finding]) -> Examined:
        return Examined(self.check.name, str(self.check.title), findings, time.monotonic() - self.began)
