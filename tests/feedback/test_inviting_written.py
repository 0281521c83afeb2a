"""Mails, forms and chats are asked about by the same job: by mail, or at the end of the page of the chat."""

from __future__ import annotations

import re
from datetime import time, timedelta

import pytest
from django.test import Client

from indgang.core import clock
from indgang.correspondence.chat import conversation
from indgang.correspondence.models import Thread
from indgang.enquiries.models import Enquiry
from indgang.feedback import addresses, inviting, questionnaires
from indgang.feedback.models import AskingRule, Questionnaire, SurveyInvitation
from indgang.handover import work
from indgang.live.models import Mark
from tests.correspondence import chats, mails
from tests.handover import sent
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LATER = MORNING + timedelta(minutes=10)
KEY = "en-lang-noegle-til-en-chat-paa-siden"


@pytest.fixture
def rules(world: World) -> None:
    questionnaires.begin_with_all(by=world.finn, at=MORNING)
    for code, way in (("after-mail", "mail"), ("after-chat", "page")):
        found = Questionnaire.objects.get(code=code)
        AskingRule.objects.create(questionnaire=found, way=way, asks_from=time(0), asks_until=time(23, 59))


def follow() -> None:
    for part in inviting.written_parts(set(Enquiry.objects.values_list("pk", flat=True))):
        inviting.plan(part, at=LATER)


def _ended(thread: Thread, ending: str) -> None:
    Thread.objects.filter(pk=thread.pk).update(state="over", ending=ending, ended_at=MORNING)


def test_an_answered_mail_is_asked_about_by_mail_and_others_are_not(world: World, rules: None) -> None:
    box = mails.mailbox(world)
    answered, closed, spam = (mails.receive(box, number=n, sender=f"p{n}@example.dk") for n in (1, 2, 3))
    for thread, ending in ((answered, "answered"), (closed, "closed"), (spam, "spam")):
        _ended(thread, ending)
    follow()
    follow()
    found = SurveyInvitation.objects.get()
    assert (found.enquiry_id, found.way, found.address) == (answered.pk, "mail", "p1@example.dk")
    assert (found.channel, found.level, found.version.questionnaire.code) == ("mail", 1, "after-mail")


def test_the_page_of_a_chat_that_is_over_asks_and_the_answer_counts_once(
    world: World, rules: None, client: Client
) -> None:
    queue = chats.chat_queue(world)
    with clock.frozen(LATER):
        chat = conversation.begin(queue, key=KEY, question="Må jeg bygge?", at=MORNING)
        chat = chats.taken(chat, world.anna)
        conversation.write_by_agent(chat, "Ja.", client_id="et-svar", by=world.anna, at=MORNING)
        page = f"/chat/{KEY}/"
        conversation.end_by_contact(chat, at=MORNING)
        before = client.get(page).content.decode()
        assert "/mening/" not in before
        Mark.objects.all().delete()
        follow()
        told = Mark.objects.get(part__startswith=f"thread-{chat.pk}/").part.partition("/")[2]
        shows = re.search(rf'id="([a-z-]+)"[^>]*data-live-parts="{told}"', before)
        version = re.search(r'data-shown="([^"]+)"', before)
        assert shows
        assert version
        headers = {"HX-Request": "true", "HX-Target": shows[1], "X-Shown": version[1]}
        assert "/mening/" in client.get(page, headers=headers).content.decode(), "the page that is open shows it"
        found = SurveyInvitation.objects.get()
        assert (found.way, found.address, found.employee) == ("page", "", world.anna)
        link = f"/mening/{found.token}/"
        assert link in client.get(page).content.decode()
        client.post(link, {"q1": "9", "q2": "9", "q3": "9", "q4": "9"})
        assert link not in client.get(page).content.decode()
    found.refresh_from_db()
    assert found.state == "answered"


def test_a_chat_that_nobody_answered_is_not_asked_about(world: World, rules: None) -> None:
    chat = chats.begun(chats.chat_queue(world))
    conversation.end_by_contact(chat, at=MORNING)
    follow()
    assert not SurveyInvitation.objects.exists()


def test_a_question_of_a_mail_that_was_handed_over_is_asked_about_with_the_questions_after_mails(
    world: World, rules: None
) -> None:
    thread = mails.receive(mails.mailbox(world), sender="p1@example.dk")
    handover = sent.send(world, enquiry=thread.enquiry)
    work.accept(handover, by=world.david, at=MORNING)
    work.close(handover, outcome="answered", by=world.david, at=MORNING)
    (part,) = inviting.ended_parts(set(), {handover.pk})
    assert (part.kind, part.level, part.address, part.employee) == ("mail", 2, "p1@example.dk", world.david.pk)
    assert len(part.keys) == 2, "either the first level or the second is asked about"


def test_whoever_wrote_in_a_chat_is_in_quarantine_by_the_address_they_gave(world: World, rules: None) -> None:
    chat = chats.taken(chats.begun(chats.chat_queue(world)), world.anna)
    Enquiry.objects.filter(pk=chat.pk).update(caller_number="+4520304050")
    _ended(Thread.objects.get(pk=chat.pk), "answered")
    follow()
    found = SurveyInvitation.objects.get()
    assert (found.way, found.address, found.address_digest) == ("page", "", addresses.digest("+4520304050"))
