"""Codes from an app and recovery codes: set up, asked for at sign-in, used once, and taken away."""

from __future__ import annotations

import re
import time
from base64 import b32decode
from typing import Any

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from django.test import Client

from indgang.accounts import second_factor, session_limits
from indgang.accounts.models import Person, SecondFactor
from indgang.audit.models import Change
from indgang.core import clock
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def standing_still(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The machine's clock as codes see it; a test moves it."""
    now = [float(int(time.time()) // 30 * 30 + 5)]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


def _password(client: Client, name: str = "anna", **more: str) -> Any:
    return client.post("/sign-in/", {"username": name, "password": PASSWORD, **more})


def _code(secret: str, at: float) -> str:
    made = TOTP(b32decode(secret), 6, SHA1(), 30, enforce_key_length=False)
    return made.generate(int(at)).decode()


def _set_up(client: Client, now: list[float], address: str = "/account/app/") -> tuple[str, list[str]]:
    page = client.get(address).content.decode()
    assert "<svg" in page
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")  # type: ignore[index]
    page = client.post(address, {"code": _code(secret, now[0])}).content.decode()
    codes = re.findall(r"<code>([0-9a-f]{6}-[0-9a-f]{6})</code>", page)
    assert len(codes) == second_factor.RECOVERY_CODES
    return secret, codes


def _is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


@pytest.fixture
def with_app(world: Any, standing_still: list[float]) -> tuple[str, list[str]]:
    client = Client()
    _password(client)
    return _set_up(client, standing_still)


def test_after_the_password_the_code_of_the_app_is_asked_for(
    client: Client, world: Any, with_app: tuple[str, list[str]], standing_still: list[float]
) -> None:
    answer = _password(client, next="/password/")
    assert answer.headers["Location"] == "/sign-in/code/"
    assert not _is_in(client)
    assert client.get("/password/").status_code == 302
    assert client.post("/sign-in/code/", {"code": "000000"}).status_code == 422
    standing_still[0] += 30
    answer = client.post("/sign-in/code/", {"code": _code(with_app[0], standing_still[0])})
    assert answer.headers["Location"] == "/password/"
    assert _is_in(client)


def test_nobody_sets_up_an_app_with_a_secret_that_somebody_else_has_seen_in_this_browser(
    client: Client, world: Any
) -> None:
    session_limits.set_for(
        "agent", session_hours=12, idle_minutes=0, needs_second_factor=True, by=world.finn, at=clock.now()
    )
    _password(client)
    assert client.get("/sign-in/code/").status_code == 200
    seen = client.session["new_app"]["secret"]
    client.post("/sign-in/", {"username": "finn", "password": PASSWORD})
    page = client.get("/account/app/").content.decode()
    assert " ".join(seen[at : at + 4] for at in range(0, len(seen), 4)) not in page
    assert client.session["new_app"]["secret"] != seen


def test_a_code_counts_once(
    client: Client, world: Any, with_app: tuple[str, list[str]], standing_still: list[float]
) -> None:
    used_when_set_up = _code(with_app[0], standing_still[0])
    _password(client)
    assert client.post("/sign-in/code/", {"code": used_when_set_up}).status_code == 422
    standing_still[0] += 30
    code = _code(with_app[0], standing_still[0])
    assert client.post("/sign-in/code/", {"code": f" {code[:3]} {code[3:]} "}).status_code == 302
    other = Client()
    _password(other)
    answer = other.post("/sign-in/code/", {"code": code})
    assert answer.status_code == 422
    assert "eller den er brugt" in answer.content.decode()
    assert not _is_in(other)


@pytest.mark.parametrize(("seconds", "works"), [(-90, False), (-30, True), (30, True), (90, False)])
def test_a_telephone_may_be_half_a_minute_wrong(
    client: Client, world: Any, with_app: tuple[str, list[str]], standing_still: list[float], seconds: int, works: bool
) -> None:
    standing_still[0] += 300
    _password(client)
    answer = client.post("/sign-in/code/", {"code": _code(with_app[0], standing_still[0] + seconds)})
    assert (answer.status_code == 302) is works


def test_a_recovery_code_counts_once_and_is_in_the_trail(
    client: Client, world: Any, with_app: tuple[str, list[str]]
) -> None:
    _password(client)
    assert client.post("/sign-in/code/", {"code": with_app[1][0].upper()}).status_code == 302
    client.logout()
    _password(client)
    assert client.post("/sign-in/code/", {"code": with_app[1][0]}).status_code == 422
    assert Change.objects.filter(action="second_factor.recovery_code_used").count() == 1
    assert SecondFactor.objects.filter(kind="recovery").count() == second_factor.RECOVERY_CODES - 1


def test_eight_wrong_codes_lock_as_wrong_passwords_do(
    client: Client, world: Any, with_app: tuple[str, list[str]], standing_still: list[float]
) -> None:
    _password(client)
    for _attempt in range(8):
        client.post("/sign-in/code/", {"code": "000000"})
    standing_still[0] += 30
    answer = client.post("/sign-in/code/", {"code": _code(with_app[0], standing_still[0])})
    assert answer.status_code == 429
    assert not _is_in(client)


def test_the_password_counts_for_ten_minutes_and_not_after_it_was_changed(
    client: Client, world: Any, with_app: tuple[str, list[str]]
) -> None:
    _password(client)
    session = client.session
    session["second_step"] |= {"until": 1}
    session.save()
    assert client.post("/sign-in/code/", {"code": with_app[1][0]}).headers["Location"] == "/sign-in/"
    _password(client)
    anna = Person.objects.get(pk=world.anna.pk)
    anna.set_password("en helt ny adgangskode")
    anna.save()
    assert client.post("/sign-in/code/", {"code": with_app[1][0]}).headers["Location"] == "/sign-in/"


def test_a_role_may_demand_it_and_then_it_is_set_up_before_the_session_begins(
    client: Client, world: Any, standing_still: list[float]
) -> None:
    session_limits.set_for(
        "agent", session_hours=12, idle_minutes=0, needs_second_factor=True, by=world.finn, at=clock.now()
    )
    assert _password(client).headers["Location"] == "/sign-in/code/"
    assert "Din rolle kræver to-trins-login" in client.get("/sign-in/code/").content.decode()
    assert client.get("/desk/").status_code == 302
    _set_up(client, standing_still, "/sign-in/code/")
    assert _is_in(client)
    assert _password(Client(), "eva").headers["Location"] == "/start/"
    client.post("/account/app/removal/")
    assert SecondFactor.objects.filter(person=world.anna, kind="app").exists()


def test_the_dialog_on_a_page_asks_for_the_code_too(
    client: Client, world: Any, with_app: tuple[str, list[str]]
) -> None:
    part = {"HX-Request": "true"}
    asked = client.post("/sign-in/", {"username": "anna", "password": PASSWORD}, headers=part)
    assert asked.status_code == 422
    assert 'action="/sign-in/code/"' in asked.content.decode()
    wrong = client.post("/sign-in/code/", {"code": "1"}, headers=part)
    assert (wrong.status_code, "<html" in wrong.content.decode()) == (422, False)
    assert client.post("/sign-in/code/", {"code": with_app[1][0]}, headers=part).json()["seconds"] > 0


def _fragment(answer: Any) -> str:
    text: str = answer.content.decode()
    assert (answer.status_code, "<html" in text) == (422, False)
    return text


def test_in_the_dialog_whoever_has_no_app_goes_on_in_a_new_tab(
    client: Client, world: Any, standing_still: list[float]
) -> None:
    part = {"HX-Request": "true"}
    session_limits.set_for(
        "agent", session_hours=12, idle_minutes=0, needs_second_factor=True, by=world.finn, at=clock.now()
    )
    typed = {"username": "anna", "password": PASSWORD, "next": "/account/"}
    asked = _fragment(client.post("/sign-in/", typed, headers=part))
    assert 'href="/sign-in/code/" target="_blank"' in asked
    assert _fragment(client.post("/sign-in/code/", {"code": "1"}, headers=part)) == asked
    page = client.get("/sign-in/code/").content.decode()
    assert "<svg" in page
    SecondFactor.objects.create(person=world.anna, kind="passkey", secret="x", key_id="x", made_at=clock.now())
    assert _fragment(Client().post("/sign-in/", typed, headers=part)) == asked


def test_in_the_dialog_a_password_that_was_typed_too_long_ago_is_typed_again_in_a_new_tab(
    client: Client, world: Any, with_app: tuple[str, list[str]]
) -> None:
    part = {"HX-Request": "true"}
    client.post("/sign-in/", {"username": "anna", "password": PASSWORD}, headers=part)
    session = client.session
    session["second_step"] |= {"until": 1}
    session.save()
    told = _fragment(client.post("/sign-in/code/", {"code": with_app[1][0]}, headers=part))
    assert 'href="/sign-in/?next=/account/" target="_blank"' in told


def test_an_administrator_resets_it_with_a_trail_and_sessions_end(
    client: Client, world: Any, with_app: tuple[str, list[str]]
) -> None:
    _password(client)
    client.post("/sign-in/code/", {"code": with_app[1][0]})
    finn = Client()
    _password(finn, "finn")
    assert "Nulstil to-trins-login" in finn.get(f"/office/people/{world.anna.pk}/").content.decode()
    finn.post(f"/office/people/{world.anna.pk}/second-factor/")
    assert client.get("/account/").status_code == 302
    assert _password(client).headers["Location"] == "/start/"
    change = Change.objects.get(action="second_factor.reset")
    assert (change.by_label, change.target_id) == (world.finn.audit_label, str(world.anna.pk))


def test_the_secret_of_the_app_is_not_readable_in_the_database(world: Any, with_app: tuple[str, list[str]]) -> None:
    rows = "".join(SecondFactor.objects.values_list("secret", flat=True))
    assert with_app[0] not in rows
    assert not any(code in rows for code in with_app[1])


def test_new_recovery_codes_take_the_place_of_the_old(
    client: Client, world: Any, with_app: tuple[str, list[str]]
) -> None:
    _password(client)
    client.post("/sign-in/code/", {"code": with_app[1][0]})
    page = client.post("/account/recovery-codes/").content.decode()
    fresh = re.findall(r"<code>([0-9a-f]{6}-[0-9a-f]{6})</code>", page)
    client.logout()
    _password(client)
    assert client.post("/sign-in/code/", {"code": with_app[1][1]}).status_code == 422
    assert client.post("/sign-in/code/", {"code": fresh[0]}).status_code == 302
