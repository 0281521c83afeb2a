"""The map on which places are chosen and shown: tiles from a server of our own, which the settings name.

Nothing comes from a third party: Leaflet is among our own files, and without `MAP_TILES` there is no map.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.conf import settings


def source() -> dict[str, Any]:
    """What a template needs for a map; `tiles` is empty where there is none."""
    return {"tiles": settings.MAP_TILES, "credit": settings.MAP_CREDIT, "start": settings.MAP_START}


def origins() -> list[str]:
    """Where pictures of the map come from, for the Content-Security-Policy; empty for our own address or no map."""
    parts = urlsplit(settings.MAP_TILES)
    return [f"{parts.scheme}://{parts.netloc}"] if parts.scheme in ("http", "https") and parts.netloc else []


def link(lat: float, lon: float) -> str:
    """The page on which staff see the place; empty when the settings name none."""
    return str(settings.MAP_LINK).replace("{lat}", f"{lat}").replace("{lon}", f"{lon}")
