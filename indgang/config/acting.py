"""Commands that change something for a person who is named: whoever runs a command has no permissions of their own."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management.base import CommandError
from django.utils import translation

from indgang.accounts.access import may_in
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.refusals import RefusedChange


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("centre", help="code of a centre")
    parser.add_argument("--by", metavar="USERNAME", help="who makes the change: somebody who plans for the centre")
    parser.add_argument("--json", action="store_true", help="print JSON")


def centre(code: str) -> ContactCentre:
    """A centre of today. Raises CommandError."""
    rows = ContactCentre.objects.valid_on(clock.today()).select_related("owner")
    found: ContactCentre | None = rows.filter(code=code.replace("\0", "")).first()
    if found is None:
        codes = ", ".join(rows.order_by("code").values_list("code", flat=True))
        raise CommandError(f"there is no centre {code}; there are: {codes}", returncode=2)
    return found


@contextmanager
def as_planner(username: str | None, shown: ContactCentre) -> Iterator[Person]:
    """Act as this person, in their language. Raises CommandError for somebody who does not plan for the centre, and for
    a refusal of the enclosed action."""
    if not username:
        raise CommandError("say with --by who makes the change", returncode=2)
    person = Person.objects.filter(username=username.replace("\0", ""), is_active=True).first()
    if person is None or not may_in(person, Permission.PLAN_STAFFING, shown):
        raise CommandError(f"{username} does not plan for {shown.code}", returncode=3)
    try:
        with translation.override(person.language):
            yield person
    except RefusedChange as refusal:
        raise CommandError(str(refusal), returncode=3) from refusal
