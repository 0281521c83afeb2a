"""An online form in hand is answered on the page of written enquiries: by mail, or on the sender's status page."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from indgang.core import clock
from indgang.correspondence.forms import contact_words, submitting
from indgang.correspondence.forms.given_files import GivenFile
from indgang.correspondence.models import FormSubmission, Thread
from indgang.desk import form_table
from indgang.entry.models import AgentState
from indgang.routing.distribution.requirement import WRITTEN
from tests.correspondence.forms import made
from tests.desk.conftest import SignIn, at_desk, exchange
from tests.world import World

pytestmark = pytest.mark.django_db


def test_who_gave_no_address_is_answered_on_the_status_page(world: World, as_: SignIn) -> None:
    typed = {name: text for name, text in made.TYPED.items() if name != "mail"}
    sent = submitting.send(made.filled(made.form(world), typed), at=clock.now())
    Thread.objects.update(holder=world.anna, state=Thread.State.IN_WORK)
    exchange()
    at_desk(world.anna, AgentState.WORKING, sent.thread.enquiry, kind=WRITTEN)
    anna = as_(world.anna)
    shown = anna.get(reverse("desk:written", args=[sent.pk])).content.decode()
    assert "2026-0412" in shown
    assert 'name="to"' not in shown
    assert 'type="file"' not in shown
    anna.post(reverse("desk:written-reply", args=[sent.pk]), {"text": "Kom mandag.", "closes": "yes"})
    row = FormSubmission.objects.get()
    assert [each.text for each in contact_words.replies(row)] == ["Kom mandag."]
    assert row.thread.ending == Thread.Ending.ANSWERED


def shown(world: World, as_: SignIn, typed: dict[str, list[str]], *files: GivenFile) -> str:
    """The page of a form that Anna has in hand."""
    sent = submitting.send(made.filled(made.form(world), typed, *files), at=clock.now())
    Thread.objects.update(holder=world.anna, state=Thread.State.IN_WORK)
    exchange()
    at_desk(world.anna, AgentState.WORKING, sent.thread.enquiry, kind=WRITTEN)
    page = as_(world.anna).get(reverse("desk:written", args=[sent.pk])).content.decode()
    return " ".join(page.split())


def test_the_answers_are_a_table_whose_values_are_copied_one_by_one(world: World, as_: SignIn, settings: Any) -> None:
    settings.MAP_LINK = "https://kort.kommune.example/?x={lon}&y={lat}"
    place = {"sted": ["Havnegade 1"], "sted-koordinater": ["55.6761, 12.5683"]}
    page = shown(world, as_, made.TYPED | place, made.pdf("a.pdf"), made.pdf("b.pdf"))
    assert "<caption>Det, du vil se</caption>" in page
    assert '<th scope="row">Sagens nummer</th>' in page
    assert 'data-hit data-copies="2026-0412" aria-label="Kopiér svaret på Sagens nummer"' in page
    assert page.count('data-walks-from data-copies="Hvad vil du se?: En bestemt sag') == 1
    assert page.count("ikke undersøgt for virus") == 2
    assert page.count(" download>a.pdf</a>") == 1, "a file stands at its question alone"
    assert 'href="https://kort.kommune.example/?x=12.5683&amp;y=55.6761"' in page
    assert "Havnegade 1 · 55.6761, 12.5683" in page
    assert "data-shows-place" not in page, "there is no map without tiles"


def test_a_place_is_shown_on_a_map_where_there_is_one(world: World, as_: SignIn, settings: Any) -> None:
    settings.MAP_TILES = "https://kort.kommune.example/{z}/{x}/{y}.png"
    page = shown(world, as_, made.TYPED | {"sted-koordinater": ["55.6761, 12.5683"]})
    assert 'data-shows-place="55.6761, 12.5683"' in page
    assert "leaflet.js" in page


def test_answers_that_have_been_deleted_leave_no_empty_table(world: World, as_: SignIn) -> None:
    sent = submitting.send(made.filled(made.form(world)), at=clock.now())
    FormSubmission.objects.update(answers={})
    sent.refresh_from_db()
    assert form_table.of(sent, ()) is None
