"""The pages of hand-overs in the office: what is listed for whom, who is given one, and the rules of a unit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.catalogue.models import ScheduleException
from indgang.core.clock import FrozenTime, day_of
from indgang.handover import ownership, rules, work
from indgang.handover.escalation import Rung
from indgang.handover.models import EscalationRule
from indgang.handover.recipients import Recipient
from tests.handover.sent import CARD, NOON, send
from tests.office.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LIST = "/office/handovers/"


def test_both_sides_see_the_same_list_and_nothing_of_the_question(
    world: World, as_person: SignIn, morning: FrozenTime
) -> None:
    late, other = send(world), send(world, to=Recipient(world.units["ctb-grav"]), due=NOON + timedelta(hours=2))
    morning.move(timedelta(hours=3))
    page = as_person("eva").get(LIST).content.decode()
    assert page.index(str(late.number)) < page.index(str(other.number))
    assert "2 åbne: 1 over fristen, 2 ikke taget endnu, 0 sendt tilbage." in page
    assert "David Degnemark" in page
    assert "Enhedens liste" in page
    assert CARD.question not in page
    theirs = as_person("david").get(LIST).content.decode()
    assert str(late.number) in theirs
    assert str(other.number) not in theirs
    assert as_person("anna").get(LIST).status_code == 403
    assert str(late.number) not in as_person("ida").get(f"{LIST}?state=returned").content.decode()


def test_the_list_is_searched_by_unit_state_and_number(world: World, as_person: SignIn, morning: FrozenTime) -> None:
    byliv, grav = send(world), send(world, to=Recipient(world.units["ctb-grav"]))
    work.accept(byliv, by=world.david, at=MORNING)
    eva = as_person("eva")

    def numbers(query: str) -> set[int]:
        return {row.handover.number for row in eva.get(LIST + query).context["rows"]}

    assert numbers("?unit=ctb-byliv") == numbers("?state=accepted") == {byliv.number}
    assert numbers("?unit=ctb") == {byliv.number, grav.number}
    assert numbers(f"?number={grav.number}") == numbers("?state=list") == {grav.number}
    assert numbers("?state=overdue") == set()
    assert numbers("?number=x&state=y") == {byliv.number, grav.number}


def test_a_promise_for_a_day_that_was_closed_later_is_marked_on_both_lists(
    world: World, as_person: SignIn, morning: FrozenTime
) -> None:
    send(world)
    schedule = world.centres["tmf"].schedule
    for who, page in (("eva", LIST), ("david", "/desk/handovers/")):
        assert "Tidspunktet falder i lukketiden" not in as_person(who).get(page).content.decode()
    ScheduleException.objects.create(schedule=schedule, day=day_of(NOON), reason="Flytning")
    for who, page in (("eva", LIST), ("david", "/desk/handovers/")):
        assert "Tidspunktet falder i lukketiden. Aftal et nyt." in as_person(who).get(page).content.decode()


def test_a_leader_gives_one_to_somebody_else(world: World, as_person: SignIn) -> None:
    sent = send(world, to=Recipient(world.units["ctb-byliv"]))
    address = f"{LIST}{sent.pk}/place/"
    unit = world.units["ctb-byliv"].pk
    answer = as_person("eva").post(address, {"unit": unit, "person": world.david.pk, "note": "Tag den først."})
    assert answer.status_code == 302
    sent.refresh_from_db()
    assert sent.person == world.david
    assert sent.additions.get().text == "Tag den først."
    assert as_person("otto").get(address).status_code == 403
    grav = world.units["ctb-grav"].pk
    assert as_person("eva").post(address, {"unit": grav, "person": world.david.pk}).status_code == 422
    assert as_person("eva").post(address, {"unit": grav}).status_code == 302
    sent.refresh_from_db()
    assert sent.unit.code == "ctb-grav"
    assert sent.person_id is None
    assert as_person("david").get(address).status_code == 404


def test_rules_are_written_on_a_page_and_taken_back(world: World, as_person: SignIn) -> None:
    address, eva = f"{LIST}rules/ctb-byliv/", as_person("eva")
    page = eva.get(address)
    assert page.context["form"].initial == {"owner": -60, "group": 0, "contact": 60, "leader": 240}
    assert eva.post(address, {"owner": "-30", "group": "", "contact": "", "leader": "x"}).status_code == 422
    assert eva.post(address, {"owner": "60", "group": "", "contact": "", "leader": "30"}).status_code == 422
    assert eva.post(address, {"owner": "-30", "group": "", "contact": "", "leader": "90"}).status_code == 302
    steps = rules.read().steps_of(world.units["ctb-byliv"])
    assert [(step.rung, step.minutes) for step in steps] == [(Rung.OWNER, -30), (Rung.LEADER, 90)]
    assert "Enheden har sine egne regler." in eva.get(address).content.decode()
    eva.post(f"{address}removal/")
    assert not EscalationRule.objects.exists()
    assert as_person("gerda").get(address).status_code == 403
    assert as_person("david").get(f"{LIST}rules/ctb-grav/").status_code == 404


def test_leaders_see_what_nobody_can_take_and_are_told_on_every_page(world: World, as_person: SignIn) -> None:
    send(world, to=Recipient(world.units["ctb-grav"]))
    ownership.restore(at=MORNING)
    eva = as_person("eva")
    page = eva.get(LIST).content.decode()
    assert "1 ligger, hvor ingen kan tage den." in " ".join(page.split())
    assert "Ingen kan tage den" in page
    strip = eva.get("/office/operations/alert-strip/").content.decode()
    assert "En enhed har åbne overleveringer, men ingen, der kan tage dem. (Gravetilladelser)" in strip
    assert "Gravetilladelser" not in as_person("otto").get("/office/operations/alert-strip/").content.decode()


def test_the_page_of_promises_adds_up_and_opens_its_rows(world: World, as_person: SignIn, morning: FrozenTime) -> None:
    kept, late, grav = send(world), send(world), send(world, to=Recipient(world.units["ctb-grav"]))
    work.close(kept, outcome="answered", told_again=True, by=world.david, at=MORNING)
    work.close(late, outcome="answered", told_again=False, by=world.david, at=NOON + timedelta(minutes=1))
    eva = as_person("eva")
    page = eva.get(f"{LIST}promises/?month=2026-03")
    shown = [(row["unit"] and row["unit"].code, row["kept"], row["told_again"]) for row in page.context["rows"]]
    assert shown == [("ctb-byliv", "50 %", "50 %"), ("ctb-grav", "ingen", "ingen svar"), (None, "50 %", "50 %")]
    for row in page.context["rows"]:
        for state, _title, count in row["cells"]:
            query = f"?month=2026-03&state={state}"
            if row["unit"]:
                query += f"&unit={row['unit'].code}&service={row['service'].pk}&alone=1"
            assert len(eva.get(f"{LIST}promises/rows/{query}").context["rows"]) == count
    behind = eva.get(f"{LIST}promises/rows/?month=2026-03&unit=ctb-grav&state=open")
    assert str(grav.number) in behind.content.decode()
    assert CARD.question not in behind.content.decode()
    assert eva.get(f"{LIST}promises/?month=2026-02").context["rows"] == []
    assert eva.get(f"{LIST}promises/?month=26-2&unit=x").status_code == 200


def test_both_sides_see_the_same_figures(world: World, as_person: SignIn, morning: FrozenTime) -> None:
    kept = send(world)
    work.close(kept, outcome="answered", by=world.david, at=MORNING)
    address = f"{LIST}promises/?unit=ctb-byliv"

    def line(name: str) -> list[tuple[str, list[tuple[str, str, int]]]]:
        return [(row["kept"], row["cells"]) for row in as_person(name).get(address).context["rows"]]

    assert line("david") == line("eva") == line("hans") == line("gerda") != []
    assert as_person("anna").get(address).status_code == 403
    assert line("ida") == line("eva")
