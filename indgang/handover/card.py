"""The context card: what the receiver of a hand-over needs to know, so that the contact need not tell it again."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from indgang.core import phone_numbers
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange

#: characters of each text: a few lines for a colleague; longer text belongs in the case
MOST_TEXT = 4_000
_SHORT = {"case_number": 60, "contact_name": 200, "contact_number": 30, "contact_email": 254}


@dataclass(frozen=True, slots=True)
class Card:
    """The texts of a hand-over as somebody typed them; `contact_number` is E.164 or empty.

    `consent` is whether the contact agrees that the unit gets the question; None when nobody asked.
    """

    question: str
    told: str = ""
    expected: str = ""
    promised: str = ""
    case_number: str = ""
    contact_name: str = ""
    contact_number: str = ""
    contact_email: str = ""
    consent: bool | None = None
    tells_contact: bool = False


def checked(card: Card) -> dict[str, Any]:
    """The values to store, with CPR numbers masked. Raises RefusedChange by field."""
    values = {each.name: _clean(getattr(card, each.name)) for each in fields(card)}
    problems = _too_long(values) | _unreachable(values)
    if not values["question"]:
        problems["question"] = _("Skriv, hvad der bliver spurgt om.")
    if values["consent"] is False:
        problems["consent"] = _(
            "Siger den, der spørger, nej, kan spørgsmålet ikke gives videre. Oplys i stedet enhedens nummer."
        )
    if problems:
        raise RefusedChange(problems)
    return values


def _clean(value: object) -> object:
    return mask_cpr(value.replace("\x00", "").strip()) if isinstance(value, str) else value


def _too_long(values: dict[str, Any]) -> dict[str, object]:
    return {
        name: _("Højst %(most)s tegn. Kort teksten ned.") % {"most": f"{most:,}".replace(",", ".")}
        for name, value in values.items()
        if isinstance(value, str) and len(value) > (most := _SHORT.get(name, MOST_TEXT))
    }


def _unreachable(values: dict[str, Any]) -> dict[str, object]:
    """Problems of the ways to reach the contact."""
    if values["contact_number"] and phone_numbers.is_anonymous(values["contact_number"]):
        return {"contact_number": _("Skriv et nummer, der kan ringes til.")}
    may_have_sms = phone_numbers.can_receive_sms(values["contact_number"])
    if values["tells_contact"] and not values["contact_email"] and not may_have_sms:
        return {"contact_email": _("Skriv den mailadresse eller det mobilnummer, som beskeder skal sendes til.")}
    if values["contact_email"]:
        try:
            validate_email(values["contact_email"])
        except ValidationError:
            return {"contact_email": _("Skriv en mailadresse som navn@eksempel.dk.")}
    return {}
