"""The names of the groups that figures are shown by, as people read them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.catalogue.models import ContactCentre, Purpose, Service
from indgang.core.text import shorten
from indgang.enquiries.models import Channel
from indgang.entry.models import Queue
from indgang.measures.rollups.reading import GroupBy

_NAMED: Mapping[GroupBy, type[Any]] = {
    GroupBy.CENTRE: ContactCentre,
    GroupBy.QUEUE: Queue,
    GroupBy.SERVICE: Service,
    GroupBy.PURPOSE: Purpose,
}


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


def _day(day: date) -> str:
    return f"{date_format(day, 'l')} {date_format(day, 'DATE_FORMAT')}"
