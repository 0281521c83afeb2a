"""Watches what becomes worse by itself while nobody looks (certificates, disks, backups) and raises alerts.

`indgang doctor` finds the same, for whoever runs it.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import translation

from indgang.config import checks
from indgang.entry.team import alerts
from indgang.health.examination import Examined, examine
from indgang.health.finding import Level

#: the watched checks, by name
WATCHED = ("disk", "certificates", "backup")
#: seconds a check may take: nobody waits for it
LIMIT = 60.0


def watch(*, at: datetime) -> None:
    """Run the checks. A warning or an error raises an alert; it ends by itself when the cause has gone."""
    watched = [check for check in checks.CHECKS if check.name in WATCHED]
    with translation.override("da"):
        for each in examine(watched, limit=LIMIT):
            if each.level is Level.OK:
                alerts.end(code_of(each), at=at)
            else:
                alerts.begin(code_of(each), _worst(each), at=at)


def code_of(examined: Examined) -> str:
    return f"installation_{examined.name}"


def _worst(examined: Examined) -> str:
    """The worst finding, with its advice."""
    found = max(examined.findings, key=lambda finding: finding.level)
    return f"{found.text.rstrip('.')}. {found.advice}"
