"""Articles, guides, writers and approvers for the tests of the office's knowledge pages."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from indgang.accounts.models import Person, RoleAssignment
from indgang.knowledge import articles, guide_versions, guides, versions
from indgang.knowledge.models import Article, ArticleVersion, Guide
from tests.world import MORNING, World

BODY = "## Sådan gør du\n\nMål fortovet op, og tegn bordene ind på en plan.\n\n- Husk **fri passage** på 1,5 meter\n"


def web_editor(world: World) -> Person:
    """Vera is a web editor and approves articles of the whole municipality."""
    vera: Person = Person.objects.create(username="vera", name="Vera Vang", must_change_password=False)
    RoleAssignment.objects.create(person=vera, role="web_editor")
    world.people["vera"] = vera
    return vera


def article(
    world: World, vera: Person, *, slug: str = "borde-paa-fortovet", at: datetime = MORNING, **more: Any
) -> Article:
    """Publish an article of ctb-byliv, owned by Ida; `more` goes to `articles.create`."""
    facts: dict[str, Any] = {
        "unit": world.units["ctb-byliv"], "owner": world.ida, "approver": None,
        "service": world.services["udeservering"], "purposes": [], "audience": "everyone", "review_on": None,
    }  # fmt: skip
    made = articles.create(slug=slug, **(facts | more), by=vera, at=at)
    draft = versions.draft(made, language="da", by=vera, at=at)
    draft = write(draft, vera, at=at)
    versions.submit(draft, by=world.finn, at=at)
    return made


def write(draft: ArticleVersion, by: Person, *, at: datetime = MORNING, **changes: Any) -> ArticleVersion:
    said: dict[str, Any] = {
        "title": "Hvordan får jeg lov til at have borde på fortovet?",
        "short": "Søg om tilladelse til udeservering, før du sætter borde ud.",
        "body": BODY, "words": ["café"], "links": [], "reason": "Skrevet",
    }  # fmt: skip
    return versions.save(draft, **(said | changes), revision=draft.revision, by=by, at=at)


def wording(version: ArticleVersion, **changes: Any) -> dict[str, Any]:
    """Returns what a browser sends from the editor when the user has typed only `changes`."""
    return {
        "draft": str(version.pk), "revision": str(version.revision), "title": version.title, "short": version.short,
        "body": version.body, "words": ", ".join(version.words), "reason": version.reason, "publish_from": "",
        "link_title_0": "", "link_url_0": "", "link_kind_0": "page", "link_owner_0": "own",
    } | changes  # fmt: skip


TREE: dict[str, Any] = {
    "title": "Skal jeg søge om borde på fortovet?",
    "start": "sted",
    "steps": [
        {"id": "sted", "kind": "question", "text": "Hvor skal de stå?",
         "answers": [{"text": "På fortovet", "to": "soeg"}, {"text": "På egen grund", "to": "frit"}]},
        {"id": "soeg", "kind": "result", "text": "Søg om tilladelse.", "articles": []},
        {"id": "frit", "kind": "result", "text": "Du behøver ikke søge.", "articles": []},
    ],
}  # fmt: skip


def guide(world: World, *, published: bool = True, slug: str = "skal-jeg-soege") -> Guide:
    """Create a guide of ctb-byliv."""
    version = guide_versions.create(
        slug=slug, title="Skal jeg søge?", unit=world.units["ctb-byliv"], by=world.ida, at=MORNING
    )
    version = guide_versions.save(
        version, definition=guides.dump(guides.parse(TREE)), revision=version.revision, by=world.ida, at=MORNING
    )
    if published:
        guide_versions.publish(version, revision=version.revision, by=world.finn, at=MORNING)
    return version.guide
