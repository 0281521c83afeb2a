"""`indgang search "må jeg grave i fortovet" --json --limit 5`: print the results of the search."""

from __future__ import annotations

import html
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from indgang.accounts.models import Person
from indgang.core import clock
from indgang.core.text import folded
from indgang.knowledge.models import Language, Search
from indgang.knowledge.search import find, log


class Command(BaseCommand):
    help = "Search as the public does, or as somebody who signs in; prints kind, key, title, snippet, why and score"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("query", help="what to look for")
        parser.add_argument("--json", action="store_true", help="one JSON object instead of lines to read")
        parser.add_argument("--limit", type=int, default=10, help="at most so many hits (10)")
        parser.add_argument("--language", choices=Language.values, default="da")
        parser.add_argument(
            "--person", default="", metavar="USERNAME", help="search as this person; without: the public"
        )
        parser.add_argument("--kind", action="append", choices=find.KINDS, help="only this kind; may be repeated")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["limit"] < 1:
            raise CommandError("--limit must be at least 1")
        at = clock.now()
        with translation.override(options["language"]):
            found = find.find(
                options["query"], language=options["language"], person=_person(options["person"]), at=at,
                kinds=options["kind"], limit=options["limit"],
            )  # fmt: skip
        log.note(options["query"], place=Search.Place.COMMAND, language=options["language"], found=found, at=at)
        self.stdout.write(_json(found) if options["json"] else _lines(found))


def _person(username: str) -> Person | None:
    if not username:
        return None
    person: Person | None = Person.objects.filter(username_folded=folded(username), is_active=True).first()
    if person is None:
        raise CommandError(f"Nobody is called {username}")
    return person


def _json(found: find.Found) -> str:
    hits = [
        {"kind": hit.kind, "key": hit.key, "language": hit.language, "title": hit.title, "snippet": str(hit.snippet),
         "why": hit.why, "score": hit.score}
        for hit in found.hits
    ]  # fmt: skip
    return json.dumps(
        {"asked": found.asked, "repaired": found.repaired, "total": found.total, "weak": found.weak,
         "elsewhere": found.elsewhere,
         "hits": hits, "suggestions": found.suggestions},
        ensure_ascii=False,
    )  # fmt: skip


def _lines(found: find.Found) -> str:
    lines = [f"{typed} → {meant}" for typed, meant in found.repaired.items()]
    for hit in found.hits:
        snippet = html.unescape(hit.snippet.replace("<mark>", "*").replace("</mark>", "*"))
        lines += [
            f"{hit.score:.3f}  {hit.kind} {hit.key}: {hit.title}",
            f"       {snippet}",
            *([f"       {' '.join(hit.why)}"] if hit.why else []),
        ]
    # suggestions come before hits that hardly answer the question
    return "\n".join([*found.suggestions, *lines])
