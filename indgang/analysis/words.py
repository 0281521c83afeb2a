"""Sentences for what is wrong with a rule list or a count, in the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from indgang.analysis.potential.reading import UnusedRow
from indgang.analysis.potential.reference import ReferenceCheck
from indgang.analysis.potential.rules import (
    CountMark,
    Example,
    FutureChannel,
    Handling,
    MinuteLimit,
    RuleFault,
    RuleProblem,
    TopicKind,
)
from indgang.catalogue.purposes import NINE
from indgang.core.yaml_values import UnreadableYaml
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
        "field": _("%(about)s mangler, er forkert eller findes ikke."),
        "size": _("En regelliste skal have mellem 1 og 60 regler og højst fire grænser."),
    }
    return texts[fault.code] % about


def unreadable(error: UnreadableYaml) -> str:
    """Why a text is no YAML."""
    if error.line is None:
        return _("Teksten kan ikke læses som YAML uden henvisninger.")
    return _("Teksten kan ikke læses i linje %(line)d.") % {"line": error.line}


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
    about = {"line": row.line, "column": column_word(row.column), "value": row.value}
    texts = {
        "missing": _("Linje %(line)s: %(column)s mangler."),
        "unknown": _("Linje %(line)s: %(column)s kan ikke være %(value)s."),
        "range": _("Linje %(line)s: %(column)s er ikke et muligt tal: %(value)s."),
        "unreadable": _("Linje %(line)s kan ikke læses. Se, om en celle er for lang, eller et anførselstegn mangler."),
    }
    return texts[row.why] % about


def column_word(column: str) -> str:
    """A column of a count, as people write it above the column."""
    return {
        "area": _("område"), "unit": _("enhed"), "day": _("dag"), "level": _("niveau"), "mark": _("mærke"),
        "purpose": _("ærinde"), "topic": _("emne"), "minutes": _("minutter"), "resolved": _("straksafklaret"),
        "count": _("antal"),
    }.get(column, column)  # fmt: skip


def no_topics() -> str:
    """Why rules that ask for a topic decide nothing."""
    return _(
        "Reglerne skal vide, om emnet er sagsbehandling, og det siger ingen af henvendelserne. Det vælges ved "
        "ærinderne i en tælleuge eller ved en ydelses lokale ærinder, eller det står i en fil."
    )


def limit_word(name: str) -> str:
    """A limit of minutes, as rules name it."""
    return {"digital": _("digitalt"), "case_information": _("sagsinformation")}.get(name, name)


def limit_label(limit: MinuteLimit) -> str:
    """What the field of a limit asks for."""
    texts = {
        ("digital", False): _("Digitalt, når det tager under (minutter)"),
        ("digital", True): _("Digitalt, når det tager højst (minutter)"),
        ("case_information", False): _("Sagsinformation, når det tager under (minutter)"),
        ("case_information", True): _("Sagsinformation, når det tager højst (minutter)"),
    }
    other = _("Grænsen %(name)s: kort, når det tager højst (minutter)") if limit.is_inclusive else _(
        "Grænsen %(name)s: kort, når det tager under (minutter)"
    )  # fmt: skip
    return texts.get((limit.name, limit.is_inclusive)) or other % {"name": limit.name}


def problem(found: RuleProblem) -> str:
    """What rules leave out or decide twice, with an example."""
    about = {"example": example(found.example), "rules": ", ".join(found.rules), "number": found.kinds}
    if not found.rules:
        return _("Ingen regel afgør %(number)s slags henvendelser, for eksempel: %(example)s.") % about
    return _("Reglerne %(rules)s afgør de samme %(number)s slags henvendelser, for eksempel: %(example)s.") % about


def check_words(check: ReferenceCheck) -> str:
    """What a check of the documents' tables compares."""
    kind, _space, rest = check.code.partition(" ")
    if check.code in _single_checks():
        return _single_checks()[check.code]
    if kind == "sum":
        unit, _space, column = rest.rpartition(" ")
        return _("%(unit)s: %(column)s er summen af delene") % {"unit": unit, "column": _column_word(column)}
    texts = {
        "today": _("%(unit)s: 1. level og direkte giver det hele"),
        "resolved": _("%(unit)s: løst i hovedindgang og hos sagsbehandlere giver det hele"),
        "future": _("%(unit)s: digitalt, kontaktcenter og sagsbehandlere giver det hele"),
        "link": _("%(unit)s: løst i hovedindgangen er 1. level gange andelen, der straksafklares"),
        "weighted": _("%(unit)s: andelen, der straksafklares, er enhedernes, vægtet med deres 1. level"),
        "topic": _("Refusion, “%(unit)s”: under og over 4 minutter giver det hele"),
    }
    return texts[kind] % {"unit": rest}


def _column_word(column: str) -> str:
    return {
        "first_level": _("1. level"), "direct": _("direkte til sagsbehandlere"), "main_entry": _("løst i hovedindgang"),
        "case_workers": _("løst af sagsbehandlere i dag"), "digital": _("digitalt"),
        "contact_centre": _("kontaktcenter"), "future_case_workers": _("sagsbehandlere fremover"),
    }[column]  # fmt: skip


def _single_checks() -> dict[str, str]:
    return {
        "share all movable": _("Digitalt eller kontaktcenter, procent af alle"),
        "share all more": _("Mere end i dag, procentpoint af alle"),
        "share tmf movable": _("Digitalt eller kontaktcenter, procent af TMF"),
        "share tmf digital": _("Digitalt, procent af TMF"),
        "share tmf centre": _("Kontaktcenter, procent af TMF"),
        "share tmf today": _("Løst af sagsbehandlere i dag, procent af TMF"),
        "share tmf today without keh": _("Løst af sagsbehandlere i dag, procent af TMF uden KEH"),
        "share tmf direct": _("Direkte til sagsbehandlere, procent af TMF"),
        "share tmf via keh": _("Gennem KEH, procent af TMF"),
        "share bif movable": _("Digitalt eller kontaktcenter, procent af BIF"),
        "share bif digital": _("Digitalt, procent af BIF"),
        "share bif centre": _("Kontaktcenter, procent af BIF"),
        "share bif today": _("Løst i KEH i dag, procent af BIF"),
        "moved": _("Flyttet fra sagsbehandlere i TMF, cirka"),
        "digital": _("Digitalt i alt, cirka"),
        "yds per_year": _("Refusion: den trykte sum af henvendelser om året er summen af rækkerne"),
        "yds under_4_min": _("Refusion: den trykte sum under 4 minutter er summen af rækkerne"),
        "yds over_4_min": _("Refusion: den trykte sum over 4 minutter er summen af rækkerne"),
        "yds andet as case processing": _("Refusion: 450 digitale, når Andet er sagsbehandling"),
        "yds andet as general": _("Refusion: 450 digitale, når Andet ikke er sagsbehandling"),
        **_disputed(),
    }


def _disputed() -> dict[str, str]:
    """Readings of what the documents say in two ways."""
    return {
        "X-12 volume": _("Gennem KEH i dag, cirka"),
        "X-12 without other": _("Trækkes fra KEH: TMF i KEH og det digitale i BIF"),
        "X-12 with other": _("Trækkes fra KEH: det samme og det digitale i Øvrige"),
        "X-12 twice": _("Trækkes fra KEH: det samme med det digitale af TMF i KEH talt to gange"),
        "X-05 tmf with other": _("Digitalt eller kontaktcenter, procent af TMF og Øvrige"),
        "bif via keh": _("Gennem KEH, procent af BIF, cirka"),
        "all resolved at once": _("Løst i hovedindgang i dag, procent af alle"),
        "X-16 TMF øvrige (KEH)": _("TMF øvrige (KEH): det, KEH giver videre, bliver hos sagsbehandlerne"),
        "X-16 Rekruttering": _("Rekruttering: det, KEH giver videre, bliver hos sagsbehandlerne"),
        "X-17 cby": _("Center for Bygninger: et kontaktcenter aflaster sagsbehandlerne"),
        "X-21 refund": _("Refusion og sygedagpenge: straksafklaret, procent af 1. level"),
        "X-22 first level": _("Center for Bygninger, procent af TMF's 1. level"),
        "X-22 tmf": _("Center for Bygninger, procent af TMF"),
        "X-22 all": _("Center for Bygninger, procent af alle"),
        "X-09 digital": _("Digitalt i alt, det mindste af to angivne tal"),
        "R-294 tmf": _("Kontaktcentret i TMF: TMF og Øvrige uden det digitale, cirka"),
        "R-294 bif": _("Kontaktcentret i BIF: KEH uden det, der trækkes fra, cirka"),
        "X-19 nemrefusion": _("Refusion: det, der forlader sagsbehandlerne, er NemRefusion under 4 minutter"),
        "X-20 centre": _("Refusion: kontaktcentret er det, KEH løser i dag, uden det digitale; resten bliver i YDS"),
        "X-23 5200 calls": _("5200: opkald om året, cirka"),
        "X-23 dialogteam calls": _("Dialogteamet: opkald om året, cirka"),
        "X-23 both": _("Center for Bygninger: 1. level er 5200 og dialogteamet tilsammen"),
        "soil mails": _("Jordanmeldelser: mails om året, cirka"),
        "events first level": _("Arrangementer: 3.000 opkald og 1.500 mails på 1. level"),
        "events second level": _("Arrangementer: på 2. level om året, cirka"),
        "events at once": _("Arrangementer: straksafklaret på 1. level, 36 procent af opkald og 29 procent af mails"),
        "X-23 5200": _("5200: straksafklaret, procent, cirka"),
        "X-23 dialogteam": _("Dialogteamet: straksafklaret, procent, cirka"),
        "X-37 written": _("Jordanmeldelser: skriftlige, procent af alle"),
        "X-37 unsuited": _("Jordanmeldelser: bidrag til en sag, procent af alle"),
        "soil phone_per_year": _("Jordanmeldelser: den trykte sum af opkald er summen af rækkerne"),
        "soil mail_per_year": _("Jordanmeldelser: den trykte sum af mails er summen af rækkerne"),
        "events first_level_per_year": _("Arrangementer: den trykte sum på 1. level er summen af rækkerne"),
        "events second_level_per_year": _("Arrangementer: den trykte sum på 2. level er summen af rækkerne"),
    }
