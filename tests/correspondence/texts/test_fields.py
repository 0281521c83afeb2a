"""The fields of reply texts: filled, left open, and put into an answer."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from indgang.correspondence.texts import fields
from indgang.correspondence.texts.fields import FilledText


def test_fields_are_filled_by_danish_or_english_name() -> None:
    values = {"navn": "Per Madsen", "center": "Erhverv"}
    assert fields.fill("Hej {navn} fra {Centre}", values, language="da").text == "Hej Per Madsen fra Erhverv"


def test_a_field_without_a_value_is_a_gap_in_the_language_of_the_answer() -> None:
    assert fields.fill("Hej {navn}", {}, language="da").text == "Hej [udfyld: navn]"
    assert fields.fill("Dear {navn}", {}, language="en").text == "Dear [fill in: name]"
    assert fields.fill("Den {?dag for mødet}.", {}, language="da").text == "Den [udfyld: dag for mødet]."
    assert fields.fill("Den {?dato [dd.mm]}.", {}, language="da").text == "Den [udfyld: dato (dd.mm)]."


def test_an_empty_value_that_is_known_is_no_gap() -> None:
    assert fields.fill("Hilsen {medarbejder}", {"medarbejder": ""}, language="da").text == "Hilsen "


def test_a_value_is_no_field_itself() -> None:
    assert fields.fill("{navn}", {"navn": "{dato}", "dato": "i dag"}, language="da").text == "{dato}"


def test_names_that_are_no_fields_are_told() -> None:
    assert fields.unknown("{navn} {nvan} {?dag} {svar} {} {?}") == ["nvan", "?"]


@pytest.mark.parametrize(
    ("text", "left"),
    [("Hej Per", []), ("Hej {navn}", ["navn"]), ("Den [udfyld: dag], {navn}", ["dag", "navn"]),
     ("[fill in: day] [fill in: day]", ["day"]), ("en mængde {a, b}", []), ("[udfyld skemaet]", [])],
)  # fmt: skip
def test_gaps_and_raw_fields_are_found_in_an_answer(text: str, left: list[str]) -> None:
    assert fields.gaps(text) == left


def test_a_snippet_goes_to_the_cursor_and_the_first_gap_is_selected() -> None:
    put = fields.insert(FilledText("se [udfyld: dag]"), "Hej\r\n!", 4, 4, is_whole=False)
    assert put.text == "Hej\nse [udfyld: dag]!"
    assert put.text[put.start : put.end] == "[udfyld: dag]"


def test_a_snippet_takes_the_place_of_what_is_selected() -> None:
    put = fields.insert(FilledText("ny"), "en gammel tekst", 3, 9, is_whole=False)
    assert (put.text, put.start, put.end) == ("en ny tekst", 5, 5)


def test_a_whole_answer_goes_around_what_is_typed() -> None:
    filled = fields.fill("Hej {navn}\n\n{svar}\n\nHilsen", {"navn": "Per"}, language="da")
    put = fields.insert(filled, "Det tager to uger.", 3, 3, is_whole=True)
    assert put.text == "Hej Per\n\nDet tager to uger.\n\nHilsen"
    assert put.start == put.end == put.text.index("\n\nHilsen")
    assert (put.around, put.piece) == (True, put.text)


@given(st.text(max_size=60), st.integers(-5, 80), st.integers(-5, 80), st.text(max_size=30), st.booleans())
def test_nothing_outside_the_selection_is_lost(into: str, start: int, end: int, text: str, is_whole: bool) -> None:
    put = fields.insert(FilledText(text), into, start, end, is_whole=is_whole)
    clean = into.replace("\r\n", "\n")
    first = max(0, min(start, len(clean)))
    last = max(first, min(end, len(clean)))
    assert put.text == clean[:first] + text + clean[last:]
    assert 0 <= put.at <= put.start <= put.end <= put.at + len(put.piece) <= len(put.text)


@given(st.text(alphabet="{}?navnsvardato[]: \n", max_size=60))
def test_what_is_filled_never_leaves_a_field_of_the_text_raw(body: str) -> None:
    assume("svar" not in body)
    known = dict.fromkeys(fields.FIELDS, "x")
    filled = fields.fill(body, known, language="da").text
    assert not any(name in fields.FIELDS for name in fields.names(filled))


@given(
    st.text(st.sampled_from("[]: ?\t\rdato") | st.characters(exclude_characters="{}\n"), max_size=59),
    st.sampled_from(["da", "en"]),
)
def test_every_gap_that_a_text_leaves_is_found_in_the_answer(name: str, language: str) -> None:
    body = f"[Den {{?{name}}}]"
    assert fields.unknown(body) or fields.gaps(fields.fill(body, {}, language=language).text)
