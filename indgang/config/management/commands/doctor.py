"""`indgang doctor`: report whether this installation is fit to run, and what to do where it is not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indgang.config import checks
from indgang.health.examination import Check, Examined, examine
from indgang.health.finding import Level

_SIGNS = {Level.OK: "ok     ", Level.WARNING: "warning", Level.ERROR: "ERROR  "}


class Command(BaseCommand):
    help = "Check settings, database, telephone system, mail, disk and more; exit code 1 when there is an error"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("names", nargs="*", metavar="CHECK", help="only these checks")
        parser.add_argument("--json", action="store_true", help="findings for a program to read")
        parser.add_argument("--strict", action="store_true", help="exit code 1 for a warning as well")
        parser.add_argument("--language", choices=("da", "en"), default="en", help="of the findings (en)")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            examined = examine(_chosen(options["names"]))
            if options["json"]:
                self.stdout.write(json.dumps([_plain(each) for each in examined], ensure_ascii=False, indent=2))
            else:
                for each in examined:
                    self._show(each)
        worst = max((each.level for each in examined), default=Level.OK)
        if worst is Level.ERROR or (options["strict"] and worst is Level.WARNING):
            raise SystemExit(1)

    def _show(self, examined: Examined) -> None:
        for finding in examined.findings:
            self.stdout.write(f"{_SIGNS[finding.level]} {examined.title}: {finding.text}")
            if finding.advice:
                self.stdout.write(f"        → {finding.advice}")


def _chosen(names: Sequence[str]) -> list[Check]:
    known = {check.name: check for check in checks.CHECKS}
    if unknown := [name for name in names if name not in known]:
        raise CommandError(f"There is no check {unknown[0]!r}; known are {', '.join(known)}", returncode=2)
    return [known[name] for name in names] if names else list(checks.CHECKS)


def _plain(examined: Examined) -> dict[str, Any]:
    findings = [
        {"level": finding.level.word, "text": finding.text, "advice": finding.advice} for finding in examined.findings
    ]
    return {"check": examined.name, "level": examined.level.word, "findings": findings,
            "seconds": round(examined.seconds, 3)}  # fmt: skip
