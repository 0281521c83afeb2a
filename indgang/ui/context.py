"""Context of every page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from indgang.core import clock
from indgang.ui import banner


def page(request: HttpRequest) -> dict[str, Any]:
    return {
        "demo": settings.DEMO,
        "demo_password": settings.DEMO_PASSWORD if settings.DEMO else "",
        #: the demo's time, when it differs from the real time
        "demo_clock": clock.now() if settings.DEMO and clock.offset() else None,
        "page_now": clock.now(),
        "banner_sources": banner.lazily(request),
        "languages": settings.LANGUAGES,
    }
