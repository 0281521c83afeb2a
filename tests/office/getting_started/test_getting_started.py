"""The page “Kom i gang” lists the open steps of a new centre, derived from the existing data."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from indgang.accounts import people
from indgang.accounts.models import Person
from indgang.audit.models import Change
from indgang.catalogue.models import OpenSpan, Service
from indgang.config.first_centre import answers, making
from indgang.core import clock
from indgang.entry.models import EntryPoint, Flow, Queue, QueueMembership
from indgang.entry.setup import flow_versions
from indgang.office.getting_started import milestones, states
from indgang.office.getting_started.progress import StepState
from indgang.office.getting_started.steps import STEPS
from tests.office.conftest import SignIn

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 11, 8, 30, tzinfo=UTC)
PAGE = "/office/getting-started/"
#: the state of each step in a new centre made by `indgang init`
AFTER_INIT = {
    "units": StepState.BEGUN, "hours": StepState.DONE, "people": StepState.MISSING, "queues": StepState.MISSING,
    "numbers": StepState.MISSING, "flows": StepState.DONE, "greetings": StepState.DONE,
    "line": StepState.MISSING, "knowledge": StepState.MISSING,
    "directory": StepState.MISSING, "skills": StepState.DONE, "pauses": StepState.DONE,
    "public-site": StepState.MISSING, "mail": StepState.MISSING, "privacy": StepState.MISSING,
    "live": StepState.MISSING,
}  # fmt: skip


@pytest.fixture
def karen(db: None, tmp_path: Path) -> Iterator[Person]:
    """The administrator of a centre made by `indgang init`."""
    file = tmp_path / "init.yaml"
    file.write_text(
        "municipality: Eksempel Kommune\nunits: [Borgerservice]\n"
        "administrator: {name: Karen, username: karen, password: en lang sætning om havnen}\n"
    )
    given = answers.given(file)
    given.take_defaults()
    given.password_typed = True
    with clock.frozen(AT):
        making.make(answers.check(given), at=AT, say=lambda line: None)
        yield Person.objects.get()


def state_of(name: str) -> StepState:
    return next(step for step in STEPS if step.name == name).state(clock.now()).state


def test_a_new_centre_begins_with_what_init_made(karen: Person) -> None:
    assert {name: state_of(name) for name in AFTER_INIT} == AFTER_INIT


def test_each_step_follows_what_is_done_about_it(karen: Person) -> None:
    colleague = people.create(username="bo", name="Bo", password="x" * 12, by=karen, at=AT)
    people.give_role(colleague, role="agent", unit=None, valid_from=AT.date(), by=karen, at=AT)
    assert state_of("people") is StepState.BEGUN
    people.give_role(colleague, role="team_leader", unit=None, valid_from=AT.date(), by=karen, at=AT)
    assert state_of("people") is StepState.DONE
    general, safe = Queue.objects.get(is_safe=False), Queue.objects.get(is_safe=True)
    QueueMembership.objects.create(person=colleague, queue=safe)
    assert (state_of("queues"), states.queues(AT).sentence) == (StepState.BEGUN, f"Uden medarbejdere: {general.name}.")
    QueueMembership.objects.create(person=colleague, queue=general)
    assert state_of("queues") is StepState.DONE
    flow = Flow.objects.get()
    flow_versions.save_entry_point(
        EntryPoint(number="+4533663366", valid_from=AT.date()),
        {"name": "Hovednummer", "centre": flow.centre, "flow": flow}, by=karen, at=AT,
    )  # fmt: skip
    assert state_of("numbers") is StepState.DONE
    flow_versions.new_draft(flow, by=karen, at=AT)
    assert state_of("flows") is StepState.BEGUN
    Service.objects.create(code="pas", name="Pas")
    Service.objects.create(code="flytning", name="Flytning")
    assert state_of("units") is StepState.DONE
    OpenSpan.objects.all().delete()
    assert state_of("hours") is StepState.MISSING


def test_administrators_begin_here_until_the_centre_is_live(karen: Person, client: Client) -> None:
    client.force_login(karen)
    assert client.get(reverse("start")).headers["Location"] == PAGE
    page = client.get(PAGE).content.decode()
    for step in STEPS:
        assert str(step.title) in page
    assert client.post(f"{PAGE}milestones/live/").status_code == 302
    assert client.get(reverse("start")).headers["Location"] == reverse("office:flows")
    assert "Bekræftet af Karen (karen) den 11.03.2026." in client.get(PAGE).content.decode()
    client.post(f"{PAGE}milestones/live/removal/")
    assert client.get(reverse("start")).headers["Location"] == PAGE
    told = Change.objects.filter(action__startswith="milestone.").order_by("id")
    assert [each.action for each in told] == ["milestone.reach", "milestone.reach", "milestone.take_back"]


def test_only_what_people_alone_know_can_be_said(karen: Person, client: Client) -> None:
    client.force_login(karen)
    for name in (milestones.MAIL, milestones.SET_UP, "numbers"):
        assert client.post(f"{PAGE}milestones/{name}/").status_code == 404
    assert not milestones.has_reached(milestones.MAIL)


def test_a_centre_that_was_not_made_by_init_is_not_starting(as_person: SignIn) -> None:
    assert as_person("finn").get(reverse("start")).headers["Location"] == reverse("office:flows")


def test_the_page_is_for_those_who_set_up(as_person: SignIn) -> None:
    assert as_person("finn").get(PAGE).status_code == 200
    assert as_person("anna").get(PAGE).status_code == 403


def test_each_step_leads_to_a_page_for_those_who_may(karen: Person, client: Client) -> None:
    client.force_login(karen)
    page = client.get(PAGE).content.decode()
    with clock.frozen(AT + timedelta(minutes=1)):
        for step in STEPS:
            if step.url_name:
                address = reverse(step.url_name)
                assert f'href="{address}"' in page
                assert client.get(address).status_code == 200, address


def test_the_step_about_personal_data_says_where_recordings_are_set_up(karen: Person, client: Client) -> None:
    client.force_login(karen)
    assert "på køens side under “Optagelse af samtaler”" in client.get(PAGE).content.decode()
    queue = Queue.objects.order_by("pk")[0].code
    link = f'<a href="{reverse("office:recording-purposes", args=[queue])}">Optagelse af samtaler</a>'
    assert link in client.get(reverse("office:queue", args=[queue])).content.decode()
