"""Subjects: the list of all, and one service with its answers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from indgang.catalogue.models import Service
from indgang.core import clock
from indgang.core.text import sort_key
from indgang.knowledge.models import ArticleVersion
from indgang.portal import access
from indgang.portal.lines import lines_for
from indgang.portal.pages import language, page, show

#: number of self-service links that a reader can choose between at a glance
DOORS = 4


@page()
def subjects(request: HttpRequest) -> HttpResponse:
    """All subjects with something to read, by situation."""
    return show(request, "portal/subjects.html", {"groups": by_situation(access.subjects(at=clock.now()), language())})


def by_situation(
    subjects: Iterable[access.Subject], spoken: str
) -> list[tuple[str | Promise, list[tuple[access.Subject, str]]]]:
    """Situations in order with the names of their subjects in the reader's language; subjects without one come last."""
    named: dict[str, list[tuple[access.Subject, str]]] = {}
    for each in subjects:
        named.setdefault(each.service.situation, []).append((each, each.name(spoken)))
    for found in named.values():
        found.sort(key=lambda pair: sort_key(pair[1]))
    groups: list[tuple[str, str | Promise]] = [(each.value, each.label) for each in Service.Situation]
    return [(label, named[code]) for code, label in [*groups, ("", _("Andre emner"))] if code in named]


@page(live=True)
def subject(request: HttpRequest, code: str) -> HttpResponse:
    """One service: the next step, then the answers, then the contact."""
    at, spoken = clock.now(), language()
    service = access.service(code, at)
    answers = access.answers(spoken, at, article__service=service)
    return show(
        request,
        "portal/subject.html",
        {
            "service": service,
            "name": access.name_of(service, spoken),
            "answers": answers,
            "doors": self_service(answers),
            "guides": access.guides(spoken, at, service),
            "news": access.news(spoken, at, [service.pk])[:3],
            "related": _related(service, spoken),
            "lines": lines_for(service, spoken, at=at),
        },
    )


def self_service(answers: Iterable[ArticleVersion]) -> list[tuple[dict[str, Any], str]]:
    """The self-service links for the subject, without duplicates, each with its owner."""
    found: dict[str, dict[str, Any]] = {}
    for version in answers:
        for link in version.links:
            if link.get("kind") == "self_service":
                found.setdefault(link.get("url", ""), link)
    return [(link, owner_sentence(link)) for link in list(found.values())[:DOORS]]


def owner_sentence(link: dict[str, Any]) -> str:
    """A sentence about the owner of a linked page, because we cannot correct pages of others."""
    return {
        "national": _("National løsning. Kommunen ejer den ikke og kan ikke ændre den."),
        "shared": _("Fælles løsning for kommunerne."),
        "own": _("Kommunens egen løsning."),
    }.get(link.get("owner", ""), "")


def _related(service: Service, spoken: str) -> list[tuple[str, str]]:
    """(code, name) of other services of the same unit that have something to read."""
    found = access.subjects(at=clock.now())
    return [
        (each.code, each.name(spoken))
        for each in found
        if each.service.pk != service.pk and each.service.unit_id == service.unit_id and service.unit_id
    ][:6]
