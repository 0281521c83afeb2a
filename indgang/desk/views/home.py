"""The desk itself, and its parts."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.core import clock
from indgang.desk import access
from indgang.desk.sheet import Sheet
from indgang.desk.situation import Situation
from indgang.desk.views.answers import changed
from indgang.ui.pages import part_asked_for, render_part_or_page

#: in the session: the hand-over whose contact is rung as soon as the telephone of the desk is connected
TO_RING = "desk_to_ring"
_NAMES = ("state", "call", "lists", "figures", "around", "team", "news")
#: the template for each element id
PARTS = {f"desk-{part}": f"desk/parts/{part}.html" for part in _NAMES}


@require_GET
@requires(Permission.REGISTER_ENQUIRIES)
def home(request: HttpRequest) -> HttpResponse:
    """The whole desk, or one part of it."""
    context: dict[str, object] = {"desk": Situation(request)}
    if part_asked_for(request) is None:
        _renew_session(request)
        context["to_ring"] = request.session.pop(TO_RING, None)
    return render_part_or_page(request, "desk/home.html", context, PARTS)


def with_sheet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The whole desk with the registration of one enquiry open."""
    sheet = Sheet(access.enquiry_for(request, pk), by=person_of(request), at=clock.now())
    return render_part_or_page(request, "desk/home.html", {"desk": Situation(request, opened=sheet)})


@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def session(request: HttpRequest) -> HttpResponse:
    """Stay signed in: the session lasts its full time from now."""
    _renew_session(request, always=True)
    return changed(request, "state")


def _renew_session(request: HttpRequest, *, always: bool = False) -> None:
    """A desk opened in the morning must last the day. Written at most once an hour."""
    now = clock.now()
    ends = parse_datetime(str(request.session.get("desk_until", "")))
    age = timedelta(seconds=settings.SESSION_COOKIE_AGE)
    if always or ends is None or ends < now + age - timedelta(hours=1):
        request.session["desk_until"] = (now + age).isoformat()
