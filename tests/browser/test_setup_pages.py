"""Catalogue, queues, texts, entry points and operations in a browser: accessible and fitting at every width."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from indgang.analysis.counting import paper, tallying
from indgang.analysis.counting.models import CountingWeek
from indgang.analysis.counting.tallying import CountedTap
from indgang.analysis.gap_models import GapMeasure
from indgang.catalogue.models import ContactCentre, DirectoryEntry, Purpose, Schedule, Service, Unit
from indgang.core import clock
from indgang.demo import feedback_answers
from indgang.entry.event_kinds import Kind
from indgang.entry.journal import Batch
from indgang.entry.models import (
    Alert,
    CapacityProfile,
    DeadLetter,
    EntryPoint,
    PresenceEvent,
    Prompt,
    Queue,
    QueueMessage,
)
from indgang.entry.switchboard import dead_letters
from indgang.entry.team import capacity
from indgang.feedback.models import Questionnaire, SpokenComment
from indgang.planning.models import Scenario
from indgang.programme.benefits.models import BenefitContract
from indgang.programme.rollout.models import RolloutPlan
from indgang.registers.models import CaseAgreement
from tests.analysis.weeks import counts_today, sheet
from tests.browser.axe import faults_at
from tests.browser.conftest import DESKTOP, NARROW
from tests.feedback import spoken
from tests.office import decided
from tests.programme.switchover import made
from tests.workforce.shifts.rows import lacking
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)

#: 1,280 px at 400 % zoom
NARROWEST = ViewportSize(width=320, height=640)


def test_every_page_of_the_set_up_is_accessible_and_fits(new_page: Callable[..., Page], world: World) -> None:
    at = clock.now()
    PresenceEvent.objects.create(person=world.anna, at=at, state="ready")
    PresenceEvent.objects.create(person=world.anna, at=at + timedelta(seconds=1), state="paused", reason="frokost")
    Alert.objects.create(at=at, code="nobody_able", text="Byggeri", centre=world.centres["tmf"])
    lost = Kind.ARRIVED.event("0198f6b2-0000-7000-8000-000000000002", at, data={"caller_name": "J" * 200})
    dead_letters.keep(Batch(at, events=[lost]), ValueError("a zero byte"), at)
    capacity.create(world.centres["tmf"], "Telefon", {"call": 1, "callback": 1}, ["call"], by=world.eva, at=at)
    CaseAgreement.objects.create(name="Byggesager", adapter=CaseAgreement.Adapter.REST).units.add(world.units["cby"])
    feedback_answers.seed({"finn": world.finn}, at=at)
    spoken.without_call(world, at=at)
    plan = f"office/shifts/plans/{lacking(world).pk}/"
    page = new_page(person=world.finn)
    wrong: list[str] = []
    for address in (*_pages(), plan, f"{plan}?day=2026-03-11&workplace=norrebro"):
        answer = page.goto(f"/{address}")
        assert answer is not None
        assert answer.status == 200, address
        wrong += faults_at(page, DESKTOP, NARROW, NARROWEST)
    assert not wrong, "\n".join(wrong)


def test_every_page_of_analysis_and_programme_is_accessible_and_fits(
    new_page: Callable[..., Page], world: World
) -> None:  # fmt: skip
    decided.everything(world)
    switch = made.switch(world)
    _counts(world)
    page = new_page(person=world.finn)
    wrong: list[str] = []
    for address in (*_programme_pages(), f"office/switchover/{switch.pk}/", f"office/switchover/{switch.pk}/edit/"):
        answer = page.goto(f"/{address}")
        assert answer is not None
        assert answer.status == 200, address
        wrong += faults_at(page, DESKTOP, NARROW, NARROWEST)
    assert not wrong, "\n".join(wrong)


def _programme_pages() -> Iterator[str]:
    yield from ("office/gaps/", f"office/gaps/measures/{_one(GapMeasure).pk}/", "office/gaps/measures/new/")
    yield from ("office/benefits/", f"office/benefits/{_one(BenefitContract).pk}/", "office/benefits/new/?case=bc31")
    yield from ("office/benefits/cases/bc31/", "office/planning/forecast/tmf-oevrige/rollout/")
    yield from (f"office/rollout/{each}" for each in ("", "new/"))
    plan = f"office/rollout/{_one(RolloutPlan).pk}"
    yield from (f"{plan}/{each}" for each in ("", "activities/", "readiness/", "risks/", "communication/", "quarters/"))
    yield from ("office/switchover/", "office/switchover/new/", "office/switchover/contacts/")
    yield from ("office/switchover/old-numbers/", "office/switchover/old-addresses/new/", "office/imports/")
    yield from ("office/planning/scenarios/new/", f"office/planning/scenarios/{_one(Scenario).pk}/")
    yield from ("office/planning/described-day/?calls=9&mails=2&passed_on=20", "office/planning/studies/second-level/")
    yield from ("office/shifts/tmf/meetings/", "office/shifts/tmf/day/", "office/potential/file/")
    yield f"office/segments/{_one(Service).code}/"
    week = f"office/counting/{_one(CountingWeek).pk}"
    yield from ("office/counting/", "office/counting/new/")
    yield from (f"{week}/{each}" for each in ("", "set-up/", "sheet/", "tally/"))


def _counts(world: World) -> None:
    """Finn counts today, and has also handed in a sheet."""
    week, at = counts_today(world, world.finn), clock.now()
    purpose = week.purposes.all()[0]
    tallying.count(week, [CountedTap(uuid4(), at, purpose.pk, minutes=3)], by=world.finn, at=at)
    filled = sheet(f"{week.starts_on:%d.%m.%Y};{purpose.name};3;Telefon;Generel;2;ja;nej")
    paper.read_sheet(week, filled, counted_by=world.finn, by=world.hans, at=at)


def test_the_fields_of_microsoft_are_shown_to_who_chooses_it(new_page: Callable[..., Page], world: World) -> None:
    page = new_page(person=world.finn)
    page.goto("/office/mailboxes/new/")
    tenant, host = page.get_by_label("Lejer (tenant) hos Microsoft"), page.get_by_label("Server til modtagelse (IMAP)")
    expect(host).to_be_visible()
    expect(tenant).to_be_hidden()
    page.get_by_label("Hvordan den læses").select_option("microsoft")
    expect(tenant).to_be_visible()
    expect(host).to_be_hidden()


def _pages() -> Iterator[str]:
    """Every list, every form for something new, and one of each thing."""
    yield from ("start/", "office/wallboard/", "office/operations/")
    yield from ("office/getting-started/", "office/mail/", "office/public-site/")
    yield from ("office/time-lines/", f"office/time-lines/tmf/?person={_one(PresenceEvent).person_id}")
    yield from ("office/capacity/", "office/capacity/tmf/", f"office/capacity/tmf/{_one(CapacityProfile).pk}/")
    yield f"office/operations/dead-letters/{_one(DeadLetter).pk}/"
    yield from ("office/queues/", f"office/queues/{_one(Queue).code}/", "office/flows/", "office/phases/")
    yield f"office/queues/{_one(Queue).code}/messages/"
    if message := QueueMessage.objects.first():
        yield f"office/queues/{message.queue.code}/messages/{message.pk}/"
    yield from ("office/prompts/", f"office/prompts/{_one(Prompt).code}/")
    yield from ("office/entry-points/", "office/entry-points/new/", f"office/entry-points/{_one(EntryPoint).pk}/")
    for folder, model in (
        ("units", Unit), ("centre-setup", ContactCentre), ("services", Service), ("purposes", Purpose),
        ("hours", Schedule),
    ):  # fmt: skip
        yield from (f"office/{folder}/", f"office/{folder}/new/", f"office/{folder}/{_one(model).code}/")
    yield from ("office/case-systems/", "office/case-systems/new/", f"office/case-systems/{_one(CaseAgreement).pk}/")
    yield from ("office/figures/", "office/figures/?by=queue", "office/figures/service_level_sl4/")
    yield from ("office/feedback/", "office/feedback/?by=level", "office/feedback/people/", "office/feedback/rules/")
    yield from ("office/feedback/rules/new/", "office/feedback/questionnaires/", "office/feedback/earlier/")
    yield from (f"office/feedback/questionnaires/{_one(Questionnaire).code}/{each}" for each in ("", "draft/"))
    yield from ("office/feedback/spoken/", f"office/feedback/spoken/{_one(SpokenComment).pk}/")
    yield from ("office/figures/help/", "office/figures/service_level_sl4/contacts/")
    yield from ("office/cases/", "office/cases/bc31/?scenario=no-buildings", "office/segments/")
    yield from ("office/potential/", "office/potential/documents/", "office/potential/rules/")
    yield from ("office/potential/rules/new/", "office/cases/new/")
    yield from ("office/directory/", "office/directory/new/", f"office/directory/{_one(DirectoryEntry).pk}/")
    yield from ("office/directory/cleaning/", "office/former-numbers/", "office/former-numbers/new/")


def _one(model: Any) -> Any:
    found = model.objects.first()
    assert found is not None, f"the small municipality has no {model.__name__}"
    return found
