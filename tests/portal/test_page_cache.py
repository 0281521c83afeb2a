"""Public pages are served from memory, and dropped from it when public content changes."""

from __future__ import annotations

import gzip
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client
from django.test.utils import CaptureQueriesContext

from indgang.core import clock
from indgang.entry.setup import disturbances
from indgang.knowledge.models import ArticleVersion
from indgang.portal import page_cache, stamp
from tests.portal.site import Site, publish
from tests.world import MORNING


def queries(client: Client, page: str) -> int:
    from django.db import connection

    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)


def a_second_later() -> None:
    """Let the cached stamp expire."""
    stamp._asked = 0.0


@pytest.mark.parametrize(
    "page", ["/", "/svar/skur-i-haven/", "/emner/byggetilladelse/", "/kontakt/", "/en/", "/feed.xml"]
)
def test_a_page_is_written_once_and_then_costs_no_query(site: Site, client: Client, page: str) -> None:
    assert queries(client, page) > 0
    assert queries(client, page) == 0


def test_a_publication_shows_within_a_second(site: Site, client: Client) -> None:
    assert "Et nyt skur" not in client.get("/svar/skur-i-haven/").content.decode()
    publish(site.articles["skur-i-haven"], site.wera, site.approver, at=clock.now(), title="Et nyt skur")
    a_second_later()
    for page in ("/svar/skur-i-haven/", "/emner/byggetilladelse/", "/"):
        assert "Et nyt skur" in client.get(page).content.decode()


def test_a_disturbance_shows_within_a_second_and_goes_by_itself(site: Site, client: Client, morning: Any) -> None:
    client.get("/")
    disturbances.start(
        text="Nede.", centre=None, ends_at=MORNING + timedelta(minutes=10), by=site.world.eva, at=clock.now()
    )
    a_second_later()
    assert "Nede." in client.get("/").content.decode()
    morning.move(timedelta(minutes=11))
    a_second_later()
    assert "Nede." not in client.get("/").content.decode()


def test_what_staff_do_elsewhere_does_not_give_pages_up(site: Site, client: Client) -> None:
    from indgang.accounts import people

    client.get("/")
    people.edit(site.world.bo, name="Bo B", email="", language="da", by=site.world.finn, at=clock.now())
    a_second_later()
    stamp.current()
    assert queries(client, "/") == 0


def test_who_has_the_page_is_told_so(site: Site, client: Client) -> None:
    first = client.get("/svar/altan/")
    assert first.headers["Cache-Control"].startswith("public")
    again = client.get("/svar/altan/", headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    # the expected wait on an article's page changes without a publication; a list of articles has a date of change
    dated = client.get("/emner/").headers["Last-Modified"]
    assert client.get("/emner/", headers={"If-Modified-Since": dated}).status_code == 304
    assert "Last-Modified" not in first.headers
    publish(site.articles["altan"], site.wera, site.approver, at=clock.now() + timedelta(seconds=5), title="Ny altan")
    page_cache.forget()
    stamp.forget()
    with clock.frozen(MORNING + timedelta(minutes=1)):
        assert client.get("/svar/altan/", headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


def test_a_validator_is_the_same_in_every_process(site: Site, client: Client) -> None:
    first = client.get("/emner/")
    page_cache.forget()
    stamp.forget()
    second = client.get("/emner/")
    assert first.headers["ETag"] == second.headers["ETag"]
    assert first.headers["Last-Modified"] == second.headers["Last-Modified"]


def test_a_page_is_sent_compressed_to_who_can_read_it(site: Site, client: Client) -> None:
    plain = client.get("/svar/altan/")
    packed = client.get("/svar/altan/", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(packed.content) == plain.content
    assert packed.headers["Content-Length"] == str(len(packed.content))
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"


def test_one_host_does_not_get_the_page_of_another(site: Site, client: Client, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["a.example", "b.example"]
    assert "http://a.example/" in client.get("/", headers={"Host": "a.example"}).content.decode()
    assert "http://a.example/" not in client.get("/", headers={"Host": "b.example"}).content.decode()
    assert client.get("/", headers={"Host": "c.example"}).status_code == 400


def test_the_last_known_page_is_shown_while_the_database_is_away(
    site: Site, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = client.get("/svar/altan/").content
    stamp.forget()  # a change of content, which makes the page render again

    def away(*_: Any, **__: Any) -> ArticleVersion:
        raise OperationalError("the connection is closed")

    monkeypatch.setattr("indgang.portal.access.article", away)
    answer = client.get("/svar/altan/")
    assert (answer.status_code, answer.content) == (200, before)
    assert client.get("/svar/skur-i-haven/").status_code == 503


def test_no_more_pages_are_kept_than_said(site: Site, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_cache, "MOST", 2)
    for page in ("/", "/kontakt/", "/nyheder/", "/vejvisere/"):
        client.get(page)
    assert [key[1] for key in page_cache._pages] == ["/nyheder/", "/vejvisere/"]


def test_pages_of_staff_are_never_kept(site: Site, client: Client) -> None:
    client.force_login(site.world.anna)
    client.get("/desk/")
    client.get("/start/")
    assert not [key for key in page_cache._pages if key[1].startswith(("/desk", "/start"))]
