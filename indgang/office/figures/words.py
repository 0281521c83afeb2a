"""Figures, their differences and the names of their groups, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from indgang.catalogue.models import ContactCentre, Purpose, Service
from indgang.core.text import shorten
from indgang.enquiries.models import Channel
from indgang.entry.models import Queue
from indgang.measures.definitions import Definition, Direction, Figure
from indgang.measures.rollups.reading import GroupBy
from indgang.ui.templatetags.ui import duration

_NAMED: Mapping[GroupBy, type[Any]] = {
    GroupBy.CENTRE: ContactCentre,
    GroupBy.QUEUE: Queue,
    GroupBy.SERVICE: Service,
    GroupBy.PURPOSE: Purpose,
}
_SPACE, _MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"


def value_words(definition: Definition, figure: Figure) -> str:
    """`82,7 %`, `1:05`, `1.204`; never 0 or 100 % without data."""
    if figure.value is None:
        return _("ingen data")
    if definition.unit == "seconds":
        return duration(figure.value)
    if definition.unit == "percent":
        return f"{number_format(round(figure.value, 1), 1)}{_SPACE}%"
    return _number(figure.value)


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
    return Decimal(str(round(value, 0 if definition.unit == "seconds" else 1)))


def _size(definition: Definition, difference: Decimal) -> str:
    if definition.unit == "seconds":
        return duration(float(difference))
    if definition.unit == "percent":
        return _("%(number)s procentpoint") % {"number": number_format(difference, 1)}
    return _number(float(difference))


def _judged(definition: Definition, *, rises: bool) -> str:
    if definition.direction is Direction.NEITHER:
        if definition.unit == "seconds":
            return _("længere") if rises else _("kortere")
        return _("mere") if rises else _("mindre")
    return _("bedre") if rises == (definition.direction is Direction.HIGHER) else _("dårligere")


def base_words(figure: Figure) -> str:
    """How many are behind it."""
    return _number(figure.base)


def _number(value: float) -> str:
    rounded = round(value, 1)
    return number_format(rounded, 0 if float(rounded).is_integer() else 1, use_l10n=True, force_grouping=True)


def days_words(first: date, last: date) -> str:
    """`11. marts 2026`, or `1. marts 2026 til 31. marts 2026`."""
    if first == last:
        return date_format(first, "DATE_FORMAT")
    days = {"first": date_format(first, "DATE_FORMAT"), "last": date_format(last, "DATE_FORMAT")}
    return _("%(first)s til %(last)s") % days


def _day(day: date) -> str:
    return f"{date_format(day, 'l')} {date_format(day, 'DATE_FORMAT')}"


def group_names(by: GroupBy, groups: Mapping[str, object]) -> dict[str, str]:
    """The name of each group. Codes without a name are shown as they were: what they named is gone."""
    known = _known(by, list(groups))
    return {group: known.get(group) or (shorten(group, 60) if group else _without(by)) for group in groups}


def _known(by: GroupBy, groups: list[str]) -> dict[str, str]:
    if by is GroupBy.DAY:
        return {group: _day(date.fromisoformat(group)) for group in groups}
    if by is GroupBy.MONTH:
        return {group: date_format(date.fromisoformat(f"{group}-01"), "F Y") for group in groups}
    if by is GroupBy.CHANNEL:
        return {code: str(label) for code, label in Channel.choices}
    if by is GroupBy.LEVEL:
        return {group: _("%(number)s. level") % {"number": group} for group in groups} | {
            "1": _("1st level (kontaktcentret)"), "2": _("2nd level (fagenheden)")
        }  # fmt: skip
    if model := _NAMED.get(by):
        return dict(model._default_manager.filter(code__in=groups).values_list("code", "name"))
    return {}


def _without(by: GroupBy) -> str:
    return {
        GroupBy.NOTHING: _("I alt"), GroupBy.CENTRE: _("Uden center"), GroupBy.QUEUE: _("Uden kø"),
        GroupBy.SERVICE: _("Uden ydelse"), GroupBy.PURPOSE: _("Uden ærinde"),
    }.get(by, _("Ukendt"))  # fmt: skip
