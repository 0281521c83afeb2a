"""A small public site, made through the product's actions: four articles, a guide and a news item."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from indgang.accounts.models import Person, RoleAssignment
from indgang.knowledge import articles, guide_versions, versions
from indgang.knowledge.models import Article, ArticleVersion, GuideVersion, News
from tests.world import MORNING, World

SELF_SERVICE = {
    "title": "Byg og Miljø", "url": "https://www.bygogmiljoe.dk", "kind": "self_service", "owner": "national",
}  # fmt: skip
LAW = {"title": "Bygningsreglementet", "url": "https://bygningsreglementet.dk", "kind": "law", "owner": "national"}
BEFORE = MORNING - timedelta(days=30)

_BODY = """## Skure

Et skur på højst 50 m² kan som regel opføres uden tilladelse. Se også [fest på gaden](article:fest-paa-gaden).

## Altaner

En altan kræver **altid** tilladelse.

## Tegninger

- en plantegning
- et snit
"""

#: slug, service, Danish, English (None: Danish only), body, links
_ARTICLES: tuple[tuple[str, str, tuple[str, str], tuple[str, str] | None, str, list[dict[str, str]]], ...] = (
    (
        "skur-i-haven", "byggetilladelse",
        ("Må jeg bygge et skur i haven?", "Byg løs, hvis skuret er under 50 m². Søg byggetilladelse til et større."),
        ("May I build a shed in my garden?", "Go ahead below 50 m². A larger one needs a building permit."),
        _BODY, [SELF_SERVICE, LAW],
    ),
    (
        "altan", "byggetilladelse", ("Må jeg få en altan?", "Søg byggetilladelse, før du bestiller altanen."), None,
        "Altanen skal kunne bæres af muren.", [SELF_SERVICE],
    ),
    (
        "fest-paa-gaden", "arrangement",
        ("Hvordan holder jeg fest på gaden?", "Søg tilladelse senest fire uger før festen."),
        ("How do I hold a street party?", "Apply at least four weeks before the party."),
        "Spær aldrig for brandvejen.", [],
    ),
    (
        "jordflytning", "jordanmeldelse",
        ("Hvornår skal jeg anmelde jord?", "Anmeld jorden, før den flyttes fra grunden."), None, "", [],
    ),
)  # fmt: skip

_GUIDE = {
    "title": "Skal jeg søge byggetilladelse?",
    "intro": "Tre korte spørgsmål.",
    "start": "hvad",
    "steps": [
        {"id": "hvad", "kind": "question", "text": "Hvad vil du bygge?", "hint": "Vælg det, der ligner mest.",
         "answers": [{"text": "Et skur", "to": "stort"}, {"text": "En altan", "to": "soeg"}]},
        {"id": "stort", "kind": "question", "text": "Er det over 50 m²?",
         "answers": [{"text": "Ja", "to": "husk"}, {"text": "Nej", "to": "frit"}]},
        {"id": "husk", "kind": "checklist", "text": "Find det frem", "items": ["Plantegning", "Snit"], "to": "soeg"},
        {"id": "soeg", "kind": "result", "text": "**Søg** byggetilladelse.", "articles": ["skur-i-haven"]},
        {"id": "frit", "kind": "result", "text": "Du kan gå i gang.", "articles": []},
    ],
}  # fmt: skip


@dataclass(slots=True)
class Site:
    world: World
    wera: Person
    approver: Person
    articles: dict[str, Article]
    guide: GuideVersion
    news: News


def make(world: World) -> Site:
    wera, approver = _web_editor("wera", "Wera Winkel"), _web_editor("viggo", "Viggo Vinther")
    made = {}
    for slug, service, danish, english, body, links in _ARTICLES:
        found = _article(world, slug, service)
        publish(found, wera, approver, title=danish[0], short=danish[1], body=body, links=links)
        if english:
            publish(found, wera, approver, language="en", title=english[0], short=english[1], body="", links=links)
        made[slug] = found
    news = News.objects.create(
        title="Nye regler for skure", text="Fra **mandag** må skure være større.", title_en="New rules for sheds",
        text_en="From **Monday** sheds may be larger.", service=world.services["byggetilladelse"],
        shown_from=BEFORE, shown_until=MORNING + timedelta(days=30), written_by=wera,
    )  # fmt: skip
    return Site(world, wera, approver, made, _guide(world, wera), news)


def _web_editor(username: str, name: str) -> Person:
    person: Person = Person.objects.create(username=username, name=name, email=f"{username}@example.org")
    RoleAssignment.objects.create(person=person, role="web_editor", unit=None)
    return person


def publish(
    article: Article, by: Person, approver: Person, *, at: datetime = BEFORE, language: str = "da", **text: Any
) -> ArticleVersion:
    """Publish a new version, written by one person and approved by another."""
    draft = versions.draft(article, language=language, by=by, at=at)
    said = {"title": draft.title, "short": draft.short, "body": draft.body, "links": draft.links, "words": [],
            "reason": "", **text}  # fmt: skip
    version = versions.save(draft, revision=draft.revision, by=by, at=at, **said)
    version = versions.submit(version, by=by, at=at)
    if version.state == version.State.IN_REVIEW:
        version = versions.approve(version, by=approver, at=at)
    return version


def _article(world: World, slug: str, service: str) -> Article:
    found = world.services[service]
    assert found.unit is not None
    return articles.create(
        slug=slug, unit=found.unit, owner=world.ida, approver=None, service=found, purposes=[], audience="everyone",
        review_on=date(2027, 1, 1), by=world.ida, at=BEFORE,
    )  # fmt: skip


def _guide(world: World, by: Person) -> GuideVersion:
    version = guide_versions.create(
        slug="byggetilladelse", title=str(_GUIDE["title"]), unit=world.units["cby"],
        service=world.services["byggetilladelse"], by=by, at=BEFORE,
    )  # fmt: skip
    version = guide_versions.save(version, definition=_GUIDE, revision=version.revision, by=by, at=BEFORE)
    return guide_versions.publish(version, revision=version.revision, by=by, at=BEFORE)
