"""Owners of pages decide whether their readers are asked, and see what they answer, version by version."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from indgang.audit.models import Change
from indgang.core import clock
from indgang.feedback import answering, page_forms, questionnaires
from indgang.feedback.answering import AnsweredPage
from indgang.feedback.models import PageForm, QuestionnaireVersion
from tests.markup import squeezed
from tests.world import MORNING, World

REF = "byg-og-miljoe.example/skur"


@pytest.fixture
def editor(world: World, client: Client) -> Iterator[Client]:
    """Signed in as ida, who writes for a unit."""
    with clock.frozen(MORNING):
        client.force_login(world.ida)
        yield client


@pytest.fixture
def version(world: World) -> QuestionnaireVersion:
    made = questionnaires.begin_with_all(by=world.finn, at=MORNING)
    return next(each for each in made if each.code == "self-service").versions.get()


def _answer(version: QuestionnaireVersion, world: World, count: int, *, of: str, value: int, **more: Any) -> None:
    for number in range(count):
        answering.answer_page(
            version, AnsweredPage("site", REF, of, unit=world.units["cby"]), values={1: value, 2: 10},
            key=f"noegle-{of}-{number}", at=MORNING - timedelta(days=1), **more,
        )  # fmt: skip


def test_the_owner_switches_the_questions_on_and_the_change_is_kept(editor: Client, world: World) -> None:
    here = "/office/page-feedback/asking/article/cby/"
    assert "Læserne spørges" in editor.get("/office/page-feedback/").content.decode()
    revision = editor.get(here).context["form"].revision
    sent = {"asks": "on", "revision": re.search(r'value="([^"]+)"', revision)[1]}  # type: ignore[index]
    assert editor.post(here, sent).status_code == 302
    row = PageForm.objects.get()
    assert (row.kind, row.unit, row.on, row.with_visit) == ("article", world.units["cby"], True, False)
    assert Change.objects.filter(action="pageform.change", target_type="feedback.pageform").count() == 1
    page_forms.switch(kind="article", unit=row.unit, on=True, with_visit=False, by=world.ida, at=MORNING)
    assert Change.objects.filter(action="pageform.change").count() == 1


def test_what_readers_answer_stands_by_version_and_little_is_hidden(
    editor: Client, world: World, version: QuestionnaireVersion
) -> None:
    _answer(version, world, 6, of="1", value=4, comment="Kortere, tak. Cpr 010190-1234", visited=["/start", "/skur"])
    _answer(version, world, 2, of="2", value=10)
    assert REF in editor.get("/office/page-feedback/").content.decode()
    text = squeezed(editor.get(f"/office/page-feedback/page/?kind=site&ref={REF}").content.decode())
    assert "8 svar de seneste 365 dage" in text
    assert "Kortere, tak. Cpr ******-****" in text
    assert "/start" in text
    # six of eight would give the two away, so both versions are hidden, and all together are shown
    assert text.count("for få svar") == 4
    _answer(version, world, 9, of="2", value=10)
    text = squeezed(editor.get(f"/office/page-feedback/page/?kind=site&ref={REF}").content.decode())
    assert "for få svar" not in text
    assert "<strong>33</strong>" in text  # 4 on 1 to 10
    assert "<strong>100</strong>" in text


def test_the_pages_of_others_are_not_shown(editor: Client, world: World, version: QuestionnaireVersion) -> None:
    page = AnsweredPage("site", REF, unit=world.units["bif"])
    answering.answer_page(version, page, values={1: 4}, at=MORNING)
    assert REF not in editor.get("/office/page-feedback/").content.decode()
    for query in (f"kind=site&ref={REF}", "", "kind=x&ref=%00", "kind=article&ref=" + "x" * 5000):
        assert editor.get(f"/office/page-feedback/page/?{query}").status_code == 404
    for address in ("article/bif", "nope/cby", "mail/cby", "article/findes-ikke"):
        assert editor.get(f"/office/page-feedback/asking/{address}/").status_code == 404
