"""Processes: those that must run and do not, orders and jobs that no process takes, processes of another version, and
whether the engines are compiled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import connection
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang import __version__
from indgang.core import clock, compiled
from indgang.entry.models import Command
from indgang.entry.switchboard.leadership import LOCK
from indgang.health import jobs
from indgang.health.finding import Finding, error, ok, warning
from indgang.live import processes
from indgang.live.models import Mark, RunningProcess

#: the time an order may wait; orders are normally answered within a fraction of a second
_ORDER_PATIENCE = timedelta(seconds=5)
#: changes not yet announced to open pages; more than this means that no process announces them
_MANY_MARKS = 500
_LEADING = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def look() -> Iterator[Finding]:
    found = [*_missing(), *_versions(), *_switchboard(), *_marks(), *_jobs()]
    yield from found or [ok(_("Alle processer kører, og intet hober sig op."))]
    yield _engines()


def _engines() -> Finding:
    """What this process runs; those that began before the compiler had finished run Python."""
    if compiled.are_compiled():
        return ok(_("Motorerne kører oversat til maskinkode."))
    return ok(_("Motorerne kører som Python; oversat (scripts/compile) bruger et opkald to tredjedele af tiden."))


def _missing() -> Iterator[Finding]:
    alive = set(_alive().values_list("name", flat=True))
    for name in processes.NAMES:
        if name not in alive:
            text = _("Ingen proces %(name)s giver livstegn.") % {"name": name}
            yield error(text, _("Start den: systemctl start indgang-%(name)s, eller indgang %(name)s") % {"name": name})


def _versions() -> Iterator[Finding]:
    others = _alive().exclude(version=__version__).values_list("name", "version").distinct()
    for name, version in others:
        text = _("Processen %(name)s kører version %(version)s, ikke %(ours)s.")
        told = {"name": name, "version": version, "ours": __version__}
        yield warning(text % told, _("Genstart den, så alle processer er af samme version."))


def _switchboard() -> Iterator[Finding]:
    if not _row(_LEADING, [LOCK])[0]:
        yield error(_("Ingen omstilling er aktiv: opkald fordeles ikke."), _("Start den: indgang switchboard"))
        return  # nobody takes orders, which this says already
    waiting = Command.objects.filter(outcome=Command.Outcome.WAITING, at__lt=clock.now() - _ORDER_PATIENCE).count()
    if waiting:
        text = ngettext("%(n)s ordre har ventet for længe.", "%(n)s ordrer har ventet for længe.", waiting)
        advice = _("Se omstillingens log: er den væk eller overbelastet? (docs/runbooks/telephone-system-down.md)")
        yield error(text % {"n": waiting}, advice)


def _marks() -> Iterator[Finding]:
    if (count := Mark.objects.count()) > _MANY_MARKS:
        text = _("%(n)s ændringer er ikke meldt ud til åbne sider.") % {"n": count}
        yield error(text, _("Start processen live, eller se dens log."))


def _jobs() -> Iterator[Finding]:
    found = jobs.read()
    if late := found.late:
        text = ngettext("%(n)s baggrundsopgave venter.", "%(n)s baggrundsopgaver venter.", late) % {"n": late}
        yield warning(text, _("Kører der en worker? Se dens log."))
    if left := found.left:
        text = ngettext("%(n)s baggrundsopgave hænger.", "%(n)s baggrundsopgaver hænger.", left) % {"n": left}
        yield warning(text, _("Deres worker er død; en anden tager dem op inden for to minutter, når den kører."))
    if failed := found.by_status.get("failed", 0):
        text = ngettext("%(n)s baggrundsopgave er opgivet.", "%(n)s baggrundsopgaver er opgivet.", failed)
        yield warning(
            text % {"n": failed}, _("Se hvorfor med “indgang procrastinate shell” og list_jobs; prøv igen med retry.")
        )


def _alive() -> Any:
    return RunningProcess.objects.filter(heartbeat__gte=Now() - processes.ALIVE_WITHIN)


def _row(sql: str, parameters: list[Any]) -> tuple[Any, ...]:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        found: tuple[Any, ...] = cursor.fetchone()
        return found
