"""Corrects words that no text has: finds a near word of the vocabulary, or one with the same beginning."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from indgang.knowledge.search import analysis, spelling, vocabulary
from indgang.knowledge.search.index import IN_SCOPE, Scope
from indgang.prepared import statements

#: longer words have too many candidates at distance one; trigrams are faster
_LONGEST_ONE_AWAY = 24
#: shortest part of a compound that is corrected, and the number of splits that are tried
_SHORTEST_PART, _MOST_SPLITS = 5, 4
#: fewest letters of an abbreviation with a full stop
_SHORTEST_ABBREVIATION = 3

_ONE_AWAY = f"""
SELECT word, sum(documents)::int, min(written) FROM knowledge_searchword
WHERE word = ANY(string_to_array(%(words)s, ' ')) AND {IN_SCOPE} GROUP BY word
"""  # noqa: S608  # only our own names are inserted
_ALIKE = """
SELECT word, sum(documents)::int, min(written) FROM knowledge_searchword
WHERE ({shared}) AND {in_scope} AND length(word) BETWEEN %(shortest)s AND %(longest)s
GROUP BY word ORDER BY abs(length(word) - %(length)s), sum(documents) DESC LIMIT 300
"""
_BEGINNING = f"""
SELECT word, sum(documents)::int, min(written) FROM knowledge_searchword WHERE word LIKE %(pattern)s AND {IN_SCOPE}
GROUP BY word ORDER BY sum(documents) DESC, length(word) LIMIT 20
"""  # noqa: S608  # our names


@dataclass(frozen=True, slots=True)
class Unknown:
    """A folded word that no text has. `short` says that a full stop follows, as after an abbreviation. `made` says that
    it may be a compound of words that the texts have, so only a word at distance one may replace it."""

    form: str
    short: bool = False
    made: bool = False


@dataclass(frozen=True, slots=True)
class Meant:
    """The corrected word, folded and in readable spelling."""

    form: str
    written: str


def meant(unknown: Sequence[Unknown], language: str, scope: Scope) -> dict[str, Meant]:
    """The most likely correction of each of these words; words without a near one are left out.

    Only the texts of `scope` are used.
    """
    ours = _Vocabulary(scope)
    near = ours.one_away([each.form for each in unknown if vocabulary.most_errors(each.form)])
    found = {each.form: _meant(each, near, language, ours) for each in unknown}
    return {form: Meant(word, ours.spelt(word)) for form, word in found.items() if word}


def _meant(typed: Unknown, near: Sequence[tuple[str, int]], language: str, ours: _Vocabulary) -> str:
    """The correction. For a word of the dictionary, it may differ only in æ, ø and å or in the ending."""
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
    """Compounds that differ from `form` in one letter of one part; the texts need not contain them."""
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
    # few long parts before many short ones, which match by chance
    return sorted((whole for whole in parts if parts[whole]), key=lambda whole: parts[whole])


def _related(form: str, language: str, ours: _Vocabulary) -> list[str]:
    """Words that continue a correct word: genanvende finds genanvendelse, but hund does not find hundrede."""
    own = analysis.word(form, language).lexemes
    return [word for word in ours.begun(form) if own & analysis.word(word, language).lexemes]


@dataclass
class _Vocabulary:
    """The words of the texts in `scope`; `written` gives the readable spelling of those already read."""

    scope: Scope
    written: dict[str, str] = field(default_factory=dict)

    def one_away(self, forms: Iterable[str]) -> list[tuple[str, int]]:
        """Words at distance one from one of `forms`, with their number of documents."""
        near = [word for form in forms if len(form) <= _LONGEST_ONE_AWAY for word in vocabulary.one_away(form)]
        values = {"words": " ".join(near), **self.scope.values}
        return self._read(statements.rows(_ONE_AWAY, values)) if near else []

    def alike(self, form: str) -> list[tuple[str, int]]:
        """The words that share the most trigrams with `form`."""
        errors, tracks = vocabulary.most_errors(form), vocabulary.tracks(form)
        values: dict[str, Any] = {f"track{number}": track for number, track in enumerate(tracks)}
        values |= {"shortest": len(form) - errors - 1, "longest": len(form) + errors + 1, "length": len(form)}
        holds = " OR ".join(f"grams @> %(track{number})s::varchar[]" for number in range(len(tracks)))
        return vocabulary.alike(form, self._ask(_ALIKE.format(shared=holds, in_scope=IN_SCOPE), values))

    def begun(self, form: str) -> list[str]:
        """The words that begin with `form`, most common first."""
        return [word for word, _ in self._ask(_BEGINNING, {"pattern": f"{_literal(form)}%"})]

    def spelt(self, form: str) -> str:
        """The readable spelling of a word; a compound that no text has takes the spelling of its parts."""
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
