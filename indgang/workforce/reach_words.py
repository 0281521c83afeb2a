"""What people read about who can be asked now, why others cannot, and when."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from indgang.core.clock import COPENHAGEN, day_of
from indgang.routing.availability.reachability import (
    HORIZON_DAYS,
    Available,
    Hindrance,
    Precedence,
    Reachability,
    Unavailable,
)
from indgang.routing.availability.windows import AbsenceReason
from indgang.workforce import window_words

#: why somebody is absent, ill for example, is not told
_REASONS: dict[AbsenceReason, str | Promise] = {
    AbsenceReason.SICK: gettext_lazy("fraværende"),
    AbsenceReason.OFF: gettext_lazy("fraværende"),
    AbsenceReason.AWAY: gettext_lazy("fraværende"),
    AbsenceReason.MEETING: gettext_lazy("i møde"),
    AbsenceReason.BUSY: gettext_lazy("optaget i kalenderen"),
}
_MIDNIGHT = time(0)


def people_of(answers: Iterable[Reachability]) -> set[int]:
    """Everybody who is named in the answers."""
    wanted: set[int] = set()
    for answer in answers:
        wanted |= {each.person for each in answer.available} | {each.person for each in answer.unavailable}
        wanted |= {each.instead_of for each in answer.available if each.instead_of is not None}
    return wanted


def about(each: Available, names: Mapping[int, str], at: datetime) -> str:
    """Until when the person can be asked, and why they are: "kan træffes til 14.00 · reserve"."""
    until = _("kan træffes til %(time)s") % {"time": moment(each.until, at)} if each.until else _("kan træffes")
    return " · ".join([until, *why_them(each, names)])


def summary(answer: Reachability, names: Mapping[int, str], at: datetime, share: float | None) -> str:
    """In one line how many can be asked now, the first of them until when, the next time, and how much of today's
    promise was kept: "3 kan træffes nu, Anna Agerbæk til 14.00 · næste træffetid 13.00 · i dag holdt 92 %"."""
    said = [_who_now(answer, names, at), _("næste træffetid %(time)s") % {"time": next_time(answer, at)}]
    if share is not None:
        said.append(_("i dag holdt %(share)s") % {"share": percent(share)})
    return " · ".join(said)


def _who_now(answer: Reachability, names: Mapping[int, str], at: datetime) -> str:
    if not answer.available:
        return _("Ingen kan træffes nu")
    count, first = len(answer.available), answer.available[0]
    now = ngettext("%(count)s kan træffes nu", "%(count)s kan træffes nu", count) % {"count": count}
    if first.until is None:
        return f"{now}, {names[first.person]}"
    until = {"name": names[first.person], "time": moment(first.until, at)}
    return f"{now}, {_('%(name)s til %(time)s') % until}"


def percent(share: float) -> str:
    """ "92 %": rounded down, so that only a promise that was kept whole is 100 %."""
    return f"{int(share * 100 + 1e-9)}\N{NO-BREAK SPACE}%"


def next_time(answer: Reachability, at: datetime) -> str:
    """When somebody can be asked next: "12.3. 9.00", "ingen de næste 31 dage"."""
    return next_moment(answer.next_at, at)


def next_moment(next_at: datetime | None, at: datetime) -> str:
    """As `next_time`, from the moment alone; None when there is none in sight."""
    if next_at is None:
        return _("ingen de næste %(days)s dage") % {"days": HORIZON_DAYS}
    return moment(next_at, at)


def why_them(each: Available, names: Mapping[int, str]) -> list[str]:
    """Why this person is asked: "stedfortræder for David Degnemark", "reserve", "har ikke meldt sig i dag"."""
    said = []
    if each.instead_of is not None:
        said.append(_("stedfortræder for %(name)s") % {"name": names[each.instead_of]})
    if each.precedence is Precedence.BACK_UP:
        said.append(_("reserve"))
    if not each.is_confirmed:
        said.append(_("har ikke meldt sig i dag"))
    return said


def why_not(each: Unavailable, at: datetime) -> str:
    """ "i samtale", "i møde, tilbage 11.30", "fraværende resten af dagen"."""
    if each.hindrance is Hindrance.BUSY:
        return _("i samtale")
    if each.hindrance is Hindrance.PAUSED or each.reason is None:
        return _("holder pause")
    reason = str(_REASONS[each.reason])
    return reason if each.back_at is None else _absent(reason, each.back_at, at)


def _absent(reason: str, back_at: datetime, at: datetime) -> str:
    local = back_at.astimezone(COPENHAGEN)
    if local.time() != _MIDNIGHT:
        return _("%(reason)s, tilbage %(time)s") % {"reason": reason, "time": moment(back_at, at)}
    last = local.date() - timedelta(days=1)
    if last == day_of(at):
        return _("%(reason)s resten af dagen") % {"reason": reason}
    return _("%(reason)s til og med %(day)s") % {"reason": reason, "day": f"{last.day}.{last.month}."}


def moment(when: datetime, at: datetime) -> str:
    """ "14.00", "12.3. 9.00": with the date unless it is that of `at`."""
    local = when.astimezone(COPENHAGEN)
    day = "" if local.date() == day_of(at) else f"{local.day}.{local.month}. "
    return day + window_words.clock(local.time())
