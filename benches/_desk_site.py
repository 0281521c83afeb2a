"""The product's pages, and beside them the bare views of the bench `desk`: no middleware, no template, the same SQL."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

# importing this makes Django ready, so that the rest can be imported
from indgang.config.wsgi import application as product

# isort: split
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test.utils import override_settings
from django.urls import path

from indgang.config.urls import urlpatterns as of_the_product

_RECORDED: dict[str, dict[str, Any]] = json.loads(Path(os.environ["BENCH_DESK_BARE"]).read_text())


def bare(request: HttpRequest, name: str) -> HttpResponse:
    """Run the recorded SQL, read all rows, answer with the recorded bytes."""
    recorded = _RECORDED[name]
    with connection.cursor() as cursor:
        for sql in recorded["sql"]:
            cursor.execute(sql)
            if cursor.description:
                cursor.fetchall()
    answer = HttpResponse(recorded["answer"])
    answer.headers["Content-Length"] = str(len(answer.content))
    return answer


urlpatterns = [path("bare/<str:name>/", bare), *of_the_product]
settings.ROOT_URLCONF = __name__

with override_settings(MIDDLEWARE=[]):
    _bare = WSGIHandler()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    handler = _bare if environ["PATH_INFO"].startswith("/bare/") else product
    return handler(environ, start_response)
