"""`indgang requests tmf`: leave and swaps of a centre that wait for an answer.

`--approve-leave 3`, `--refuse-leave 3 --answer "…"`, `--approve-swap 4` and `--refuse-swap 4 --answer "…"`, each with
`--by gerda`, answer one.
"""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from indgang.api import shift_requests
from indgang.catalogue.models import ContactCentre
from indgang.config import acting
from indgang.core import clock


class Command(BaseCommand):
    help = "leave and swaps that wait for an answer: list and answer"

    def add_arguments(self, parser: ArgumentParser) -> None:
        acting.add_arguments(parser)
        change = parser.add_mutually_exclusive_group()
        for decision in ("approve", "refuse"):
            change.add_argument(f"--{decision}-leave", type=int, metavar="LEAVE")
            change.add_argument(f"--{decision}-swap", type=int, metavar="SWAP")
        parser.add_argument("--answer", default="", metavar="TEXT", help="to the employees; a refusal says why")

    def handle(self, *args: Any, **options: Any) -> None:
        shown = acting.centre(options["centre"])
        for decision in ("approve", "refuse"):
            given = {"decision": decision, "answer": options["answer"]}
            for kind, decide in (("leave", shift_requests.decide_leave), ("swap", shift_requests.decide_swap)):
                number = options[f"{decision}_{kind}"]
                if number is not None:
                    with acting.as_planner(options["by"], shown) as person:
                        decide(_only(shown), number, given, person, clock.now())
        found = {"centre": shown.code, **shift_requests.waiting(_only(shown))}
        self.stdout.write(acting.printed(found, _lines, as_json=options["json"]))


def _only(shown: ContactCentre) -> Any:
    return ContactCentre.objects.filter(pk=shown.pk)


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [
        *(f"leave {each['leave']:>5}  {each['person']:20} {each['first']} to {each['last']} ({each['kind']}) "
          f"{each['note']}".rstrip() for each in found["leave"]),
        *(f"swap  {each['swap']:>5}  {each['person']:20} {each['starts_at'][:16]}-{each['ends_at'][11:16]} to "
          f"{each['taken_by']}" for each in found["swaps"]),
    ]  # fmt: skip
    return lines or [f"{found['centre']}: nothing waits"]
