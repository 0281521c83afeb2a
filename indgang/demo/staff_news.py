"""News for the demo's staff, and today's log of two centres."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Unit
from indgang.core.clock import day_of
from indgang.entry.models import Queue, StaffNews
from indgang.entry.team import day_log, staff_news
from indgang.workforce.models import Skill


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of news, and the user names of its author and of those who have read it."""

    title: str
    text: str
    by: str
    days: int
    unit: str = ""
    centre: str = ""
    skill: str = ""
    must_read: bool = False
    read_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Logged:
    centre: str
    minutes_ago: int
    by: str
    text: str
    queue: str = ""


_NEWS = (
    Told(
        "Nye gebyrer for byggesager fra mandag",
        "Gebyret for en byggetilladelse følger fra mandag den tid, sagsbehandleren bruger.\n\n"
        "Sager, der er søgt inden mandag, beholder det gamle gebyr. Artiklen om byggesagsgebyr er rettet.",
        "ida", 10, unit="tmf", skill="byggesag", must_read=True, read_by=("bo",),
    ),
    Told(
        "Selvbetjeningen er lukket søndag formiddag",
        "Den bliver opdateret søndag kl. 8-12. Bed dem, der ringer om det, om at prøve igen om eftermiddagen.",
        "eva", 5, unit="tmf", read_by=("anna",),
    ),
    Told(
        "Sådan svarer vi på engelsk", "Der ligger nye vendinger i vidensbasen. Søg på “english”.",
        "karen", 21, centre="bif", read_by=("otto",),
    ),
)  # fmt: skip
_LOG = (
    Logged("tmf", 95, "eva", "To er syge. Clara tager Byliv hele dagen.", "tmf-byliv"),
    Logged("tmf", 20, "anna", "Mange ringer om gravearbejdet på Amagerbrogade. Det slutter på fredag."),
    Logged("bif", 40, "otto", "Jobnet kan ikke åbne bilag. Fejlen er meldt, og svaret kommer inden kl. 14."),
)  # fmt: skip


def seed(
    units: Mapping[str, Unit], centres: Mapping[str, ContactCentre], people: Mapping[str, Person], *, at: datetime
) -> None:
    """Add news when there has never been any."""
    if not StaffNews.objects.exists():
        for told in _NEWS:
            _tell(told, units, centres, people, at)


def write_logs(*, at: datetime) -> None:
    """Add lines to the logs that have none of that day. The demo's day may be another than that of the machine."""
    written = set(day_log.of_day(day_of(at)).values_list("centre__code", flat=True))
    for line in _LOG:
        if line.centre not in written:
            day_log.add(
                ContactCentre.objects.get(code=line.centre), line.text,
                about=Queue.objects.filter(code=line.queue).first(), by=Person.objects.get(username=line.by),
                at=at - timedelta(minutes=line.minutes_ago),
            )  # fmt: skip


def _tell(
    told: Told, units: Mapping[str, Unit], centres: Mapping[str, ContactCentre], people: Mapping[str, Person],
    at: datetime,
) -> None:  # fmt: skip
    fields = {
        "title": told.title, "text": told.text, "unit": units.get(told.unit), "centre": centres.get(told.centre),
        "skill": Skill.objects.filter(code=told.skill).first(), "must_read": told.must_read, "shown_from": at,
        "shown_until": at + timedelta(days=told.days),
    }  # fmt: skip
    news = staff_news.write(None, fields, by=people[told.by], at=at)
    for reader in told.read_by:
        staff_news.mark_read(news, edition=news.edition, by=people[reader], at=at)
