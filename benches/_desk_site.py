"""The product's pages, and beside them the bare views of the bench `desk`: same door, same SQL, nothing else."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

# importing this makes Django ready, so that the rest can be imported
from indgang.config.wsgi import application as application

# isort: split
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission
from indgang.config.urls import urlpatterns as of_the_product

_RECORDED: dict[str, dict[str, Any]] = json.loads(Path(os.environ["BENCH_DESK_BARE"]).read_text())


@requires(Permission.REGISTER_ENQUIRIES)
def bare(request: HttpRequest, name: str) -> HttpResponse:
    """Run the recorded SQL, read all rows, answer with the recorded bytes."""
    recorded = _RECORDED[name]
    with connection.cursor() as cursor:
        for sql in recorded["sql"]:
            cursor.execute(sql)
            if cursor.description:
                cursor.fetchall()
    return HttpResponse(recorded["answer"])


urlpatterns = [path("bare/<str:name>/", bare), *of_the_product]
settings.ROOT_URLCONF = __name__
