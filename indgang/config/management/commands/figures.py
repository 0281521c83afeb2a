"""`indgang figures FIGURE --from 2026-03-01 --to 2026-03-31 --by day`: a figure from the roll-ups.

`indgang figures list` names the figures, and `verify`, `rebuild` and `follow` work on the roll-ups themselves.
"""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from indgang.agreements import agreed_formulas
from indgang.agreements.agreed_formulas import AgreedFormula
from indgang.core import clock
from indgang.core.ranges import DateRange
from indgang.measures.definitions import (
    Definition,
    Figure,
    as_if_promised,
    definition,
    hidden_groups,
    holding,
    reads_times,
)
from indgang.measures.histogram import EXACT_SECONDS
from indgang.measures.period import Period
from indgang.measures.reporting import dictionary, export
from indgang.measures.rollups import counting, reading, rebuilding, recomputing
from indgang.measures.rollups.formula import OutdatedRollups
from indgang.measures.rollups.grains import SummedKey
from indgang.measures.rollups.hiding import ChosenParts
from indgang.measures.rollups.reading import CHOICES, GroupBy
from indgang.measures.rollups.recomputing import RollupDifference
from indgang.measures.rollups.sharing import SharingFailed
from indgang.measures.rollups.tallies import FactTally
from indgang.measures.totals import Totals

#: of a day; others are typing errors
FIRST_YEAR, LAST_YEAR = 2000, 2100


class Command(BaseCommand):
    help = "Figures from the roll-ups of the event log; `verify` counts them again from the events"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument(
            "what", metavar="FIGURE|list|verify|rebuild|follow|export|dictionary",
            help="a figure (`list` names them); verify: count again and print what differs, with exit code 1; rebuild: "
            "count all anew; follow: count the newest events now; export: write the days as Parquet; dictionary: "
            "describe the reporting schema in Markdown",
        )  # fmt: skip
        parser.add_argument("--from", dest="first", metavar="YYYY-MM-DD", type=_day, help="first day; default: today")
        parser.add_argument("--to", dest="last", metavar="YYYY-MM-DD", type=_day, help="last day; default: the first")
        parser.add_argument("--by", choices=[each.value for each in GroupBy], default=GroupBy.NOTHING.value)
        parser.add_argument(
            "--within",
            metavar="SECONDS",
            type=_seconds,
            help="service levels: as if every queue promised so many seconds (1 to 900)",
        )
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument(
            "--processes", type=_processes, metavar="NUMBER", help="rebuild: how many count; default: one per processor"
        )
        parser.add_argument("--parquet", metavar="FILE", type=Path, help="export: the file to write")
        for name in CHOICES:
            parser.add_argument(f"--{name}", metavar="CODE", action="append", help=f"only this {name}; may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        own = {
            "list": self._list, "verify": self._verify, "rebuild": self._rebuild, "follow": self._follow,
            "export": self._export, "dictionary": self._dictionary,
        }  # fmt: skip
        _check_arguments(options)
        try:
            own.get(options["what"], self._figure)(options)
        except OutdatedRollups as error:
            raise CommandError(str(error)) from error

    def _figure(self, options: dict[str, Any]) -> None:
        first, last = _days(options)
        try:
            wanted = definition(options["what"], on=last)
        except LookupError as error:
            raise CommandError(
                f"there is no figure {options['what']}; see: indgang figures list", returncode=2
            ) from error
        by = GroupBy(options["by"])
        only = {name: options[name] for name in CHOICES if options[name]}
        within = options["within"]
        if within is not None and not wanted.has_promise:
            raise CommandError(f"{wanted.code} depends on no promise and takes no --within", returncode=2)
        times = reads_times(wanted, within)
        found = reading.totals(Period.days(first, last), by=by, only=only, times=times, entered=[wanted.code])
        if not found and by is GroupBy.NOTHING:
            found = {"": Totals()}

        def figure(totals: Totals) -> Figure:
            return wanted.of(as_if_promised(totals, wanted, within))

        rows = {group: figure(each) for group, each in found.items()}
        hidden = hidden_groups(rows, is_part=by is not GroupBy.NOTHING or bool(only) or first == last)
        if ChosenParts(Period.days(first, last), only, times=times, entered=[wanted.code]).hides(figure):
            hidden = set(rows)
        notes = _notes(wanted, within, only, first, last)
        if options["json"]:
            head = {"figure": wanted.code, "definition": wanted.name, "formula": wanted.formula, "unit": wanted.unit}
            about = {"from": str(first), "to": str(last), "by": by.value, "within": within, "only": only}
            values = [{"group": group, **_json(each, is_hidden=group in hidden)} for group, each in rows.items()]
            self.stdout.write(json.dumps({**head, **about, "rows": values, "notes": notes}, ensure_ascii=False))
        else:
            self.stdout.write(f"{wanted.name} ({wanted.formula}), {first} to {last}")
            for group, each in rows.items():
                self.stdout.write(f"{group or 'all'}: {_text(wanted, each, is_hidden=group in hidden)}")
            for note in notes:
                self.stdout.write(f"note: {note}")

    def _list(self, options: dict[str, Any]) -> None:
        listed = holding(_days(options)[1])
        if options["json"]:
            self.stdout.write(json.dumps([_described(each) for each in listed], ensure_ascii=False))
        for each in () if options["json"] else listed:
            self.stdout.write(f"{each.code}: {each.formula} ({each.name}, {each.unit}; {', '.join(each.kpis) or '-'})")

    def _verify(self, options: dict[str, Any]) -> None:
        first, last = _days(options)
        counting.follow()
        found = []
        for each in recomputing.differences(Period.days(first, last)):
            found.append(each)
            if not options["json"]:
                self.stdout.write(_line(each))
        if options["json"]:
            differences = [_difference(each) for each in found]
            self.stdout.write(json.dumps({"from": str(first), "to": str(last), "differences": differences}))
        if found:
            raise CommandError(f"{first} to {last} counted again: {len(found)} rows differ")
        if not options["json"]:
            self.stdout.write(f"{first} to {last} counted again: no differences")

    def _rebuild(self, options: dict[str, Any]) -> None:
        try:
            counted = rebuilding.rebuild(processes=options["processes"])
        except (OperationalError, SharingFailed) as error:
            raise CommandError(f"nothing is changed; run it again: {str(error).strip()}") from error
        self.stdout.write(f"{counted} events counted anew")

    def _follow(self, _options: dict[str, Any]) -> None:
        self.stdout.write(f"{counting.follow()} events counted")

    def _export(self, options: dict[str, Any]) -> None:
        first, last = _days(options)
        if options["parquet"] is None:
            raise CommandError("name the file to write: --parquet FILE", returncode=2)
        try:
            rows = export.write(options["parquet"], first=first, last=last)
        except OSError as error:
            raise CommandError(f"{options['parquet']} cannot be written: {error.strerror}") from error
        self.stdout.write(f"{first} to {last}: {rows} rows in {options['parquet']}")

    def _dictionary(self, _options: dict[str, Any]) -> None:
        self.stdout.write(dictionary.markdown())


def _notes(
    wanted: Definition, within: int | None, only: Mapping[str, list[str]], first: date, last: date
) -> list[str]:  # fmt: skip
    """Where the agreements of the chosen centres, or of the centres of the chosen queues, name another formula."""
    shown = AgreedFormula(wanted.code, wanted.version, within or 0)
    centres = agreed_formulas.of_choice(only, DateRange(first, last + timedelta(days=1)))
    return [
        f"the agreement of {each.centre} names {', '.join(formula.name for formula in found)}"
        for each in centres
        if (found := each.instead_of(shown))
    ]


#: what these take; everything else they would ignore
_TAKES: Mapping[str, frozenset[str]] = {
    "list": frozenset({"first", "last", "json"}), "verify": frozenset({"first", "last", "json"}),
    "rebuild": frozenset({"processes"}), "follow": frozenset(), "export": frozenset({"first", "last", "parquet"}),
    "dictionary": frozenset(),
}  # fmt: skip
_WRITTEN = {"first": "--from", "last": "--to"}


def _check_arguments(options: Mapping[str, Any]) -> None:
    """Refuse what the command would ignore: somebody believes that it was done for one queue."""
    what = options["what"]
    given = {name for name in (*_WRITTEN, "within", "json", "processes", "parquet", *CHOICES) if options.get(name)}
    given |= {"by"} if options["by"] != GroupBy.NOTHING.value else set()
    taken = _TAKES.get(what, given - {"processes", "parquet"})
    strange = sorted(_WRITTEN.get(name, f"--{name}") for name in given - taken)
    if strange:
        raise CommandError(
            f"indgang figures {what} works on all figures and takes no {', '.join(strange)}"
            if what in _TAKES else f"indgang figures {what} takes no {', '.join(strange)}", returncode=2,
        )  # fmt: skip


def _days(options: dict[str, Any]) -> tuple[date, date]:
    first = options["first"] or clock.today()
    last = options["last"] or first
    if last < first:
        raise CommandError(f"--to {last} is before --from {first}", returncode=2)
    return first, last


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no day; write it as YYYY-MM-DD") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ArgumentTypeError(f"{text} is not between {FIRST_YEAR} and {LAST_YEAR}")
    return day


def _seconds(text: str) -> int:
    """Up to 900 seconds the histograms are exact."""
    seconds = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not 1 <= seconds <= EXACT_SECONDS:
        raise ArgumentTypeError(f"{text} is not a number of seconds from 1 to {EXACT_SECONDS}")
    return seconds


def _processes(text: str) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else 0
    if not 1 <= number <= 64:
        raise ArgumentTypeError(f"{text} is not a number of processes from 1 to 64")
    return number


def _json(figure: Figure, *, is_hidden: bool) -> dict[str, Any]:
    """A value of too few is left out, and `small` says why; their number too."""
    if is_hidden:
        return {"value": None, "base": None, "small": True}
    return {"value": figure.value, "base": figure.base, "small": False}


def _text(wanted: Definition, figure: Figure, *, is_hidden: bool) -> str:
    if is_hidden:
        return "too few to show"
    if figure.value is None:
        return "no data"
    return f"{figure.value:.1f} {wanted.unit} of {figure.base}"


def _described(each: Definition) -> dict[str, Any]:
    return {
        "figure": each.code, "definition": each.name, "valid_from": str(each.valid_from), "unit": each.unit,
        "formula": each.formula, "counts": each.counts, "direction": each.direction.value, "source": each.source,
        "switches": dict(each.switches), "kpis": list(each.kpis),
    }  # fmt: skip


def _line(found: RollupDifference) -> str:
    key = found.key
    named = {name: value for name, value in key._asdict().items() if name not in ("quarter", "day") and value != ""}
    under = ", ".join(f"{name} {value}" for name, value in named.items())
    moment = f"{key.day}" if isinstance(key, SummedKey) else f"{key.quarter:%Y-%m-%d %H:%MZ}"
    return f"{moment} {under}: {_compared(found.stored, found.counted)}"


def _difference(found: RollupDifference) -> dict[str, Any]:
    """The key with its day or quarter, and both tallies; histograms by bucket."""
    key = {name: value if isinstance(value, (str, int)) else str(value) for name, value in found.key._asdict().items()}
    return {"day": str(found.day), "key": key, "stored": asdict(found.stored), "counted": asdict(found.counted)}


def _compared(stored: FactTally, counted: FactTally) -> str:
    pairs = [(each.name, getattr(stored, each.name), getattr(counted, each.name)) for each in fields(FactTally)]
    return ", ".join(f"{name} {ours} stored, {theirs} by the events" for name, ours, theirs in pairs if ours != theirs)
