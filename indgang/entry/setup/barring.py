"""The barring of numbers, as the settings of the installation have it."""

from __future__ import annotations

from django.conf import settings

from indgang.core.barring import Barring


def configured() -> Barring:
    return Barring(
        countries=frozenset(country.upper() for country in settings.CALL_COUNTRIES),
        barred=tuple(settings.CALL_BARRED),
        allowed=tuple(settings.CALL_ALLOWED),
        phones=frozenset(settings.DESK_PHONES_AT),
    )
