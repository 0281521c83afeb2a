"""Personal data: scrubbed every night, and no request for erasure that waits too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.utils.translation import gettext as _

from indgang.config.models import RoutineState
from indgang.core import clock
from indgang.health.finding import Finding, ok, warning
from indgang.privacy.models import Erasure

#: the time after which one night's scrubbing has been missed
_MISSED = timedelta(hours=36)
#: a request must be answered within a month (GDPR, article 12(3)); the check warns a week before that
_WAITS_LONG = timedelta(days=21)


def look() -> Iterator[Finding]:
    at = clock.now()
    state = RoutineState.objects.filter(name="personal-data-goes").first()
    if state and state.done_for and at - state.done_for > _MISSED:
        text = _("Persondata er ikke slettet siden %(day)s.") % {"day": f"{state.done_for:%d.%m.%Y}"}
        yield warning(text, _("Se efter, om `indgang worker` kører, og læs dens log."))
    waiting = Erasure.objects.filter(done_at=None, at__lt=at - _WAITS_LONG).count()
    if waiting:
        text = _("%(count)s anmodninger om sletning har ventet i tre uger.") % {"count": waiting}
        yield warning(text, _("Åbn “Anmodninger om sletning”: der står, hvad de venter på."))
    if state is None or state.done_for is None:
        yield ok(_("Persondata slettes første gang i nat."))
    else:
        yield ok(_("Persondata er senest slettet %(day)s.") % {"day": f"{state.done_for:%d.%m.%Y}"})
