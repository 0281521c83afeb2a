"""`indgang ownshifts anna`: a person's shifts, swaps, leave and wishes, as on *Mine vagter*.

Changes are the person's own: `--offer 17 --to bo`, `--take 3 --give 18`, `--decline 3`, `--keep 3`, `--leave holiday
--first 2026-03-16 --last 2026-03-20`, `--withdraw 4`, `--wish free --day 2026-03-16`, `--unwish 5`.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.datastructures import MultiValueDict

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api import bodies, own_shifts, own_wishes
from indgang.config import acting
from indgang.core import clock

Given = MultiValueDict[str, str]


class Command(BaseCommand):
    help = "a person's own shifts, swaps, leave and wishes: list and change"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("person", metavar="USERNAME")
        parser.add_argument("--json", action="store_true", help="print JSON")
        change = parser.add_mutually_exclusive_group()
        change.add_argument("--offer", type=int, metavar="SHIFT", help="offer a shift to --to, or to all of the centre")
        change.add_argument("--take", type=int, metavar="SWAP", help="take a colleague's shift, for --give or for none")
        change.add_argument("--decline", type=int, metavar="SWAP", help="say no to a shift offered to you alone")
        change.add_argument("--keep", type=int, metavar="SWAP", help="keep a shift that was offered")
        change.add_argument("--leave", metavar="KIND", help="ask for leave from --first to --last, with a --note")
        change.add_argument("--withdraw", type=int, metavar="LEAVE", help="take leave back")
        change.add_argument("--wish", metavar="KIND", help="free, early or late, for --day or --weekday, with --weight")
        change.add_argument("--unwish", type=int, metavar="WISH", help="take a wish back")
        for name in ("to", "give", "first", "last", "note", "day", "weekday", "weight"):
            parser.add_argument(f"--{name}")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        with acting.as_person(options["person"], Permission.REGISTER_ENQUIRIES) as person:
            change = next((name for name in _CHANGES if options[name] is not None), None)
            if change is not None:
                _CHANGES[change](person, options, at)
            found = own_shifts.of_person(person, at) | own_wishes.of_person(person, at)
        self.stdout.write(acting.printed(found, _lines, as_json=options["json"]))


def _given(options: Mapping[str, Any], **names: str) -> Given:
    """The options of these names as a form reads them, under the names of its fields."""
    return bodies.of_values({field: options[name] for field, name in names.items()})


def _offer(person: Person, options: Mapping[str, Any], at: datetime) -> None:
    own_shifts.offer_shift(person, options["offer"], _given(options, to="to"), at)


def _take(person: Person, options: Mapping[str, Any], at: datetime) -> None:
    own_shifts.take_shift(person, options["take"], _given(options, in_return="give"), at)


def _decline(person: Person, options: Mapping[str, Any], at: datetime) -> None:
    own_shifts.decline_shift(person, options["decline"], at)


def _keep(person: Person, options: Mapping[str, Any], at: datetime) -> None:
    own_shifts.keep_shift(person, options["keep"], at)


def _leave(person: Person, options: Mapping[str, Any], at: datetime) -> None:
    own_shifts.ask_for_leave(person, _given(options, kind="leave", first="first", last="last", note="note"), at)


def _withdraw(person: Person, options: Mapping[str, Any], at: datetime) -> None:
    own_shifts.withdraw_leave(person, options["withdraw"], at)


def _wish(person: Person, options: Mapping[str, Any], at: datetime) -> None:
    own_wishes.wish(person, _given(options, kind="wish", day="day", weekday="weekday", weight="weight"), at)


def _unwish(person: Person, options: Mapping[str, Any], at: datetime) -> None:
    own_wishes.take_back(person, options["unwish"], at)


_CHANGES: Mapping[str, Callable[[Person, Mapping[str, Any], datetime], None]] = {
    "offer": _offer, "take": _take, "decline": _decline, "keep": _keep, "leave": _leave, "withdraw": _withdraw,
    "wish": _wish, "unwish": _unwish,
}  # fmt: skip


def _lines(found: Mapping[str, Any]) -> list[str]:
    lines = [
        *(f"shift {each['shift']:>5}  {_span(each)} {each['workplace']}" for each in found["shifts"]),
        *(f"offer {each['swap']:>5}  {_span(each)} of {each['person']}" for each in found["offered"]),
        *(f"swap  {each['swap']:>5}  {_span(each)} of {each['person']}, {each['state']} {each['answer']}".rstrip()
          for each in found["swaps"]),
        *(f"leave {each['leave']:>5}  {each['first']} to {each['last']}, {each['kind']}, {each['state']} "
          f"{each['answer']}".rstrip() for each in found["leave"]),
        *(f"wish  {each['wish']:>5}  {each['kind']} {_of_wish(each)}" for each in found["wishes"]),
        *(f"lent to {each['borrower']} {_span(each)}" for each in found["loans"]),
    ]  # fmt: skip
    return lines or [f"{found['person']}: no shifts and no requests"]


def _of_wish(each: Mapping[str, Any]) -> str:
    return each["day"] or f"weekday {each['weekday']}"


def _span(each: Mapping[str, Any]) -> str:
    return f"{each['starts_at'][:16]}-{each['ends_at'][11:16]}"
