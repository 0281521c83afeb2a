"""The small municipality with six small articles and a guide, for tests that read knowledge.

    def test_something(knowledge_world):
        knowledge_world.articles["altan"]

Articles: altan (also in English), gravning, arrangement (overdue), refusion, intern (staff alone), byliv (the unit
ctb-byliv alone). Guide: skal-jeg-soege. ida owns the articles of TMF; wera is a web editor of the whole municipality.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from indgang.accounts.models import Person, RoleAssignment
from indgang.audit.trail import System
from indgang.knowledge import guide_versions, guides, import_export
from indgang.knowledge.article_files import ArticleRow
from indgang.knowledge.models import Article, Guide
from tests.world import MORNING, World

_PUBLISHED = MORNING.date() - timedelta(days=30)
_NEXT_YEAR = MORNING.date() + timedelta(days=365)
_OVERDUE = MORNING.date() - timedelta(days=7)

TREE = {
    "title": "Skal jeg søge om byggetilladelse?",
    "intro": "Svar på ét spørgsmål.",
    "start": "hvad",
    "steps": [
        {"id": "hvad", "kind": "question", "text": "Hvad vil du bygge?",
         "answers": [{"text": "En altan", "to": "ja"}, {"text": "En reol", "to": "nej"}]},
        {"id": "ja", "kind": "result", "text": "Ja, søg først.", "articles": ["altan"]},
        {"id": "nej", "kind": "result", "text": "Nej, bare byg."},
    ],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnowledgeWorld:
    world: World
    wera: Person
    articles: dict[str, Article]
    guide: Guide


def build(world: World) -> KnowledgeWorld:
    """Create the articles and the guide in the test's database, published thirty days before MORNING."""
    wera: Person = Person.objects.create(username="wera", name="Wera Winkel", email="wera@example.org")
    RoleAssignment.objects.create(person=wera, role="web_editor", unit=None)
    report = import_export.import_rows(_rows(), by=System("tests"), at=MORNING)
    assert not report.bad
    tree = guides.Tree(guides.parse(TREE))
    service = world.services["byggetilladelse"]
    guide_versions.import_tree(
        "skal-jeg-soege", tree, unit=world.units["cby"], service=service, by=System("tests"), at=MORNING
    )
    return KnowledgeWorld(
        world, wera, {each.slug: each for each in Article.objects.all()}, Guide.objects.get(slug="skal-jeg-soege")
    )


def _rows() -> list[ArticleRow]:
    return [
        _row(
            "altan", "Må jeg få en altan?", "Få foreningens ja, og søg så om byggetilladelse.",
            "## Det ser vi på\n\n- om altanen passer til huset\n- hvor meget lys naboen mister",
            "byggetilladelse", "cby", words=("balkon",),
        ),
        ArticleRow(
            "altan.en.md", 1, "altan", "en", "May I have a balcony?", "Ask your association, then apply for a permit.",
            "## What we look at\n\n- whether it fits the house", words=("terrace",), published=_PUBLISHED,
        ),
        _row(
            "gravning", "Hvornår kræver opgravning tilladelse?", "Søg, før du graver i vej eller fortov.", "",
            "gravetilladelse", "ctb-grav",
        ),
        _row(
            "arrangement", "Hvordan søger jeg om et arrangement?", "Søg senest to måneder før.",
            "Se også [altaner](article:altan).", "arrangement", "ctb-byliv", review=_OVERDUE, words=("gadefest",),
        ),
        _row(
            "refusion", "Hvornår skal jeg søge refusion?", "Søg i NemRefusion inden fem uger.", "",
            "sygedagpenge", "yds",
        ),
        _row("intern", "Når selvbetjeningen er nede", "Tag imod sagen på papir.", "", "", "kff", audience="staff"),
        _row("byliv", "Bylivs vagtplan", "Ring til vagten efter kl. 14.", "", "", "ctb-byliv", audience="unit"),
    ]  # fmt: skip


def _row(
    slug: str, title: str, short: str, body: str, service: str, unit: str, *, audience: str = "everyone",
    words: tuple[str, ...] = (), review: date = _NEXT_YEAR,
) -> ArticleRow:  # fmt: skip
    about = {"service": service, "unit": unit, "audience": audience}
    return ArticleRow(
        f"{slug}.md", 1, slug, "da", title, short, body, words=words, about=about, purposes=("vejledning",),
        review=review, published=_PUBLISHED,
    )  # fmt: skip
