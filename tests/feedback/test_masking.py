"""Comments lose the numbers and names of people, and keep all other words."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indgang.feedback.masking import masked, staff_names

NAMES = staff_names(["Anna Andersen", "Bo Skov", "Søren Bach-Jensen", "Mads de la Cour", "Per Dam"])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Anna var sød. Tak til anna!", "**** var sød. Tak til ****!"),
        ("Annas svar, Anna's svar og Andersens svar", "**** svar, **** svar og **** svar"),
        ("A\u200bnna og ＡＮＮＡ", "**** og ****"),
        ("Søren Bach-Jensen tog den", "**** **** tog den"),
        ("Bo hjalp mig. Jeg talte med Skov.", "**** hjalp mig. Jeg talte med ****."),
        ("Bo Skov skulle ringe", "**** **** skulle ringe"),
        ("Mit cpr er 010190-1234, ring 20 20 20 20", "Mit cpr er ******-****, ring ****"),
        ("skriv til mig@example.org", "skriv til ****"),
        ("ANNA20202020 og anna.andersen@kk.example", "******** og ****"),
    ],
)
def test_numbers_and_names_are_masked_as_people_write_them(typed: str, kept: str) -> None:
    assert masked(typed, NAMES) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "Jeg bor ved en skov og en dam. Jeg bo her? De la den fra sig.",
        "Per telefon går det bedst", "De sagde, at sagen 2024-12345 er lukket", "", "  ", "Ansættelse og annonce",
    ],
)  # fmt: skip
def test_ordinary_words_that_are_also_names_stay(typed: str) -> None:
    assert masked(typed, NAMES) == typed


_PIECES = st.sampled_from(["Anna", "bo", "Bo", ".", " ", "-", "'s", "010190-1234"])


@example("ANNA00000000")
@given(st.text(max_size=300) | st.lists(_PIECES).map("".join))
def test_masking_twice_changes_nothing_more_and_no_sure_name_is_left(typed: str) -> None:
    once = masked(typed, NAMES)
    assert masked(once, NAMES) == once
    assert "anna" not in [word.strip(".-'").casefold() for word in once.split()]
