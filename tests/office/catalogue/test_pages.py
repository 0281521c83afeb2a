"""The catalogue's pages: who may see them, changes by form, and error messages at their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.accounts.models import Person, RoleAssignment
from indgang.catalogue import hours
from indgang.catalogue.models import DirectoryEntry, Schedule, Service, Unit
from indgang.core import clock
from indgang.entry.models import Flow, FlowVersion, FormerNumber, Queue
from indgang.office.catalogue import cleaning
from tests.office.pages import Form, form_at, forms_of
from tests.world import MORNING, World

SignIn = Callable[[Person], Client]


@pytest.fixture(autouse=True)
def _morning() -> Iterator[None]:
    with clock.frozen(MORNING):
        yield


@pytest.fixture
def sign_in() -> SignIn:
    def signed_in(person: Person) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return signed_in


LISTS = ("units", "centres", "services", "purposes", "schedules", "directory")


@pytest.mark.parametrize("name", LISTS)
def test_an_administrator_sees_every_list_and_may_add(world: World, sign_in: SignIn, name: str) -> None:
    page = sign_in(world.finn).get(reverse(f"office:{name}"))
    assert page.status_code == 200
    assert f"{name}/new" in page.content.decode() or "/new/" in page.content.decode()


@pytest.mark.parametrize("name", LISTS)
def test_somebody_without_a_role_sees_none(world: World, sign_in: SignIn, name: str) -> None:
    assert sign_in(world.ukendt).get(reverse(f"office:{name}")).status_code == 403


def test_an_agent_of_one_administration_does_not_see_the_other(world: World, sign_in: SignIn) -> None:
    otto = sign_in(world.otto)
    assert "Center for Bygninger" not in otto.get(reverse("office:units")).content.decode()
    assert "Byggetilladelser" not in otto.get(reverse("office:services")).content.decode()
    assert otto.get(reverse("office:unit", args=["cby"])).status_code == 404
    assert otto.get(reverse("office:centre-setup", args=["tmf"])).status_code == 404


def test_who_may_only_look_sees_values_and_no_form(world: World, sign_in: SignIn) -> None:
    anna = sign_in(world.anna)
    page = anna.get(reverse("office:service", args=["arrangement"])).content.decode()
    assert "loppemarked" in page
    assert "csrfmiddlewaretoken" not in page.partition("<main")[2]
    assert anna.post(reverse("office:service", args=["arrangement"]), {"name": "X"}).status_code == 403


def test_an_administrator_of_one_administration_changes_only_its_units(world: World, sign_in: SignIn) -> None:
    RoleAssignment.objects.create(person=world.gerda, role="administrator", unit=world.units["bif"])
    gerda = sign_in(world.gerda)
    fields = {"name": "Nyt navn", "kind": "unit", "valid_from": "2020-01-01"}
    assert gerda.post(reverse("office:unit", args=["bif-rekruttering"]), fields).status_code == 302
    assert gerda.post(reverse("office:unit", args=["cby"]), fields).status_code == 403
    assert Unit.objects.get(code="bif-rekruttering").name == "Nyt navn"


def test_a_unit_is_added_below_another(world: World, sign_in: SignIn) -> None:
    fields = {
        "parent": world.units["cmb"].pk,
        "code": "cmb-stoej",
        "name": "Støj",
        "kind": "unit",
        "valid_from": "2026-03-11",
    }
    answer = sign_in(world.finn).post(reverse("office:unit-new"), fields)
    assert answer.status_code == 302
    assert Unit.objects.get(code="cmb-stoej").path == "kk/tmf/cmb/cmb-stoej/"


def test_a_new_code_has_lower_case_letters_digits_and_hyphens(world: World, sign_in: SignIn) -> None:
    new = {"code": "Kirke_1", "name": "Kirkegårde", "unit": world.units["cby"].pk, "valid_from": "2026-03-11"}
    page = sign_in(world.finn).post(reverse("office:service-new"), new)
    assert page.status_code == 422
    assert "En ny kode må kun rumme små bogstaver" in page.content.decode()
    assert not Service.objects.filter(code="Kirke_1").exists()


def test_a_unit_that_would_hang_below_itself_is_refused_with_the_reason(world: World, sign_in: SignIn) -> None:
    page = sign_in(world.finn).post(reverse("office:unit-move", args=["tmf"]), {"parent": world.units["ctb-byliv"].pk})
    assert page.status_code == 422
    assert "under sig selv" in page.content.decode()


def test_a_period_that_ends_before_it_begins_is_said_at_its_field(world: World, sign_in: SignIn) -> None:
    fields = {"name": "Byliv", "kind": "unit", "valid_from": "2026-03-11", "valid_to": "2026-03-01"}
    page = sign_in(world.finn).post(reverse("office:unit", args=["ctb-byliv"]), fields)
    assert page.status_code == 422
    assert "Slutdagen skal ligge efter" in page.content.decode()


def test_the_week_is_written_as_people_write_it(world: World, sign_in: SignIn) -> None:
    fields = {
        "from_day": "2026-03-16",
        "0": "8-12 og 12.30-17",
        "1": "kl. 9 - 16",
        "2": "",
        "3": "09:00-16:00",
        "4": "9-12",
    }
    answer = sign_in(world.finn).post(reverse("office:schedule-week", args=["tmf-9-16"]), fields)
    assert answer.status_code == 302
    week = hours.days(hours.schedule_of("tmf-9-16"), date(2026, 3, 16), 5)
    assert [len(day.spans) for day in week] == [2, 1, 0, 1, 1]


@pytest.mark.parametrize("typed", ["ni til fire", "9-25", "9", "16-9", "9-12, 11-14"])
def test_hours_nobody_could_keep_are_refused_and_kept_in_the_field(world: World, sign_in: SignIn, typed: str) -> None:
    fields = {"from_day": "2026-03-16", "0": typed}
    page = sign_in(world.finn).post(reverse("office:schedule-week", args=["tmf-9-16"]), fields)
    assert page.status_code == 422
    assert f'value="{typed}"' in page.content.decode()
    assert Schedule.objects.get(code="tmf-9-16").weekly.count() == 5


def test_the_page_of_a_schedule_shows_the_coming_days_with_their_reasons(world: World, sign_in: SignIn) -> None:
    with clock.frozen(MORNING.replace(month=4, day=1)):
        page = sign_in(world.finn).get(reverse("office:schedule", args=["tmf-9-16"])).content.decode()
    assert "Skærtorsdag" in page
    assert "2. påskedag" in page.lower() or "anden påskedag" in page.lower()


def test_a_day_is_made_different_copied_and_made_ordinary_again(world: World, sign_in: SignIn) -> None:
    finn = sign_in(world.finn)
    day = {"day": "2026-03-20", "spans": "9-12", "reason": "Flytning"}
    finn.post(reverse("office:schedule-exceptions", args=["tmf-9-16"]), day)
    assert "Flytning" in finn.get(reverse("office:schedule", args=["tmf-9-16"])).content.decode()
    finn.post(reverse("office:schedule-exception-end", args=["tmf-9-16"]), {"day": "2026-03-20"})
    assert not Schedule.objects.get(code="tmf-9-16").exceptions.exists()
    copied = {"weekday": "0", "to": ["5", "6"], "from_day": "2026-03-12"}
    finn.post(reverse("office:schedule-copy-day", args=["tmf-9-16"]), copied)
    assert hours.days(hours.schedule_of("tmf-9-16"), date(2026, 3, 14), 1)[0].spans


def test_hours_of_a_centre_cannot_be_changed_by_who_has_another_centre(world: World, sign_in: SignIn) -> None:
    RoleAssignment.objects.create(person=world.gerda, role="administrator", unit=world.units["bif"])
    fields = {"from_day": "2026-03-16", "0": "8-17"}
    gerda = sign_in(world.gerda)
    assert gerda.post(reverse("office:schedule-week", args=["tmf-9-16"]), fields).status_code == 403
    assert gerda.post(reverse("office:schedule-week", args=["keh-8-17"]), fields).status_code == 302


def test_the_local_list_of_a_service_is_edited_as_lines(world: World, sign_in: SignIn) -> None:
    finn = sign_in(world.finn)
    url = reverse("office:service-local-purposes", args=["affald"])
    refused = finn.post(url, {"lines": "Container = Noget andet"})
    assert refused.status_code == 422
    assert "mangler et tværgående ærinde" in refused.content.decode()
    finn.post(url, {"lines": "Container = Andet\nHvor lang tid = generelle spørgsmål og vejledning"})
    rows = Service.objects.get(code="affald").local_purposes.all()
    assert [(row.name, row.purpose.code) for row in rows] == [("Container", "andet"), ("Hvor lang tid", "vejledning")]


def test_the_public_name_and_group_of_a_service_are_edited(world: World, sign_in: SignIn) -> None:
    finn = sign_in(world.finn)
    affald = Service.objects.get(code="affald")
    url = reverse("office:service", args=["affald"])
    page = finn.get(url).content.decode()
    assert "Navn på hjemmesiden" in page
    fields = {
        "code": "affald", "name": affald.name, "unit": affald.unit_id, "valid_from": "2020-01-01",
        "public_name": "Affald fra byggeri", "public_name_en": "Building waste", "situation": "waste",
    }  # fmt: skip
    assert finn.post(url, fields | {"situation": "moon"}).status_code == 422
    assert finn.post(url, fields).status_code == 302
    affald.refresh_from_db()
    assert (affald.for_public("da"), affald.for_public("en")) == ("Affald fra byggeri", "Building waste")
    assert affald.get_situation_display() == "Affald og miljø"


def test_the_directory_is_searched_by_agents_and_changed_by_administrators(world: World, sign_in: SignIn) -> None:
    entry = DirectoryEntry.objects.get(initials="aase")
    anna, finn = sign_in(world.anna), sign_in(world.finn)
    assert "Åse Ålborg" in anna.get(reverse("office:directory"), {"text": "altaner"}).content.decode()
    fields = {"name": "Åse Ålborg", "unit": world.units["cby"].pk, "phone": "33 66 20 99", "valid_from": "2020-01-01"}
    url = reverse("office:directory-entry", args=[entry.pk])
    assert anna.post(url, fields).status_code == 403
    assert finn.post(url, fields | {"phone": "12"}).status_code == 422
    assert finn.post(url, fields).status_code == 302
    entry.refresh_from_db()
    assert entry.phone == "+4533662099"


# --- Planned changes, opening around the clock, and their effects ---------------------------------


def _week_form(client: Client) -> Form:
    page, action = (reverse(name, args=["tmf-9-16"]) for name in ("office:schedule", "office:schedule-week"))
    return form_at(client, page, action)


def _planned(client: Client, **typed: str) -> None:
    form = _week_form(client)
    assert client.post(form.action, form.fields | typed).status_code == 302


def test_saving_the_week_from_today_leaves_what_is_planned_for_monday(world: World, sign_in: SignIn) -> None:
    finn = sign_in(world.finn)
    _planned(finn, from_day="2026-04-06", **{"0": "8-17"})
    _planned(finn, from_day="2026-03-11", **{"4": "9-12"})
    page = finn.get(reverse("office:schedule", args=["tmf-9-16"])).content.decode()
    assert "06.04.2026: mandag 08.00-17.00" in page
    value = hours.schedule_of("tmf-9-16")
    assert hours.days(value, date(2026, 4, 13), 1)[0].spans == ((time(8), time(17)),)
    assert hours.days(value, date(2026, 3, 13), 1)[0].spans == ((time(9), time(12)),)


def test_a_plan_in_the_way_is_named_and_asked_about(world: World, sign_in: SignIn) -> None:
    finn = sign_in(world.finn)
    _planned(finn, from_day="2026-04-06", **{"0": "8-17"})
    form = _week_form(finn)
    asked = finn.post(form.action, form.fields | {"0": "10-14"})
    assert asked.status_code == 422
    page = asked.content.decode()
    assert "Senere er der allerede planlagt: mandag 06.04.2026: 08.00-17.00" in page
    again = next(each for each in forms_of(page, form.action) if each.action == form.action)
    assert again.fields["0"] == ["10-14"]
    assert finn.post(form.action, again.fields | {"plans": "keep"}).status_code == 302
    value = hours.schedule_of("tmf-9-16")
    assert hours.days(value, date(2026, 3, 16), 1)[0].spans == ((time(10), time(14)),)
    assert hours.days(value, date(2026, 4, 13), 1)[0].spans == ((time(8), time(17)),)


def test_a_plan_made_meanwhile_is_shown_before_anything_is_saved(world: World, sign_in: SignIn) -> None:
    finn = sign_in(world.finn)
    stale = _week_form(finn)
    _planned(finn, from_day="2026-04-06", **{"0": "8-17"})
    refused = finn.post(stale.action, stale.fields | {"4": "9-12"})
    assert refused.status_code == 422
    assert "Andre har ændret noget her" in refused.content.decode()


@pytest.mark.parametrize(
    ("typed", "shown"),
    [("0-24", "døgnåbent"), ("døgnåbent", "døgnåbent"), ("24 hours", "døgnåbent"), ("22-24", "22.00-24.00")],
)
def test_hours_around_the_clock_are_read_and_shown_as_people_say_them(
    world: World, sign_in: SignIn, typed: str, shown: str
) -> None:
    finn = sign_in(world.finn)
    _planned(finn, **{"5": typed})
    assert _week_form(finn).fields["5"] == [shown]
    _planned(finn, **{"5": shown})


def test_hours_over_midnight_say_how_to_split_them(world: World, sign_in: SignIn) -> None:
    finn = sign_in(world.finn)
    form = _week_form(finn)
    page = finn.post(form.action, form.fields | {"4": "22-02"}).content.decode()
    assert "Skriv 22.00-24.00 her og 00.00-02.00 ved dagen efter." in page


def test_a_day_that_is_different_already_is_replaced_only_when_asked(world: World, sign_in: SignIn) -> None:
    finn = sign_in(world.finn)
    url = reverse("office:schedule-exceptions", args=["tmf-9-16"])
    assert finn.post(url, {"day": "2026-03-20", "spans": "9-12", "reason": "Flytning"}).status_code == 302
    asked = finn.post(url, {"day": "2026-03-20", "spans": "", "reason": "Kursus"})
    assert asked.status_code == 422
    assert "Flytning: 09.00-12.00" in asked.content.decode()
    assert 'name="replace"' in asked.content.decode()
    again = {"day": "2026-03-20", "spans": "", "reason": "Kursus", "replace": "on"}
    assert finn.post(url, again).status_code == 302


def test_hours_are_used_by_centres_queues_and_flows(world: World, sign_in: SignIn) -> None:
    schedule, flow = world.schedules["byliv-10-14"], Flow.objects.order_by("pk")[0]
    version = flow.versions.get()
    step = {"id": "tid", "kind": "hours", "schedule": schedule.code, "open": version.definition["start"]}
    version.definition["steps"].append(step)
    FlowVersion.objects.filter(pk=version.pk).update(definition=version.definition)
    Queue.objects.filter(code="tmf-byliv").update(schedule=schedule)
    page = sign_in(world.finn).get(reverse("office:schedule", args=[schedule.code])).content.decode()
    used = " ".join(page.partition("Bruges af")[2].partition("</p>")[0].split())
    assert used == f"køen {Queue.objects.get(code='tmf-byliv').name}, forløbet {flow.name}."
    assert f"forløbet {flow.name}" in sign_in(world.finn).get(reverse("office:schedules")).content.decode()
    Queue.objects.filter(code="tmf-byliv").update(schedule=None)


# --- What people know, whether an entry is right, and old numbers -----------------------------------


def test_what_somebody_knows_is_written_in_lines_and_shown_again(world: World, sign_in: SignIn) -> None:
    entry, finn = world.directory["aase"], sign_in(world.finn)
    url = reverse("office:directory-entry", args=[entry.pk])
    form = form_at(finn, url, url)
    typed = {"knows": "Kviste", "services": "Byggeaffald\nbyggetegninger", "purposes": "Klager"}
    assert finn.post(url, form.fields | typed).status_code == 302
    assert {each.code for each in entry.services.all()} == {"affald", "byggetegninger"}
    again = form_at(finn, url, url).fields
    assert again["services"] == ["Byggeaffald\nByggetegninger fra arkivet"]
    refused = finn.post(url, again | {"services": "Byggeafald"})
    assert refused.status_code == 422
    assert "Mente du “Byggeaffald”?" in refused.content.decode()


def test_the_person_and_who_may_change_it_say_that_an_entry_is_right(world: World, sign_in: SignIn) -> None:
    url = reverse("office:directory-verification", args=[world.directory["dade"].pk])
    assert sign_in(world.anna).post(url).status_code == 403
    for person in (world.david, world.finn):
        assert sign_in(person).post(url).status_code == 302
        assert DirectoryEntry.objects.get(initials="dade").verified_by == person.audit_label
    page = sign_in(world.anna).get(reverse("office:directory-entry", args=[world.directory["dade"].pk]))
    assert "af Finn Fyrrelund (finn)" in page.content.decode()


def test_an_old_number_leads_to_one_place(world: World, sign_in: SignIn) -> None:
    finn, point = sign_in(world.finn), world.entry_points["+4533663366"]
    new = reverse("office:former-number-new")
    typed = {"number": "35 30 35 30", "name": "SUF omstillingscentral", "valid_from": "2026-01-01"}
    assert "Vælg, hvor nummeret fører hen nu" in finn.post(new, typed).content.decode()
    assert finn.post(new, typed | {"place": f"entry_point:{point.pk}"}).status_code == 302
    page = sign_in(world.anna).get(reverse("office:former-numbers")).content.decode()
    assert "35 30 35 30" in page
    assert "Hovednummeret 33 66 33 66" in page
    url = reverse("office:former-number", args=[FormerNumber.objects.get(number="+4535303530").pk])
    form = form_at(finn, url, url)
    assert finn.post(url, form.fields | {"place": f"unit:{world.units['kff'].pk}"}).status_code == 302
    changed = FormerNumber.objects.get(number="+4535303530")
    assert (changed.entry_point, changed.unit) == (None, world.units["kff"])


def test_what_to_tidy_up_is_listed_and_is_gone_when_it_is_done(world: World, sign_in: SignIn) -> None:
    finn, page = sign_in(world.finn), reverse("office:directory-cleaning")
    DirectoryEntry.objects.create(name="Anna Agerbæk", unit=world.units["cby"], valid_from=clock.today())
    shown = finn.get(page).content.decode()
    assert "Ikke bekræftet i lang tid</h2>" not in shown
    assert "(3)" in shown.partition("Opslag uden bruger")[0]  # the new one is not due yet
    assert "Knyt til Anna Agerbæk (anna)" in shown
    alone = reverse("office:people") + "?alone=on"
    assert alone in shown
    people = finn.get(alone).content.decode()
    assert "Anna Agerbæk" in people
    assert "David Degnemark" not in people
    dade = world.directory["dade"]
    verify = form_at(finn, page, reverse("office:directory-verification", args=[dade.pk]))
    assert finn.post(verify.action, verify.fields).headers["Location"] == page
    link = form_at(finn, page, reverse("office:person-entry", args=[world.anna.pk]))
    assert finn.post(link.action, link.fields).status_code == 302
    again = finn.get(page).content.decode()
    assert "(2)" in again.partition("Opslag uden bruger")[0]
    assert "Knyt til" not in again
    assert "Anna Agerbæk" not in finn.get(alone).content.decode()


def test_entries_that_fit_one_user_come_first_and_no_more_than_a_page_is_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit, anna, bo = world.units["cby"], world.anna, world.bo
    Person.objects.filter(pk=anna.pk).update(entry=None, email="Anna.A@kk.example")
    Person.objects.filter(pk=bo.pk).update(entry=None)
    Person.objects.create(username="bo2", name=f" {bo.name.upper()}")
    there = cleaning.entries_alone(Unit.objects.all(), clock.today(), most=100)[1]
    DirectoryEntry.objects.bulk_create(DirectoryEntry(name=f"Fælles {n:03}", unit=unit) for n in range(80))
    DirectoryEntry.objects.create(name="Sekretariatet", unit=unit, email="anna.a@KK.example")
    DirectoryEntry.objects.create(name=bo.name, unit=unit)
    read, from_db = [], DirectoryEntry.from_db

    def counted(*row: Any) -> DirectoryEntry:
        read.append(row)
        return from_db(*row)

    monkeypatch.setattr(DirectoryEntry, "from_db", counted)
    entries, count = cleaning.entries_alone(Unit.objects.all(), clock.today(), most=10)
    assert [each.user for each in entries] == [anna] + [None] * 9, "two users are named as Bo"
    assert (entries[0].entry.name, len(entries), count) == ("Sekretariatet", 10, there + 82)
    assert len(read) < 20


def test_an_entry_is_due_again_after_the_days_that_are_set(world: World, sign_in: SignIn, settings: Any) -> None:
    settings.DIRECTORY_VERIFY_DAYS = 30
    DirectoryEntry.objects.update(verified_at=clock.now() - timedelta(days=31))
    DirectoryEntry.objects.filter(initials="dade").update(verified_at=clock.now() - timedelta(days=29))
    page = sign_in(world.finn).get(reverse("office:directory-cleaning")).content.decode()
    listed = page.partition("Opslag uden bruger")[0]
    assert "Åse Ålborg" in listed
    assert "David Degnemark" not in listed


def test_only_who_edits_the_catalogue_tidies_up_and_only_their_units(world: World, sign_in: SignIn) -> None:
    page = reverse("office:directory-cleaning")
    assert sign_in(world.anna).get(page).status_code == 403
    RoleAssignment.objects.create(person=world.otto, role="administrator", unit=world.units["bif"])
    shown = sign_in(world.otto).get(page).content.decode()
    assert "Ærø Bådsgaard" in shown
    assert "Åse Ålborg" not in shown


def test_the_directory_has_pages_and_the_last_one_stands_for_those_behind_it(world: World, sign_in: SignIn) -> None:
    unit = world.units["cby"]
    DirectoryEntry.objects.bulk_create(DirectoryEntry(name=f"Navn {n:03}", unit=unit) for n in range(120))
    finn, url = sign_in(world.finn), reverse("office:directory")
    names = [f"Navn {n:03}" for n in range(120)]
    pages = [finn.get(f"{url}?text=navn&page={number}").content.decode() for number in (1, 2, 3)]
    shown = [[name for name in names if name in page] for page in pages]
    assert [len(each) for each in shown] == [50, 50, 20]
    assert [*shown[0], *shown[1], *shown[2]] == names
    behind = finn.get(f"{url}?text=navn&page=99").content.decode()
    assert [name for name in names if name in behind] == shown[2]
    elsewhere = finn.get(f"{url}?text=navn&unit={world.units['kff'].pk}").content.decode()
    assert not [name for name in names if name in elsewhere]
