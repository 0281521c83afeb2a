"""A case as a PDF that screen readers can read (PDF/UA-1), in the language of who asks for it."""

from __future__ import annotations

import calendar
import json
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import typst
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indgang.agreements.printing import printable
from indgang.plots import drawing
from indgang.plots.frame import WIDE
from indgang.plots.numbers import decimal
from indgang.plots.plot import Plot
from indgang.programme import layout
from indgang.programme.cases.case import BusinessCase
from indgang.programme.cases.evaluation import CaseTable

_TEMPLATE = Path(__file__).with_suffix(".typ")


def pdf(
    case: BusinessCase, table: CaseTable, *, scenario: str, plots: Sequence[Plot], assumptions: Sequence[Sequence[str]],
    notes: Sequence[Mapping[str, object]], on: date,
) -> bytes:  # fmt: skip
    """The table of a case with its plots, assumptions and notes. `scenario` says which values it has, in words."""
    words = {
        "title": case.title, "language": (get_language() or "da")[:2],
        "about": list(filter(None, (
            layout.heading(case) + ". " + _("Besparelser er negative."), layout.about_level(case), scenario,
        ))),
        "columns": [_("Linje"), _("Styringsområde"), *map(str, table.years)],
        "rows": [
            {"style": row.style, "owner": row.owner, "kind": row.kind,
             "cells": [row.name, row.area, *(decimal(each, 0) for each in row.amounts)]}
            for row in layout.rows(case, table)
        ],
        "facts": [list(each) for each in layout.facts(case, table)],
        "printed": [[each.name, each.when, each.printed, each.computed, each.source] for each in layout.printed(case)],
        "plots": [
            {"title": each.title, "about": each.about,
             "svg": drawing.svg(each, WIDE, key="plot", nothing=_("Ingen data"))}
            for each in plots
        ],
        "assumptions": [list(each) for each in assumptions], "notes": list(notes),
        "words": {
            "assumptions": _("Forudsætninger"), "notes": _("Bemærkninger"), "printed": _("Dokumentets egne tal"),
            "facts": _("Tilbagebetaling og nutidsværdi"),
        },
        "printed_columns": [_("Række"), _("År"), _("Trykt"), _("Forslaget giver"), _("Kilde")],
        "assumption_columns": [_("Forudsætning"), _("Værdi"), _("Interval"), _("Kilde")],
    }  # fmt: skip
    made: bytes = typst.compile(
        _TEMPLATE.read_bytes(), format="pdf", pdf_standards=["ua-1"],
        sys_inputs={"case": printable(json.dumps(words, ensure_ascii=False))}, ignore_system_fonts=True,
        timestamp=calendar.timegm(on.timetuple()),
    )  # fmt: skip
    return made
