"""Personal data: scrubbed every night, and no request for erasure that waits too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from indgang.config.models import RoutineState
from indgang.core import clock
from indgang.health.finding import Finding, ok, warning
from indgang.privacy import nightly
from indgang.privacy.models import Erasure, ScrubbingProgress

#: a night's scrubbing has been missed when the last one is longer ago
_MISSED = timedelta(days=1)
#: a request must be answered within a month (GDPR, article 12(3)); the check warns a week before that
_WAITS_LONG = timedelta(days=21)
#: o'clock, when a night's scrubbing should have come to its end
_MORNING = 6


def look() -> Iterator[Finding]:
    at = clock.now()
    yield _scrubbed(at)
    waiting = Erasure.objects.filter(done_at=None, at__lt=at - _WAITS_LONG).count()
    if waiting:
        text = _("%(count)s anmodninger om sletning har ventet i tre uger.") % {"count": waiting}
        yield warning(text, _("Åbn “Anmodninger om sletning”: der står, hvad de venter på."))


def _scrubbed(at: datetime) -> Finding:
    """The last night whose scrubbing came to an end. The routine only orders it; the worker may fail at it."""
    today, passes = clock.day_of(at), _passes(at)
    advice = _("Se efter, om `indgang worker` kører, og læs dens log.")
    if passes[-1] is None:
        if not _was_ordered_before(today):
            return ok(_("Persondata slettes første gang i nat."))
        return warning(_("Persondata er aldrig blevet slettet."), advice)
    rows = [row for row in passes if row is not None]
    night = min(row.night if row.done else row.night - timedelta(days=1) for row in rows)
    told = {"day": f"{night:%d.%m.%Y}"}
    if today - night > _MISSED:
        return warning(_("Persondata er ikke slettet siden %(day)s.") % told, advice)
    if not all(row.done for row in rows) and at.astimezone(clock.COPENHAGEN).hour >= _MORNING:
        return warning(_("Nattens sletning af persondata er ikke blevet færdig."), advice)
    return ok(_("Persondata er senest slettet %(day)s.") % told)


def _passes(at: datetime) -> list[ScrubbingProgress | None]:
    """How far each pass of a night has come, in their order. They run one after the other, so one without a row has not
    been reached, or is new when a later one has a row."""
    rows = {(row.kind, row.table, row.outcome): row for row in ScrubbingProgress.objects.all()}
    passes = nightly.passes(clock.day_of(at), at)
    return [rows.get((each.kind.name, each.holding.table, each.outcome)) for each in passes]


def _was_ordered_before(today: date) -> bool:
    state = RoutineState.objects.filter(name="personal-data-goes").first()
    return bool(state and state.done_for and today - clock.day_of(state.done_for) > _MISSED)
