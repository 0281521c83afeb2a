"""How many wrong passwords and codes are allowed, and by what they are counted. django-axes counts them.

Eight are allowed for one name (in any case) from one client, and forty for one client over all names, so that nobody
can try a few passwords on each of many names. A client is an IPv4 address, or the IPv6 network of one subscriber.
Neither limit locks a name for everybody: otherwise a stranger's wrong passwords would keep an agent out.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_lockout_response
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse

from indgang.accounts.models import Person
from indgang.core.client_addresses import counted_as
from indgang.core.text import folded

#: sign-ins are kept for a month, for questions about how an account was taken over
KEPT = timedelta(days=30)

#: the most characters of a name that django-axes stores
_LENGTH = 200


class Handler(AxesDatabaseHandler):  # type: ignore[misc]  # axes has no types
    """Also counts the failures of one client over all names."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """The number of failures that is compared with `AXES_FAILURE_LIMIT`."""
        of_name = int(super().get_failures(request, credentials))
        limits = settings.AXES_FAILURE_LIMIT, settings.FAILURES_PER_ADDRESS
        return max(of_name, _from_client(request) * limits[0] // limits[1])


def locked(request: HttpRequest, person: Person) -> HttpResponse | None:
    """The page that says how long to wait, after too many failures for `person` from this client; else None."""
    said = {"username": person.username}
    if AxesProxyHandler.is_allowed(request, said):
        return None
    answer: HttpResponse = get_lockout_response(request, said)
    return answer


def count_failure(request: HttpRequest, person: Person) -> None:
    """A wrong code, or a wrong password on a page of somebody signed in, counts as one at sign-in does."""
    AxesProxyHandler.user_login_failed(sender=__name__, credentials={"username": person.username}, request=request)


def forget_old(at: datetime) -> int:
    """Delete the records of sign-ins and wrong passwords that are older than `KEPT`. Return how many rows."""
    rows = [model.objects.filter(attempt_time__lt=at - KEPT) for model in (AccessLog, AccessFailureLog, AccessAttempt)]
    return sum(int(old.delete()[0]) for old in rows)


def _from_client(request: HttpRequest) -> int:
    recent = AccessAttempt.objects.filter(
        ip_address=address_of(request), attempt_time__gte=get_cool_off_threshold(request)
    )
    return int(recent.aggregate(failures=Sum("failures_since_start"))["failures"] or 0)


def name_of(request: HttpRequest, credentials: dict[str, Any] | None) -> str:
    """The name with which somebody tries to sign in, in the form that is compared."""
    given = (credentials or {}).get("username") or request.POST.get("username", "")
    return folded(str(given).replace("\x00", ""))[:_LENGTH]


def address_of(request: HttpRequest) -> str | None:
    """The client's address, for IPv6 the first address of its network; None when there is none."""
    return counted_as(str(request.META.get("REMOTE_ADDR", ""))).partition("/")[0] or None
