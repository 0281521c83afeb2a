"""`indgang switchover`: the switches of services. `indgang switchover byggetilladelse`: one, rehearsed for its time.

A rehearsal writes nothing. `--old` shows what still comes in on old numbers and mail addresses.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indgang.core import clock
from indgang.office.switchover import trying_out
from indgang.programme.switchover import listing, old_channels, rehearsing, words
from indgang.programme.switchover.models import Switchover
from indgang.programme.switchover.parts import table


class Command(BaseCommand):
    help = "switches of services to the contact centre: list, rehearse, and what comes in on old numbers"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("service", nargs="?", help="code of a service: rehearse its latest switch")
        parser.add_argument("--old", action="store_true", help="what still comes in on old numbers and addresses")
        parser.add_argument("--json", action="store_true", help="print JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        with translation.override("en"):
            found = _found(options, at)
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lines(found)))


def _found(options: dict[str, Any], at: datetime) -> dict[str, Any]:
    if options["old"]:
        return {"old_channels": [listing.channel_data(each) for each in old_channels.all_channels(at)]}
    rows = Switchover.objects.select_related("service", "centre")
    if not options["service"]:
        return {"switchovers": [listing.switch_data(each) for each in rows]}
    switch = rows.filter(service__code=options["service"].replace("\0", "")).first()
    if switch is None:
        raise CommandError(f"there is no switch of {options['service']}", returncode=2)
    return _rehearsed(switch, at)


def _rehearsed(switch: Switchover, at: datetime) -> dict[str, Any]:
    """What an open switch would change; what was decided of one that is not."""
    if not switch.is_open:
        changes = words.in_words(switch.plan, table.place_of(switch, switch.carried_out_at or at))
        return listing.switch_data(switch) | {"changes": listing.changes_data(changes)}
    rehearsed = rehearsing.rehearse(switch, by=None, at=at)
    tried = trying_out.tried(switch, rehearsed.place)
    return listing.switch_data(switch) | {
        "rehearsed_for": rehearsed.place.at.isoformat(), "is_blocked": rehearsed.is_blocked,
        "findings": [
            {"code": each.code.value, "blocks": each.blocks, "text": words.finding_sentence(each)}
            for each in rehearsed.findings
        ],
        "changes": listing.changes_data(words.in_words(rehearsed.plan, rehearsed.place)),
        "heard_before": trying_out.spoken(tried.before) if tried else [],
        "heard_after": trying_out.spoken(tried.after) if tried else [],
    }  # fmt: skip


def _lines(found: dict[str, Any]) -> list[str]:
    if "old_channels" in found:
        return [
            f"{each['key']:30} {each['lately']:>6} in four weeks, diverted {each['diverted']}, "
            f"closed {each['closed'] or 'no'}, last used {each['last_used'] or 'not lately'}"
            for each in found["old_channels"]
        ]  # fmt: skip
    if "switchovers" in found:
        return [_line(each) for each in found["switchovers"]]
    marks = {True: "forbids", False: "remark "}
    return [
        _line(found), "",
        *(f"{marks[each['blocks']]}  {each['text']}" for each in found.get("findings", ())),
        *(f"{each['kind']} {each['what']}: {each['before']} -> {each['after']}" for each in found["changes"]),
        *(f"heard before  {each}" for each in found.get("heard_before", ())),
        *(f"heard after   {each}" for each in found.get("heard_after", ())),
    ]  # fmt: skip


def _line(switch: dict[str, Any]) -> str:
    late = f", {switch['late_minutes']} minutes late" if switch["late_minutes"] else ""
    return f"{switch['planned_at']}  {switch['service']:30} {switch['centre']:10} {switch['state']}{late}"
