"""Contact, in the order of the channel strategy.

Find the answer, use self-service, call; write only for some purposes: those that have an online form.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from indgang.core import clock
from indgang.correspondence.chat import offering
from indgang.correspondence.forms import versions
from indgang.correspondence.models import OnlineForm
from indgang.portal import access
from indgang.portal.lines import lines
from indgang.portal.pages import language, page, show
from indgang.portal.views.subjects import self_service


@page(seconds=5, live=True)
def contact(request: HttpRequest) -> HttpResponse:
    """Opening hours, expected wait and the best time to call, all current."""
    at, spoken = clock.now(), language()
    every = lines(spoken, at=at)
    return show(
        request,
        "portal/contact.html",
        {
            "doors": _doors(spoken),
            "lines": every,
            "places": [line for line in every if line.centre.site],
            "writing": _in_writing(spoken),
            "chats": offering.offers(at),
        },
    )


def _doors(spoken: str) -> list[tuple[dict[str, Any], str]]:
    """The self-service links of the most used answers."""
    at = clock.now()
    return self_service(access.most_used(spoken, 12, at=at))


def _in_writing(spoken: str) -> list[tuple[OnlineForm, str, str]]:
    """The forms, and so the purposes for which people may write (R-145), each with its name and introduction."""
    found = [(form, versions.published(form)) for form in OnlineForm.objects.open()]
    return [(form, form.for_public(spoken), version.text("intro", spoken)) for form, version in found if version]
