"""Whose texts somebody may change."""

from __future__ import annotations

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.entry.models import Prompt
from indgang.office.access import may_edit_unit


def may_edit_prompt(person: Person, prompt: Prompt) -> bool:
    """A text is its unit's to change; what is the whole municipality's asks for the right everywhere."""
    return may_edit_unit(person, Permission.EDIT_PROMPTS, prompt.unit)
