"""What is wrong with shared mailboxes, as `indgang doctor` tells it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indgang.config.checks import mailboxes
from indgang.core import clock
from indgang.correspondence.models import MailboxState
from indgang.health.finding import Finding, Level
from indgang.messaging.mailbox.contract import MailboxFault
from tests.correspondence.mails import mailbox
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def findings() -> list[Finding]:
    with clock.frozen(MORNING):
        return list(mailboxes.look())


def state(world: World, **facts: Any) -> None:
    facts = {"checked_at": MORNING - timedelta(minutes=1)} | facts
    MailboxState.objects.update_or_create(mailbox=mailbox(world), defaults=facts)


def test_without_mailboxes_nothing_is_wrong(world: World) -> None:
    assert [each.level for each in findings()] == [Level.OK]


def test_a_mailbox_that_is_read_is_fine(world: World) -> None:
    state(world)
    assert [each.level for each in findings()] == [Level.OK]


def test_a_mailbox_that_cannot_be_read_says_why(world: World) -> None:
    state(world, down_since=MORNING, fault=MailboxFault.LOGIN_REFUSED)
    [found] = findings()
    assert found.level is Level.ERROR
    assert "Erhverv" in found.text
    assert "adgangskoden" in found.text


def test_an_archive_that_cannot_be_used_is_a_warning(world: World) -> None:
    state(world, fault=MailboxFault.NOT_SUPPORTED)
    assert [each.level for each in findings()] == [Level.WARNING]


def test_a_mailbox_that_cannot_send_says_why(world: World) -> None:
    state(world, send_fault=MailboxFault.CERTIFICATE, send_down_since=MORNING)
    [found] = findings()
    assert (found.level, "certifikat" in found.text) == (Level.ERROR, True)


@pytest.mark.parametrize("checked_at", [None, MORNING - timedelta(minutes=11)])
def test_a_mailbox_that_no_worker_looks_into_is_a_warning(world: World, checked_at: Any) -> None:
    state(world, checked_at=checked_at)
    [found] = findings()
    assert (found.level, "worker" in found.advice) == (Level.WARNING, True)


def test_an_old_look_hides_no_fault(world: World) -> None:
    state(
        world, checked_at=MORNING - timedelta(hours=3), down_since=MORNING - timedelta(hours=4),
        fault=MailboxFault.LOGIN_REFUSED, send_fault=MailboxFault.CERTIFICATE, send_down_since=MORNING,
    )  # fmt: skip
    found = findings()
    assert [each.level for each in found] == [Level.ERROR, Level.ERROR, Level.WARNING]
    assert ["adgangskoden" in found[0].text, "certifikat" in found[1].text, "worker" in found[2].advice] == [True] * 3
