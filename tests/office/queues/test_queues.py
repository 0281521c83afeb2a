"""The pages of queues: settings, relaxation steps and messages."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indgang.core import clock
from indgang.entry.models import SINCE_EVER, Queue, QueueMessage, QueueTerms
from indgang.entry.setup import queue_terms
from tests.office.conftest import SignIn
from tests.office.pages import form_at
from tests.world import World


def queue_fields(**changed: Any) -> dict[str, Any]:
    fields = {
        "name": "Byggeri", "centre": Queue.objects.get(code="tmf-byggeri").centre_id, "priority": "0", "ageing": "0",
        "ring_seconds": "20", "last_agent_seconds": "0", "min_reoffer_seconds": "25", "choose": "longest_idle",
        "valid_from": "2020-01-01",
        "s0-after": "0", "s0-skill0": "byggesag", "s0-level0": "2", "s1-after": "60", "s1-skill0": "byggesag",
        "s1-level0": "1",
    }  # fmt: skip
    return fields | changed


def test_a_queue_is_changed_with_its_steps(world: World, as_person: SignIn) -> None:
    fields = queue_fields(ring_seconds="30", **{"s1-also": ["tmf-byliv"]})
    page = as_person("finn").post("/office/queues/tmf-byggeri/", fields, follow=True)
    assert "Køen er gemt" in page.content.decode()
    queue = Queue.objects.get(code="tmf-byggeri")
    assert (queue.ring_seconds, queue.min_reoffer_seconds) == (30, 25)
    assert queue.steps[1] == {"after": 60, "skills": {"byggesag": 1}, "also_queues": ["tmf-byliv"]}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"s1-level0": "4"}, "kun lempe"),
        ({"s1-after": "0"}, "senere end det foregående"),
        ({"s0-after": "5"}, "fra 0 sekunder"),
        ({"ring_seconds": "2"}, "under 5 sekunder"),
        ({"valid_to": "2019-01-01"}, "Slutdatoen"),
        ({"name": ""}, "Udfyld feltet"),
    ],
)
def test_a_queue_that_makes_no_sense_is_refused_and_what_was_typed_is_kept(
    world: World, as_person: SignIn, changed: dict[str, str], words: str
) -> None:
    answer = as_person("finn").post("/office/queues/tmf-byggeri/", queue_fields(priority="7", **changed))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="7"' in page
    assert Queue.objects.get(code="tmf-byggeri").priority == 0


def test_a_new_queue_is_open_to_all_who_serve_it(world: World, as_person: SignIn) -> None:
    data = {"name": "Natur og træer", "centre": world.centres["tmf"].pk}
    as_person("finn").post("/office/queues/", data)
    assert Queue.objects.get(code="tmf-natur-og-traeer").steps == [{"after": 0, "skills": {}, "also_queues": []}]
    assert as_person("finn").post("/office/queues/", data).status_code == 422


TERMS = "/office/queues/tmf-byggeri/terms/"
QUEUE = "/office/queues/tmf-byggeri/"


def test_what_a_queue_promises_is_changed_from_a_day_on_and_past_and_planned_are_shown(
    world: World, as_person: SignIn
) -> None:
    finn, queue = as_person("finn"), world.queues["tmf-byggeri"]
    today, later = clock.today(), clock.today() + timedelta(days=10)
    form = form_at(finn, QUEUE, TERMS)
    assert form.fields["terms-valid_from"] == [today.isoformat()]
    finn.post(TERMS, form.fields | {"terms-service_level_seconds": "60"})
    form = form_at(finn, QUEUE, TERMS)
    finn.post(TERMS, form.fields | {"terms-service_level_percent": "90", "terms-valid_from": later.isoformat()})
    rows = list(QueueTerms.objects.values_list("valid_from", "service_level_seconds", "service_level_percent").filter(
        queue=queue
    ))  # fmt: skip
    assert rows == [(SINCE_EVER, 100, 80), (today, 60, 80), (later, 60, 90)]
    page = " ".join(finn.get(QUEUE).content.decode().split())
    calls_back = "3 forsøg med 15 min. imellem, kl. 8–20"
    shown = ("80 % på 100 sek.", "80 % på 60 sek.", "90 % på 60 sek.", "Planlagt", "Ophørt", "Gælder nu", calls_back)
    for words in shown:
        assert words in page
    planned = QueueTerms.objects.get(queue=queue, valid_from=later)
    assert "fjernet" in finn.post(f"{TERMS}{planned.pk}/removal/", follow=True).content.decode()
    assert [row[0] for row in rows][:2] == list(
        QueueTerms.objects.filter(queue=queue).values_list("valid_from", flat=True)
    )
    assert finn.post(f"{TERMS}{planned.pk}/removal/").status_code == 404


def test_what_was_left_alone_stays_as_it_is_planned(world: World, as_person: SignIn) -> None:
    finn, queue = as_person("finn"), world.queues["tmf-byggeri"]
    later = clock.today() + timedelta(days=10)
    queue_terms.decide(queue, {"service_level_seconds": 30}, day=later, by=world.finn, at=clock.now())
    form = form_at(finn, QUEUE, TERMS)
    day = (later + timedelta(days=5)).isoformat()
    finn.post(TERMS, form.fields | {"terms-reserved": "2", "terms-valid_from": day})
    last = QueueTerms.objects.filter(queue=queue).last()
    assert last is not None
    assert (last.valid_from.isoformat(), last.service_level_seconds, last.reserved) == (day, 30, 2)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"service_level_percent": "0"}, "1"),
        ({"service_level_percent": ""}, "Udfyld feltet"),
        ({"service_level_seconds": "99999"}, "32767"),
        ({"valid_from": "2020-01-01"}, "kan ikke laves om"),
        ({"valid_from": "2199-01-01"}, "3 år"),
        ({"callback_from_hour": "3"}, "7"),
        ({"callback_from_hour": "12", "callback_until_hour": "11"}, "Vælg et tidspunkt efter"),
    ],
)
def test_terms_that_make_no_sense_are_refused_at_their_field(
    world: World, as_person: SignIn, changed: dict[str, str], words: str
) -> None:
    finn = as_person("finn")
    form = form_at(finn, QUEUE, TERMS)
    typed = {f"terms-{name}": value for name, value in ({"reserved": "7"} | changed).items()}
    answer = finn.post(TERMS, form.fields | typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert words in page
    assert 'value="7"' in page
    assert QueueTerms.objects.filter(queue=world.queues["tmf-byggeri"]).count() == 1


def test_how_promised_calls_are_tried_is_set_under_the_queue(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    form = form_at(finn, QUEUE, TERMS)
    finn.post(TERMS, form.fields | {"terms-callback_attempts": "1", "terms-callback_until_hour": "16"})
    terms = queue_terms.on(world.queues["tmf-byggeri"], clock.today())
    assert (terms.callback_attempts, terms.callback_pause_minutes, terms.callback_until_hour) == (1, 15, 16)
    assert "1 forsøg, kl. 8–16" in " ".join(finn.get(QUEUE).content.decode().split())


def test_terms_of_another_centres_queue_are_not_theirs(world: World, as_person: SignIn) -> None:
    assert as_person("eva").post(TERMS).status_code in (403, 404)


def test_a_queue_message_is_added_changed_and_removed(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    fields = {
        "prompt_code": "velkomst", "phase": "fase 1", "every_seconds": "30", "order": "1", "active": "on",
        "valid_from": "2026-01-01",
    }  # fmt: skip
    finn.post("/office/queues/tmf-byliv/messages/", fields)
    message = QueueMessage.objects.get(queue__code="tmf-byliv")
    assert (message.every_seconds, message.active) == (30, True)
    address = f"/office/queues/tmf-byliv/messages/{message.pk}/"
    assert finn.post(address, fields | {"prompt_code": "nej"}).status_code == 422
    assert finn.get(f"/office/queues/tmf-byggeri/messages/{message.pk}/").status_code == 404
    finn.post(f"{address}removal/")
    assert not QueueMessage.objects.filter(queue__code="tmf-byliv").exists()
