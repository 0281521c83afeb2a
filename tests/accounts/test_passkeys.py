"""Passkeys: what no browser sends is refused in words, and the last one takes the recovery codes with it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from indgang.accounts import second_factor
from indgang.accounts.models import Person, SecondFactor
from indgang.core import clock
from tests.accounts.software_passkey import SoftwarePasskey

pytestmark = pytest.mark.django_db
JSON = "application/json"


def _signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize(
    "credential", ["x", [], 7, {}, {"id": "x", "response": "x"}, {"id": "x", "rawId": 5}, {"id": "\0"}]
)
def test_an_answer_that_no_browser_gives_is_refused_in_words(client: Client, world: Any, credential: Any) -> None:
    client.post("/sign-in/passkey/asked/")
    answer = client.post("/sign-in/passkey/", {"credential": credential}, content_type=JSON)
    assert (answer.status_code, "kendes ikke" in answer.json()["error"]) == (422, True)
    anna = _signed_in(world.anna)
    anna.post("/account/passkeys/asked/")
    answer = anna.post("/account/passkeys/", {"credential": credential, "name": "Min"}, content_type=JSON)
    assert (answer.status_code, "ikke gemmes" in answer.json()["error"]) == (422, True)


def test_a_passkey_that_belongs_to_another_person_is_not_stored(world: Any) -> None:
    passkey = SoftwarePasskey()
    assert passkey.make(_signed_in(world.anna)).json() == {"to": "/account/"}
    answer = passkey.make(_signed_in(world.bo))
    assert (answer.status_code, "ikke gemmes" in answer.json()["error"]) == (422, True)
    assert SecondFactor.objects.get().person == world.anna


def test_the_last_passkey_takes_the_recovery_codes_with_it(world: Any) -> None:
    anna = _signed_in(world.anna)
    for _passkey in range(2):
        SoftwarePasskey().make(anna)
    second_factor.new_recovery_codes(world.anna, by=world.anna, at=clock.now())
    first, second = SecondFactor.objects.filter(kind="passkey")
    anna.post(f"/account/passkeys/{first.pk}/removal/")
    assert SecondFactor.objects.filter(kind="recovery").count() == second_factor.RECOVERY_CODES
    anna.post(f"/account/passkeys/{second.pk}/removal/")
    assert not SecondFactor.objects.exists()
