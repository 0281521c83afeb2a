"""Groups of synonyms, cached in the process and read again when they change."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock

from indgang.knowledge.models import SynonymGroup
from indgang.knowledge.search import analysis, spelling


@dataclass(frozen=True, slots=True)
class Phrase:
    """A member of a group: its spelling, and the forms of its words."""

    written: str
    forms: tuple[str, ...]
    stems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Thesaurus:
    """The groups of one language, by the first stem of each phrase."""

    version: str = ""
    by_stem: Mapping[str, Sequence[tuple[Phrase, Sequence[Phrase]]]] = field(default_factory=dict)

    def at(self, stems: Sequence[str], position: int) -> Iterator[tuple[Phrase, Sequence[Phrase]]]:
        """The phrases in `stems` at `position`, each with the other phrases of its group."""
        for phrase, others in self.by_stem.get(stems[position], ()):
            if tuple(stems[position : position + len(phrase.stems)]) == phrase.stems:
                yield phrase, others


_known: dict[str, Thesaurus] = {}
_lock = Lock()


def current(language: str) -> Thesaurus:
    """The thesaurus this process read last; empty before the first `read`."""
    return _known.get(language, Thesaurus())


def read(language: str, version: str) -> Thesaurus:
    """Read the groups again. `version` identifies their content, and changes with every edit."""
    by_stem: defaultdict[str, list[tuple[Phrase, Sequence[Phrase]]]] = defaultdict(list)
    for group in SynonymGroup.objects.values_list("words", flat=True):
        phrases = [phrase for words in group if (phrase := _phrase(words, language)).stems]
        for phrase in phrases:
            others = [other for other in phrases if other.stems != phrase.stems]
            by_stem[phrase.stems[0]].append((phrase, others))
    thesaurus = Thesaurus(version, dict(by_stem))
    with _lock:
        _known[language] = thesaurus
    return thesaurus


def _phrase(written: str, language: str) -> Phrase:
    forms = tuple(token.form for token in spelling.tokens(written) if not analysis.is_stop_word(token.form, language))
    return Phrase(written, forms, tuple(analysis.word(form, language).whole.stem for form in forms))
