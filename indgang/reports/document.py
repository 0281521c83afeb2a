"""A report as a PDF that screen readers can read (PDF/UA-1): headings, tables as tables, plots with their text."""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import typst
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.agreements.printing import printable
from indgang.plots import drawing
from indgang.plots.frame import WIDE
from indgang.plots.storing import restored
from indgang.reports.models import Report

_TEMPLATE = Path(__file__).with_suffix(".typ")


def pdf(report: Report) -> bytes:
    """The report in Danish; the same bytes for the same report."""
    with translation.override("da"):
        words = printable(json.dumps(_words(report), ensure_ascii=False))
    made: bytes = typst.compile(
        _TEMPLATE.read_bytes(), format="pdf", pdf_standards=["ua-1"], sys_inputs={"report": words},
        ignore_system_fonts=True, timestamp=calendar.timegm(report.last_day.timetuple()),
    )  # fmt: skip
    return made


def _words(report: Report) -> dict[str, Any]:
    content = report.content
    return {
        "title": f"{report.title}, {content['period']}",
        "centre": content["centre"],
        "state": "" if report.sent_at else _("Kladde, som ikke er sendt."),
        "remarks": content["remarks"],
        "blocks": [_block(block, report) for block in content["blocks"]],
        "tables": list(_behind_plots(content["blocks"])),
        "definitions": [
            {"heading": _heading(each), "text": f"{_capital(each['formula'])}. {_capital(each['counts'])}"}
            for each in content["definitions"]
        ],
        "words": {
            "remarks": _("Bemærk om tallene"), "tables": _("Tallene bag figurerne"),
            "definitions": _("Sådan er tallene gjort op"), "none": _("Ingen data"),
        },
    }  # fmt: skip


def _heading(definition: Mapping[str, Any]) -> str:
    """The title of a figure with its version, without the code that it is stored under (`contacts_arrived v1`)."""
    version = definition["name"].rpartition(" v")[2]
    return _("%(name)s (version %(version)s)") % {"name": definition["title"], "version": version}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _block(block: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """What the Typst template shows: paragraphs, a table, or a plot."""
    shown: dict[str, Any] = {"heading": block["heading"], "kind": block["kind"]}
    match block["kind"]:
        case "text":
            shown["paragraphs"] = block["paragraphs"]
        case "notes":
            lines = [line.strip() for line in report.notes.replace("\r\n", "\n").split("\n") if line.strip()]
            shown |= {"kind": "text", "paragraphs": lines or [_("Ingen bemærkninger.")]}
        case "table":
            shown |= {"columns": block["columns"], "rows": block["rows"], "numbers": _numbers(block)}
        case "plot":
            plot = restored(block["plot"])
            svg = drawing.svg(plot, WIDE, key="plot", nothing=_("Ingen data"))
            shown |= {"svg": svg, "about": plot.about, "notes": plot.notes()}
    return shown


def _numbers(block: Mapping[str, Any]) -> list[int]:
    """The columns of a table that hold numbers: all but the first; of figures beside their targets, those that hold no
    words; none of milestones."""
    if block.get("is_headline"):
        return [1, 2, 5]
    return list(range(1, len(block["columns"]))) if block["values"] else []


def _behind_plots(blocks: list[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for block in blocks:
        if block["kind"] == "plot":
            plot = restored(block["plot"])
            columns = plot.columns()
            numbers = list(range(1, len(columns)))
            yield {"heading": block["heading"], "columns": columns, "rows": plot.rows(), "numbers": numbers}
