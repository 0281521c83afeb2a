"""An import becomes events and figures: counted once, checked against the events, and taken back as a whole."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from indgang.audit.models import Change
from indgang.audit.trail import System
from indgang.core import clock
from indgang.entry.models import Queue
from indgang.history import importing, known, withdrawing
from indgang.history.mapping import choices
from indgang.history.mapping.choices import ColumnMapping, MappingFault
from indgang.history.mapping.fields import SourceKind
from indgang.history.models import HistoryImport, PastValue
from indgang.measures.models import Rollup, SummedRollup
from indgang.measures.period import Period
from indgang.measures.rollups import counting, reading, rebuilding, recomputing
from indgang.planning import call_history
from tests.enquiries.told_calls import talked
from tests.history import extracts
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db(transaction=True)

BY = System("indgang import")
MARCH_2025 = Period.days(date(2025, 3, 1), date(2025, 3, 31))


def mapping(header: str = extracts.HEADER) -> ColumnMapping:
    return choices.guessed(SourceKind.CALLS, header.split(";"))


def imported(rows: Any = extracts.ROWS, header: str = extracts.HEADER) -> HistoryImport:
    file = extracts.file(rows, header)
    return importing.run(file, mapping(header), name="udtræk.csv", places=known.places(), by=BY, at=MORNING)


def stored(model: Any = Rollup) -> list[Any]:
    names = [field.attname for field in model._meta.concrete_fields if field.name != "id"]
    return sorted(tuple(map(repr, row)) for row in model._default_manager.values_list(*names))


def test_an_extract_counts_as_calls_do_and_is_the_same_when_counted_again(world: World) -> None:
    found = imported()
    assert (found.state, found.rows, found.imported, found.rejected, found.known) == ("done", 5, 5, 0, 0)
    totals = reading.totals(MARCH_2025)[""]
    assert (totals.segments.offered, totals.segments.answered, totals.segments.abandoned_short) == (5, 4, 1)
    assert (totals.segments.answered_in_time, totals.segments.answer_seconds) == (3, 210)
    assert (totals.contacts.talk_seconds, totals.contacts.handle_seconds) == (390, 435)
    assert (totals.contacts.registered, totals.arrived.whole) == (0, 5), "what the extract does not say is not counted"
    assert not list(recomputing.differences(MARCH_2025))
    fifth = Period.day(date(2025, 3, 5))
    assert reading.totals(fifth)[""].contacts.answered == 1, "it came before midnight and was answered after"
    assert not list(recomputing.differences(fifth)), "and is found from that day too"
    past = call_history.history(Queue.objects.get(code="tmf-byggeri"), date(2025, 3, 6))
    assert (past.first, past.counts[0].sum()) == (date(2025, 3, 3), 3), "forecasts stand on it"
    before = stored(), stored(SummedRollup)
    rebuilding.rebuild(processes=1)
    assert (stored(), stored(SummedRollup)) == before
    assert Change.objects.filter(action="historyimport.create").exists()


def test_the_same_rows_count_once_in_whatever_file_they_come(world: World) -> None:
    imported()
    with pytest.raises(importing.AlreadyImported):
        imported()
    more = imported([*extracts.ROWS[2:], "a6;05-03-2025 08:00:00;tmf-byliv;1;1;1;Besvaret;"])
    assert (more.rows, more.imported, more.known) == (4, 1, 3)
    assert reading.totals(MARCH_2025)[""].segments.offered == 6


def test_equal_rows_without_an_id_are_as_many_as_there_are(world: World) -> None:
    header = "Starttid;Kø;Ventetid"
    row = "2025-03-03 08:00:00;Byggeri;5"
    assert imported([row, row], header).imported == 2
    again = imported([row, row, row], header)
    assert (again.imported, again.known) == (1, 2)


def test_an_import_is_taken_back_as_a_whole_and_can_be_made_again(world: World) -> None:
    talked(world.anna)
    counting.follow()
    before = stored(), stored(SummedRollup)
    found = imported()
    withdrawing.withdraw(found, why="Forkert kø", by=BY, at=MORNING)
    assert (stored(), stored(SummedRollup)) == before
    assert not list(recomputing.differences(MARCH_2025))
    assert imported().imported == 5
    assert reading.totals(MARCH_2025)[""].segments.offered == 5


def test_a_queue_with_figures_of_its_own_that_day_takes_none_and_others_are_filled(world: World) -> None:
    talked(world.anna, start=MORNING)
    found = importing.tried(
        extracts.file([
            "b1;11-03-2026 07:00:00;tmf-byggeri;1;1;1;Besvaret;", "b2;11-03-2026 07:00:00;tmf-byliv;1;1;1;Besvaret;",
        ]), mapping(), places=known.places(), at=MORNING.replace(day=12),
    )  # fmt: skip
    assert (found.imported, found.by_fault) == (1, {"own_data": 1})
    assert [(each.line, each.told) for each in found.refused] == [(2, "11.03.2026")]


def test_an_extract_whose_rows_cannot_be_compared_with_another_is_refused_for_its_days(world: World) -> None:
    imported()
    other = imported(["2025-03-03 08:15:00;Byggeri;20", "2025-03-07 08:15:00;Byggeri;20"], "Starttid;Kø;Ventetid")
    assert (other.imported, other.rejected, other.refused.get().fault) == (1, 1, "other_import")


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Noget;Starttid;Kø;Ventetid;Taletid", "Noget;Starttid;Kø;Ventetid;Efterbehandling"),
        ("Opkalds-id;Starttid;Kø;Ventetid;Taletid", "Løbenummer;Starttid;Kø;Ventetid;Taletid"),
    ],
)
def test_the_rows_of_a_day_count_once_when_a_later_extract_is_mapped_in_another_way(
    world: World, first: str, second: str
) -> None:
    rows = ["5;2025-03-03 08:15:00;Byggeri;20;60", "6;2025-03-04 08:15:00;Byggeri;20;60"]
    assert imported(rows[:1], first).imported == 1
    later = imported(rows, second)
    assert (later.imported, later.refused.get().fault) == (1, "other_import")


def test_a_call_that_goes_on_to_another_queue_with_its_id_counts_there_and_a_doubled_row_is_refused(
    world: World,
) -> None:
    start = "03-03-2025 08:15:00"
    rows = [f"a1;{start};tmf-byggeri;240;0;0;Overløb;", f"a1;{start};tmf-byliv;10;100;0;Besvaret;"]
    found = imported([*rows, rows[1]])
    assert (found.imported, found.known, found.rejected) == (2, 0, 1)
    assert (found.refused.get().line, found.refused.get().fault) == (4, "doubled")
    assert reading.totals(MARCH_2025)[""].segments.answered == 1


def test_an_extract_with_the_month_first_is_refused_before_anything_is_written(world: World) -> None:
    rows = [f"a{day};{'1/13' if day > 200 else '1/2'}/2025 08:00;Byggeri;1;1;1;Besvaret;" for day in range(202)]
    with pytest.raises(MappingFault, match="other_order"):
        imported(rows)
    assert not HistoryImport.objects.exists()


def test_an_import_that_is_killed_half_way_goes_on_and_doubles_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [*extracts.numbered(60, ["03-03-2025", "04-03-2025", "05-03-2025"]), "x;i går;Byggeri;1;1;1;Besvaret;"]
    monkeypatch.setattr(importing, "MOST_AT_ONCE", 20)

    def dies(_written: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        importing.run(
            extracts.file(rows), mapping(), name="udtræk.csv", places=known.places(), by=BY, at=MORNING, progress=dies
        )
    assert reading.totals(MARCH_2025)[""].segments.offered == 20, "one whole day is written and counted"
    found = imported(rows)
    assert (found.state, found.rows, found.imported, found.rejected, found.known) == ("done", 61, 60, 1, 0)
    assert HistoryImport.objects.count() == 1
    assert reading.totals(MARCH_2025)[""].segments.offered == 60


def said(*arguments: str) -> dict[str, Any]:
    out = io.StringIO()
    call_command("import", *arguments, "--json", stdout=out)
    return dict(json.loads(out.getvalue()))


def test_the_command_tries_imports_and_takes_back(world: World, tmp_path: Path) -> None:
    path, bad = tmp_path / "udtræk.csv", tmp_path / "bad.csv"
    path.write_bytes(extracts.text([*extracts.ROWS, "x;i går;Byggeri;1;1;1;Besvaret;"]).encode("cp1252"))
    tried = said(str(path), "--kind", "calls", "--dry-run", "--rejected", str(bad))
    assert (tried["imported"], tried["rejected"], tried["bad_rows"][0]["line"]) == (5, 1, 7)
    assert "7;Starttid;" in bad.read_text("utf-8-sig")
    assert not HistoryImport.objects.exists()
    assert said(str(path), "--kind", "calls", "--save", "CallGuide")["imported"] == 5
    again = said(str(path), "--mapping", "CallGuide")
    assert (again["already"], again["imported"]) == (True, 5)
    back = said("withdraw", "--id", str(again["import"]), "--why", "prøve")
    assert back["state"] == "withdrawn"
    out = io.StringIO()
    for arguments in (("list",), ("show", "--id", str(back["import"]))):
        call_command("import", *arguments, stdout=out)
    assert f"{back['import']}: udtræk.csv (calls, withdrawn)" in out.getvalue()
    assert "line 7, Starttid: " in out.getvalue()
    assert "withdrawn: prøve" in out.getvalue()
    with pytest.raises(CommandError, match="--id 3"):
        said("show")


def test_a_workbook_keeps_its_times_and_merged_cells_are_refused(world: World, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Starttid", "Kø", "Ventetid"])
    sheet.append([MORNING.replace(year=2025, tzinfo=None), "Byggeri", 12])
    book.save(tmp_path / "a.xlsx")
    assert said(str(tmp_path / "a.xlsx"), "--kind", "calls")["first_day"] == "2025-03-11"
    sheet.merge_cells("A2:A3")
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(CommandError, match="A2:A3"):
        said(str(tmp_path / "b.xlsx"), "--kind", "calls")


def test_values_of_periods_are_imported_once_and_another_value_is_refused(world: World, tmp_path: Path) -> None:
    first, second = tmp_path / "besøg.csv", tmp_path / "besøg-2.csv"
    first.write_text("Måned;Side;Sidevisninger\n2025-01;/byg;1.200\n2025-02;/byg;900\n2025-02;;5\n", "utf-8")
    rows = ("2025-02;/byg;901", "2025-03;/byg;-1", "2026-03;/byg;4", "2025-04;/byg;7", "2025-01;/byg;1200")
    second.write_text("\n".join(["Måned;Side;Sidevisninger", *rows]), "utf-8")
    with clock.frozen(MORNING):
        done = said(str(first), "--kind", "visits")
        more = said(str(second), "--kind", "visits")
    assert (done["imported"], done["rejected"], done["bad_rows"][0]["column"]) == (2, 1, "Side")
    assert (more["imported"], more["known"], more["rejected"]) == (1, 1, 3)
    assert {each["fault"] for each in more["bad_rows"]} == {"other_value", "negative", "out_of_range"}
    assert list(PastValue.objects.values_list("number", flat=True)) == [1200, 900, 7]
    said("withdraw", "--id", str(done["import"]), "--why", "prøve")
    assert PastValue.objects.get().number == 7


def test_satisfaction_is_a_mean_with_how_many_answered(world: World, tmp_path: Path) -> None:
    path = tmp_path / "tilfredshed.csv"
    path.write_text("Kvartal;Måling;Tilfredshed;Svar\nK1 2025;Telefon;7,9;312\nK2 2025;Telefon;8,1;\n", "utf-8")
    found = said(str(path), "--kind", "satisfaction", "--column", "day=Kvartal")
    assert (found["imported"], found["first_day"], found["last_day"]) == (2, "2025-01-01", "2025-06-30")
    assert list(PastValue.objects.values_list("value", "number")) == [(7.9, 312), (8.1, None)]


def test_what_people_have_searched_for_and_their_numbers_are_not_kept(world: World, tmp_path: Path) -> None:
    path = tmp_path / "besøg.csv"
    long = "/" + 40 * "en-lang-adresse/"
    rows = ("/soeg?q=010170-1234;3", f"/soeg?email=a@b.example&{long};4", "/soeg;2", "/soeg;2", "Ring 20 30 40 50;1",
            f"{long}a;5", f"{long}b;6")  # fmt: skip
    path.write_text("\n".join(["Måned;Side;Besøg", *(f"2025-01;{each}" for each in rows)]), "utf-8")
    found = said(str(path), "--kind", "visits")
    assert (found["rows"], found["imported"], found["known"], found["rejected"]) == (7, 4, 1, 2)
    assert {each["fault"] for each in found["bad_rows"]} == {"too_long_text"}, "cut, they would be one page"
    kept = dict(PastValue.objects.values_list("subject", "number"))
    assert kept == {"/soeg": 9, "Ring ****": 1}, "visits to one page are added up"
    path.write_bytes(path.read_bytes() + b"\n")
    again = said(str(path), "--kind", "visits")
    assert (again["imported"], again["known"]) == (0, 5)


def test_an_import_is_recorded_when_it_begins_and_goes_on_for_those_who_may_see_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = extracts.numbered(40, ["03-03-2025", "04-03-2025"])
    imported(rows[:2])
    monkeypatch.setattr(importing, "MOST_AT_ONCE", 20)

    def begin(by: Any, progress: Any = importing._untold) -> HistoryImport:
        places = known.places(by if by is not BY else None)
        return importing.run(
            extracts.file(rows), mapping(), name="b.csv", places=places, by=by, at=MORNING, progress=progress
        )

    def dies(_written: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        begin(world.finn, dies)
    half = HistoryImport.objects.get(state="running")
    assert (half.rows, half.imported, half.known, half.last_day) == (40, 19, 1, date(2025, 3, 3))
    assert Change.objects.filter(action="historyimport.begin", target_id=str(half.pk)).count() == 1
    with pytest.raises(importing.SomebodyElsesImport):
        begin(world.david)
    Queue.objects.filter(code="tmf-byggeri").update(code="tmf-andet")
    done = begin(world.finn)
    assert (done.state, done.imported, done.known, done.rejected) == ("done", 19, 1, 20)
    assert done.rows == done.imported + done.known + done.rejected + done.left_out


def test_the_command_says_what_is_wrong_in_a_mapping_and_lists_bad_rows_again(world: World, tmp_path: Path) -> None:
    path, given, bad = tmp_path / "udtræk.csv", tmp_path / "mapping.json", tmp_path / "bad.csv"
    path.write_bytes(extracts.text([*extracts.ROWS, "x;i går;Byggeri;1;1;1;Besvaret;"]).encode())
    for columns in ("null", '["at"]'):
        given.write_text('{"kind": "calls", "columns": ' + columns + "}")
        with pytest.raises(CommandError):
            said(str(path), "--mapping", str(given))
    said(str(path), "--kind", "calls")
    assert said(str(path), "--kind", "calls", "--rejected", str(bad))["already"]
    assert "7;Starttid;" in bad.read_text("utf-8-sig")
