"""Commands that change something for a person who is named: whoever runs a command has no permissions of their own."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from django.core.management.base import CommandError
from django.http import Http404
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from indgang.accounts.access import may_in, permissions_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.api import bodies
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.refusals import RefusedChange

FoundT = TypeVar("FoundT")


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
    person = _named(username)
    if person is None or not may_in(person, Permission.PLAN_STAFFING, shown):
        raise CommandError(f"{username} does not plan for {shown.code}", returncode=3)
    with _as(person):
        yield person


@contextmanager
def as_person(username: str | None, permission: Permission) -> Iterator[Person]:
    """Act as this person, who has the permission for some unit. Raises CommandError like `as_planner`."""
    person = _named(username)
    if person is None or permission not in permissions_of(person):
        raise CommandError(f"{username} may not do this", returncode=3)
    with _as(person):
        yield person


def body(path: str | Path, objects: Collection[str] = (), taken_back: Collection[str] = ()) -> MultiValueDict[str, str]:
    """What a form reads from a JSON file; `objects` and `taken_back` as for `bodies.values`. Raises CommandError."""
    try:
        return bodies.of_json(Path(path).read_bytes(), objects, taken_back)
    except (OSError, bodies.UnreadableBody) as error:
        raise CommandError(f"{path} cannot be read: {error}", returncode=2) from error


def printed(found: FoundT, lines: Callable[[FoundT], Iterable[str]], *, as_json: bool) -> str:
    """What a command has found, as JSON or as lines for people."""
    return json.dumps(found, ensure_ascii=False, indent=2) if as_json else "\n".join(lines(found))


def _named(username: str | None) -> Person | None:
    if not username:
        raise CommandError("say with --by who makes the change", returncode=2)
    found: Person | None = Person.objects.filter(username=username.replace("\0", ""), is_active=True).first()
    return found


@contextmanager
def _as(person: Person) -> Iterator[None]:
    try:
        with translation.override(person.language):
            yield
    except RefusedChange as refusal:
        raise CommandError(str(refusal), returncode=3) from refusal
    except bodies.UnreadableBody as error:
        raise CommandError(str(error), returncode=2) from error
    except Http404 as error:
        raise CommandError("there is no such row, or it belongs to somebody else", returncode=2) from error
