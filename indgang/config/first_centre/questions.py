"""Asks at the terminal for missing answers, and again for invalid ones."""

from __future__ import annotations

import getpass
from collections.abc import Callable

from indgang.config.first_centre import answers
from indgang.config.first_centre.answers import BadAnswers, Field, FirstCentre, GivenAnswers

Say = Callable[[str], None]


def ask(found: GivenAnswers, *, everything: bool, say: Say) -> FirstCentre:
    """Ask until all answers are valid. `everything`: also ask for answers that have a default or are optional.

    Raises BadAnswers for errors that no answer can correct, such as an unreadable file, and EOFError at the end of
    input.
    """
    if found.findings:
        return answers.check(found)
    for each in found.missing():
        if everything or (each.required and not each.default):
            _ask_one(found, each, say)
    while True:
        found.take_defaults()
        try:
            return answers.check(found)
        except BadAnswers as error:
            _ask_again(found, error, say)


def _ask_again(found: GivenAnswers, error: BadAnswers, say: Say) -> None:
    wrong = {each.where for each in error.findings}
    for finding in error.findings:
        say(f"  {finding}")
    for each in answers.FIELDS:
        if found.places.get(each.name, each.path) in wrong:
            found.values.pop(each.name, None)
            _ask_one(found, each, say)


def _ask_one(found: GivenAnswers, wanted: Field, say: Say) -> None:
    shown = f" [{wanted.default}]" if wanted.default else ""
    if wanted.name == "password":
        answer = _password(wanted.question, say)
        found.password_typed = True
    else:
        answer = input(f"{wanted.question}{shown}: ").strip()
    found.places[wanted.name] = wanted.path
    if answer:
        found.give(wanted.name, answer, wanted.path)


def _password(question: str, say: Say) -> str:
    while True:
        typed = getpass.getpass(f"{question}: ")
        if typed == getpass.getpass("The same again: "):
            return typed
        say("  The two are not the same.")
