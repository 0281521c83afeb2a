"""Articles become due for review, their owners get one message, and a review sets the next date."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from indgang.accounts.models import Person
from indgang.audit.models import Change
from indgang.knowledge import articles, reviews
from indgang.knowledge.models import Article, is_overdue
from indgang.messaging import mail
from indgang.messaging.models import Mail
from tests.knowledge.conftest import article, published
from tests.world import MORNING, World

DAY = MORNING.date()


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    mails: list[dict[str, Any]] = []
    monkeypatch.setattr(mail, "send", lambda **values: mails.append(values))
    return mails


def due(world: World, wera: Person, slug: str, day: date = DAY, **values: Any) -> Article:
    made = article(world, slug, review_on=day, **values)
    published(made, world.ida, wera)
    return made


def test_what_is_published_and_not_withdrawn_falls_due_on_its_day(world: World, wera: Person) -> None:
    made = due(world, wera, "nu")
    due(world, wera, "senere", DAY + timedelta(days=1))
    article(world, "kladde", review_on=DAY)
    articles.withdraw(due(world, wera, "borte"), because="Fejl", by=world.ida, at=MORNING)
    assert list(reviews.due(DAY)) == [made]
    assert is_overdue(made, DAY)


def test_reading_through_sets_the_next_day_by_policy(world: World, wera: Person) -> None:
    made = reviews.confirm(due(world, wera, "nu"), by=world.ida, at=MORNING)
    assert made.review_on == date(2027, 3, 11)
    assert not reviews.due(DAY).exists()
    assert Change.objects.filter(action="article.confirm").count() == 1


def test_each_owner_gets_one_mail_once_for_each_day(world: World, wera: Person, sent: list[dict[str, Any]]) -> None:
    for slug in ("a", "b"):
        due(world, wera, slug)
    due(world, wera, "c", owner=wera)
    due(world, wera, "d", owner=world.david)
    assert reviews.remind(at=MORNING) == 2
    by_address = {each["to"]: each for each in sent}
    assert set(by_address) == {world.ida.email, wera.email}, "David may not write, so the coordinator reads his"
    assert by_address[world.ida.email]["text"].count("Hvornår skal jeg søge?") == 3
    assert reviews.remind(at=MORNING + timedelta(days=1)) == 0
    made = reviews.confirm(Article.objects.get(slug="c"), by=wera, at=MORNING)
    later = MORNING + timedelta(days=366)
    assert is_overdue(made, later.date())
    assert reviews.remind(at=later) == 1


def test_without_an_owner_the_coordinator_is_told_in_their_language(
    world: World, wera: Person, sent: list[dict[str, Any]]
) -> None:
    world.ida.language = "en"
    world.ida.save()
    due(world, wera, "a", owner=None)
    due(world, wera, "b", owner=None, unit=world.units["kff"], service=None)
    assert reviews.remind(at=MORNING) == 1
    assert sent[0]["to"] == world.ida.email
    assert sent[0]["subject"] != "En artikel skal læses igennem"
    assert Article.objects.get(slug="b").reminded_on is None


def test_the_mail_goes_into_the_queue_with_the_change(world: World, wera: Person) -> None:
    due(world, wera, "a")
    assert reviews.remind(at=MORNING) == 1
    assert Mail.objects.filter(to=world.ida.email).exists()
