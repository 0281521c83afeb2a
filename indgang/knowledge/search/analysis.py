"""The analysis of a text word by word: stems, parts of compounds, and root verbs. Pure except for the dictionary.

All words are folded (`spelling.fold`) first, so lexemes are ASCII. `gravetilladelser` has the lexeme `gravetillad`, the
parts `grav` and `tillad`, and the root `~grav` of `grave`, which `opgravning` has too.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

from indgang.knowledge.search import dictionary, spelling
from indgang.knowledge.search.dictionary import ABBREVIATION, BARE_HEAD, E_HEAD, S_HEAD, TAIL, VERB

#: inflectional endings, longest first; the rest must be in the dictionary
_ENDINGS = (
    "ernes", "enes", "erne", "eres", "ende", "edes", "este", "rnes", "ene", "ers", "ens", "ets", "ere", "est", "rne",
    "nes", "ede", "nde", "er", "en", "et", "es", "ne", "te", "ts", "ns", "rs", "de", "st", "e", "s", "r", "n", "t",
)  # fmt: skip
#: nouns for the doer and the tool of a verb: cyklist and cykel of cykle, lejer of leje, handel of handle
_DOERS = ("ist", "er", "or")
_NOUNS_OF_VERBS = ("ningen", "ninger", "ning", "elsen", "elser", "else", "inger", "ing", "eri", "sel")
#: prefixes that keep a verb's meaning well enough; `til`, `for` and `be` make another word of it
_PREFIXES = ("op", "an", "ud", "ind", "af", "ned", "om", "gen", "fra", "bort", "paa", "igen", "sammen", "fore", "med")
_CHANGED_VOWEL = {
    "boeger": "bog", "boern": "barn", "boernene": "barn", "maend": "mand", "haender": "haand", "fodder": "fod",
    "foedder": "fod", "raadder": "rod", "roedder": "rod", "naetter": "nat", "staeder": "stad", "kraefter": "kraft",
    "taender": "tand", "aegder": "aeg", "broedre": "broder", "soestre": "soester", "foraeldre": "forael",
    "raad": "raad", "penge": "penge", "bygget": "bygge", "bygges": "bygge", "maa": "maa",
}  # fmt: skip
#: past tenses and nouns that differ much from their verb; the prefix stays (opgivet, nedrevet)
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
#: two words of an expression are a pair when they are at most this far apart; stop words are not counted
_NEAR = 3
#: characters of a lexeme in the index
_LONGEST = 80
_SHORTEST_PART = 3
_SHORTEST_COMPOUND_HEAD, _SHORTEST_VERB = 7, 4
_SHORT_PARTS = frozenset(("by", "is", "oel", "ol", "vej", "bil", "ur", "tv", "it", "ip", "oe", "te", "ko", "el", "aa"))
_stemming = threading.local()


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a compound, or a whole word: its stem, and the root of its verb ("" when it has none)."""

    stem: str
    root: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """A word for lookup. `parts` is empty for a word that is not a compound; `exact` is for numbers and paragraphs."""

    whole: Part
    parts: tuple[Part, ...] = ()
    exact: bool = False

    @property
    def family(self) -> str:
        """The key shared by all words of one verb: opgravning, grave and gravet have the same."""
        return (self.whole.root or self.whole.stem).removeprefix("~")

    @property
    def lexemes(self) -> frozenset[str]:
        """All lexemes under which the word is found."""
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
    """All lexemes of a text in order, including those of compound parts and roots; without stop words."""
    return [lexeme for token in spelling.tokens(text) for lexeme in sorted(lexemes(token.form, language))]


@lru_cache(maxsize=30_000)
def lexemes(form: str, language: str) -> frozenset[str]:
    """The lexemes of one folded token; none for a stop word."""
    return frozenset() if is_stop_word(form, language) else word(form, language).lexemes


def pairs(words: Sequence[Word]) -> dict[str, tuple[Word, Word]]:
    """All pairs of words that stand near each other. The key is a lexeme that ignores order and inflection: *grave i
    fortovet* and *fortovet skal graves op* have `fortov+grav`."""
    found: dict[str, tuple[Word, Word]] = {}
    for place, one in enumerate(words):
        for other in words[place + 1 : place + 1 + _NEAR]:
            if one.family != other.family:
                found.setdefault("+".join(sorted((one.family, other.family)))[:_LONGEST], (one, other))
    return found


def is_stop_word(form: str, language: str) -> bool:
    return form in spelling.STOP_WORDS.get(language, ()) or (len(form) == 1 and not form.isdigit())


def is_written_right(form: str) -> bool:
    """Whether the dictionary has the word or its base form, or it is a compound whose parts have more than three
    letters."""
    base = base_form(form)
    parts = compound(base)
    return bool(dictionary.kind(form) or dictionary.kind(base) or (parts and min(map(len, parts)) > _SHORTEST_PART))


def is_circumstance(form: str) -> bool:
    """Whether a word tells where, when or how many: an adverb, a place or a number in letters.

    In the dictionary, these words are neither nouns, verbs nor abbreviations.
    """
    base = base_form(form)
    kind = dictionary.kind(base)
    return bool(kind) and not kind & (TAIL | VERB | ABBREVIATION) and not _verb(base)


def pieces(form: str) -> tuple[str, ...]:
    """The parts of a compound as readable words; empty for a word that is not a compound."""
    if "-" in form:
        return tuple(piece for piece in form.split("-") if piece)
    return compound(base_form(form))


def half_known(form: str) -> list[tuple[str, str, str]]:
    """Ways to read a word as a compound with one misspelt part: (text before it, the part, text after it)."""
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
    """The word without its ending when the dictionary has the rest; else the word itself."""
    if form in _CHANGED_VOWEL:
        return _CHANGED_VOWEL[form]
    if dictionary.kind(form) & (TAIL | VERB):
        return form
    for ending in _ENDINGS:
        if form.endswith(ending) and (known := _known(form[: -len(ending)])):
            return known
    return form


def _known(rest: str) -> str:
    """The dictionary word for `rest`: itself, with an added e, or with one consonant less."""
    if len(rest) < _SHORTEST_PART:
        return ""
    candidates = (rest, rest + "e", rest[:-1] if rest[-1] == rest[-2] else "")
    return next((each for each in candidates if each and dictionary.kind(each) & (TAIL | VERB)), "")


def _stem(form: str, language: str = "da") -> str:
    stemmers = getattr(_stemming, "by_language", None)
    if stemmers is None:
        # a stemmer stores the word it works on, so each thread has its own
        stemmers = {"da": snowballstemmer.stemmer("danish"), "en": snowballstemmer.stemmer("english")}
        _stemming.by_language = stemmers
    return str(stemmers[language].stemWord(form))


# --- compounds -------------------------------------------------------------------------------------


@lru_cache(maxsize=30_000)
def compound(form: str) -> tuple[str, ...]:
    """The base forms of a compound's words; empty when the dictionary has no split."""
    if len(form) < 2 * _SHORTEST_PART or _is_simple(form):
        return ()
    known = bool(dictionary.kind(form))
    splits = [split for at in range(2, len(form) - 2) if (split := _split_at(form, at, inflected=not known))]
    if not splits:
        return ()
    # an even split is more likely than one with a stray syllable; ties go to the longer beginning
    head, tail = max(splits, key=lambda each: (min(len(each[0]), len(each[1])), len(each[0])))
    return (*(compound(head) or (head,)), *(compound(tail) or (tail,)))


def _is_simple(form: str) -> bool:
    """Whether it is a noun derived from a verb: `servering` only looks like a compound (of `serv` and `ring`)."""
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
    """A compound verb, such as færdigmelde. Short verbs are excluded, because too many other words end like them."""
    if len(tail) < _SHORTEST_VERB or not dictionary.kind(tail) & VERB or len(head) < _SHORTEST_VERB:
        return None
    return (head, tail) if dictionary.kind(head) & BARE_HEAD and head not in _PREFIXES else None


def _head(written: str) -> str:
    """The dictionary word for the first part of a compound, without its linking letter."""
    if dictionary.kind(written) & BARE_HEAD:
        return written
    if written[-1] == "s" and dictionary.kind(written[:-1]) & S_HEAD:
        return written[:-1]
    if written[-1] == "e" and dictionary.kind(written[:-1]) & E_HEAD:
        return written[:-1]
    return _compound_head(written) if len(written) > _SHORTEST_COMPOUND_HEAD else ""


def _compound_head(written: str) -> str:
    """A first part that is a compound itself, usually with a linking s (byggetilladelses-ansøgning)."""
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
    """`~` and the stem of the word's verb without its prefix: opgravning and grave both have `~grav`."""
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
    """The infinitive of a verb, or of a noun derived from a verb."""
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
    """The verb of `nedrevet` and `opsat`: an irregular form with a prefix."""
    for prefix in _PREFIXES:
        if base.startswith(prefix) and (verb := _STRONG.get(base[len(prefix) :])):
            return prefix + verb
    return ""


def _doing(base: str) -> str:
    """The verb of a tool or a doer: cykel, cyklist, lejer."""
    if base.endswith("el") and len(base) > _SHORTEST_PART + 1 and dictionary.kind(f"{base[:-2]}le") & VERB:
        return f"{base[:-2]}le"
    for ending in _DOERS:
        stem = base[: -len(ending)]
        if base.endswith(ending) and len(stem) >= _SHORTEST_PART and dictionary.kind(f"{stem}e") & VERB:
            return f"{stem}e"
    return ""


def _is_infinitive(form: str) -> bool:
    """Whether it is an infinitive. Strong verbs (rive, sætte) have no flag, but the dictionary has their present
    tense."""
    known = dictionary.kind(form)
    return bool(form.endswith("e") and (known & VERB or (known and dictionary.kind(f"{form}r"))))
