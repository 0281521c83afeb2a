"""What a page shows is written for people: no value of the program, no code, no address of a thing."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.apps import apps
from django.test import Client

from tests import addresses, sample
from tests.knowledge_world import KnowledgeWorld

pytestmark = pytest.mark.django_db

#: as Python writes values, and names that only programs have
_RAW = re.compile(r"\b(None|True|False)\b|[\[{]['\"]|\bUUID\(|datetime\.|<[a-z_.]+ object|&lt;|\b[a-zæøå]+_\w+|\d\.0 ")

#: things that have a code, and the field it is in
_CODED = {
    "catalogue.Unit": "code", "catalogue.Service": "code", "catalogue.Schedule": "code", "entry.Queue": "code",
    "entry.Flow": "code", "entry.Prompt": "code", "workforce.Skill": "code", "knowledge.Article": "slug",
    "knowledge.Guide": "slug",
}  # fmt: skip


class Reader(HTMLParser):
    """The text that is seen: not what is in scripts, fields and what is marked as a code on purpose."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        shown = dict(attrs)
        silent = tag in ("script", "style", "textarea", "code") or "code" in (shown.get("class") or "").split()
        if (self._silent and tag == self._silent[0]) or (silent and not self._silent):
            self._silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.words.append(" ".join(data.split()))


def seen(html: str) -> list[str]:
    reader = Reader()
    reader.feed(html)
    return reader.words


def test_the_reader_finds_what_is_raw_and_passes_over_what_is_meant() -> None:
    html = "<p>Kø: None</p><code>None</code><td class='quiet code'>a_b</td><p>tmf_kø</p>"
    assert [line for line in seen(html) if _RAW.search(line)] == ["Kø: None", "tmf_kø"]


#: whom all pages are shown to; where a sample is taken, each of the last two is dealt half of them
_WHOSE = {"finn": (1, 0), "eva": (2, 0), "ida": (2, 1)}


@pytest.mark.parametrize("username", _WHOSE)
def test_no_page_shows_a_raw_value_or_a_code(
    knowledge_world: KnowledgeWorld,
    client: Client,
    username: str,
) -> None:
    client.force_login(getattr(knowledge_world.world, username))
    codes = _codes()
    found = []
    for place in sample.some(sample.dealt(addresses.places(knowledge_world), *_WHOSE[username])):
        answer: Any = client.get(place.path)
        if answer.status_code == 200 and answer.headers.get("Content-Type", "").startswith("text/html"):
            found += [f"{place.path}: {line}" for line in seen(answer.content.decode()) if _is_raw(line, codes)]
    assert not found, "\n".join(found)


def _codes() -> frozenset[str]:
    """Codes that are no word: with a hyphen or a figure in them."""
    all_of_them = {
        str(code)
        for label, field in _CODED.items()
        for code in apps.get_model(label).objects.values_list(field, flat=True)
    }
    return frozenset(code for code in all_of_them if "-" in code)


def _is_raw(line: str, codes: frozenset[str]) -> bool:
    return bool(_RAW.search(line)) or not codes.isdisjoint(re.findall(r"[\w-]+", line))
