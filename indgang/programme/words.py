"""A case in words: its kinds and areas, and sentences for what is wrong with it, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.programme.cases.case import CaseFault, CaseLineKind, ControlArea
from indgang.programme.cases.evaluation import NEVER


def area_word(area: ControlArea) -> str:
    match area:
        case ControlArea.SERVICE:
            return _("Service")
        case ControlArea.CAPITAL:
            return _("Anlæg")
    return _("Overførsler")


def kind_word(kind: CaseLineKind) -> str:
    match kind:
        case CaseLineKind.PERMANENT:
            return _("Varig")
        case CaseLineKind.IMPLEMENTATION:
            return _("Implementering")
    return _("Investering")


def payback_words(years: float) -> str:
    """`6 år`, `aldrig` or `straks`."""
    if years == NEVER:
        return _("aldrig")
    if not years:
        return _("straks")
    return ngettext("%(years)s år", "%(years)s år", int(years)) % {"years": int(years)}


def sentence(fault: CaseFault) -> str:
    """What is wrong, and what to do."""
    if fault.code == "formula":
        return _formula(fault.about)
    return _SENTENCES[fault.code]() % fault.about


#: texts are looked up when they are said, so that they are in the language of that moment
_SENTENCES: Mapping[str, Callable[[], str]] = {
    "circle": lambda: _("Formlerne går i ring: %(circle)s. Giv en af dem et tal."),
    "scenario_circle": lambda: _("Scenarierne går i ring: %(circle)s. Et scenarie kan ikke bygge på sig selv."),
    "no_scenario": lambda: _("Der er ikke noget scenarie %(name)s. Vælg et af disse: %(known)s."),
    "no_case": lambda: _("Der er ikke noget investeringsforslag %(code)s. Vælg et af disse: %(known)s."),
    "unknown": lambda: _("Der er ikke nogen forudsætning %(name)s."),
    "no_value": lambda: _("Forudsætningen %(name)s har ingen værdi i %(year)s, men linjen %(line)s bruger den."),
    "not_finite": lambda: _("Linjen %(line)s giver ikke et tal i %(year)s. Se, om formlen deler med nul."),
    "too_large": lambda: _("Linjen %(line)s er for stor i %(year)s. Beløb er i 1.000 kr."),
    "no_price_level": lambda: _("Forslaget har ikke noget prisindeks for %(year)s. Det kender %(known)s."),
    "two_price_levels": lambda: _(
        "Linjen %(line)s er i priser fra %(year)s, men bruger %(label)s, som har sit eget prisniveau. Fjern det ene."
    ),
    "below_least": lambda: _("%(label)s er %(value)s, men kan ikke være under %(least)s."),
    "above_most": lambda: _("%(label)s er %(value)s, men kan ikke være over %(most)s."),
    "beyond": lambda: _("%(label)s: intervallet skal ligge inden for det mindste og det største, den kan være."),
    "overlap": lambda: _("Forudsætningen %(name)s har to værdier i samme år."),
    "interval": lambda: _("%(where)s: den laveste værdi skal være mindst, og begge skal være der."),
    "interval_of_several": lambda: _("Forudsætningen %(name)s har flere værdier og kan ikke også have et interval."),
    "outside": lambda: _("Forudsætningen %(name)s ligger uden for sit eget interval."),
    "runs": lambda: _("Vælg mellem 1 og %(most)s gennemregninger."),
    "missing": lambda: _("%(where)s mangler."),
    "no_field": lambda: _("%(where)s: der er ikke noget felt, der hedder %(name)s."),
    "mapping": lambda: _("%(where)s skal have felter med navne."),
    "list": lambda: _("%(where)s skal være en liste."),
    "text": lambda: _("%(where)s skal være en tekst på højst 2.000 tegn."),
    "code": lambda: _("%(where)s: %(value)s er ikke et navn. Brug små bogstaver fra a til z, tal og streger."),
    "number": lambda: _("%(where)s skal være et tal."),
    "range": lambda: _("%(where)s skal ligge mellem %(least)s og %(most)s."),
    "choice": lambda: _("%(where)s: vælg en af %(known)s."),
    "too_many": lambda: _("%(where)s har flere end %(most)s."),
    "twice": lambda: _("%(where)s: %(value)s står der to gange."),
}


def _formula(about: Mapping[str, object]) -> str:
    reasons = {
        "too_long": _("Formlen i %(where)s er for lang."),
        "unexpected": _("Formlen i %(where)s kan ikke læses ved %(about)s. Skriv kommatal med punktum."),
        "unfinished": _("Formlen i %(where)s er ikke færdig."),
        "too_deep": _("Formlen i %(where)s har for mange parenteser i hinanden."),
        "no_function": _("Formlen i %(where)s bruger %(about)s, som ikke findes. Brug min, max, round eller abs."),
        "arguments": _("Formlen i %(where)s giver %(about)s for få eller for mange tal."),
        "unknown": _("Formlen i %(where)s bruger %(about)s, som ikke er en forudsætning."),
    }
    return reasons[str(about["code"])] % about
