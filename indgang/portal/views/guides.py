"""Guides step by step: each step has an address, so back, bookmarks and sharing work without a script."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse

from indgang.core import clock
from indgang.knowledge import guides as trees
from indgang.knowledge import markdown
from indgang.knowledge.models import GuideVersion
from indgang.portal import access
from indgang.portal.lines import lines_for
from indgang.portal.pages import address, language, page, show


@page()
def guides(request: HttpRequest) -> HttpResponse:
    found = [(each, trees.parse(each.definition).intro) for each in access.guides(language(), clock.now())]
    return show(request, "portal/guides.html", {"guides": found})


@page(live=True)
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """The step at the end of the path `?vej=0-2`. An invalid path restarts the guide with a notice."""
    version = access.guide(slug, language(), clock.now())
    tree = trees.parse(version.definition)
    lost = False
    try:
        path = trees.path_from(request.GET.get("vej", ""))
        taken = trees.walk(tree, path)
    except trees.WrongPath:
        path, lost = [], True
        taken = trees.walk(tree, path)
    context = {"version": version, "tree": tree, "lost": lost, **_at_step(request, version, path, taken)}
    if isinstance(taken[-1].step, trees.ResultStep):
        context["lines"] = lines_for(version.guide.service, language(), at=clock.now())
    return show(request, "portal/guide.html", context)


def _at_step(request: HttpRequest, version: GuideVersion, path: list[int], taken: list[trees.Taken]) -> dict[str, Any]:
    here, spoken, at = taken[-1].step, language(), clock.now()
    base = address(request, "guide", version.guide.slug)
    articles: tuple[str, ...] = here.articles if isinstance(here, trees.ResultStep) else ()
    rows = {row.article.slug: row for row in access.answers(spoken, at, article__slug__in=articles)} if articles else {}
    return {
        "step": here,
        "number": len(path) + 1,
        "before": [(each, f"{base}?vej={trees.path_text(path[:number])}") for number, each in enumerate(taken[:-1])],
        "ways": [(way, trees.path_text([*path, number])) for number, way in enumerate(here.ways)],
        "answers": _answers(here, path),
        "text": _result_text(request, here),
        "articles": [rows[slug] for slug in articles if slug in rows],
    }


def _answers(step: trees.Step, path: list[int]) -> list[tuple[str, str]]:
    """(words, path) of each answer to a question."""
    if not isinstance(step, trees.QuestionStep):
        return []
    return [(answer.text, trees.path_text([*path, number])) for number, answer in enumerate(step.answers)]


def _result_text(request: HttpRequest, step: trees.Step) -> str:
    if not isinstance(step, trees.ResultStep):
        return ""
    slugs = access.public_slugs(markdown.articles_in(step.text), clock.now())
    return markdown.render(
        step.text, link_to_article=lambda slug: address(request, "article", slug) if slug in slugs else ""
    )
