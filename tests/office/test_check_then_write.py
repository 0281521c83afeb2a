"""Checks of an action hold against a race: two at once make one row, and the second gets a clear message."""

from __future__ import annotations

import threading
import time
from base64 import b32decode
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.db import connection

from indgang.accounts import people, second_factor
from indgang.accounts.models import RoleAssignment, SecondFactor
from indgang.catalogue import offering, units
from indgang.catalogue.models import LocalPurpose, Purpose, Unit
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.enquiries import parties
from indgang.enquiries.models import Party
from indgang.entry.models import Disturbance, EntryPoint, Flow, Prompt, Queue, QueueMembership
from indgang.entry.setup import disturbances, flow_versions, prompts, queues
from indgang.entry.team import agents
from indgang.knowledge import articles, guide_versions, policy, synonyms
from indgang.knowledge.models import Article, Guide, Policy, SynonymGroup
from indgang.workforce import competence
from indgang.workforce.models import Competence
from tests.world import MORNING, World, build

pytestmark = pytest.mark.django_db(transaction=True)

#: the exceptions with which actions refuse
REFUSALS = (RefusedChange, parties.PartyError)
AT_ONCE = 6
#: a valid company number
CVR = "31000009"


@pytest.fixture
def world(transactional_db: None) -> World:
    return build()


def _at_once(act: Callable[[int], Any]) -> list[Exception]:
    """Run `act` in several threads at the same moment. Returns the exceptions of the refused ones."""
    told: list[Exception] = []
    together = threading.Barrier(AT_ONCE)

    def one(number: int) -> None:
        try:
            together.wait(timeout=20)
            act(number)
        except Exception as error:  # noqa: BLE001  # every error counts: the right ones are sorted out below
            told.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
    with clock.frozen(MORNING):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(timeout=60)
    return told


def _entry_point(world: World, _number: int) -> None:
    point = EntryPoint(valid_from=date(2026, 3, 11))
    fields = {"number": "+4533660011", "name": "Ny", "centre": world.centres["tmf"], "language": "da", "valid_to": None}
    flow = EntryPoint.objects.order_by("pk")[0].flow
    flow_versions.save_entry_point(
        point, fields | {"flow": flow, "valid_from": date(2026, 3, 11)}, by=world.finn, at=MORNING
    )


def _disturbance(world: World, _number: int) -> None:
    ends = MORNING + timedelta(hours=2)
    disturbances.start(text="Strømmen er gået.", centre=world.centres["tmf"], ends_at=ends, by=world.eva, at=MORNING)


def _article(world: World, _number: int) -> None:
    articles.begin(
        title="Ny", slug="ny-artikel", unit=world.units["ctb-byliv"], owner=None, approver=None, service=None,
        purposes=[], audience="everyone", review_on=None, by=world.finn, at=MORNING,
    )  # fmt: skip


def _queue(world: World, _number: int) -> None:
    fields = {"name": "Ny", "centre": world.centres["tmf"], "steps": [{"after": 0, "skills": {}, "also_queues": []}]}
    queues.save(Queue(code="tmf-ny", valid_from=date(2026, 3, 11)), fields, by=world.finn, at=MORNING)


def _role(world: World, _number: int) -> None:
    people.give_role(
        world.anna, role="planner", unit=world.units["tmf"], valid_from=date(2026, 3, 11), by=world.finn, at=MORNING
    )


def _purpose(world: World, _number: int) -> None:
    values = {"code": "nyt", "name": "Nyt", "order": 9}
    offering.save_purpose(Purpose(), **values, by=world.finn, at=MORNING)


def _policy(world: World, number: int) -> None:
    policy.decide(
        small_edit_characters=number, review_months=12, valid_from=date(2026, 3, 12), by=world.finn, at=MORNING
    )


#: by name: the action of each thread, and the query that may find one row only
RACES: dict[str, tuple[Callable[[World, int], Any], Callable[[World], Any]]] = {
    "entry point": (_entry_point, lambda _world: EntryPoint.objects.filter(number="+4533660011")),
    "party": (
        lambda world, number: parties.create(
            kind="business", name=f"Firma {number}", cvr=CVR, by=world.anna, at=MORNING
        ),
        lambda _world: Party.objects.filter(cvr=CVR),
    ),
    "disturbance": (_disturbance, lambda _world: Disturbance.objects.filter(text="Strømmen er gået.")),
    "role": (_role, lambda world: RoleAssignment.objects.filter(person=world.anna, role="planner")),
    "unit": (
        lambda world, _number: units.add(
            parent=world.units["tmf"], code="ny", name="Ny", kind="unit", by=world.finn, at=MORNING
        ),
        lambda _world: Unit.objects.filter(code="ny"),
    ),
    "purpose": (_purpose, lambda _world: Purpose.objects.filter(code="nyt")),
    "queue": (_queue, lambda _world: Queue.objects.filter(code="tmf-ny")),
    "flow": (
        lambda world, _number: flow_versions.create(
            code="nyt", name="Nyt", centre=world.centres["tmf"], by=world.finn, at=MORNING
        ),
        lambda _world: Flow.objects.filter(code="nyt"),
    ),
    "prompt": (
        lambda world, number: prompts.write(code="ny", language="da", text=f"Ny {number}", by=world.finn, at=MORNING),
        lambda _world: Prompt.objects.filter(code="ny"),
    ),
    "article": (_article, lambda _world: Article.objects.filter(slug="ny-artikel")),
    "guide": (
        lambda world, _number: guide_versions.create(
            slug="ny", title="Ny", unit=world.units["ctb-byliv"], by=world.finn, at=MORNING
        ),
        lambda _world: Guide.objects.filter(slug="ny"),
    ),
    "synonyms": (
        lambda world, number: synonyms.write(None, words=["skilt", f"ord{number}"], by=world.finn, at=MORNING),
        lambda _world: SynonymGroup.objects.filter(words__contains=["skilt"]),
    ),
    "rules": (_policy, lambda _world: Policy.objects.filter(valid_from=date(2026, 3, 12))),
    "skill level": (
        lambda world, number: competence.set_level(
            world.hans, world.skills["engelsk"], 1 + number % 5, day=date(2026, 3, 11), until=None, by=world.finn,
            at=MORNING,
        ),
        lambda world: Competence.objects.filter(person=world.hans, skill=world.skills["engelsk"]),
    ),
    "queue membership": (
        lambda world, _number: agents.serve(
            world.hans, world.centres["tmf"], [world.queues["tmf-byliv"]], day=date(2026, 3, 11), by=world.eva,
            at=MORNING,
        ),
        lambda world: QueueMembership.objects.filter(person=world.hans, queue=world.queues["tmf-byliv"]),
    ),
    "local purposes": (
        lambda world, _number: offering.set_local_purposes(
            world.services["affald"], [offering.LocalLine("Ny", world.purposes["andet"])], by=world.finn, at=MORNING,
            today=date(2026, 3, 11),
        ),
        lambda world: LocalPurpose.objects.filter(service=world.services["affald"], name="Ny"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", RACES)
def test_several_at_once_make_one_row_and_the_others_are_told_why(world: World, name: str) -> None:
    act, rows = RACES[name]
    assert not rows(world).exists()
    told = _at_once(lambda number: act(world, number))
    assert rows(world).count() == 1
    assert len(told) < AT_ONCE
    unexpected = [error for error in told if not isinstance(error, REFUSALS)]
    assert not unexpected, unexpected
    assert all(str(getattr(error, "message", error)) for error in told)


def test_recovery_codes_made_by_several_at_once_are_ten_all_the_same(world: World) -> None:
    assert not _at_once(lambda _number: second_factor.new_recovery_codes(world.anna, by=world.anna, at=MORNING))
    assert SecondFactor.objects.filter(person=world.anna).count() == second_factor.RECOVERY_CODES


def test_an_app_set_up_twice_at_once_is_one_app_with_ten_codes(world: World) -> None:
    secret = second_factor.new_secret()
    code = TOTP(b32decode(secret), 6, SHA1(), second_factor.STEP, enforce_key_length=False).generate(int(time.time()))
    told = _at_once(
        lambda _number: second_factor.add_app(world.anna, secret=secret, code=code.decode(), by=world.anna, at=MORNING)
    )
    assert not told
    kinds = Counter(SecondFactor.objects.filter(person=world.anna).values_list("kind", flat=True))
    assert kinds == {"app": 1, "recovery": second_factor.RECOVERY_CODES}
