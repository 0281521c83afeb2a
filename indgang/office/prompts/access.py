"""Who may change a prompt."""

from __future__ import annotations

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.entry.models import Prompt
from indgang.office.access import may_edit_unit


def may_edit_prompt(person: Person, prompt: Prompt) -> bool:
    """A prompt belongs to its unit; one without a unit requires the permission for the whole municipality."""
    return may_edit_unit(person, Permission.EDIT_PROMPTS, prompt.unit)
