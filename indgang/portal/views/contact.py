"""Contact, in the order of the channel strategy.

Find the answer, use self-service, call; write only for some purposes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from indgang.core import clock
from indgang.correspondence.chat import offering
from indgang.portal import access
from indgang.portal.lines import lines
from indgang.portal.pages import language, page, show
from indgang.portal.views.subjects import self_service


@dataclass(frozen=True, slots=True)
class InWriting:
    """A purpose for which people may write, and the present address for it."""

    purpose: str
    why: str
    where: str
    mail: str = ""


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
            "writing": in_writing(),
            "chats": offering.offers(at),
        },
    )


def _doors(spoken: str) -> list[tuple[dict[str, Any], str]]:
    """The self-service links of the most used answers."""
    at = clock.now()
    return self_service(access.most_used(spoken, 12, at=at))


def in_writing() -> list[InWriting]:
    """The purposes that the channel strategy names (R-143, R-145, R-148). Calling is faster for all others."""
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
