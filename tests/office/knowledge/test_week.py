"""The coordinator's week: its figures, the questions behind them, and the maintenance of the knowledge base."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indgang.enquiries.models import ArticleUse, Channel, Enquiry, Question, State
from indgang.knowledge import policy, tasks, versions
from indgang.knowledge.models import Article, News, Policy, SynonymGroup
from indgang.knowledge.search import log
from indgang.office.knowledge import week as knowledge_week
from indgang.office.knowledge.week import Week
from tests.markup import squeezed
from tests.office.conftest import SignIn
from tests.office.knowledge import house
from tests.world import MORNING, World


def ask(world: World, service: str, purpose: str, *, at: datetime = MORNING, **more: object) -> Question:
    enquiry = Enquiry.objects.create(channel=Channel.PHONE, state=State.REGISTERED, arrived_at=at)
    facts = {"character": "general", "outcome": "resolved", "note": f"Spurgte om {service}"} | more
    return Question.objects.create(
        enquiry=enquiry, order=1, service=world.services[service], purpose=world.purposes[purpose],
        registered_at=at, **facts,
    )  # fmt: skip


@pytest.fixture
def week(world: World) -> World:
    """Five questions about outdoor serving, one about noise, one of the week before, one of another administration."""
    purpose, other = list(world.purposes)[:2]
    for number in range(5):
        ask(world, "udeservering", purpose, should_be_digital=number < 2, in_knowledge=number != 0)
    ask(world, "stoej", other, outcome="transferred")
    ask(world, "udeservering", purpose, at=MORNING - timedelta(days=7))
    ask(world, "sygedagpenge", purpose)
    return world


def test_the_week_counts_what_was_asked_and_each_number_opens(as_person: SignIn, week: World) -> None:
    client = as_person("ida")
    page = client.get("/office/knowledge/week/?unit=tmf").text
    assert "Refusion" not in page
    links = re.findall(r'href="([^"]*week/behind/[^"]*)"[^>]*>(?:<strong>)?(\d+)', page)
    assert "5" in {number for _link, number in links}
    assert len(links) >= 6
    for link, number in links:
        behind = client.get(link.replace("&amp;", "&"))
        assert behind.status_code == 200
        assert f"<h1>{number} spørgsmål</h1>" in squeezed(behind.text), link
    assert "Spurgte om udeservering" in client.get(links[0][0].replace("&amp;", "&")).text


def test_the_week_before_and_a_nonsense_week(as_person: SignIn, week: World) -> None:
    client = as_person("ida")
    earlier = client.get("/office/knowledge/week/?unit=tmf&week=2026-W10").text
    assert "<strong>1</strong> <span>spørgsmål" in earlier
    for nonsense in ("2026-W99", "9999-W52", "0001-W01", "9999-W53", "x"):
        assert "Uge 11" in client.get(f"/office/knowledge/week/?unit=tmf&week={nonsense}").text, nonsense
    assert client.get("/office/knowledge/week/?unit=bif").status_code == 404
    assert client.get("/office/knowledge/week/behind/?unit=bif").status_code == 404


def test_what_was_marked_not_found_and_looked_up_in_vain(as_person: SignIn, week: World) -> None:
    vera = house.web_editor(week)
    article = house.article(week, vera)
    tasks.raise_task(kind="wrong", question="Målet er forkert", article=article, by=week.anna, at=MORNING)
    asked = Question.objects.filter(in_knowledge=False).get()
    version = article.versions.get()
    ArticleUse.objects.create(enquiry=asked.enquiry, version=version, shown_to=week.anna, shown_at=MORNING)
    newer = versions.draft(article, language="da", by=vera, at=MORNING)
    ArticleUse.objects.create(enquiry=asked.enquiry, version=newer, shown_to=week.anna, shown_at=MORNING)
    also = Question.objects.get(pk=asked.pk)
    also.pk, also.order, also.in_knowledge = None, 2, True
    also.save()
    log.note("varmelamper", place="desk", language="da", found=0, service=week.services["udeservering"], at=MORNING)
    log.note("drageflyvning", place="site", language="da", found=0, at=MORNING)
    client = as_person("ida")
    page = client.get("/office/knowledge/week/?unit=tmf").text
    for said in ("Målet er forkert", "varmelamper", "drageflyvning", version.title):
        assert said in page, said
    shown = knowledge_week.shown_without_answer(week.units["tmf"], Week.of(MORNING.date()))
    assert [(each.slug, each.count) for each in shown] == [("borde-paa-fortovet", 1)]
    behind = client.get("/office/knowledge/week/behind/?unit=tmf&article=borde-paa-fortovet").text
    assert "<h1>1 spørgsmål</h1>" in squeezed(behind)
    Article.objects.update(unit=week.units["bif"])
    behind = client.get("/office/knowledge/week/behind/?unit=tmf&article=borde-paa-fortovet").text
    assert "<h1>0 spørgsmål</h1>" in squeezed(behind), "what is asked about another unit's article is theirs to read"
    Article.objects.update(unit=article.unit)
    assert client.get("/office/knowledge/week/behind/?unit=tmf&article=findes-ikke").status_code == 404
    assert "drageflyvning" in client.get("/office/knowledge/searches/").text


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)))
def test_a_week_is_read_from_what_it_writes(day: date) -> None:
    week = Week.of(day)
    assert Week.read(str(week), date(2000, 1, 1)) == week
    assert week.monday <= day <= week.sunday
    assert week.other(1).start == week.end


@given(st.text(max_size=12))
def test_any_text_is_some_week(text: str) -> None:
    assert Week.read(text, date(2026, 3, 11)).monday.weekday() == 0


def test_synonyms_are_kept_changed_and_refused_twice(as_person: SignIn, world: World) -> None:
    client, address = as_person("ida"), "/office/knowledge/synonyms/"
    assert client.post(address, {"words": "skilt"}).status_code == 422
    client.post(address, {"words": "skilt, facadeskilt , reklameskilt, skilt"})
    group = SynonymGroup.objects.get()
    assert group.words == ["skilt", "facadeskilt", "reklameskilt"]
    assert "står allerede i gruppen" in client.post(address, {"words": "Facadeskilt, tavle"}).text
    refused = client.post(f"{address}{group.pk}/", {"words": "skilt alene"})
    assert refused.status_code == 422
    assert 'value="skilt alene"' in refused.text, "what was typed stands there still"
    client.post(f"{address}{group.pk}/", {"words": "skilt, tavle"})
    group.refresh_from_db()
    assert group.words == ["skilt", "tavle"]
    assert client.post(address, {"words": "x" * 200 + ",y"}).status_code == 422
    client.post(f"{address}{group.pk}/", {"remove": "1"})
    assert not SynonymGroup.objects.exists()
    assert as_person("anna").post(address, {"words": "a, b"}).status_code == 403


def test_news_are_written_with_their_period_and_taken_off(as_person: SignIn, world: World) -> None:
    house.web_editor(world)
    client = as_person("vera")
    data = {
        "title": "Nye regler for borde", "text": "Fra maj.", "title_en": "", "text_en": "", "service": "",
        "shown_from": "2026-03-01T08:00", "shown_until": "2026-04-01T08:00",
    }  # fmt: skip
    wrong = client.post("/office/knowledge/news/new/", data | {"shown_until": "2026-02-01T08:00", "title_en": "New"})
    assert wrong.status_code == 422
    assert "Slutningen skal ligge efter" in wrong.text
    assert "på engelsk" in wrong.text
    client.post("/office/knowledge/news/new/", data)
    news = News.objects.get()
    assert news.shown_from.isoformat() == "2026-03-01T07:00:00+00:00"
    assert "Vises nu" in client.get("/office/knowledge/news/").text
    assert 'value="2026-03-01T08:00"' in client.get(f"/office/knowledge/news/{news.pk}/").text
    client.post(f"/office/knowledge/news/{news.pk}/", data | {"title": "Nyt <script>"})
    assert "<script>Nyt" not in client.get("/office/knowledge/news/").text
    client.post(f"/office/knowledge/news/{news.pk}/end/")
    assert "Slut" in client.get("/office/knowledge/news/").text
    assert as_person("ida").get("/office/knowledge/news/").status_code == 403


def test_rules_hold_from_their_day(as_person: SignIn, world: World) -> None:
    client, address = as_person("finn"), "/office/knowledge/rules/"
    assert "højst 60 tegn" in client.get(address).text
    data = {"small_edit_characters": "25", "review_months": "6", "valid_from": "2026-03-11"}
    client.post(address, data)
    assert policy.on(date(2026, 3, 11)).small_edit_characters == 25
    assert client.post(address, data | {"small_edit_characters": "-1"}).status_code == 422
    assert client.post(address, data | {"valid_from": "i morgen"}).status_code == 422
    assert Policy.objects.count() == 1
    assert as_person("ida").get(address).status_code == 403
