"""Converts telephone numbers of exchanges to E.164."""

from __future__ import annotations

from dataclasses import replace

from indgang.core import phone_numbers
from indgang.telephony import contract as tel


def in_full(report: tel.Report) -> tel.Report:
    """The report with its numbers in E.164: networks omit the country code, or write `00` instead of `+`.

    Short internal numbers stay as they are; a withheld number becomes empty.
    """
    match report:
        case tel.Arrived() | tel.MessageLeft():
            return replace(report, dialled=_full(report.dialled), caller_number=_full(report.caller_number))
        case tel.Connected():
            return replace(report, legs=tuple(_leg(leg) for leg in report.legs))
    return report


def _leg(leg: tel.LegUp) -> tel.LegUp:
    return replace(leg, dialled=_full(leg.dialled), caller_number=_full(leg.caller_number))


def _full(number: str) -> str:
    return "" if phone_numbers.is_anonymous(number) else phone_numbers.from_exchange(number)
