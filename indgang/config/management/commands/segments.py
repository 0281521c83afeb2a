"""`indgang segments`: the 77 services with indicators, index, segment and proposed packages. `--decided`: the services
of the catalogue, with what was decided, the documents' rows, and what live data propose."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand

from indgang.analysis import segment_listing, segments
from indgang.catalogue.models import Service
from indgang.core import clock
from indgang.feedback.studies import reference


class Command(BaseCommand):
    help = "services by complexity and volume, with the feedback packages that their segment proposes"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--decided", action="store_true", help="the services here: decided, printed and proposed by live data"
        )
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["decided"]:
            today = clock.today()
            here = Service.objects.valid_on(today).select_related("unit").order_by("name")
            found: Any = segment_listing.of_services(here, today)
            lines = _here(found)
        else:
            services = segments.on_map(reference.services())
            found = [segment_listing.of_document(each) for each in services]
            lines = _printed(services)
        self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else "\n".join(lines))


def _printed(services: list[segments.ServiceOnMap]) -> Iterator[str]:
    for each in sorted(services, key=lambda service: (-service.indicators.index, -service.cases)):
        yield (
            f"{each.indicators.index:>3}  {each.cases:>7,}  {each.segment.complexity:4}  {each.segment.volume:5}"
            f"  {each.name[:70]}"
        )
    for (complexity, volume), number in sorted(segments.sizes(services).items()):
        yield f"{complexity} complexity, {volume} volume: {number}"


def _here(found: dict[str, Any]) -> Iterator[str]:
    """Services with indicators or with something proposed, and how many have neither."""
    shown = [each for each in found["services"] if each["index"] or _values(each)]
    yield from map(_line, shown)
    yield f"{len(found['services']) - len(shown)} more services without indicators"
    yield f"{len(found['documents_only'])} services of the documents are not in the catalogue"


def _line(each: dict[str, Any]) -> str:
    printed, decision, proposed = each["documents"], each["decision"], each["proposed"]
    was = f"{printed['index']:>3}  {printed['complexity']} {printed['volume']}" if printed else "  –"
    own = ", not the rule's" if each["is_override"] else ""
    segment = f"{each['complexity']} {each['volume']}" if each["complexity"] else "–"
    said = f"{each['index'] or '–':>3}  {segment}{own}  (documents: {was.strip()})  {each['name'][:70]}"
    if decision:
        said += f"\n       decided {decision['at'][:10]} by {decision['by']}: {decision['reason']}"
    if values := _values(each):
        there = f": {proposed['index']}  {proposed['complexity']} {proposed['volume']}" if proposed else ""
        said += f"\n       live data propose {', '.join(values)}{there}"
    return said


def _values(each: dict[str, Any]) -> list[str]:
    return [f"{name} {one['value']}" for name, one in each["proposals"].items() if one["value"] is not None]
