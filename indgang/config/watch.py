"""Watches what becomes worse by itself while nobody looks (certificates, disks, backups) and raises alerts.

`indgang doctor` finds the same, for whoever runs it. On several machines each worker speaks for its own: disks and
backups are a machine's, and their alerts carry its name.
"""

from __future__ import annotations

import socket
from datetime import datetime

from django.utils import translation

from indgang.config import checks
from indgang.entry.models import Alert
from indgang.entry.team import alerts
from indgang.health.examination import Examined, examine
from indgang.health.finding import Level
from indgang.live.models import RunningProcess

#: the watched checks, by name
WATCHED = ("disk", "certificates", "backup", "free-busy")
#: those of them that look at one machine
_OF_A_MACHINE = ("disk", "backup")
_PREFIX = "installation_"
#: characters of an alert's code
_LONGEST = 60
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
    _end_those_of_machines_that_are_gone(at)


def code_of(examined: Examined) -> str:
    """The code of the check's alert. With the name of a machine, another machine that is well does not end it."""
    return _code(examined.name, socket.gethostname())


def _code(name: str, host: str) -> str:
    return f"{_PREFIX}{name}_{host}"[:_LONGEST] if name in _OF_A_MACHINE else f"{_PREFIX}{name}"


def _worst(examined: Examined) -> str:
    """The worst finding, with its advice."""
    found = max(examined.findings, key=lambda finding: finding.level)
    text = f"{found.text.rstrip('.')}. {found.advice}"
    return f"{socket.gethostname()}: {text}" if examined.name in _OF_A_MACHINE else text


def _end_those_of_machines_that_are_gone(at: datetime) -> None:
    """No worker of such a machine is left to end them."""
    hosts = {socket.gethostname(), *RunningProcess.objects.values_list("host", flat=True)}
    living = {_code(name, host) for name in WATCHED for host in hosts}
    raised = Alert.objects.filter(code__startswith=_PREFIX, over_at=None)
    for code in set(raised.values_list("code", flat=True)) - living:
        alerts.end(code, at=at)
