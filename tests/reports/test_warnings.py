"""Early warnings: raised once for a day, told seldom, answered."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from indgang.accounts.models import Person, RoleAssignment
from indgang.catalogue import offering
from indgang.catalogue.models import ScheduleException, Service
from indgang.config import jobs, routines
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.event_kinds import Kind
from indgang.entry.models import FlowVersion
from indgang.events.log import append, row
from indgang.measures.definitions import definition
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.rollups import counting
from indgang.messaging.models import Mail
from indgang.reports import links, rights, warning_causes, warnings
from indgang.reports.models import EarlyWarning, WatchedCentre
from indgang.reports.warning_causes import Moved
from tests.agreements.measured import calls as contacts
from tests.measures.test_reading import one, write
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def day(start: datetime, number: int, *, gave_up: int, byliv: int = 0) -> None:
    """Twenty calls of a day: so many of them given up after 90 seconds, `byliv` of these in another queue."""
    calls = []
    for each in range(20):
        queue = "tmf-byliv" if each < byliv else "tmf-byggeri"
        ending, waited = (Kind.ABANDONED, 90.0) if each < gave_up else (Kind.ANSWERED, 10.0)
        calls.append(one(ending, waited, number * 100 + each, start=start, queue=queue))
    calls += [one(Kind.ANSWERED, 10.0, number * 100 + 50 + each, start=start, queue="tmf-byliv") for each in range(10)]
    write(*calls)


def watch(world: World) -> list[EarlyWarning]:
    """Yesterday in the TMF centre."""
    return warnings.watch(centre=world.centres["tmf"], day=(MORNING - timedelta(days=1)).date(), at=MORNING)


def weeks(*, odd: int, byliv: int = 0) -> None:
    """Eight weeks with one or two of thirty given up, and an odd yesterday."""
    for back in range(2, 58):
        day(MORNING - timedelta(days=back), back, gave_up=1 + back % 2)
    day(MORNING - timedelta(days=1), 1, gave_up=odd, byliv=byliv)


def test_a_day_outside_its_band_is_raised_once_with_what_moved_most(world: World) -> None:
    weeks(odd=12)
    raised = {each.figure: each for each in watch(world)}
    assert {"given_up", "service_level_sl4"} <= raised.keys()
    assert "contacts_arrived" not in raised
    assert raised["given_up"].value == pytest.approx(40.0)
    assert "Kø: Byggeri" in raised["given_up"].cause
    assert watch(world) == []


@pytest.mark.django_db(transaction=True)
def test_a_day_that_is_not_counted_yet_is_looked_at_later(world: World) -> None:
    at = MORNING - timedelta(days=1)
    append(row(Kind.ARRIVED.event(str(UUID(int=77)), at, "", None, {}), number=0, centre="tmf"))
    with pytest.raises(counting.NotCountedYet):
        watch(world)
    counting.follow()
    assert watch(world) == []


def test_an_ordinary_day_raises_nothing(world: World) -> None:
    weeks(odd=2)
    assert watch(world) == []


def test_leaders_are_told_at_most_three_times_a_week_and_the_page_has_all(world: World) -> None:
    weeks(odd=12)
    centre = world.centres["tmf"]
    for back in range(2, 5):
        earlier = EarlyWarning.objects.create(
            centre=centre, day=(MORNING - timedelta(days=back)).date(), figure="transfers", version=1, value=9,
            expected=5, low=1, high=6, raised_at=MORNING - timedelta(days=back),
        )  # fmt: skip
        if back < 4:
            earlier.told.create(person=world.eva)
    raised = watch(world)
    assert len(raised) >= 2
    oddest = max(raised, key=lambda each: abs(each.value - each.expected) / (each.high - each.low))
    letter = Mail.objects.get(to=world.eva.email)
    assert "Det plejer at ligge mellem" in letter.text
    assert "Mest ændret: " in letter.text
    assert letter.subject.startswith(str(FIGURE_NAMES[oddest.figure])), "the one mail that is left"
    assert EarlyWarning.objects.count() == 3 + len(raised)


def test_a_warning_is_answered_and_a_false_one_is_counted(world: World) -> None:
    weeks(odd=12)
    first = watch(world)[0]
    with pytest.raises(RefusedChange):
        warnings.answer(first, done=" ", is_false=True, by=world.eva, at=MORNING)
    masked = warnings.answer(first, done="cpr 010190-1234 ringede", is_false=True, by=world.eva, at=MORNING)
    assert masked.done == "cpr ******-**** ringede"
    warnings.answer(first, done="Målefejl", is_false=True, by=world.eva, at=MORNING)
    first.refresh_from_db()
    assert (first.is_false, first.answered_by) == (True, world.eva)
    assert links.url_of_warning(first).endswith(reverse("office:early-warning", args=[first.pk]))


def test_a_leader_with_a_bad_address_is_named_and_the_others_are_told(world: World) -> None:
    weeks(odd=12)
    Person.objects.filter(pk=world.eva.pk).update(email="eva@@indgang")
    other = Person.objects.create(username="lis", name="Lis Lund", email="lis@example.dk")
    for each in world.eva.roles.all():
        RoleAssignment.objects.create(person=other, role=each.role, unit=each.unit)
    raised = watch(world)
    assert raised
    assert set(Mail.objects.values_list("to", flat=True)) == {"lis@example.dk"}
    client = Client()
    client.force_login(world.eva)
    page = client.get(reverse("office:early-warning", args=[raised[0].pk])).content.decode()
    assert f"{world.eva.name} leder et team, men kan ikke få mail: Har ingen mailadresse" in page


def test_a_centre_whose_team_nobody_leads_tells_who_leads_in_the_whole_municipality(world: World) -> None:
    weeks(odd=12)
    RoleAssignment.objects.create(person=world.bo, role="team_leader", unit=None)
    centre = world.centres["tmf"]
    assert world.bo not in rights.warned(centre, MORNING.date())
    RoleAssignment.objects.exclude(person=world.bo).delete()
    assert watch(world)
    assert set(Mail.objects.values_list("to", flat=True)) == {world.bo.email}


def test_the_routine_makes_a_job_for_each_centre(world: World) -> None:
    at = MORNING.replace(hour=8)
    routines.do("early-warnings", due=routines.ROUTINES["early-warnings"].due(at), at=at)
    made = ProcrastinateJob.objects.filter(task_name=routines.WATCH).values_list("args", flat=True)
    yesterday = (MORNING - timedelta(days=1)).date().isoformat()
    assert sorted(each["centre"] for each in made) == sorted(each.pk for each in world.centres.values())
    assert {each["day"] for each in made} == {yesterday}
    weeks(odd=12)
    jobs.watch_centre(centre=world.centres["tmf"].pk, day=yesterday)
    assert EarlyWarning.objects.exists()


def test_days_on_which_nothing_ran_are_looked_at_afterwards(world: World) -> None:
    """The day before yesterday was odd, and no worker has run since the day before that."""
    centre, yesterday = world.centres["tmf"], (MORNING - timedelta(days=1)).date()
    for back in range(1, 58):
        day(MORNING - timedelta(days=back), back, gave_up=12 if back == 2 else 1 + back % 2)
    assert warnings.unwatched(centre, yesterday) == [yesterday], "a centre that is looked at for the first time"
    WatchedCentre.objects.create(centre=centre, until=yesterday - timedelta(days=2))
    jobs.watch_centre(centre=centre.pk, day=yesterday.isoformat())
    assert set(EarlyWarning.objects.values_list("day", flat=True)) == {yesterday - timedelta(days=1)}
    assert warnings.unwatched(centre, yesterday) == []
    EarlyWarning.objects.all().delete()
    jobs.watch_centre(centre=centre.pk, day=yesterday.isoformat())
    assert not EarlyWarning.objects.exists(), "each day is looked at once"
    later = yesterday + timedelta(days=400)
    days = warnings.unwatched(centre, later)
    assert (len(days), days[-1]) == (warnings.MOST_DAYS_BACK, later)
    WatchedCentre.objects.update(until=yesterday)
    warnings.watch(centre=centre, day=yesterday - timedelta(days=5), at=MORNING)
    assert WatchedCentre.objects.get().until == yesterday


def test_a_small_change_that_lasts_is_told_once_with_the_flow_that_changed(world: World) -> None:
    """Each day of it lies inside the band: two or three of thirty are nothing unusual, nine days of them are."""
    for back in range(13, 68):
        day(MORNING - timedelta(days=back), back, gave_up=1 + back % 2)
    for back in range(1, 13):
        day(MORNING - timedelta(days=back), back, gave_up=3)
    FlowVersion.objects.filter(flow__entry_points__centre=world.centres["tmf"]).update(
        published_at=MORNING - timedelta(days=12), published_by="Eva"
    )
    raised = {each.figure: each for each in watch(world)}
    assert raised["given_up"].is_run
    assert "højere end ventet 8 dage i træk" in warnings.in_words(raised["given_up"])
    assert "Opkaldsflow" in raised["given_up"].cause
    day(MORNING, 90, gave_up=3)
    again = warnings.watch(centre=world.centres["tmf"], day=MORNING.date(), at=MORNING + timedelta(days=1))
    assert "given_up" not in {each.figure for each in again}


def test_a_day_on_which_the_centre_was_closed_says_nothing(world: World) -> None:
    weeks(odd=12)
    schedule = world.centres["tmf"].schedule
    yesterday = (MORNING - timedelta(days=1)).date()
    ScheduleException.objects.create(schedule=schedule, day=yesterday, reason="Lukket")
    assert watch(world) == []
    ScheduleException.objects.all().delete()
    assert watch(world)


def test_a_queue_that_got_nothing_is_named_as_the_cause(world: World) -> None:
    for back in range(2, 58):
        day(MORNING - timedelta(days=back), back, gave_up=back % 2, byliv=0)
    # twenty fewer than on every other day, all of them in one queue
    start = MORNING - timedelta(days=1)
    write(*[one(Kind.ANSWERED, 10.0, 150 + each, start=start, queue="tmf-byliv") for each in range(10)])
    raised = {each.figure: each for each in watch(world)}
    assert "Kø: Byggeri" in raised["contacts_arrived"].cause


def test_the_unit_of_the_day_is_named_with_the_service_that_came_to_it(world: World) -> None:
    """A service that was given to another unit makes neither of them the cause."""
    last = day_of(MORNING)
    for back in range(1, 8):
        contacts(last - timedelta(days=back), 10, 0)
        contacts(last - timedelta(days=back), 10, 0, service="affald")
    contacts(last, 1, 9)
    contacts(last, 10, 0, service="affald")
    service = Service.objects.get(code="byggetilladelse")
    offering.save_service(service, unit=world.units["ctb"], by=world.finn, at=MORNING - timedelta(days=3))
    offering.save_service(service, unit=world.units["bif"], by=world.finn, at=MORNING + timedelta(days=30))
    kpi = definition("first_contact_resolution", on=last)
    said = warning_causes.in_words(Moved(world.centres["tmf"], kpi, last, last, rises=False))
    assert f"Enhed: {world.units['ctb'].name}" in said
    assert "Ydelsen Byggetilladelser har hørt til enheden siden 8. marts 2026" in said
