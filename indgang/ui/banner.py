"""The banner above every page: an exchange that is down, an alert.

A front registers the address of a view that returns the content or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject


@dataclass(frozen=True, slots=True)
class Source:
    url_name: str
    parts: tuple[str, ...]


_sources: list[Source] = []


def register(url_name: str, *parts: str) -> None:
    """Show the content of the page `url_name` in the banner, and fetch it again when one of `parts` is stale."""
    if url_name not in [source.url_name for source in _sources]:
        _sources.append(Source(url_name, parts))


def shown() -> list[dict[str, object]]:
    """Address and parts of each source."""
    return [{"url": reverse(source.url_name), "parts": source.parts} for source in _sources]


def lazily(request: HttpRequest) -> object:
    """The sources for a signed-in person; none for others."""
    return SimpleLazyObject(lambda: shown() if request.user.is_authenticated else [])
