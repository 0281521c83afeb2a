"""Addresses that accept only forms redirect a GET (reload, bookmark) to their page."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import Resolver404, resolve


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Redirect a page request that gets 405 to the nearest address above."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or request.method not in ("GET", "HEAD"):
            return response
        if "text/html" not in request.headers.get("Accept", ""):
            return response  # not a browser that opens a page
        above = _above(request.path)
        return redirect(above) if above else response

    return respond


def _above(path: str) -> str:
    """The nearest address above that exists; one that accepts only forms redirects further itself."""
    parts = path.strip("/").split("/")
    while parts:
        parts.pop()
        address = "/".join(["", *parts, ""])
        try:
            resolve(address)
        except Resolver404:
            continue
        return address
    return ""
