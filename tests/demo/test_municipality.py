"""The demo municipality: complete, and seeded as often as one likes."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest
from django.apps import apps

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, DirectoryEntry, Schedule, Service, Unit
from indgang.core import phone_numbers
from indgang.correspondence.forms import versions
from indgang.correspondence.forms.definition import check
from indgang.correspondence.models import OnlineForm
from indgang.demo import feedback_answers, flows, handed_over, municipality, staff_news
from indgang.demo.rows import table
from indgang.enquiries.models import PartyNumber
from indgang.entry.models import DayLogEntry, EntryPoint, Flow, Queue, StaffNews
from indgang.feedback import own_results
from indgang.feedback.studies import session
from indgang.feedback.studies.models import Study
from tests.world import MORNING

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.xdist_group("municipality"),
    pytest.mark.slow("makes the whole demo municipality"),
]

_NAMED: tuple[Any, ...] = ((Person, lambda each: each.username), (Unit, lambda each: each.code))


@pytest.fixture(autouse=True, scope="module")
def _seeded(module_db: None) -> None:
    municipality.seed(at=MORNING)


def _counts() -> dict[str, int]:
    models = [each for each in apps.get_models() if each.__module__.startswith("indgang.") and each._meta.managed]
    return {each._meta.label: each._default_manager.count() for each in models}


def test_seeding_again_adds_nothing() -> None:
    before = _counts()
    municipality.seed(at=MORNING)
    assert _counts() == before


def test_there_is_news_to_read_and_todays_log_is_written_once() -> None:
    for _start in range(2):
        staff_news.write_logs(at=MORNING)
    assert DayLogEntry.objects.count() == 3
    anna = Person.objects.get(username="anna")
    shown = StaffNews.objects.shown_at(MORNING).for_person(anna.pk, MORNING.date()).with_read_by(anna.pk)
    assert [(news.must_read, news.is_read) for news in shown] == [(True, False), (False, True)]


def test_there_are_studies_of_each_package_in_several_states() -> None:
    found = set(Study.objects.values_list("kind", "state"))
    assert found == {("interview", "closed"), ("user_test", "reported"), ("crowdsourcing", "running")}
    assert sorted(len(session.board(each).questions[0].texts) for each in Study.objects.filter(unit__code="tmf")) == [
        0,
        5,
    ]


def test_david_has_answered_questions_of_the_past_and_the_leader_of_his_unit_sees_the_result() -> None:
    everybody, units = ({key(each): each for each in model.objects.all()} for model, key in _NAMED)
    begins = MORNING + timedelta(hours=1)
    assert handed_over.answer_past(units, everybody, until=begins) == feedback_answers.answer_past(until=begins)
    david, lone, eva = everybody["david"], everybody["lone"], everybody["eva"]
    for leader, is_shown in ((lone, True), (eva, False)):
        found = own_results.of(david, begins, scope=own_results.led_by(leader))
        assert [each.index is not None for each in found] == [is_shown, is_shown, False]


def test_seeding_again_keeps_what_people_have_changed() -> None:
    Service.objects.filter(code="arrangement").update(name="Fest i gaden")
    Schedule.objects.get(code="tmf-9-16").weekly.filter(weekday=4).delete()
    municipality.seed(at=MORNING)
    assert Service.objects.get(code="arrangement").name == "Fest i gaden"
    assert not Schedule.objects.get(code="tmf-9-16").weekly.filter(weekday=4).exists()


def test_the_routing_plan_has_its_14_destinations_and_the_offering_its_77_services() -> None:
    destinations = [line["code"] for line in table("units") if line["destination"]]
    assert len(destinations) == 14
    assert Unit.objects.filter(code__in=destinations).count() == 14
    assert Service.objects.count() == 77
    assert Service.objects.filter(volume="large").count() == 12 + 13
    assert Service.objects.filter(complexity="high").count() == 22 + 13


def test_large_services_are_those_with_1500_cases_or_more() -> None:
    for service in Service.objects.all():
        assert (service.volume == "large") == ((service.cases_per_year or 0) >= 1500), service


def test_the_centre_of_the_technical_administration_is_owned_by_it_and_operated_by_another() -> None:
    centre = ContactCentre.objects.get(code="tmf")
    assert (centre.owner.code, centre.operator.code) == ("tmf", "kff")


def test_the_variants_of_the_opening_hours_are_shipped_beside_those_in_use() -> None:
    assert {"tmf-9-16", "tmf-8-17", "yds-10-12", "yds-10-14", "hovednummer-8-18", "kontaktcenter-8-21"} <= set(
        Schedule.objects.values_list("code", flat=True)
    )
    tuesday = Schedule.objects.get(code="byliv-10-14").weekly.filter(weekday=1)
    assert [(each.opens, each.closes) for each in tuesday] == [
        (time(10), time(11, 30)),
        (time(12, 30), time(14)),
    ]


def test_one_queue_is_the_safe_one() -> None:
    assert Queue.objects.filter(is_safe=True).count() == 1


def test_nobody_can_sign_in_as_a_simulated_colleague() -> None:
    colleague = Person.objects.get(username="kollega-tmf-01")
    assert not colleague.has_usable_password()


def test_every_telephone_number_is_one_the_numbering_plan_knows() -> None:
    numbers = {*PartyNumber.objects.values_list("number", flat=True)}
    numbers |= {each for row in DirectoryEntry.objects.values_list("phone", "mobile") for each in row if each}
    assert {number for number in numbers if phone_numbers.normalise(number) != number} == set()


def test_the_flows_find_everything_they_name() -> None:
    assert {each.code: each.centre.code for each in Queue.objects.for_calls()} == dict(flows.QUEUES)
    assert set(flows.SCHEDULES) <= set(Schedule.objects.values_list("code", flat=True))
    assert Queue.objects.get(is_safe=True).code == flows.SAFE_QUEUE
    assert Flow.objects.count() == len(flows.FLOWS)
    assert EntryPoint.objects.count() == len(flows.ENTRY_POINTS)


def test_the_three_named_purposes_have_a_published_form_that_can_be_filled_in() -> None:
    forms = {form.code: form for form in OnlineForm.objects.open()}
    assert set(forms) == {"aktindsigt", "klage", "jordhaandteringsplan"}
    for form in forms.values():
        version = versions.published(form)
        assert version is not None
        assert check(versions.definition_of(version)) == []
        assert form.queue.memberships.exists()
        assert all(getattr(version, name) for name in versions.TEXTS)
