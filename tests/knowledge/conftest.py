"""A web editor in the test world, and short ways to make articles and versions."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from indgang.accounts.models import Person, RoleAssignment
from indgang.knowledge import articles, versions
from indgang.knowledge.models import Article, ArticleVersion, Audience
from tests.world import MORNING, World

TEXT: dict[str, Any] = {
    "title": "Hvornår skal jeg søge?",
    "short": "Søg, før du går i gang.",
    "body": "## Regler\n\nDu skal søge, når huset bliver større end før.",
    "words": ["udestue"],
    "links": [],
}


@pytest.fixture
def wera(world: World) -> Person:
    """A web editor for the whole municipality."""
    person: Person = Person.objects.create(username="wera", name="Wera Winkel", email="wera@example.org")
    RoleAssignment.objects.create(person=person, role="web_editor", unit=None)
    return person


def article(world: World, slug: str = "soege", **values: Any) -> Article:
    """Create an article of the building centre, owned by Ida, without any text."""
    given = {
        "unit": world.units["cby"],
        "owner": world.ida,
        "approver": None,
        "service": world.services["byggetilladelse"],
        "purposes": [world.purposes["vejledning"]],
        "audience": Audience.EVERYONE,
        "review_on": date(2027, 3, 1),
        "by": world.ida,
        "at": MORNING,
    }
    return articles.create(slug=slug, **(given | values))


def written(made: Article, by: Person, at: datetime = MORNING, language: str = "da", **text: Any) -> ArticleVersion:
    """Write a draft with the usual text, changed by `text`."""
    draft = versions.draft(made, language=language, by=by, at=at)
    said = TEXT | {"reason": "", **text}
    return versions.save(draft, revision=draft.revision, by=by, at=at, **said)


def published(
    made: Article, by: Person, approver: Person, at: datetime = MORNING, language: str = "da", **text: Any
) -> ArticleVersion:
    """Publish a version that `by` wrote and, if needed, `approver` approves."""
    version = versions.submit(written(made, by, at, language, **text), by=by, at=at)
    if version.state == version.State.IN_REVIEW:
        version = versions.approve(version, by=approver, at=at)
    return version
