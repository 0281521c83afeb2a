"""Differences between versions, for the pages about knowledge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indgang.knowledge import difference
from indgang.knowledge.models import ArticleVersion

_FIELDS: Mapping[str, str | Promise] = {
    "title": _("Overskrift"),
    "short": _("Kort svar"),
    "body": _("Hele svaret"),
    "words": _("Ord, folk bruger"),
    "links": _("Links"),
}


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field of a version that differs. `pieces` are the result of `difference.words`."""

    name: str | Promise
    pieces: list[difference.Piece]


def differing_fields(before: ArticleVersion | None, after: ArticleVersion) -> list[FieldDifference]:
    """The changes of `after`, field by field; everything is new without an earlier version."""
    old, new = (_texts(version) if version else dict.fromkeys(_FIELDS, "") for version in (before, after))
    return [
        FieldDifference(label, readable(difference.words(old[name], new[name])))
        for name, label in _FIELDS.items()
        if old[name] != new[name]
    ]


def readable(pieces: Sequence[difference.Piece]) -> list[difference.Piece]:
    """The pieces, with changes merged when only a space or a short word on the same line separates them."""
    joined: list[difference.Piece] = []
    gone, come = "", ""
    for place, (kind, text) in enumerate(pieces):
        between = kind == "equal" and (gone or come) and place + 1 < len(pieces)
        if kind == "removed" or (between and _is_slight(text)):
            gone += text
        if kind == "added" or (between and _is_slight(text)):
            come += text
        if kind == "equal" and not (between and _is_slight(text)):
            joined += [*_change(gone, come), (kind, text)]
            gone, come = "", ""
    return [*joined, *_change(gone, come)]


def _is_slight(text: str) -> bool:
    return "\n" not in text and len(text.strip()) < 4


def _change(gone: str, come: str) -> Iterator[difference.Piece]:
    if gone:
        yield "removed", gone
    if come:
        yield "added", come


def _texts(version: ArticleVersion) -> dict[str, str]:
    links = [" · ".join([link.get("title", ""), link.get("url", "")]) for link in version.links]
    return {
        "title": version.title,
        "short": version.short,
        "body": version.body,
        "words": ", ".join(version.words),
        "links": "\n".join(links),
    }
