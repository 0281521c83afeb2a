"""Differences between versions are readable and complete."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indgang.knowledge import difference
from indgang.office.knowledge.pages import readable

TEXT = st.lists(st.sampled_from(["søg", "om", "en", "tilladelse", "først", ".", "\n"]), max_size=12).map(" ".join)


@given(TEXT, TEXT)
def test_both_texts_can_be_read_out_of_the_pieces(old: str, new: str) -> None:
    pieces = readable(difference.words(old, new))
    assert "".join(text for kind, text in pieces if kind != "added") == old
    assert "".join(text for kind, text in pieces if kind != "removed") == new


def test_a_rewritten_sentence_is_one_change() -> None:
    pieces = readable(difference.words("Mål fortovet op i dag", "Søg senest en uge før"))
    assert pieces == [("removed", "Mål fortovet op i dag"), ("added", "Søg senest en uge før")]
