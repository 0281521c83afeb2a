"""`indgang segments`: the 77 services with indicators, index, segment and proposed packages."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from indgang.analysis import segments
from indgang.feedback.studies import reference


class Command(BaseCommand):
    help = "services by complexity and volume, with the feedback packages that their segment proposes"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        services = segments.on_map(reference.services())
        if options["json"]:
            rows = [
                {"service": each.name, "cases_a_year": each.cases, "indicators": each.indicators.values,
                 "index": each.indicators.index, "complexity": each.segment.complexity, "volume": each.segment.volume,
                 "packages": sorted(each.segment.proposal.packages), "may_add": sorted(each.segment.proposal.may),
                 "as_printed": each.is_as_printed, "source": each.source}
                for each in services
            ]  # fmt: skip
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2))
            return
        for each in sorted(services, key=lambda service: (-service.indicators.index, -service.cases)):
            self.stdout.write(
                f"{each.indicators.index:>3}  {each.cases:>7,}  {each.segment.complexity:4}  {each.segment.volume:5}"
                f"  {each.name[:70]}"
            )
        for (complexity, volume), number in sorted(segments.sizes(services).items()):
            self.stdout.write(f"{complexity} complexity, {volume} volume: {number}")
