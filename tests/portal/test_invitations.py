"""The link of an invitation: opening it changes nothing, an answer counts once, and one can say no for good."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from indgang.core import clock
from indgang.events.models import StoredEvent
from indgang.feedback import addresses, known_names, questionnaires
from indgang.feedback.models import Comment, OptOut, Questionnaire, Rating, Response, SurveyInvitation
from tests.enquiries.told_calls import BAKERY, talked
from tests.markup import squeezed
from tests.world import MORNING, World

HERE = "/mening/en-token/"
WHOLE = {"q1": "9", "q2": "8", "q3": "7", "q4": "10", "q5": "Anna var hurtig, ring 20 20 20 20"}


@pytest.fixture
def invite(world: World, morning: clock.FrozenTime) -> Callable[..., SurveyInvitation]:
    """Make the invitation of the link."""
    known_names.forget()
    questionnaires.begin_with_all(by=world.finn, at=MORNING)
    version = Questionnaire.objects.get(code="after-mail").versions.get()

    def made(**more: Any) -> SurveyInvitation:
        enquiry = talked(world.anna)
        return SurveyInvitation.objects.create(
            **{
                "part": f"{enquiry.pk}:1", "token": "en-token", "version": version, "enquiry": enquiry,
                "centre": world.centres["tmf"], "employee": world.anna, "channel": "mail", "way": "mail",
                "address": "kunde@example.org", "address_digest": addresses.digest("kunde@example.org"),
                "state": "asking", "part_ended_at": MORNING, "planned_at": MORNING,
                "due_at": MORNING + timedelta(hours=72), **more,
            }
        )  # fmt: skip

    return made


Invite = Callable[..., SurveyInvitation]


def test_a_mail_scanner_that_opens_every_link_changes_nothing(invite: Invite, client: Client) -> None:
    found = invite()
    events = StoredEvent.objects.count()
    for address in (HERE, HERE, f"{HERE}nej-tak/", f"/en{HERE}", f"/en{HERE}nej-tak/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "no-store"
        assert "noindex" in answer.headers["X-Robots-Tag"]
        assert not answer.cookies
        assert client.head(address).status_code == 200
    found.refresh_from_db()
    assert (found.state, StoredEvent.objects.count()) == ("asking", events)
    assert not Response.objects.exists()
    assert not OptOut.objects.exists()


def test_a_forwarded_link_is_one_answer_that_can_be_completed(invite: Invite, client: Client) -> None:
    found = invite()
    assert client.post(HERE, {"q1": "9"}).headers["Location"] == f"{HERE}?tak#mening"
    text = squeezed(client.get(f"{HERE}?tak").content.decode())
    assert "de spørgsmål, du sprang over" in text
    assert 'name="q1"' not in text
    assert 'name="q2"' in text
    Client().post(HERE, {**WHOLE, "q1": "1"})  # by whom it was forwarded to
    Client().post(HERE, WHOLE)
    found.refresh_from_db()
    assert (found.state, found.address) == ("answered", "")
    assert Response.objects.count() == 1
    assert list(Rating.objects.order_by("question__position").values_list("value", flat=True)) == [9, 8, 7, 10]
    assert Comment.objects.get().text == "**** var hurtig, ring ****"
    over = client.get(HERE).content.decode()
    assert "Tak for dit svar." in over
    assert 'type="radio"' not in over


def test_the_second_level_is_asked_about_its_own_part_alone(invite: Invite, client: Client) -> None:
    invite(level=2)
    text = client.get(HERE).content.decode()
    assert [f'name="q{number}"' in text for number in range(1, 8)] == [False] * 4 + [True] * 3
    assert text.count("den medarbejder i fagenheden") == 3, "of whom it is, and both questions"
    client.post(HERE, {**WHOLE, "q6": "9", "q7": "9"})
    assert Rating.objects.count() == 2


def test_what_is_wrong_is_said_and_what_was_typed_stays(invite: Invite, client: Client) -> None:
    invite()
    for sent in ({}, {"q1": "11", "q2": "\x00", "q3": "9" * 5000}):
        answer = client.post(HERE, sent)
        assert answer.status_code == 422
        assert "Vælg et tal" in answer.content.decode()
    elsewhere = client.post(HERE, WHOLE, headers={"Origin": "https://x.example"})
    assert elsewhere.status_code == 422
    assert "Anna var hurtig" in elsewhere.content.decode()
    assert not Response.objects.exists()


def test_after_the_deadline_it_is_too_late(invite: Invite, client: Client, morning: clock.FrozenTime) -> None:
    invite()
    morning.move(timedelta(hours=73))
    assert "for sent at svare" in client.get(HERE).content.decode()
    assert client.post(HERE, WHOLE).status_code == 409
    assert not Response.objects.exists()


@pytest.mark.parametrize("address", ["/mening/findes-ikke/", "/mening/findes-ikke/nej-tak/", "/mening/%00/"])
def test_a_link_that_is_gone_says_so(invite: Invite, client: Client, address: str) -> None:
    invite()
    assert client.get(address).status_code == 404
    assert client.post(address, WHOLE).status_code == 404


def test_who_says_no_is_never_asked_again_on_any_channel(invite: Invite, client: Client) -> None:
    found = invite()
    planned = invite(part="en anden", token="en-anden", state="planned")  # of a link
    for _ in range(2):  # also by the button of a mail program, which sends no origin
        assert "ikke igen" in client.post(f"{HERE}nej-tak/").content.decode()
    for each in (found, planned):
        each.refresh_from_db()
        assert each.state == "refused"
    assert OptOut.objects.get().digest == addresses.digest("kunde@example.org")
    assert addresses.digest(BAKERY) != OptOut.objects.get().digest


def test_who_says_no_hears_so_and_not_that_it_is_too_late(invite: Invite, client: Client) -> None:
    invite()
    client.post(f"{HERE}nej-tak/")
    text = client.get(HERE).content.decode()
    assert "Du har sagt nej" in text
    assert "for sent" not in text


def test_who_is_not_known_can_say_no_to_this_one(invite: Invite, client: Client) -> None:
    found = invite(way="page", address="", address_digest="")
    assert "Vi kender hverken" in client.get(f"{HERE}nej-tak/").content.decode()
    text = client.post(f"{HERE}nej-tak/").content.decode()
    assert "Vi spørger dig ikke mere om denne samtale" in text
    assert "<form" not in text.partition("<main")[2].partition("</main")[0]
    found.refresh_from_db()
    assert found.state == "refused"
    assert not OptOut.objects.exists()


def test_the_page_says_until_what_time_one_can_answer(invite: Invite, client: Client) -> None:
    found = invite()
    assert f"klokken {found.due_at.astimezone(clock.COPENHAGEN):%H.%M}" in client.get(HERE).content.decode()


def test_the_invited_may_write_addresses_of_pages(invite: Invite, client: Client) -> None:
    invite()
    links = "Se https://a.example/1 og https://a.example/2"
    client.post(HERE, {"q5": links, "took": "1"})
    assert Comment.objects.get().text == links
    client.post(HERE, {"q1": "9", "website": "x"})
    assert not Rating.objects.exists()
