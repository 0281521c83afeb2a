"""Figures, their differences and the names of their groups, as people read them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import lru_cache

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indgang.measures.definitions import Definition, Direction, Figure
from indgang.ui.templatetags.ui import duration

_SPACE, _MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"


def value_words(definition: Definition, figure: Figure) -> str:
    """`82,7 %`, `1:05`, `1.204`, `53,33 kr.`; never 0 or 100 % without data."""
    if figure.value is None:
        return _("ingen data")
    if definition.unit == "seconds":
        return duration(figure.value)
    if definition.unit == "percent":
        return f"{_formatted(round(figure.value, 1), 1, get_language())}{_SPACE}%"
    return _kroner(figure.value) if definition.unit == "kroner" else _number(figure.value)


def difference_words(definition: Definition, figure: Figure, before: Figure) -> str:
    """`+2,3 procentpoint (bedre)`; empty where one of them has no data."""
    if figure.value is None or before.value is None:
        return ""
    difference = _as_shown(definition, figure.value) - _as_shown(definition, before.value)
    if not difference:
        return _("uændret")
    sign = "+" if difference > 0 else _MINUS
    return f"{sign}{_size(definition, abs(difference))} ({_judged(definition, rises=difference > 0)})"


def _as_shown(definition: Definition, value: float) -> Decimal:
    """The value as rounded as it is shown, so that the difference is that of the two values that are read."""
    return Decimal(str(round(value, {"seconds": 0, "kroner": 2}.get(definition.unit, 1))))


def _size(definition: Definition, difference: Decimal) -> str:
    if definition.unit == "seconds":
        return duration(float(difference))
    if definition.unit == "percent":
        return _("%(number)s procentpoint") % {"number": number_format(difference, 1)}
    return _kroner(float(difference)) if definition.unit == "kroner" else _number(float(difference))


def _judged(definition: Definition, *, rises: bool) -> str:
    if definition.direction is Direction.NEITHER:
        if definition.unit == "seconds":
            return _("længere") if rises else _("kortere")
        return _("mere") if rises else _("mindre")
    return _("bedre") if rises == (definition.direction is Direction.HIGHER) else _("dårligere")


def base_words(figure: Figure) -> str:
    """How many are behind it."""
    return _number(figure.base)


def _kroner(value: float) -> str:
    return f"{_formatted(round(value, 2), 2, get_language())}{_SPACE}{_('kr.')}"


def _number(value: float) -> str:
    rounded = round(value, 1)
    return _formatted(rounded, 0 if float(rounded).is_integer() else 1, get_language())


@lru_cache(maxsize=4096)
def _formatted(number: float, decimals: int, _language: str | None) -> str:
    """The number in the language of the page. A page has thousands, and the same ones again and again."""
    return number_format(number, decimals, use_l10n=True, force_grouping=True)


def days_words(first: date, last: date) -> str:
    """`11. marts 2026`, or `1. marts 2026 til 31. marts 2026`."""
    if first == last:
        return date_format(first, "DATE_FORMAT")
    days = {"first": date_format(first, "DATE_FORMAT"), "last": date_format(last, "DATE_FORMAT")}
    return _("%(first)s til %(last)s") % days
