"""Words of the pages of reports."""

from __future__ import annotations

from collections.abc import Iterable

from indgang.accounts.models import Person


def named(people: Iterable[Person]) -> str:
    """`Anna Ås, Bo Bak`; empty for nobody."""
    return ", ".join(person.name for person in people)
