"""The administrator's pages of people: who may see and change whom, and what each change records."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.accounts import access, people
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission
from indgang.audit.models import Change
from indgang.audit.trail import System
from indgang.catalogue.models import DirectoryEntry
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Command, OwnNumber
from indgang.live.models import Ending
from indgang.workforce.models import Competence, Skill
from tests.office.pages import form_at
from tests.world import MORNING, PASSWORD

pytestmark = pytest.mark.django_db
SYSTEM = System("test")


@pytest.fixture
def finn(client: Client, world: Any) -> Client:
    """A client signed in as the administrator of all units."""
    client.force_login(world.finn)
    return client


@pytest.fixture
def local(world: Any) -> Client:
    """A client signed in as an administrator of the people of BIF only."""
    people.give_role(
        world.ukendt,
        role="administrator",
        unit=world.units["bif"],
        valid_from=date(2020, 1, 1),
        by=SYSTEM,
        at=MORNING,
    )
    client = Client()
    client.force_login(world.ukendt)
    return client


def _text(answer: Any) -> str:
    return str(answer.content.decode())


def test_an_agent_does_not_get_in_and_reads_why(client: Client, world: Any) -> None:
    client.force_login(world.anna)
    answer = client.get(reverse("office:people"))
    assert answer.status_code == 403
    assert "Oprette medarbejdere og give dem roller" in _text(answer)


def test_the_list_finds_people_by_name_and_role(finn: Client, world: Any) -> None:
    everybody = _text(finn.get(reverse("office:people")))
    assert world.anna.name in everybody
    assert world.eva.name in everybody
    leaders = _text(finn.get(reverse("office:people"), {"role": "team_leader"}))
    assert world.eva.name in leaders
    assert world.anna.name not in leaders
    assert "Ingen medarbejdere passer" in _text(finn.get(reverse("office:people"), {"text": "findes ikke"}))


def test_a_new_person_signs_in_with_a_password_that_is_shown_once_and_must_be_changed(finn: Client, world: Any) -> None:
    data = {"username": "jens", "name": "Jens Jørn", "email": "", "language": "da"}
    answer = finn.post(reverse("office:person-new"), data)
    shown = re.search(r"<strong>([a-z-]{19})</strong>", _text(answer))
    assert shown
    password = shown[1]
    person = Person.objects.get(username="jens")
    assert person.must_change_password
    assert password not in _text(finn.get(reverse("office:person", args=[person.pk])))
    fresh = Client()
    assert fresh.post(reverse("sign-in"), {"username": "jens", "password": password}).status_code == 302
    assert fresh.get(reverse("start")).headers["Location"] == reverse("password")
    change = Change.objects.get(action="person.create")
    assert change.by_id == world.finn.audit_id
    assert password not in str(change.after)


def test_a_user_name_that_is_taken_is_refused_and_what_was_typed_stays(finn: Client, world: Any) -> None:
    data = {"username": "Anna", "name": "En anden Anna", "email": "", "language": "da"}
    answer = finn.post(reverse("office:person-new"), data)
    assert answer.status_code == 422
    assert "taget" in _text(answer)
    assert "En anden Anna" in _text(answer)


def test_a_role_is_given_for_a_unit_and_ended_on_a_day(finn: Client, world: Any) -> None:
    url = reverse("office:person-roles", args=[world.ukendt.pk])
    unit = world.units["ctb"]
    answer = finn.post(url, {"role": "team_leader", "unit": unit.pk, "valid_from": "2026-01-01", "valid_to": ""})
    assert answer.status_code == 302
    role = RoleAssignment.objects.get(person=world.ukendt)
    assert access.may(Person.objects.get(pk=world.ukendt.pk), Permission.LEAD_TEAM, world.units["ctb-byliv"])
    end = reverse("office:person-role-end", args=[world.ukendt.pk, role.pk])
    refused = finn.post(end, {"on": ""})
    assert refused.status_code == 422
    assert "Skriv den dag, det slutter." in refused.content.decode()
    refused = finn.post(end, {"on": "2026-02-30"})
    described = f'aria-describedby="end-roleassignment-{role.pk}-on-error"'
    assert f'value="2026-02-30" class="form-input input-day" {described}' in " ".join(_text(refused).split())
    role.refresh_from_db()
    assert role.valid_to is None
    finn.post(end, {"on": clock.today().isoformat()})
    role.refresh_from_db()
    assert role.valid_to == clock.today()
    assert not access.may(Person.objects.get(pk=world.ukendt.pk), Permission.LEAD_TEAM)
    assert list(Change.objects.filter(action__startswith="role.").values_list("action", flat=True)) == [
        "role.end",
        "role.give",
    ]


def test_a_role_that_ends_before_it_begins_is_refused(finn: Client, world: Any) -> None:
    url = reverse("office:person-roles", args=[world.ukendt.pk])
    answer = finn.post(
        url, {"role": "agent", "unit": "", "valid_from": "2026-05-01", "valid_to": "2026-05-01"}, follow=True
    )
    assert answer.status_code == 422
    assert "Slutdagen skal ligge efter" in _text(answer)
    assert not RoleAssignment.objects.filter(person=world.ukendt).exists()


def test_a_role_for_the_whole_municipality_is_chosen_never_given_by_default(finn: Client, world: Any) -> None:
    url = reverse("office:person-roles", args=[world.ukendt.pk])
    empty = {"role": "planner", "unit": "", "valid_from": "2026-01-01", "valid_to": ""}
    refused = finn.post(url, empty)
    assert refused.status_code == 422
    assert "sæt kryds ved hele kommunen" in _text(refused)
    assert finn.post(url, empty | {"whole": "on", "unit": world.units["tmf"].pk}).status_code == 422
    assert not world.ukendt.roles.exists()
    assert finn.post(url, empty | {"whole": "on"}).status_code == 302
    assert world.ukendt.roles.get().unit is None


def test_whoever_is_shut_out_is_out_at_once_everywhere(finn: Client, world: Any) -> None:
    anna = Client()
    anna.force_login(world.anna)
    assert anna.get(reverse("password")).status_code == 200
    finn.post(reverse("office:person-closure", args=[world.anna.pk]), {"state": "closed", "why": "Fratrådt"})
    assert anna.get(reverse("password")).status_code == 302
    assert Ending.objects.filter(whose=f"person-{world.anna.pk}").exists()
    assert anna.post(reverse("sign-in"), {"username": "anna", "password": PASSWORD}).status_code == 422
    assert Change.objects.get(action="person.deactivate").why == "Fratrådt"
    finn.post(reverse("office:person-closure", args=[world.anna.pk]), {"state": "open"})
    assert anna.get(reverse("password")).status_code == 302, "the old session must not come back to life"
    assert anna.post(reverse("sign-in"), {"username": "anna", "password": PASSWORD}).status_code == 302


def test_closing_an_account_twice_leaves_it_closed(finn: Client, world: Any) -> None:
    url = reverse("office:person-closure", args=[world.anna.pk])
    for _time in range(2):
        finn.post(url, {"state": "closed", "why": "Fratrådt"})
    world.anna.refresh_from_db()
    assert not world.anna.is_active
    assert Change.objects.filter(action__startswith="person.").count() == 1, "once it is closed nothing changes"
    assert finn.post(url).status_code == 422, "an order that does not say what it wants is not guessed"
    for _time in range(2):
        finn.post(url, {"state": "open"})
    world.anna.refresh_from_db()
    assert world.anna.is_active


def test_a_role_that_begins_or_ends_is_told_to_the_switchboard(finn: Client, world: Any) -> None:
    role = world.anna.roles.get()
    finn.post(reverse("office:person-role-end", args=[world.anna.pk, role.pk]), {"on": clock.today().isoformat()})
    assert [command.kind for command in Command.objects.all()] == ["reload"]


def test_nobody_shuts_themselves_out(finn: Client, world: Any) -> None:
    finn.post(reverse("office:person-closure", args=[world.finn.pk]), {"state": "closed"})
    world.finn.refresh_from_db()
    assert world.finn.is_active


def test_a_new_password_ends_all_sessions(finn: Client, world: Any) -> None:
    anna = Client()
    anna.force_login(world.anna)
    finn.post(reverse("office:person-password", args=[world.anna.pk]))
    assert anna.get(reverse("password")).status_code == 302


def test_a_competence_is_set_from_a_day_on(finn: Client, world: Any) -> None:
    skill = Skill.objects.first()
    assert skill
    url = reverse("office:person-competences", args=[world.ukendt.pk])
    assert finn.post(url, {"skill": skill.pk, "level": "4", "day": "2026-03-01"}).status_code == 302
    row = Competence.objects.get(person=world.ukendt, skill=skill)
    assert (row.level, row.valid_from) == (4, date(2026, 3, 1))
    assert finn.post(url, {"skill": skill.pk, "level": "9", "day": "2026-03-01"}).status_code == 422


def test_an_administrator_of_one_unit_sees_its_people_and_no_others(local: Client, world: Any) -> None:
    text = _text(local.get(reverse("office:people")))
    assert world.otto.name in text
    assert world.anna.name not in text
    assert local.get(reverse("office:person", args=[world.anna.pk])).status_code == 404
    for name in ("person-roles", "person-closure", "person-password", "person-competences"):
        assert local.post(reverse(f"office:{name}", args=[world.anna.pk])).status_code == 404


def test_an_administrator_of_one_unit_gives_roles_there_alone(local: Client, world: Any) -> None:
    url = reverse("office:person-roles", args=[world.otto.pk])
    for unit in ("", world.units["tmf"].pk):
        data = {"role": "administrator", "unit": unit, "valid_from": "2026-01-01", "valid_to": ""}
        assert local.post(url, data).status_code == 422
    data = {"role": "planner", "unit": world.units["bif-rekruttering"].pk, "valid_from": "2026-01-01", "valid_to": ""}
    assert local.post(url, data).status_code == 302


def test_one_who_has_roles_elsewhere_too_can_be_seen_but_not_shut_out(local: Client, world: Any) -> None:
    page = local.get(reverse("office:person", args=[world.clara.pk]))
    assert "uden for dine enheder" in _text(page)
    for name in ("-closure", "-password", "-sign-out", "-second-factor", "-entry", "-numbers", ""):
        assert local.post(reverse(f"office:person{name}", args=[world.clara.pk])).status_code == 403
    assert local.post(reverse("office:person-number-end", args=[world.clara.pk, 1])).status_code == 403
    tmf = RoleAssignment.objects.get(person=world.clara, unit=world.units["tmf"])
    end = reverse("office:person-role-end", args=[world.clara.pk, tmf.pk])
    assert local.post(end, {"on": "2026-01-01"}).status_code == 404


def test_every_role_is_explained_in_sentences(finn: Client, world: Any) -> None:
    text = _text(finn.get(reverse("office:roles")))
    assert "Lytte med på, hviske i eller deltage i" in text
    assert "Planlægger bemanding og vagter" in text


def test_a_role_ends_neither_in_the_past_nor_later_than_it_does(finn: Client, world: Any) -> None:
    today = clock.today()
    role = RoleAssignment.objects.create(
        person=world.anna, role="planner", valid_from=today - timedelta(days=9), valid_to=today + timedelta(days=2)
    )
    RoleAssignment.objects.create(person=world.anna, role="planner", valid_from=today + timedelta(days=2))
    address = reverse("office:person-role-end", args=[world.anna.pk, role.pk])
    for days, said in ((-1, "Dagen er passeret"), (3, "Den slutter allerede")):
        answer = finn.post(address, {"on": (today + timedelta(days=days)).isoformat()})
        assert (answer.status_code, said in _text(answer)) == (422, True)
    role.refresh_from_db()
    assert role.valid_to == today + timedelta(days=2)


def test_whatever_is_planned_ends_on_its_first_day_unless_another_is_chosen(finn: Client, world: Any) -> None:
    first = clock.today() + timedelta(days=9)
    role = RoleAssignment.objects.create(person=world.anna, role="planner", valid_from=first)
    number = OwnNumber.objects.create(person=world.anna, number="+4571000001", valid_from=first)
    page = _text(finn.get(reverse("office:person", args=[world.anna.pk])))
    for mark in (f"end-roleassignment-{role.pk}-on", f"end-ownnumber-{number.pk}-on"):
        fields = re.findall(rf'<input[^>]*id="{mark}"[^>]*>', page)
        assert [f'value="{first.isoformat()}"' in field for field in fields] == [True]


def test_the_last_who_can_give_roles_everywhere_stays(finn: Client, world: Any) -> None:
    role, today = world.finn.roles.get(), clock.today()
    end = reverse("office:person-role-end", args=[world.finn.pk, role.pk])
    answer = finn.post(end, {"on": today.isoformat()})
    assert (answer.status_code, "Giv først en anden den rolle" in _text(answer)) == (422, True)
    later = today + timedelta(days=5)
    people.give_role(world.bo, role="administrator", unit=None, valid_from=later, by=SYSTEM, at=MORNING)
    assert finn.post(end, {"on": (later - timedelta(days=1)).isoformat()}).status_code == 422
    assert finn.post(end, {"on": later.isoformat()}).status_code == 302
    role.refresh_from_db()
    assert role.valid_to == later


def test_whoever_closes_the_account_that_alone_lasts_is_refused(finn: Client, world: Any) -> None:
    people.give_role(world.bo, role="administrator", unit=None, valid_from=clock.today(), by=SYSTEM, at=MORNING)
    world.finn.roles.update(valid_to=clock.today() + timedelta(days=1))
    answer = finn.post(reverse("office:person-closure", args=[world.bo.pk]), {"state": "closed"}, follow=True)
    assert "Giv først en anden den rolle" in _text(answer)
    world.bo.refresh_from_db()
    assert world.bo.is_active


@pytest.mark.parametrize("name", ["person-sign-out", "person-second-factor", "person-password"])
def test_an_administrator_does_to_themselves_what_ends_their_own_session(finn: Client, world: Any, name: str) -> None:
    answer = finn.post(reverse(f"office:{name}", args=[world.finn.pk]))
    assert answer.status_code in (200, 302)
    assert finn.get(reverse("password")).status_code == 302


def test_a_role_that_would_never_hold_is_not_given(finn: Client, world: Any) -> None:
    url, past = reverse("office:person-roles", args=[world.ukendt.pk]), clock.today() - timedelta(days=1)
    typed = {"role": "planner", "unit": world.units["tmf"].pk, "valid_from": past.isoformat()}
    answer = finn.post(url, typed | {"valid_to": clock.today().isoformat()})
    assert (answer.status_code, "vil aldrig gælde" in _text(answer)) == (422, True)
    assert finn.post(url, typed | {"valid_to": (clock.today() + timedelta(days=1)).isoformat()}).status_code == 302


def test_nobody_gets_the_directory_entry_of_a_namesake(finn: Client, world: Any) -> None:
    """Calls to the entry would ring at one of the two people."""
    entry = DirectoryEntry.objects.filter(people=None).first()
    assert entry
    Person.objects.filter(pk__in=[world.anna.pk, world.bo.pk]).update(name=entry.name, entry=None)
    url = {who: reverse("office:person-entry", args=[getattr(world, who).pk]) for who in ("anna", "bo")}
    forms = {
        who: form_at(finn, reverse("office:person", args=[getattr(world, who).pk]), address)
        for who, address in url.items()
    }
    assert forms["anna"].options["entry"] == forms["bo"].options["entry"] == ["", str(entry.pk)]
    assert finn.post(url["anna"], forms["anna"].sent(entry=entry.pk)).status_code == 302
    assert finn.post(url["bo"], forms["bo"].sent(entry=entry.pk)).status_code == 422
    with pytest.raises(RefusedChange, match="tilhører"):
        people.link_entry(Person.objects.get(pk=world.bo.pk), entry, by=world.finn, at=clock.now())
    people.deactivate(Person.objects.get(pk=world.anna.pk), by=world.finn, at=clock.now())
    people.link_entry(Person.objects.get(pk=world.bo.pk), entry, by=world.finn, at=clock.now())
    people.reactivate(Person.objects.get(pk=world.anna.pk), by=world.finn, at=clock.now())
    assert list(Person.objects.filter(entry=entry)) == [world.bo]
