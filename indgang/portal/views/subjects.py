"""Subjects: all of them, and one service with its answers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from indgang.catalogue.models import Service
from indgang.core import clock
from indgang.core.text import sort_key
from indgang.knowledge.models import ArticleVersion
from indgang.portal import access
from indgang.portal.lines import lines_for, written
from indgang.portal.pages import language, page, show

#: as many places to settle a matter as one can choose between at a glance
DOORS = 4


@page()
def subjects(request: HttpRequest) -> HttpResponse:
    """Everything there is something to read about, by who is in charge of it."""
    spoken = language()
    named = [(_unit_name(each.service, spoken), each) for each in access.subjects(at=clock.now())]
    named.sort(key=lambda each: (sort_key(each[0]), sort_key(each[1].name(spoken))))
    groups = [
        (unit, [(each, each.name(spoken)) for _unit, each in found])
        for unit, found in groupby(named, key=lambda each: each[0])
    ]
    return show(request, "portal/subjects.html", {"groups": groups})


@page(live=True)
def subject(request: HttpRequest, code: str) -> HttpResponse:
    """One service: what to do next, then the answers, then who to ask."""
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
            "unit_phone": written(service.unit.phone) if service.unit and service.unit.phone else "",
        },
    )


def self_service(answers: Iterable[ArticleVersion]) -> list[tuple[dict[str, Any], str]]:
    """The places where the matter can be settled at once, each named once, with whose they are."""
    found: dict[str, dict[str, Any]] = {}
    for version in answers:
        for link in version.links:
            if link.get("kind") == "self_service":
                found.setdefault(link.get("url", ""), link)
    return [(link, owner_sentence(link)) for link in list(found.values())[:DOORS]]


def owner_sentence(link: dict[str, Any]) -> str:
    """Whose the page behind a link is; what others own, we cannot put right."""
    return {
        "national": _("National løsning. Kommunen ejer den ikke og kan ikke ændre den."),
        "shared": _("Fælles løsning for kommunerne."),
        "own": _("Kommunens egen løsning."),
    }.get(link.get("owner", ""), "")


def _unit_name(service: Service, spoken: str) -> str:
    return access.name_of(service.unit, spoken) if service.unit else _("Andre emner")


def _related(service: Service, spoken: str) -> list[tuple[str, str]]:
    """(code, name) of other services of the same unit that have something to read."""
    found = access.subjects(at=clock.now())
    return [
        (each.code, each.name(spoken))
        for each in found
        if each.service.pk != service.pk and each.service.unit_id == service.unit_id and service.unit_id
    ][:6]
