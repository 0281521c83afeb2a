"""`indgang switchover`: the switches of services. `indgang switchover byggetilladelse`: one, rehearsed for its time.

A rehearsal writes nothing. `--old` shows what still comes in on old numbers and mail addresses. With `--by NAME`
somebody who edits the programme of the centre changes something, as on the page: `--prepare FILE` (docs/api.md says
what it holds), and of the service's switch `--change FILE`, `--decide SEEN --reason TEXT`, `--call-off STATE`,
`--carry-out` and `--take-back WHY`.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Case, Value, When
from django.utils import translation

from indgang.api import bodies, switchovers
from indgang.config import acting
from indgang.core import clock
from indgang.programme.switchover import listing, old_channels, rights
from indgang.programme.switchover.models import Switchover

State = Switchover.State


class Command(BaseCommand):
    help = "switches of services to the contact centre: list, rehearse, decide, and what comes in on old numbers"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("service", nargs="?", help="code of a service: its switch that waits, else its latest")
        parser.add_argument("--by", metavar="USERNAME", help="who makes the change")
        parser.add_argument("--reason", default="", metavar="TEXT", help="--decide: why in spite of what was found")
        parser.add_argument("--json", action="store_true", help="print JSON")
        change = parser.add_mutually_exclusive_group()
        change.add_argument("--old", action="store_true", help="what still comes in on old numbers and addresses")
        change.add_argument("--prepare", metavar="FILE", help="prepare a switch from a JSON file")
        change.add_argument("--change", metavar="FILE", help="prepare it otherwise")
        change.add_argument("--decide", metavar="SEEN", help="decide it; SEEN is the last line of the rehearsal")
        change.add_argument("--call-off", metavar="STATE", help="prepare a decided one again, or give up a planned one")
        change.add_argument("--carry-out", action="store_true", help="carry out a decided one now")
        change.add_argument("--take-back", metavar="WHY", help="let everything be as it was before it")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        changed = _changed(options, at)
        if changed is not None:
            changed.refresh_from_db()
        with translation.override("en"):
            found = _found(options, at) if changed is None else listing.whole(changed, by=None, at=at)
        self.stdout.write(acting.printed(found, _lines, as_json=options["json"]))


def _changed(options: dict[str, Any], at: datetime) -> Switchover | None:
    """What a named person has changed; None where nothing is to be changed."""
    if options["reason"] and options["decide"] is None:
        raise CommandError("--reason is for --decide", returncode=2)
    if options["prepare"] is not None:
        with acting.as_person(options["by"], rights.EDIT) as person:
            return switchovers.prepare(acting.body(options["prepare"]), person, at)
    wanted = next((name for name in _ACTS if options[name] not in (None, False)), None)
    if wanted is None:
        return None
    if not options["service"]:
        raise CommandError("say which service", returncode=2)
    found = _of_service(options["service"])
    with acting.as_person(options["by"], rights.EDIT) as person:
        return switchovers.act_on(found.pk, _ACTS[wanted], _given(wanted, options), person, at)


def _given(wanted: str, options: dict[str, Any]) -> Mapping[str, Any]:
    if wanted == "change":
        return acting.body(options["change"])
    values = {
        "decide": {"seen": options["decide"], "reason": options["reason"]},
        "call_off": {"state": options["call_off"]}, "carry_out": {}, "take_back": {"because": options["take_back"]},
    }  # fmt: skip
    return bodies.of_values(values[wanted])


_ACTS: Mapping[str, switchovers.Act] = {
    "change": switchovers.prepare_otherwise, "decide": switchovers.decide, "call_off": switchovers.call_off,
    "carry_out": switchovers.carry_out, "take_back": switchovers.take_back,
}  # fmt: skip


def _of_service(code: str) -> Switchover:
    """The switch that waits for something, of which there is one at most; else the latest."""
    waits = Case(When(state__in=(*Switchover.OPEN, State.DECIDED), then=Value(0)), default=Value(1))
    rows = Switchover.objects.select_related("service", "centre__owner", "centre__schedule", "flow")
    found = rows.filter(service__code=code.replace("\0", "")).order_by(waits, "-planned_at", "-id").first()
    if found is None:
        raise CommandError(f"there is no switch of {code}", returncode=2)
    return found


def _found(options: dict[str, Any], at: datetime) -> dict[str, Any]:
    if options["old"]:
        return {"old_channels": [listing.channel_data(each) for each in old_channels.all_channels(at)]}
    if not options["service"]:
        rows = Switchover.objects.select_related("service", "centre")
        return {"switchovers": [listing.switch_data(each) for each in rows]}
    return listing.whole(_of_service(options["service"]), by=None, at=at)


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
        *(f"{name} {found[name]}" for name in ("seen", "revision") if name in found),
    ]  # fmt: skip


def _line(switch: dict[str, Any]) -> str:
    late = f", {switch['late_minutes']} minutes late" if switch["late_minutes"] else ""
    return f"{switch['planned_at']}  {switch['service']:30} {switch['centre']:10} {switch['state']}{late}"
