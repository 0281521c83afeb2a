"""Gives every request an id, measures its time by the name of its view, and connects it with its trace."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from indgang.telemetry import logs, traces
from indgang.telemetry.metrics import REQUESTS
from indgang.telemetry.request_span import PARENT

HEADER = "X-Request-ID"
#: the form of an id that a proxy of ours may give; without a proxy every value comes from a client
_ID = re.compile(r"[A-Za-z0-9-]{8,64}\Z")
#: the name for requests that no view answered: files, unknown addresses, pages answered from a cache
NO_VIEW = "-"
_METHODS = frozenset(("GET", "HEAD", "POST", "OPTIONS"))

Handler = Callable[[HttpRequest], HttpResponse]


def middleware(get_response: Handler) -> Handler:
    """The outermost middleware."""

    def respond(request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "") if settings.PROXIES else ""
        own = given if _ID.match(given) else uuid4().hex
        token, began = logs.request_id.set(own), time.perf_counter()
        try:
            with traces.request(str(request.method), _parent(request)) as span:
                response = get_response(request)
                view = name_of(request)
                span.answered(view, response.status_code)
        finally:
            logs.request_id.reset(token)
        method = str(request.method) if request.method in _METHODS else "other"
        REQUESTS.labels(view, method, response.status_code).observe(time.perf_counter() - began)
        response[HEADER] = own
        return response

    return respond


def _parent(request: HttpRequest) -> str:
    """The trace that our proxy has begun. A client cannot set it: the proxy replaces its header (deploy/nginx.conf)."""
    return request.headers.get(PARENT, "") if settings.PROXIES else ""


def name_of(request: HttpRequest) -> str:
    """The view's name with its namespace, as in `{% url %}`; never the address, which may identify a thing or a
    person."""
    match = request.resolver_match
    return (match.view_name or NO_VIEW) if match else NO_VIEW
