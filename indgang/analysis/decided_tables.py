"""The enquiries of a potential as a table for spreadsheets, each row with the rule that decided it.

The columns of a count are named and filled as `potential.reading` reads them, so that the table can be read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal

from django.utils.translation import gettext as _

from indgang.analysis import words
from indgang.analysis.potential.decided_rows import DecidedRow
from indgang.analysis.potential.rules import CountMark, TopicKind
from indgang.catalogue.purposes import NINE
from indgang.core.spreadsheet import NumberCell

#: the columns of a count; minutes have a decimal comma, as Danish spreadsheets read them
_COUNTED = ("line", "area", "unit", "level", "mark", "purpose", "topic", "minutes", "resolved", "count")
_DECIDED = ("rule", "class", "channel")
_MARKS = {CountMark.GENERAL: "general", CountMark.CASE_SPECIFIC: "case_specific"}
_TOPICS = {TopicKind.NO: "no", TopicKind.YES: "yes", TopicKind.POSSIBLY: "possibly"}


def coded(rows: Iterable[DecidedRow]) -> Iterator[list[str]]:
    """The heading and the rows in codes, for programs."""
    yield [*_COUNTED, *_DECIDED]
    resolved = {None: "", True: "yes", False: "no"}
    for row in rows:
        rule = row.rule
        decided = (rule.code, rule.handling, rule.channel) if rule else ("", "", "")
        yield [
            *_place(row), "first" if row.is_first_level else "direct", _MARKS[row.mark] if row.mark is not None else "",
            row.purpose or "", _TOPICS[row.topic] if row.topic is not None else "", _minutes(row),
            resolved[row.is_resolved], str(row.count), *decided,
        ]  # fmt: skip


def heading() -> list[str]:
    """The heading of `in_words`."""
    counted = [_("linje"), *(words.column_word(each) for each in _COUNTED[1:])]
    return [*counted, _("regel"), _("klasse"), _("kanal")]


def in_words(rows: Iterable[DecidedRow]) -> Iterator[list[str]]:
    """The rows in words, for people."""
    said = _Said()
    for row in rows:
        rule = row.rule
        decided = (rule.code, words.handling_word(rule.handling), words.channel_word(rule.channel)) if rule else None
        yield [
            *_place(row), said.level[row.is_first_level], said.marks.get(row.mark, ""),
            said.purposes.get(row.purpose or "", ""), said.topics.get(row.topic, ""), _minutes(row),
            said.resolved[row.is_resolved], NumberCell.of(row.count), *(decided or (_("ingen regel"), "", "")),
        ]  # fmt: skip


class _Said:
    """The words of a language, looked up once. A file with them is read again in Danish."""

    def __init__(self) -> None:
        self.level = {True: _("1. level"), False: _("direkte")}
        self.marks: Mapping[CountMark | None, str] = {
            CountMark.GENERAL: _("generel"), CountMark.CASE_SPECIFIC: _("sagsspecifik"),
        }  # fmt: skip
        self.purposes = {each.code: each.name for each in NINE}
        self.topics: Mapping[TopicKind | None, str] = {
            TopicKind.NO: _("nej"), TopicKind.YES: _("ja"), TopicKind.POSSIBLY: _("måske"),
        }  # fmt: skip
        self.resolved = {None: "", True: _("ja"), False: _("nej")}


def _place(row: DecidedRow) -> tuple[str, str, str]:
    return "" if row.line is None else str(row.line), row.unit.area, row.unit.name


def _minutes(row: DecidedRow) -> str:
    return "" if row.minutes is None else NumberCell.of(Decimal(f"{row.minutes:.2f}").normalize() + 0)
