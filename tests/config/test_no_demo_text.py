"""Outside the demo no page shows the demo: neither its people, places and numbers nor that there is one."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from indgang.accounts.models import Person
from indgang.config.first_centre import answers, making
from indgang.core import clock, phone_numbers
from indgang.demo import flows, people
from indgang.demo.rows import table
from indgang.portal import stamp

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 11, 8, 30, tzinfo=UTC)
BEGINNINGS = ("/", "/en/", "/sign-in/", "/password/rules/", "/nowhere/", "/sitemap.xml", "/robots.txt", "/feed.xml")
OFFICE = ("/start/", "/desk/", "/office/getting-started/")
_LINK = re.compile(r'(?:href|src|hx-get|data-walk)="([^"#]+)')
#: addresses that end the session or are no pages
_LEFT_OUT = re.compile(r"^/(static|sign-out|language|stream)|\.(css|js|svg|woff2)$")

#: pages with the cases and figures of the documents, which name the administrations that they are about
_REFERENCE = re.compile(r"^/office/(benefits|cases|potential|planning)/")
_OF_THE_DOCUMENTS = re.compile(r"[\w-]+(?: og [\w-]+)?forvaltningen", re.IGNORECASE)


def demo_words() -> Iterator[str]:
    """What only the demo's seed and the demo's own pages say."""
    yield from (r"\bdemo\w*", "eksempler, skrevet til at vise systemet", "examples, written to show")
    for each in people.SIGN_INS:
        yield re.escape(each.name)
    yield from ("Københavns Kommune", "Københavns Erhvervshus", "City of Copenhagen", "Njalsgade", "kornblomst")
    yield from (re.escape(phone_numbers.for_people(each["number"])) for each in flows.ENTRY_POINTS)
    yield from (re.escape(line["name"]) for line in table("units") if line["kind"] == "administration")


@pytest.fixture
def astrid(tmp_path: Path, settings: Any) -> Iterator[Person]:
    """The administrator of a centre that `indgang init` has made, outside the demo."""
    settings.DEMO = settings.DEBUG = False
    file = tmp_path / "init.yaml"
    file.write_text(
        "municipality: Eksempel Kommune\nunits: [Borgerservice]\nnumber: 70 80 90 10\n"
        "administrator: {name: Astrid Lund, username: astrid, password: en lang sætning om havnen}\n"
    )
    given = answers.given(file)
    given.take_defaults()
    given.password_typed = True
    with clock.frozen(AT):
        making.make(answers.check(given), at=AT, say=lambda line: None)
        stamp.forget()
        yield Person.objects.get()
    stamp.forget()


def crawled(client: Client, beginnings: tuple[str, ...]) -> dict[str, str]:
    """Every page that can be reached from these by links, with what it says."""
    found: dict[str, str] = {}
    waiting, known = deque(beginnings), set(beginnings)
    while waiting:
        address = waiting.popleft()
        response = client.get(address, follow=True)
        assert response.status_code < 500, address
        if not response.headers.get("Content-Type", "").startswith(("text/", "application/xml", "application/atom")):
            continue
        found[address] = b"".join(response).decode() if response.streaming else response.content.decode()
        for link in _LINK.findall(found[address]):
            parts = urlsplit(urljoin(f"http://testserver{address}", link.replace("&amp;", "&")))
            path = parts.path
            if parts.netloc == "testserver" and path not in known and not _LEFT_OUT.search(path):
                known.add(path)
                waiting.append(path)
    return found


def told_of_the_demo(pages: dict[str, str]) -> list[str]:
    wanted = re.compile("|".join(demo_words()), re.IGNORECASE)
    return [
        f"{address}: {found[0]}"
        for address, text in pages.items()
        if (found := wanted.search(_OF_THE_DOCUMENTS.sub("", text) if _REFERENCE.match(address) else text))
    ]


def test_public_pages_and_the_sign_in_show_no_demo(astrid: Person, client: Client) -> None:
    pages = crawled(client, BEGINNINGS)
    assert {"/kontakt/", "/en/kontakt/", "/nyheder/", "/saadan-virker-siden/"} <= set(pages), "they were reached"
    assert "Eksempel Kommune" in pages["/"]
    assert "70 80 90 10" in pages["/kontakt/"]
    assert told_of_the_demo(pages) == []


def test_the_pages_of_the_office_show_no_demo(astrid: Person, client: Client) -> None:
    client.force_login(astrid)
    pages = crawled(client, OFFICE)
    assert len(pages) > 40, "the crawl went through the office"
    assert told_of_the_demo(pages) == []


def test_the_demo_would_be_found(astrid: Person, client: Client, settings: Any) -> None:
    settings.DEMO = True
    assert told_of_the_demo({"/sign-in/": client.get("/sign-in/").content.decode()}) == ["/sign-in/: demo"]
