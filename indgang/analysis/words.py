"""Sentences for what is wrong with a rule list or a count, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from indgang.analysis.potential.reading import UnusedRow
from indgang.analysis.potential.rules import CountMark, Example, FutureChannel, Handling, RuleFault, TopicKind
from indgang.catalogue.purposes import NINE
from indgang.plots.numbers import decimal


def channel_word(channel: FutureChannel) -> str:
    match channel:
        case FutureChannel.DIGITAL:
            return _("Digitalt")
        case FutureChannel.CONTACT_CENTRE:
            return _("Kontaktcenter")
    return _("Sagsbehandler")


def handling_word(handling: Handling) -> str:
    match handling:
        case Handling.GENERAL_INFORMATION:
            return _("Generel information")
        case Handling.CASE_INFORMATION:
            return _("Sagsinformation")
    return _("Sagsbehandling")


def rule_fault(fault: RuleFault) -> str:
    """What is wrong with the rules, with the row that shows it."""
    about = {"about": fault.about, "rules": ", ".join(fault.rules)}
    if fault.example is not None:
        about["about"] = example(fault.example)
    texts = {
        "missing": _("Ingen regel afgør denne henvendelse: %(about)s. Tilføj en regel for den."),
        "overlap": _("Reglerne %(rules)s afgør den samme henvendelse: %(about)s. Ret dem, så kun én passer."),
        "limit": _("Grænsen %(about)s findes ikke, eller den er ikke mellem 0 og 1.440 minutter."),
        "purpose": _("Reglen %(rules)s bruger et ærinde, der ikke findes: %(about)s."),
        "size": _("En regelliste skal have mellem 1 og 60 regler og højst fire grænser."),
    }
    return texts[fault.code] % about


def example(row: Example) -> str:
    """A row in words."""
    purposes = {each.code: each.name for each in NINE}
    topics = {
        TopicKind.NO: _("emnet er ikke sagsbehandling"), TopicKind.YES: _("emnet er sagsbehandling"),
        TopicKind.POSSIBLY: _("emnet er måske sagsbehandling"),
    }  # fmt: skip
    return ", ".join([
        _("generel") if row.mark is CountMark.GENERAL else _("sagsspecifik"), purposes[row.purpose],
        _("straksafklaret") if row.is_resolved else _("ikke straksafklaret"), topics[row.topic],
        _("%(minutes)s minutter") % {"minutes": decimal(row.minutes, 2)},
    ])  # fmt: skip


def bad_row(row: UnusedRow) -> str:
    """Why a row of a file is not used."""
    about = {"line": row.line, "column": row.column, "value": row.value}
    texts = {
        "missing": _("Linje %(line)s: %(column)s mangler."),
        "unknown": _("Linje %(line)s: %(column)s kan ikke være %(value)s."),
        "range": _("Linje %(line)s: %(column)s er ikke et muligt tal: %(value)s."),
    }
    return texts[row.why] % about
