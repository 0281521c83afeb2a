"""Shifts, leave and swaps as people read them."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indgang.core.clock import COPENHAGEN
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import LeaveRequest, PlannedShift, SwapRequest, TimeWish
from indgang.workforce.shifts.published import published

ACTIVITY_KINDS: dict[ActivityKind, str | Promise] = {
    ActivityKind.PHONE: _("Telefon"),
    ActivityKind.MAIL: _("Mail"),
    ActivityKind.COUNTER: _("Skranke"),
    ActivityKind.SCREEN: _("Skærm"),
    ActivityKind.WINDOW: _("Træffetid"),
    ActivityKind.MEETING: _("Møde"),
    ActivityKind.TRAINING: _("Oplæring"),
    ActivityKind.BREAK: _("Pause"),
    ActivityKind.OFF_PHONE: _("Tid væk fra telefonen"),
}
LEAVE_KINDS: dict[str, str | Promise] = {
    LeaveRequest.Kind.HOLIDAY: _("Ferie"),
    LeaveRequest.Kind.EXTRA_HOLIDAY: _("Feriefridag"),
    LeaveRequest.Kind.TIME_OFF: _("Afspadsering"),
    LeaveRequest.Kind.OTHER: _("Andet fravær"),
}
LEAVE_STATES: dict[str, str | Promise] = {
    LeaveRequest.State.ASKED: _("Venter på svar"),
    LeaveRequest.State.APPROVED: _("Godkendt"),
    LeaveRequest.State.REFUSED: _("Afvist"),
    LeaveRequest.State.WITHDRAWN: _("Trukket tilbage"),
}
SWAP_STATES: dict[str, str | Promise] = {
    SwapRequest.State.OFFERED: _("Tilbudt"),
    SwapRequest.State.TAKEN: _("Taget af en kollega, venter på svar"),
    SwapRequest.State.APPROVED: _("Byttet"),
    SwapRequest.State.REFUSED: _("Afvist"),
    SwapRequest.State.WITHDRAWN: _("Trukket tilbage"),
    SwapRequest.State.LAPSED: _("Bortfaldet, fordi planen blev lavet om"),
    SwapRequest.State.DECLINED: _("Afslået"),
}
WISH_KINDS: dict[str, str | Promise] = {
    TimeWish.Kind.FREE: _("Fridag"),
    TimeWish.Kind.EARLY: _("Tidlig vagt"),
    TimeWish.Kind.LATE: _("Sen vagt"),
}


def wish_of_day(kind: str, day: date) -> str:
    """ "Fridag torsdag 12. marts"."""
    return f"{WISH_KINDS[kind]} {date_format(day, 'l j. F')}"


def when(shift: PlannedShift) -> str:
    """ "torsdag 12. marts kl. 8.00–15.30"."""
    starts, ends = shift.starts_at.astimezone(COPENHAGEN), shift.ends_at.astimezone(COPENHAGEN)
    return f"{date_format(starts, 'l j. F')} kl. {starts:%H.%M}–{ends:%H.%M}"


def parts_of(shift: PlannedShift) -> list[str]:
    """ "08.00–10.00 Telefon" of each part, "Pause" for a break; a meeting has its title."""
    found = []
    for part in published(shift).parts:
        starts, ends = part.starts_at.astimezone(COPENHAGEN), part.ends_at.astimezone(COPENHAGEN)
        found.append(f"{starts:%H.%M}–{ends:%H.%M} {part.title or part.activity or ACTIVITY_KINDS[part.kind]}")
    return found


def days_of(leave: LeaveRequest) -> str:
    """ "12. marts" or "12. marts – 14. marts"."""
    first, last = date_format(leave.first, "j. F"), date_format(leave.last, "j. F")
    return first if leave.first == leave.last else f"{first} – {last}"
