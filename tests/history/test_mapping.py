"""Columns become fields: names in Danish and English, days, times, durations, numbers, codes, and what is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.core.clock import COPENHAGEN
from indgang.history.mapping import choices
from indgang.history.mapping.choices import ColumnMapping, MappingFault
from indgang.history.mapping.codes import KnownCodes
from indgang.history.mapping.faults import BadCell, CellFault, RowFault, shown
from indgang.history.mapping.fields import NAMES, SourceKind, is_personal
from indgang.history.mapping.fields import FieldName as F
from indgang.history.mapping.moments import DayOrder, DurationReader, DurationUnit, MomentReader, Zone, number
from indgang.history.mapping.periods import PeriodReader
from indgang.history.mapping.rows import ContactMapper, PastContact
from indgang.measures.period import Period
from tests.history import extracts

KNOWN = KnownCodes({F.QUEUE: {"tmf-byggeri": "Byggeri", "tmf-byliv": "Byliv"}, F.PURPOSE: {"status": "Status i sag"}})
LAST = date(2026, 3, 10)


def read(text: str, order: DayOrder = DayOrder.DAY_FIRST, zone: Zone = Zone.COPENHAGEN) -> tuple[date, int]:
    return MomentReader(order, zone).both(text)


def fault_of(text: str) -> CellFault:
    with pytest.raises(BadCell) as bad:
        read(text)
    return bad.value.fault


@pytest.mark.parametrize(
    "text",
    ["2026-03-01 08:15:00", "2026-03-01T08:15", "01-03-2026 08:15:00", "1.3.2026 8.15", "01/03/26 08:15",
     "2026/03/01 kl. 08:15", "2026-03-01 08:15:00.000", "2026-03-01 8:15 AM", "2026-03-01T07:15:00Z",
     "2026-03-01 09:15+02:00"],
)  # fmt: skip
def test_a_moment_is_read_however_it_is_written(text: str) -> None:
    assert read(text) == (date(2026, 3, 1), 8 * 3600 + 15 * 60)


def test_a_month_before_a_day_is_read_when_the_mapping_says_so() -> None:
    assert read("03/01/2026 00:00", DayOrder.MONTH_FIRST) == (date(2026, 3, 1), 0)


def test_seconds_of_a_day_on_which_the_clock_is_set_are_those_that_have_passed() -> None:
    assert read("2026-03-29 01:59:59") == (date(2026, 3, 29), 7_199)
    assert read("2026-03-29 03:00:00") == (date(2026, 3, 29), 7_200)
    assert fault_of("2026-03-29 02:30") is CellFault.NO_SUCH_TIME
    assert read("2026-10-25 02:30") == (date(2026, 10, 25), 9_000), "the first of the two"
    assert read("2026-10-25 02:30+01:00") == (date(2026, 10, 25), 12_600), "the second"
    assert read("2026-10-25 23:59:59") == (date(2026, 10, 25), 25 * 3600 - 1)


def test_a_moment_in_utc_can_belong_to_the_next_day() -> None:
    assert read("2026-07-01 22:30", zone=Zone.UTC) == (date(2026, 7, 2), 1_800)


@given(st.datetimes(datetime(2000, 1, 2), datetime(2060, 1, 1)))  # noqa: DTZ001  # as an extract in UTC writes it
def test_every_moment_in_utc_comes_back(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    day, seconds = read(f"{moment:%Y-%m-%d %H:%M:%S}", zone=Zone.UTC)
    assert Period.day(day).start + timedelta(seconds=seconds) == moment.replace(tzinfo=UTC)
    assert day == moment.replace(tzinfo=UTC).astimezone(COPENHAGEN).date()


@pytest.mark.parametrize("text", ["i går", "2026-13-01 08:00", "2026-03-01", "2026-03-01 25:00", "123-03-26 08:00"])
def test_what_is_no_moment_is_a_fault(text: str) -> None:
    assert fault_of(text) in (CellFault.NO_MOMENT, CellFault.NO_DAY)


@pytest.mark.parametrize("text", ["1970-01-01 00:00", "31-12-9999 00:00:00"])
def test_a_day_before_the_year_2000_or_at_the_end_of_time_is_a_fault(text: str) -> None:
    assert fault_of(text) is CellFault.OUT_OF_RANGE


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("95", 95), ("95,4", 95), ("1:35", 95), ("00:01:35", 95), ("0:00:20.500", 20), ("1 min 35 sek", 95),
     ("1 t 2 min", 3720), ("1.200", 1200), ("0", 0)],
)  # fmt: skip
def test_a_duration_is_read_however_it_is_written(text: str, seconds: int) -> None:
    assert DurationReader(DurationUnit.SECONDS).read(text) == seconds


def test_minutes_are_read_when_the_mapping_says_so() -> None:
    minutes = DurationReader(DurationUnit.MINUTES)
    assert [minutes.read(each) for each in ("1,5", "2", "1:30", "00:01:30")] == [90, 120, 5400, 90]


@pytest.mark.parametrize(
    ("text", "fault"), [("-5", CellFault.NEGATIVE), ("90000", CellFault.TOO_LONG), ("lang", CellFault.NO_DURATION)]
)
def test_an_impossible_duration_is_a_fault(text: str, fault: CellFault) -> None:
    with pytest.raises(BadCell) as bad:
        DurationReader(DurationUnit.SECONDS).read(text)
    assert bad.value.fault is fault


@given(st.integers(-(10**9), 10**9), st.integers(0, 99))
def test_a_number_is_the_same_in_danish_and_in_english(whole: int, cents: int) -> None:
    value = float(f"{whole}.{cents:02}")
    danish = f"{whole:,}".replace(",", ".") + f",{cents:02}"
    assert [number(each) for each in (danish, f"{whole:,}.{cents:02}", f"{whole},{cents:02}")] == [value] * 3


def test_the_columns_of_an_extract_are_recognised_and_its_numbers_are_not_read() -> None:
    found = choices.guessed(SourceKind.CALLS, extracts.HEADER.split(";"))
    assert found.columns == {
        F.AT: "Starttid", F.QUEUE: "Kø", F.WAIT: "Ventetid", F.TALK: "Taletid", F.WRAP_UP: "Efterbehandling",
        F.RESULT: "Resultat", F.ROW_ID: "Opkalds-id",
    }  # fmt: skip
    english = ["Call ID", "Start Time", "Queue Name", "Wait Time", "Talk Time", "ACW", "Disposition", "Caller Number"]
    assert set(choices.guessed(SourceKind.CALLS, english).columns) == set(found.columns)


def test_a_day_and_a_time_in_two_columns_are_one_moment() -> None:
    header = ["Dato", "Klokkeslæt", "Kø", "Ventetid"]
    mapping = choices.guessed(SourceKind.CALLS, header, [["13/3/2025", "8:15", "x", "1"]])
    assert mapping.order is DayOrder.DAY_FIRST
    found = ContactMapper(mapping, header, KNOWN, last=LAST).read(2, ["3-4-2025", "08.15", "Byggeri", "90"])
    assert isinstance(found, PastContact)
    assert (found.day, found.start, found.wait, found.queue) == (date(2025, 4, 3), 29_700, 90, "tmf-byggeri")


def test_each_column_of_durations_counts_in_the_unit_of_its_name() -> None:
    header = ["Starttid", "Kø", "Ventetid (min)", "Taletid i sekunder", "Efterbehandling"]
    mapping = choices.guessed(SourceKind.CALLS, header)
    assert mapping.columns.keys() == {F.AT, F.QUEUE, F.WAIT, F.TALK, F.WRAP_UP}
    reads = ContactMapper(mapping, header, KNOWN, last=LAST)
    found = reads.read(2, ["3-4-2025 08.15", "Byggeri", "1,5", "90", "3:20"])
    assert isinstance(found, PastContact)
    assert (found.wait, found.talk, found.wrap_up) == (90, 90, 200)


@pytest.mark.parametrize(
    ("days", "is_refused"),
    [(("1/2/2025", "1/13/2025"), True), (("13/1/2025", "1/13/2025"), False), (("1/2/2025", "2025-01-13"), False)],
)
def test_days_that_can_only_be_read_with_the_month_first_are_refused_for_the_whole_file(
    days: tuple[str, ...], *, is_refused: bool
) -> None:
    reads = mapper()
    for day in days:
        reads.read(2, ["1", f"{day} 08:00", "Byggeri", "1", "1", "1", "Besvaret", ""])
    if is_refused:
        with pytest.raises(MappingFault, match="other_order"):
            reads.refuse_other_order()
    else:
        reads.refuse_other_order()


def test_american_days_are_recognised_by_a_day_over_twelve() -> None:
    found = choices.guessed(SourceKind.CALLS, ["Start Time"], [["3/4/2025 08:00"], ["3/13/2025 08:00"]])
    assert found.order is DayOrder.MONTH_FIRST


def test_a_mapping_comes_back_from_its_data() -> None:
    found = choices.guessed(SourceKind.CALLS, extracts.HEADER.split(";"))
    assert ColumnMapping.of(found.data) == found


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"kind": "calls", "columns": {"at": "Starttid", "queue": "Kø"}}, "field_missing"),
        ({"kind": "calls", "columns": {"at": "Starttid", "queue": "Kø", "wait": "Vent"}}, "no_such_column"),
        ({"kind": "calls", "columns": {"at": "Starttid", "queue": "Kø", "wait": "Ventetid", "row_id": "Telefonnummer"}},
         "personal_column"),
        ({"kind": "calls", "columns": {"at": "Starttid", "wait": "Ventetid"}, "fixed": {"queue": "findes-ikke"}},
         "unknown_target"),
        ({"kind": "calls", "columns": {"at": "Starttid", "queue": "Kø", "wait": "Ventetid"},
          "codes": {"queue": {"X": "findes-ikke"}}}, "unknown_target"),
        ({"kind": "calls", "columns": [1]}, "not_an_object"),
        ({"kind": "breve", "columns": {}}, "unknown_value"),
        ({"kind": "calls", "columns": {}, "farve": "rød"}, "unknown_setting"),
    ],
)  # fmt: skip
def test_a_mapping_that_cannot_be_used_says_why(data: dict[str, object], code: str) -> None:
    with pytest.raises(MappingFault) as fault:
        ContactMapper(ColumnMapping.of(data), extracts.HEADER.split(";"), KNOWN, last=LAST)
    assert fault.value.code == code


def mapper(codes: dict[str, str] | None = None) -> ContactMapper:
    header = extracts.HEADER.split(";")
    data = choices.guessed(SourceKind.CALLS, header).data | {"codes": {"queue": codes or {}}}
    return ContactMapper(ColumnMapping.of(data), header, KNOWN, last=LAST)


@pytest.mark.parametrize(
    ("row", "column", "fault"),
    [
        ("1;;Byggeri;1;1;1;Besvaret;", "Starttid", CellFault.EMPTY),
        ("1;01-03-2025 08:00;Ukendt;1;1;1;Besvaret;", "Kø", CellFault.UNKNOWN_CODE),
        ("1;01-03-2025 08:00;Byggeri;x;1;1;Besvaret;", "Ventetid", CellFault.NO_DURATION),
        ("1;01-03-2025 08:00;Byggeri;1;-1;1;Besvaret;", "Taletid", CellFault.NEGATIVE),
        ("1;01-03-2025 08:00;Byggeri;50000;50000;1;Besvaret;", "Taletid", CellFault.TOO_LONG),
        ("1;01-03-2025 08:00;Byggeri;1;1;1;Måske;", "Resultat", CellFault.UNKNOWN_CODE),
        ("1;11-03-2026 08:00;Byggeri;1;1;1;Besvaret;", "Starttid", CellFault.OUT_OF_RANGE),
        ("1;01-03-2025 08:00;Byggeri;1;1;1;Besvaret;;mere", "", CellFault.CELLS),
    ],
)
def test_a_bad_row_says_its_line_and_column(row: str, column: str, fault: CellFault) -> None:
    found = mapper().read(17, row.split(";"))
    assert isinstance(found, RowFault)
    assert (found.line, found.column, found.fault) == (17, column, fault)


def test_codes_are_mapped_and_can_be_left_out() -> None:
    reads = mapper({"Kø 7": "tmf-byliv", "Test": ""})
    found = reads.read(2, ["1", "01-03-2025 08:00", "Kø 7", "1", "1", "1", "Besvaret", ""])
    assert isinstance(found, PastContact)
    assert found.queue == "tmf-byliv"
    assert reads.read(3, ["1", "01-03-2025 08:00", "Test", "1", "1", "1", "Besvaret", ""]) is None


def test_what_has_been_read_before_is_read_the_same_again() -> None:
    moments = (
        "01-03-2025 08:00", " 01-03-2025 08:00 ", "01-03-2025T08:00", "01-03-2025 08:00Z", "30-03-2025 08:00",
        "30-03-2025 02:30", "26-10-2025 02:30", "01-03-202508:00", "32-03-2025 08:00", "",
    )  # fmt: skip
    others = ("Byggeri;1;1;1;Besvaret;", " Byggeri ;2;;-1;Besvaret;", "Test;1;1;1;Besvaret;", "Ukendt;1;1;1;Besvaret;")
    rows = [f"1;{moment};{other}".split(";") for moment in moments for other in others]
    reads = mapper({"Test": ""})
    read = [[reads.read(2, row) for row in rows] for _time in range(3)]
    assert read == [[mapper({"Test": ""}).read(2, row) for row in rows]] * 3


def test_a_number_that_stands_in_a_wrong_column_is_not_shown() -> None:
    numbers = (
        "20304050", "+45 20 30 40 50", "20-30-40-50", "20.30.40.50", "20.30.4050", "20:30:40:50", "tel:20304050",
        "sip:20304050@example.dk", "20304050/2", "010170-1234", "2030-40-50",
    )  # fmt: skip
    assert {shown(each) for each in numbers} == {"****"}
    moments = ("2026-03-01 08:99", "01.03.2026 08.15.30", "31-12-9999 00:00", "3/13/26 8:15 PM", "12:30:40.123456")
    assert [shown(each) for each in moments] == list(moments), "what was meant as a time can be mended"


def test_a_mail_address_that_stands_in_a_wrong_column_is_not_shown() -> None:
    found = mapper().read(2, ["1", "01-03-2025 08:00", "Skriv til anna@example.dk", "1", "1", "1", "Besvaret", ""])
    assert isinstance(found, RowFault)
    assert (found.fault, "anna" in found.told) == (CellFault.UNKNOWN_CODE, False)


@pytest.mark.parametrize(
    "column",
    ["Telefonnr.", "Mobil", "Mobilnr", "Opkalder", "E-mailadresse", "Fornavn", "Borgers navn", "Besvaret af",
     "Telefon 2", "A-nummer", "Agent name", "Sagsbehandler", "Bruger-ID"],
)  # fmt: skip
def test_columns_of_somebodys_data_cannot_be_mapped(column: str) -> None:
    assert is_personal(column)


def test_columns_that_are_recognised_or_only_sound_alike_can_be_mapped() -> None:
    assert not [each for names in NAMES.values() for each in names if is_personal(each)]
    alike = ("Telefonopkald", "Servicegruppenavn", "Sagsnr.", "Antal mails", "Borgertilfredshed", "Besvaret", "Ugenr")
    assert not [each for each in alike if is_personal(each)]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("2025-03-01", ("2025-03-01", "2025-03-01")), ("1.3.2025", ("2025-03-01", "2025-03-01")),
        ("2024-02", ("2024-02-01", "2024-02-29")), ("december 2025", ("2025-12-01", "2025-12-31")),
        ("Okt. 2025", ("2025-10-01", "2025-10-31")), ("K4 2025", ("2025-10-01", "2025-12-31")),
        ("2025-Q1", ("2025-01-01", "2025-03-31")), ("2. kvartal 2025", ("2025-04-01", "2025-06-30")),
        ("2025", ("2025-01-01", "2025-12-31")), ("3/2025", ("2025-03-01", "2025-03-31")),
        ("12-2025", ("2025-12-01", "2025-12-31")), ("2025/03", ("2025-03-01", "2025-03-31")),
        ("1. kv. 2025", ("2025-01-01", "2025-03-31")), ("2025 kvartal 3", ("2025-07-01", "2025-09-30")),
        ("1.3.2026 - 31.3.2026", ("2026-03-01", "2026-03-31")), ("1.3.2026-31.3.2026", ("2026-03-01", "2026-03-31")),
        ("2026-03-01 til 2026-03-14", ("2026-03-01", "2026-03-14")),
        ("jan 2025 – Marts 2025", ("2025-01-01", "2025-03-31")),
        ("marts - 2026", ("2026-03-01", "2026-03-31")), ("2026-03-01 00:00:00", ("2026-03-01", "2026-03-01")),
        ("2026-03-01T00:00", ("2026-03-01", "2026-03-01")),
    ],
)  # fmt: skip
def test_a_period_is_read_however_it_is_written(text: str, days: tuple[str, str]) -> None:
    assert PeriodReader(DayOrder.DAY_FIRST).read(text) == tuple(map(date.fromisoformat, days))


@pytest.mark.parametrize("text", [
    "2025-13", "uge 7", "1999", "foråret 2025", "13/2025", "2 2025", "1.3.2026 uge 9", "2026-03 (foreløbig)",
    "31.3.2026 - 1.3.2026", "1.3.2026 -",
])  # fmt: skip
def test_what_is_no_period_is_a_fault(text: str) -> None:
    with pytest.raises(BadCell):
        PeriodReader(DayOrder.DAY_FIRST).read(text)
