"""What every page knows about the person who sees it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from indgang.accounts.access import permissions_of


def person(request: HttpRequest) -> dict[str, Any]:
    """`permissions`: the codes of all the person may do somewhere; read when a template first asks."""
    return {"permissions": SimpleLazyObject(lambda: permissions_of(request.user))}
