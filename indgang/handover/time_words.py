"""Times of hand-overs in words: how much opening time is left, and when something is due."""

from __future__ import annotations

from datetime import datetime

from django.utils import formats
from django.utils.translation import gettext as _

from indgang.core.clock import COPENHAGEN, day_of

_DAY, _HOUR, _MINUTE = 8 * 3600, 3600, 60


def left(seconds: float) -> str:
    """Opening time until a deadline, or since then (negative)."""
    words = {"length": length(abs(seconds))}
    return _("%(length)s over fristen") % words if seconds < 0 else _("%(length)s tilbage") % words


def length(seconds: float) -> str:
    """Hours from an hour up, else minutes; from two days of eight open hours on, in such days."""
    if seconds >= 2 * _DAY:
        return _("%(count)s arbejdsdage") % {"count": int(seconds // _DAY)}
    hours, minutes = int(seconds // _HOUR), int(seconds % _HOUR // _MINUTE)
    if hours and minutes:
        return _("%(hours)s t. %(minutes)s min.") % {"hours": hours, "minutes": minutes}
    return _("%(hours)s t.") % {"hours": hours} if hours else _("%(minutes)s min.") % {"minutes": minutes}


def moment(at: datetime, now: datetime) -> str:
    """ "i dag kl. 14.00", "i morgen kl. 12.00", "fredag 13. marts kl. 12.00"."""
    local = at.astimezone(COPENHAGEN)
    time = {"time": f"{local:%H.%M}"}
    days = (day_of(at) - day_of(now)).days
    if days == 0:
        return _("i dag kl. %(time)s") % time
    if days == 1:
        return _("i morgen kl. %(time)s") % time
    # l, j and F as Django's date format reads them: "fredag 13. marts"
    day = formats.date_format(local, _("l j. F"))
    return _("%(day)s kl. %(time)s") % {"day": day, **time}
