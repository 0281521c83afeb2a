"""The pages of shift planning: from contracts to a published plan, requests, the day, and an employee's own shifts."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from indgang.accounts.models import RoleAssignment
from indgang.core import clock
from indgang.entry.models import AgentState, Presence
from indgang.office.shifts.plan_page import PlanChoice, PlanPage
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import (
    LeaveRequest,
    PlannedNeed,
    PlanRun,
    ShiftActivity,
    ShiftAppointment,
    ShiftPlan,
    SwapRequest,
    TimeWish,
    WorkContract,
    Workplace,
)
from indgang.workforce.shifts import leave, running, swaps
from tests.office.conftest import SignIn
from tests.workforce.shifts.rows import activity, contracts, lacking, needed, plan, shift, workplace
from tests.world import MORNING, World

PAGES = "/office/shifts/"
OWN = "/desk/shifts/"
DAY = timedelta(days=1)


def text(client: Client, address: str) -> str:
    answer = client.get(address, follow=True)
    assert answer.status_code == 200, address
    return " ".join(answer.content.decode().split())


def posted(client: Client, address: str, **sent: object) -> str:
    answer = client.post(address, sent, follow=True)
    assert answer.status_code == 200, (address, answer.status_code, answer.content.decode()[-600:])
    return " ".join(answer.content.decode().split())


def test_a_planner_gets_from_contracts_to_a_plan_that_holds(world: World, as_person: SignIn) -> None:
    gerda = as_person("gerda")
    posted(gerda, f"{PAGES}places/workplaces/", name="Islands Brygge")
    posted(gerda, f"{PAGES}places/activities/", title="Telefon", kind="phone", skill="")
    assert (Workplace.objects.get().code, ShiftActivity.objects.get().code) == ("islands-brygge", "telefon")
    assert "Ingen ansættelse" in text(gerda, f"{PAGES}tmf/people/")
    for name in ("anna", "bo"):
        posted(
            gerda, f"{PAGES}tmf/people/{name}/", valid_from="2026-03-11", weekly_hours="37", days_a_week="5",
            shortest="360", longest="510", earliest="07:00", latest="18:00", weekends_off="4", off_phone_share="0",
            workplaces=["islands-brygge"],
        )  # fmt: skip
    assert WorkContract.objects.filter(weekly_hours=37).count() == 2
    posted(gerda, f"{PAGES}tmf/", first="2026-03-16", last="2026-03-22")
    made = ShiftPlan.objects.get()
    page = f"{PAGES}plans/{made.pk}/"
    assert "Ingen vagter" not in posted(gerda, f"{page}publication/")
    sent = {"activity": "telefon", "workplace": "islands-brygge", "opens": "08:00", "closes": "16:00", "people": "1"}
    assert "5 dage" in posted(gerda, f"{page}need/", weekdays=["0", "1", "2", "3", "4"], **sent)
    assert "Priserne er gemt" in posted(
        gerda, f"{page}prices/", paid="1", understaffed="6", wish="8", change="12", late="2", off_phone="1"
    )
    assert "Venter på at begynde" in posted(gerda, f"{page}run/", seconds="5")
    run = PlanRun.objects.get()
    fragment = gerda.get(f"{page}progress/")
    assert "HX-Redirect" not in fragment
    assert f"{page}run/{run.pk}/stop/" in fragment.content.decode()
    PlanRun.objects.update(seconds=2)
    running.carry_out(run.pk, lambda: MORNING)
    assert gerda.get(f"{page}progress/")["HX-Redirect"] == page, "not the answer to a form"
    shown = text(gerda, page)
    assert re.search(r"Den ligger højst \d+,\d % over den bedste", shown), shown
    assert "Behov og bemanding" in shown
    assert "Flere eller færre end nødvendigt" in shown
    assert "Planen gælder nu" in posted(gerda, f"{page}publication/")
    assert "Lav planen om" in text(gerda, page)
    assert "08.00" in text(as_person("anna"), OWN) or "07." in text(as_person("anna"), OWN)
    made.refresh_from_db()
    assert (made.state, made.prices) == (ShiftPlan.State.PUBLISHED, {"understaffed": 6.0})


@pytest.mark.parametrize(
    ("address", "sent"),
    [
        ("", {"first": "2026-03-20", "last": "2026-09-20"}),
        ("", {"first": "\0", "last": "x"}),
        ("people/anna/", {"weekly_hours": "99"}),
        ("people/anna/", {"weekly_hours": "nan", "earliest": "\0"}),
    ],
)
def test_what_cannot_be_planned_is_answered_on_the_page(as_person: SignIn, address: str, sent: dict[str, str]) -> None:
    assert as_person("gerda").post(f"{PAGES}tmf/{address}", sent).status_code == 422


def test_a_contract_is_ended_on_its_page(world: World, as_person: SignIn) -> None:
    contracts(world, world.anna)
    there, gerda = WorkContract.objects.get(), as_person("gerda")
    page = f"{PAGES}tmf/people/anna/"
    assert f"{page}{there.pk}/end/" in text(gerda, page)
    assert gerda.post(f"{page}{there.pk}/end/", {"on": "2026-03-01"}).status_code == 422
    assert gerda.post(f"{page}{there.pk}/end/", {"on": "\0"}).status_code == 422
    assert "er afsluttet" in posted(gerda, f"{page}{there.pk}/end/", on="2026-03-31")
    there.refresh_from_db()
    assert str(there.valid_to) == "2026-03-31"
    assert gerda.post(f"{PAGES}tmf/people/bo/{there.pk}/end/", {"on": "2026-03-20"}).status_code == 404


def test_plans_of_other_centres_are_not_there(world: World, as_person: SignIn) -> None:
    made = plan(world, ShiftPlan.State.DRAFT)
    RoleAssignment.objects.create(person=world.otto, role="planner", unit=world.units["bif"])
    otto = as_person("otto")
    for address in (
        f"plans/{made.pk}/",
        "plans/999999999999/",
        "tmf/",
        "tmf/day/",
        "tmf/people/anna/",
        "bif/people/x%00/",
    ):
        assert otto.get(PAGES + address).status_code == 404, address
    assert as_person("anna").get(f"{PAGES}tmf/").status_code == 403


def test_need_that_is_no_number_is_refused(world: World, as_person: SignIn) -> None:
    made = plan(world, ShiftPlan.State.DRAFT)
    activity(ActivityKind.PHONE)
    workplace()
    for people in ("nan", "inf", "-1", "1e300"):
        sent = {
            "activity": "phone",
            "workplace": "islands-brygge",
            "opens": "08:00",
            "closes": "16:00",
            "weekdays": "0",
        }
        answer = as_person("gerda").post(f"{PAGES}plans/{made.pk}/need/", {**sent, "people": people})
        assert answer.status_code == 422, people
    assert not PlannedNeed.objects.exists()


def test_leave_and_a_swap_go_from_the_employee_to_the_leader_and_back(world: World, as_person: SignIn) -> None:
    contracts(world, world.anna, world.bo)
    made = plan(world, ShiftPlan.State.PUBLISHED)
    row = shift(made, world.anna, MORNING + DAY, ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.PHONE)
    anna, bo, eva = as_person("anna"), as_person("bo"), as_person("eva")
    posted(anna, f"{OWN}leave/", leave_kind="holiday", first="2026-03-30", last="2026-04-01", remark="Påske")
    assert "Påske" in text(eva, f"{PAGES}requests/")
    asked = LeaveRequest.objects.get()
    assert "Skriv hvorfor" in posted(eva, f"{PAGES}requests/leave/{asked.pk}/", decision="refuse", answer="")
    posted(eva, f"{PAGES}requests/leave/{asked.pk}/", decision="approve", answer="God ferie")
    assert "God ferie" in text(anna, OWN)

    posted(anna, f"{OWN}{row.pk}/offer/", to="bo")
    refusal = f"{OWN}swaps/{SwapRequest.objects.get().pk}/refusal/"
    assert refusal in text(bo, OWN)
    assert "Du har sagt nej" in posted(bo, refusal)
    assert f"{world.bo.name}: Afslået" in text(anna, OWN)
    assert f"{world.anna.name}: Afslået" in text(bo, OWN)
    posted(anna, f"{OWN}{row.pk}/offer/", to="")
    swap = SwapRequest.objects.get(state=SwapRequest.State.OFFERED)
    assert f"{OWN}swaps/{swap.pk}/refusal/" not in text(bo, OWN), "it is offered to all"
    assert f"{OWN}swaps/{swap.pk}/" in text(bo, OWN)
    assert f'{OWN}swaps/{swap.pk}/"' not in text(as_person("clara"), OWN), "she has no contract in the centre"
    for day in (2, 1):
        shift(made, world.bo, MORNING + day * DAY, ActivityKind.PHONE)
    choices = re.findall(r'<option value="\d*">([^<]*)', text(bo, OWN).partition("in_return")[2])
    assert [each[:7] for each in choices[:3]] == ["Ingen v", "torsdag", "fredag "], "the same day comes first"
    made.shifts.filter(person=world.bo).delete()
    posted(bo, f"{OWN}swaps/{swap.pk}/", in_return="")
    assert "vil tage en vagt" in text(eva, f"{PAGES}requests/")
    posted(eva, f"{PAGES}requests/swaps/{swap.pk}/", decision="approve", answer="")
    row.refresh_from_db()
    assert row.person == world.bo


def test_wishes_and_the_calendar_are_the_persons_own(world: World, as_person: SignIn) -> None:
    shift(plan(world, ShiftPlan.State.PUBLISHED), world.anna, MORNING + DAY, ActivityKind.PHONE)
    anna = as_person("anna")
    assert "Fridag hver onsdag" in posted(anna, f"{OWN}wishes/", wish_kind="free", wish_weekday="2", wish_weight="2")
    wish = TimeWish.objects.get()
    assert as_person("bo").post(f"{OWN}wishes/{wish.pk}/removal/").status_code == 404
    posted(anna, f"{OWN}wishes/{wish.pk}/removal/")
    assert not TimeWish.objects.exists()
    page = posted(anna, f"{OWN}calendar/")
    address = re.search(r"http://testserver(/desk/shifts/feed/[\w-]+\.ics)", page)
    assert address
    answer = Client().get(address[1])
    assert answer["Content-Type"].startswith("text/calendar")
    assert answer.content.count(b"BEGIN:VEVENT") == 1
    posted(anna, f"{OWN}calendar/", close="1")
    assert Client().get(address[1]).status_code == 404
    assert Client().get(f"{OWN}feed/x%00.ics").status_code == 404


def test_the_day_names_a_centre_that_can_spare_somebody(world: World, as_person: SignIn) -> None:
    contracts(world, world.anna)
    here = plan(world, ShiftPlan.State.PUBLISHED)
    wanted = [0.0] * 96
    wanted[40:48] = [1.0] * 8
    PlannedNeed.objects.create(
        plan=here, day=here.first, activity=activity(ActivityKind.PHONE), workplace=workplace(), people=wanted
    )
    bif = world.centres["bif"]
    there = ShiftPlan.objects.create(
        centre=bif, first=here.first, last=here.last, state=ShiftPlan.State.PUBLISHED, made_at=MORNING
    )
    WorkContract.objects.create(person=world.clara, centre=bif, weekends_off=0)
    PlannedNeed.objects.create(
        plan=there, day=here.first, activity=activity(ActivityKind.PHONE), workplace=workplace(), people=[0.0] * 96
    )
    shift(there, world.clara, MORNING, ActivityKind.PHONE, ActivityKind.PHONE)
    Presence.objects.update_or_create(person=world.clara, defaults={"state": AgentState.READY, "since": MORNING})
    page = text(as_person("finn"), f"{PAGES}tmf/day/")
    assert "har 1 at undvære kl. 10.00–12.00." in page
    assert "at undvære" in text(as_person("eva"), f"{PAGES}tmf/day/"), "she leads only one of them, and may ask"
    assert as_person("eva").get(f"{PAGES}bif/day/").status_code == 404


def test_who_is_planned_away_from_the_desk_is_not_missing(world: World, as_person: SignIn) -> None:
    contracts(world, world.anna, world.bo, world.clara)
    made, begins = plan(world, ShiftPlan.State.PUBLISHED), MORNING - timedelta(hours=1)
    for person, kind in ((world.anna, ActivityKind.MEETING), (world.bo, ActivityKind.BREAK)):
        shift(made, person, begins, kind, ActivityKind.PHONE)
    shift(made, world.clara, begins, ActivityKind.MAIL, ActivityKind.PHONE)
    page = f"{PAGES}tmf/day/"
    shown = text(as_person("eva"), page)
    assert shown.count(">Mangler<") == 1, "clara answers mails"
    assert "Planlagt pause" in shown
    for minutes, missing in ((2, 1), (6, 3)):
        with clock.frozen(begins + timedelta(hours=2, minutes=minutes)):
            assert text(as_person("eva"), page).count(">Mangler<") == missing, minutes


def test_the_day_says_who_is_missing_and_a_leader_moves_a_break(world: World, as_person: SignIn) -> None:
    contracts(world, world.anna, world.bo)
    made = plan(world, ShiftPlan.State.PUBLISHED)
    kinds = (ActivityKind.PHONE, ActivityKind.BREAK, ActivityKind.PHONE)
    for person in (world.anna, world.bo):
        row = shift(made, person, MORNING - timedelta(hours=1), *kinds)
        _first, pause, last = row.parts.order_by("starts_at")
        pause.ends_at = last.starts_at = pause.starts_at + timedelta(minutes=30)
        pause.save()
        last.save()
    need = [0.0] * 96
    need[40:52] = [1.0] * 12
    PlannedNeed.objects.create(
        plan=made, day=made.first, activity=activity(ActivityKind.PHONE), workplace=workplace(), people=need
    )
    eva, page = as_person("eva"), f"{PAGES}tmf/day/"
    assert text(eva, page).count(">Mangler<") == 2
    for person in (world.anna, world.bo):
        Presence.objects.update_or_create(
            person=person, defaults={"state": AgentState.READY, "since": MORNING, "phone_kind": "browser"}
        )
    shown = text(eva, page)
    assert ">Mangler<" not in shown
    assert "Flyt pausen kl. 10.30 for Anna" in shown
    key = re.search(r'name="key" value="([^"]+)"', shown)
    assert key
    assert "Vagten er ændret" in posted(eva, f"{page}move/", key=key[1])
    assert "gælder ikke længere" in posted(eva, f"{page}move/", key=key[1])
    assert "Ingen forslag" in text(eva, page)
    assert "gælder ikke længere" in posted(eva, f"{page}move/", key="\0")


def test_leave_is_seen_by_those_who_plan_for_the_person_on_its_days(world: World, as_person: SignIn) -> None:
    contracts(world, world.anna)
    first = MORNING.date() + 9 * DAY
    asked = leave.ask(world.anna, kind=LeaveRequest.Kind.HOLIDAY, first=first, last=first, note="Bryllup", at=MORNING)
    eva = as_person("eva")
    assert "Bryllup" in text(eva, f"{PAGES}requests/")
    WorkContract.objects.update(valid_to=first)
    assert "Bryllup" not in text(eva, f"{PAGES}requests/")
    sent = {"decision": "approve", "answer": ""}
    assert eva.post(f"{PAGES}requests/leave/{asked.pk}/", sent).status_code == 404
    WorkContract.objects.update(valid_to=first + DAY)
    assert "Bryllup" in text(eva, f"{PAGES}requests/")


def test_shifts_are_offered_to_those_with_a_contract_now(world: World, as_person: SignIn) -> None:
    contracts(world, world.anna, world.bo)
    row = shift(plan(world, ShiftPlan.State.PUBLISHED), world.anna, MORNING + DAY, ActivityKind.PHONE)
    option = '<option value="bo"'
    assert option in text(as_person("anna"), OWN)
    swap = swaps.offer(row, to=None, at=MORNING)
    assert f"{OWN}swaps/{swap.pk}/" in text(as_person("bo"), OWN)
    swaps.withdraw(swap, by=world.anna, at=MORNING)
    WorkContract.objects.filter(person=world.bo).update(valid_to=MORNING.date())
    assert option not in text(as_person("anna"), OWN)
    swap = swaps.offer(row, to=None, at=MORNING)
    assert f"{OWN}swaps/{swap.pk}/" not in text(as_person("bo"), OWN)


def test_a_planner_writes_a_meeting_and_fixed_shifts(world: World, as_person: SignIn) -> None:
    contracts(world, world.anna, world.bo)
    gerda, page = as_person("gerda"), f"{PAGES}tmf/meetings/"
    assert "Opret en opgave" in text(gerda, page)
    activity(ActivityKind.MEETING)
    activity(ActivityKind.PHONE)
    workplace()
    sent: dict[str, object] = {
        "title": "Teammøde", "activity": "meeting", "people": ["anna"], "mentor": "bo", "weekdays": ["0", "2"],
        "every_weeks": "2", "opens": "10:00", "closes": "11:00", "valid_from": "2026-03-16", "last": "2026-03-29",
    }  # fmt: skip
    shown = posted(gerda, page, **sent)
    assert "mandag og onsdag kl. 10.00–11.00" in shown
    assert f"{world.bo.name} (mentor)" in shown
    made = ShiftAppointment.objects.get()
    assert str(made.valid_to) == "2026-03-30"
    assert gerda.post(page, sent | {"closes": "11:07"}).status_code == 422
    assert gerda.post(page, {"title": "\0", "people": ["\0"], "weekdays": "9", "every_weeks": "99"}).status_code == 422
    assert as_person("anna").get(page).status_code == 403

    draft = plan(world, ShiftPlan.State.DRAFT)
    own = f"{PAGES}plans/{draft.pk}/"
    fixed: dict[str, object] = {
        "fixed-person": "anna", "fixed-activity": "phone", "fixed-workplace": "islands-brygge", "fixed-weekdays": ["0"],
        "fixed-opens": "08:00", "fixed-closes": "15:30", "fixed-first": "2026-03-11", "fixed-last": "2026-03-31",
    }  # fmt: skip
    assert "Vagten er fast på 2 dage" in posted(gerda, f"{own}fixed-shifts/", **fixed)
    assert "08.00–15.30 fast" in text(gerda, f"{own}?week=0")
    assert gerda.post(f"{own}fixed-shifts/", {**fixed, "fixed-closes": "07:00"}).status_code == 422
    row = draft.shifts.first()
    assert row
    assert "ikke længere fast" in posted(gerda, f"{own}held-shifts/{row.pk}/removal/")
    held = {"held-person": "anna", "held-day": "2026-03-16"}
    assert "som den er" in posted(gerda, f"{own}held-shifts/", **held)
    assert gerda.post(f"{own}held-shifts/", held | {"held-day": "2026-03-17"}).status_code == 422
    assert gerda.post(f"{own}held-shifts/99999999/removal/").status_code == 404
    assert "er afsluttet" in posted(gerda, f"{page}{made.pk}/end/", on="2026-03-16")
    assert not ShiftAppointment.objects.exists()
    row.refresh_from_db()
    assert row.parts.filter(activity__code="meeting", appointment=None).exists(), "the plan stays as it is"


def test_a_planner_and_the_person_see_which_wishes_are_met(world: World, as_person: SignIn) -> None:
    contracts(world, world.anna)
    made = plan(world, ShiftPlan.State.PUBLISHED)
    shift(made, world.anna, MORNING + DAY, ActivityKind.PHONE, ActivityKind.PHONE)
    tomorrow = MORNING.date() + DAY
    TimeWish.objects.create(person=world.anna, kind="free", day=tomorrow, weight=2, wished_at=MORNING)
    shown = text(as_person("gerda"), f"{PAGES}plans/{made.pk}/")
    assert "Fridag torsdag 12. marts" in shown
    assert ">16<" in shown, "eight for each of two"
    assert "(ikke opfyldt)" in text(as_person("anna"), OWN)


def test_what_nobody_can_keep_is_said_with_the_reason_until_a_plan_holds(world: World, as_person: SignIn) -> None:
    contracts(world, world.anna, valid_to=MORNING.date() + 3 * DAY)
    contracts(world, world.anna, valid_from=MORNING.date() + 3 * DAY)
    made = plan(world, ShiftPlan.State.DRAFT)
    run = PlanRun.objects.create(
        plan=made, state=PlanRun.State.IMPOSSIBLE, asked_by="Gerda", asked_at=MORNING, seconds=5,
        answer={"person": str(world.anna.pk), "rules": ["contract", "days_a_week"]},
    )  # fmt: skip
    gerda, page = as_person("gerda"), f"{PAGES}plans/{made.pk}/"
    shown = text(gerda, page)
    assert "timer efter ansættelsen, antal arbejdsdage om ugen. Medarbejderen har flere ansættelser" in shown
    run.answer = {"person": str(world.anna.pk), "rules": []}
    run.save()
    assert "ikke fundet en plan for Anna" in text(gerda, page)
    ShiftPlan.objects.update(state=ShiftPlan.State.PUBLISHED)
    assert "ikke fundet en plan" not in text(gerda, page)


def test_the_shifts_of_the_next_week_come_first(world: World, as_person: SignIn) -> None:
    contracts(world, world.anna)
    made = plan(world, ShiftPlan.State.PUBLISHED)
    for day in (1, 8, 9):
        shift(made, world.anna, MORNING + day * DAY, ActivityKind.PHONE)
    shown = text(as_person("anna"), OWN)
    assert shown.index("torsdag 12. marts") < shown.index("2 vagter derefter") < shown.index("torsdag 19. marts")


def test_a_plan_opens_on_the_week_of_today_and_says_what_it_costs(world: World, as_person: SignIn) -> None:
    contracts(world, world.anna)
    made = plan(world, ShiftPlan.State.PUBLISHED, days=21)
    needed(made, 36, 44, 1)
    shift(made, world.anna, MORNING + DAY, ActivityKind.PHONE)
    for days, week in ((0, 0), (8, 1), (20, 2), (21, 0), (-3, 0)):
        assert PlanPage(made, MORNING + days * DAY).week == week, days
    assert [PlanPage(made, MORNING, PlanChoice(each)).week for each in (2, 9)] == [2, 0]
    shown = text(as_person("gerda"), f"{PAGES}plans/{made.pk}/")
    assert "<dt>Betalt arbejdstid</dt> <dd>8</dd>" in shown, "two hours"
    assert "<dt>Tid, hvor der mangler nogen</dt> <dd>32</dd>" in shown, "eight quarters at the price of four"
    assert "Dage, der er lavet om" not in shown


def test_a_planner_sees_where_people_lack_and_who_does_what_on_a_day(world: World, as_person: SignIn) -> None:
    made, gerda = lacking(world), as_person("gerda")
    page = f"{PAGES}plans/{made.pk}/"
    shown = text(gerda, page)
    cell, number = " <td[^>]*>([^<]+)</td>", r" <td[^>]*>([\d,]+)</td>"
    rows = re.findall(rf'<th scope="row">(\w+)</th>{cell}{number}{number}', shown)
    assert rows == [("mail", "Norrebro", "2,0", "2,0"), ("phone", "Islands Brygge", "2,0", "0,0")]
    assert "1 (lige del: 0)" in shown, "Saturday"
    assert "2,0 af 1,5" in shown, "two hours off the phone; a quarter of six is agreed"
    assert "<dt>Sene vagter og weekendvagter ud over en lige fordeling</dt> <dd>2</dd>" in shown

    def first_values(**choice: Any) -> list[float | None]:
        """Need and people at work at ten on Wednesday."""
        pictures = PlanPage(made, MORNING, PlanChoice(**choice)).pictures
        assert pictures is not None
        assert pictures.curve is not None
        return [each.values[0] for each in pictures.curve.series]

    assert first_values() == [2, 1]
    assert first_values(activity="mail") == first_values(workplace="norrebro") == [1, 0]
    assert first_values(activity="phone", day=made.first) == [1, 1]
    assert first_values(activity="nowhere") == [2, 1]
    by_hour, by_quarter = (PlanPage(made, MORNING, PlanChoice(day=day)).pictures for day in (None, made.first))
    assert by_hour is not None
    assert by_quarter is not None
    assert by_quarter.curve is not None
    assert len(by_quarter.curve.moments) == 4 * 2 + 1, "the quarters of two hours, and the end"
    assert by_hour.heat is not None
    assert by_hour.heat.values[0] == (-1, 1), "ten o'clock on Wednesday and Saturday"
    chosen = text(gerda, f"{page}?week=0&workplace=norrebro")
    assert '<option value="norrebro" selected>' in chosen
    assert "?day=2026-03-11&amp;workplace=norrebro" in chosen, "the day of the same place"
    assert "10.00–12.00 phone, 12.00–14.00 off_phone" in text(gerda, f"{page}?day=2026-03-11")
    assert "Ingen har vagt den dag" in text(gerda, f"{page}?day=2026-03-12")


def test_the_hour_that_comes_twice_in_october_is_drawn_once(world: World) -> None:
    contracts(world, world.anna)
    made = plan(world, ShiftPlan.State.DRAFT)
    made.first = made.last = date(2026, 10, 25)
    made.save()
    needed(made, 0, 24, 1)
    pictures = PlanPage(made, MORNING, PlanChoice(day=made.first)).pictures
    assert pictures is not None
    assert pictures.curve is not None
    moments = [each.at for each in pictures.curve.moments]
    assert moments == sorted(set(moments))


def test_a_plan_shows_how_it_became_better_and_how_near_it_is_to_the_bound(world: World, as_person: SignIn) -> None:
    made = lacking(world)
    PlanRun.objects.create(
        plan=made, state=PlanRun.State.DONE, asked_by="Gerda", asked_at=MORNING, seconds=5, cost=110, bound=100,
        course=[[1, 150, 100], [2, 120, 100], [3, 110, 100]],
    )  # fmt: skip
    shown = text(as_person("gerda"), f"{PAGES}plans/{made.pk}/")
    assert "Planen koster 110. Ingen plan kan koste mindre end 100. Den ligger højst 10,0 % over den bedste." in shown
    left_out = "aftalt tid væk fra telefonen er ikke med i tallene"
    for cost, is_of_before in (({"paid": 110, "late": 0, "off_phone": 0}, False), ({"paid": 110}, True)):
        PlanRun.objects.update(answer={"cost": cost})
        assert (left_out in text(as_person("gerda"), f"{PAGES}plans/{made.pk}/")) is is_of_before
    course = shown[shown.index("Se, hvordan planen blev bedre") :]
    assert re.findall(r">(\d) s</th> <td[^>]*>([\d,]+)</td>", course) == [("1", "50"), ("2", "20"), ("3", "10")]
