"""A promised window as people read it: its week, its people and how they are asked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time

from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from indgang.workforce.models import PromisedWindow, WindowPerson

_MIDNIGHT = time(0)


def week(window: PromisedWindow) -> str:
    """ "Mandag–fredag 9.00–14.00". Hours over midnight name the day after."""
    return f"{days(window.days)} {hours(window.opens, window.closes)}"


def days(numbers: Sequence[int]) -> str:
    """Weekdays, 0 for Monday: "Mandag–onsdag og fredag"."""
    if len(numbers) == len(WEEKDAYS):
        return _("Alle dage")
    *others, last = (_run(first, last) for first, last in _runs(numbers))
    return str(capfirst(_(" og ").join([", ".join(others), last] if others else [last])))


def hours(opens: time, closes: time) -> str:
    """ "9.00–14.00", "22.00–6.00 næste dag"."""
    if opens == closes == _MIDNIGHT:
        return _("hele døgnet")
    span = f"{clock(opens)}–{clock(closes) if closes != _MIDNIGHT else '24.00'}"
    return _("%(hours)s næste dag") % {"hours": span} if is_over_midnight(opens, closes) else span


def is_over_midnight(opens: time, closes: time) -> bool:
    return closes <= opens and closes != _MIDNIGHT


def clock(at: time) -> str:
    return f"{at.hour}.{at.minute:02}"


def people(window: PromisedWindow) -> str:
    """Who is asked, in order: "David Degnemark, dernæst Bo Bakkedal, dernæst gruppen Events"."""
    names = [_name(each) for each in window.people.all()]
    if window.group:
        names.append(_("gruppen %(name)s") % {"name": window.group.name})
    return _(", dernæst ").join(names) or _("ingen")


def media(window: PromisedWindow) -> str:
    chosen = ((_("telefon"), window.by_phone), (_("chat"), window.by_chat))
    return _(" og ").join(name for name, is_on in chosen if is_on)


def _name(named: WindowPerson) -> str:
    return named.person.name if named.person.is_active else _("%(name)s (bruger lukket)") % {"name": named.person.name}


def _runs(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """The first and last day of each run of days without a gap."""
    first = 0
    for place, number in enumerate(numbers):
        if place + 1 == len(numbers) or numbers[place + 1] != number + 1:
            yield numbers[first], number
            first = place + 1


def _run(first: int, last: int) -> str:
    return str(WEEKDAYS[first]) if first == last else f"{WEEKDAYS[first]}–{WEEKDAYS[last]}"
