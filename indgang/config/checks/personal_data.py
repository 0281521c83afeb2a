"""Personal data: scrubbed every night, and no request for erasure that waits too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from indgang.config.models import RoutineState
from indgang.core import clock
from indgang.health.finding import Finding, ok, warning
from indgang.privacy.models import Erasure, ScrubbingProgress

#: a night's scrubbing has been missed when the last one is longer ago
_MISSED = timedelta(days=1)
#: a request must be answered within a month (GDPR, article 12(3)); the check warns a week before that
_WAITS_LONG = timedelta(days=21)


def look() -> Iterator[Finding]:
    at = clock.now()
    yield _scrubbed(clock.day_of(at))
    waiting = Erasure.objects.filter(done_at=None, at__lt=at - _WAITS_LONG).count()
    if waiting:
        text = _("%(count)s anmodninger om sletning har ventet i tre uger.") % {"count": waiting}
        yield warning(text, _("Åbn “Anmodninger om sletning”: der står, hvad de venter på."))


def _scrubbed(today: date) -> Finding:
    """The last night whose scrubbing came to an end. The routine only orders it; the worker may fail at it."""
    night = ScrubbingProgress.objects.filter(done=True).aggregate(last=Max("night"))["last"]
    if night is None and not _was_ordered_before(today):
        return ok(_("Persondata slettes første gang i nat."))
    if night is not None and today - night <= _MISSED:
        return ok(_("Persondata er senest slettet %(day)s.") % {"day": f"{night:%d.%m.%Y}"})
    advice = _("Se efter, om `indgang worker` kører, og læs dens log.")
    if night is None:
        return warning(_("Persondata er aldrig blevet slettet."), advice)
    return warning(_("Persondata er ikke slettet siden %(day)s.") % {"day": f"{night:%d.%m.%Y}"}, advice)


def _was_ordered_before(today: date) -> bool:
    state = RoutineState.objects.filter(name="personal-data-goes").first()
    return bool(state and state.done_for and today - clock.day_of(state.done_for) > _MISSED)
