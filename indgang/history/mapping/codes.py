"""Which code of ours a code of another system means: by the mapping, or because it is our code or our name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from indgang.history.mapping.choices import ColumnMapping
from indgang.history.mapping.faults import BadCell, CellFault
from indgang.history.mapping.fields import FieldName, folded

#: how a call ended, as a letter in the stored event (`history.event_kinds`)
ANSWERED, ABANDONED, OVERFLOWED, MESSAGE, CALLBACK, LEFT, REGISTERED = "abomclr"


def _meaning(words: Mapping[str, str]) -> dict[str, str]:
    """Each folded word with its code, from texts of words by code."""
    return {word: code for code, text in words.items() for word in text.split()}


#: words for how a call ended, folded
RESULT_WORDS = _meaning({
    ANSWERED: "besvaret besvarede svaret ja answered handled completed yes 1",
    ABANDONED: "opgivet lagtpå lagtpåikø tabt mistet nej ubesvaret abandoned lost hungup unanswered no 0",
    OVERFLOWED: "overløb gikvidere omstilletfrakø overflow overflowed rerouted",
    MESSAGE: "besked telefonsvarer indtaltbesked message voicemail",
    CALLBACK: "tilbagekald ringop callback bestiltopkald",
    LEFT: "afvist lukket andet left closed rejected other timeout",
})  # fmt: skip
#: words for how an enquiry was resolved, folded: codes of `enquiries.models.Outcome`
RESOLUTION_WORDS = _meaning({
    "resolved": "straksafklaret afklaret løst afsluttet ja resolved solved yes 1",
    "transferred": "viderestillet stilletvidere omstillet nej transferred forwarded no 0",
    "message": "besked beskedtilsagsbehandler message",
    "callback": "ringtilbage aftaltatringetilbage callback",
    "directed": "henvist selvbetjening henvisttilselvbetjening hjemmeside directed selfservice",
    "other": "andet other",
})  # fmt: skip
#: words for channels, folded: codes of `enquiries.models.Channel`
CHANNEL_WORDS = _meaning({
    "phone": "telefon tlf opkald phone call voice",
    "walk_in": "fremmøde personlig skranke walkin desk",
    "mail": "mail email epost",
    "form": "formular webformular form webform",
    "chat": "chat livechat",
    "sms": "sms",
    "post": "digitalpost sikkerpost brev post securepost",
})  # fmt: skip
_WORDS: Mapping[FieldName, Mapping[str, str]] = {
    FieldName.RESULT: RESULT_WORDS, FieldName.RESOLUTION: RESOLUTION_WORDS, FieldName.CHANNEL: CHANNEL_WORDS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownCodes:
    """Our codes with their names, by field."""

    names: Mapping[FieldName, Mapping[str, str]]

    def accepted(self, field: FieldName) -> Mapping[str, str]:
        """Our code for each folded code, name or word that needs no mapping. A name that two have means nothing."""
        found, doubled = dict(_WORDS.get(field, {})), set()
        for code, name in self.names.get(field, {}).items():
            key = folded(name)
            if key in found and found[key] != code:
                doubled.add(key)
            found[key] = code
        for each in doubled:
            del found[each]
        return found | {folded(code): code for code in self.names.get(field, {})}


class CodeReader:
    """Our code for the codes of one column."""

    def __init__(self, field: FieldName, mapping: ColumnMapping, known: KnownCodes) -> None:
        accepted = known.accepted(field)
        ours = set(accepted.values())
        self._codes = {theirs.strip(): ours_ for theirs, ours_ in mapping.codes.get(field, {}).items()}
        self.strange = sorted({each for each in self._codes.values() if each and each not in ours})
        self._accepted = accepted
        #: what has been read; None: it means nothing
        self.known: dict[str, str | None] = {}

    def read(self, text: str) -> str:
        """Our code; "" for one that the mapping leaves out. Raises BadCell."""
        if text in self.known:
            found = self.known[text]
        else:
            found = self._codes.get(text, self._accepted.get(folded(text)))
            if len(self.known) < 100_000:
                self.known[text] = found
        if found is None:
            raise BadCell(CellFault.UNKNOWN_CODE, text)
        return found


def unknown(texts: Iterable[str], reader: CodeReader) -> list[str]:
    """The codes that mean nothing to us yet, each once, in their order."""
    found = dict.fromkeys(text for text in texts if text)
    return [text for text in found if _is_unknown(text, reader)]


def _is_unknown(text: str, reader: CodeReader) -> bool:
    try:
        reader.read(text)
    except BadCell:
        return True
    return False
