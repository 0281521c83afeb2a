"""The fields of a version, cleaned and checked in one place for the editor and the import."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from indgang.core import masking, text
from indgang.core.refusals import RefusedChange
from indgang.knowledge import difference, markdown
from indgang.knowledge.models import ArticleVersion

TITLE, SHORT, REASON = 200, 400, 300
WORD, MOST_WORDS, MOST_LINKS = 100, 150, 30

LINK_KINDS = ("self_service", "law", "page")
LINK_OWNERS = ("national", "shared", "own")

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]")
_ADDRESS = re.compile(
    r"(?:https?://[^\s<>\"]+\.[^\s<>\"]+|mailto:[^\s<>\"]+@[^\s<>\"]+|tel:\+?[0-9 ]+)\Z", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Wording:
    """The text of a version. `links` are {"title", "url", "kind", "owner"}."""

    title: str
    short: str
    body: str
    words: tuple[str, ...]
    links: tuple[Mapping[str, str], ...]

    def fields(self) -> dict[str, Any]:
        """The fields as the columns of a version."""
        return {
            "title": self.title, "short": self.short, "body": self.body,
            "words": list(self.words), "links": [dict(link) for link in self.links],
        }  # fmt: skip


def of(version: ArticleVersion) -> Wording:
    """The text of a version."""
    return Wording(version.title, version.short, version.body, tuple(version.words), tuple(version.links))


def checked(
    *,
    title: str,
    short: str,
    body: str,
    words: Iterable[str],
    links: Iterable[Mapping[str, Any]],
    complete: bool = True,
) -> Wording:
    """Clean the text. Raises RefusedChange with every reason, by field; an incomplete draft may lack answers."""
    wrong: dict[str, str | Promise] = {}
    made = Wording(
        title=" ".join(_clean(title).split()),
        short=" ".join(_clean(short).split()),
        body=_clean(body).strip(),
        words=_words(words, wrong),
        links=_links(links, wrong),
    )
    if complete:
        wrong |= _missing(made)
    wrong |= _too_long(made) or _private(made)
    if wrong:
        raise RefusedChange(wrong)
    return made


def change_size(old: Wording, new: Wording) -> int:
    """Characters added plus characters removed, over all fields; link targets count as whole words."""
    pairs = [(old.title, new.title), (old.short, new.short), (old.body, new.body)]
    pairs += [("\n".join(old.words), "\n".join(new.words)), (_listed(old.links), _listed(new.links))]
    return sum(difference.size(before, after) for before, after in pairs)


def link_targets(wording: Wording) -> set[str]:
    """Every URL in the answers and in the list of links."""
    written = [*markdown.targets(wording.short), *markdown.targets(wording.body)]
    return {*written, *(link["url"] for link in wording.links)}


def _clean(written: str) -> str:
    return _CONTROL.sub("", written.replace("\r\n", "\n").replace("\r", "\n"))


def _missing(made: Wording) -> dict[str, str]:
    wrong = {}
    if not made.title:
        wrong["title"] = _("Skriv en overskrift: det spørgsmål, artiklen svarer på.")
    if not made.short:
        wrong["short"] = _("Skriv det korte svar, med det næste skridt først.")
    return wrong


def _too_long(made: Wording) -> dict[str, str]:
    limits = (("title", TITLE), ("short", SHORT), ("body", markdown.MOST_CHARACTERS))
    return {
        name: _("Teksten er på %(size)s tegn; der er plads til %(most)s. Kort den af, eller del den i flere artikler.")
        % {"size": len(getattr(made, name)), "most": most}
        for name, most in limits
        if len(getattr(made, name)) > most
    }


def _private(made: Wording) -> dict[str, str]:
    said = _("Teksten ser ud til at rumme et CPR-nummer. Fjern det.")
    return {name: said for name in ("title", "short", "body") if masking.has_cpr(getattr(made, name))}


def _words(words: Iterable[str], wrong: dict[str, str | Promise]) -> tuple[str, ...]:
    cleaned = dict.fromkeys(" ".join(_clean(str(word)).split()) for word in words)
    kept = tuple(word for word in cleaned if word)
    if any(len(word) > WORD for word in kept) or len(kept) > MOST_WORDS:
        wrong["words"] = _("Højst %(most)s ord eller udtryk, hvert på højst %(size)s tegn.") % {
            "most": MOST_WORDS,
            "size": WORD,
        }
    return kept


def _links(links: Iterable[Mapping[str, Any]], wrong: dict[str, str | Promise]) -> tuple[Mapping[str, str], ...]:
    kept = tuple(_link(each) for each in links)
    if len(kept) > MOST_LINKS:
        wrong["links"] = _("Højst %(most)s links.") % {"most": MOST_LINKS}
    for link in kept:
        if not link["title"] or len(link["title"]) > TITLE:
            wrong["links"] = _("Hvert link skal have en tekst på højst %(size)s tegn.") % {"size": TITLE}
        elif len(link["url"]) > 1_000 or not _ADDRESS.match(link["url"]):
            wrong["links"] = _("“%(url)s” er ikke en adresse, der kan linkes til. Begynd med https://.") % {
                "url": text.shorten(link["url"] or " ", 80)
            }
        elif link["kind"] not in LINK_KINDS or link["owner"] not in LINK_OWNERS:
            wrong["links"] = _("Typen eller ejeren af linket “%(title)s” er ukendt.") % {"title": link["title"]}
    return kept


def _link(given: Mapping[str, Any]) -> dict[str, str]:
    values = {name: " ".join(_clean(str(given.get(name) or "")).split()) for name in ("title", "url", "kind", "owner")}
    return values | {"kind": values["kind"] or "page", "owner": values["owner"] or "own"}


def _listed(links: Sequence[Mapping[str, str]]) -> str:
    return "\n".join(f"{link['title']} {link['url']} {link['kind']} {link['owner']}" for link in links)
