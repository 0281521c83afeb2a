"""How many wrong passwords are allowed, and how they are counted: django-axes counts, this says by what.

Eight for one name from one client, whatever the letters' case; and for one client forty over all names, so that many
names cannot be tried with few passwords each. A client is an address, or the network that a subscriber of IPv6 has.
Neither locks a name for everybody: a stranger's wrong passwords would then keep an agent out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest

from indgang.core.client_addresses import counted_as
from indgang.core.text import folded

#: who signed in from where is of use for a month, when somebody asks how an account was taken
KEPT = timedelta(days=30)

#: as many characters as django-axes keeps of a name
_LENGTH = 200


class Handler(AxesDatabaseHandler):  # type: ignore[misc]  # axes has no types
    """Counts for one client over all names too."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Failures as they count against `AXES_FAILURE_LIMIT`."""
        of_name = int(super().get_failures(request, credentials))
        limits = settings.AXES_FAILURE_LIMIT, settings.FAILURES_PER_ADDRESS
        return max(of_name, _from_client(request) * limits[0] // limits[1])


def forget_old(at: datetime) -> int:
    """Delete what is kept of sign-ins, and of wrong passwords, longer than `KEPT` ago; returns how many rows."""
    rows = [model.objects.filter(attempt_time__lt=at - KEPT) for model in (AccessLog, AccessFailureLog, AccessAttempt)]
    return sum(int(old.delete()[0]) for old in rows)


def _from_client(request: HttpRequest) -> int:
    recent = AccessAttempt.objects.filter(
        ip_address=address_of(request), attempt_time__gte=get_cool_off_threshold(request)
    )
    return int(recent.aggregate(failures=Sum("failures_since_start"))["failures"] or 0)


def name_of(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The name that somebody wants to sign in as, as it is compared."""
    given = (credentials or {}).get("username") or request.POST.get("username", "")
    return folded(str(given).replace("\x00", ""))[:_LENGTH]


def address_of(request: HttpRequest) -> str | None:
    """The client's address, for IPv6 the first of its network; None when there is none."""
    return counted_as(str(request.META.get("REMOTE_ADDR", ""))).partition("/")[0] or None
