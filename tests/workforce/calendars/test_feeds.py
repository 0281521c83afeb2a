"""Calendar feeds over HTTP: from a real calendar server, and from servers that are down, slow or send invalid data."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from django.urls import reverse

from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.workforce import day_line, own_day
from indgang.workforce.calendars import feeds, fetching, reading
from indgang.workforce.calendars.fetching import FeedFault
from indgang.workforce.day_line import DayKind, DayPart
from indgang.workforce.models import CalendarFeed, DayNote
from tests.workforce.calendars.test_reading import event
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

MEETING = event(
    "DTSTART;TZID=Europe/Copenhagen:20260311T100000",
    "DTEND;TZID=Europe/Copenhagen:20260311T113000",
    "SUMMARY:Samtale om opsigelse",
)


@pytest.fixture
def radicale(tmp_path: Path) -> Iterator[str]:
    """Runs a Radicale server that everybody may write to. Yields the address of David's calendar."""
    rights = tmp_path / "rights"
    rights.write_text("[all]\nuser: .*\ncollection: .*\npermissions: RWrw\n", encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = ["--auth-type", "none", "--rights-type", "from_file", "--rights-file", str(rights)]
    settings += ["--storage-filesystem-folder", str(tmp_path / "collections")]
    command = [sys.executable, "-m", "radicale", "--hosts", f"127.0.0.1:{port}", *settings]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    root = f"http://127.0.0.1:{port}/"
    try:
        _until(lambda: requests.get(root, timeout=1).ok)
        yield f"{root}david/arbejde/"
    finally:
        process.terminate()
        process.wait(20)


def _until(answers: Callable[[], bool]) -> None:
    ends = time.monotonic() + 30
    while True:
        try:
            if answers():
                return
        except requests.RequestException:
            pass
        assert time.monotonic() < ends, "the server did not come up"
        time.sleep(0.1)


@pytest.fixture
def server(settings: Any) -> Iterator[Callable[[Callable[[BaseHTTPRequestHandler], None]], str]]:
    """Returns a function that starts a server with this request handler, allows its address, and returns it."""
    running: list[ThreadingHTTPServer] = []

    def start(answer: Callable[[BaseHTTPRequestHandler], None]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer(self)

            def log_message(self, *_: Any) -> None:
                pass

        running.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=running[-1].serve_forever, daemon=True).start()
        root = f"http://127.0.0.1:{running[-1].server_port}/"
        settings.CALENDAR_ADDRESSES = (root,)
        return f"{root}anna.ics"

    yield start
    for each in running:
        each.shutdown()
        each.server_close()


def answering(status: int, body: bytes = b"", **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        with contextlib.suppress(OSError):  # the client has closed the connection
            handler.wfile.write(body)

    return answer


def kinds(world: World) -> list[tuple[str, str, int, int | None]]:
    """Returns David's notes: kind, source, and start and end in minutes after MORNING."""
    return [
        (
            row.kind, row.source, round((row.starts_at - MORNING).total_seconds() / 60),
            round((row.ends_at - MORNING).total_seconds() / 60) if row.ends_at else None,
        )
        for row in own_day.of(world.david)
    ]  # fmt: skip


def test_a_calendar_of_radicale_makes_its_owner_busy(world: World, radicale: str, settings: Any) -> None:
    settings.CALENDAR_ADDRESSES = (radicale.removesuffix("arbejde/"),)
    david = ("david", "his own password")  # Radicale creates a user at the first sign-in
    assert requests.request("MKCALENDAR", radicale, auth=david, timeout=10).status_code == 201
    assert requests.put(f"{radicale}1.ics", MEETING, auth=david, timeout=10).status_code == 201
    feeds.connect(world.david, radicale, by=world.david, at=MORNING)
    feeds.read_due(MORNING)
    assert kinds(world) == [("busy", "calendar", 30, 120)]
    assert requests.delete(f"{radicale}1.ics", auth=david, timeout=10).ok
    feeds.read_due(MORNING + timedelta(minutes=10))
    assert CalendarFeed.objects.get().fault == ""
    assert kinds(world) == [], "an empty calendar is no fault"


def test_a_feed_becomes_part_of_the_day_and_follows_the_calendar(world: World, server: Any) -> None:
    files = [MEETING, event("DTSTART:20260311T130000Z", "DURATION:PT30M")]
    address = server(lambda handler: answering(200, files[0])(handler))
    feeds.connect(world.david, address, by=world.david, at=MORNING)
    assert feeds.read_due(MORNING) == 1
    assert kinds(world) == [("busy", "calendar", 30, 120)]
    assert feeds.read_due(MORNING) == 0, "it has been asked a moment ago"
    files.pop(0)
    later = MORNING + timedelta(minutes=10)
    assert feeds.read_due(later) == 1
    assert kinds(world) == [("busy", "calendar", 270, 300)]
    assert "opsigelse" not in str(list(DayNote.objects.values())) + str(list(Change.objects.values()))


def test_what_somebody_has_noted_holds_over_the_calendar(world: World, server: Any) -> None:
    own_day.note(world.david, day_line.read("tandlæge 10-10.30", at=MORNING), by=world.david, at=MORNING)
    feeds.connect(world.david, server(answering(200, MEETING)), by=world.david, at=MORNING)
    feeds.read_due(MORNING)
    assert kinds(world) == [("away", "person", 30, 60), ("busy", "calendar", 60, 120)]


def _slow(handler: BaseHTTPRequestHandler) -> None:
    time.sleep(1.5)
    answering(200, MEETING)(handler)


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        (answering(401), FeedFault.REFUSED),
        (answering(404), FeedFault.GONE),
        (answering(500), FeedFault.UNREACHABLE),
        (answering(302, Location="http://127.0.0.1:9/"), FeedFault.UNREACHABLE),
        (answering(200, b"<html>Log ind</html>"), FeedFault.NO_CALENDAR),
        (answering(200, b"x" * 50_000_000), FeedFault.TOO_LARGE),
        (
            answering(200, event("DTSTART;TZID=Mars/Olympus:20260311T100000", "DURATION:PT1H")),
            FeedFault.UNKNOWN_ZONE,
        ),
        (_slow, FeedFault.SLOW),
    ],
)
def test_a_feed_that_cannot_be_read_keeps_what_was_read_last(
    world: World, server: Any, monkeypatch: pytest.MonkeyPatch, answer: Any, fault: FeedFault
) -> None:
    monkeypatch.setattr(fetching, "ANSWER_SECONDS", 0.5)
    answers = [answering(200, MEETING), answer]
    address = server(lambda handler: answers[0](handler))
    monkeypatch.setattr(fetching, "ANSWER_SECONDS", 20.0)
    feeds.connect(world.david, address, by=world.david, at=MORNING)
    feeds.read_due(MORNING)
    answers.pop(0)
    monkeypatch.setattr(fetching, "ANSWER_SECONDS", 0.5 if fault is FeedFault.SLOW else 20.0)
    feeds.read_due(MORNING + timedelta(minutes=10))
    feed = CalendarFeed.objects.get()
    assert (feed.fault, feed.answered_at) == (fault, MORNING)
    assert kinds(world) == [("busy", "calendar", 30, 120)]


def test_a_feed_whose_server_is_down_says_so(world: World, settings: Any) -> None:
    settings.CALENDAR_ADDRESSES = ("http://127.0.0.1:9/",)
    feeds.connect(world.david, "http://127.0.0.1:9/anna.ics", by=world.david, at=MORNING)
    feeds.read_due(MORNING)
    assert CalendarFeed.objects.get().fault == FeedFault.UNREACHABLE


@pytest.mark.parametrize(
    "address",
    [
        "http://kalender.kommune.example/anna.ics", "https://kalender.kommune.example.evil.example/anna.ics",
        "https://kalender.kommune.example:8443/anna.ics", "https://x@kalender.kommune.example/anna.ics",
        "https://kalender.kommune.example/del/../../admin", "https://kalender.kommune.example/del/%2e%2e/admin", "https://kalender.kommune.example\\@evil.example/",
        "file:///etc/passwd", "https://[", "", "anna.ics", "https://kalender.kommune.example/andet/anna.ics",
    ],
)  # fmt: skip
def test_addresses_elsewhere_are_refused(world: World, settings: Any, address: str) -> None:
    settings.CALENDAR_ADDRESSES = ("https://kalender.kommune.example/del/",)
    with pytest.raises(RefusedChange):
        feeds.connect(world.david, address, by=world.david, at=MORNING)
    assert not CalendarFeed.objects.exists()
    assert fetching.is_allowed("https://kalender.kommune.example/del/anna.ics")


def test_the_page_connects_and_disconnects_and_never_shows_the_address(world: World, client: Any, server: Any) -> None:
    address = server(answering(200, MEETING))
    client.force_login(world.david)
    with clock.frozen(MORNING):
        assert client.post(reverse("desk:own-day-calendar"), {"address": "https://andet.example/x"}).status_code == 422
        assert client.post(reverse("desk:own-day-calendar"), {"address": address}).status_code == 302
        feeds.read_due(MORNING)
        page = client.get(reverse("desk:own-day")).content.decode()
        assert "Hentet kl. 9.30." in page
        assert "Optaget i kalenderen" in page
        assert "anna.ics" not in page + str(list(CalendarFeed.objects.values()))
        client.post(reverse("desk:own-day-calendar"), {})
    assert not CalendarFeed.objects.exists()
    assert not DayNote.objects.exists()


def test_a_calendar_that_breaks_the_reader_takes_nothing_from_the_others(
    world: World, server: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    read = reading.busy_times

    def breaking(text: Any, *between: Any) -> Any:
        if "strange" in str(text):
            raise RecursionError
        return read(text, *between)

    monkeypatch.setattr(reading, "busy_times", breaking)
    address = server(lambda handler: answering(200, b"strange" if "bo" in handler.path else MEETING)(handler))
    feeds.connect(world.bo, address.replace("anna", "bo"), by=world.bo, at=MORNING)
    feeds.connect(world.david, address, by=world.david, at=MORNING)
    assert feeds.read_due(MORNING) == 2
    assert CalendarFeed.objects.get(person=world.bo).fault == FeedFault.NO_CALENDAR
    assert kinds(world) == [("busy", "calendar", 30, 120)]
    (record,) = [each for each in caplog.records if "RecursionError" in each.getMessage()]
    assert record.levelname == "ERROR"


def test_who_says_that_they_are_back_is_not_made_busy_again(world: World, server: Any) -> None:
    feeds.connect(world.david, server(answering(200, MEETING)), by=world.david, at=MORNING)
    feeds.read_due(MORNING)
    at = MORNING + timedelta(minutes=40)
    own_day.present(world.david, by=world.david, at=at)
    feeds.read_due(at)
    assert kinds(world) == [("busy", "calendar", 30, 40), ("present", "person", 40, 120)]


def test_a_calendar_time_that_was_removed_stays_away(world: World, server: Any) -> None:
    feeds.connect(world.david, server(answering(200, MEETING)), by=world.david, at=MORNING)
    feeds.read_due(MORNING)
    own_day.remove(DayNote.objects.get(), by=world.david, at=MORNING)
    feeds.read_due(MORNING + timedelta(minutes=10))
    assert kinds(world) == [("present", "person", 30, 120)]


def test_working_at_home_makes_no_meeting_go_away(world: World, server: Any) -> None:
    feeds.connect(world.david, server(answering(200, MEETING)), by=world.david, at=MORNING)
    feeds.read_due(MORNING)
    own_day.note(world.david, day_line.read("hjemme til 14", at=MORNING), by=world.david, at=MORNING)
    feeds.read_due(MORNING + timedelta(minutes=10))
    assert kinds(world) == [("home", "person", 0, 270), ("busy", "calendar", 30, 120)]


def test_a_meeting_that_runs_is_the_same_note_at_every_reading(world: World, server: Any) -> None:
    feeds.connect(world.david, server(answering(200, MEETING)), by=world.david, at=MORNING)
    feeds.read_due(MORNING)
    before = DayNote.objects.get().pk
    feeds.read_due(MORNING + timedelta(minutes=45))
    assert DayNote.objects.get().pk == before
    assert kinds(world) == [("busy", "calendar", 30, 120)]


def test_another_calendar_takes_the_times_of_the_first_along(world: World, server: Any) -> None:
    address = server(answering(200, MEETING))
    feeds.connect(world.david, address, by=world.david, at=MORNING)
    feeds.read_due(MORNING)
    feeds.connect(world.david, address.replace("anna", "bo"), by=world.david, at=MORNING)
    assert kinds(world) == []


def test_a_second_press_on_back_and_working_at_home_do_not_bring_the_meeting_back(world: World, server: Any) -> None:
    feeds.connect(world.david, server(answering(200, MEETING)), by=world.david, at=MORNING)
    feeds.read_due(MORNING)
    at = MORNING + timedelta(minutes=40)
    for later in (0, 2):
        own_day.present(world.david, by=world.david, at=at + timedelta(minutes=later))
    own_day.note(world.david, day_line.read("hjemme til 14", at=at), by=world.david, at=at)
    feeds.read_due(at + timedelta(minutes=10))
    assert kinds(world) == [
        ("busy", "calendar", 30, 40), ("present", "person", 40, 120), ("home", "person", 40, 270),
    ]  # fmt: skip


def test_what_lasts_beyond_the_horizon_is_no_change_ten_minutes_later(world: World) -> None:
    leave = event("DTSTART;VALUE=DATE:20260316", "DTEND;VALUE=DATE:20260430", "SUMMARY:Orlov")
    for minutes in (0, 10, 300):
        at = MORNING + timedelta(minutes=minutes)
        busy = reading.busy_times(leave, at, feeds.horizon(at))
        parts = [DayPart(DayKind.BUSY, each) for each in busy]
        own_day.take_over(world.david.pk, parts, at=at)
    assert DayNote.objects.get().noted_at == MORNING
