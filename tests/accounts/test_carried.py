"""A session that ends while somebody writes: what was typed survives the sign-in, for the same person alone."""

from __future__ import annotations

import re
import time
from base64 import b32decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client
from django.urls import reverse

from indgang.accounts import carried, second_factor, session_limits
from indgang.accounts.models import Person
from indgang.catalogue.models import Unit
from indgang.core import clock
from tests.accounts.software_passkey import SoftwarePasskey
from tests.office.pages import Form, form_at, forms_of
from tests.world import PASSWORD, World

UNIT = "/office/units/ctb-byliv/"


@pytest.fixture
def finn(world: World) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.finn)
    return client


def _end_session(client: Client) -> None:
    del client.cookies["sessionid"]


def _sign_in(client: Client, page: str, username: str) -> Any:
    form = next(each for each in forms_of(page, "/sign-in/") if each.action == "/sign-in/")
    return client.post("/sign-in/", form.sent(username=username, password=PASSWORD))


def _typed_too_late(client: Client) -> Any:
    form = form_at(client, UNIT)
    _end_session(client)
    return client.post(form.action, form.sent(name="Byliv & “fest”\nog mere", phone="33 66 12 34"))


def test_what_was_typed_is_carried_over_the_sign_in_and_sent_with_one_button(finn: Client) -> None:
    asked = _typed_too_late(finn)
    assert asked.status_code == 401
    assert "ikke tabt" in asked.content.decode()
    wrong = finn.post("/sign-in/", forms_of(asked.content.decode(), "/sign-in/")[1].sent(username="finn", password="x"))
    assert wrong.status_code == 422
    back = _sign_in(finn, wrong.content.decode(), "finn")
    assert back.status_code == 200
    form = _carried(back)
    assert form.action == UNIT
    assert finn.post(form.action, form.fields).status_code == 302
    unit = Unit.objects.get(code="ctb-byliv")
    assert (unit.name, unit.phone) == ("Byliv & “fest”\nog mere", "+4533661234")


@pytest.fixture
def with_passkey(world: World) -> tuple[Client, SoftwarePasskey]:
    client, passkey = Client(), SoftwarePasskey()
    client.force_login(world.finn)
    passkey.make(client)
    return client, passkey


def _sealed(asked: Any) -> str:
    return forms_of(asked.content.decode(), "/sign-in/")[1].fields["carried"][0]


def test_it_is_carried_over_a_sign_in_with_a_passkey_too(with_passkey: tuple[Client, SoftwarePasskey]) -> None:
    client, passkey = with_passkey
    asked = _typed_too_late(client)
    to = passkey.show(client, carried=_sealed(asked)).json()["to"]
    for _reload in range(2):
        form = _carried(client.get(to))
        assert form.action == UNIT
    assert "goes_on" in client.session
    assert client.post(form.action, form.fields).status_code == 302
    assert "goes_on" not in client.session, "what was typed does not stay with the session"


def test_a_form_that_is_too_long_for_a_session_is_not_kept_there(
    with_passkey: tuple[Client, SoftwarePasskey], monkeypatch: pytest.MonkeyPatch
) -> None:
    client, passkey = with_passkey
    sealed = _sealed(_typed_too_late(client))
    monkeypatch.setattr(carried, "_LONGEST", len(sealed) - 1)
    assert passkey.show(client, carried=sealed).json()["to"] == reverse("start")
    assert "goes_on" not in client.session


def test_it_is_carried_over_a_second_step_with_a_passkey(with_passkey: tuple[Client, SoftwarePasskey]) -> None:
    client, passkey = with_passkey
    asked = _typed_too_late(client)
    assert _sign_in(client, asked.content.decode(), "finn").headers["Location"] == "/sign-in/code/"
    assert _carried(client.get(passkey.show(client).json()["to"])).action == UNIT


def test_it_is_carried_over_the_first_set_up_of_an_app(finn: Client, world: World) -> None:
    client = Client()
    client.force_login(world.finn)
    asked = _typed_too_late(client)
    session_limits.set_for(
        "administrator", session_hours=12, idle_minutes=0, needs_second_factor=True, by=world.finn, at=clock.now()
    )
    _sign_in(client, asked.content.decode(), "finn")
    client.get("/sign-in/code/")
    secret = client.session["new_app"]["secret"]
    code = TOTP(b32decode(secret), 6, SHA1(), second_factor.STEP, enforce_key_length=False).generate(int(time.time()))
    codes = client.post("/sign-in/code/", {"code": code.decode()}).content.decode()
    to = re.search(r'href="([^"]+)">Jeg har gemt dem', codes)
    assert to
    assert _carried(client.get(to[1])).action == UNIT


def test_passwords_are_typed_again_and_stand_on_no_page(finn: Client) -> None:
    form = form_at(finn, reverse("password"))
    _end_session(finn)
    typed = {"old": PASSWORD, "new": "en ny og lang adgangskode", "again": "en ny og lang adgangskode"}
    answer = finn.post(form.action, form.sent(**typed))
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/sign-in/?next={reverse('start')}"


def _carried(answer: Any) -> Form:
    forms = forms_of(answer.content.decode(), "/sign-in/")
    return next(each for each in forms if "name" in each.fields)


def test_somebody_else_gets_nothing_of_it(finn: Client) -> None:
    asked = _typed_too_late(finn)
    answer = _sign_in(finn, asked.content.decode(), "gerda")
    assert answer.status_code == 302
    page = finn.get(answer.headers["Location"], follow=True).content.decode()
    assert "skrevet af en anden" in page
    assert "fest" not in page


def test_a_form_that_nobody_typed_here_is_not_carried(client: Client, world: World) -> None:
    answer = client.post(
        UNIT, {"name": "Forkert", "form_token": "forged.1:x"}, headers={"Referer": f"http://testserver{UNIT}"}
    )
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/sign-in/?next={UNIT}"


def test_next_is_never_an_address_that_only_takes_forms(client: Client, world: World) -> None:
    week = reverse("office:schedule-week", args=["tmf-9-16"])
    asked = client.post(week, {"from_day": "2026-03-16"})
    assert asked.headers["Location"] == f"/sign-in/?next={reverse('start')}"
    client.force_login(world.finn)
    assert client.get(week, headers={"Accept": "text/html"}).headers["Location"] == reverse(
        "office:schedule", args=["tmf-9-16"]
    )


def test_a_form_older_than_the_sign_in_comes_back_with_what_was_typed(finn: Client, world: World) -> None:
    form = form_at(finn, UNIT)
    finn.cookies["csrftoken"] = "a" * 32  # signed in again in another tab
    refused = finn.post(form.action, form.sent(name="Byliv og fest"))
    assert refused.status_code == 403
    again = _carried(refused)
    assert finn.post(again.action, again.fields).status_code == 302
    assert Unit.objects.get(code="ctb-byliv").name == "Byliv og fest"


def test_a_password_form_older_than_the_sign_in_is_answered_in_words_and_with_a_way_back(finn: Client) -> None:
    address = reverse("password")
    form = form_at(finn, address)
    finn.cookies["csrftoken"] = "a" * 32  # signed in again in another tab
    typed = {"old": PASSWORD, "new": "en ny og lang adgangskode", "again": "en ny og lang adgangskode"}
    answer = finn.post(form.action, form.sent(**typed), headers={"Referer": f"http://testserver{address}"})
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "Siden er fra før, du loggede ind" in page
    assert f'href="{address}"' in page
    assert not any(secret in page for secret in typed.values())


def test_a_form_that_is_older_than_somebody_elses_sign_in_shows_them_nothing(finn: Client, world: World) -> None:
    form = form_at(finn, UNIT)
    finn.force_login(world.gerda)
    finn.cookies["csrftoken"] = "a" * 32
    refused = finn.post(form.action, form.sent(name="Byliv og fest"))
    assert refused.status_code == 403
    assert "Byliv og fest" not in refused.content.decode()


def test_a_page_signs_in_in_place_and_gets_its_new_token(client: Client, world: World) -> None:
    part = {"HX-Request": "true"}
    assert client.get(reverse("office:alert-strip"), headers=part).status_code == 401
    form = forms_of(client.get(f"/sign-in/?same={world.finn.pk}", headers=part).content.decode(), "/sign-in/")[0]
    other = client.post("/sign-in/", form.sent(username="gerda", password=PASSWORD), headers=part)
    assert other.status_code == 422
    assert "en anden bruger" in other.content.decode()
    assert "sessionid" not in client.cookies
    answer = client.post("/sign-in/", form.sent(username="finn", password=PASSWORD), headers=part)
    assert set(answer.json()) == {"csrf", "seconds"}
    assert client.get(UNIT).context["session_seconds"] != ""


def test_a_part_that_is_refused_for_its_token_gets_the_new_one(finn: Client) -> None:
    form_at(finn, UNIT)
    answer = finn.post(UNIT, {"name": "x"}, headers={"HX-Request": "true", "X-CSRFToken": "b" * 32})
    assert answer.status_code == 403
    token = answer.headers["X-CSRFToken"]
    assert finn.post(UNIT, {"name": "x"}, headers={"HX-Request": "true", "X-CSRFToken": token}).status_code == 422


def test_a_form_sent_again_with_other_words_asks_before_it_makes_another(finn: Client, world: World) -> None:
    form = form_at(finn, "/office/units/new/")
    said = {"parent": world.units["tmf"].pk, "code": "fest", "name": "Fest"}
    assert finn.post(form.action, form.sent(**said)).status_code == 302
    again = finn.post(form.action, form.sent(**(said | {"code": "gilde", "name": "Gilde"})))
    assert again.status_code == 409
    assert not Unit.objects.filter(code="gilde").exists()
    carried = _carried(again)
    assert finn.post(carried.action, carried.fields).status_code == 302
    assert Unit.objects.filter(code="gilde").exists()


def test_who_clicks_twice_sees_what_came_of_the_first(finn: Client, world: World) -> None:
    form = form_at(finn, "/office/units/new/")
    typed = form.sent(parent=world.units["tmf"].pk, code="fest", name="Fest")
    first, second = finn.post(form.action, typed), finn.post(form.action, typed)
    assert first.headers["Location"] == second.headers["Location"] == "/office/units/fest/"
    assert Unit.objects.filter(code="fest").count() == 1
    assert "Ændringen er gemt" in finn.get("/office/units/fest/").content.decode()


def test_a_form_that_was_refused_is_corrected_and_sent_again(finn: Client, world: World) -> None:
    form = form_at(finn, "/office/units/new/")
    assert finn.post(form.action, form.sent(parent=world.units["tmf"].pk, code="fest", name="")).status_code == 422
    assert finn.post(form.action, form.sent(parent=world.units["tmf"].pk, code="fest", name="Fest")).status_code == 302


def test_the_person_of_a_page_is_signed_into_its_forms(world: World) -> None:
    from indgang.accounts import form_tokens

    token = form_tokens.token_for(world.finn.pk)
    assert form_tokens.made_for(token) == world.finn.pk
    assert form_tokens.made_for(token.replace(str(world.finn.pk), str(world.gerda.pk))) != world.gerda.pk
    assert form_tokens.made_for(form_tokens.token_for(None)) is None
    assert Person.objects.filter(pk=world.finn.pk).exists()
