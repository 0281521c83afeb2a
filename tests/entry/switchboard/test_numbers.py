"""Callers reach the flow of the dialled number, in whatever format the network sends it."""

from __future__ import annotations

import pytest

from indgang.entry.switchboard.numbers import in_full
from indgang.telephony.contract import Arrived, Connected, Keyed, LegUp, MessageLeft
from tests.world import MORNING


@pytest.mark.parametrize(
    "dialled", ["33665300", "+4533665300", "004533665300", "sip:33665300@example.org", "33 66 53 00"]
)
def test_a_dialled_number_is_the_entry_points(dialled: str) -> None:
    report = in_full(Arrived("in-1", dialled, "99990101", "", MORNING))
    assert isinstance(report, Arrived)
    assert (report.dialled, report.caller_number) == ("+4533665300", "+4599990101")


@pytest.mark.parametrize("withheld", ["", "anonymous", "Restricted"])
def test_a_withheld_number_is_empty(withheld: str) -> None:
    report = in_full(MessageLeft("left-1", "5200", withheld, MORNING))
    assert isinstance(report, MessageLeft)
    assert (report.dialled, report.caller_number) == ("5200", "")


def test_legs_that_are_up_when_we_connect_are_treated_alike() -> None:
    report = in_full(
        Connected((LegUp("in-1", True, None, "33665300", "99990101"), LegUp("o", True, "b", "", "")), MORNING)
    )
    assert isinstance(report, Connected)
    assert [(leg.dialled, leg.caller_number) for leg in report.legs] == [("+4533665300", "+4599990101"), ("", "")]


def test_other_reports_are_left_alone() -> None:
    report = Keyed("in-1", "#", MORNING)
    assert in_full(report) is report
