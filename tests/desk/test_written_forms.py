"""An online form in hand is answered on the page of written enquiries: by mail, or on the sender's status page."""

from __future__ import annotations

import pytest
from django.urls import reverse

from indgang.core import clock
from indgang.correspondence.forms import contact_words, submitting
from indgang.correspondence.models import FormSubmission, Thread
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
