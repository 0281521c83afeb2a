"""`indgang init`: set up the smallest working centre and its first administrator in an empty database."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indgang.config import machine, secret
from indgang.config.first_centre import answers, making, questions
from indgang.config.first_centre.answers import BadAnswers, FirstCentre
from indgang.config.first_centre.making import Made, Occupied
from indgang.config.parent import end_with_parent
from indgang.config.supervisor import python
from indgang.core import clock


class Command(BaseCommand):
    help = "Make the database, the first administrator and the smallest working centre; then `indgang up` runs it"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--file", type=Path, help="YAML or TOML file with the answers (docs/running.md)")
        parser.add_argument("--no-input", action="store_true", help="ask nothing, also at a terminal")
        parser.add_argument(
            "--another-administrator",
            action="store_true",
            help="add an administrator to a centre that has one, for example when nobody can sign in any more",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            wanted = self._answers(options["file"], asks=not options["no_input"] and sys.stdin.isatty())
            self.stdout.write("Database: bringing the tables up to date ...")
            machine.wait_for_database(self.stdout.write)
            with making.one_at_a_time(self.stdout.write), _static_files():
                made = self._make(wanted, options["another_administrator"])
        self.stdout.write("\n".join(_next_steps(wanted, made)))

    def _answers(self, file: Path | None, *, asks: bool) -> FirstCentre:
        given = answers.given(file)
        try:
            if asks:
                return questions.ask(given, everything=file is None, say=self.stdout.write)
            given.take_defaults()
            return answers.check(given)
        except BadAnswers as error:
            lines = "\n".join(f"  {each}" for each in error.findings)
            raise CommandError(f"Nothing was set up. Correct this and run the command again:\n{lines}") from error
        except EOFError as error:
            raise CommandError("Nothing was set up: the answers ended too early.") from error

    def _make(self, wanted: FirstCentre, another_administrator: bool) -> Made:
        call_command("migrate", verbosity=0, interactive=False)
        if secret.keep_one():
            self.stdout.write(f"Secret: made, in {settings.SECRET_FILE}. Keep it with your backup, and secret.")
        self.stdout.write("Centre: adding what is missing ...")
        try:
            return making.make(
                wanted, at=clock.now(), say=self.stdout.write, another_administrator=another_administrator
            )
        except Occupied as error:
            raise CommandError(str(error)) from error


@contextmanager
def _static_files() -> Iterator[None]:
    """Collect the static files, if they are missing, in a process beside the work of the caller.

    Raises CommandError.
    """
    if (settings.STATIC_ROOT / "staticfiles.json").exists():
        yield
        return
    environment = os.environ | {"INDGANG_STATIC_FOLDER": str(settings.STATIC_ROOT)}
    command = python("indgang", "collectstatic", "--no-input", "--verbosity", "0")
    ends_with_us = partial(end_with_parent, os.getpid())
    with subprocess.Popen(command, env=environment, preexec_fn=ends_with_us) as collecting:
        try:
            yield
        except BaseException:
            collecting.terminate()
            raise
    if collecting.returncode:
        raise CommandError("The static files could not be collected; the reason is above. Then run the command again.")


def _next_steps(wanted: FirstCentre, made: Made) -> list[str]:
    centre = "is ready" if made.centre else "was set up before; nothing in it was changed"
    own = ", and choose a password of your own" if made.account and not wanted.password_typed else ""
    own = own if made.account else " with the password that the account already has"
    return [
        "",
        f"  {wanted.centre} {centre}.",
        f"  Start it (indgang up, or the units in deploy/systemd), then open  {settings.PUBLIC_URL}/start/",
        f"  Sign in as {wanted.username}{own}. The page “Kom i gang” shows what is left to do.",
        "",
    ]
