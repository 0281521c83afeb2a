"""The sentences of alerts."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.entry.models import Alert

#: the sentence by the alert's code; `Alert.text` names its subject
_ALERTS: dict[str, str | Promise] = {
    "switchover_stopped": gettext_lazy("En ydelse kunne ikke skiftes til kontaktcentret."),
    "no_flow": gettext_lazy("Nummeret fører ikke til et udgivet forløb. Den, der ringer, er sendt til den sikre kø."),
    "safe_queue": gettext_lazy("Et opkald venter i den sikre kø, fordi forløbet ikke kunne føre det videre."),
    "nobody_able": gettext_lazy("Et opkald venter i en kø, som ingen på vagt kan betjene."),
    "agent_lost": gettext_lazy("Telefonen forsvandt midt i en samtale. Den, der ringede, er tilbage i køen."),
    "barred": gettext_lazy("Et forløb stiller om til et nummer, der er spærret for opkald herfra. Ret forløbet."),
    "telephone_file": gettext_lazy(
        "Filen med telefonlinjer kan ikke bruges. Linjerne er, som de var; ret filen, så læses den igen af sig selv."
    ),
    "break_glass": gettext_lazy("Der er logget ind med nødkontoen. Find ud af, hvem det var, og skift adgangskoden."),
    "handover_overdue": gettext_lazy("En overlevering er over fristen, og alle, der skulle have besked, har fået det."),
    "handover_returned": gettext_lazy(
        "En overlevering er sendt tilbage eller videre fem gange. Bestem, hvem der svarer."
    ),
    "handover_moved": gettext_lazy(
        "Overleveringer er lagt på enhedens liste eller givet til en stedfortræder, fordi den, der havde dem, er væk."
    ),
    "proven_days": gettext_lazy(
        "Aftalt og holdt: nogle dage giver andre tal end de gemte, når de regnes ud igen. Find ud af med kommandoen "
        "indgang availability verify, hvad der er rettet bagefter."
    ),
    "figures": gettext_lazy(
        "Nøgletal: nogle dage giver andre tal end de gemte, når de tælles igen. Find ud af med kommandoen indgang "
        "figures verify, hvilke tal det er."
    ),
    "figures_outdated": gettext_lazy(
        "Nøgletal: de gemte tal er talt på en ældre måde, og nye hændelser tælles ikke med. Tæl alt igen med "
        "kommandoen indgang figures rebuild."
    ),
    "dead_letter": gettext_lazy("Nogle hændelser kunne ikke gemmes og er lagt til side. Opkaldene går videre."),
}
#: the same for codes of which the second word is a key
_OF_ROWS: dict[str, str | Promise] = {
    "handover_nobody": gettext_lazy("En enhed har åbne overleveringer, men ingen, der kan tage dem."),
    "post_set_aside": gettext_lazy(
        "Noget i en postkasse i Digital Post kan ikke hentes eller forstås. Det er lagt til side og bliver prøvet igen "
        "med længere mellemrum. Se efter i Digital Post, hvad det er."
    ),
    "rollout_dip": gettext_lazy(
        "Udrulning: et tal er faldet mere, end en risiko tillader, og det er næppe tilfældigt. Se planens risici."
    ),
    "promise_closed": gettext_lazy(
        "Der er lovet svar på tidspunkter, hvor der nu er lukket. Aftal nye tider med dem, der venter."
    ),
    "promise_no_window": gettext_lazy(
        "Der er lovet opkald på tidspunkter, hvor ingen i enheden længere kan ringe. Aftal nye tider."
    ),
}
#: why a flow cannot continue, by code
_FLOW_FAULTS = frozenset(
    ("unknown_flow", "to_and_fro", "condition_failed", "loop", "too_many_steps", "wrong_flow", "missing_step",
     "unknown_schedule", "unknown_queue", "no_target", "queue_refused", "queue_closed", "fault")
)  # fmt: skip


def alert_sentence(alert: Alert) -> str:
    """What has happened, and to what."""
    if alert.code in _ALERTS:
        said = str(_ALERTS[alert.code])
    elif alert.code.startswith("exchange_ended_"):
        said = _("Telefoncentralen er stoppet, og samtaler i gang er afbrudt. Registrér i hånden, til den er tilbage.")
    elif alert.code.startswith("exchange_"):
        said = _("Telefoncentralen kan ikke nås. Registrér i hånden, til den er tilbage.")
    elif alert.code.split(" ")[0] in _OF_ROWS:
        said = str(_OF_ROWS[alert.code.split(" ")[0]])
    elif alert.code.startswith("odd_calls_"):
        said = _odd_calls(alert.code.removeprefix("odd_calls_"))
    elif alert.code.startswith("trunk_"):
        said = _("En telefonlinje er nede. Se på driftssiden, hvad der er galt, og hvad du kan gøre.")
    elif alert.code.startswith("expired_certificate_"):
        said = _("Certifikatet på en telefonlinje er udløbet. Forny det, og genstart Asterisk.")
    elif alert.code.startswith("certificate_"):
        said = _("Certifikatet på en telefonlinje udløber snart.")
    elif alert.code.startswith("installation_"):
        return _("Installationen: %(finding)s") % {"finding": alert.text}
    elif alert.code in _FLOW_FAULTS:
        said = _("Et forløb kunne ikke føre et opkald videre. Den, der ringer, er sendt til den sikre kø.")
    else:
        return alert.text
    return f"{said} ({alert.text})" if alert.text else said


def _odd_calls(pattern: str) -> str:
    said = {
        "night": _("Der er ringet ud om natten. Spørg medarbejderen, eller spær kontoen, hvis det ikke var dem."),
        "short": _("Mange korte opkald ud fra samme medarbejder inden for en time."),
        "one_number": _("Samme nummer er ringet op mange gange inden for en time."),
        "barred": _("Mange forsøg på at ringe til numre, der er spærret. Spørg medarbejderen, eller spær kontoen."),
    }
    return said.get(pattern, _("Usædvanlige opkald ud."))
