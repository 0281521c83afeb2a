"""Old numbers and mail addresses as somebody types them for a switch."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from indgang.core import phone_numbers
from indgang.core.refusals import RefusedChange

#: of one switch
MOST = 50


def numbers(typed: Iterable[str]) -> list[str]:
    """In E.164, each once. Raises RefusedChange for what is no number, and for too many."""
    try:
        found = list(dict.fromkeys(phone_numbers.normalise(each.strip()) for each in typed if each.strip()))
    except phone_numbers.NumberError as error:
        raise RefusedChange({"numbers": _("Et af dem er ikke et telefonnummer. Tjek cifrene.")}) from error
    if phone_numbers.ANONYMOUS in found:
        raise RefusedChange({"numbers": _("Et af dem er ikke et telefonnummer. Tjek cifrene.")})
    if len(found) > MOST:
        raise RefusedChange({"numbers": _("Skriv højst %(most)s telefonnumre.") % {"most": MOST}})
    return found


def addresses(typed: Iterable[str]) -> list[str]:
    """In lower case, each once. Raises RefusedChange for what is no mail address, and for too many."""
    found = list(dict.fromkeys(each.strip().lower() for each in typed if each.strip()))
    for each in found:
        try:
            validate_email(each)
        except ValidationError as error:
            said = _("En af dem er ikke en mailadresse: %(text)s") % {"text": each}
            raise RefusedChange({"addresses": said}) from error
    if len(found) > MOST:
        raise RefusedChange({"addresses": _("Skriv højst %(most)s mailadresser.") % {"most": MOST}})
    return found
