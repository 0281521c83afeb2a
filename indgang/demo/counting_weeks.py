"""The counting weeks of the demo: one that is closed, four weeks ago, and one that runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from indgang.accounts.models import Person
from indgang.analysis.counting import setting_up, tallying
from indgang.analysis.counting.models import CountedChannel, CountingWeek
from indgang.analysis.counting.tallying import CountedTap
from indgang.catalogue.models import Purpose, Unit
from indgang.core.clock import COPENHAGEN, day_of
from indgang.enquiries.models import Character

_UNIT = "ctb-byliv"
#: the unit's own wordings, and the cross-cutting purposes they belong to; the last is not decided yet
_OWN = (("Hvor langt er min ansøgning?", "status"), ("Regning for en stadeplads", ""))
#: fewest and most enquiries that somebody counts in a day
_A_DAY = (9, 17)
_OPENS, _OPEN_MINUTES = time(9), 420
_CHANNELS = (CountedChannel.PHONE,) * 6 + (CountedChannel.MAIL,) * 3 + (CountedChannel.VISIT,)


def seed(units: Mapping[str, Unit], people: Mapping[str, Person], *, at: datetime) -> None:
    """Add both weeks, unless there is one. David and Eva count for Byliv."""
    if CountingWeek.objects.exists() or not {"hans", "david", "eva"} <= people.keys():
        return
    monday = day_of(at) - timedelta(days=day_of(at).weekday())
    before = monday - timedelta(days=28)
    over = _planned(units[_UNIT], before, before + timedelta(days=4), people, at - timedelta(days=35))
    _counted(over, people, at=_at(before + timedelta(days=4), 17 * 60))
    setting_up.close(over, by=people["hans"], at=_at(before + timedelta(days=7), 9 * 60))
    runs = _planned(units[_UNIT], monday, max(monday + timedelta(days=4), day_of(at)), people, at - timedelta(days=7))
    _counted(runs, people, at=at)


def _planned(unit: Unit, first: date, last: date, people: Mapping[str, Person], at: datetime) -> CountingWeek:
    values = {
        "title": f"Uge {first.isocalendar().week}, {unit.name}", "unit": unit, "service": None, "starts_on": first,
        "ends_on": last, "days_a_year": 250, "rounds_to": 50,
    }  # fmt: skip
    week = setting_up.plan(values, by=people["hans"], at=at)
    for name, code in _OWN:
        purpose = Purpose.objects.filter(code=code).first()
        setting_up.add_purpose(week, name=name, purpose=purpose, by=people["hans"], at=at)
    for username in ("david", "eva"):
        setting_up.add_person(week, person=people[username], by=people["hans"], at=at)
    return week


def _counted(week: CountingWeek, people: Mapping[str, Person], *, at: datetime) -> None:
    chance = Random(week.starts_on.toordinal())  # noqa: S311  # a demo, not a secret
    for username in ("david", "eva"):
        taps = [tap for tap in _taps(week, chance) if tap.at <= at]
        tallying.count(week, taps, by=people[username], at=at)


def _taps(week: CountingWeek, chance: Random) -> Iterator[CountedTap]:
    purposes = list(week.purposes.all())
    for day in week.working_days_until(week.ends_on):
        for minute in sorted(chance.sample(range(_OPEN_MINUTES), chance.randint(*_A_DAY))):
            is_general = chance.random() < 0.6
            yield CountedTap(
                UUID(int=chance.getrandbits(128), version=4), _at(day, _OPENS.hour * 60 + minute),
                chance.choice(purposes).pk, chance.choice(_CHANNELS),
                Character.GENERAL if is_general else Character.CASE_SPECIFIC,
                chance.choice((1, 2, 2, 3, 3, 4) if is_general else (4, 6, 8, 12, 18, 25)), chance.random() < 0.7,
                is_general and chance.random() < 0.5,
            )  # fmt: skip


def _at(day: date, minutes: int) -> datetime:
    """So many minutes after midnight."""
    return datetime.combine(day, time(minutes // 60, minutes % 60), tzinfo=COPENHAGEN)
