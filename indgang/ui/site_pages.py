"""Which page of the public site an address is."""

from __future__ import annotations

from functools import lru_cache

from django.urls import Resolver404, resolve


@lru_cache(maxsize=4_096)
def page_at(path: str) -> tuple[str, str]:
    """The name of the page at a path and the slug in its address; both empty for what is no page of the site.

    `/svar/altan/` gives `("article", "altan")`, and `/kontakt/` gives `("contact", "")`.
    """
    try:
        found = resolve(path)
    except Resolver404:
        return "", ""
    return (found.url_name or "", str(found.kwargs.get("slug", ""))) if found.app_name == "portal" else ("", "")
