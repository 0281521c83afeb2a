"""Articles: their subject, their audience, and their withdrawal."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.accounts.models import Person
from indgang.audit.models import Change
from indgang.core.refusals import RefusedChange
from indgang.knowledge import articles, versions
from indgang.knowledge.models import Article, SearchDocument
from tests.knowledge.conftest import TEXT, article, published, written
from tests.world import MORNING, World

HOUR = timedelta(hours=1)


def describe(made: Article, by: Person, **values: object) -> Article:
    given = {
        "unit": made.unit, "owner": made.owner, "approver": made.approver, "service": made.service,
        "purposes": list(made.purposes.all()), "audience": made.audience, "review_on": made.review_on,
    }  # fmt: skip
    return articles.describe(made, by=by, at=MORNING, **(given | values))  # type: ignore[arg-type]  # by name


def test_each_reads_what_is_for_them(world: World, wera: Person) -> None:
    for slug, audience in (("alle", "everyone"), ("ansatte", "staff"), ("enhed", "unit")):
        published(article(world, slug, audience=audience), world.ida, wera)
    article(world, "tom")

    def slugs(person: Person | None) -> list[str]:
        return [each.slug for each in articles.readable_by(person, at=MORNING)]

    assert slugs(None) == slugs(world.ukendt) == ["alle"]
    assert slugs(world.otto) == ["alle", "ansatte"]  # of another administration
    assert slugs(world.david) == ["alle", "ansatte"]  # of another centre of the same administration
    assert slugs(world.anna) == ["alle", "ansatte", "enhed"]  # of the administration above
    assert slugs(world.finn) == ["alle", "ansatte", "enhed"]


def test_that_others_answer_is_described_and_found_at_once(world: World, wera: Person) -> None:
    made = article(world)
    published(made, world.ida, wera)
    describe(made, world.ida, elsewhere=True)
    assert SearchDocument.objects.get(key=made.slug).elsewhere
    assert Change.objects.filter(action="article.change").latest("pk").after == {"elsewhere": True}
    describe(made, world.ida)
    assert Article.objects.get(pk=made.pk).elsewhere


def test_those_below_a_unit_read_what_is_for_the_unit(world: World, wera: Person) -> None:
    published(article(world, unit=world.units["ctb"], audience="unit"), world.ida, wera)
    assert articles.readable_by(world.david, at=MORNING).exists()


def test_the_english_reader_gets_danish_where_there_is_no_english(world: World, wera: Person) -> None:
    one, two = article(world, "en"), article(world, "to")
    for made in (one, two):
        published(made, world.ida, wera)
    published(one, world.ida, wera, language="en", title="When must I apply?")
    titles = articles.versions_for([one, two], language="en", at=MORNING)
    assert [titles[one.pk].title, titles[two.pk].title] == ["When must I apply?", TEXT["title"]]


def test_a_withdrawn_article_is_gone_and_its_past_is_not(world: World, wera: Person) -> None:
    made = article(world)
    published(made, world.ida, wera)
    with pytest.raises(RefusedChange):
        articles.withdraw(made, because="", by=world.ida, at=MORNING + HOUR)
    articles.withdraw(made, because="Loven er ændret", by=world.ida, at=MORNING + HOUR)
    assert articles.version_for(made, language="da", at=MORNING + HOUR) is None
    assert articles.version_for(made, language="da", at=MORNING) is not None
    with pytest.raises(RefusedChange):
        articles.withdraw(made, because="Igen", by=world.ida, at=MORNING + HOUR)


def test_bringing_back_is_the_approvers_and_others_ask(world: World, wera: Person) -> None:
    made = article(world)
    published(made, world.ida, wera)
    for by in (world.ida, wera):
        articles.withdraw(made, because="Fejl", by=world.ida, at=MORNING)
        waiting = articles.bring_back(made, by=by, at=MORNING + HOUR)
        if waiting is not None:
            assert (by, waiting.state) == (world.ida, "in_review")
            with pytest.raises(RefusedChange, match="straks"):
                versions.approve(waiting, publish_from=MORNING + 2 * HOUR, by=wera, at=MORNING + HOUR)
            versions.approve(waiting, by=wera, at=MORNING + HOUR)
        made.refresh_from_db()
        assert made.withdrawn_at is None
        assert articles.version_for(made, language="da", at=MORNING + HOUR) is not None
    with pytest.raises(RefusedChange):
        articles.bring_back(made, by=wera, at=MORNING)


def test_changing_the_readers_of_a_published_article_is_the_approvers(world: World, wera: Person) -> None:
    made = article(world, audience="staff")
    assert describe(made, world.ida, audience="unit").audience == "unit"  # allowed because nothing is published yet
    published(made, world.ida, wera)
    with pytest.raises(RefusedChange, match="hvem der må læse"):
        describe(made, world.ida, audience="everyone")
    assert describe(made, wera, audience="everyone").audience == "everyone"
    change = Change.objects.filter(action="article.change").first()
    assert change is not None
    assert (change.before, change.after) == ({"audience": "unit"}, {"audience": "everyone"})


def test_nothing_is_written_in_the_trail_when_nothing_changed(world: World) -> None:
    describe(article(world), world.ida)
    assert not Change.objects.filter(action="article.change").exists()


@pytest.mark.parametrize("slug", ["", "Søg", "a b", "-a", "a--b", "a" * 121])
def test_an_address_is_plain(world: World, slug: str) -> None:
    with pytest.raises(RefusedChange):
        article(world, slug)


def test_an_address_is_taken_once_and_an_approver_may_approve(world: World) -> None:
    article(world)
    with pytest.raises(RefusedChange, match="allerede"):
        article(world)
    with pytest.raises(RefusedChange, match="må ikke godkende"):
        article(world, "andet", approver=world.ida)


def test_broken_links_are_named_with_their_reason(world: World, wera: Person) -> None:
    published(article(world, "findes"), world.ida, wera)
    published(article(world, "intern", audience="staff"), world.ida, wera)
    article(world, "tom")
    gone = article(world, "borte")
    published(gone, world.ida, wera)
    articles.withdraw(gone, because="Fejl", by=world.ida, at=MORNING)
    made = article(world)
    links = " ".join(f"[x](article:{slug})" for slug in ("findes", "intern", "tom", "borte", "ingen"))
    written(made, world.ida, body=links)
    broken = {each.slug: each.why for each in articles.broken_links(made)}
    assert list(broken) == ["borte", "ingen", "intern", "tom"]
    assert broken["ingen"] == "Artiklen findes ikke."
    assert len(set(broken.values())) == 4
