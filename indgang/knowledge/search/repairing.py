"""What was meant by words that no text has: a word of the vocabulary that is near, or one that begins so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from indgang.knowledge.search import analysis, spelling, vocabulary
from indgang.knowledge.search.index import IN_SCOPE, Scope
from indgang.prepared import statements

#: of longer words too much is one letter away; trigrams are faster
_LONGEST_ONE_AWAY = 24
#: parts of a compound shorter than this are not repaired, and only so many of the ways to split it are tried
_SHORTEST_PART, _MOST_SPLITS = 5, 4
#: an abbreviation with a full stop has so many letters at least
_SHORTEST_ABBREVIATION = 3

_ONE_AWAY = f"""
SELECT word, sum(documents)::int, min(written) FROM knowledge_searchword
WHERE word = ANY(string_to_array(%(words)s, ' ')) AND {IN_SCOPE} GROUP BY word
"""  # noqa: S608  # nothing in it but names of ours
_ALIKE = """
SELECT word, sum(documents)::int, min(written) FROM knowledge_searchword
WHERE ({shared}) AND {in_scope} AND length(word) BETWEEN %(shortest)s AND %(longest)s
GROUP BY word ORDER BY abs(length(word) - %(length)s), sum(documents) DESC LIMIT 300
"""
_BEGINNING = f"""
SELECT word, sum(documents)::int, min(written) FROM knowledge_searchword WHERE word LIKE %(pattern)s AND {IN_SCOPE}
GROUP BY word ORDER BY sum(documents) DESC, length(word) LIMIT 20
"""  # noqa: S608


@dataclass(frozen=True, slots=True)
class Unknown:
    """A folded word that no text has. `short` tells that a full stop follows, as after an abbreviation; `made` that it
    may be a compound of words that texts have, so that only what is one letter away is meant instead."""

    form: str
    short: bool = False
    made: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """The word that was meant, folded and as people write it."""

    form: str
    written: str


def meant(unknown: Sequence[Unknown], language: str, scope: Scope) -> dict[str, Meant]:
    """What was most likely meant by each of these words; those that are near nothing are left out.

    Only texts of `scope` are asked.
    """
    ours = _Vocabulary(scope)
    near = ours.one_away([each.form for each in unknown if vocabulary.most_errors(each.form)])
    found = {each.form: _meant(each, near, language, ours) for each in unknown}
    return {form: Meant(word, ours.spelt(word)) for form, word in found.items() if word}


def _meant(typed: Unknown, near: Sequence[tuple[str, int]], language: str, ours: _Vocabulary) -> str:
    """What the dictionary has is meant as it is written, but for an æ, ø or å and for its end."""
    form, found = typed.form, list[str]()
    if typed.short and len(form) >= _SHORTEST_ABBREVIATION:
        found = ours.begun(form)
    if found or not vocabulary.most_errors(form):
        return next(iter(found), "")
    if language == "da" and analysis.is_written_right(form):
        same = [pair for pair in near if vocabulary.without_our_vowels(pair[0]) == form]
        found = vocabulary.nearest(form, same) or _related(form, language, ours)
    else:
        found = vocabulary.nearest(form, [pair for pair in near if vocabulary.distance(form, pair[0], 1) == 1])
        if not found and not typed.made:
            found = _compounds(form, ours) or vocabulary.nearest(form, ours.alike(form)) or ours.begun(form)
    return next(iter(found), "")


def _compounds(form: str, ours: _Vocabulary) -> list[str]:
    """The compounds that `form` is when one letter of one part is put right; nobody need have written them."""
    splits = [split for split in analysis.half_known(form) if len(split[1]) >= _SHORTEST_PART]
    splits = sorted(splits, key=lambda split: -len(split[1]))[:_MOST_SPLITS]
    words = [word for word, _ in ours.one_away([part for _, part, _ in splits])]
    made = [
        f"{before}{word}{after}"
        for before, part, after in splits
        for word in words
        if vocabulary.distance(part, word, 1) == 1
    ]
    parts = {whole: len(analysis.compound(analysis.base_form(whole))) for whole in made}
    # of few parts rather than of many short ones that only look like it
    return sorted((whole for whole in parts if parts[whole]), key=lambda whole: parts[whole])


def _related(form: str, language: str, ours: _Vocabulary) -> list[str]:
    """What a right word goes on as: genanvende as genanvendelse, but hund not as hundrede."""
    own = analysis.word(form, language).lexemes
    return [word for word in ours.begun(form) if own & analysis.word(word, language).lexemes]


@dataclass
class _Vocabulary:
    """The words of the texts in `scope`; `written` gives how those look that were read."""

    scope: Scope
    written: dict[str, str] = field(default_factory=dict)

    def one_away(self, forms: Iterable[str]) -> list[tuple[str, int]]:
        """Words one letter from one of `forms`, with how many documents have them."""
        near = [word for form in forms if len(form) <= _LONGEST_ONE_AWAY for word in vocabulary.one_away(form)]
        values = {"words": " ".join(near), **self.scope.values}
        return self._read(statements.rows(_ONE_AWAY, values)) if near else []

    def alike(self, form: str) -> list[tuple[str, int]]:
        """Those that share most trigrams with `form`."""
        errors, tracks = vocabulary.most_errors(form), vocabulary.tracks(form)
        values: dict[str, Any] = {f"track{number}": track for number, track in enumerate(tracks)}
        values |= {"shortest": len(form) - errors - 1, "longest": len(form) + errors + 1, "length": len(form)}
        holds = " OR ".join(f"grams @> %(track{number})s::varchar[]" for number in range(len(tracks)))
        return vocabulary.alike(form, self._ask(_ALIKE.format(shared=holds, in_scope=IN_SCOPE), values))

    def begun(self, form: str) -> list[str]:
        """Those that begin so, the most common first."""
        return [word for word, _ in self._ask(_BEGINNING, {"pattern": f"{_literal(form)}%"})]

    def spelt(self, form: str) -> str:
        """A word as people write it; a compound that nobody wrote as its parts are written."""
        whole = self.written.get(form)
        return whole or spelling.unfolded(form, [word for word in self.written.values() if len(word) >= _SHORTEST_PART])

    def _ask(self, statement: str, values: Mapping[str, Any]) -> list[tuple[str, int]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, {**values, **self.scope.values})
            return self._read(cursor.fetchall())

    def _read(self, rows: Iterable[tuple[Any, ...]]) -> list[tuple[str, int]]:
        found = []
        for word, documents, written in rows:
            self.written[word] = written
            found.append((word, documents))
        return found


def _literal(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
