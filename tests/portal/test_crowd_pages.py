"""A session's page for those who are invited: by link, without account, cookie or JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from indgang.core import clock
from indgang.feedback.studies import crowd, planning
from indgang.feedback.studies.models import CrowdAnswer, CrowdRating, StudyParticipant
from tests.feedback.studies import made
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def morning() -> Iterator[None]:
    with clock.frozen(MORNING):
        yield


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_whoever_has_the_link_says_yes_answers_votes_and_rates(client: Client, world: World) -> None:
    _study, (one, two), (question, poll) = made.session(world)
    StudyParticipant.objects.filter(pk=one.pk).update(joined_at=None, consented_at=None, consent="")
    here = f"/deltag/{planning.url_key(one)}/"
    shown = client.get(here)
    assert "Ja, jeg deltager" in text_of(shown)
    assert "27. september 2026" in text_of(shown)
    assert not shown.cookies
    assert client.post(here, {"name": "Per"}).status_code == 302
    one.refresh_from_db()
    assert (one.name, one.consented_at) == ("Per", MORNING)
    assert "Vent på det første spørgsmål" in text_of(client.get(here))
    for each in (question, poll):
        crowd.open_question(each, by=world.eva, at=MORNING)
    crowd.answer_openly(two, question, text="Fra en anden", at=MORNING)
    shown = client.get(here)
    assert "Fra en anden" in text_of(shown)
    assert "Deltager 1" not in text_of(shown), "others' names are not shown"
    assert "2:00" in text_of(shown)
    answer_at = f"{here}svar/{question.pk}/"
    for _again in range(2):
        assert client.post(answer_at, {"text": "Mit svar"}).status_code == 302
    assert client.post(f"{here}svar/{poll.pk}/", {"option": "1"}).status_code == 302
    other = CrowdAnswer.objects.get(text="Fra en anden")
    assert client.post(f"{here}vurdering/{other.pk}/", {"value": "4"}).status_code == 302
    words = text_of(client.get(here))
    assert "Dit svar: Mit svar" in words
    assert "Du har valgt: Nej" in words
    assert "Fra en anden" not in words, "what is rated is not shown again"
    assert CrowdAnswer.objects.filter(participant=one).count() == 2
    assert CrowdRating.objects.get().value == 4
    english = client.get(f"/en{here}")
    assert "Your answer:" in text_of(english)


def test_what_was_typed_as_the_question_closed_is_kept_and_what_is_too_long_comes_back(
    client: Client, world: World
) -> None:
    _study, (one, _two), (question, poll) = made.session(world)
    crowd.open_question(question, by=world.eva, at=MORNING)
    crowd.close_question(question, by=world.eva, at=MORNING)
    here = f"/deltag/{planning.url_key(one)}/"
    assert "Det tæller som sent" in text_of(client.get(here))
    long = client.post(f"{here}svar/{question.pk}/", {"text": "x" * 5_001})
    assert long.status_code == 422
    assert "Det fylder 5001" in text_of(long)
    assert "x" * 5_001 in long.content.decode()
    part = {"HX-Request": "true", "HX-Target": "crowd-now"}
    sent = client.post(f"{here}svar/{question.pk}/", {"text": "Sent"}, headers=part)
    assert "<h1" not in sent.content.decode()
    assert CrowdAnswer.objects.get().is_late
    assert "ikke stillet" in text_of(client.post(f"{here}svar/{poll.pk}/", {"option": "0"}))
    assert client.post(f"{here}svar/{question.pk}/", {"text": " \x00"}).status_code == 422


def test_a_wrong_link_other_websites_and_odd_numbers_get_an_answer(client: Client, world: World) -> None:
    _study, (one, two), (question, _poll) = made.session(world)
    here = f"/deltag/{planning.url_key(one)}/"
    gone = client.get("/deltag/x.y/")
    assert (gone.status_code, "Linket gælder ikke" in text_of(gone)) == (404, True)
    elsewhere = {"Sec-Fetch-Site": "cross-site"}
    assert client.post(here, {"name": "x"}, headers=elsewhere).status_code == 403
    for address in (f"{here}svar/999999999999999999999999/", f"{here}vurdering/1/", f"{here}svar/{10**9}/"):
        assert client.post(address, {"text": "x", "value": "x"}).status_code == 404
    crowd.open_question(question, by=world.eva, at=MORNING)
    other = crowd.answer_openly(two, question, text="Godt", at=MORNING)
    for value in ("0", "6", "x", ""):
        assert client.post(f"{here}vurdering/{other.pk}/", {"value": value}).status_code == 422
    planning.remove_participant(one, by=world.eva, at=MORNING)
    assert client.post(f"{here}svar/{question.pk}/", {"text": "x"}).status_code == 404


def test_the_session_ends_for_everybody(client: Client, world: World) -> None:
    study, (one, _two), (question, _poll) = made.session(world)
    crowd.open_question(question, by=world.eva, at=MORNING)
    crowd.end(study, by=world.eva, at=MORNING)
    here = f"/deltag/{planning.url_key(one)}/"
    assert "Tak for din deltagelse" in text_of(client.get(here))
    with clock.frozen(MORNING + timedelta(hours=2)):
        assert client.post(f"{here}svar/{question.pk}/", {"text": "x"}).status_code == 422
