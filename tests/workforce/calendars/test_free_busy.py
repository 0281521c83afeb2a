"""Free and busy times from Microsoft 365 over HTTP, from a stand-in for its sign-in and its `getSchedule`."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.urls import reverse

from indgang.accounts.models import Person, RoleAssignment
from indgang.audit.models import Change
from indgang.catalogue.models import Unit
from indgang.config.checks import free_busy as check
from indgang.core import clock
from indgang.health.finding import Level
from indgang.workforce import day_line, free_busy_words, own_day
from indgang.workforce.calendars import feeds, free_busy, graph
from indgang.workforce.calendars.graph import GraphFault
from indgang.workforce.calendars.schedules import ScheduleFault
from indgang.workforce.models import CalendarFeed, DayNote, FreeBusy, FreeBusyUnit
from tests.workforce.calendars.microsoft import CLIENT, SECRET, TENANT, Microsoft, entry, serve
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

DAVID = "david@kommune.example"
#: 10.00 to 11.30 in Copenhagen
MEETING = entry("2026-03-11T09:00", "2026-03-11T10:30")
LATER = MORNING + timedelta(minutes=10)


@pytest.fixture
def microsoft(settings: Any, world: World) -> Iterator[Microsoft]:
    """A running stand-in that the settings name, and that knows David's mailbox."""
    standing_in = Microsoft(mailboxes={DAVID: [MEETING]})
    server, address = serve(standing_in)
    settings.GRAPH_TENANT, settings.GRAPH_CLIENT_ID, settings.GRAPH_CLIENT_SECRET = TENANT, CLIENT, SECRET
    settings.GRAPH_ADDRESS = settings.GRAPH_SIGN_IN_ADDRESS = address
    Person.objects.filter(pk=world.david.pk).update(email=DAVID)
    world.david.email = DAVID
    yield standing_in
    server.shutdown()
    server.server_close()


@pytest.fixture
def chosen(microsoft: Microsoft, world: World) -> Microsoft:
    """The same, and David has switched it on."""
    free_busy.choose(world.david, is_on=True, by=world.david, at=MORNING)
    return microsoft


def notes(person: Person) -> list[tuple[str, int, int]]:
    """Kind, start and end of what the calendar says, in minutes after MORNING."""
    rows = own_day.of(person).filter(source=DayNote.Source.CALENDAR)
    return [(row.kind, _minutes(row.starts_at), _minutes(row.ends_at or MORNING)) for row in rows]


def _minutes(moment: datetime) -> int:
    return round((moment - MORNING).total_seconds() / 60)


def of(person: Person) -> FreeBusy:
    return FreeBusy.objects.get(person=person)


def test_a_meeting_becomes_part_of_the_day_and_goes_with_it(chosen: Microsoft, world: World) -> None:
    assert free_busy.read_due(MORNING) == 1
    assert notes(world.david) == [("busy", 30, 120)]
    assert free_busy.read_due(MORNING) == 0, "it was asked a moment ago"
    chosen.mailboxes[DAVID] = []
    assert free_busy.read_due(LATER) == 1
    assert notes(world.david) == []
    assert (of(world.david).fault, of(world.david).answered_at) == ("", LATER)
    assert len(chosen.tokens) == 1, "a token serves for an hour"


def test_each_status_has_its_kind(chosen: Microsoft, world: World) -> None:
    chosen.mailboxes[DAVID] = [
        entry("2026-03-11T09:00", "2026-03-11T10:00", "tentative"),
        entry("2026-03-11T10:00", "2026-03-11T12:00", "oof"),
        entry("2026-03-11T11:30", "2026-03-11T13:00", "busy"),
        entry("2026-03-11T13:00", "2026-03-11T14:00", "free"),
        entry("2026-03-11T13:00", "2026-03-11T14:00", "unknown"),
        entry("2026-03-12T07:00", "2026-03-12T15:00", "workingElsewhere"),
    ]
    free_busy.read_due(MORNING)
    assert of(world.david).fault == ""
    assert notes(world.david) == [("busy", 30, 90), ("away", 90, 210), ("busy", 210, 270), ("home", 1350, 1830)]


@pytest.mark.parametrize(
    ("zone", "start", "end"),
    [
        ("Romance Standard Time", "2026-03-11T10:00", "2026-03-11T11:30"),
        ("Europe/Copenhagen", "2026-03-11T10:00", "2026-03-11T11:30"),
        ("Eastern Standard Time", "2026-03-11T05:00", "2026-03-11T06:30"),
    ],
)
def test_zones_of_windows_and_of_iana_are_known(
    chosen: Microsoft, world: World, zone: str, start: str, end: str
) -> None:
    chosen.mailboxes[DAVID] = [entry(start, end, zone=zone)]
    free_busy.read_due(MORNING)
    assert (of(world.david).fault, notes(world.david)) == ("", [("busy", 30, 120)])


def test_the_change_to_summer_time_is_followed(chosen: Microsoft, world: World) -> None:
    """On 29 March 2026 the clock goes from 2 to 3: 10.00 there is 8.00 UTC afterwards."""
    at = MORNING + timedelta(days=16)
    zone = "Romance Standard Time"
    days = [("2026-03-28T10:00", "2026-03-28T11:00"), ("2026-03-30T10:00", "2026-03-30T11:00")]
    chosen.mailboxes[DAVID] = [entry(start, end, zone=zone) for start, end in days]
    free_busy.read_due(at)
    assert of(world.david).fault == ""
    starts = [row.starts_at.isoformat() for row in own_day.of(world.david)]
    assert starts == ["2026-03-28T09:00:00+00:00", "2026-03-30T08:00:00+00:00"]


def test_a_calendar_that_lies_about_its_zone_is_a_fault(chosen: Microsoft, world: World) -> None:
    """The entries are in New York's time and call it UTC; the view, which counts from our moment, says otherwise."""
    chosen.mailboxes[DAVID] = [entry("2026-03-11T10:00", "2026-03-11T11:00")]
    chosen.true_zone = ZoneInfo("America/New_York")
    free_busy.read_due(MORNING)
    assert (of(world.david).fault, notes(world.david)) == (ScheduleFault.WRONG_ZONE, [])


def test_a_zone_that_nobody_knows_is_a_fault(chosen: Microsoft, world: World) -> None:
    chosen.mailboxes[DAVID] = [entry("2026-03-11T10:00", "2026-03-11T11:30", zone="Customized Time Zone")]
    free_busy.read_due(MORNING)
    assert (of(world.david).fault, notes(world.david)) == (ScheduleFault.WRONG_ZONE, [])


def test_one_unknown_person_among_twenty_disturbs_no_other(microsoft: Microsoft, world: World) -> None:
    unit = Unit.objects.get(code="ctb-byliv")
    colleagues = Person.objects.bulk_create(
        Person(username=f"k{n}", name=f"Kollega {n}", email=f"k{n}@kommune.example") for n in range(24)
    )
    for each in colleagues:
        RoleAssignment.objects.create(person=each, role="case_worker", unit=unit)
        microsoft.mailboxes[each.email] = [MEETING]
    del microsoft.mailboxes["k3@kommune.example"]
    free_busy.switch_unit(unit, is_on=True, by=world.finn, at=MORNING)
    assert free_busy.read_due(MORNING) == 25
    assert [len(asked["schedules"]) for asked in microsoft.asked] == [20, 5]
    faults = dict(FreeBusy.objects.exclude(fault="").values_list("person__username", "fault"))
    assert faults == {"k3": ScheduleFault.UNKNOWN_PERSON}
    assert DayNote.objects.count() == 24
    assert free_busy.read_due(LATER) == 24, "the unknown person is asked for again tomorrow"
    assert free_busy.read_due(LATER + timedelta(days=1)) == 25


def test_a_call_in_the_name_of_an_unknown_person_is_made_again_for_the_others(
    microsoft: Microsoft, world: World
) -> None:
    Person.objects.filter(pk=world.anna.pk).update(email="a.anna@kommune.example")
    for person in (world.anna, world.david):
        free_busy.choose(person, is_on=True, by=person, at=MORNING)
    FreeBusy.objects.filter(person=world.anna).update(answered_at=MORNING)  # so that she comes first
    free_busy.read_due(MORNING)
    assert microsoft.names == ["a.anna@kommune.example", DAVID]
    assert (of(world.anna).fault, notes(world.david)) == (ScheduleFault.UNKNOWN_PERSON, [("busy", 30, 120)])


def test_microsoft_is_left_alone_as_long_as_it_asks(chosen: Microsoft, world: World) -> None:
    chosen.statuses = [(429, {"Retry-After": "900"})]
    free_busy.read_due(MORNING)
    assert (free_busy.source().fault, of(world.david).fault) == (GraphFault.THROTTLED, GraphFault.THROTTLED)
    assert free_busy.read_due(LATER) == 0
    assert chosen.asked == []
    assert free_busy.read_due(MORNING + timedelta(seconds=901)) == 1
    assert (free_busy.source().fault, free_busy.source().wait_until) == ("", None)
    assert notes(world.david) == [("busy", 30, 120)]


def test_people_after_a_failure_are_asked_for_at_the_next_turn(chosen: Microsoft, world: World) -> None:
    for n in range(30):
        person = Person.objects.create(username=f"k{n}", name=f"K {n}", email=f"k{n}@kommune.example")
        free_busy.choose(person, is_on=True, by=person, at=MORNING)
    chosen.statuses = [(429, {})]
    assert free_busy.read_due(MORNING) == 20
    assert FreeBusy.objects.filter(asked_at=None).count() == 11


@pytest.mark.parametrize(
    ("break_it", "fault"),
    [
        (lambda it: it.statuses.append((500, {})), GraphFault.UNREACHABLE),
        (lambda it: it.statuses.append((302, {"Location": "http://127.0.0.1:9/"})), GraphFault.UNREACHABLE),
        (lambda it: it.statuses.append((403, {})), GraphFault.NOT_PERMITTED),
        (lambda it: it.statuses.append((200, {})), GraphFault.UNREADABLE),
        (lambda it: setattr(it, "delay", 2.0), GraphFault.SLOW),
        (lambda it: setattr(it, "padding", 6_000_000), GraphFault.TOO_LARGE),
    ],
)
def test_after_a_failure_what_was_read_last_holds(
    chosen: Microsoft, world: World, monkeypatch: pytest.MonkeyPatch, break_it: Any, fault: GraphFault
) -> None:
    free_busy.read_due(MORNING)
    break_it(chosen)
    if fault is GraphFault.SLOW:
        monkeypatch.setattr(graph, "ANSWER_SECONDS", 0.5)
    free_busy.read_due(LATER)
    assert (of(world.david).fault, of(world.david).answered_at) == (fault, MORNING)
    assert (free_busy.source().fault, free_busy.source().answered_at) == (fault, MORNING)
    assert notes(world.david) == [("busy", 30, 120)]


def test_a_server_that_is_down_is_a_fault(chosen: Microsoft, world: World, settings: Any) -> None:
    settings.GRAPH_ADDRESS = "http://127.0.0.1:9"
    free_busy.read_due(MORNING)
    assert of(world.david).fault == GraphFault.UNREACHABLE


def test_a_token_that_was_withdrawn_is_renewed_once(chosen: Microsoft, world: World) -> None:
    free_busy.read_due(MORNING)
    chosen.refused_tokens.add("token-1")
    free_busy.read_due(LATER)
    assert (len(chosen.tokens), of(world.david).fault) == (2, "")
    chosen.refused_tokens |= {f"token-{n}" for n in range(9)}
    free_busy.read_due(LATER + timedelta(minutes=10))
    assert (len(chosen.tokens), of(world.david).fault) == (3, GraphFault.TOKEN_REFUSED)


@pytest.mark.parametrize(
    ("name", "value", "code", "fault"),
    [
        ("GRAPH_CLIENT_SECRET", "wrong", 0, GraphFault.SECRET_WRONG),
        ("GRAPH_CLIENT_ID", "wrong", 0, GraphFault.APP_UNKNOWN),
        ("GRAPH_TENANT", "wrong", 0, GraphFault.TENANT_UNKNOWN),
        ("GRAPH_TENANT", TENANT, 7000222, GraphFault.SECRET_EXPIRED),
        ("GRAPH_TENANT", TENANT, 50034, GraphFault.SIGN_IN_REFUSED),
    ],
)
def test_a_sign_in_that_fails_says_why(
    chosen: Microsoft, world: World, settings: Any, name: str, value: str, code: int, fault: GraphFault
) -> None:
    setattr(settings, name, value)
    chosen.sign_in_error = code
    free_busy.read_due(MORNING)
    assert of(world.david).fault == fault
    (found, *_more) = check.look()
    assert (found.level, found.text) == (Level.ERROR, free_busy_words.of_fault(fault))


@pytest.mark.parametrize(
    ("last", "level"),
    [
        (None, Level.WARNING), (date(2026, 3, 10), Level.ERROR), (date(2026, 4, 1), Level.WARNING),
        (date(2027, 3, 1), Level.OK),
    ],
)  # fmt: skip
def test_the_secret_is_looked_at_before_its_last_day(
    microsoft: Microsoft, settings: Any, last: date | None, level: Level
) -> None:
    settings.GRAPH_SECRET_ENDS = last
    with clock.frozen(MORNING):
        sign_in, ends = check.look()
    assert (sign_in.level, ends.level) == (Level.OK, level)
    settings.GRAPH_CLIENT_SECRET = ""
    (missing,) = check.look()
    assert "INDGANG_GRAPH_CLIENT_SECRET" in missing.text


def test_no_title_reaches_database_log_or_trace(
    chosen: Microsoft, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither from an answer that is read nor from one that cannot be."""
    caplog.set_level(logging.DEBUG)
    free_busy.read_due(MORNING)
    assert notes(world.david)
    chosen.mailboxes[DAVID] = [MEETING | {"start": "Samtale om opsigelse"}]
    chosen.has_views = False
    free_busy.read_due(LATER)
    assert of(world.david).fault == ScheduleFault.UNREADABLE
    chosen.garbage = b'{"value": "Samtale om opsigelse'
    free_busy.read_due(LATER + timedelta(minutes=10))
    assert of(world.david).fault == GraphFault.UNREADABLE
    dumped = io.StringIO()
    call_command("dumpdata", "workforce", "audit", "live", stdout=dumped)
    everything = dumped.getvalue() + caplog.text
    for word in ("opsigelse", "Njalsgade", "Lokale"):
        assert word not in everything, word
    assert SECRET not in everything + repr(graph.application())


def test_what_somebody_has_noted_holds_over_the_calendar(chosen: Microsoft, world: World) -> None:
    own_day.note(world.david, day_line.read("tandlæge 10-10.30", at=MORNING), by=world.david, at=MORNING)
    free_busy.read_due(MORNING)
    assert notes(world.david) == [("busy", 60, 120)]


def test_ones_own_no_holds_over_the_unit(microsoft: Microsoft, world: World) -> None:
    unit = Unit.objects.get(code="ctb")
    free_busy.switch_unit(unit, is_on=True, by=world.finn, at=MORNING)
    free_busy.read_due(MORNING)
    assert notes(world.david) == [("busy", 30, 120)], "his unit is below"
    free_busy.choose(world.david, is_on=False, by=world.david, at=MORNING)
    assert notes(world.david) == []
    assert free_busy.read_due(LATER) == 0
    assert Change.objects.filter(action="free_busy.switch").count() == 2


def test_a_unit_that_is_switched_off_is_forgotten(microsoft: Microsoft, world: World) -> None:
    unit = Unit.objects.get(code="ctb-byliv")
    free_busy.switch_unit(unit, is_on=True, by=world.finn, at=MORNING)
    free_busy.read_due(MORNING)
    free_busy.switch_unit(unit, is_on=False, by=world.finn, at=MORNING)
    assert notes(world.david) == []
    free_busy.read_due(LATER)
    assert len(microsoft.asked) == 1


def test_a_connected_calendar_and_microsoft_take_turns(chosen: Microsoft, world: World, settings: Any) -> None:
    settings.CALENDAR_ADDRESSES = ("https://kalender.example/",)
    free_busy.read_due(MORNING)
    feeds.connect(world.david, "https://kalender.example/d.ics", by=world.david, at=MORNING)
    assert notes(world.david) == []
    assert free_busy.read_due(LATER) == 0, "the calendar of his own is read instead"
    free_busy.choose(world.david, is_on=False, by=world.david, at=MORNING)
    free_busy.choose(world.david, is_on=True, by=world.david, at=MORNING)
    assert not CalendarFeed.objects.exists()
    assert free_busy.read_due(LATER) == 1


def test_the_page_switches_it_and_says_how_it_was_read(chosen: Microsoft, world: World, client: Any) -> None:
    client.force_login(world.david)
    with clock.frozen(MORNING):
        client.post(reverse("desk:own-day-microsoft"), {})
        assert "Den læses ikke." in client.get(reverse("desk:own-day")).content.decode()
        client.post(reverse("desk:own-day-microsoft"), {"is_on": "on"})
        assert "Hentes om lidt." in client.get(reverse("desk:own-day")).content.decode()
        free_busy.read_due(MORNING)
        page = client.get(reverse("desk:own-day")).content.decode()
    assert "Hentet kl. 9.30." in page
    assert "Optaget i kalenderen" in page
    with clock.frozen(LATER):
        chosen.statuses = [(403, {})]
        free_busy.read_due(LATER)
        page = client.get(reverse("desk:own-day")).content.decode()
    assert "ikke lov til at læse kalendere" in page
    assert "gælder, indtil den kan læses igen" in page


def test_working_elsewhere_cannot_be_removed_on_the_page(chosen: Microsoft, world: World, client: Any) -> None:
    chosen.mailboxes[DAVID] = [entry("2026-03-11T08:00", "2026-03-11T15:00", "workingElsewhere")]
    free_busy.read_due(MORNING)
    client.force_login(world.david)
    with clock.frozen(MORNING):
        page = client.get(reverse("desk:own-day")).content.decode()
    assert "Arbejder hjemme, kan træffes" in page
    assert reverse("desk:own-day-removal", args=[DayNote.objects.get().pk]) not in page


def test_administrators_switch_it_for_a_unit_and_see_who_is_read(
    microsoft: Microsoft, world: World, client: Any
) -> None:
    url = reverse("office:unit-calendars", args=["ctb-byliv"])
    client.force_login(world.david)
    assert client.post(url, {"is_on": "on"}).status_code in (403, 404)
    client.force_login(world.finn)
    with clock.frozen(MORNING):
        assert client.post(url, {"is_on": "on"}).status_code == 302
        free_busy.read_due(MORNING)
        page = client.get(url).content.decode()
        operations = client.get(reverse("office:operations")).content.decode()
    assert "David Degnemark" in page
    assert "Hentet kl. 9.30." in page
    assert "Hentet kl. 9.30. Kalendere: 1 i alt, heraf kan 0 ikke læses." in operations
    assert FreeBusyUnit.objects.get().unit.code == "ctb-byliv"
