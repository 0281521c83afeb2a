"""`indgang potential FILE --rules tmf`: who could answer the counted enquiries, by unit and in a year.

`--rules` is one of the documents' lists or one of one's own that holds today; `--limit digital=2` moves a limit.
`--rows out.csv` writes each row with the rule that decided it. `--reference` shows the documents' own tables, and
`--reference --check` what fits in them. The columns of a file are those of `analysis.potential.reading.COLUMNS`.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indgang.analysis import count_tables, decided_tables, own_rules, words
from indgang.analysis.potential import reading, reference_listing
from indgang.analysis.potential.classifying import classify
from indgang.analysis.potential.decided_rows import DecidedRow, decided_rows
from indgang.analysis.potential.listing import as_data
from indgang.analysis.potential.presets import PRESETS
from indgang.analysis.potential.reading import CountFile
from indgang.analysis.potential.results import Potential
from indgang.analysis.potential.rules import RuleFault, RuleList
from indgang.core import clock, spreadsheet
from indgang.tables.reading import UnreadableTable

#: bad rows that are written out
_MOST_SAID = 20


class Command(BaseCommand):
    help = "which enquiries the website, a contact centre or a case worker would answer"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="counted enquiries: a CSV file, or a workbook (.xlsx)")
        parser.add_argument("--rules", default="tmf", help=f"{', '.join(PRESETS)}, or a list of one's own")
        parser.add_argument("--limit", action="append", default=[], metavar="NAME=MINUTES", help="another limit")
        parser.add_argument("--factor", type=float, default=50.0, help="from what was counted to a year (50 weeks)")
        parser.add_argument("--skip-bad", action="store_true", help="use the good rows although there are bad ones")
        parser.add_argument("--rows", type=Path, metavar="FILE", help="write each row with its rule as CSV")
        parser.add_argument("--reference", action="store_true", help="the documents' own tables")
        parser.add_argument("--check", action="store_true", help="with --reference: what fits in them")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reference"]:
            found = reference_listing.of_checks() if options["check"] else reference_listing.of_tables()
        elif options["file"] is None:
            raise CommandError("Name a file, or write --reference.", returncode=2)
        else:
            found = _computed(options)
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else _said(found))


def _computed(options: dict[str, Any]) -> dict[str, Any]:
    rules = _rules(options)
    if not 0 < options["factor"] <= 1_000:
        raise CommandError("--factor must be above 0 and at most 1,000", returncode=2)
    try:
        counted = _counted(options["file"], rules)
    except (OSError, UnicodeDecodeError, UnreadableTable) as error:
        raise CommandError(f"The file cannot be read: {error}", returncode=2) from error
    except OverflowError as error:
        raise CommandError(f"The file has more than {reading.MOST_ROWS:,} enquiries.", returncode=2) from error
    except reading.NoColumns as error:
        raise CommandError(f"The file needs these columns: {error}", returncode=2) from error
    with translation.override("en"):
        bad = [words.bad_row(each) for each in counted.bad]
    if bad and not options["skip_bad"]:
        shown = "\n".join(bad[:_MOST_SAID])
        raise CommandError(f"{len(bad)} rows cannot be used (--skip-bad leaves them out):\n{shown}", returncode=2)
    decided = classify(rules, counted.enquiries)
    if options["rows"]:
        _write(options["rows"], decided_rows(decided, counted.rows, counted.enquiries, counted.lines))
    found = Potential(decided, counted.rows, factor=options["factor"])
    return as_data(found) | {"bad_rows": bad}


def _write(file: Path, rows: Iterator[DecidedRow]) -> None:
    try:
        spreadsheet.write(file, decided_tables.coded(rows))
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}", returncode=2) from error


def _counted(file: Path, rules: RuleList) -> CountFile:
    if file.suffix.lower() == ".xlsx":
        with translation.override("en"):
            return count_tables.read(file.read_bytes(), rules)
    with file.open(encoding="utf-8", newline="") as lines:
        return reading.read(lines, rules, count_tables.written_purposes())


def _chosen(code: str) -> RuleList:
    """The rules of that name: the documents', or one's own as they hold today."""
    if code in PRESETS:
        return PRESETS[code]
    own = {each.code: each for each in own_rules.in_force(clock.today())}
    if code not in own:
        raise CommandError(f"--rules {code}: there are {', '.join([*PRESETS, *own])}", returncode=2)
    return own[code]


def _rules(options: dict[str, Any]) -> RuleList:
    limits = {}
    for each in options["limit"]:
        name, _sign, minutes = each.partition("=")
        try:
            limits[name.strip()] = float(minutes)
        except ValueError as error:
            raise CommandError(f"--limit {each}: write NAME=MINUTES", returncode=2) from error
    try:
        return _chosen(options["rules"]).with_limits(limits)
    except RuleFault as fault:
        with translation.override("en"):
            raise CommandError(words.rule_fault(fault), returncode=2) from fault


def _said(found: dict[str, Any]) -> str:
    if "checks" in found:
        lines = [f"{each['fit']:9} {each['code']}: {each['about']}: {each['stated']:g}, computed {each['computed']:g}"
                 f" ({each['source']})" for each in found["checks"] if each["fit"] != "exact"]  # fmt: skip
        lines += [f"misprint  {each['unit']}, {each['column']}: {each['printed']:,} should be {each['should_be']:,}"
                  for each in found["misprints"]]  # fmt: skip
        return "\n".join([*lines, ", ".join(f"{number} {fit}" for fit, number in found["fits"].items())])
    head = f"{'':40}{'total':>9}{'main':>9}{'workers':>9} |{'digital':>9}{'centre':>9}{'workers':>9}{'movable':>9}"
    rows = []
    for each in found["units"]:
        name = each["unit"] or (f"{each['area']} in all" if each["area"] else "all")
        share = "–" if each["movable_percent"] is None else f"{each['movable_percent']:.1f} %"
        future = each["future"]
        rows.append(
            f"{name[:40]:40}{each['total']:>9,}{each['today']['main_entry']:>9,}{each['today']['case_workers']:>9,} |"
            f"{future['digital']:>9,}{future['contact_centre']:>9,}{future['case_workers']:>9,}{share:>9}"
        )
    return "\n".join([head, *rows, *(_documents(found) if "counted" in found else ())])


def _documents(found: dict[str, Any]) -> Iterator[str]:
    """What the documents print beside tables 10-A and 10-B as units: shares, and the tables of single services."""
    yield "\nresolved at once, percent of the first level: as 10-A prints it, and as 10-B gives it"
    for each in found["units"]:
        if each["at_once_percent_printed"] is not None:
            yield f"{each['unit'][:40]:40}{each['at_once_percent_printed']:>9.0f}{each['at_once_percent']:>9.2f}"
    for table in found["counted"]:
        yield f"\n{table['table']} {table['name']}"
        yield "; ".join(table["rows"][0])
        yield from ("; ".join("" if cell is None else str(cell) for cell in row.values()) for row in table["rows"])
