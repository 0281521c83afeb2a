"""Whose greetings a person may see and change: those of the centres whose texts they may change."""

from __future__ import annotations

from django.http import Http404

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.entry.models import Greeting
from indgang.office.access import centre_for, centres_of


def centres(person: Person) -> list[ContactCentre]:
    return list(centres_of(person, Permission.EDIT_PROMPTS).order_by("name"))


def centre(person: Person, code: str) -> ContactCentre:
    """Raises Http404 when it does not exist or this person has no access to its texts."""
    return centre_for(person, code, Permission.EDIT_PROMPTS)


def greeting(person: Person, code: str, pk: int) -> Greeting:
    """A greeting of the centre. Raises Http404 in the same way."""
    found: Greeting | None = Greeting.objects.filter(centre=centre(person, code), pk=pk).first()
    if found is None:
        raise Http404
    return found
