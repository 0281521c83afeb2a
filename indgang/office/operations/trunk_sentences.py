"""The state of a telephone line and of a test call in words, with advice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.core.clock import COPENHAGEN
from indgang.entry.models import TrunkStatus
from indgang.entry.switchboard.trunk_trials import EMERGENCY
from indgang.entry.switchboard.trunk_watch import CERTIFICATE_NOTICE

#: responses with which the operator rejects us, not the number we call
_WHO_WE_ARE = frozenset((401, 403, 407))
_NO_ANSWER = 408


@dataclass(frozen=True, slots=True)
class Said:
    """`state` is up, waiting or down; `advice` is empty when nothing needs to be done."""

    state: str
    word: str
    advice: str = ""


def of_state(row: TrunkStatus, *, is_known: bool, at: datetime) -> Said:
    """The state of the line. `is_known` says whether its exchange has reported recently."""
    if not is_known:
        return Said("waiting", _("Ukendt: telefoncentralen kan ikke spørges"))
    if row.registered is False:
        return _not_registered(row.sip)
    if row.reachable is False:
        return Said("down", _("Operatøren svarer ikke"), _network())
    if row.certificate_ends is not None and row.certificate_ends - at < CERTIFICATE_NOTICE:
        return _certificate(row.certificate_ends, at)
    if row.registered:
        return Said("up", _("Tilmeldt og klar"))
    return Said("up", _("Klar")) if row.reachable else Said("waiting", _("Ikke spurgt"), _("Lav et prøveopkald."))


def of_trial(row: TrunkStatus) -> Said | None:
    """The result of the latest test call; None before the first."""
    said = {
        "answered": Said("up", _("Opkaldet gik igennem og blev besvaret")),
        "rang": Said("up", _("Opkaldet gik igennem: det ringede hos modtageren")),
        "busy": Said("up", _("Linjen virker, men modtageren var optaget")),
        "no_answer": Said("waiting", _("Opkaldet ringede ikke hos nogen inden for 20 sekunder"), _("Prøv igen.")),
        "refused": Said("up", _("Linjen virker, men modtageren afviste opkaldet")),
        "exchange_away": Said("down", _("Telefoncentralen kan ikke nås"), _("Se, om Asterisk kører.")),
        "unreachable": _unreachable(row.trial_sip),
    }
    return said.get(row.trial_outcome)


def of_refusal(code: str) -> str:
    """The reason why a test call was not made."""
    if code == "no_switchboard":
        return _("Omstillingen svarer ikke. Se under Processer, om den kører.")
    if code == "exchange_away":
        return _("Telefoncentralen kan ikke nås. Se, om Asterisk kører.")
    if code == "bad_number":
        return _("Det er ikke et telefonnummer, der kan ringes til.")
    if code == EMERGENCY:
        return _("Et prøveopkald må ikke gå til 112 eller 114. Brug et almindeligt nummer.")
    return _("Nummeret er spærret for opkald herfra. Brug et almindeligt nummer.")


def _not_registered(sip: int | None) -> Said:
    if sip in _WHO_WE_ARE:
        return Said("down", _("Operatøren afviser vores adgangskode (SIP %(sip)s)") % {"sip": sip}, _password())
    if sip == _NO_ANSWER or not sip:
        return Said("down", _("Ikke tilmeldt: operatøren svarer ikke"), _network())
    return Said("down", _("Ikke tilmeldt: operatøren svarer med fejl (SIP %(sip)s)") % {"sip": sip}, _operator())


def _unreachable(sip: int | None) -> Said:
    if sip in _WHO_WE_ARE:
        return Said("down", _("Operatøren afviste opkaldet (SIP %(sip)s)") % {"sip": sip}, _password())
    if sip in (404, 484, 604):
        advice = _("Tjek nummeret, og om number_form i telefonfilen passer til operatøren.")
        return Said("waiting", _("Operatøren kender ikke nummeret (SIP %(sip)s)") % {"sip": sip}, advice)
    if not sip or sip == _NO_ANSWER:
        return Said("down", _("Operatøren svarede ikke"), _network())
    return Said("down", _("Operatøren kunne ikke føre opkaldet frem (SIP %(sip)s)") % {"sip": sip}, _operator())


def _certificate(ends: datetime, at: datetime) -> Said:
    advice = _("Forny certifikatet, og genstart Asterisk. Er det operatørens, så ring til dem.")
    if ends <= at:
        return Said("down", _("Certifikatet er udløbet"), advice)
    if ends - at < timedelta(days=1):
        time = f"{ends.astimezone(COPENHAGEN):%H.%M}"
        return Said("down", _("Certifikatet udløber inden for et døgn, kl. %(time)s") % {"time": time}, advice)
    days = (ends - at).days
    said = ngettext("Certifikatet udløber om %(days)s dag", "Certifikatet udløber om %(days)s dage", days)
    return Said("waiting", said % {"days": days}, advice)


def _password() -> str:
    return _(
        "Tjek brugernavn og adgangskode i telefonfilen. Er de rigtige, så spørg operatøren, om adgangskoden er skiftet."
    )


def _network() -> str:
    return _("Tjek netværket, firewallen og operatørens adresse i telefonfilen, og ring til operatøren.")


def _operator() -> str:
    return _("Ring til operatøren. Opkald ud går over den næste linje, hvis der er en.")
