"""Services that move by a rollout plan, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from indgang.planning.call_changes import MOST_YEARS
from indgang.planning.models import MovedService
from indgang.programme.rollout.forecast_moves import FollowedMove, Misfit, NotOffered, OfferedService


@dataclass(frozen=True, slots=True)
class MovedRow:
    """A service that moves, and how it differs from the plan that it was taken from."""

    moved: MovedService
    plan: str
    misfits: list[str]


def offer(each: OfferedService) -> str:
    """`Altaner, 1. juli 2026: 1.200 henvendelser om året (kataloget)`."""
    assert each.volume is not None
    return _("%(service)s, %(day)s: %(enquiries)s henvendelser om året (%(source)s)") % {
        "service": each.service.name, "day": date_format(each.first, "j. F Y"),
        "enquiries": _number(each.volume.enquiries), "source": each.volume.source,
    }  # fmt: skip


def why_not(each: OfferedService) -> str:
    """Why a service of the stage cannot be taken."""
    said = {
        NotOffered.NO_VOLUME: _("%(service)s: ingen har skrevet, hvor mange henvendelser ydelsen får."),
        NotOffered.BY_HAND: _("%(service)s: står allerede på køens liste, skrevet i hånden."),
        NotOffered.TAKEN: _("%(service)s: er med i prognosen for %(queue)s."),
        NotOffered.FAR: _("%(service)s: flytter %(day)s, mere end %(years)s år væk."),
    }[each.why_not or NotOffered.NO_VOLUME]
    return said % {
        "service": each.service.name, "queue": each.taken.moved.queue.name if each.taken else "",
        "day": date_format(each.first, "j. F Y"), "years": MOST_YEARS,
    }  # fmt: skip


def moved_row(each: FollowedMove) -> MovedRow:
    return MovedRow(each.moved, each.move.plan.name if each.move else "", [_misfit(each, why) for why in each.misfits])


def _misfit(each: FollowedMove, why: Misfit) -> str:
    if why is Misfit.DAY and each.now is not None:
        return _("Planen siger nu %(day)s.") % {"day": date_format(each.now.first, "j. F Y")}
    if why is Misfit.CALLS and each.calls is not None:
        return _("Der er nu %(calls)s opkald om året.") % {"calls": _number(each.calls)}
    if why is Misfit.FAR:
        return _("Dagen ligger mere end %(years)s år væk, så ydelsen kan ikke følge planen.") % {"years": MOST_YEARS}
    return _("Ydelsen er ikke længere i planen. Fjern den her, hvis den ikke flytter.")


def _number(value: int) -> str:
    return number_format(value, 0, force_grouping=True)
