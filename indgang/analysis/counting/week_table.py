"""What was counted in a week, as a table for spreadsheets that the rules of potential read (`potential.reading`)."""

from __future__ import annotations

from collections.abc import Iterator

from indgang.analysis.counting import paper
from indgang.analysis.counting.models import CountedEnquiry, CountingWeek
from indgang.analysis.counting.setting_up import is_main_entry
from indgang.catalogue.models import CaseTopic
from indgang.core.spreadsheet import NumberCell

#: the Danish words that a count is read by, whatever language the reader has chosen
_YES_NO = {None: "", True: "ja", False: "nej"}
_LEVELS = {True: "1. level", False: "direkte"}
_TOPICS = {CaseTopic.NO.value: "nej", CaseTopic.YES.value: "ja", CaseTopic.POSSIBLY.value: "måske"}
_CHARACTERS = {"general": "generel", "case_specific": "sagsspecifik"}
#: after the columns of a filled sheet
_MORE = ("tværgående ærinde", "emne", "niveau", "enhed")


def heading() -> list[str]:
    """The heading of `rows`. The day is not called as in a sheet: no week is counted again from its own file."""
    return ["talt den", *paper.COLUMNS[1:], *_MORE]


def rows(week: CountingWeek) -> Iterator[list[str]]:
    """One line for each enquiry, by day, without who counted it."""
    is_main, unit = is_main_entry(week), week.unit.name
    found = CountedEnquiry.objects.filter(week=week).select_related("purpose__purpose").order_by("day", "pk")
    for each in found.iterator(chunk_size=2_000):
        is_first = is_main if each.is_first_level is None else each.is_first_level
        yield [
            f"{each.day:%d.%m.%Y}", each.purpose.name, "1", str(each.get_channel_display()),
            _CHARACTERS.get(each.character, ""), "" if each.minutes is None else NumberCell.of(each.minutes),
            _YES_NO[each.is_resolved], _YES_NO[each.should_be_digital],
            each.purpose.purpose.code if each.purpose.purpose else "", _TOPICS.get(each.purpose.topic, ""),
            _LEVELS[is_first], unit,
        ]  # fmt: skip
