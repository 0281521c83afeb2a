"""What people read about free and busy times from Microsoft 365."""

from __future__ import annotations

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.workforce import reach_words
from indgang.workforce.calendars.graph import GraphFault
from indgang.workforce.calendars.schedules import ScheduleFault
from indgang.workforce.models import FreeBusy

GRAPH_FAULTS: dict[GraphFault, str | Promise] = {
    GraphFault.UNREACHABLE: gettext_lazy("Microsoft 365 svarer ikke."),
    GraphFault.SLOW: gettext_lazy("Microsoft 365 svarer for langsomt."),
    GraphFault.THROTTLED: gettext_lazy("Microsoft 365 bliver spurgt for tit og beder os vente."),
    GraphFault.TENANT_UNKNOWN: gettext_lazy("Microsoft 365 kender ikke kommunens lejer (tenant)."),
    GraphFault.APP_UNKNOWN: gettext_lazy("Microsoft 365 kender ikke vores applikation."),
    GraphFault.SECRET_WRONG: gettext_lazy("Microsoft 365 afviser hemmeligheden: den er forkert."),
    GraphFault.SECRET_EXPIRED: gettext_lazy("Microsoft 365 afviser hemmeligheden: den er udløbet."),
    GraphFault.SIGN_IN_REFUSED: gettext_lazy("Microsoft 365 afviser vores login."),
    GraphFault.TOKEN_REFUSED: gettext_lazy("Microsoft 365 afviser det adgangsbevis, som login gav."),
    GraphFault.NOT_PERMITTED: gettext_lazy("Vores applikation har ikke lov til at læse kalendere i Microsoft 365."),
    GraphFault.TOO_LARGE: gettext_lazy("Svaret fra Microsoft 365 er for stort."),
    GraphFault.UNREADABLE: gettext_lazy("Svaret fra Microsoft 365 kan ikke læses."),
}
SCHEDULE_FAULTS: dict[ScheduleFault, str | Promise] = {
    ScheduleFault.UNKNOWN_PERSON: gettext_lazy("Microsoft 365 kender ikke e-mailadressen. Vi prøver igen i morgen."),
    ScheduleFault.TOO_MANY: gettext_lazy("Der er for mange aftaler i kalenderen."),
    ScheduleFault.WRONG_ZONE: gettext_lazy(
        "Tiderne i kalenderen passer ikke med dens tidszone, så de bruges ikke. Ret tidszonen i Outlook."
    ),
    ScheduleFault.NOT_GIVEN: gettext_lazy("Microsoft 365 udleverer ikke tiderne i kalenderen."),
    ScheduleFault.UNREADABLE: gettext_lazy("Tiderne i kalenderen kan ikke læses."),
}


def of_row(row: FreeBusy | None, at: datetime) -> str:
    """How somebody's calendar was read, and which times hold while it cannot be."""
    if row is None or (not row.fault and row.answered_at is None):
        return _("Hentes om lidt.")
    if row.answered_at is None:
        return of_fault(row.fault)
    time = reach_words.moment(row.answered_at, at)
    if not row.fault:
        return _("Hentet kl. %(time)s.") % {"time": time}
    holds = _("Det, der blev hentet kl. %(time)s, gælder, indtil den kan læses igen.") % {"time": time}
    return f"{of_fault(row.fault)} {holds}"


def of_fault(fault: str) -> str:
    """The sentence for a fault of one person or of the service."""
    return str(GRAPH_FAULTS[GraphFault(fault)] if fault in set(GraphFault) else SCHEDULE_FAULTS[ScheduleFault(fault)])
