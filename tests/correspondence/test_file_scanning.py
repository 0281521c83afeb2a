"""Files of mails are scanned, and while a scanner is set up only clean ones are given out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from indgang.core import clock
from indgang.correspondence import file_scanning
from indgang.correspondence.mail import receiving
from indgang.correspondence.models import Enclosure
from tests.correspondence.mails import mailbox, raw
from tests.messaging import clamd_stand_in
from tests.messaging.clamd_stand_in import EICAR, StandIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
Scan = Enclosure.Scan
FILES = (("plan.txt", b"En plan"), ("virus.txt", EICAR))


@pytest.fixture
def scanner(settings: Any) -> Iterator[StandIn]:
    with clamd_stand_in.running() as (stand_in, settings.VIRUS_SCANNER):
        yield stand_in


def received(world: World, *files: tuple[str, bytes]) -> str:
    return str(receiving.receive(mailbox(world), raw(files=files), at=MORNING).message.pk)


def given_out() -> dict[str, bool]:
    return {each.name: each.may_be_given_out for each in Enclosure.objects.all()}


def jobs() -> list[dict[str, Any]]:
    return list(ProcrastinateJob.objects.filter(task_name=file_scanning.JOB).values_list("args", flat=True))


def test_a_mail_has_its_files_scanned_and_the_clean_ones_are_given_out(world: World, scanner: StandIn) -> None:
    message = received(world, *FILES)
    assert given_out() == {"plan.txt": False, "virus.txt": False}, "nobody has looked at them yet"
    assert jobs() == [{"message": message}]
    with clock.frozen(MORNING):
        file_scanning.scan_later(message=message)
    assert given_out() == {"plan.txt": True, "virus.txt": False}
    assert list(Enclosure.objects.values_list("scan", "scanned_at")) == [
        (Scan.CLEAN, MORNING),
        (Scan.INFECTED, MORNING),
    ]


def test_a_mail_without_files_has_no_job(world: World, scanner: StandIn) -> None:
    received(world)
    assert jobs() == []


def test_files_that_came_before_the_scanner_are_scanned_by_the_run_of_each_minute(world: World, settings: Any) -> None:
    received(world, *FILES)
    assert (jobs(), given_out()) == ([], {"plan.txt": True, "virus.txt": True})
    assert file_scanning.scan_waiting(at=MORNING) == 0
    with clamd_stand_in.running() as (_server, settings.VIRUS_SCANNER):
        assert given_out() == {"plan.txt": False, "virus.txt": False}
        assert file_scanning.scan_waiting(at=MORNING) == 2
        assert given_out() == {"plan.txt": True, "virus.txt": False}
        assert file_scanning.scan_waiting(at=MORNING) == 0, "each is scanned once"


def test_while_the_scanner_is_away_files_wait(world: World, scanner: StandIn) -> None:
    message = received(world, *FILES)
    scanner.hangs_up = True
    file_scanning.scan_later(message=message)
    assert set(Enclosure.objects.values_list("scan", flat=True)) == {Scan.NONE}
    scanner.hangs_up = False
    assert file_scanning.scan_waiting(at=MORNING) == 2
    assert given_out() == {"plan.txt": True, "virus.txt": False}


def test_a_file_that_the_scanner_cannot_judge_is_kept_back_and_tried_again_after_an_hour(
    world: World, scanner: StandIn
) -> None:
    scanner.largest = 100
    with clock.frozen(MORNING):
        file_scanning.scan_later(message=received(world, ("stor.txt", b"x" * 200), ("plan.txt", b"En plan")))
    assert given_out() == {"stor.txt": False, "plan.txt": True}
    assert Enclosure.objects.get(name="stor.txt").scan == Scan.UNKNOWN
    scanner.largest = 1000
    assert file_scanning.scan_waiting(at=MORNING + timedelta(minutes=59)) == 0
    assert file_scanning.scan_waiting(at=MORNING + timedelta(minutes=60)) == 1
    assert given_out() == {"stor.txt": True, "plan.txt": True}
