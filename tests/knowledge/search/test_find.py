"""What is found, in which order, by whom, and what is said about it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from indgang.knowledge.search import find
from tests.knowledge.search.conftest import AT

Put = Callable[..., None]


def keys(query: str, **how: object) -> list[str]:
    found = find.find(query, person=None, at=AT, **how)  # type: ignore[arg-type]  # passed on
    return [hit.key for hit in found.hits]


@pytest.fixture
def permits(put: Put) -> None:
    put("byg", "Tilladelse til at bygge", "Søg, før du bygger ud.", body="Vi ser på højde og afstand.")
    put("grav", "Opgravning af fortov kræver tilladelse", "Søg hos vejmyndigheden.")
    put("pas", "Nyt pas", "Bestil tid i Borgerservice.", body="Medbring foto.")
    put("stoj", "Støj om natten", "Naboer skal have ro efter klokken 22.")


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("byggetilladelse", "byg"),
        ("byggetilladelser", "byg"),
        ("gravetilladelse", "grav"),
        ("tilladelse til gravning", "grav"),
        ("stoej", "stoj"),
        ("stoj", "stoj"),
        ("STØJEN", "stoj"),
        ("borgerservise", "pas"),
    ],
)
def test_danish_is_found_as_people_write_it(permits: None, query: str, key: str) -> None:
    assert keys(query)[0] == key

