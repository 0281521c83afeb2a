"""While the database is unreachable, pages say so and reload by themselves."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.defaults import server_error

logger = logging.getLogger(__name__)

_PAGE = """<!doctype html><html lang="{language}"><head><meta charset="utf-8"><meta http-equiv="refresh" content="3">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<style>body{{font:1.25rem/1.5 sans-serif;margin:15vh auto;max-width:36rem;padding:0 1rem}}</style></head>
<body><main><h1>{title}</h1><p>{text}</p></main></body></html>"""


class WaitForDatabase:
    """Middleware: turns a lost database connection into a page with status 503 that reloads itself.

    A part that htmx fetches gets the same status without content, so that what is on the screen stays.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self._get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return _away_after(exception, request)


def fault(request: HttpRequest) -> HttpResponse:
    """The answer to an error outside all views: middleware uses the database too (to save the session)."""
    return _away_after(sys.exc_info()[1], request) or server_error(request)


def _away_after(exception: BaseException | None, request: HttpRequest) -> HttpResponse | None:
    """If the error is a lost database connection, log one line and return the answer; else None."""
    if not isinstance(exception, OperationalError | InterfaceError):
        return None
    logger.warning("the database is away: %s", str(exception).splitlines()[0] if str(exception) else exception)
    answer = away(request)
    setattr(answer, "_has_been_logged", True)  # noqa: B010  # Django's own mark: without it Django logs the whole trace
    return answer


def away(request: HttpRequest) -> HttpResponse:
    """The answer while the database is unreachable."""
    if request.headers.get("HX-Request") == "true":
        response = HttpResponse(status=503)
    else:
        page = _PAGE.format(
            language=getattr(request, "LANGUAGE_CODE", "da"),
            title=_("Et øjeblik"),
            text=_("Der er ingen forbindelse til databasen lige nu. Siden prøver selv igen om et par sekunder."),
        )
        response = HttpResponse(page, status=503)
    response["Retry-After"] = "3"
    response["Cache-Control"] = "no-store"
    return response
