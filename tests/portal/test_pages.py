"""Every public page works for everybody, in both languages, and contains only what visitors need."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree

import pytest
from django.db.models import F
from django.test import Client

from indgang.core import clock
from indgang.entry.setup import disturbances
from indgang.knowledge import articles, attachments
from indgang.knowledge.models import ArticleVersion
from indgang.portal import access, page_cache, stamp
from tests.markup import squeezed
from tests.portal.site import Site, publish
from tests.world import MORNING

_ATOM = "{http://www.w3.org/2005/Atom}"

#: every page that the tests read
PAGES = [
    "/", "/soeg/", "/soeg/?q=skur", "/soeg/?q=skur&type=guide", "/soeg/forslag/?q=sku", "/emner/",
    "/emner/byggetilladelse/", "/emner/byggetilladelse/feed.xml", "/emner/bevilling/", "/svar/skur-i-haven/",
    "/svar/altan/", "/svar/skur-i-haven/?hjalp=ja", "/vejvisere/", "/vejvisere/byggetilladelse/",
    "/vejvisere/byggetilladelse/?vej=0-0", "/vejvisere/byggetilladelse/?vej=1", "/kontakt/", "/nyheder/", "/feed.xml",
    "/nyhedsbrev/", "/saadan-virker-siden/", "/sitemap.xml", "/robots.txt", "/embed.js", "/embed/soeg/",
    "/embed/soeg/?q=skur", "/embed/aabningstider/tmf/", "/embed/svar/skur-i-haven/",
]  # fmt: skip
ABSENT = [
    "/svar/findes-ikke/",
    "/emner/findes-ikke/",
    "/nowhere/",
    "/en/svar/nope/",
    "/en/nowhere/",
    "/nyheder/999999/",
]


@pytest.mark.parametrize("before", ["", "/en"], ids=["da", "en"])
def test_every_page_is_there_for_everybody_and_sets_no_cookie(site: Site, client: Client, before: str) -> None:
    for page in PAGES:
        answer = client.get(before + page)
        assert answer.status_code == 200, page
        _assert_no_cookies(answer)
        assert "Cache-Control" in answer.headers, page


def test_a_page_that_is_not_there_helps_to_find_another(site: Site, client: Client) -> None:
    for page in ABSENT:
        answer = client.get(page)
        assert answer.status_code == 404, page
        _assert_no_cookies(answer)
        text = answer.content.decode()
        assert 'role="search"' in text
        assert ('lang="en"' if page.startswith("/en/") else 'lang="da"') in text


def test_a_signed_in_person_gets_the_same_page_without_cookies(site: Site, client: Client) -> None:
    public = Client().get("/").content
    client.force_login(site.world.anna)
    answer = client.get("/")
    assert answer.content == public
    _assert_no_cookies(answer)


def _assert_no_cookies(answer: Any) -> None:
    assert not answer.cookies
    assert "cookie" not in answer.headers.get("Vary", "").lower()


@pytest.mark.slow("asks every page of the site")
def test_every_link_of_ours_leads_somewhere(site: Site, client: Client) -> None:
    followed: set[str] = set()
    waiting = [*PAGES, *(f"/en{page}" for page in PAGES), *ABSENT]
    while waiting:
        page = waiting.pop()
        answer = client.get(page)
        assert answer.status_code in (200, 302) or page in ABSENT, page
        followed.add(page)
        if answer.headers["Content-Type"].startswith("text/html") and not page.startswith(("/start/", "/sign-in/")):
            waiting += [link for link in _links(answer.content.decode(), page) if link not in followed]
    assert "/svar/jordflytning/" in followed


def _links(text: str, page: str) -> Iterator[str]:
    for link in set(re.findall(r'<a\s[^>]*href="([^"#]*)', text)):
        link = link.replace("&amp;", "&").removeprefix("http://testserver")
        if link and not re.match(r"https?:|tel:|mailto:", link):
            yield urljoin(page, link)


def test_the_front_page_asks_what_one_needs_and_shows_what_many_ask_about(site: Site, client: Client) -> None:
    text = client.get("/").content.decode()
    assert "Hvad har du brug for?" in text
    for said in ("Må jeg få en altan?", "Byggetilladelser", "Skal jeg søge byggetilladelse?", "Nye regler for skure"):
        assert said in text
    assert "Åbent til kl." in text


def test_a_page_names_itself_in_both_languages(site: Site, client: Client) -> None:
    for page in ("/svar/altan/", "/en/svar/altan/"):
        text = squeezed(client.get(page).content.decode())
        assert '<link rel="alternate" hreflang="da" href="http://testserver/svar/altan/">' in text
        assert '<link rel="alternate" hreflang="en" href="http://testserver/en/svar/altan/">' in text
        assert f'<link rel="canonical" href="http://testserver{page}">' in text


def test_an_english_page_speaks_english_and_its_links_stay_there(site: Site, client: Client) -> None:
    text = client.get("/en/svar/skur-i-haven/").content.decode()
    assert '<html lang="en">' in text
    assert "May I build a shed in my garden?" in text
    own = [link for link in _links(text, "/en/") if not link.startswith(("/static/", "/start/"))]
    assert [link for link in own if not link.startswith("/en/")] == ["/svar/skur-i-haven/"], "the language link alone"


def test_what_is_only_in_danish_says_so_on_an_english_page(site: Site, client: Client) -> None:
    text = client.get("/en/svar/altan/").content.decode()
    assert '<article lang="da">' in text
    assert "Må jeg få en altan?" in text


def test_an_answer_comes_short_first_then_the_next_step_then_everything(site: Site, client: Client) -> None:
    text = client.get("/svar/skur-i-haven/").content.decode()
    order = [
        "under 50 m². Søg byggetilladelse til et større.</p>",
        "https://www.bygogmiljoe.dk",
        "kan ikke ændre den",
        "På denne side",
        '<h2 id="skure-1"',
        "Bygningsreglementet",
        "Senest opdateret 9. februar 2026",
        "Hjalp siden?",
    ]
    places = [text.index(each) for each in order]
    assert places == sorted(places)
    assert 'href="/svar/fest-paa-gaden/"' in text
    assert 'href="#skure-1"' in text


def test_a_withdrawn_answer_says_so_and_what_to_read_instead(site: Site, client: Client) -> None:
    articles.withdraw(site.articles["altan"], because="Lagt sammen", by=site.world.ida, at=clock.now())
    answer = client.get("/svar/altan/")
    assert answer.status_code == 410
    text = answer.content.decode()
    assert "Svaret er fjernet fra siden" in text
    assert 'href="/svar/skur-i-haven/"' in text
    _assert_no_cookies(answer)


def test_what_is_for_staff_is_not_there_for_the_public(site: Site, client: Client) -> None:
    site.articles["altan"].audience = "staff"
    site.articles["altan"].save()
    assert client.get("/svar/altan/").status_code == 404
    assert "Må jeg få en altan?" not in client.get("/emner/byggetilladelse/").content.decode()
    assert client.get("/embed/svar/altan/").status_code == 404


def test_a_version_that_is_published_from_later_waits_for_its_time(site: Site, client: Client, morning: Any) -> None:
    from indgang.knowledge import versions

    draft = versions.draft(site.articles["altan"], language="da", by=site.wera, at=clock.now())
    draft = versions.save(
        draft, title="Altaner fra marts", short=draft.short, body="Nyt. " * 50, words=[], links=[], reason="",
        revision=draft.revision, by=site.wera, at=clock.now(),
    )  # fmt: skip
    version = versions.submit(draft, by=site.wera, at=clock.now())
    versions.approve(version, publish_from=clock.now() + timedelta(hours=1), by=site.approver, at=clock.now())
    assert "Altaner fra marts" not in client.get("/svar/altan/").content.decode()
    morning.move(timedelta(hours=2))
    stamp._asked = 0.0  # the cached stamp has expired
    assert "Altaner fra marts" in client.get("/svar/altan/").content.decode()


def test_a_disturbance_is_said_on_every_page_and_in_its_language(site: Site, client: Client) -> None:
    disturbances.start(
        text="Telefonerne er nede.", text_en="The telephones are down.", centre=site.world.centres["tmf"],
        ends_at=MORNING + timedelta(hours=2), by=site.world.eva, at=clock.now(),
    )  # fmt: skip
    for page in ("/", "/kontakt/", "/svar/altan/", "/nowhere/"):
        assert "Telefonerne er nede." in client.get(page).content.decode()
    assert "The telephones are down." in client.get("/en/").content.decode()


def test_a_subject_shows_next_step_answers_guide_and_whom_to_call(site: Site, client: Client) -> None:
    text = client.get("/emner/byggetilladelse/").content.decode()
    for said in ("Byg og Miljø", "kan ikke ændre den", "Må jeg få en altan?", "Skal jeg søge byggetilladelse?",
                 "33 66 10 00", "/emner/byggetilladelse/feed.xml", "Nye regler for skure"):  # fmt: skip
        assert said in text
    assert text.index("Byg og Miljø") < text.index("Må jeg få en altan?")


def test_a_subject_without_answers_sends_one_to_the_telephone(site: Site, client: Client) -> None:
    text = client.get("/emner/bevilling/").content.decode()
    assert "Vi har ikke skrevet om emnet endnu" in text
    assert "33 66 33 66" in text


def test_the_feed_tells_of_news_and_changed_answers(site: Site, client: Client) -> None:
    answer = client.get("/feed.xml")
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    text = answer.content.decode()
    assert "Nye regler for skure" in text
    assert "http://testserver/svar/altan/" in text
    subject = client.get("/emner/arrangement/feed.xml").content.decode()
    assert "fest-paa-gaden" in subject
    assert "altan" not in subject


def _entries(client: Client) -> dict[str, Any]:
    """Returns the entries of the feed, by the address of their link."""
    feed = ElementTree.fromstring(client.get("/feed.xml").content)
    assert (feed.findtext(f"{_ATOM}author/{_ATOM}name") or "").strip()
    found = {}
    for entry in feed.iter(f"{_ATOM}entry"):
        link = entry.find(f"{_ATOM}link")
        assert link is not None
        found[link.get("href", "")] = entry
    return found


def test_an_answer_stays_the_same_entry_of_the_feed_when_it_is_changed(site: Site, client: Client) -> None:
    address = "http://testserver/svar/altan/"
    before = _entries(client)[address]
    versions = ArticleVersion.objects.filter(article__slug="altan", language="da")
    versions.update(published_from=F("published_from") + timedelta(days=1), title="Må jeg få en ny altan?")
    page_cache.forget()
    stamp.forget()
    after = _entries(client)[address]
    assert after.findtext(f"{_ATOM}title") == "Må jeg få en ny altan?"
    assert after.findtext(f"{_ATOM}updated") != before.findtext(f"{_ATOM}updated")
    assert after.findtext(f"{_ATOM}id") == before.findtext(f"{_ATOM}id") == address


def test_what_stands_in_a_text_is_no_markup_in_the_feed(site: Site, client: Client) -> None:
    versions = ArticleVersion.objects.filter(article__slug="altan", language="da")
    versions.update(short="Mindre end 5 m²? 3 < 5 & `<b>fed</b>`.")
    page_cache.forget()
    stamp.forget()
    summary = _entries(client)["http://testserver/svar/altan/"].find(f"{_ATOM}summary")
    assert summary is not None
    assert summary.get("type") == "html"
    assert summary.text == "Mindre end 5 m²? 3 &lt; 5 &amp; &lt;b&gt;fed&lt;/b&gt;."


@pytest.mark.parametrize(
    ("here", "there"),
    [
        ("/soeg/?q=altan%26skur&type=article", "/en/soeg/?q=altan%26skur&amp;type=article"),
        ("/vejvisere/byggetilladelse/?vej=0-0", "/en/vejvisere/byggetilladelse/?vej=0-0"),
        ("/nyhedsbrev/?emne=byggetilladelse&andet=1", "/en/nyhedsbrev/?emne=byggetilladelse"),
        ("/en/soeg/?q=balcony", "/soeg/?q=balcony"),
        ("/kontakt/", "/en/kontakt/"),
    ],
)
def test_the_other_language_shows_the_same(site: Site, client: Client, here: str, there: str) -> None:
    text = squeezed(client.get(here).content.decode())
    assert f'class="site-language" href="http://testserver{there}"' in text
    assert client.get(there.replace("&amp;", "&")).status_code == 200
    assert "?" not in re.findall(r'rel="canonical" href="([^"]+)"', text)[0] if "canonical" in text else True


def test_the_site_map_has_every_answer_in_both_languages(site: Site, client: Client) -> None:
    text = client.get("/sitemap.xml").content.decode()
    for slug in site.articles:
        assert f"<loc>http://testserver/svar/{slug}/</loc><lastmod>2026-02-09" in text
        assert f"<loc>http://testserver/en/svar/{slug}/</loc>" in text
    assert "Sitemap: http://testserver/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_old_news_can_still_be_read_but_is_not_listed(site: Site, client: Client, morning: Any) -> None:
    morning.move(timedelta(days=60))
    assert "Nye regler for skure" not in client.get("/nyheder/").content.decode()
    assert "gælder måske ikke mere" in client.get(f"/nyheder/{site.news.pk}/").content.decode()


def test_script_in_an_article_is_shown_as_text(site: Site, client: Client) -> None:
    publish(site.articles["altan"], site.wera, site.approver, at=clock.now(),
            title="<script>alert(1)</script>", body="<script>alert(2)</script> [x](javascript:alert(3))")  # fmt: skip
    for page in ("/svar/altan/", "/emner/byggetilladelse/", "/embed/svar/altan/", "/soeg/?q=alert"):
        text = client.get(page).content.decode()
        assert "<script>alert" not in text
        assert 'href="javascript' not in text


def test_the_public_reads_what_the_rules_of_articles_say(site: Site) -> None:
    for audience in ("everyone", "staff", "unit"):
        site.articles["altan"].audience = audience
        site.articles["altan"].save()
        ruled = set(articles.readable_by(None, at=MORNING).values_list("slug", flat=True))
        assert set(access.holding(MORNING).values_list("article__slug", flat=True)) == ruled


def test_a_file_is_given_out_when_a_wording_in_force_leads_to_it(client: Client, site: Site) -> None:
    altan, address = site.articles["altan"], "/svar/altan/bilag/plan.txt"
    attachments.add(altan, name="plan.txt", content=b"Plan", description="Planen", by=site.wera, at=MORNING)
    assert client.get(address).status_code == 404, "put up, and not approved"
    assert "plan.txt" not in client.get("/svar/altan/").text
    publish(altan, site.wera, site.approver, body="Se [planen](attachment:plan.txt).")
    assert client.get(address).content == b"Plan"
    page_cache.forget()
    assert "plan.txt" in client.get("/svar/altan/").text
