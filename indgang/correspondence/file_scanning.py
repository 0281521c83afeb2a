"""Has the files of messages scanned for viruses, where a scanner is set up.

A file that waits is not given out (`Enclosure.may_be_given_out`). The job is queued together with the message. The run
of each minute takes what jobs leave: the scanner was away, or the file came before there was one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet
from procrastinate.contrib.django import app

from indgang.core import clock
from indgang.correspondence import queueing
from indgang.correspondence.models import Enclosure, Thread, ThreadMessage
from indgang.messaging import scanning
from indgang.messaging.scanning import Infected, NotScanned, NoVerdict, Verdict

JOB = "correspondence.scan"
#: files of one run
_AT_ONCE = 200
#: how long a file that could not be scanned is left alone, and how long after it came it is tried again
_AGAIN, _LONGEST = timedelta(hours=1), timedelta(days=2)


def have_scanned(message: ThreadMessage) -> None:
    """Queue the job that scans the files of the message, in the caller's transaction."""
    if scanning.is_configured():
        app.configure_task(JOB, queue="mail").defer(message=str(message.pk))


@app.task(name=JOB, queue="mail")
def scan_later(*, message: str) -> None:
    """Scan the files of one message. The run of each minute takes what this one leaves."""
    _scan_all(_unclear().filter(message=UUID(message)))


def scan_waiting(*, at: datetime) -> int:
    """Scan the files that wait, the newest first; returns how many have a result now."""
    if not scanning.is_configured():
        return 0
    again = Q(scan=Enclosure.Scan.UNKNOWN, scanned_at__lte=at - _AGAIN, message__at__gte=at - _LONGEST)
    return _scan_all(_unclear().filter(Q(scan=Enclosure.Scan.NONE) | again))


def _unclear() -> QuerySet[Enclosure]:
    """Files that would be given out if they were known to be clean."""
    return Enclosure.objects.filter(refused="", scan__in=(Enclosure.Scan.NONE, Enclosure.Scan.UNKNOWN))


def _scan_all(rows: QuerySet[Enclosure]) -> int:
    """Scan one after the other, for a file may have 30 MB. A scanner that does not answer is asked again later."""
    done = 0
    for pk in list(rows.order_by("-pk").values_list("pk", flat=True)[:_AT_ONCE]):
        verdict = _scan(pk)
        if isinstance(verdict, NotScanned) and verdict.reason in (NoVerdict.AWAY, NoVerdict.NO_SCANNER):
            break
        if verdict is not None:
            _write(pk, verdict)
            done += 1
        if isinstance(verdict, NotScanned) and verdict.reason is NoVerdict.TOO_SLOW:
            break
    return done


def _scan(pk: int) -> Verdict | None:
    """What the scanner says; None when the file is gone."""
    content = Enclosure.objects.filter(pk=pk).values_list("content", flat=True).first()
    return None if content is None else scanning.configured().scan(bytes(content))


def _write(pk: int, verdict: Verdict) -> None:
    result = Enclosure.Scan.UNKNOWN if isinstance(verdict, NotScanned) else Enclosure.Scan.CLEAN
    if isinstance(verdict, Infected):
        result = Enclosure.Scan.INFECTED
    Enclosure.objects.filter(pk=pk).update(scan=result, scanned_at=clock.now())
    for thread in Thread.objects.filter(messages__enclosures=pk):
        queueing.mark(thread)
