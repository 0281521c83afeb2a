"""The fields of a reply text, and how it is put into an answer. Pure.

A field is `{navn}`; people may also type its English name. A field without a value, and what the author of the text
leaves open as `{?dag for mødet}`, becomes a gap: `[udfyld: navn]`. An answer with a gap or a field is not sent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

#: the fields by the name that people type, and their English names
FIELDS: dict[str, str] = {
    "navn": "name", "fornavn": "first name", "nummer": "number", "medarbejder": "agent", "ydelse": "service",
    "center": "centre", "telefon": "phone", "dato": "today",
}  # fmt: skip
#: where the agent's own words go in a whole answer
PLACE = "svar"
_BY_EITHER_NAME = {english: name for name, english in FIELDS.items()} | {name: name for name in FIELDS}
_BRACED = re.compile(r"\{([^{}\n]{1,60})\}")
_ROUND = str.maketrans("[]", "()")
_GAP_WORDS = {"en": "fill in"}
_GAP_WORD = "udfyld"
_GAP = re.compile(r"\[(?:udfyld|fill in): ([^\[\]\n]{1,60})\]")


@dataclass(frozen=True, slots=True)
class FilledText:
    """A reply text with its values. `place` is where the agent's own words go, if the text says so."""

    text: str
    place: int | None = None


@dataclass(frozen=True, slots=True)
class InsertedText:
    """An answer after an insertion: `piece` stands in it from `at` on, in place of what was selected there, or of the
    whole answer when it was put `around` it. From `start` to `end` is to be selected: the first gap, else the end."""

    text: str
    piece: str
    at: int
    start: int
    end: int
    around: bool = False


def unknown(body: str) -> list[str]:
    """The names in braces that are no fields, each once."""
    return list(dict.fromkeys(each for each in names(body) if not _is_known(each)))


def names(body: str) -> list[str]:
    """All names in braces."""
    return [match[1].strip() for match in _BRACED.finditer(body)]


def places(body: str) -> int:
    """How often the text has the place for the agent's own words."""
    return sum(name.lower() == PLACE for name in names(body))


def fill(body: str, values: Mapping[str, str], *, language: str) -> FilledText:
    """The text with the values by Danish field name; a gap where there is none. Braces in values stay as they are."""
    parts: list[str] = []
    place, upto, length = None, 0, 0
    for match in _BRACED.finditer(body):
        before = body[upto : match.start()]
        parts.append(before)
        length += len(before)
        upto = match.end()
        name = match[1].strip()
        if name.lower() == PLACE:
            place = length if place is None else place
            continue
        word = _value(name, values, language) if _is_known(name) else match[0]
        parts.append(word)
        length += len(word)
    return FilledText("".join((*parts, body[upto:])), place)


def gaps(text: str) -> list[str]:
    """What is still to be filled in: the gaps, and fields that were typed as fields, each once."""
    found = {match.start(): match[1].strip() for match in _GAP.finditer(text)}
    for match in _BRACED.finditer(text):
        name = match[1].strip()
        if _is_known(name):
            found[match.start()] = name.lstrip("?").strip()
    return list(dict.fromkeys(found[start] for start in sorted(found)))


def insert(filled: FilledText, into: str, start: int, end: int, *, is_whole: bool) -> InsertedText:
    """Put a text into an answer in place of what is selected there.

    A whole answer with a place for the agent's own words goes around what is typed; everything else goes to the
    cursor. Nothing that was typed and not selected is lost.
    """
    into = into.replace("\r\n", "\n")
    start = max(0, min(start, len(into)))
    end = max(start, min(end, len(into)))
    if is_whole and filled.place is not None and start == end:
        typed = into.strip()
        before, after = filled.text[: filled.place], filled.text[filled.place :]
        whole = before + typed + after
        return _inserted(whole, whole, 0, len(before + typed), around=True)
    whole = into[:start] + filled.text + into[end:]
    return _inserted(whole, filled.text, start, start + len(filled.text))


def _inserted(text: str, piece: str, at: int, end: int, *, around: bool = False) -> InsertedText:
    gap = _GAP.search(text, at, at + len(piece))
    start, end = (gap.start(), gap.end()) if gap else (end, end)
    return InsertedText(text, piece, at, start, end, around)


def _is_known(name: str) -> bool:
    return (
        (name.startswith("?") and len(name.strip("? ")) > 0) or name.lower() in _BY_EITHER_NAME or name.lower() == PLACE
    )


def _value(name: str, values: Mapping[str, str], language: str) -> str:
    known = _BY_EITHER_NAME.get(name.lower(), "")
    return values[known] if known in values else gap(known or name.lstrip("?").strip(), language)


def gap(name: str, language: str) -> str:
    """The gap as it stands in an answer. An English answer has the English name of a field. Square brackets in the name
    become round, because the gap ends with the first."""
    said = (FIELDS.get(name, name) if language == "en" else name).translate(_ROUND)
    return f"[{_GAP_WORDS.get(language, _GAP_WORD)}: {said}]"
