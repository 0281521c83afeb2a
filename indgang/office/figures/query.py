"""The query of a page's links: what is chosen, without what the link changes."""

from __future__ import annotations

from django.http import QueryDict


def without(query: QueryDict, *names: str) -> str:
    rest = query.copy()
    for name in names:
        rest.pop(name, None)
    return rest.urlencode()
