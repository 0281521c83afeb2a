"""Searchable knowledge for the desk's tests: a public article, one for staff, a guide, and the directory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from indgang.accounts.models import Person, RoleAssignment
from indgang.knowledge import articles, guide_versions, guides, versions
from indgang.knowledge.models import Article, ArticleVersion, Audience, Guide, GuideVersion
from indgang.knowledge.search import following
from tests.world import MORNING, World

GUIDE: dict[str, Any] = {
    "title": "Kræver mit loppemarked en tilladelse?",
    "intro": "Svar på et par spørgsmål.",
    "start": "hvor",
    "steps": [
        {"id": "hvor", "kind": "question", "text": "Hvor skal det holdes?", "answers": [
            {"text": "På gaden", "to": "gade"}, {"text": "I egen have", "to": "fri"},
        ]},
        {"id": "gade", "kind": "checklist", "text": "Find det her frem", "items": ["Kort over pladsen"], "to": "soeg"},
        {"id": "soeg", "kind": "result", "text": "Søg om tilladelse", "articles": ["loppemarked"]},
        {"id": "fri", "kind": "result", "text": "Det kræver ingen tilladelse", "articles": []},
    ],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    wera: Person
    flea: Article
    flea_version: ArticleVersion
    staff: Article
    guide: Guide
    guide_version: GuideVersion


def build(world: World, at: datetime = MORNING) -> Known:
    wera = Person.objects.create(username="wera", name="Wera Winkel", email="wera@example.org")
    RoleAssignment.objects.create(person=wera, role="web_editor", unit=None)
    flea, flea_version = article(
        world, wera, "loppemarked", at, title="Hvordan får jeg lov til et loppemarked?",
        short="Søg om tilladelse senest *fire uger* før på [selvbetjeningen](https://example.org/soeg).",
        body="## Regler\n\nMarkedet må vare en dag. Se også [støj](article:stoej-intern).\n\n<script>alert(1)</script>",
        words=["kræmmermarked"],
        links=[{"title": "Søg her", "url": "https://example.org/soeg", "kind": "self_service", "owner": "national"}],
    )  # fmt: skip
    staff, _version = article(
        world, wera, "stoej-intern", at, audience=Audience.STAFF, title="Støj fra markeder: hvad siger vi?",
        short="Henvis til vagten.", review_on=date(2026, 1, 1),
    )  # fmt: skip
    version = guide_versions.create(
        slug="marked", title=GUIDE["title"], unit=world.units["ctb-byliv"], owner=world.ida,
        service=world.services["arrangement"], by=wera, at=at,
    )  # fmt: skip
    version = guide_versions.save(version, definition=GUIDE, revision=version.revision, by=wera, at=at)
    version = guide_versions.publish(version, revision=version.revision, by=wera, at=at)
    guides.parse(version.definition)
    for refresh in (following.refresh_people, following.refresh_services, following.refresh_units):
        refresh()
    return Known(wera, flea, flea_version, staff, version.guide, version)


def article(world: World, wera: Person, slug: str, at: datetime, **values: Any) -> tuple[Article, ArticleVersion]:
    """Publish an article about events, owned by Ida."""
    made = articles.create(
        slug=slug, unit=world.units["ctb-byliv"], owner=world.ida, approver=None,
        service=world.services["arrangement"], purposes=[world.purposes["vejledning"]],
        audience=values.pop("audience", Audience.EVERYONE), review_on=values.pop("review_on", date(2027, 3, 1)),
        by=wera, at=at,
    )  # fmt: skip
    draft = versions.draft(made, language="da", by=wera, at=at)
    said = {"body": "", "words": [], "links": [], "reason": ""} | values
    draft = versions.save(draft, revision=draft.revision, by=wera, at=at, **said)
    version = versions.submit(draft, by=wera, at=at)
    return made, versions.approve(version, by=world.finn, at=at)
