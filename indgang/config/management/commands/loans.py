"""`indgang loans tmf`: what other centres can spare today, and the open loans of a centre.

Changes are made for somebody who plans there: `--ask KEY`, `--lend 3 --person clara`, `--refuse 3`, `--end 3`, each
with `--by gerda`.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indgang.accounts.models import Person
from indgang.config import acting
from indgang.core import clock
from indgang.entry.models import AgentLoan
from indgang.entry.team import loans
from indgang.planning import day_listing
from indgang.planning.day_now import DayNow, day_now


class Command(BaseCommand):
    help = "loans of people between centres today: what others can spare, ask, answer and end"

    def add_arguments(self, parser: ArgumentParser) -> None:
        acting.add_arguments(parser)
        change = parser.add_mutually_exclusive_group()
        change.add_argument("--ask", metavar="KEY", help="ask the centre of this offer")
        change.add_argument("--lend", type=int, metavar="LOAN", help="lend --person")
        change.add_argument("--refuse", type=int, metavar="LOAN", help="lend nobody")
        change.add_argument("--end", type=int, metavar="LOAN", help="end a loan, or take the request back")
        parser.add_argument("--person", metavar="USERNAME", help="whom to lend")

    def handle(self, *args: Any, **options: Any) -> None:
        shown, at = acting.centre(options["centre"]), clock.now()
        if any(options[name] is not None for name in ("ask", "lend", "refuse", "end")):
            with acting.as_planner(options["by"], shown) as person:
                _change(day_now(shown, at), options, person)
        with translation.override("en"):
            found = {"centre": shown.code, **day_listing.of_loans(day_now(shown, at))}
        text = json.dumps(found, ensure_ascii=False, indent=2) if options["json"] else "\n".join(_lines(found))
        self.stdout.write(text)


def _change(now: DayNow, options: dict[str, Any], by: Person) -> None:
    if options["ask"] is not None:
        now.ask(options["ask"], by=by)
    elif options["lend"] is not None:
        loan = _open(now, options["lend"])
        person = now.free_for(loan).filter(username=(options["person"] or "").replace("\0", "")).first()
        if not now.is_asked(loan) or person is None:
            names = ", ".join(each.username for each in now.free_for(loan)) if now.is_asked(loan) else "nobody"
            raise CommandError(f"say with --person whom to lend; possible now: {names or 'nobody'}", returncode=2)
        loans.accept(loan, person, by=by, at=now.at)
    elif options["refuse"] is not None:
        loan = _open(now, options["refuse"])
        if loan.lender_id != now.centre.pk:
            raise CommandError(f"{now.centre.code} asked for loan {loan.pk}; --end takes it back", returncode=2)
        loans.refuse(loan, by=by, at=now.at)
    else:
        loans.end(_open(now, options["end"]), by=by, at=now.at)


def _open(now: DayNow, number: int) -> AgentLoan:
    found = next((each for each in now.loans if each.pk == number), None)
    if found is None:
        raise CommandError(f"{now.centre.code} has no open loan {number}", returncode=2)
    return found


def _lines(found: dict[str, Any]) -> list[str]:
    lines = [
        *(f"{each['key']:40} {each['text']}" for each in found["offers"]),
        *(f"loan {each['loan']:<35} {each['text']} {' or '.join(each['could_lend'])}".rstrip()
          for each in found["loans"]),
    ]  # fmt: skip
    return lines or [f"{found['centre']}: nobody to borrow, and no open loans"]
