"""The stored roll-ups: each event counts once, the events count the same, and no person is in them."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from io import StringIO
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, transaction
from psycopg import errors

from indgang.config import routines
from indgang.enquiries import registration
from indgang.enquiries.event_kinds import EnquiryKind
from indgang.enquiries.models import Character, Enquiry, Outcome
from indgang.enquiries.registration import QuestionData
from indgang.entry.event_kinds import Kind
from indgang.entry.models import Alert, Queue
from indgang.events import cursor
from indgang.events.models import Era, Reader
from indgang.measures import recount
from indgang.measures.models import Rollup, RollupState, SummedRollup
from indgang.measures.period import Period
from indgang.measures.rollups import counting, reading, rebuilding, recomputing, store
from indgang.measures.rollups.facts import FACTS_VERSION, FactKey, Measure, quarter_of
from indgang.measures.rollups.formula import OutdatedRollups
from indgang.measures.rollups.grains import Grain
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.rollups.sharing import SharingFailed
from indgang.measures.rollups.tallies import FactTally, Tallies
from indgang.privacy import nightly
from indgang.privacy.store import DjangoStore
from tests.enquiries.told_calls import abandoned, happen, talked, waiting
from tests.events.writing import session
from tests.measures.histories import registered
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db(transaction=True)

MARCH = Period.month(MORNING.date())
Row = tuple[Any, ...]


def rows(model: type[Rollup] | type[SummedRollup] = Rollup) -> list[Row]:
    """All rows but their keys, in order."""
    names = [field.attname for field in model._meta.concrete_fields if field.name != "id"]
    return sorted(tuple(map(repr, row)) for row in model._default_manager.values_list(*names))


def total(measure: Measure, **key: Any) -> tuple[int, int]:
    found = Rollup.objects.filter(measure=measure, **key).values_list("whole", "part")
    return sum(whole for whole, _ in found), sum(part for _, part in found)


def register(enquiry: Enquiry, after: float, *outcomes: str, **more: Any) -> None:
    happen(str(enquiry.pk), (EnquiryKind.REGISTERED, after, registered(*outcomes, **more)))


def test_a_late_event_corrects_the_quarter_that_its_segment_began_in(world: World) -> None:
    enquiry = waiting()
    assert counting.follow() == 3
    assert total(Measure.SEGMENTS, outcome="waiting") == (1, 0)
    happen(str(enquiry.pk), (Kind.ABANDONED, 86_400 * 2, {"queue": "tmf-byggeri"}))
    assert counting.follow() == 1
    assert total(Measure.SEGMENTS, outcome="abandoned") == (1, 0)
    assert not Rollup.objects.filter(outcome="waiting").exists(), "nothing is left at the old key"
    assert Rollup.objects.get(measure="segments").quarter == MORNING
    assert not list(recomputing.differences(MARCH))


def test_a_counter_that_is_killed_half_way_has_changed_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    talked(world.anna)
    counting.follow()
    before = rows()
    abandoned()
    whole = store.add

    def dies(changes: Any) -> None:
        whole(changes)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(store, "add", dies)
        with pytest.raises(KeyboardInterrupt):
            counting.follow()
    assert rows() == before
    assert counting.follow() == 4
    assert counting.follow() == 0
    assert total(Measure.SEGMENTS) == (2, 2)
    assert not list(recomputing.differences(MARCH))


@pytest.mark.parametrize("most", [1, 3, 1000])
def test_small_steps_large_steps_and_a_new_beginning_give_the_same_rows(world: World, most: int) -> None:
    first = talked(world.anna)
    register(first, 300, "resolved")
    abandoned(queue="tmf-byliv", start=MORNING + timedelta(minutes=20))
    assert counting.follow(most=most) == 6 + 1 + 4
    register(first, 400, "message", service="parkering")
    counting.follow(most=most)
    step_by_step = rows(), rows(SummedRollup)
    assert rebuilding.rebuild() == 12
    assert (rows(), rows(SummedRollup)) == step_by_step
    assert rebuilding.rebuild(most=1) == 12, "with one key in memory"
    assert (rows(), rows(SummedRollup)) == step_by_step
    assert counting.follow() == 0, "the reader goes on after what was counted anew"
    waiting()
    assert counting.follow() == 3


def test_events_that_are_committed_late_and_out_of_order_count_once(world: World) -> None:
    """A transaction that stays open while others commit; then the counter reads one event at a time."""
    with session() as slow:
        _write(slow, UUID(int=1), 0, Kind.ARRIVED, 0)
        _write(slow, UUID(int=1), 1, Kind.QUEUED, 5)
        talked(world.anna)
        counting.follow(most=1)
        assert total(Measure.SEGMENTS) == (1, 1)
        slow.commit()
        counting.follow(most=1)
    assert total(Measure.SEGMENTS) == (2, 1)
    # an event of the past, such as an import brings: with a lower number than those that have been counted
    with session() as late:
        _write(late, UUID(int=1), 3, Kind.ENDED, 200)
        late.commit()
        counting.follow()
        _write(late, UUID(int=1), 2, Kind.ANSWERED, 50)
        late.commit()
    counting.follow()
    assert total(Measure.SEGMENTS, outcome="answered") == (2, 2)
    assert total(Measure.TALKED) == (2, 0)
    assert not list(recomputing.differences(MARCH))


def _write(own: Any, stream: UUID, number: int, kind: str, after: float) -> None:
    own.execute(
        "INSERT INTO events_event (stream, number, at, kind, queue, channel, centre)"
        " VALUES (%s, %s, %s, %s, 'tmf-byggeri', 'phone', 'tmf')",
        [stream, number, MORNING + timedelta(seconds=after), kind],
    )


def test_scrubbing_and_erasing_a_person_changes_no_figure(world: World) -> None:
    enquiry = talked(world.anna)
    register(enquiry, 300, "resolved")
    counting.follow()
    before = rows()
    assert nightly.run(DjangoStore(), at=MORNING + timedelta(days=4000), rest=0)
    assert "caller_number" not in cursor.already_read(counting.READER).get(kind=Kind.ARRIVED).data
    assert not list(recomputing.differences(MARCH))
    waiting(start=MORNING + timedelta(days=4000))
    counting.follow()
    assert [row for row in rows() if any("2026" in each for each in row)] == before
    rebuilding.rebuild()
    assert [row for row in rows() if any("2026" in each for each in row)] == before


def test_a_row_that_the_events_do_not_count_is_named(world: World) -> None:
    talked(world.anna)
    counting.follow()
    Rollup.objects.filter(measure="segments").update(whole=2)
    Rollup.objects.filter(measure="talked").delete()
    found = {each.key.measure: each for each in recomputing.differences(MARCH)}
    assert found.keys() == {"segments", "talked"}
    assert (found["segments"].stored.whole, found["segments"].counted.whole) == (2, 1)
    assert not found["talked"].stored
    april = Period.month(date(2026, 4, 2))
    assert not list(recomputing.differences(april))


def test_a_queue_that_is_renamed_or_gone_keeps_its_figures(world: World) -> None:
    talked(world.anna)
    counting.follow()
    before = rows()
    Queue.objects.filter(code="tmf-byggeri").update(name="Byggesager og mere", code="tmf-nyt")
    assert not list(recomputing.differences(MARCH))
    talked(world.anna, queue="tmf-byliv")
    counting.follow()
    assert set(before) <= set(rows())


def test_a_row_is_written_added_to_and_taken_away_whatever_signs_its_codes_have() -> None:
    quarter = quarter_of(MORNING)
    keys = [FactKey(quarter + timedelta(days=number), "segments", queue='a\tb\\N\n"{,}\r') for number in (0, 0, 40)]
    for key, sign in zip([*keys, *keys], (1, 1, 1, -1, -1, 1), strict=True):
        changes: Tallies[FactKey] = Tallies()
        changes.at(key).add(FactTally(1, 0, 1, 3_000, 80, {3: 1, 900: 2}), sign)
        with transaction.atomic():
            store.add(changes)
    (left,) = Rollup.objects.values_list(*FactKey._fields, *store.SUMS)
    assert store.QUARTERS.read(left) == (keys[2], FactTally(2, 0, 2, 6_000, 160, {3: 2, 900: 4}))


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_the_quarters_of_a_day_of_23_or_25_hours_are_that_day(world: World, day: str) -> None:
    period = Period.day(datetime.fromisoformat(day).date())
    for after in (-1, 0, 3600 * 2.5, (period.end - period.start).total_seconds() - 1):
        waiting(start=period.start + timedelta(seconds=after - 10))
    counting.follow()
    within = Rollup.objects.filter(measure="segments", quarter__gte=period.start, quarter__lt=period.end)
    assert sum(within.values_list("whole", flat=True)) == 3
    assert not list(recomputing.differences(period))


def test_the_boards_count_of_a_day_and_the_roll_ups_agree(world: World) -> None:
    """The wallboard counts in SQL; both must name the same segments and contacts."""
    for agent, outcome, seconds in ((world.anna, Outcome.RESOLVED, 120), (world.bo, Outcome.OTHER, 33.25)):
        subject = (world.services["byggetilladelse"], next(iter(world.purposes.values())))
        question = QuestionData(*subject, character=Character.GENERAL, outcome=outcome)
        at = MORNING + timedelta(seconds=300)
        registration.register(talked(agent, seconds=seconds), questions=[question], by=agent, at=at)
    abandoned()
    abandoned(queue="tmf-byliv")
    waiting(queue="tmf-byliv")
    counting.follow()
    later = MORNING + timedelta(hours=2)
    queue = world.queues["tmf-byggeri"]
    segments = recount.segments([queue.pk], Period.day_of(MORNING), at=later)[queue.pk]
    assert total(Measure.SEGMENTS, queue=queue.code) == (
        segments.offered, segments.answered_in_time + segments.abandoned_in_time
    )  # fmt: skip
    stored = Rollup.objects.filter(measure="segments", queue=queue.code)
    waits = stored.filter(outcome="answered").values_list("milliseconds", flat=True)
    assert sum(waits) == pytest.approx(segments.answer_seconds * 1000)
    assert sum(stored.values_list("target_points", flat=True)) == segments.target_points
    contacts = recount.contacts(world.centres["tmf"].pk, Period.day_of(MORNING))[queue.pk]
    assert total(Measure.ANSWERED, queue=queue.code) == (contacts.answered, contacts.transferred)
    assert total(Measure.REGISTERED) == (contacts.registered, contacts.resolved_at_once)
    handled = Rollup.objects.filter(measure="handled").values_list("whole", "milliseconds")
    assert sum(each for each, _ in handled) == contacts.handled
    assert sum(each for _, each in handled) == pytest.approx(contacts.handle_seconds * 1000)


def test_the_board_and_the_roll_ups_leave_out_what_was_discarded_and_give_up_in_the_same_queue(world: World) -> None:
    anna, tmf = world.anna, world.centres["tmf"]
    visit = registration.walk_in(channel="walk_in", centre=tmf, by=anna, at=MORNING)
    registration.discard(visit, by=anna, at=MORNING + timedelta(seconds=5))
    registration.walk_in(channel="walk_in", centre=tmf, by=anna, at=MORNING + timedelta(seconds=9))
    promised = {"queue": "tmf-byggeri", "asked_at": MORNING.isoformat()}
    missed = waiting()
    happen(
        str(missed.pk), (Kind.CALLBACK, 60, promised), (Kind.LEFT, 61, {}), (Kind.QUEUED, 80, {"queue": "tmf-byliv"}),
        (Kind.CALLBACK_OVER, 4000, {"queue": "tmf-byggeri", "why": "not_reached"}),
    )  # fmt: skip
    counting.follow()
    contacts = recount.contacts(tmf.pk, Period.day_of(MORNING))
    assert total(Measure.ANSWERED) == (1, 0) == (sum(each.answered for each in contacts.values()), 0)
    assert contacts[world.queues["tmf-byggeri"].pk].not_reached == 1
    assert total(Measure.NOT_REACHED, queue="tmf-byggeri") == (1, 0)
    agent, _row = recount.agent(anna.pk, Period.day_of(MORNING), at=MORNING + timedelta(hours=2))
    assert agent.answered == 1


def test_a_log_that_was_restored_elsewhere_is_read_on(world: World) -> None:
    talked(world.anna)
    counting.follow()
    Era.objects.update(server="another")
    with transaction.atomic():
        assert cursor.already_read(counting.READER).count() == 6
    waiting()
    assert counting.follow() == 3
    assert cursor.already_read(counting.READER).count() == 9
    assert not list(recomputing.differences(MARCH))


# --- Days and months -----------------------------------------------------------------------------


def test_a_day_and_a_month_are_the_sums_of_their_quarters(world: World) -> None:
    for minutes in (0, 20, 24 * 60, 31 * 24 * 60):
        register(talked(world.anna, start=MORNING + timedelta(minutes=minutes)), 300 + 60 * minutes, "resolved")
    abandoned(queue="tmf-byliv")
    counting.follow()
    days = SummedRollup.objects.filter(grain="day", measure="registered", service="byggetilladelse")
    assert list(days.values_list("day", "whole")) == [
        (date(2026, 3, 11), 2), (date(2026, 3, 12), 1), (date(2026, 4, 11), 1)
    ]  # fmt: skip
    months = SummedRollup.objects.filter(grain="month_queues", measure="talked", outcome="resolved")
    assert list(months.values_list("day", "whole", "service")) == [(date(2026, 3, 1), 3, ""), (date(2026, 4, 1), 1, "")]
    answered = SummedRollup.objects.get(grain="day_queues", day=date(2026, 3, 11), outcome="answered")
    assert (answered.buckets, answered.counts) == ([30], [2])
    assert not list(recomputing.differences(MARCH))


def test_years_by_service_and_purpose_are_read_from_months(world: World) -> None:
    for number, service in enumerate(("parkering", "byggetilladelse", "parkering")):
        register(talked(world.anna), 100 + number, "resolved", service=service)
    counting.follow()
    for by, code, whole in ((GroupBy.SERVICE, "parkering", 2), (GroupBy.PURPOSE, "status", 3)):
        days = reading.totals(MARCH, by=by)[code]
        assert reading.totals(MARCH, by=by, only={"centre": ["tmf"]})[code].contacts.registered == whole
        SummedRollup.objects.filter(grain=Grain.DAY).delete()
        assert reading.totals(MARCH, by=by)[code] == days, "whole months are read from their own rows"
        rebuilding.rebuild(processes=1)
    assert not list(recomputing.differences(MARCH))


def test_a_day_or_month_that_is_not_the_sum_of_its_quarters_is_named(world: World) -> None:
    talked(world.anna)
    counting.follow()
    SummedRollup.objects.filter(grain="day_queues", measure="segments").update(whole=9)
    SummedRollup.objects.filter(grain="month_queues", measure="talked").delete()
    found = [(each.key[0], each.key.measure, each.stored.whole) for each in recomputing.differences(MARCH)]
    assert found == [
        ("day_queues", "segments", 9), ("month_queues", "talked", 0),
    ]  # fmt: skip


# --- Counting anew -------------------------------------------------------------------------------


@pytest.mark.slow("starts two processes that set up Django")
def test_processes_that_share_the_streams_count_the_same_rows(world: World) -> None:
    for number in range(6):
        register(talked(world.anna, start=MORNING + timedelta(hours=number)), 300, "resolved")
    counting.follow()
    before = rows(), rows(SummedRollup)
    Rollup.objects.update(whole=77)
    assert rebuilding.rebuild(processes=2) == 42
    assert (rows(), rows(SummedRollup)) == before


@pytest.mark.slow("starts a process that sets up Django")
def test_a_rebuild_whose_process_fails_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    talked(world.anna)
    counting.follow()
    before = rows()
    abandoned()
    database = rebuilding._database()
    monkeypatch.setattr(rebuilding, "_database", lambda: {**database, "NAME": "not_there"})
    with pytest.raises(SharingFailed):
        rebuilding.rebuild(processes=2)
    assert rows() == before
    assert counting.follow() == 4, "the reader has not moved"


def test_nobody_counts_between_the_snapshot_and_the_end_of_a_rebuild(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would fail after counting everything, each minute in which the worker counts an event."""
    talked(world.anna)
    counting.follow()
    whole, tried = rebuilding._events, list[str]()

    def events() -> int:
        with session() as other, pytest.raises(errors.LockNotAvailable):
            other.execute("SELECT 1 FROM events_reader WHERE name = 'figures' FOR UPDATE NOWAIT")
        tried.append("locked")
        return whole()

    monkeypatch.setattr(rebuilding, "_events", events)
    assert rebuilding.rebuild() == 6
    assert tried == ["locked"]


def test_a_rebuild_that_fails_in_the_database_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(**_options: object) -> int:
        raise OperationalError("could not serialize access due to concurrent update")

    monkeypatch.setattr(rebuilding, "rebuild", fails)
    with pytest.raises(CommandError, match="nothing is changed; run it again: could not serialize"):
        call_command("figures", "rebuild")


def test_a_rebuild_that_comes_first_on_a_new_server_counts_nothing_twice(world: World) -> None:
    talked(world.anna)
    counting.follow()
    before = rows()
    Era.objects.update(server="the server that is gone")
    assert rebuilding.rebuild() == 6
    assert Era.objects.count() == 2
    assert Reader.objects.get(name="figures").era == Era.objects.last(), "its snapshot is of the new server"
    assert counting.follow() == 0
    assert rows() == before


def test_a_rebuild_that_is_killed_changes_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    talked(world.anna)
    counting.follow()
    before = rows(), rows(SummedRollup)
    abandoned()
    whole = store.replace

    def dies(counted: Any) -> None:
        whole(counted)
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "replace", dies)
    with pytest.raises(KeyboardInterrupt):
        rebuilding.rebuild()
    assert (rows(), rows(SummedRollup)) == before
    assert counting.follow() == 4


def test_figures_of_an_older_formula_are_not_mended_but_counted_anew(world: World) -> None:
    talked(world.anna)
    counting.follow()
    assert RollupState.objects.get().facts_version == FACTS_VERSION
    RollupState.objects.update(facts_version=FACTS_VERSION - 1)
    before = rows()
    abandoned()
    with pytest.raises(OutdatedRollups):
        counting.follow()
    with pytest.raises(CommandError, match="indgang figures rebuild"):
        call_command("figures", "verify")
    recomputing.check(MORNING)
    assert rows() == before
    rebuilding.keep_current(seconds=5, at=MORNING)
    assert total(Measure.SEGMENTS) == (2, 2)
    assert RollupState.objects.get().facts_version == FACTS_VERSION
    assert not Alert.objects.exists()


def test_a_log_too_long_to_count_anew_in_passing_raises_an_alert(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    talked(world.anna)
    counting.follow()
    RollupState.objects.update(facts_version=FACTS_VERSION - 1)
    monkeypatch.setattr(rebuilding, "_IN_PASSING", 5)
    for _minute in range(2):
        rebuilding.keep_current(seconds=5, at=MORNING)
    assert Alert.objects.filter(code="figures_outdated", over_at=None).count() == 1
    rebuilding.rebuild()
    rebuilding.keep_current(seconds=5, at=MORNING)
    assert not Alert.objects.filter(code="figures_outdated", over_at=None).exists()


@pytest.mark.parametrize(
    ("what", "more", "said"),
    [
        ("verify", {"queue": ["tmf-byggeri"]}, "verify works on all figures and takes no --queue"),
        ("rebuild", {"first": date(2026, 3, 1)}, "takes no --from"),
        ("follow", {"json": True, "by": "queue"}, "takes no --by, --json"),
        ("list", {"within": 20}, "takes no --within"),
        ("service_level_sl4", {"processes": 2}, "service_level_sl4 takes no --processes"),
        ("given_up", {"within": 60}, "given_up depends on no promise and takes no --within"),
    ],
)
def test_what_a_command_would_ignore_is_refused(what: str, more: dict[str, Any], said: str) -> None:
    with pytest.raises(CommandError, match=said):
        call_command("figures", what, **more)


# --- Checking ------------------------------------------------------------------------------------


def test_the_command_counts_again_and_names_what_differs(world: World) -> None:
    talked(world.anna)
    said = StringIO()
    call_command("figures", "verify", "--from", "2026-03-11", stdout=said)
    assert "2026-03-11 to 2026-03-11 counted again: no differences" in said.getvalue()
    Rollup.objects.filter(measure="talked").update(milliseconds=5)
    with pytest.raises(CommandError, match="1 rows differ"):
        call_command("figures", "verify", "--from", "2026-03-01", "--to", "2026-03-31", stdout=said)
    assert "measure talked, centre tmf, queue tmf-byggeri" in said.getvalue()
    assert "milliseconds 5 stored, 120000 by the events" in said.getvalue()
    read = StringIO()
    with pytest.raises(CommandError, match="1 rows differ"):
        call_command("figures", "verify", "--from", "2026-03-11", "--json", stdout=read)
    (found,) = json.loads(read.getvalue())["differences"]
    assert (found["day"], found["key"]["measure"], found["key"]["queue"]) == ("2026-03-11", "talked", "tmf-byggeri")
    assert (found["stored"]["milliseconds"], found["counted"]["milliseconds"]) == (5, 120_000)
    call_command("figures", "rebuild", stdout=said)
    call_command("figures", "follow", stdout=said)
    assert "6 events counted anew" in said.getvalue()
    call_command("figures", "verify", "--from", "2026-03-11", stdout=said)
    with pytest.raises(CommandError, match="is before"):
        call_command("figures", "verify", "--from", "2026-03-11", "--to", "2026-03-01")
    with pytest.raises(CommandError, match="is no day"):
        call_command("figures", "verify", "--from", "i går")


def test_each_night_counts_the_last_days_again_and_raises_one_alert(world: World) -> None:
    night = MORNING + timedelta(days=1)
    talked(world.anna)
    check = routines.ROUTINES["figures-agree"].work
    check(night)
    assert not Alert.objects.exists()
    Rollup.objects.filter(measure="talked").update(whole=7)
    check(night)
    check(night)
    assert Alert.objects.get(code="figures", over_at=None).text == "11.3."
    rebuilding.rebuild()
    check(night)
    assert not Alert.objects.filter(code="figures", over_at=None).exists()
