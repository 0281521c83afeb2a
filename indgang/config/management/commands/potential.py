"""`indgang potential FILE --rules tmf`: who could answer the counted enquiries, by unit and in a year.

Instead of a file: `--week 3 --week 5` for counting weeks, `--import 3 --mark general --resolved yes --minutes 4` for
an imported count, or `--from 2026-01-01 --to 2026-03-31` for registrations. `--rules` is one of the documents' lists or
one of one's own that holds on the last day; `--limit digital=2` moves a limit. `--rows out.csv` writes each row with
the rule that decided it. `--reference` shows the documents' own tables, and `--reference --check` what fits in them.
The columns of a file are those of `analysis.potential.reading.COLUMNS`.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indgang.analysis import (
    count_tables,
    counted_rows,
    decided_tables,
    imported_counts,
    own_rules,
    registrations,
    words,
)
from indgang.analysis.count_sources import CountSource, NoTopics
from indgang.analysis.counting.models import CountingWeek
from indgang.analysis.imported_counts import AssumedOfCounts
from indgang.analysis.potential import reading, reference_listing
from indgang.analysis.potential.classifying import classify
from indgang.analysis.potential.decided_rows import DecidedRow, decided_rows
from indgang.analysis.potential.listing import as_data
from indgang.analysis.potential.presets import PRESETS
from indgang.analysis.potential.reading import CountFile
from indgang.analysis.potential.results import Potential
from indgang.analysis.potential.rules import RuleFault, RuleList
from indgang.core import clock, spreadsheet
from indgang.measures.period import Period
from indgang.tables.reading import UnreadableTable

#: bad rows that are written out
_MOST_SAID = 20


class Command(BaseCommand):
    help = "which enquiries the website, a contact centre or a case worker would answer"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="counted enquiries: a CSV file, or a workbook (.xlsx)")
        parser.add_argument("--week", action="append", default=[], type=int, metavar="ID", help="a counting week")
        parser.add_argument("--import", dest="source", type=int, metavar="ID", help="an imported count")
        parser.add_argument("--mark", default="", help="with --import: general or case_specific")
        parser.add_argument("--resolved", default="", help="with --import: yes or no")
        parser.add_argument("--minutes", default="", help="with --import: how long each took")
        parser.add_argument("--from", dest="first", type=date.fromisoformat, help="the first day of registrations")
        parser.add_argument(
            "--to",
            dest="last",
            type=date.fromisoformat,
            help="their last day, with --import the day of the rules; today",
        )
        parser.add_argument("--centre", default="", help="with --from: registrations of one centre")
        parser.add_argument("--unit", default="", help="the unit of rows of a file that name none")
        parser.add_argument("--rules", default="tmf", help=f"{', '.join(PRESETS)}, or a list of one's own")
        parser.add_argument("--limit", action="append", default=[], metavar="NAME=MINUTES", help="another limit")
        parser.add_argument("--factor", type=float, default=50.0, help="of a file: from what was counted to a year")
        parser.add_argument("--skip-bad", action="store_true", help="use the good rows although there are bad ones")
        parser.add_argument("--rows", type=Path, metavar="FILE", help="write each row with its rule as CSV")
        parser.add_argument("--reference", action="store_true", help="the documents' own tables")
        parser.add_argument("--check", action="store_true", help="with --reference: what fits in them")
        parser.add_argument("--list", action="store_true", help="the rule lists that hold today")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["reference"]:
            found = reference_listing.of_checks() if options["check"] else reference_listing.of_tables()
        elif options["list"]:
            found = {"lists": own_rules.listed(clock.today())}
        elif _sources(options) != 1:
            said = "Name a file, --week, --import or --from (one of them), or write --reference."
            raise CommandError(said, returncode=2)
        elif options["last"] and options["first"] is None and options["source"] is None:
            raise CommandError("--to is for --from and --import", returncode=2)
        else:
            found = _of_file(options) if options["file"] else _of_source(options)
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else _said(found))


def _sources(options: dict[str, Any]) -> int:
    """How many sources are named."""
    return sum(options[each] not in (None, []) for each in ("file", "week", "source", "first"))


def _of_source(options: dict[str, Any]) -> dict[str, Any]:
    """Counting weeks, an import or registrations: what `GET /api/potential/` gives."""
    rules_day, source = _counted_in(options)
    rules = _rules(options, rules_day)
    try:
        found = source.potential(rules)
    except NoTopics as error:
        with translation.override("en"):
            raise CommandError(words.no_topics(), returncode=2) from error
    if options["rows"]:
        decided = classify(rules, source.enquiries)
        _write(options["rows"], decided_rows(decided, source.rows, source.enquiries))
    return {**as_data(found), "counted": len(source.enquiries), **source.remarks, "moves": list(source.moves)}


def _counted_in(options: dict[str, Any]) -> tuple[date, CountSource]:
    """What was counted, and the day whose rules hold."""
    today = clock.today()
    last: date = options["last"] or today
    if options["week"]:
        weeks = list(CountingWeek.objects.filter(pk__in=options["week"]).select_related("unit", "service"))
        if len(weeks) < len(set(options["week"])):
            raise CommandError("There is no counting week with that number: see indgang counting.", returncode=2)
        return max(each.ends_on for each in weeks), counted_rows.count(weeks, today=today)
    if options["source"] is not None:
        return last, _imported(options)
    if last < options["first"]:
        raise CommandError("--to is not before --from", returncode=2)
    centres = [options["centre"]] if options["centre"] else None
    questions = registrations.registered(Period.days(options["first"], last), centres)
    try:
        return last, registrations.source(questions, last=last, today=today)
    except registrations.TooMany as error:
        said = f"There are more than {registrations.MOST:,} registrations; choose fewer days."
        raise CommandError(said, returncode=2) from error


def _imported(options: dict[str, Any]) -> CountSource:
    source = imported_counts.offered().filter(pk=options["source"]).first()
    if source is None:
        raise CommandError("There is no imported count with that number.", returncode=2)
    try:
        assumed = AssumedOfCounts.read(options["mark"], options["resolved"], options["minutes"])
        return imported_counts.count(source, assumed)
    except imported_counts.TooManyCounted as error:
        said = f"There are more than {imported_counts.MOST:,} enquiries in the import."
        raise CommandError(said, returncode=2) from error
    except ValueError as error:
        said = "--mark is general or case_specific, --resolved yes or no, and --minutes a number"
        raise CommandError(said, returncode=2) from error


def _of_file(options: dict[str, Any]) -> dict[str, Any]:
    rules = _rules(options, clock.today())
    if not 0 < options["factor"] <= 1_000:
        raise CommandError("--factor must be above 0 and at most 1,000", returncode=2)
    try:
        counted = _counted(options["file"], rules, options["unit"])
    except (OSError, UnicodeDecodeError, UnreadableTable) as error:
        raise CommandError(f"The file cannot be read: {error}", returncode=2) from error
    except OverflowError as error:
        raise CommandError(f"The file has more than {reading.MOST_ROWS:,} enquiries.", returncode=2) from error
    except reading.DoubledColumns as error:
        raise CommandError(f"Two columns have the same heading: {error.args[0][0]}", returncode=2) from error
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
    return as_data(found) | {"counted": len(counted.enquiries), "bad_rows": bad}


def _write(file: Path, rows: Iterator[DecidedRow]) -> None:
    try:
        spreadsheet.write(file, decided_tables.coded(rows))
    except OSError as error:
        raise CommandError(f"{file} cannot be written: {error.strerror}", returncode=2) from error


def _counted(file: Path, rules: RuleList, unit: str) -> CountFile:
    if file.suffix.lower() == ".xlsx":
        with translation.override("en"):
            return count_tables.read(file.read_bytes(), rules, unit=unit)
    purposes = count_tables.written_purposes()
    try:
        with file.open(encoding="utf-8", newline="") as lines:
            return reading.read(lines, rules, purposes, unit=unit)
    except UnicodeDecodeError:  # as Danish spreadsheets save it
        with file.open(encoding="cp1252", newline="") as lines:
            return reading.read(lines, rules, purposes, unit=unit)


def _rules(options: dict[str, Any], on: date) -> RuleList:
    """The rules of that name, the documents' or one's own as they hold on the day, with moved limits."""
    lists, code = own_rules.known(on), options["rules"]
    if code not in lists:
        raise CommandError(f"--rules {code}: there are {', '.join(lists)}", returncode=2)
    limits = {}
    for each in options["limit"]:
        name, _sign, minutes = each.partition("=")
        try:
            limits[name.strip()] = float(minutes)
        except ValueError as error:
            raise CommandError(f"--limit {each}: write NAME=MINUTES", returncode=2) from error
    try:
        return lists[code].with_limits(limits)
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
    if "lists" in found:
        return "\n".join(_listed(each) for each in found["lists"])
    if "rules" in found:
        return "\n".join([*_basis(found), *_table(found["units"]), *_remarks(found)])
    return "\n".join([*_table(found["units"]), *(_documents(found) if "counted" in found else ())])


def _listed(rules: dict[str, Any]) -> str:
    limits = ", ".join(f"{name} {each['minutes']:g}" for name, each in rules["limits"].items())
    return f"{rules['code']:20} {len(rules['rules']):2} rules, {limits or 'no limits'}: {rules['name']}"


def _basis(found: dict[str, Any]) -> Iterator[str]:
    """What the table rests on."""
    limits = "; ".join(f"{name} {minutes:g} minutes" for name, minutes in found["limits"].items())
    yield f"{found['counted']:,} enquiries by the rules {found['rules']} ({limits or 'no limits'})."
    factors = ("{area} {unit} by {factor:g}".format(**each).lstrip() for each in found["factors"])
    scaled = f"by {found['factor']:g}" if found["factor"] else "; ".join(factors)
    yield f"Scaled to a year {scaled}, and rounded to {found['rounded_to']}."


def _remarks(found: dict[str, Any]) -> Iterator[str]:
    """What moves, with its interval, and what the reader should know."""
    for name, said in (("moved", "{} enquiries a year move from case workers"), ("digital", "{} become digital")):
        if number := found["moving"].get(name):
            between = "" if number["low"] is None else f" ({number['low']:,.0f} to {number['high']:,.0f}, 95 %)"
            yield f"{said.format(format(number['value'], ',.0f'))}{between}."
    told = {
        "undecided": "{} do not say what the rules need, and are not in the table.",
        "overlapping": "{} pairs of counts are about the same on some days (units, or all services): look for doubles.",
        "no_purpose": "{} have a subject that is no purpose.",
        "doubled": "{} numbers are left out, because another one covers their period.",
        "partly_counted": "{} subjects have numbers for a part of the time alone.",
    }
    yield from (said.format(f"{found[name]:,}") for name, said in told.items() if found.get(name))
    for each in found.get("moves", ()):
        units = f"from {each['before'] or 'no unit'} to {each['after'] or 'no unit'}"
        yield f"{each['name']} moved {units} on {each['day']}: earlier registrations are the old unit's."
    if found.get("bad_rows"):
        yield f"{len(found['bad_rows']):,} rows of the file cannot be used, and are left out."
    if "cby_overestimates" in found["notes"]:
        yield "These rules take a created case for a case-specific enquiry, and overestimate what case workers keep."


def _table(units: list[dict[str, Any]]) -> list[str]:
    head = f"{'':40}{'total':>9}{'main':>9}{'workers':>9} |{'digital':>9}{'centre':>9}{'workers':>9}{'movable':>9}"
    rows = []
    for each in units:
        name = each["unit"] or (f"{each['area']} in all" if each["area"] else "all")
        share = "–" if each["movable_percent"] is None else f"{each['movable_percent']:.1f} %"
        future = each["future"]
        rows.append(
            f"{name[:40]:40}{each['total']:>9,}{each['today']['main_entry']:>9,}{each['today']['case_workers']:>9,} |"
            f"{future['digital']:>9,}{future['contact_centre']:>9,}{future['case_workers']:>9,}{share:>9}"
        )
    return [head, *rows]


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
