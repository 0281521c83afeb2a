"""A whole page, or the part that htmx asks for. Only this module reads the headers of htmx for that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from indgang.core.text import whole_number


def render_part_or_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    parts: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render `template`, or the part of it that htmx asks for when it asks for an element whose id is in `parts`.

    `parts` maps ids of elements to partials of the template, or to the files (….html) that it includes; an id that is
    not there gets the whole page. Messages of this request follow a part out of band, so that they land in the page's
    message area.
    """
    partial = (parts or {}).get(part_asked_for(request) or "")
    if partial is None:
        response = render(request, template, dict(context or {}), status=status)
    else:
        part = partial if partial.endswith(".html") else f"{template}#{partial}"
        html = render_to_string(part, dict(context or {}), request) + _messages(request)
        response = HttpResponse(html, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def part_asked_for(request: HttpRequest) -> str | None:
    """The id of the element that htmx will replace; None for the load of a whole page, even through htmx."""
    headers = request.headers
    if headers.get("HX-Request") != "true" or headers.get("HX-History-Restore-Request") == "true":
        return None
    return headers.get("HX-Target")


def is_shown(request: HttpRequest, version: str) -> bool:
    """Whether the page that asks for a part shows this version of it already (data-shown, see ui/live.js)."""
    return part_asked_for(request) is not None and version_shown(request) == version


def version_shown(request: HttpRequest) -> str:
    """The version of the part that the page says it shows; empty when it says none."""
    return request.headers.get("X-Shown", "")


def _messages(request: HttpRequest) -> str:
    if not len(get_messages(request)):
        return ""
    return render_to_string("ui/messages.html", {"out_of_band": True}, request)


def revision_of(request: HttpRequest) -> int:
    """The revision that the page was made from; -1, which no object has, when it is missing or not a number."""
    revision = whole_number(request.POST.get("revision", ""))
    return -1 if revision is None else revision
