"""Pages for programs: the sitemap and robots.txt."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from indgang.core import clock
from indgang.portal import access
from indgang.portal.pages import address, page

#: pages that exist once
_SINGLE = ("front", "subjects", "guides", "contact", "news", "newsletter", "about")


@page(seconds=300)
def sitemap(request: HttpRequest) -> HttpResponse:
    """Every page in both languages, with its last change. One file holds 50,000 addresses, so 25,000 pages."""
    at = clock.now()
    rows: list[tuple[str, tuple[str, ...], datetime | None]] = [(name, (), None) for name in _SINGLE]
    rows += [("subject", (each.code,), None) for each in access.subjects(at=at)]
    rows += [("article", (slug,), changed) for slug, changed in access.changed(at)]
    rows += [("guide", (each.guide.slug,), each.published_at) for each in access.guides("da", at)]
    pages = [
        {
            "changed": changed,
            "places": [
                (code, request.build_absolute_uri(address(request, name, *args, to=code))) for code in ("da", "en")
            ],
        }
        for name, args, changed in rows
    ]
    return render(request, "portal/sitemap.xml", {"pages": pages[:25_000]}, content_type="application/xml")


@page(seconds=3600)
def robots(request: HttpRequest) -> HttpResponse:
    """robots.txt: it excludes search results and the boxes for other sites."""
    closed = [address(request, name, to=to) for name in ("search", "embed-search") for to in ("da", "en")]
    closed += [reverse("start"), reverse("sign-in")]
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed)]
    lines.append(f"Sitemap: {request.build_absolute_uri(address(request, 'sitemap', to='da'))}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")
