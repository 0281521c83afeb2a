"""The targets broken down to employees: for the team's leaders, logged, and adding up to the team."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.test import Client

from indgang.accounts.models import Person
from indgang.agreements import employees
from indgang.agreements.models import CooperationAgreement
from indgang.audit.models import Look
from indgang.core.clock import FrozenTime
from indgang.core.ranges import DateRange, RangeSet
from indgang.entry.models import PresenceEvent, Queue, QueueMembership
from indgang.measures.sums import Contacts
from indgang.office.team import access
from tests.agreements.agreed import draft, target
from tests.enquiries.told_calls import talked
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import text_of
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
PAGE = "/office/time-lines/tmf/targets/"
YESTERDAY = MORNING - timedelta(days=1)


@pytest.fixture
def agreed(world: World, morning: FrozenTime) -> CooperationAgreement:
    """In force since January, with a target that employees have and one that nobody alone has."""
    made = draft(world)
    target(made, world.hans, kpi="occupancy", value=Decimal(50))
    target(made, world.hans, kpi="average_answer_seconds", aim="at_most", value=Decimal(30))
    signed: dict[str, Any] = {"owner_signed_at": MORNING, "operator_signed_at": MORNING}
    CooperationAgreement.objects.filter(pk=made.pk).update(valid_from=date(2026, 1, 1), **signed)
    for person, minutes in ((world.anna, 45), (world.bo, 15)):
        for after, state in ((0, "ready"), (60 - minutes, "talking"), (60, "signed_out")):
            at = YESTERDAY + timedelta(minutes=after)
            PresenceEvent.objects.create(person=person, at=at, state=state)
    return made


def test_each_employee_the_team_and_the_centre_stand_against_the_target(
    agreed: CooperationAgreement, world: World, as_person: SignIn
) -> None:
    page = as_person("eva").get(PAGE)
    cells = {row.name: [(value.replace("\xa0", " "), judged) for value, judged in row.cells]
             for row in page.context["rows"]}  # fmt: skip
    assert cells[world.anna.name] == [("75,0 %", "kept")]
    assert cells[world.bo.name] == [("25,0 %", "missed")]
    assert cells["Medarbejderne tilsammen"] == [("50,0 %", "kept")]
    assert cells["Hele centret"][0][1] == "no_data", "two people are too few for the figures of the centre"
    assert "30" not in [agreed_words for _name, agreed_words, _version in page.context["targets"]]
    assert world.anna.name in text_of(page)
    assert Look.objects.filter(page="office.own_targets", subject_label=str(world.anna)).count() == 1


def test_days_on_which_somebody_did_not_serve_the_centre_are_not_for_its_leaders(
    agreed: CooperationAgreement, world: World, as_person: SignIn
) -> None:
    QueueMembership.objects.filter(person=world.anna).update(valid_from=MORNING.date())
    names = [row.name for row in as_person("eva").get(PAGE).context["rows"]]
    assert world.anna.name not in names
    assert world.bo.name in names


def test_the_days_between_two_memberships_and_those_in_another_centre_are_not_for_its_leaders(
    agreed: CooperationAgreement, world: World, as_person: SignIn
) -> None:
    day = MORNING.date()
    QueueMembership.objects.filter(person=world.anna).update(valid_to=day - timedelta(days=2))
    again = QueueMembership.objects.filter(person=world.anna).order_by("pk")[0]
    QueueMembership.objects.create(person=world.anna, queue=again.queue, valid_from=day)
    assert cell(as_person("eva"), world.anna) == ("", "no_data"), "yesterday lies between the two"
    march = DateRange(date(2026, 3, 1), date(2026, 4, 1))
    served = dict(access.those_who_served(world.centres["tmf"], march))[world.anna]
    assert served == RangeSet([DateRange(march.start, day - timedelta(days=2)), DateRange(day, march.end)])
    QueueMembership.objects.filter(person=world.anna, valid_from=day).update(valid_from=day - timedelta(days=1))
    assert cell(as_person("eva"), world.anna) == ("75,0 %", "kept")
    for queue in other_queues(3):
        QueueMembership.objects.create(person=world.anna, queue=queue, valid_from=day - timedelta(days=1))
    assert cell(as_person("eva"), world.anna) == ("", "no_data"), "the other centre has most of their queues"


def cell(client: Client, person: Person) -> tuple[str, str]:
    row = next(each for each in client.get(PAGE).context["rows"] if each.name == person.name)
    value, judged = row.cells[0]
    return value.replace("\xa0", " ") if judged != "no_data" else "", str(judged)


def other_queues(number: int) -> list[Queue]:
    first = Queue.objects.filter(centre__code="bif")[0]
    return [
        Queue.objects.create(code=f"bif-{each}", name=f"BIF {each}", centre=first.centre, unit=first.unit,
                             schedule=first.schedule) for each in range(number)
    ]  # fmt: skip


def test_contacts_of_another_centre_are_not_held_against_the_target(agreed: CooperationAgreement, world: World) -> None:
    talked(world.anna)
    of = partial(employees.totals, world.anna, DateRange(MORNING.date(), MORNING.date() + timedelta(days=1)),
                 at=MORNING + timedelta(hours=2))  # fmt: skip
    assert of(centre=world.centres["tmf"]).contacts.answered == 1
    assert of(centre=world.centres["bif"]).contacts == Contacts()


def test_somebody_who_has_left_the_centre_stands_in_the_months_in_which_they_served_it(
    agreed: CooperationAgreement, world: World, as_person: SignIn
) -> None:
    QueueMembership.objects.filter(person=world.anna).update(valid_to=MORNING.date())
    assert cell(as_person("eva"), world.anna) == ("75,0 %", "kept")
    assert Look.objects.filter(page="office.own_targets", subject_label=str(world.anna)).count() == 1


def test_others_and_strange_months_see_nothing(agreed: CooperationAgreement, as_person: SignIn) -> None:
    assert as_person("anna").get(PAGE).status_code == 403
    assert as_person("eva").get(PAGE, {"month": "x"}).status_code == 422
    assert as_person("eva").get("/office/time-lines/bif/targets/").status_code == 404
