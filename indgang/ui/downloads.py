"""Files to download: what others have sent, and tables for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from django.http import HttpResponse, StreamingHttpResponse

from indgang.core import spreadsheet


def saved(name: str, kind: str, content: bytes) -> HttpResponse:
    """The file, to be saved: the browser neither opens it in our pages nor guesses another type. `kind` is the media
    type that the content shows."""
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def table(columns: Iterable[str], rows: Iterable[Iterable[str]], name: str) -> StreamingHttpResponse:
    """A table as CSV for spreadsheets (`core.spreadsheet`), which is sent as it is made."""
    content = spreadsheet.lines([columns], rows)
    response = StreamingHttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
