"""The product's pages and the bare views of the bench `desk`: the same middleware and queries, and nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

# this import sets up Django, which the other imports need
from indgang.config.wsgi import application as application

# isort: split
from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import path

from indgang.accounts.gate import requires
from indgang.accounts.permissions import Permission
from indgang.config.urls import urlpatterns as of_the_product
from indgang.desk.situation import Situation

_RECORDED: dict[str, dict[str, Any]] = json.loads(Path(os.environ["BENCH_DESK_BARE"]).read_text())


#: what each part reads: its queries without a template
_READS: dict[str, Callable[[Situation], Any]] = {
    "state": lambda desk: (desk.presence, desk.pauses, desk.exchange_down),
    "call": lambda desk: (desk.presence, desk.enquiry),
    "lists": lambda desk: (
        desk.to_do.unfinished,
        desk.to_do.to_ring_shown,
        desk.to_do.promised,
        desk.to_do.registered,
        desk.to_do.handovers,
        desk.to_do.troubled_sms,
    ),
    "figures": lambda desk: desk.figures,
    "around": lambda desk: (desk.around.messages, desk.around.waiting),
    "team": lambda desk: desk.around.teams,
}


@requires(Permission.REGISTER_ENQUIRIES)
def bare(request: HttpRequest, name: str) -> HttpResponse:
    """Run the queries through Django's models and respond with the recorded bytes."""
    _READS[name](Situation(request))
    return HttpResponse(_RECORDED[name]["answer"])


@requires(Permission.REGISTER_ENQUIRIES)
def sql(request: HttpRequest, name: str) -> HttpResponse:
    """Run the recorded SQL through a cursor, read all rows, and respond with the recorded bytes."""
    recorded = _RECORDED[name]
    with connection.cursor() as cursor:
        for statement in recorded["sql"]:
            cursor.execute(statement)
            if cursor.description:
                cursor.fetchall()
    return HttpResponse(recorded["answer"])


urlpatterns = [path("bare/<str:name>/", bare), path("sql/<str:name>/", sql), *of_the_product]
settings.ROOT_URLCONF = __name__
