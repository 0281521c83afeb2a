"""Links by SMS and mail: sent once, within the hours of the rule, and ended when they cannot arrive."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.urls import resolve
from django.utils import translation

from indgang.correspondence.models import SmsMessage
from indgang.feedback import link_sending
from indgang.feedback.models import AskingRule, QuestionnaireVersion, SurveyInvitation
from indgang.messaging.models import Mail
from indgang.messaging.sms import gateways
from tests.world import MORNING

Invite = Callable[..., SurveyInvitation]


@pytest.fixture
def rule(asked: QuestionnaireVersion) -> AskingRule:
    return AskingRule.objects.create(
        questionnaire=asked.questionnaire, valid_from=date(2026, 1, 1), way="mail", asks_from=time(8),
        asks_until=time(18),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def gateway(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gateways, "is_there", lambda: True)


def _planned(invite: Invite, rule: AskingRule, **more: Any) -> SurveyInvitation:
    return invite(**{"rule": rule, "state": "planned", "way": "mail", "address": "kunde@example.org", **more})


def test_a_mail_has_the_link_and_a_way_to_say_no_and_is_sent_once(invite: Invite, rule: AskingRule) -> None:
    found = _planned(invite, rule)
    assert [link_sending.send_due(at=MORNING) for _ in range(2)] == [1, 0]
    letter = Mail.objects.get()
    assert link_sending.address_of(found) in letter.text
    assert letter.unsubscribe_url == link_sending.address_of(found, "nej-tak")
    found.refresh_from_db()
    assert (found.state, found.attempts) == ("asking", 1)


def test_an_sms_has_the_link_and_no_enquiry_that_staff_could_open_it_from(invite: Invite, rule: AskingRule) -> None:
    found = _planned(invite, rule, way="sms", address="+4520202020", language="en")
    link_sending.send_due(at=MORNING)
    message = SmsMessage.objects.get()
    assert (message.number, message.enquiry, message.parts) == ("+4520202020", None, 2)
    assert link_sending.address_of(found) in message.text
    assert "How did it go?" in message.text


def test_nobody_is_asked_outside_the_hours_of_the_rule(invite: Invite, rule: AskingRule) -> None:
    found = _planned(invite, rule, due_at=MORNING + timedelta(days=5))
    for hours, waits_until in ((10, 24 + 8), (22, 24 + 8)):  # in the evening, and in the night before the opening
        at = MORNING.replace(hour=8, minute=0) + timedelta(hours=hours)
        assert link_sending.send_due(at=at) == 0
        found.refresh_from_db()
        assert found.state == "planned"
        assert found.planned_at == MORNING.replace(hour=0, minute=0) + timedelta(hours=waits_until - 1)
    assert link_sending.send_due(at=found.planned_at) == 1


def test_the_number_of_a_link_is_forgotten_when_no_answer_counts_any_more(invite: Invite, rule: AskingRule) -> None:
    _planned(invite, rule, way="sms", address="+4520202020")
    link_sending.send_due(at=MORNING)
    assert link_sending.forget_numbers(at=MORNING + timedelta(hours=73)) == 0  # it still waits to leave
    SmsMessage.objects.update(state="delivered")
    assert link_sending.forget_numbers(at=MORNING + timedelta(hours=71)) == 0
    assert [link_sending.forget_numbers(at=MORNING + timedelta(hours=73)) for _ in range(2)] == [1, 0]
    message = SmsMessage.objects.get()
    assert (message.number, message.text) == ("", "")


@pytest.mark.parametrize(("way", "address"), [("sms", "hemmeligt"), ("mail", "ikke en adresse")])
def test_what_cannot_arrive_is_ended_and_said(invite: Invite, rule: AskingRule, way: str, address: str) -> None:
    found = _planned(invite, rule, way=way, address=address)
    assert link_sending.send_due(at=MORNING) == 0
    found.refresh_from_db()
    assert (found.state, found.reason, found.address) == ("not_reached", "address", "")
    assert not SmsMessage.objects.exists()
    assert not Mail.objects.exists()


def test_the_links_lead_to_pages_of_the_site(invite: Invite, settings: Any) -> None:
    settings.PUBLIC_URL = "https://indgang.example"
    found = invite(token="x" * 43)  # of a link
    for language in ("da", "en"):
        found.language = language
        for path, name in (((), "invitation"), (("nej-tak",), "invitation-no-thanks")):
            with translation.override(language):
                here = link_sending.address_of(found, *path).removeprefix("https://indgang.example")
            assert resolve(here).url_name == name
