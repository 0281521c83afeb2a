"""The front page and the page about the site itself."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from indgang.core import clock
from indgang.portal import access
from indgang.portal.lines import lines
from indgang.portal.pages import language, page, show

#: the number that fits on a telephone without much scrolling
SUBJECTS, ANSWERS, GUIDES, NEWS = 10, 6, 4, 3


@page(live=True)
def front(request: HttpRequest) -> HttpResponse:
    """The front page: a search, then the answers that most people look for."""
    at, spoken = clock.now(), language()
    subjects = sorted(access.subjects(at=at), key=lambda each: -each.asked)
    return show(
        request,
        "portal/front.html",
        {
            "subjects": [(each, each.name(spoken)) for each in subjects[:SUBJECTS]],
            "more_subjects": max(0, len(subjects) - SUBJECTS),
            "answers": access.most_used(spoken, ANSWERS, at=at),
            "guides": access.guides(spoken, at)[:GUIDES],
            "news": access.news(spoken, at)[:NEWS],
            "lines": lines(spoken, at=at)[:1],
        },
    )


@page()
def about(request: HttpRequest) -> HttpResponse:
    """The page about the site: the source of its answers, accessibility, and privacy."""
    return show(request, "portal/about.html")
