"""The words of a text that may be shown: none that may be a name, a number or an address.

A note is masked first, as comments are, and the words of the caller's name are left out. Of the rest only words count
that the Danish dictionary has as a noun or a verb and not as a name alone, or that stand on public pages. So a name
does not become a topic even when five people write it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from indgang.core.masking import MASK, MASK_OTHER
from indgang.feedback import known_names
from indgang.feedback.masking import StaffNames, masked
from indgang.knowledge.search import analysis, dictionary, spelling
from indgang.knowledge.search.dictionary import TAIL, VERB

#: characters of a text that are looked at
_LONGEST = 500
_SHORTEST = 3
#: what notes say about the call itself and not about the question
_ABOUT_THE_CALL = frozenset(
    re.findall(
        r"\w+",
        """
        aftale aftalt bede bedt besked besvaret borger borgeren forklare forklaret henvende henvendelse henvendt henvise
        henvisning henvist informere informeret kalde kommunen kontakt kontakte kontaktet kunde kunden kollega link mail
        mangle mangler medarbejder note notere opkald oplyse oplysning oplyst orientere orienteret problem ring ringe
        ringer ringet sagsbehandler sagsbehandleren samtale sende sender sendt sige skrive skrevet snakke spoergsmaal
        stille svar svare tale talte telefon telefonisk undre vejlede vejledning vejledt vende viderestille
        viderestillet virksomhed virksomheden
        """,
    )
)


@dataclass(slots=True)
class WordReader:
    """Reads the words of texts, and remembers how each was written. `public` are stems of public pages."""

    public: Collection[str] = frozenset()
    names: StaffNames = field(default_factory=known_names.current)
    written: dict[str, str] = field(default_factory=dict)
    _known: dict[str, frozenset[str]] = field(default_factory=dict)

    def of(self, text: str, *whose: str) -> frozenset[str]:
        """The stems of a text of strangers, or of a note about them (`whose` are their names)."""
        found = self._known.get(text)
        if found is None:
            safe = masked(text[:_LONGEST], self.names).replace(MASK, " ").replace(MASK_OTHER, " ")
            found = self._known[text] = self._stems(safe, is_ours=False)
        named = " ".join(whose)
        return found - self._stems(named, is_ours=True, is_kept=False) if found and named.strip() else found

    def of_page(self, text: str) -> frozenset[str]:
        """The stems of what stands on a page."""
        return self._stems(text, is_ours=True)

    def _stems(self, text: str, *, is_ours: bool, is_kept: bool = True) -> frozenset[str]:
        found = set()
        for token in spelling.tokens(text):
            form = token.form
            if len(form) < _SHORTEST or not form.isalpha() or analysis.is_stop_word(form, "da"):
                continue
            if not is_ours and form in _ABOUT_THE_CALL:
                continue
            stem = analysis.word(form).whole.stem
            if is_ours or stem in self.public or _is_ordinary(form):
                found.add(stem)
                if is_kept:
                    self.written.setdefault(stem, spelling.as_written(text[token.start : token.end], form))
        return frozenset(found)


def _is_ordinary(form: str) -> bool:
    """Whether it is a noun or a verb of the dictionary, or made of several, and no name."""
    base = analysis.base_form(form)
    if dictionary.is_only_a_name(form) or dictionary.is_only_a_name(base):
        return False
    return bool(dictionary.kind(base) & (TAIL | VERB)) or len(analysis.compound(base)) > 1
