"""Files that others have sent, as downloads."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse


def saved(name: str, kind: str, content: bytes) -> HttpResponse:
    """The file, to be saved: the browser neither opens it in our pages nor guesses another type. `kind` is the media
    type that the content shows."""
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response
