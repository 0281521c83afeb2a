"""A rollout plan in words: points of readiness and what is missing, lateness, sizes of risks, dips."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.programme.rollout.judging import Dip, Lateness, RiskSize
from indgang.programme.rollout.readiness import Lack, Missing, ReadinessPoint

#: names of a list that are said in full
_MOST_NAMES = 5
POINTS: Mapping[str, str | Promise] = {
    ReadinessPoint.ARTICLES: gettext_lazy("Artikler"),
    ReadinessPoint.WINDOWS: gettext_lazy("Træffetider"),
    ReadinessPoint.PROCEDURES: gettext_lazy("Arbejdsgange"),
    ReadinessPoint.NUMBERS: gettext_lazy("Numre"),
    ReadinessPoint.MAILBOXES: gettext_lazy("Postkasser"),
    ReadinessPoint.MENTOR: gettext_lazy("Mentorer"),
    ReadinessPoint.TRAINED: gettext_lazy("Tre ugers oplæring"),
}
LATENESS: Mapping[str, str | Promise] = {
    Lateness.ON_TIME: gettext_lazy("Til tiden"),
    Lateness.NOT_BEGUN: gettext_lazy("Skulle være begyndt"),
    Lateness.OVERDUE: gettext_lazy("Forsinket"),
    Lateness.NO_DATE: gettext_lazy("Uden dato"),
    Lateness.OVER: gettext_lazy("Afsluttet"),
}
SIZES: Mapping[str, str | Promise] = {
    RiskSize.LOW: gettext_lazy("Lille"),
    RiskSize.MEDIUM: gettext_lazy("Mellem"),
    RiskSize.HIGH: gettext_lazy("Stor"),
}
DIPS: Mapping[str, str | Promise] = {
    Dip.UNKNOWN: gettext_lazy("For få svar til at sige noget"),
    Dip.NONE: gettext_lazy("Intet dyk"),
    Dip.UNSURE: gettext_lazy("Lavere, men det kan være tilfældigt"),
    Dip.CERTAIN: gettext_lazy("Dyk"),
}


def missing(found: Missing) -> str:
    """What is missing, and what to do about it."""
    return _LACKS[found.lack]() % {"names": _listed(found.names)}


def _listed(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    rest = len(names) - _MOST_NAMES
    return _("%(names)s og %(rest)s til") % {"names": shown, "rest": rest} if rest > 0 else shown


#: texts are looked up when they are said, so that they are in the language of that moment
_LACKS: Mapping[Lack, Callable[[], str]] = {
    Lack.NO_ARTICLE: lambda: _("Ingen artikel om %(names)s."),
    Lack.NOT_APPROVED: lambda: _("Artiklen er skrevet, men ikke udgivet: %(names)s."),
    Lack.NO_AGREEMENT: lambda: _("Ingen træffetidsaftale gælder den dag."),
    Lack.NOT_SIGNED: lambda: _("Træffetidsaftalen er en kladde. Begge parter skal skrive under."),
    Lack.NO_WINDOWS: lambda: _("Træffetidsaftalen har ingen tider."),
    Lack.NO_PROCEDURE: lambda: _("Træffetidsaftalen siger ikke, hvordan der stilles om til enheden."),
    Lack.NUMBER_STAYS: lambda: _("Nummeret fører ikke til kontaktcentret den dag: %(names)s."),
    Lack.MAILBOX_STAYS: lambda: _("Mails til adressen kommer ikke til kontaktcentret den dag: %(names)s."),
    Lack.NOT_STATED: lambda: _("Ingen har skrevet, om det er på plads."),
    Lack.STATED_MISSING: lambda: _("Det er ikke på plads."),
}
