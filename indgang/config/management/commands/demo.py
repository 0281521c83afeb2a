"""`indgang demo`: run the product with a demo municipality and simulated calls, in the foreground."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from indgang.accounts.models import Person
from indgang.catalogue import hours
from indgang.catalogue.models import ContactCentre, Unit
from indgang.config import machine
from indgang.config.supervisor import AddressTaken, check_free
from indgang.core.clock import OFFSET_VARIABLE
from indgang.demo import (
    asked_gaps,
    demo_clock,
    feedback_answers,
    followed_up,
    forecast_past,
    handed_over,
    history,
    municipality,
    people,
    settlement,
    staff_news,
    whatifs,
)


class Command(BaseCommand):
    help = "Set up the demo municipality and run everything in the foreground; Ctrl-C stops it"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--only-prepare", action="store_true", help="set everything up and stop")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            check_free(settings.WEB_ADDRESS, "INDGANG_WEB_ADDRESS")
            check_free(settings.LIVE_ADDRESS, "INDGANG_LIVE_ADDRESS")
            self._prepare()
            if options["only_prepare"]:
                return
            self._greet()
            machine.run(lambda line: self.stdout.write(line))
        except AddressTaken as error:
            raise CommandError(str(error)) from error

    def _prepare(self) -> None:
        self.stdout.write("Database: bringing the tables up to date ...")
        machine.wait_for_database(self.stdout.write)
        call_command("migrate", verbosity=0, interactive=False)
        now = datetime.now(UTC)  # noqa: TID251  # the offset is counted from the machine's clock
        self.stdout.write("Demo municipality: adding what is missing ...")
        municipality.seed(at=now)
        begins = self._set_clock(now)
        staff_news.write_logs(at=begins)
        added = history.write(until=begins, say=self.stdout.write)
        if added:
            self.stdout.write(f"History: {added} enquiries of the past weeks added")
            settlement.close_last_month(at=begins)
            self.stdout.write("Feedback: callers of the past weeks are asked ...")
            everybody = {each.username: each for each in Person.objects.all()}
            handed_over.answer_past({each.code: each for each in Unit.objects.all()}, everybody, until=begins)
            feedback_answers.answer_past(until=begins)
            followed_up.follow_past(everybody, until=begins)
            asked_gaps.seed(until=begins)
            self.stdout.write("Forecasts: calls of the days to come ...")
            forecast_past.make_past(until=begins)
            centres = {each.code: each for each in ContactCentre.objects.all()}
            whatifs.measure_past(everybody, centres, until=begins)

    def _set_clock(self, now: datetime) -> datetime:
        """Put the clock's offset and the demo's switch into the environment, where the child processes read them."""
        os.environ["INDGANG_DEMO"] = "true"
        if OFFSET_VARIABLE not in os.environ:
            begins = demo_clock.beginning(now, demo_clock.latest_event(), hours.schedule_of("tmf-9-16"))
            os.environ[OFFSET_VARIABLE] = str((begins - now).total_seconds())
            if words := demo_clock.sentence(begins, now):
                self.stdout.write(words)
            return begins
        return now

    def _greet(self) -> None:
        lines = [
            "",
            f"  Indgang: http://{settings.WEB_ADDRESS}",
            f"  Everybody's password: {settings.DEMO_PASSWORD}",
            "",
            *(f"    {each.username:<8} {each.name:<18} {each.sentence}" for each in people.SIGN_INS),
            "",
            "  Sign in as anna, press “Log telefonen på” and “Klar”: a call rings within a minute.",
            "  Ctrl-C stops the demo.",
            "",
        ]
        self.stdout.write("\n".join(lines))
