"""The simulated people of the demo's secure post."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from indgang.core import clock
from indgang.correspondence.models import Thread
from indgang.correspondence.secure_post import following
from indgang.messaging.models import SimulatedPost
from tests.correspondence.secure_post.posts import answer, in_hand, mailbox, send
from tests.office.conftest import SignIn
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demo(settings: Any) -> None:
    settings.DEMO = True


def typed(**changed: str) -> dict[str, str]:
    return {"mailbox": "post", "number": "010170-1111", "name": "Per Madsen", "label": "Træ", "text": "Hej"} | changed


def test_one_writes_as_a_citizen_reads_the_answer_and_answers_again(as_person: SignIn, world: World) -> None:
    mailbox(world)
    anna, page = as_person("anna"), reverse("office:simulated-post")
    assert anna.post(page, typed()).status_code == 302
    assert following.fetch_all(at=clock.now()) == 1
    thread = in_hand(Thread.objects.get(), world.anna)
    send(answer(thread, world.anna, "Du må gerne fælde det."))
    shown = anna.get(page).content.decode()
    assert "Du må gerne fælde det." in shown
    ours = SimulatedPost.objects.get(is_incoming=False)
    assert "SV: Træ" in anna.get(f"{page}?answers={ours.pk}").content.decode()
    anna.post(f"{page}?answers={ours.pk}", typed(text="Tak!"))
    following.fetch_all(at=clock.now())
    assert Thread.objects.get().messages.count() == 3


@pytest.mark.parametrize("changed", [{"number": "123"}, {"mailbox": "findes-ikke"}, {"text": ""}])
def test_what_cannot_be_sent_is_asked_for_again(as_person: SignIn, world: World, changed: dict[str, str]) -> None:
    mailbox(world)
    answered = as_person("anna").post(reverse("office:simulated-post"), typed(**changed))
    assert answered.status_code == 422
    assert not SimulatedPost.objects.exists()


@pytest.mark.parametrize("asked", ["x", "0", "9" * 30, "12"])
def test_an_odd_number_answers_nothing(as_person: SignIn, world: World, asked: str) -> None:
    assert as_person("anna").get(reverse("office:simulated-post"), {"answers": asked}).status_code == 200


def test_outside_the_demo_there_is_no_page(as_person: SignIn, settings: Any) -> None:
    settings.DEMO = False
    assert as_person("anna").get(reverse("office:simulated-post")).status_code == 404
