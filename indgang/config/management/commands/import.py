# ruff: noqa: N999  # named after the command
"""`indgang import FILE --kind calls`: figures of the time before Indgang, from a file of another system.

Columns are recognised by their names, or mapped by `--mapping` (a JSON file or a saved mapping's name). `--dry-run`
says what would happen. `indgang import list` shows the imports, `indgang import show --id 3` one with its bad rows, and
`indgang import withdraw --id 3 --why ...` takes one back. The same file is imported once, and an import that was killed
goes on.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indgang.audit.trail import System
from indgang.catalogue.models import Unit
from indgang.config import garbage
from indgang.core import clock, spreadsheet
from indgang.core.refusals import RefusedChange
from indgang.history import files, importing, known, listing, of_any_kind, profiles, withdrawing, words
from indgang.history.day_spool import TooManyOnOneDay
from indgang.history.importing import ImportTally
from indgang.history.mapping import choices
from indgang.history.mapping.choices import ColumnMapping, MappingFault
from indgang.history.mapping.fields import FieldName, SourceKind
from indgang.history.mapping.moments import DayOrder, DurationUnit, Zone
from indgang.history.models import HistoryImport, MappingProfile
from indgang.history.value_importing import TooManyValues
from indgang.measures.rollups.formula import OutdatedRollups
from indgang.tables.reading import UnreadableTable

_BY = System("indgang import")
#: rows that the guess looks at
_SAMPLES = 200
#: bad rows that are written out
_MOST_SAID = 20


class Command(BaseCommand):
    help = "import figures of the time before Indgang from a file of another system, or take an import back"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE|list|show|withdraw", help="a CSV file or an .xlsx workbook")
        parser.add_argument("--kind", choices=[each.value for each in SourceKind], help="what a row is about")
        parser.add_argument("--mapping", metavar="FILE|NAME", help="a JSON file, or the name of a saved mapping")
        parser.add_argument("--column", action="append", default=[], metavar="FIELD=COLUMN", help="a column of its own")
        parser.add_argument("--fixed", action="append", default=[], metavar="FIELD=CODE", help="for every row")
        parser.add_argument("--order", choices=[each.value for each in DayOrder], help="how days are written")
        parser.add_argument("--zone", choices=[each.value for each in Zone], help="the time zone of the file")
        parser.add_argument("--unit", choices=[each.value for each in DurationUnit], help="of plain durations")
        parser.add_argument("--save", metavar="NAME", help="save the mapping under this name")
        parser.add_argument("--dry-run", action="store_true", help="write nothing, and say what would happen")
        parser.add_argument("--all-or-nothing", action="store_true", help="write nothing when a row is bad")
        parser.add_argument("--rejected", type=Path, metavar="FILE", help="write the bad rows as CSV")
        parser.add_argument("--for-unit", default="", metavar="CODE", help="the unit that counts or visits belong to")
        parser.add_argument("--id", type=int, help="show, withdraw: the number of the import")
        parser.add_argument("--why", default="", help="withdraw: the reason")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        own = {"list": self._list, "show": self._show, "withdraw": self._withdraw}
        with translation.override("en"):
            try:
                own.get(options["file"], self._import)(options)
            except OutdatedRollups as error:
                raise CommandError(str(error)) from error

    def _import(self, options: dict[str, Any]) -> None:
        garbage.settle()
        try:
            with Path(options["file"]).open("rb") as file:
                mapping = _mapping(file, options)
                self._say(options, self._imported(file, mapping, options))
                _save(mapping, options["save"])
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}", returncode=2) from error
        except (UnreadableTable, RefusedChange) as error:
            raise CommandError(str(error), returncode=2) from error
        except MappingFault as fault:
            raise CommandError(words.of_mapping(fault), returncode=2) from fault
        except TooManyValues as error:
            raise CommandError(words.too_many_values(), returncode=2) from error
        except TooManyOnOneDay as error:
            raise CommandError(words.too_many(f"{error.day:%d.%m.%Y}"), returncode=2) from error
        except importing.ImportUnderWay as error:
            raise CommandError("another import is under way; run it again when it has ended") from error
        except importing.TakenBackMeanwhile as error:
            raise CommandError("the import was taken back while it was under way") from error
        except importing.OtherMapping as error:
            raise CommandError(
                f"import {error.before.pk} of the same file is half done with another mapping; withdraw it, or use its"
                " mapping", returncode=2,
            ) from error  # fmt: skip

    def _imported(self, file: IO[bytes], mapping: ColumnMapping, options: dict[str, Any]) -> dict[str, Any]:
        places, unit = known.places(), _unit(options["for_unit"])
        if options["dry_run"]:
            tally = of_any_kind.tried(file, mapping, places=places, at=clock.now(), unit=unit)
            return _tried(tally, mapping, options)
        name, is_whole = Path(options["file"]).name, options["all_or_nothing"]
        try:
            done = of_any_kind.run(
                file, mapping, name=name, places=places, by=_BY, at=clock.now(), unit=unit, is_whole=is_whole
            )
        except importing.RowsRejected as refused:
            return _tried(refused.tally, mapping, options)
        except importing.OtherMapping:
            raise
        except importing.AlreadyImported as error:
            if options["rejected"]:
                _write_refused(options["rejected"], error.before)
            return {**_of_import(error.before), "already": True}
        if options["rejected"]:
            _write_refused(options["rejected"], done)
        return _of_import(done)

    def _list(self, options: dict[str, Any]) -> None:
        rows = [listing.summary(each) for each in HistoryImport.objects.all()]
        if options["json"]:
            self.stdout.write(json.dumps(rows, ensure_ascii=False))
        for each in () if options["json"] else rows:
            self.stdout.write(
                f"{each['import']}: {each['file']} ({each['kind']}, {each['state']}), {each['imported']} of"
                f" {each['rows']} rows, {each['first_day']} to {each['last_day']}"
            )

    def _show(self, options: dict[str, Any]) -> None:
        source = _numbered(options["id"])
        if options["rejected"]:
            _write_refused(options["rejected"], source)
        self._say(options, listing.whole(source))

    def _withdraw(self, options: dict[str, Any]) -> None:
        if not options["why"].strip():
            raise CommandError("name the import and the reason: indgang import withdraw --id 3 --why ...", returncode=2)
        found = _numbered(options["id"])
        try:
            withdrawing.withdraw(found, why=options["why"], by=_BY, at=clock.now())
        except RefusedChange as error:
            raise CommandError(str(error), returncode=2) from error
        found.refresh_from_db()
        self._say(options, listing.summary(found))

    def _say(self, options: dict[str, Any], found: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        if found.get("already"):
            self.stdout.write(f"the file is import {found['import']} already; nothing is changed")
        number = f"import {found['import']}" if found["import"] else "tried, nothing is written"
        self.stdout.write(
            f"{number}: {found['rows']} rows, {found['imported']} imported, {found['known']} there already,"
            f" {found['left_out']} left out, {found['rejected']} rejected"
        )
        for name in ("fault_text", "withdrawn_because"):
            if found.get(name):
                self.stdout.write(f"{found['state']}: {found[name]}")
        for each in found.get("bad_rows", [])[:_MOST_SAID]:
            self.stdout.write(f"line {each['line']}, {each['column'] or '-'}: {each['reason']} ({each['told']})")


def _numbered(number: int | None) -> HistoryImport:
    found = HistoryImport.objects.filter(pk=number).first() if number and 0 < number < 2**63 else None
    if found is None:
        raise CommandError("name the import with --id 3; indgang import list shows them", returncode=2)
    return found


def _mapping(file: IO[bytes], options: dict[str, Any]) -> ColumnMapping:
    """The mapping of the command line, else what the names of the columns suggest. Raises MappingFault."""
    data: dict[str, Any] = _given(options["mapping"]) if options["mapping"] else {}
    kind = options["kind"] or data.get("kind")
    if kind is None:
        raise CommandError("say what a row is about: --kind calls", returncode=2)
    if not data:
        _table, rows = files.read(file).first(_SAMPLES)
        data = choices.guessed(SourceKind(kind), _table.header, [cells for _line, cells in rows]).data
    data = ColumnMapping.of({**data, "kind": kind}).data
    for name in ("column", "fixed"):
        for each in options[name]:
            field, _sign, value = each.partition("=")
            data["columns" if name == "column" else "fixed"][field.strip()] = value.strip()
    for name in ("order", "zone", "unit"):
        if options[name]:
            data[name] = options[name]
    if "at" in data["columns"]:
        data["columns"].pop(FieldName.TIME, None)
    return ColumnMapping.of(data)


def _unit(code: str) -> str:
    if code and not Unit.objects.filter(code=code).exists():
        raise CommandError(f"there is no unit with the code {code}", returncode=2)
    return code


def _given(name: str) -> dict[str, Any]:
    saved = MappingProfile.objects.filter(name=name).first()
    if saved is not None:
        return dict(saved.mapping)
    try:
        found = json.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise CommandError(f"{name} is no saved mapping and no JSON file: {error}", returncode=2) from error
    if not isinstance(found, dict):
        raise CommandError(f"{name} must hold a JSON object", returncode=2)
    return found


def _save(mapping: ColumnMapping, name: str | None) -> None:
    if name:
        profiles.save(name, mapping, by=_BY, at=clock.now())


def _tried(tally: ImportTally, mapping: ColumnMapping, options: dict[str, Any]) -> dict[str, Any]:
    """What nothing was written of."""
    _write_rejected(options["rejected"], tally)
    return {"import": None, "state": "tried", "mapping": mapping.data, **_of_tally(tally)}


def _of_tally(tally: ImportTally) -> dict[str, Any]:
    return {
        "rows": tally.rows, "imported": tally.imported, "known": tally.known, "left_out": tally.left_out,
        "rejected": tally.rejected, "days": tally.days, "first_day": _day(tally.first_day),
        "last_day": _day(tally.last_day), "by_fault": dict(tally.by_fault),
        "bad_rows": listing.bad_rows(tally.refused[:_MOST_SAID]),
    }  # fmt: skip


def _of_import(source: HistoryImport) -> dict[str, Any]:
    """One import with its first bad rows."""
    return {**listing.summary(source), "bad_rows": listing.bad_rows(source.refused.all()[:_MOST_SAID])}


def _write_rejected(path: Path | None, tally: ImportTally) -> None:
    if path:
        _write(path, [(each.line, each.column, each.fault, each.told) for each in tally.refused])


def _write_refused(path: Path, source: HistoryImport) -> None:
    _write(path, [(each.line, each.column, each.fault, each.told) for each in source.refused.all()])


def _write(path: Path, rows: list[tuple[int, str, str, str]]) -> None:
    head = ["line", "column", "reason", "told"]
    spreadsheet.write(path, [head, *([str(line), col, words.of_fault(fault), told] for line, col, fault, told in rows)])


def _day(day: Any) -> str | None:
    return day.isoformat() if day else None
