"""What a text says, word by word: stem, parts of compounds, and the verb behind it. Pure but for the dictionary.

All words are folded (`spelling.fold`) before anything else, so lexemes are ASCII: `gravetilladelser` has the lexeme
`gravetillad`, the parts `grav` and `tillad` and, behind `grave`, the root `~grav`, which `opgravning` has too.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from indgang.knowledge.search import dictionary, spelling
from indgang.knowledge.search.dictionary import ABBREVIATION, BARE_HEAD, E_HEAD, S_HEAD, TAIL, VERB

#: endings of inflected words, the longest first; what is left must be in the dictionary
_ENDINGS = (
    "ernes", "enes", "erne", "eres", "ende", "edes", "este", "rnes", "ene", "ers", "ens", "ets", "ere", "est", "rne",
    "nes", "ede", "nde", "er", "en", "et", "es", "ne", "te", "ts", "ns", "rs", "de", "st", "e", "s", "r", "n", "t",
)  # fmt: skip
#: who does it and what it is done with: cyklist and cykel of cykle, lejer of leje, handel of handle
_DOERS = ("ist", "er", "or")
_NOUNS_OF_VERBS = ("ningen", "ninger", "ning", "elsen", "elser", "else", "inger", "ing", "eri", "sel")
#: prefixes that leave a verb its meaning well enough; `til`, `for` and `be` make another word of it
_PREFIXES = ("op", "an", "ud", "ind", "af", "ned", "om", "gen", "fra", "bort", "paa", "igen", "sammen", "fore", "med")
_CHANGED_VOWEL = {
    "boeger": "bog", "boern": "barn", "boernene": "barn", "maend": "mand", "haender": "haand", "fodder": "fod",
    "foedder": "fod", "raadder": "rod", "roedder": "rod", "naetter": "nat", "staeder": "stad", "kraefter": "kraft",
    "taender": "tand", "aegder": "aeg", "broedre": "broder", "soestre": "soester", "foraeldre": "forael",
    "raad": "raad", "penge": "penge", "bygget": "bygge", "bygges": "bygge", "maa": "maa",
}  # fmt: skip
#: past tenses and nouns that stand far from their verb; the prefix stays (opgivet, nedrevet)
_STRONG = {
    "bedt": "bede", "bidt": "bide", "bragt": "bringe", "brudt": "bryde", "budt": "byde", "drevet": "drive",
    "drift": "drive", "faldt": "falde", "fandt": "finde", "fundet": "finde", "givet": "give", "gav": "give",
    "grebet": "gribe", "holdt": "holde", "hjulpet": "hjaelpe", "lagt": "laegge", "ladet": "lade", "loebet": "loebe",
    "revet": "rive", "rev": "rive", "salg": "saelge", "solgt": "saelge", "solgte": "saelge", "sat": "saette",
    "satte": "saette", "skaaret": "skaere", "skrevet": "skrive", "skrift": "skrive", "skudt": "skyde",
    "slaaet": "slaa", "sprunget": "springe", "stjaalet": "stjaele", "svaret": "svare", "taget": "tage",
    "tilbudt": "tilbyde", "truffet": "traeffe", "trukket": "traekke", "tyveri": "stjaele", "udbudt": "udbyde",
    "valg": "vaelge", "valgt": "vaelge", "vundet": "vinde", "ansat": "ansaette", "hjaelp": "hjaelpe",
}  # fmt: skip
#: of one expression words are a pair that stand so near each other, those that say nothing not counted
_NEAR = 3
#: what the index keeps of a lexeme
_LONGEST = 80
_SHORTEST_PART = 3
_SHORTEST_COMPOUND_HEAD, _SHORTEST_VERB = 7, 4
_SHORT_PARTS = frozenset(("by", "is", "oel", "ol", "vej", "bil", "ur", "tv", "it", "ip", "oe", "te", "ko", "el", "aa"))
_stemming = threading.local()


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a compound, or a whole word: its stem, and the root of the verb behind it ("" when there is none)."""

    stem: str
    root: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is looked up. `parts` is empty for what is no compound; `exact` is for numbers and paragraphs."""

    whole: Part
    parts: tuple[Part, ...] = ()
    exact: bool = False

    @property
    def family(self) -> str:
        """What it shares with the other words of its verb: opgravning, grave and gravet have one."""
        return (self.whole.root or self.whole.stem).removeprefix("~")

    @property
    def lexemes(self) -> frozenset[str]:
        """Everything it can be found by."""
        found = {self.whole.stem, self.whole.root}
        for part in self.parts:
            found |= {part.stem, part.root}
        return frozenset(found - {""})


@lru_cache(maxsize=30_000)
def word(form: str, language: str = "da") -> Word:
    """The analysis of one folded token (`spelling.Token.form`)."""
    if any(character.isdigit() or character == "§" for character in form):
        return Word(Part(form), exact=True)
    if "-" in form:
        return _hyphenated(form, language)
    if language == "en":
        return Word(Part(_stem(form, "en")))
    base = base_form(form)
    return Word(Part(_stem(base), _root(base)), tuple(_part(each) for each in compound(base)))


def words(text: str, language: str = "da") -> list[str]:
    """All lexemes of a text in order, with those of compound parts and roots; without words that say nothing."""
    return [lexeme for token in spelling.tokens(text) for lexeme in sorted(lexemes(token.form, language))]


@lru_cache(maxsize=30_000)
def lexemes(form: str, language: str) -> frozenset[str]:
    """What one folded token is found by; nothing for a word that says nothing."""
    return frozenset() if is_stop_word(form, language) else word(form, language).lexemes


def pairs(words: Sequence[Word]) -> dict[str, tuple[Word, Word]]:
    """Each two words that stand near each other, by a lexeme that is the same in either order and for other words of
    their families: *grave i fortovet* and *fortovet skal graves op* have `fortov+grav`."""
    found: dict[str, tuple[Word, Word]] = {}
    for place, one in enumerate(words):
        for other in words[place + 1 : place + 1 + _NEAR]:
            if one.family != other.family:
                found.setdefault("+".join(sorted((one.family, other.family)))[:_LONGEST], (one, other))
    return found


def is_stop_word(form: str, language: str) -> bool:
    return form in spelling.STOP_WORDS.get(language, ()) or (len(form) == 1 and not form.isdigit())


def is_written_right(form: str) -> bool:
    """Whether the dictionary has the word, also inflected or as a compound of words that are no mere syllables."""
    base = base_form(form)
    parts = compound(base)
    return bool(dictionary.kind(form) or dictionary.kind(base) or (parts and min(map(len, parts)) > _SHORTEST_PART))


def is_circumstance(form: str) -> bool:
    """Whether a word tells where, when or how many: an adverb, a place or a number in letters.

    They are what the dictionary has as neither noun, verb nor abbreviation.
    """
    base = base_form(form)
    kind = dictionary.kind(base)
    return bool(kind) and not kind & (TAIL | VERB | ABBREVIATION) and not _verb(base)


def pieces(form: str) -> tuple[str, ...]:
    """The parts of a compound as words, for people to read; empty when it is none."""
    if "-" in form:
        return tuple(piece for piece in form.split("-") if piece)
    return compound(base_form(form))


def half_known(form: str) -> list[tuple[str, str, str]]:
    """Where a word that is no compound would be one if a part were spelt right: (before it, the part, after it)."""
    found = []
    for at in range(_SHORTEST_PART, len(form) - _SHORTEST_PART + 1):
        head, tail = form[:at], form[at:]
        if _long_enough(head) and _head(head):
            found.append((head, tail, ""))
        if dictionary.kind(base_form(tail)) & TAIL:
            found.append(("", head, tail))
            if head.endswith("s"):
                found.append(("", head[:-1], f"s{tail}"))
    return found


# --- inflection ------------------------------------------------------------------------------------


@lru_cache(maxsize=30_000)
def base_form(form: str) -> str:
    """The word without its ending, when the dictionary knows what is left; else the word itself."""
    if form in _CHANGED_VOWEL:
        return _CHANGED_VOWEL[form]
    if dictionary.kind(form) & (TAIL | VERB):
        return form
    for ending in _ENDINGS:
        if form.endswith(ending) and (known := _known(form[: -len(ending)])):
            return known
    return form


def _known(rest: str) -> str:
    """A dictionary word that `rest` is left over from: itself, with an e, or with one consonant less."""
    if len(rest) < _SHORTEST_PART:
        return ""
    candidates = (rest, rest + "e", rest[:-1] if rest[-1] == rest[-2] else "")
    return next((each for each in candidates if each and dictionary.kind(each) & (TAIL | VERB)), "")


def _stem(form: str, language: str = "da") -> str:
    stemmers = getattr(_stemming, "by_language", None)
    if stemmers is None:
        # a stemmer keeps the word it works on, so each thread has its own
        stemmers = {"da": snowballstemmer.stemmer("danish"), "en": snowballstemmer.stemmer("english")}
        _stemming.by_language = stemmers
    return str(stemmers[language].stemWord(form))


# --- compounds -------------------------------------------------------------------------------------


@lru_cache(maxsize=30_000)
def compound(form: str) -> tuple[str, ...]:
    """The words a compound is made of, as base forms; empty when it is none that the dictionary can tell."""
    if len(form) < 2 * _SHORTEST_PART or _is_simple(form):
        return ()
    known = bool(dictionary.kind(form))
    splits = [split for at in range(2, len(form) - 2) if (split := _split_at(form, at, inflected=not known))]
    if not splits:
        return ()
    # an even split is more likely meant than a stray syllable; ties go to the longer beginning
    head, tail = max(splits, key=lambda each: (min(len(each[0]), len(each[1])), len(each[0])))
    return (*(compound(head) or (head,)), *(compound(tail) or (tail,)))


def _is_simple(form: str) -> bool:
    """A noun made of a verb, such as `servering`, only looks like a compound (of `serv` and `ring`)."""
    return bool(dictionary.kind(form) and _verb(form))


def _split_at(form: str, at: int, *, inflected: bool) -> tuple[str, str] | None:
    tail = base_form(form[at:]) if inflected else form[at:]
    if not _long_enough(tail):
        return None
    if not (dictionary.kind(tail) & TAIL):
        return _verb_with_head(form[:at], tail)
    head = _head(form[:at])
    return (head, tail) if head and _long_enough(head) else None


def _verb_with_head(head: str, tail: str) -> tuple[str, str] | None:
    """A verb that is made as its noun is: færdigmelde as færdigmelding. Short verbs end too many other words."""
    if len(tail) < _SHORTEST_VERB or not dictionary.kind(tail) & VERB or len(head) < _SHORTEST_VERB:
        return None
    return (head, tail) if dictionary.kind(head) & BARE_HEAD and head not in _PREFIXES else None


def _head(written: str) -> str:
    """The dictionary word that `written` is the compound form of, with its linking letter gone."""
    if dictionary.kind(written) & BARE_HEAD:
        return written
    if written[-1] == "s" and dictionary.kind(written[:-1]) & S_HEAD:
        return written[:-1]
    if written[-1] == "e" and dictionary.kind(written[:-1]) & E_HEAD:
        return written[:-1]
    return _compound_head(written) if len(written) > _SHORTEST_COMPOUND_HEAD else ""


def _compound_head(written: str) -> str:
    """A beginning that is a compound itself, as a rule with an s after it (byggetilladelses-ansøgning)."""
    if written[-1] == "s" and (dictionary.kind(written[:-1]) & TAIL or compound(written[:-1])):
        return written[:-1]
    return written if dictionary.kind(written) & TAIL or compound(written) else ""


def _long_enough(part: str) -> bool:
    return len(part) >= _SHORTEST_PART or part in _SHORT_PARTS


def _part(form: str) -> Part:
    base = base_form(form)
    return Part(_stem(base), _root(base))


def _hyphenated(form: str, language: str) -> Word:
    pieces = [piece for piece in form.split("-") if len(piece) > 1]
    parts: list[Part] = []
    for piece in pieces:
        inner = word(piece, language)
        parts += inner.parts or (inner.whole,)
    whole = word(form.replace("-", ""), language).whole if "-" in form else Part(form)
    return Word(whole, tuple(parts))


# --- derivation ------------------------------------------------------------------------------------


@lru_cache(maxsize=30_000)
def _root(base: str) -> str:
    """`~` and the stem of the verb behind a word, stripped of its prefix: opgravning and grave both have `~grav`."""
    verb = _verb(base)
    if not verb:
        return ""
    for prefix in _PREFIXES:
        rest = verb[len(prefix) :]
        if verb.startswith(prefix) and len(rest) > _SHORTEST_PART and _is_infinitive(rest):
            verb = rest
            break
    return f"~{_stem(verb)}"


def _verb(base: str) -> str:
    """The infinitive that a verb or a noun made of one comes from."""
    if base in _STRONG:
        return _STRONG[base]
    if _is_infinitive(base):
        return base
    if strong := _with_prefix(base):
        return strong
    for ending in _NOUNS_OF_VERBS:
        stem = base[: -len(ending)]
        if base.endswith(ending) and len(stem) >= _SHORTEST_PART:
            for infinitive in (f"{stem}e", f"{stem}{stem[-1]}e"):
                if _is_infinitive(infinitive):
                    return infinitive
    return _doing(base)


def _with_prefix(base: str) -> str:
    """The verb of `nedrevet` and `opsat`: a strong form behind a prefix."""
    for prefix in _PREFIXES:
        if base.startswith(prefix) and (verb := _STRONG.get(base[len(prefix) :])):
            return prefix + verb
    return ""


def _doing(base: str) -> str:
    """The verb of what one does it with or who does it: cykel, cyklist, lejer."""
    if base.endswith("el") and len(base) > _SHORTEST_PART + 1 and dictionary.kind(f"{base[:-2]}le") & VERB:
        return f"{base[:-2]}le"
    for ending in _DOERS:
        stem = base[: -len(ending)]
        if base.endswith(ending) and len(stem) >= _SHORTEST_PART and dictionary.kind(f"{stem}e") & VERB:
            return f"{stem}e"
    return ""


def _is_infinitive(form: str) -> bool:
    """Strong verbs (rive, sætte) have no flag of their own, but their present tense stands beside them."""
    known = dictionary.kind(form)
    return bool(form.endswith("e") and (known & VERB or (known and dictionary.kind(f"{form}r"))))
