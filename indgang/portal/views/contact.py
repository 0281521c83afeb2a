"""Contact, in the order of the channel strategy: find it, do it yourself, call; in writing only for some things."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from indgang.core import clock
from indgang.portal import access
from indgang.portal.lines import lines
from indgang.portal.pages import language, page, show
from indgang.portal.views.subjects import self_service


@dataclass(frozen=True, slots=True)
class InWriting:
    """A purpose for which one may write, and where it goes today."""

    purpose: str
    why: str
    where: str
    mail: str = ""


@page(seconds=5, live=True)
def contact(request: HttpRequest) -> HttpResponse:
    """Opening hours, expected wait and the best time to call are of this moment."""
    at, spoken = clock.now(), language()
    every = lines(spoken, at=at)
    return show(
        request,
        "portal/contact.html",
        {
            "doors": _doors(spoken),
            "lines": every,
            "places": [line for line in every if line.centre.site],
            "writing": in_writing(),
        },
    )


def _doors(spoken: str) -> list[tuple[dict[str, Any], str]]:
    """The self-service that the answers to what is asked most lead to."""
    at = clock.now()
    return self_service(access.most_used(spoken, 12, at=at))


def in_writing() -> list[InWriting]:
    """The purposes named by the channel strategy (R-143, R-145, R-148). All else is answered faster by telephone."""
    return [
        InWriting(
            _("Klage over en afgørelse"),
            _("En klage skal kunne dokumenteres, også hvornår den er sendt."),
            _("Adressen og fristen står i den afgørelse, du har fået. Skriv dit sagsnummer."),
        ),
        InWriting(
            _("Aktindsigt"),
            _("Loven giver frister, som løber, fra vi får din anmodning."),
            _("Skriv til den enhed, der har sagen, via Digital Post på borger.dk eller virk.dk."),
        ),
        InWriting(
            _("Plan for håndtering af jord"),
            _("Planen er et dokument, som en sagsbehandler skal læse."),
            _("Send planen med bilag til enheden Jord og affald."),
            access.mail_of_unit("cmb-jord"),
        ),
    ]
