"""How a text is divided into SMS: the laws of the division, and the cases that people meet."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indgang.messaging.sms import parts
from indgang.messaging.sms.parts import ALONE, JOINED, SmsEncoding, divide, places
from tests import sample

GSM = st.sampled_from(sorted(parts._BASIC | parts._EXTENSION))
#: texts of the GSM alphabet, texts of any character, and mixtures, long enough for several parts
TEXTS = st.one_of(
    st.lists(GSM, max_size=700).map("".join),
    st.text(max_size=300),
    st.lists(st.sampled_from("aæ€ê😀\U0001f1e9\ud83d"), max_size=400).map("".join),
)
LAW = settings(max_examples=sample.examples(200))


@LAW
@given(TEXTS)
def test_the_parts_joined_are_the_text(text: str) -> None:
    assert "".join(divide(text).parts) == text


@LAW
@given(TEXTS)
def test_each_part_fits(text: str) -> None:
    found = divide(text)
    room = (ALONE if found.count == 1 else JOINED)[found.encoding]
    assert all(0 < places(part, found.encoding) <= room for part in found.parts)


@LAW
@given(TEXTS)
def test_one_part_is_used_whenever_the_text_fits_into_one(text: str) -> None:
    found = divide(text)
    assert (found.count <= 1) == (places(text, found.encoding) <= ALONE[found.encoding])


@LAW
@given(TEXTS)
def test_no_part_has_room_for_the_first_character_of_the_next(text: str) -> None:
    found = divide(text)
    for part, following in zip(found.parts, found.parts[1:], strict=False):
        assert places(part + following[0], found.encoding) > JOINED[found.encoding]


@LAW
@given(TEXTS)
def test_ucs2_is_used_only_for_characters_that_force_it(text: str) -> None:
    found = divide(text)
    assert (found.encoding is SmsEncoding.UCS2) == bool(found.forcing)
    assert divide("".join(sign for sign in text if sign not in found.forcing)).encoding is SmsEncoding.GSM


@LAW
@given(TEXTS)
def test_a_part_as_utf_16_never_ends_within_a_character(text: str) -> None:
    for part in divide(text).parts:
        whole = part.encode("utf-16-le", "surrogatepass")
        assert whole.decode("utf-16-le", "surrogatepass") == part


@LAW
@given(TEXTS)
def test_what_is_left_is_the_room_of_the_last_part(text: str) -> None:
    found = divide(text)
    room = (ALONE if found.count < 2 else JOINED)[found.encoding]
    assert found.left == room - (places(found.parts[-1], found.encoding) if found.parts else 0)


@LAW
@given(TEXTS)
def test_a_text_with_plain_signs_is_never_longer_in_parts_except_by_an_ellipsis(text: str) -> None:
    assert divide(parts.with_plain_signs(text.replace("…", ""))).count <= divide(text).count


@pytest.mark.parametrize(
    ("text", "encoding", "count"),
    [
        ("", SmsEncoding.GSM, 0),
        ("Æbleskiver på Åboulevarden, tak. Én til Ø.", SmsEncoding.GSM, 1),
        ("a" * 160, SmsEncoding.GSM, 1),
        ("a" * 161, SmsEncoding.GSM, 2),
        ("a" * 306, SmsEncoding.GSM, 2),
        ("a" * 307, SmsEncoding.GSM, 3),
        ("€" * 80, SmsEncoding.GSM, 1),
        ("€" * 81, SmsEncoding.GSM, 2),
        ("a" * 152 + "€" + "a" * 152, SmsEncoding.GSM, 3),  # the sign is not divided, so one place stays empty
        ("ê" * 70, SmsEncoding.UCS2, 1),
        ("ê" * 71, SmsEncoding.UCS2, 2),
        ("😀" * 35, SmsEncoding.UCS2, 1),
        ("😀" * 36, SmsEncoding.UCS2, 2),
        ("😀" * 67, SmsEncoding.UCS2, 3),  # 33 in each part: 67 places hold no half of the 34th
    ],
)
def test_known_texts(text: str, encoding: SmsEncoding, count: int) -> None:
    found = divide(text)
    assert (found.encoding, found.count) == (encoding, count)


def test_the_characters_that_make_it_longer_are_named_once_each_with_what_they_cost() -> None:
    found = divide("Én crêpe til Zoë – og en crêpe til: " + "x" * 60)
    assert found.forcing == ("ê", "ë", "–")
    assert (found.count, found.without) == (2, 1)


def test_signs_of_word_processors_need_not_cost_anything() -> None:
    text = parts.with_plain_signs("“Åbent” – mandag til fredag… kl.\u00a09‑16")
    assert text == '"Åbent" - mandag til fredag... kl. 9-16'
    assert divide(text).encoding is SmsEncoding.GSM
