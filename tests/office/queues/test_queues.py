"""Queues through the browser's eyes: their settings, their steps and their messages."""

from __future__ import annotations

from typing import Any

import pytest

from indgang.entry.models import Queue, QueueMessage
from tests.office.conftest import SignIn
from tests.world import World


def queue_fields(**changed: Any) -> dict[str, Any]:
    fields = {
        "name": "Byggeri", "centre": Queue.objects.get(code="tmf-byggeri").centre_id, "service_level_percent": "80",
        "service_level_seconds": "100", "priority": "0", "ageing": "0", "ring_seconds": "20", "wrap_up_seconds": "60",
        "last_agent_seconds": "0", "rest_seconds": "25", "reserved": "0", "choose": "longest_idle",
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
    assert (queue.ring_seconds, queue.rest_seconds) == (30, 25)
    assert queue.steps[1] == {"after": 60, "skills": {"byggesag": 1}, "also_queues": ["tmf-byliv"]}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"s1-level0": "4"}, "kun lempe"),
        ({"s1-after": "0"}, "senere end det foregående"),
        ({"s0-after": "5"}, "fra 0 sekunder"),
        ({"service_level_percent": "0"}, "mellem 1 og 100"),
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
