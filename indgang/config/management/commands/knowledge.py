"""`indgang knowledge import PATH` and `indgang knowledge export PATH`: import and export a folder of articles and
guides."""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from indgang.audit.trail import System
from indgang.core import clock
from indgang.knowledge import import_export

_BY = System("knowledge command")


class Command(BaseCommand):
    help = "Import articles from a folder or a CSV table, or export them (docs/knowledge.md)"

    def add_arguments(self, parser: Any) -> None:
        doing = parser.add_subparsers(dest="doing", required=True, metavar="import|export")
        read = doing.add_parser("import", help="import what is new in a folder or file; repeatable")
        read.add_argument("path", type=Path)
        read.add_argument("--all-or-nothing", action="store_true", help="write nothing when one row is bad")
        write = doing.add_parser("export", help="export what is in force now to a folder")
        write.add_argument("path", type=Path)
        write.add_argument("--csv", action="store_true", help="one table instead of a Markdown file for each article")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["doing"] == "import":
            self._import(options["path"], all_or_nothing=options["all_or_nothing"])
        else:
            self._export(options["path"], table=options["csv"])

    def _import(self, path: Path, *, all_or_nothing: bool) -> None:
        began = monotonic()
        report = import_export.import_folder(path, by=_BY, at=clock.now(), all_or_nothing=all_or_nothing)
        for bad in report.bad:
            self.stderr.write(f"{bad.file}:{bad.line}: {bad.reason}")
        self.stdout.write(
            f"{report.created} created, {report.changed} changed, {report.unchanged} unchanged, "
            f"{len(report.bad)} bad ({monotonic() - began:.1f} s)"
        )
        if report.bad:
            taken = report.created + report.changed
            kept = "Nothing was written." if all_or_nothing else f"{taken} others were imported."
            raise CommandError(f"{len(report.bad)} could not be used. {kept} Correct them and run the command again.")

    def _export(self, path: Path, *, table: bool) -> None:
        if path.exists() and not path.is_dir():
            raise CommandError(f"{path} is a file; name a folder.")
        count = import_export.export_folder(path, at=clock.now(), table=table)
        self.stdout.write(f"{count} articles and guides written to {path}")
