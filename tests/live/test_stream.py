"""From a change in the database to the page that shows it: outbox, announcement, stream."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection, transaction

from indgang.live import database, revocation, stale
from indgang.live.models import Mark
from tests.live.conftest import Ear, Running

Ticket = Callable[..., str]


def _settled(ear: Ear, scope: str) -> None:
    """Until the stream is open and has told what it tells at first."""
    assert ear.next() == ("stale", "*")
    stale.mark(f"{scope}/settled")
    assert ear.next() == ("stale", "settled")


def test_a_committed_change_reaches_the_page_that_shows_it(running: Running, ticket: Ticket) -> None:
    ear = running.open(ticket("person-7"))
    _settled(ear, "person-7")
    with transaction.atomic():
        stale.mark("person-7/call", "person-7/state")
    assert {ear.next(), ear.next()} == {("stale", "call"), ("stale", "state")}
    assert not Mark.objects.exists()


def test_a_change_that_is_rolled_back_is_never_told(running: Running, ticket: Ticket) -> None:
    ear = running.open(ticket("person-7"))
    _settled(ear, "person-7")
    try:
        with transaction.atomic():
            stale.mark("person-7/call")
            raise ZeroDivisionError
    except ZeroDivisionError:
        stale.mark("person-7/state")
    assert ear.next() == ("stale", "state")


def test_a_page_hears_its_own_scopes_and_no_others(running: Running, ticket: Ticket) -> None:
    mine = running.open(ticket("person-7", "centre-tmf"))
    _settled(mine, "person-7")
    stale.mark("person-8/call", "centre-bif/queues", "all/alerts", "centre-tmf/queues")
    assert mine.next() == ("stale", "queues")
    stale.mark("person-7/call")
    assert mine.next() == ("stale", "call")


def test_many_changes_of_one_part_are_told_as_few(running: Running, ticket: Ticket) -> None:
    ear = running.open(ticket("centre-tmf"))
    _settled(ear, "centre-tmf")
    with transaction.atomic():
        for _change in range(50):
            stale.mark("centre-tmf/queues")
    stale.mark("centre-tmf/other")
    assert {ear.next(), ear.next()} == {("stale", "queues"), ("stale", "other")}


def test_more_parts_than_fit_one_notification_all_arrive(running: Running, ticket: Ticket) -> None:
    ear = running.open(ticket("centre-tmf"))
    _settled(ear, "centre-tmf")
    names = {f"part-{number}-{'x' * 300}" for number in range(100)}
    with transaction.atomic():
        stale.mark(*(f"centre-tmf/{name}" for name in names))
    heard: set[str] = set()
    while heard != names:
        heard.add(ear.next()[1])


def test_what_happened_between_page_and_stream_is_told_when_the_stream_opens(running: Running, ticket: Ticket) -> None:
    running.stream.hub._complete_since -= 30  # as if it had been up for half a minute
    witness = running.open(ticket("person-7"))
    _settled(witness, "person-7")
    query = ticket("person-7", "centre-tmf", age=0)
    stale.mark("centre-tmf/queues", "person-7/call")
    assert witness.next() == ("stale", "call")
    late = running.open(query)
    assert {late.next(), late.next(), late.next()} == {("stale", part) for part in ("settled", "queues", "call")}
    broken = running.open(ticket("person-7"), **{"last-event-id": late.last_id})
    assert {broken.next(), broken.next()} == {("stale", part) for part in ("settled", "call")}


def test_a_page_that_was_away_for_long_refreshes_everything(running: Running, ticket: Ticket) -> None:
    running.stream.hub._complete_since -= 3600
    ear = running.open(ticket("person-7", age=1800))
    assert ear.status == 200
    running.submit(_announce(running)).result(10)
    again = running.open(ticket("person-7", age=1800))
    assert again.next() == ("stale", "*")


async def _announce(running: Running) -> None:
    running.stream.hub.announce(["centre-tmf/queues"])


def test_after_the_database_was_away_every_page_refreshes_everything_and_hears_on(
    running: Running, ticket: Ticket
) -> None:
    ear = running.open(ticket("person-7"))
    _settled(ear, "person-7")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE application_name = 'indgang-live' AND datname = current_database()"
        )
        assert cursor.fetchone()[0] == 2
    assert ear.next() == ("stale", "*")
    running.wait_until_listening()
    stale.mark("person-7/call")
    assert ear.next() == ("stale", "call")


def test_a_second_process_hears_too_and_takes_over_when_the_first_one_stops(running: Running, ticket: Ticket) -> None:
    second = Running()
    second.wait_until_listening()
    try:
        ear = second.open(ticket("person-7"))
        _settled(ear, "person-7")
        running.submit(running.stream.stop()).result(10)
        stale.mark("person-7/call")
        assert ear.next() == ("stale", "call")
    finally:
        second.stop()


def test_the_streams_of_a_session_close_when_it_ends_and_do_not_open_again(running: Running, ticket: Ticket) -> None:
    query, other = ticket("person-7", session="a" * 32), ticket("person-7", session="b" * 32)
    ear, spared = running.open(query), running.open(other)
    assert ear.next() == spared.next() == ("stale", "*")
    revocation.end_session("a" * 32)
    assert [event for event in ear.events if event[0] == "ended"] == [("ended", "session")]
    assert running.open(query).status == 401
    stale.mark("person-7/call")
    assert spared.next() == ("stale", "call")


def test_a_process_that_starts_later_knows_who_was_shut_out(running: Running, ticket: Ticket) -> None:
    query = ticket("person-7")
    revocation.end_person(7)
    later = Running()
    try:
        later.wait_until_listening()
        ear = running.open(query)
        while ear.status == 200:  # until the process that was there before has heard of it
            assert list(ear.events)[-1] == ("ended", "session")
            ear = running.open(query)
        assert later.open(query).status == 401
        assert later.open(ticket("person-7", age=-1)).status == 200
    finally:
        later.stop()


def test_a_token_that_is_changed_too_old_or_missing_opens_nothing(running: Running, ticket: Ticket) -> None:
    good = ticket("person-7")
    assert running.open(good[:-1] + ("A" if good[-1] != "A" else "B")).status == 401
    assert running.open(ticket("person-7", age=13 * 3600)).status == 401
    assert running.open("").status == 401


def test_no_token_can_ask_to_hear_whose_sessions_end(running: Running, ticket: Ticket) -> None:
    ear = running.open(ticket("person-7", "ended"))
    _settled(ear, "person-7")
    revocation.end_person(8)
    stale.mark("person-7/call")
    assert ear.next() == ("stale", "call")


def test_only_the_web_address_of_the_page_may_read_the_stream(running: Running, ticket: Ticket) -> None:
    ours = running.open(ticket("person-7"), origin="http://desk.example")
    assert ours.headers["access-control-allow-origin"] == "http://desk.example"
    for elsewhere in ("http://elsewhere.example", "http://[", "null"):
        other = running.open(ticket("person-7"), origin=elsewhere)
        assert (other.status, "access-control-allow-origin" in other.headers) == (200, False)


def test_a_page_that_goes_away_is_forgotten(running: Running, ticket: Ticket) -> None:
    ear = running.open(ticket("person-7"))
    assert ear.status == 200
    ear.hang_up()
    assert not running.stream.hub.streams


def test_an_outbox_filled_while_nobody_ran_is_told_when_somebody_does(transactional_db: None, ticket: Ticket) -> None:
    stale.mark("person-7/call")
    late = Running()
    try:
        late.wait_until_listening()
        ear = late.open(ticket("person-7"))
        assert ear.next()[1] in ("*", "call")
    finally:
        late.stop()
    assert not Mark.objects.exists()


def test_a_page_that_opens_ever_more_streams_keeps_the_newest(running: Running, ticket: Ticket) -> None:
    query = ticket("person-7")
    ears = [running.open(query) for _ in range(6)]
    for ear in ears:
        assert ear.status == 200
    for ear in ears[:3]:
        assert list(ear.events)[-1] == ("crowded", "1")
    assert len(running.stream.hub.streams) <= 3


@pytest.fixture
def short_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "TURN", 0.2)


def test_an_end_that_was_announced_to_nobody_is_seen_all_the_same(
    short_turns: None, running: Running, ticket: Ticket, monkeypatch: pytest.MonkeyPatch
) -> None:
    ear = running.open(ticket("person-7"))
    assert ear.status == 200
    monkeypatch.setattr(stale, "mark", lambda *parts: None)
    revocation.end_person(7)
    assert list(ear.events)[-1] == ("ended", "session")
