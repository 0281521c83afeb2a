"""The account for the day the identity provider is down, and passwords that nobody else may use."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from indgang.accounts.access import everywhere
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.audit.models import Change
from indgang.entry.models import Alert
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db


def _make(client: Client, world: Any) -> str:
    client.force_login(world.finn, backend="django.contrib.auth.backends.ModelBackend")
    page = client.post("/office/sign-on/break-glass/", {"username": "noedkonto", "name": "Nødkonto"})
    assert page.status_code == 200, page.content.decode()
    found = re.search(r"<strong>((?:[a-z]{4}-){7}[a-z]{4})</strong>", page.content.decode())
    assert found
    client.logout()
    return found[1]


def test_the_page_makes_it_and_its_use_is_an_alert_and_in_the_trail(client: Client, world: Any, settings: Any) -> None:
    password = _make(client, world)
    settings.LOCAL_PASSWORDS = "break-glass"
    answer = client.post("/sign-in/", {"username": "noedkonto", "password": password})
    assert answer.status_code == 302
    account = Person.objects.get(username="noedkonto")
    assert everywhere(account, P.EDIT_PEOPLE)
    assert not account.must_change_password
    alert = Alert.objects.get(code="break_glass")
    assert "noedkonto" in alert.text
    assert "nødkontoen" in client.get("/office/operations/").content.decode()
    trail = Change.objects.filter(action__startswith="break_glass").order_by("pk")
    assert list(trail.values_list("action", flat=True)) == [
        "break_glass.make", "break_glass.use",
    ]  # fmt: skip
    client.logout()
    client.post("/sign-in/", {"username": "noedkonto", "password": password})
    assert Alert.objects.filter(code="break_glass").count() == 2


def test_nobody_else_signs_in_with_a_password_when_that_is_switched_off(
    client: Client, world: Any, settings: Any
) -> None:
    settings.LOCAL_PASSWORDS = "break-glass"
    answer = client.post("/sign-in/", {"username": "anna", "password": PASSWORD})
    assert answer.status_code == 422
    assert "kommunens loginudbyder" in answer.content.decode()
    assert "_auth_user_id" not in client.session
    settings.LOCAL_PASSWORDS = "everybody"
    assert client.post("/sign-in/", {"username": "anna", "password": PASSWORD}).status_code == 302


def test_nobody_is_handed_a_password_that_does_not_let_them_in(client: Client, world: Any, settings: Any) -> None:
    _make(client, world)
    client.force_login(world.finn, backend="django.contrib.auth.backends.ModelBackend")
    settings.LOCAL_PASSWORDS = "break-glass"
    assert "får ingen adgangskode" in client.get("/office/people/new/").content.decode()
    typed = {"username": "jens", "name": "Jens Jørn", "email": "jens@kommune.example", "language": "da"}
    made = client.post("/office/people/new/", typed, follow=True).content.decode()
    jens = Person.objects.get(username="jens")
    assert (jens.has_usable_password(), jens.must_change_password) == (False, False)
    assert "logger ind hos kommunens loginudbyder" in made
    assert "Adgangskode til første login" not in made
    page = client.get(f"/office/people/{world.anna.pk}/").content.decode()
    assert "Ny adgangskode" not in page
    before = Person.objects.get(pk=world.anna.pk).password
    answer = client.post(f"/office/people/{world.anna.pk}/password/", follow=True).content.decode()
    assert "ikke med en adgangskode" in answer
    assert Person.objects.get(pk=world.anna.pk).password == before
    account = Person.objects.get(username="noedkonto")
    assert "Adgangskode til første login" in client.post(f"/office/people/{account.pk}/password/").content.decode()


def test_the_page_of_ones_own_sign_in_offers_no_password_that_does_not_let_one_in(
    client: Client, world: Any, settings: Any
) -> None:
    client.force_login(world.anna, backend="django.contrib.auth.backends.ModelBackend")
    assert "Skift adgangskode" in client.get("/account/").content.decode()
    settings.LOCAL_PASSWORDS = "break-glass"
    page = client.get("/account/").content.decode()
    assert ("Skift adgangskode" in page, "Koder fra en app" in page) == (False, False)


def test_an_administrator_of_one_unit_reads_the_limits_in_words_and_no_links_to_pages_that_are_shut(
    client: Client, world: Any
) -> None:
    from indgang.accounts import people, session_limits
    from indgang.core import clock

    _make(client, world)
    session_limits.set_for(
        "agent", session_hours=1, idle_minutes=45, needs_second_factor=True, by=world.finn, at=clock.now()
    )
    people.give_role(
        world.ukendt, role="administrator", unit=world.units["bif"], valid_from=clock.today(), by=world.finn,
        at=clock.now(),
    )  # fmt: skip
    client.force_login(world.ukendt, backend="django.contrib.auth.backends.ModelBackend")
    page = " ".join(client.get("/office/sign-on/").content.decode().split())
    assert "Højst 1 time, 45 minutter uden aktivitet <br>Kræver to-trins-login" in page
    assert "Højst 12 timer, ingen grænse uden aktivitet" in page
    account = Person.objects.get(username="noedkonto")
    assert f"/office/people/{account.pk}/" not in page


def test_only_an_administrator_of_everything_makes_one(client: Client, world: Any) -> None:
    from indgang.accounts import people
    from indgang.core import clock

    people.give_role(
        world.ukendt, role="administrator", unit=world.units["bif"], valid_from=clock.today(), by=world.finn,
        at=clock.now(),
    )  # fmt: skip
    client.force_login(world.ukendt, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/office/sign-on/break-glass/", {"username": "x1", "name": "X"}).status_code == 403
    assert client.post("/office/sign-on/roles/agent/", {"session_hours": 1, "idle_minutes": 0}).status_code == 403
    client.force_login(world.finn, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post("/office/sign-on/break-glass/", {"username": "anna", "name": "X"}).status_code == 422


def test_the_limits_of_a_role_are_set_on_the_page_with_a_trail(client: Client, world: Any) -> None:
    client.force_login(world.finn, backend="django.contrib.auth.backends.ModelBackend")
    address = "/office/sign-on/roles/agent/"
    assert client.post(address, {"session_hours": 9, "idle_minutes": 3}).status_code == 422
    assert client.post(address, {"session_hours": 9, "idle_minutes": 45}).status_code == 302
    change = Change.objects.get(action="sign_on.set_for_role")
    assert (change.target_id, change.after["idle_minutes"]) == ("agent", 45)
    assert client.post("/office/sign-on/roles/ukendt/", {"session_hours": 9, "idle_minutes": 0}).status_code == 404
