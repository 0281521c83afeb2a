"""Free and busy times from Microsoft 365: the sign-in works, and the secret does not end soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from indgang.core import clock
from indgang.health.finding import Finding, error, ok, warning
from indgang.workforce.calendars import graph
from indgang.workforce.calendars.graph import GraphError
from indgang.workforce.free_busy_words import GRAPH_FAULTS

#: how long before its last day somebody should make a new secret
EARLY = timedelta(days=30)
_NEEDED = ("INDGANG_GRAPH_TENANT", "INDGANG_GRAPH_CLIENT_ID", "INDGANG_GRAPH_CLIENT_SECRET")


def look() -> Iterator[Finding]:
    given = (settings.GRAPH_TENANT, settings.GRAPH_CLIENT_ID, settings.GRAPH_CLIENT_SECRET)
    if not any(given):
        yield ok(_("Kalendere i Microsoft 365 læses ikke: der er ingen sat op."))
        return
    missing = [name for name, value in zip(_NEEDED, given, strict=True) if not value]
    if missing:
        text = _("Kalendere i Microsoft 365 kan ikke læses: %(names)s mangler.") % {"names": ", ".join(missing)}
        yield error(text, _("Sæt alle tre, eller ingen af dem."))
        return
    yield _signed_in()
    yield from _secret_ends()


def _signed_in() -> Finding:
    of = graph.application()
    try:
        if of is not None:
            graph.sign_in(of)
    except GraphError as fault:
        return error(str(GRAPH_FAULTS[fault.fault]), _("Se applikationen under App registrations i Microsoft Entra."))
    return ok(_("Login til Microsoft 365 virker."))


def _secret_ends() -> Iterator[Finding]:
    last = settings.GRAPH_SECRET_ENDS
    advice = _("Lav en ny hemmelighed i Microsoft Entra, og sæt INDGANG_GRAPH_CLIENT_SECRET og _SECRET_ENDS.")
    if last is None:
        text = _("Det er ikke skrevet, hvornår hemmeligheden til Microsoft 365 udløber.")
        yield warning(text, _("Sæt INDGANG_GRAPH_SECRET_ENDS, så kommer der besked i tide."))
    elif last < clock.today():
        yield error(_("Hemmeligheden til Microsoft 365 er udløbet."), advice)
    elif last - EARLY <= clock.today():
        yield warning(
            _("Hemmeligheden til Microsoft 365 udløber %(day)s.") % {"day": f"{last.day}.{last.month}."}, advice
        )
    else:
        yield ok(
            _("Hemmeligheden til Microsoft 365 udløber %(day)s.") % {"day": f"{last.day}.{last.month}.{last.year}"}
        )
