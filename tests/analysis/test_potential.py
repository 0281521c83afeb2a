"""Channel potential: the rules of the documents, columns beside single rows, tables that add up, and the reference."""

from __future__ import annotations

import csv
import itertools
import json
from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from indgang.analysis import own_rules, words
from indgang.analysis.counting.scaling import in_a_year, rounded
from indgang.analysis.potential import reading, reference
from indgang.analysis.potential.classifying import UNDECIDED, EnquiryColumns, classify
from indgang.analysis.potential.presets import CBY, KEH, PRESETS, TMF, YDS, YDS_RULE
from indgang.analysis.potential.reference import Fit
from indgang.analysis.potential.results import CountedRows, Potential, UnitName, UnitPotential, total
from indgang.analysis.potential.rule_texts import values_of
from indgang.analysis.potential.rules import (
    PURPOSES,
    CountMark,
    Example,
    FutureChannel,
    RuleFault,
    RuleList,
    TopicKind,
)
from indgang.catalogue.purposes import NINE
from indgang.core import clock, yaml_values
from tests.world import MORNING, World

GENERAL, CASE = CountMark.GENERAL, CountMark.CASE_SPECIFIC
DIGITAL, CENTRE, WORKER = FutureChannel.DIGITAL, FutureChannel.CONTACT_CENTRE, FutureChannel.CASE_WORKER
LISTS = st.sampled_from(list(PRESETS.values()))
EXAMPLES = st.builds(
    Example, st.sampled_from(CountMark), st.sampled_from(PURPOSES), st.booleans(), st.sampled_from(TopicKind),
    st.sampled_from([0.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0, 14.5, 15.0, 90.0]),
)  # fmt: skip


def row(mark: CountMark = GENERAL, purpose: str = "andet", minutes: float = 1, *, is_resolved: bool = True,
        topic: TopicKind = TopicKind.NO) -> Example:  # fmt: skip
    return Example(mark, purpose, is_resolved, topic, minutes)


def columns(examples: list[Example]) -> EnquiryColumns:
    marks, purposes, resolved, topics = (
        np.array(each, dtype=np.int8)
        for each in (
            [each.mark for each in examples], [PURPOSES.index(each.purpose) for each in examples],
            [each.is_resolved for each in examples], [each.topic for each in examples],
        )
    )  # fmt: skip
    return EnquiryColumns(marks, purposes, resolved, topics, np.array([e.minutes for e in examples], dtype=np.float32))


def test_the_purposes_are_those_of_the_catalogue() -> None:
    assert tuple(each.code for each in NINE) == PURPOSES


@pytest.mark.parametrize(
    ("rules", "example", "code", "channel"),
    [
        (TMF, row(GENERAL, minutes=2.9), "T1", DIGITAL), (TMF, row(GENERAL, minutes=3), "T2", CENTRE),
        (TMF, row(CASE, "vejledning", 2), "T3", DIGITAL), (TMF, row(CASE, "forslag", 45), "T4", CENTRE),
        (TMF, row(CASE, "status", 14.9), "T5", CENTRE), (TMF, row(CASE, "klage", 1), "T5", CENTRE),
        (TMF, row(CASE, "status", 15), "T6", WORKER), (TMF, row(CASE, "bidrag", 1), "T7", WORKER),
        (TMF, row(CASE, "andet", 1), "T7", WORKER), (CBY, row(CASE, "opret", 2), "T7", WORKER),
        (KEH, row(minutes=2), "K1", DIGITAL), (KEH, row(minutes=2.01), "K2", CENTRE),
        (KEH, row(minutes=1, is_resolved=False), "K3", WORKER),
        (YDS, row(minutes=3.9), "Y1", DIGITAL), (YDS, row(minutes=4), "Y2", WORKER),
        (YDS, row(minutes=1, topic=TopicKind.POSSIBLY), "Y3", WORKER),
        (YDS_RULE, row(minutes=1, topic=TopicKind.POSSIBLY), "Y1", DIGITAL),
        (YDS_RULE, row(minutes=9), "Y2", CENTRE), (YDS, row(minutes=1, is_resolved=False), "Y4", WORKER),
    ],
)  # fmt: skip
def test_a_row_is_decided_by_the_rule_of_the_documents(
    rules: RuleList, example: Example, code: str, channel: FutureChannel
) -> None:
    rule = rules.rules[rules.deciding(example)]
    assert (rule.code, rule.channel) == (code, channel)


@given(LISTS, st.lists(EXAMPLES, max_size=30), st.dictionaries(st.just("digital"), st.floats(0, 100)))
def test_columns_are_decided_as_single_rows_are(
    rules: RuleList, examples: list[Example], limits: dict[str, float]
) -> None:
    moved = rules.with_limits({name: float(np.float32(value)) for name, value in limits.items()})
    found = classify(moved, columns(examples)).rule.tolist()
    assert found == [moved.deciding(each) for each in examples]


def test_a_row_that_does_not_say_what_the_rules_need_is_undecided() -> None:
    rows = columns([row(), row(CASE, "status"), row(CASE, "status", 2), row(GENERAL, minutes=5), row(CASE, "bidrag")])
    rows.mark[0] = -1
    rows.minutes[1] = np.nan
    rows.minutes[2] = -1
    rows.purpose[3] = 99
    rows.minutes[4] = np.nan
    decided = classify(TMF, rows)
    assert decided.undecided.tolist() == [0, 1, 2]
    assert [TMF.rules[index].code for index in decided.rule[3:]] == ["T2", "T7"], (
        "nothing asks for what they leave open"
    )


@given(LISTS, EXAMPLES, st.sets(st.sampled_from(["mark", "purpose", "is_resolved", "topic", "minutes"])))
def test_what_a_row_leaves_open_matters_only_when_several_rules_could_decide_it(
    rules: RuleList, example: Example, left_open: set[str]
) -> None:
    rows = columns([example])
    for name, column in (("mark", rows.mark), ("purpose", rows.purpose), ("is_resolved", rows.resolved),
                         ("topic", rows.topic)):  # fmt: skip
        if name in left_open:
            column[0] = -1
    if "minutes" in left_open:
        rows.minutes[0] = np.nan
    values: dict[str, tuple[Any, ...]] = {
        "mark": tuple(CountMark), "purpose": PURPOSES, "is_resolved": (True, False), "topic": tuple(TopicKind),
        "minutes": (0.0, 2.0, 2.5, 3.5, 4.0, 15.0),
    }  # fmt: skip
    tried = itertools.product(*(values[name] if name in left_open else (getattr(example, name),) for name in values))
    deciding = {rules.deciding(Example(*each)) for each in tried}
    expected = deciding.pop() if len(deciding) == 1 else UNDECIDED
    assert classify(rules, rows).rule.tolist() == [expected]


@pytest.mark.parametrize("left_out", range(len(TMF.rules)))
def test_a_list_that_leaves_rows_undecided_is_refused_with_one_of_them(left_out: int) -> None:
    rest = TMF.rules[:left_out] + TMF.rules[left_out + 1 :]
    with pytest.raises(RuleFault) as refused:
        replace(TMF, rules=rest)
    assert refused.value.code == "missing"
    assert refused.value.example is not None
    assert TMF.deciding(refused.value.example) == left_out
    assert "Ingen regel" in words.rule_fault(refused.value)


def test_rules_that_overlap_are_refused_with_the_row_and_both() -> None:
    wider = replace(TMF.rules[4], purposes=frozenset({"status", "klage", "bidrag"}))
    with pytest.raises(RuleFault) as refused:
        replace(TMF, rules=(*TMF.rules[:4], wider, *TMF.rules[5:]))
    assert (refused.value.code, refused.value.rules) == ("overlap", ("T5", "T7"))
    said = words.rule_fault(refused.value)
    assert "T5, T7" in said
    assert "Bidrag til igangværende sag" in said


@pytest.mark.parametrize("limits", [{"digital": -1.0}, {"digital": 1e9}, {"x": 2.0}])
def test_a_limit_that_cannot_be_is_refused(limits: dict[str, float]) -> None:
    with pytest.raises(RuleFault):
        TMF.with_limits(limits)


@given(st.lists(st.tuples(EXAMPLES, st.integers(0, 3), st.integers(0, 4), st.booleans()), max_size=60),
       st.floats(0.5, 60))  # fmt: skip
def test_the_table_adds_up(counted: list[tuple[Example, int, int, bool]], factor: float) -> None:
    examples = [each[0] for each in counted]
    first = np.array([each[3] for each in counted], dtype=bool)
    rows = CountedRows(
        tuple(UnitName("TMF" if index < 2 else "BIF", f"Enhed {index}") for index in range(4)), 5,
        np.array([each[1] for each in counted], dtype=np.int32),
        np.array([each[2] for each in counted], dtype=np.int32),
        first, first & np.array([each.is_resolved for each in examples], dtype=bool),
    )  # fmt: skip
    found = Potential(classify(TMF, columns(examples)), rows, factor=factor)
    assert sum(number for _code, number in found.by_rule()) == len(counted)
    for each in found.table:
        assert each.total == each.future_total == each.main_entry + each.case_workers
    together = total(UnitName("", ""), [each for each in found.table if not each.is_total])
    assert replace(found.table[-1], intervals=()) == together


def test_the_interval_comes_from_the_differences_between_days() -> None:
    def share(days: list[int]) -> tuple[int, int]:
        place = np.repeat(np.arange(5, dtype=np.int32), days)
        many, first = len(place), np.ones(len(place), dtype=bool)
        rows = CountedRows((UnitName("TMF", "A"),), 5, np.zeros(many, dtype=np.int32), place, first, first)
        found = Potential(classify(TMF, columns([row()] * many)), rows, factor=50)
        return found.table[0].intervals[0]

    same = in_a_year([20] * 5, days_a_year=250)
    assert share([20] * 5) == (same.low, same.high) == (3_600, 6_400), "at least the chance of a count"
    low, high = share([10, 30, 20, 15, 25])
    assert low < 5_000 < high
    assert 5_000 - low == high - 5_000
    # t(4) = 2.776, five days with a deviation of 7.906: 2.776 × 7.906 × √5 × 50
    assert high == rounded(5_000 + 2.776 * 7.906 * 5**0.5 * 50)


# --- the documents' own tables ----------------------------------------------------------------------


def test_the_reference_has_the_totals_and_shares_of_the_documents() -> None:
    rows = {each.potential.unit.name: each.potential for each in reference.rows(is_corrected=True)}
    everything, tmf, bif = rows["Henvendelser i alt"], rows["TMF i alt"], rows["BIF i alt"]
    assert (everything.total, everything.digital, everything.contact_centre) == (242_150, 22_400, 114_450)
    assert (everything.future_case_workers, tmf.moved) == (105_300, 90_750)
    shares = [everything.movable_percent, tmf.movable_percent, bif.movable_percent]
    assert [round(each or 0, 2) for each in shares] == [56.51, 54.79, 70.87]
    assert round(100 * bif.main_entry / bif.total, 2) == 68.58
    assert round(100 * tmf.case_workers / tmf.total, 2) == 87.33
    assert round(100 * tmf.direct / tmf.total, 2) == 74.31


def test_both_misprints_and_all_disagreements_are_said() -> None:
    wrong = {each.code for each in reference.checks() if each.fit is Fit.MISMATCH}
    assert {"sum Henvendelser i alt case_workers", "resolved Henvendelser i alt", "future Øvrige",
            "sum Øvrige i alt future_case_workers"} <= wrong  # fmt: skip
    links = {each.removeprefix("link ") for each in wrong if each.startswith("link")}
    assert links == {"Rekruttering", "Refusion og sygedagpenge", "BIF øvrige", "BIF i alt", "Øvrige i alt",
                     "ØKF-ydelser (for eksempel brandsyn)"}  # fmt: skip
    assert {"yds per_year", "yds under_4_min", "yds over_4_min", "yds andet as general"} <= wrong
    assert {"X-12 without other", "X-12 with other", "X-17 cby", "X-21 refund", "X-22 tmf", "X-23 dialogteam",
            "X-37 written"} <= wrong  # fmt: skip
    assert len(wrong) == 31
    assert all(words.check_words(each) for each in reference.checks()), "each has a name on the page"
    assert "Øvrige, future_caseworkers: 1,200 should be 1,300" in _run("--reference", "--check")


def test_every_disagreement_that_readers_of_the_documents_found_is_among_the_checks() -> None:
    """The rows are those of a check of the documents by other people, made before this one."""
    fits = {"ok": Fit.EXACT, "rounding": Fit.ROUNDING, "MISMATCH": Fit.MISMATCH}
    with (Path(__file__).parent / "documents_checks.csv").open(encoding="utf-8", newline="") as opened:
        found = list(csv.DictReader(opened))
    there = reference.checks()
    for row in found:
        stated, computed, fit = float(row["stated"]), float(row["computed"]), fits[row["result"]]
        same = (each for each in there if each.fit is fit and abs(each.stated - stated) < 0.05)
        assert any(abs(each.computed - computed) < 0.06 for each in same), row["id"]
    assert sum(row["result"] == "MISMATCH" for row in found) == 17


def test_the_misprints_mended_every_row_and_sum_fits() -> None:
    rows = reference.rows(is_corrected=True)
    for each in rows:
        now = each.potential
        assert now.total == now.future_total == now.main_entry + now.case_workers == each.printed_total
    areas = [each.potential for each in rows if each.level == "area_total"]
    assert sum(each.case_workers for each in areas) == rows[-1].potential.case_workers == 196_550


# --- files ------------------------------------------------------------------------------------------

FILE = """area;unit;day;level;mark;purpose;minutes;resolved;count
TMF;Byliv;mandag;1;generel;vejledning;2,5;ja;3
TMF;Byliv;tirsdag;2;sagsspecifik;status;10;nej;2

TMF;Støjgener;mandag;2;sagsspecifik;bidrag;5;nej;
"""


def test_a_file_is_read_with_decimal_commas_and_counts() -> None:
    found = reading.read(FILE.splitlines(keepends=True), TMF)
    assert not found.bad
    assert (len(found.enquiries), found.rows.days) == (6, 2)
    table = Potential(classify(TMF, found.enquiries), found.rows, factor=50).table
    byliv = table[0]
    assert (byliv.first_level, byliv.main_entry, byliv.digital, byliv.contact_centre) == (150, 150, 150, 100)
    assert (table[-1].total, table[-1].future_case_workers) == (300, 50)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("TMF;Byliv;;1;generel;vejledning;-2;ja;1", "Linje 2: minutter er ikke et muligt tal: -2."),
        ("TMF;Byliv;;1;generel;vejledning;;ja;1", "Linje 2: minutter mangler."),
        ("TMF;Byliv;;1;generel;vejledning;9999;ja;1", "Linje 2: minutter er ikke et muligt tal: 9999."),
        ("TMF;Byliv;;1;måske;vejledning;2;ja;1", "Linje 2: mærke kan ikke være måske."),
        ("TMF;Byliv;;1;;vejledning;2;ja;1", "Linje 2: mærke mangler."),
        ("TMF;Byliv;;1;generel;pizza;2;ja;1", "Linje 2: ærinde kan ikke være pizza."),
        ("TMF;;;1;generel;vejledning;2;ja;1", "Linje 2: enhed mangler."),
        ("TMF;Byliv;;1;generel;vejledning;2;ja;-4", "Linje 2: antal er ikke et muligt tal: -4."),
        ("TMF;Byliv;;9;generel;vejledning;2;ja;1", "Linje 2: niveau kan ikke være 9."),
        ("TMF", "Linje 2: mærke mangler."),
        pytest.param(
            f"TMF;{'x' * 140_000};;1;generel;vejledning;2;ja;1",
            "Linje 2 kan ikke læses. Se, om en celle er for lang",
            id="a cell that is too long",
        ),
    ],
)
def test_a_row_that_cannot_be_used_is_told_with_its_line(line: str, said: str) -> None:
    found = reading.read([FILE.splitlines()[0] + "\n", line + "\n"], TMF)
    assert [words.bad_row(each)[: len(said)] for each in found.bad] == [said]
    assert len(found.enquiries) == 0


def test_a_register_of_another_kind_is_read_as_it_is_written() -> None:
    """Subject, minutes, and resolved or passed on (R-108): no units, and no minutes for what was passed on."""
    lines = ["emne;tidsforbrug;afklaring\n", "Byggesag 12;1,5;Straksafklaret\n", "Støj;;Viderestillet\n"]
    with pytest.raises(reading.NoColumns, match="unit"):
        reading.read(lines, KEH)
    found = reading.read(lines, KEH, unit="KEH")
    assert (found.bad, found.rows.units) == ([], (UnitName("", "KEH"),))
    assert [KEH.rules[index].code for index in classify(KEH, found.enquiries).rule] == ["K1", "K3"]
    unsaid = reading.read([*lines, "Støj;;Straksafklaret\n"], KEH, unit="KEH")
    assert [words.bad_row(each) for each in unsaid.bad] == ["Linje 4: minutter mangler."]


def test_a_row_that_ends_before_its_unit_and_a_heading_that_is_too_long_are_told() -> None:
    found = reading.read(["resolved,minutes,unit\n", "ja,1\n", "ja,1,Byliv\n"], KEH)
    assert ([(each.line, each.column, each.why) for each in found.bad], len(found.enquiries)) == (
        [(2, "unit", "missing")], 1,
    )  # fmt: skip
    with pytest.raises(reading.NoColumns):
        reading.read(["x" * 140_000 + "\n"], KEH)


def test_local_purposes_count_as_those_they_are_mapped_to() -> None:
    lines = ["unit,mark,purpose,minutes\n", "A,generel,Spørgsmål til BOM,1\n"]
    assert reading.read(lines, TMF).bad
    assert not reading.read(lines, TMF, {"Spørgsmål til BOM": "vejledning"}).bad


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command("potential", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_the_command_counts_a_file_and_moves_limits(tmp_path: Path) -> None:
    file = tmp_path / "uge.csv"
    file.write_text(FILE, encoding="utf-8")
    found = json.loads(_run(str(file), "--json"))
    moved: dict[str, Any] = json.loads(_run(str(file), "--json", "--limit", "digital=2"))
    assert [found["units"][-1]["future"][each] for each in ("digital", "contact_centre")] == [150, 100]
    assert [moved["units"][-1]["future"][each] for each in ("digital", "contact_centre")] == [0, 250]
    file.write_text(FILE + "TMF;Byliv;;1;generel;pizza;2;ja;1\n", encoding="utf-8")
    with pytest.raises(CommandError, match="Line 6"):
        _run(str(file))
    assert json.loads(_run(str(file), "--json", "--skip-bad"))["units"] == found["units"]
    text = _run(str(file), "--skip-bad", "--rules", "cby")
    assert "6 enquiries by the rules cby (digital 3 minutes; case_information 15 minutes)." in text
    assert "Scaled to a year by 50, and rounded to 50." in text
    assert "1 rows of the file cannot be used" in text
    assert "overestimate what case workers keep" in text
    moving = json.loads(_run(str(file), "--skip-bad", "--rules", "cby", "--json"))["moving"]
    low, high = moving["moved"]["low"], moving["moved"]["high"]
    assert low is None
    assert high is None, "Støjgener has a single day"
    file.write_text(
        FILE.replace("TMF;Støjgener;mandag", "TMF;Støjgener;mandag;2;generel;vejledning;1;ja;\nTMF;Støjgener;tirsdag"),
        "utf-8",
    )
    moving = json.loads(_run(str(file), "--json"))["moving"]["moved"]
    assert f"({moving['low']:,.0f} to {moving['high']:,.0f}, 95 %)" in _run(str(file))


@pytest.mark.django_db
def test_each_row_says_which_rule_decided_it_and_the_table_can_be_read_again(tmp_path: Path) -> None:
    counted, rows = tmp_path / "uge.csv", tmp_path / "rækker.csv"
    lines = ("TMF;=Byliv;generel;vejledning;2,5;10", "TMF;=Byliv;generel;vejledning;2.996;1", "",
             "TMF;Byg;måske;andet;1;1", "TMF;Byg;sagsspecifik;status;20;3")  # fmt: skip
    counted.write_text("\n".join(["Område;Enhed;Mærke;Ærinde;Minutter;Antal", *lines]), "utf-8")
    before = json.loads(_run(str(counted), "--skip-bad", "--rows", str(rows), "--json"))
    table = list(csv.DictReader(rows.read_text("utf-8-sig").splitlines(), delimiter=";"))
    decided = [(each["line"], each["minutes"], each["count"], each["rule"], each["channel"]) for each in table]
    rule_of = {code["rule"]: code["channel"] for code in before["by_rule"]}
    assert [each[:3] for each in decided] == [("2", "2,5", "10"), ("3", "2,99", "1"), ("6", "20", "3")]
    assert all(rule_of[rule] == channel for *_said, rule, channel in decided)
    assert table[0]["unit"] == "'=Byliv", "no spreadsheet runs it"
    assert sum(int(each["count"]) for each in table if each["rule"] == decided[0][3]) == 11
    again = json.loads(_run(str(rows), "--json"))
    assert (again["by_rule"], again["undecided"]) == (before["by_rule"], before["undecided"])


@pytest.mark.django_db
def test_the_command_reads_what_a_spreadsheet_saves(tmp_path: Path) -> None:
    file = tmp_path / "uge.txt"
    tabs = FILE.replace(";", "\t")
    file.write_bytes(tabs.encode("cp1252"))
    assert [each["unit"] for each in json.loads(_run(str(file), "--json"))["units"]][:2] == ["Byliv", "Støjgener"]
    file.write_text(tabs.replace("nej\t2", "nej\t2\t9"), "utf-8")
    with pytest.raises(CommandError, match="Line 3"):
        _run(str(file))
    file.write_text(tabs.replace("day", "unit", 1), "utf-8")
    with pytest.raises(CommandError, match="the same heading: unit"):
        _run(str(file))


@pytest.mark.django_db
def test_the_command_takes_purposes_by_their_names_as_the_page_does(tmp_path: Path) -> None:
    file = tmp_path / "uge.csv"
    file.write_text("unit,mark,purpose,minutes\nA,generel,Generelle spørgsmål og vejledning,1\n", encoding="utf-8")
    assert json.loads(_run(str(file), "--json"))["bad_rows"] == []


@pytest.mark.django_db
def test_the_command_reads_a_workbook(tmp_path: Path) -> None:
    book, file = Workbook(), tmp_path / "uge.xlsx"
    for line in FILE.splitlines():
        book.worksheets[0].append(line.split(";"))
    book.save(file)
    assert json.loads(_run(str(file), "--json"))["units"][-1]["total"] == 300
    file.write_bytes(b"PK\x03\x04 is no workbook")
    with pytest.raises(CommandError, match="cannot be read"):
        _run(str(file))


@pytest.mark.django_db
def test_the_command_takes_rules_of_ones_own_that_hold_today(tmp_path: Path, world: World) -> None:
    file, text = tmp_path / "uge.csv", yaml_values.text_of(values_of(TMF.with_limits({"digital": 2})))
    file.write_text(FILE, encoding="utf-8")
    for code, day in (("egne", MORNING.date()), ("senere", clock.today() + timedelta(days=30))):
        own_rules.begin(text.replace("tmf", code, 1), valid_from=day, reason="x", by=world.finn, at=MORNING)
    found = json.loads(_run(str(file), "--json", "--rules", "egne"))
    assert found["units"] == json.loads(_run(str(file), "--json", "--limit", "digital=2"))["units"]
    with pytest.raises(CommandError, match=r"senere: there are .*egne$"):
        _run(str(file), "--rules", "senere")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "arguments", [[], ["/no/where.csv"], ["/dev/null", "--limit", "x=1"], ["/dev/null", "--limit", "digital"],
                  ["/dev/null"], ["/dev/null", "--factor", "0"]],
)  # fmt: skip
def test_the_command_says_what_is_wrong(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        _run(*arguments)


def test_the_command_checks_the_reference() -> None:
    assert "31 mismatch" in _run("--reference", "--check")


def test_the_command_has_the_documents_tables_with_both_shares(world: World) -> None:
    """Recruitment prints 72 percent resolved at once, and its numbers in table 10-B give 85.82 (X-15)."""
    found, checked = (json.loads(_run("--reference", *more, "--json")) for more in ((), ("--check",)))
    assert found["units"][-1]["future"]["case_workers"] == 105_300
    (unit,) = (each for each in found["units"] if each["unit"] == "Rekruttering")
    assert (unit["at_once_percent_printed"], unit["at_once_percent"]) == (72, 85.82)
    tables = {each["table"]: each["rows"] for each in found["counted"]}
    assert {number: len(rows) for number, rows in tables.items()} == {"10-C": 12, "10-D": 8, "10-E": 7, "10-F": 9}
    assert sum(each["calls_dialogteam_per_year"] for each in tables["10-C"]) == 7_500
    assert tables["10-E"][0]["mail_per_year"] is None, "nothing was counted"
    assert (tables["10-F"][-1]["per_year"], tables["10-D"][2]["first_level_at_once_percent"]) == (3_000, 13)
    plain = " ".join(_run("--reference").split())
    assert "Rekruttering 72 85.82" in plain
    assert "Hvordan foretages indberetning i NemRefusion?; no; 700; 450; 250; 001:4723" in plain
    client = Client()
    client.force_login(world.gerda)
    assert client.get("/api/potential/documents/").json() == found | checked
    client.force_login(world.anna)
    assert client.get("/api/potential/documents/").status_code == 403


def test_undecided_is_no_number_of_a_rule() -> None:
    assert all(len(each.rules) < UNDECIDED for each in PRESETS.values())


def test_each_unit_of_a_file_counts_on_its_own_days() -> None:
    """A counts in one week and B in the next: the interval of A is that of A alone. A day has many spellings."""

    def of(*units: tuple[str, int]) -> UnitPotential:
        lines = ["unit;day;mark;purpose;minutes;count"]
        for unit, first in units:
            for number, count in enumerate((20, 18, 22, 19, 21)):
                lines.append(f"{unit};{first + number}.3.2018;general;vejledning;3;{count - 1}")
                lines.append(f"{unit};2018-03-{first + number:02};general;vejledning;3;1")
        read = reading.read(lines, TMF)
        assert read.bad == []
        return Potential(classify(TMF, read.enquiries), read.rows, factor=50).table[0]

    alone, beside = of(("A", 5)), of(("A", 5), ("B", 12))
    assert alone.intervals
    assert beside == alone


@pytest.mark.parametrize("day", ["1.1.99999999999", "31.2.2018", "99999999999999999999-1-1"])
def test_what_is_no_day_is_kept_as_it_is(day: str) -> None:
    read = reading.read(["unit;day;mark;purpose;minutes", f"A;{day};general;vejledning;3"], TMF)
    assert (len(read.enquiries), read.rows.days) == (1, 1)


def test_units_without_an_area_have_no_total_of_their_own() -> None:
    lines = [
        "area;unit;mark;purpose;minutes;count",
        "TMF;A;general;vejledning;3;1",
        ";B;general;vejledning;3;2",
    ]
    read = reading.read(lines, TMF)
    rows = Potential(classify(TMF, read.enquiries), read.rows, factor=50).table
    assert [(each.unit.area, each.unit.name, each.total) for each in rows] == [
        ("TMF", "A", 50), ("TMF", "", 50), ("", "B", 100), ("", "", 150),
    ]  # fmt: skip
