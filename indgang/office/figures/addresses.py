"""The address of a figure's page, for the days and the part that a figure is shown for elsewhere: from there it is
opened down to its contacts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode

from django.urls import reverse

from indgang.accounts.models import Person
from indgang.enquiries.models import Channel
from indgang.measures.definitions import Definition
from indgang.measures.rollups.reading import GroupBy
from indgang.office.figures import access
from indgang.office.figures.days import NamedDays
from indgang.office.figures.forms import MOST_DAYS


@dataclass(frozen=True, slots=True)
class ShownFigure:
    """A figure of these days, the last included. Codes are empty for all; `channel` may be a group of channels, `level`
    is 0 for both, and `within` the promise in seconds that it assumes."""

    definition: Definition
    first: date
    last: date
    centre: str = ""
    service: str = ""
    channel: str = ""
    level: int = 0
    within: int | None = None


class FigureAddresses:
    """Addresses for one person. Two queries."""

    def __init__(self, person: Person) -> None:
        self._seen = access.centres_seen(person)

    def of(self, shown: ShownFigure) -> str:
        """The page that shows the same value; empty for a centre whose figures the person does not see, and where no
        page does: of groups of channels, of very long periods, and of a version that another one has followed."""
        days = (shown.last - shown.first).days
        on_last_day = access.definition_for(shown.definition.code, shown.last)
        is_seen = shown.centre in self._seen.names if shown.centre else self._seen.is_all
        if not is_seen or not 0 <= days < MOST_DAYS or on_last_day.version != shown.definition.version:
            return ""
        return "" if shown.channel and shown.channel not in Channel.values else _address(shown)


def of_day(codes: Iterable[str], day: date, centre: str) -> dict[str, str]:
    """The pages of figures of one day of a centre whose figures the reader sees, by code."""
    return {code: _address(ShownFigure(access.definition_for(code, day), day, day, centre)) for code in codes}


def _address(shown: ShownFigure) -> str:
    chosen = {
        "period": NamedDays.OWN.value, "first": f"{shown.first:%Y-%m-%d}", "last": f"{shown.last:%Y-%m-%d}",
        "centre": shown.centre, "service": shown.service, "channel": shown.channel, "within": shown.within,
        "by": GroupBy.LEVEL.value if shown.level else "",
    }  # fmt: skip
    query = urlencode({name: value for name, value in chosen.items() if value})
    return f"{reverse('office:figure', args=[shown.definition.code])}?{query}"
