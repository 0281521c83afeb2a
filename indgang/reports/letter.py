"""A report as a mail: its figures in plain text, and a link to the page with plots and PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from indgang.reports.links import url_of
from indgang.reports.models import Report


def subject(report: Report) -> str:
    return f"{report.title}, {report.content['centre']}, {report.content['period']}"


def text(report: Report) -> str:
    parts = [subject(report), *report.content["remarks"]]
    parts += [part for block in report.content["blocks"] for part in _block(block, report)]
    parts.append(_("Figurer, definitioner og PDF:") + "\n" + url_of(report))
    return "\n\n".join(parts) + "\n"


def _block(block: Mapping[str, Any], report: Report) -> Iterator[str]:
    match block["kind"]:
        case "text":
            yield "\n".join([block["heading"], *block["paragraphs"]])
        case "notes" if report.notes.strip():
            yield f"{block['heading']}\n{report.notes.strip()}"
        case "table":
            yield "\n".join([block["heading"], *_rows(block)])


def _rows(block: Mapping[str, Any]) -> Iterator[str]:
    """`Straksafklaring: Perioden 62 %, Perioden før 60 %`."""
    for name, *cells in block["rows"]:
        said = (f"{column} {cell}" for column, cell in zip(block["columns"][1:], cells, strict=True) if cell != "–")
        yield f"- {name}: {', '.join(said)}"
    if not block["rows"]:
        yield _("Ingen data")
