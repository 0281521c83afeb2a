"""`indgang segments`: the 77 services with indicators, index, segment and proposed packages. `--decided`: the services
that somebody has decided on, beside the documents' rows."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterable
from typing import Any

from django.core.management.base import BaseCommand

from indgang.analysis import segmenting, segments
from indgang.analysis.segmenting import SegmentedNow
from indgang.catalogue.models import Service
from indgang.feedback.studies import reference


class Command(BaseCommand):
    help = "services by complexity and volume, with the feedback packages that their segment proposes"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--decided", action="store_true", help="what was decided, beside the documents")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["decided"]:
            decided = segmenting.overview(Service.objects.exclude(segment_decisions=None).distinct().order_by("name"))
            rows = [_decided(each) for each in decided]
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=2) if options["json"] else _said(rows))
            return
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


def _decided(now: SegmentedNow) -> dict[str, Any]:
    there, found = now.segment, now.indicators
    printed = next(iter(segments.on_map([now.like])), None) if now.like else None
    return {
        "service": now.service.code, "name": now.service.name, "cases_a_year": now.cases,
        "indicators": found.values if found else None, "index": found.index if found else None,
        "complexity": there.complexity if there else None, "volume": there.volume if there else None,
        "is_override": now.is_override, "decided_at": now.decision.decided_at.isoformat() if now.decision else None,
        "documents": {"cases_a_year": printed.cases, "index": printed.indicators.index,
                      "complexity": printed.segment.complexity, "volume": printed.segment.volume} if printed else None,
    }  # fmt: skip


def _said(rows: Iterable[dict[str, Any]]) -> str:
    lines = []
    for each in rows:
        printed = each["documents"]
        was = f"{printed['index']:>3}  {printed['complexity']} {printed['volume']}" if printed else "  –"
        own = ", not the rule's" if each["is_override"] else ""
        segment = f"{each['complexity']} {each['volume']}" if each["complexity"] else "–"
        lines.append(f"{each['index'] or '–':>3}  {segment}{own}  (documents: {was.strip()})  {each['name'][:70]}")
    return "\n".join(lines)
