"""Masks comments: personal numbers, telephone numbers and mail addresses, and names of staff. Pure.

A name that is also an ordinary word (Bo, Mark, Skov) is masked only with a capital letter, and at the beginning of a
sentence only beside another name or before a verb (Bo hjalp). All other names are masked however they are written. Each
word is looked up once, so the time is proportional to the length of the text, whatever the number of staff.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indgang.core.masking import MASK_OTHER, without_personal_numbers
from indgang.core.reading import read

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_PART = re.compile(r"[-'’]")
#: before a word that begins a sentence
_STOPS = ".!?:\n•*"
#: each pass leaves less than half of what is attached to each other
_PASSES = 12
#: the shortest part of a name that is looked for; initials say nothing about a person
_SHORTEST = 2
#: parts of names that say nothing about a person
_PARTICLES = frozenset(("af", "al", "da", "de", "del", "den", "der", "di", "du", "el", "la", "le", "til", "van", "von"))
#: after a name at the beginning of a sentence
_DID = re.compile(
    "er|var|har|havde|hjalp|gav|svarede|kunne|kan|ringede|sagde|forklarede|skrev|lovede|tog|ville|og|hos|"
    "is|was|has|had|helped|gave|answered|could|can|called|said|explained|wrote|promised|took|would|and",
    re.IGNORECASE,
)
#: names that are also Danish or English words
_ALSO_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        april art ask august bach bang beck berg best bill birch birk bjørn black bo brown brun busk bøg dag dal dam dan
        dreng eng faith falk fred gade glad grace gram green grøn gul hassel hav hede holm hope hvid høj joy jul juni
        kilde king kit kjær kok kort krog lang let lind liv long lund lykke lyng løkke mark may mose munk nord per pil
        rask ravn rose rød sand skov sky smed sofa sol sommer sort stand steen sten stor storm strand sunde sø thorn
        toft torp ulv vang vest vind vinter white will young øst
        """,
    )
)


@dataclass(frozen=True, slots=True)
class StaffNames:
    """The parts of staff names in lower case: those that are names alone, and those that are also words."""

    sure: frozenset[str]
    words: frozenset[str]


def staff_names(names: Iterable[str]) -> StaffNames:
    """The names to look for, from whole names such as "Anna Bach-Jensen"."""
    parts = {part for name in names for part in _parts(name)}
    return StaffNames(frozenset(parts - _ALSO_WORDS), frozenset(parts & _ALSO_WORDS))


def masked(text: str, names: StaffNames) -> str:
    """The comment as it may be stored and shown. Masking twice changes nothing more."""
    before, now = "", text
    for _ in range(_PASSES):  # what is attached to something masked may be a number or an address once that is gone
        before, now = now, without_personal_numbers(_without_names(now, names))
        if now == before:
            break
    return now


def _without_names(text: str, names: StaffNames) -> str:
    pieces, done = [], 0
    for start, end in _names_in(text, names):
        pieces += [text[done:start], MASK_OTHER]
        done = end
    return "".join([*pieces, text[done:]])


def _parts(name: str) -> Iterator[str]:
    for word in _WORD.findall(read(name).text):
        parts = (word.casefold(), *_PART.split(word.casefold()))
        yield from (part for part in parts if len(part) >= _SHORTEST and part not in _PARTICLES)


def _names_in(text: str, names: StaffNames) -> Iterator[tuple[int, int]]:
    """The places of names, as (start, end); names beside each other are one place."""
    reading = read(text)
    words = list(_WORD.finditer(reading.text))
    kinds = [_kind(word.group(), names) for word in words]
    found = [
        kind == "name" or (kind == "word" and _is_written_as_a_name(reading.text, words, kinds, place))
        for place, kind in enumerate(kinds)
    ]
    for word, is_name in zip(words, found, strict=True):
        if is_name:
            yield reading.span(*word.span())


def _kind(word: str, names: StaffNames) -> str:
    """Whether the word is a `name`, a `word` that may be a name, or neither ("")."""
    forms = set(_forms(word.casefold()))
    if forms & names.sure:
        return "name"
    return "word" if forms & names.words else ""


def _forms(word: str) -> Iterator[str]:
    """The word, its parts, and each without the ending of the genitive."""
    for each in (word, *_PART.split(word)):
        yield each
        if each.endswith("s") and len(each) > _SHORTEST:
            yield each[:-1].rstrip("'’")


def _is_written_as_a_name(text: str, words: list[re.Match[str]], kinds: list[str], place: int) -> bool:
    word = words[place]
    if not word.group()[0].isupper():
        return False
    before = text[: word.start()][-3:].rstrip(" ")
    begins = place == 0 or not before or before[-1] in _STOPS
    beside = [each for each in (place - 1, place + 1) if 0 <= each < len(words) and _touch(text, words, place, each)]
    if not begins or any(kinds[each] and words[each].group()[0].isupper() for each in beside):
        return True
    return place + 1 in beside and bool(_DID.fullmatch(words[place + 1].group()))


def _touch(text: str, words: list[re.Match[str]], one: int, other: int) -> bool:
    first, last = sorted((one, other))
    return text[words[first].end() : words[last].start()] == " "
