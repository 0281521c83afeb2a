"""Settlement from the event log: the same as a plain definition, closed once, corrected by differences, verified."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from hypothesis import example, given, settings
from hypothesis import strategies as st

from indgang.core import clock
from indgang.core.ids import uuid7
from indgang.core.refusals import RefusedChange
from indgang.entry.event_kinds import Kind
from indgang.events.models import StoredEvent
from indgang.measures.models import SettlementStatement, SettlementTerms, StatementLine
from indgang.measures.period import Period
from indgang.measures.settlement import prices, reading, statements, terms
from indgang.measures.settlement.prices import OwnerRule, SettledAs
from indgang.privacy import nightly
from indgang.privacy.store import DjangoStore
from tests import sample
from tests.enquiries.told_calls import happen
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
#: a day in April, when March can be closed
LATER = MORNING + timedelta(days=30)
PRICES: dict[str, Any] = {
    "rule": "entry", "per_call": Decimal("12.50"), "per_minute": Decimal("4.25"), "free_seconds": 10, "wrap_up": False,
    "minimum": None, "cap": None, "vat_percent": None,
}  # fmt: skip


def agreed(
    world: World, owner: str = "tmf", by: str = "bif", *, month: date = MARCH, **changed: Any
) -> SettlementTerms:
    answered_by = world.centres[by] if by else None
    return terms.agree(
        world.centres[owner], answered_by, PRICES | changed, month=month, by=world.finn, at=MORNING
    )  # fmt: skip


def helped(world: World, *, start: datetime = MORNING, talk: float = 130, wrap_up: float | None = 20) -> str:
    """A call to TMF that flowed over to BIF, where Otto answered."""
    otto = {"queue": "bif-erhverv", "person": world.otto}
    stream = str(uuid7())
    steps: list[Any] = [
        (Kind.ARRIVED, 0, {"dialled": "+4533661000", "caller_number": "+4599990101", "centre": "tmf"}),
        (Kind.QUEUED, 10, {"queue": "tmf-byggeri"}),
        (Kind.OVERFLOWED, 70, {"queue": "tmf-byggeri", "to": "keh", "to_queue": "bif-erhverv"}),
        (Kind.QUEUED, 70, {"queue": "bif-erhverv"}),
        (Kind.OFFERED, 71, otto),
        (Kind.ANSWERED, 80, {**otto, "direction": "in"}),
        (Kind.ENDED, 80 + talk, {**otto, "by": "caller"}),
    ]
    if wrap_up is not None:
        steps.append((Kind.WRAPPED_UP, 80 + talk + wrap_up, {**otto, "seconds": wrap_up}))
    happen(stream, *steps, start=start)
    return stream


# --- The same as a plain definition ------------------------------------------------------------

QUEUES = ("tmf-byggeri", "tmf-byliv", "bif-erhverv", "kff-borger")
CENTRE = {queue: queue.split("-")[0] for queue in QUEUES}
moves = st.sampled_from([Kind.QUEUED, Kind.HELD, Kind.RESUMED, Kind.ANSWERED, Kind.TRANSFERRED, Kind.AGENT_LOST])
drawn_calls = st.lists(
    st.tuples(
        st.sampled_from(["tmf", "bif", "kff", ""]),
        st.integers(-13 * 3600, 32 * 86400),
        st.lists(
            st.tuples(moves, st.integers(0, 200), st.sampled_from(QUEUES), st.sampled_from(["anna", "otto", "clara"]),
                      st.booleans()),
            max_size=7,
        ),
        st.integers(0, 90),
    ),
    max_size=6,
)  # fmt: skip


def _write_drawn(world: World, calls: Sequence[Any]) -> None:
    """Each call begins so many seconds after the first midnight of March."""
    for centre, after, steps, wrap_up in calls:
        at = 0.0
        told: list[Any] = [(Kind.ARRIVED, 0.0, {"centre": centre})]
        who: dict[str, Any] = {"queue": "tmf-byggeri", "person": world.anna}
        for kind, seconds, queue, person, warm in steps:
            at += seconds
            who = {"queue": queue, "person": world.people[person]}
            if kind == Kind.QUEUED:
                told.append((kind, at, {"queue": queue}))
            elif kind == Kind.TRANSFERRED:
                told.append((kind, at, {**who, "warm": warm}))
            else:
                told.append((kind, at, who if kind == Kind.ANSWERED else {"person": who["person"]}))
        told.append((Kind.ENDED, at + 5, who))
        told.append((Kind.WRAPPED_UP, at + 5 + wrap_up, {**who, "seconds": float(wrap_up)}))
        happen(str(uuid7()), *told, start=Period.month(MARCH).start + timedelta(seconds=after))


def plain(month: date, agreed_by: Sequence[SettlementTerms]) -> dict[str, list[tuple[Any, ...]]]:
    """By owner (code): (enquiry, answering centre, moment, minutes, amount) of every call of the month.

    Reads every event of every enquiry. The centre that has the caller between two events is looked up backwards.
    """
    streams: dict[Any, list[StoredEvent]] = defaultdict(list)
    for each in StoredEvent.objects.order_by("stream", "number"):
        streams[each.stream].append(each)
    found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for stream, events in streams.items():
        for centre in sorted({_answering(each) for each in events if each.kind == Kind.ANSWERED}):
            line = _plain_line(events, centre, month, agreed_by)
            if line:
                found[line[0]].append((str(stream), centre, *line[1:]))
    return {owner: sorted(lines, key=lambda each: (each[2], each[0], each[1])) for owner, lines in found.items()}


def _answering(event: StoredEvent) -> str:
    return str(event.data.get("helping_centre") or event.centre)


def _has_caller(events: Sequence[StoredEvent], upto: int) -> str:
    """The centre whose agent the caller is with just after event number `upto`; "" for none."""
    for back in range(upto, -1, -1):
        kind = events[back].kind
        if kind == Kind.ANSWERED:
            return _answering(events[back])
        if kind in (Kind.QUEUED, Kind.AGENT_LOST, Kind.ENDED) or (
            kind == Kind.TRANSFERRED and not events[back].data.get("warm")
        ):
            return ""
        if kind == Kind.RESUMED or kind == Kind.TRANSFERRED:
            last = [_answering(each) for each in events[:back] if each.kind == Kind.ANSWERED]
            return last[-1] if last else ""
    return ""


def _plain_line(
    events: Sequence[StoredEvent], centre: str, month: date, agreed_by: Sequence[SettlementTerms]
) -> tuple[Any, ...] | None:
    answered_at = next(each.at for each in events if each.kind == Kind.ANSWERED and _answering(each) == centre)
    local = answered_at.astimezone(clock.COPENHAGEN)
    if (local.year, local.month) != (month.year, month.month):
        return None
    first = next((each.centre for each in events if each.kind == Kind.QUEUED), events[0].centre)
    entry = events[0].centre or first
    seconds = sum(
        (after.at - before.at).total_seconds()
        for number, (before, after) in enumerate(pairwise(events))
        if _has_caller(events, number) == centre
    )
    for row in agreed_by:
        owner = {"entry": entry, "first_queue": first}[row.rule]
        if owner == row.owner.code and owner != centre and row.answered_by and row.answered_by.code == centre:
            is_free = seconds < row.free_seconds + 1
            minutes = 0 if is_free else -(-int(seconds) // 60)
            return owner, answered_at, minutes, Decimal(0) if is_free else row.per_call + minutes * row.per_minute
    return None


@settings(
    deadline=None, max_examples=sample.examples(40), suppress_health_check=sample.SUPPRESSED
)  # fmt: skip
@given(drawn_calls)
def test_any_month_is_what_a_plain_definition_makes_of_every_event(world: World, calls: Sequence[Any]) -> None:
    with transaction.atomic():
        rows = [agreed(world), agreed(world, "bif", "tmf", rule="first_queue"), agreed(world, "kff", "bif")]
        _write_drawn(world, calls)
        expected = plain(MARCH, rows)
        for owner in ("tmf", "bif", "kff"):
            lines = statements.owed_lines(world.centres[owner], MARCH, at=LATER)
            got = [(line.enquiry, line.answered_by, line.answered_at, line.minutes, line.amount) for line in lines]
            assert got == expected.get(owner, [])
            assert statements.owed_lines(world.centres[owner], MARCH, at=LATER) == lines
        transaction.set_rollback(True)


@settings(
    deadline=None, max_examples=sample.examples(15), suppress_health_check=sample.SUPPRESSED
)  # fmt: skip
@given(drawn_calls, st.integers(0, 45 * 86400))
@example(
    # TMF answers its own call just before the cut, and Otto of BIF just after it
    [("tmf", 0, [(Kind.QUEUED, 112, "tmf-byggeri", "anna", False), (Kind.ANSWERED, 0, "tmf-byggeri", "anna", False),
                 (Kind.QUEUED, 1, "tmf-byggeri", "anna", False), (Kind.ANSWERED, 0, "tmf-byggeri", "otto", False)], 0)],
    113,
)  # fmt: skip
def test_two_parts_of_a_period_are_the_whole(world: World, calls: Sequence[Any], cut: int) -> None:
    with transaction.atomic():
        between = [terms.prices_of(agreed(world, owner, "")) for owner in ("tmf", "kff")]
        _write_drawn(world, calls)
        whole = Period(Period.month(MARCH).start, Period.month(APRIL).end)
        middle = whole.start + timedelta(seconds=cut)
        parts = [Period(whole.start, middle), Period(middle, whole.end)]
        at = LATER + timedelta(days=60)
        found = [call for part in parts for call in reading.calls(part, between, at=at)]
        assert sorted(found, key=repr) == sorted(reading.calls(whole, between, at=at), key=repr)
        transaction.set_rollback(True)


def test_a_call_that_was_promised_long_before_is_found(world: World) -> None:
    agreed(world)
    stream = str(uuid7())
    otto = {"queue": "bif-erhverv", "person": world.otto}
    happen(
        stream,
        (Kind.ARRIVED, 0, {"centre": "tmf"}),
        (Kind.QUEUED, 10, {"queue": "bif-erhverv"}),
        (Kind.CALLBACK, 20, {"queue": "bif-erhverv", "number": "+4599990101", "asked_at": MORNING.isoformat()}),
        (Kind.LEFT, 21, {}),
        (Kind.CALLED_BACK, 5 * 86400, {**otto, "number": "+4599990101", "centre": "bif"}),
        (Kind.ANSWERED, 5 * 86400 + 10, {**otto, "direction": "out"}),
        (Kind.ENDED, 5 * 86400 + 70, otto),
    )
    (line,) = statements.owed_lines(world.centres["tmf"], MARCH, at=LATER)
    assert (line.talk_seconds, line.minutes, line.answered_by) == (60, 1, "bif")


def test_an_agent_of_another_centre_who_helps_in_the_queue_is_named_in_the_event(world: World) -> None:
    agreed(world)
    otto = {"queue": "tmf-byggeri", "person": world.otto}
    happen(
        str(uuid7()),
        (Kind.ARRIVED, 0, {"centre": "tmf"}),
        (Kind.QUEUED, 10, {"queue": "tmf-byggeri"}),
        (Kind.ANSWERED, 20, {**otto, "direction": "in"}),
        (Kind.ENDED, 80, otto),
    )
    answered = StoredEvent.objects.get(kind=Kind.ANSWERED)
    assert (answered.centre, answered.event.payload.helping_centre) == ("tmf", "bif")
    (line,) = statements.owed_lines(world.centres["tmf"], MARCH, at=LATER)
    assert line.answered_by == "bif"


def test_whoever_serves_queues_of_both_centres_answers_for_the_queue(world: World) -> None:
    clara = {"queue": "tmf-byliv", "person": world.clara}
    happen(
        str(uuid7()),
        (Kind.ARRIVED, 0, {"centre": "tmf"}),
        (Kind.QUEUED, 10, {"queue": "tmf-byliv"}),
        (Kind.ANSWERED, 20, {**clara, "direction": "in"}),
    )
    assert "helping_centre" not in StoredEvent.objects.get(kind=Kind.ANSWERED).data


# --- Statements --------------------------------------------------------------------------------


def close(world: World, owner: str = "tmf", month: date = MARCH, at: datetime = LATER) -> SettlementStatement:
    return statements.close(world.centres[owner], month, by=world.finn, at=at)


def test_a_closed_month_is_final_and_a_correction_holds_the_difference(world: World) -> None:
    agreed(world, wrap_up=True, vat_percent=Decimal(25))
    stream = helped(world, talk=130, wrap_up=None)
    first = close(world)
    assert (first.number, first.calls, first.net, first.vat) == (1, 1, Decimal("25.25"), Decimal("6.31"))
    with pytest.raises(RefusedChange, match="intet er ændret"):
        close(world)
    otto = {"queue": "bif-erhverv", "person": world.otto}
    happen(stream, (Kind.WRAPPED_UP, 300, {**otto, "seconds": 90.0}))
    (call, vat) = statements.deviations(world.centres["tmf"], MARCH, at=LATER)
    assert call.stated
    assert call.counted
    assert (call.stated.minutes, call.counted.minutes) == (3, 4)
    assert vat.counted
    assert vat.counted.kind is SettledAs.VAT
    second = close(world)
    assert (second.number, second.corrects, second.calls, second.net) == (2, first, 0, Decimal("4.25"))
    assert [(each.kind, each.minutes, each.amount) for each in second.lines.all()] == [
        ("call", 1, Decimal("4.25")), ("vat", 0, Decimal("1.07")),
    ]  # fmt: skip
    assert not statements.deviations(world.centres["tmf"], MARCH, at=LATER)


def test_the_database_adds_lines_up_as_the_engine_does(world: World) -> None:
    agreed(world, free_seconds=30, vat_percent=Decimal(25), wrap_up=True)
    agreed(world, by="kff", minimum=Decimal(700), vat_percent=Decimal(25))
    stream = helped(world, wrap_up=None)
    helped(world, talk=12)
    first = close(world)
    happen(stream, (Kind.WRAPPED_UP, 300, {"queue": "bif-erhverv", "person": world.otto, "seconds": 90.0}))
    second = close(world)
    by_statement = statements.sums_by_statement(StatementLine.objects.all())
    assert by_statement.keys() == {first.pk, second.pk}
    for each in (first, second):
        lines = list(statements.lines_of(each.lines.all()))
        assert statements.sums_by_centre(each.lines.all()) == prices.by_centre(lines)
        assert by_statement[each.pk] == prices.total(lines)


@pytest.mark.parametrize("table", [SettlementStatement, StatementLine])
def test_the_database_refuses_to_change_or_delete_what_is_closed(world: World, table: Any) -> None:
    agreed(world)
    helped(world)
    close(world)
    with pytest.raises(DatabaseError), transaction.atomic():
        table.objects.update(id=7)
    with pytest.raises(DatabaseError), transaction.atomic():
        table.objects.all().delete()


def test_a_month_is_closed_when_its_last_call_is_over(world: World) -> None:
    agreed(world)
    end = Period.month(MARCH).end
    with pytest.raises(RefusedChange, match="12 timer"):
        close(world, at=end + timedelta(hours=11))
    assert close(world, at=end + timedelta(hours=12)).calls == 0
    with pytest.raises(RefusedChange, match="ingen vilkår"):
        close(world, "kff")


def test_numbers_have_no_gap_and_a_statement_holds_no_caller(world: World) -> None:
    agreed(world)
    agreed(world, "bif", "tmf")
    helped(world)
    assert [close(world, owner).number for owner in ("tmf", "bif")] == [1, 2]
    (row,) = StatementLine.objects.filter(kind="call")
    assert not any("99990101" in str(value) for value in vars(row).values())
    assert row.queue == "bif-erhverv"


def test_what_is_closed_still_agrees_with_the_events_when_callers_are_scrubbed(world: World) -> None:
    agreed(world)
    helped(world)
    close(world)
    assert nightly.run(DjangoStore(), at=MORNING + timedelta(days=400), rest=0)
    assert "caller_number" not in StoredEvent.objects.get(kind=Kind.ARRIVED).data
    assert not statements.deviations(world.centres["tmf"], MARCH, at=LATER)
    assert close(world, month=APRIL, at=MORNING + timedelta(days=400)).calls == 0


def test_the_command_counts_again_and_says_what_differs(world: World) -> None:
    agreed(world, wrap_up=True)
    stream = helped(world, talk=100, wrap_up=None)
    close(world)
    said = StringIO()
    with clock.frozen(LATER):
        call_command("settlement", "verify", stdout=said)
        assert "1 months counted again: no differences" in said.getvalue()
        happen(stream, (Kind.WRAPPED_UP, 300, {"queue": "bif-erhverv", "person": world.otto, "seconds": 90.0}))
        with pytest.raises(CommandError, match="1 lines differ"):
            call_command("settlement", "verify", stdout=said)
        call_command("settlement", "verify", "--month", "2026-02", stdout=said)
        for wrong in ("2026-3", "marts", "2026-13"):
            with pytest.raises(CommandError, match="YYYY-MM"):
                call_command("settlement", "verify", "--month", wrong, stdout=said)
    assert f"tmf 2026-03 bif call {stream}: 100+0 s, 21.00 kr. in the statements" in said.getvalue()


# --- Terms -------------------------------------------------------------------------------------


def test_terms_hold_from_a_month_and_earlier_months_keep_theirs(world: World) -> None:
    agreed(world, per_call=Decimal(10))
    agreed(world, month=APRIL, per_call=Decimal(20))
    helped(world)
    helped(world, start=MORNING + timedelta(days=25))
    march, april = (statements.owed_lines(world.centres["tmf"], month, at=LATER) for month in (MARCH, APRIL))
    assert (prices.total(march).net, prices.total(april).net) == (Decimal("22.75"), Decimal("32.75"))
    assert [str(row.valid_to) for row in SettlementTerms.objects.order_by("valid_from")] == ["2026-04-01", "None"]


def test_terms_of_a_closed_month_are_final(world: World) -> None:
    row = agreed(world)
    helped(world)
    close(world)
    for change in (
        lambda: terms.agree(world.centres["tmf"], None, PRICES, month=MARCH, by=world.finn, at=LATER),
        lambda: terms.end(row, month=MARCH, by=world.finn, at=LATER),
    ):
        with pytest.raises(RefusedChange, match=r"01\.04\.2026"):
            change()
    terms.end(row, month=APRIL, by=world.finn, at=LATER)
    assert SettlementTerms.objects.get().valid_to == APRIL
    assert not statements.deviations(world.centres["tmf"], MARCH, at=LATER)


def common(**who: Any) -> None:
    """A call to the common number of KFF, in whose menu the caller chose TMF. BIF answered."""
    otto = {"queue": "bif-erhverv", **who}
    happen(
        str(uuid7()), (Kind.ARRIVED, 0, {"centre": "kff"}), (Kind.QUEUED, 10, {"queue": "tmf-byggeri"}),
        (Kind.ANSWERED, 80, {**otto, "direction": "in"}), (Kind.ENDED, 200, {**otto, "by": "caller"}),
    )  # fmt: skip


@pytest.mark.parametrize("by", ["bif", ""])
def test_no_terms_take_a_call_out_of_a_month_that_another_centre_has_closed(world: World, by: str) -> None:
    tmf, kff = world.centres["tmf"], world.centres["kff"]
    common(person=world.otto)
    agreed(world, "kff")
    assert close(world, "kff").calls == 1
    with pytest.raises(RefusedChange, match=r"01\.04\.2026"):
        agreed(world, by=by, rule="first_queue")
    agreed(world)
    agreed(world, by=by, rule="first_queue", month=APRIL)
    assert [prices.total(statements.owed_lines(each, MARCH, at=LATER)).calls for each in (tmf, kff)] == [0, 1]
    assert not statements.deviations(kff, MARCH, at=LATER)


def test_terms_by_the_first_queue_do_not_end_in_a_month_that_another_centre_has_closed(world: World) -> None:
    tmf, kff = world.centres["tmf"], world.centres["kff"]
    common(person=world.otto)
    row = agreed(world, by="", rule="first_queue")
    agreed(world, "kff")
    assert close(world, "kff").calls == 0
    for change in (
        lambda: terms.end(row, month=MARCH, by=world.finn, at=LATER),
        lambda: terms.agree(tmf, None, PRICES, month=MARCH, by=world.finn, at=LATER),
        lambda: terms.agree(tmf, world.centres["bif"], PRICES, month=MARCH, by=world.finn, at=LATER),
    ):
        with pytest.raises(RefusedChange, match=r"01\.04\.2026"):
            change()
    assert close(world).calls == 1
    assert not statements.deviations(kff, MARCH, at=LATER)
    terms.end(row, month=APRIL, by=world.finn, at=LATER)


@pytest.mark.parametrize(
    ("by", "changed", "field"),
    [
        ("tmf", {}, "answered_by"), ("", {"minimum": Decimal(100)}, "minimum"),
        ("bif", {"per_call": Decimal(-1)}, "per_call"),
        ("bif", {"minimum": Decimal(100), "cap": Decimal(50)}, "cap"),
        ("bif", {"vat_percent": Decimal(101)}, "vat_percent"),
        ("bif", {"month": date(2026, 3, 2)}, "month"), ("bif", {"month": date(2024, 3, 1)}, "month"),
        ("bif", {"month": date(2036, 3, 1)}, "month"),
    ],
)  # fmt: skip
def test_terms_that_cannot_be_are_refused_at_their_field(
    world: World, by: str, changed: dict[str, Any], field: str
) -> None:
    with pytest.raises(RefusedChange) as refused:
        agreed(world, by=by, **changed)
    assert list(refused.value.reasons) == [field]


def test_the_rules_of_the_model_are_those_of_the_engine() -> None:
    assert {rule.value for rule in SettlementTerms.Rule} == {rule.value for rule in OwnerRule}
