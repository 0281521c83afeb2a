"""Telephone numbers that are typed in the catalogue, stored in one form."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from indgang.core import phone_numbers
from indgang.core.refusals import RefusedChange


def stored(values: dict[str, Any], *names: str) -> dict[str, Any]:
    """The values with these numbers in E.164; short numbers stay as they are. Raises RefusedChange for an invalid
    number."""
    return values | {name: _stored(name, values[name]) for name in names if values.get(name)}


def _stored(name: str, typed: str) -> str:
    try:
        number = phone_numbers.normalise(typed)
    except phone_numbers.NumberError as error:
        raise RefusedChange({name: _("Det er ikke et telefonnummer. Tjek cifrene.")}) from error
    if number == phone_numbers.ANONYMOUS:
        raise RefusedChange({name: _("Det er ikke et telefonnummer. Tjek cifrene.")})
    return number
