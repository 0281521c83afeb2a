"""The command `indgang search`."""

from __future__ import annotations

import json
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from indgang.knowledge.models import Search


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("search", *arguments, stdout=out)
    return out.getvalue()


def test_hits_come_as_json_with_their_reasons_and_the_search_is_kept(put: Callable[..., None]) -> None:
    put("grav", "Opgravning af fortov kræver tilladelse", "Søg hos vejmyndigheden.")
    put("hegn", "Opgravning ved hegn")
    said = json.loads(run("gravetilladelse", "--json", "--limit", "1"))
    (hit,) = said["hits"]
    assert (hit["kind"], hit["key"], hit["title"]) == ("article", "grav", "Opgravning af fortov kræver tilladelse")
    assert hit["why"] == ["Sammensat ord: gravetilladelse er grave + tilladelse."]
    assert hit["score"] > 0
    assert Search.objects.get().place == "command"


@pytest.mark.django_db
def test_without_hits_the_next_steps_are_printed() -> None:
    assert "Kontakt os" in run("zzyzx")


@pytest.mark.django_db
def test_a_person_whom_nobody_knows_is_refused() -> None:
    with pytest.raises(CommandError, match="Nobody is called"):
        run("pas", "--person", "zorro")


def test_a_broken_byte_on_the_command_line_is_an_answer(put: Callable[..., None]) -> None:
    put("pas", "Nyt pas")
    said = run(b"nyt pas \xe6".decode("utf-8", "surrogateescape"), "--json")
    assert [hit["key"] for hit in json.loads(said)["hits"]] == ["pas"]
    assert Search.objects.get().asked == "nyt pas"
