"""Responses of the desk that are no part of a page: a sentence, or a list of parts to fetch again."""

from __future__ import annotations

import json

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise


def said(text: str | Promise, status: int) -> HttpResponse:
    """A sentence for the message area; nothing on the page is replaced."""
    return HttpResponse(str(text), status=status, content_type="text/plain; charset=utf-8")


def changed(request: HttpRequest, *parts: str) -> HttpResponse:
    """Success; the page fetches `parts` again at once, whether or not its stream is open."""
    if request.headers.get("HX-Request") != "true":
        return redirect("desk:home")
    return tell_parts(HttpResponse(status=204), *parts)


def tell_parts(response: HttpResponse, *parts: str) -> HttpResponse:
    response.headers["HX-Trigger"] = json.dumps({f"stale:{part}": None for part in parts})
    return response
