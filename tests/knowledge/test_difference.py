"""Laws of the readable differences between texts."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from indgang.knowledge import difference

TEXTS = st.text(st.sampled_from("ab æ.\n"), max_size=60) | st.text(max_size=40)


@given(TEXTS, TEXTS)
def test_what_stayed_and_came_is_the_new_text_and_what_stayed_and_went_the_old(old: str, new: str) -> None:
    pieces = difference.words(old, new)
    assert "".join(text for kind, text in pieces if kind != "removed") == new
    assert "".join(text for kind, text in pieces if kind != "added") == old


@given(TEXTS, TEXTS)
def test_no_piece_is_empty_and_neighbours_differ_in_kind(old: str, new: str) -> None:
    pieces = difference.words(old, new)
    assert all(text for _kind, text in pieces)
    assert all(one[0] != other[0] for one, other in pairwise(pieces))


@given(TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert difference.size(text, text) == 0


def test_whole_words_are_shown_and_the_old_one_first() -> None:
    assert difference.words("Ring inden mandag.", "Ring inden tirsdag.") == [
        ("equal", "Ring inden "),
        ("removed", "mandag"),
        ("added", "tirsdag"),
        ("equal", "."),
    ]


def test_books_are_compared_by_lines_and_still_add_up() -> None:
    old = "\n".join(f"Linje {number} om byggeri og altaner." for number in range(3000))
    new = old.replace("Linje 1500 om byggeri", "Linje 1500 om jord")
    pieces = difference.words(old, new)
    assert [piece for piece in pieces if piece[0] != "equal"] == [("removed", "byggeri"), ("added", "jord")]
    one_line = difference.words("a " * 30_000, "b " * 30_000)
    assert "".join(text for kind, text in one_line if kind == "added") == "b " * 30_000
