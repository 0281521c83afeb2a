"""Signing in, out, being locked out, and choosing password and language."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any
from urllib.parse import quote

import pytest
from axes.models import AccessAttempt
from django.db import IntegrityError, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse

from indgang.accounts import people
from indgang.accounts.models import Person
from indgang.core import clock
from indgang.live.models import Ending, Mark
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db


def _sign_in(client: Client, username: str, password: str, **more: str) -> Any:
    return client.post(reverse("sign-in"), {"username": username, "password": password, **more})


def test_who_is_not_signed_in_is_led_to_the_sign_in_page_and_back(client: Client, world: Any) -> None:
    answer = client.get(reverse("password"))
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/sign-in/?next=/password/"
    page = client.get(answer.headers["Location"])
    assert "Log ind" in page.content.decode()
    answer = _sign_in(client, "anna", PASSWORD, next="/password/")
    assert answer.headers["Location"] == "/password/"
    assert client.get("/password/").status_code == 200


def test_a_foreign_address_is_never_where_one_goes_after_sign_in(client: Client, world: Any) -> None:
    answer = _sign_in(client, "anna", PASSWORD, next="https://example.org/trap")
    assert answer.headers["Location"] == reverse("start")


@pytest.mark.parametrize("to", ["desk", "a%00b", "sign-out", "//example.org", "/\\example.org"])
def test_where_one_goes_is_an_address_and_no_name_of_a_view(client: Client, world: Any, to: str) -> None:
    client.force_login(world.anna)
    assert client.get(f"/sign-in/?next={to}").headers["Location"] == reverse("start")


def test_a_wrong_password_keeps_the_name_and_says_what_to_do(client: Client, world: Any) -> None:
    answer = _sign_in(client, "anna", "forkert")
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "passer ikke sammen" in text
    assert 'value="anna"' in text


def test_capital_letters_in_the_user_name_make_no_difference(client: Client, world: Any) -> None:
    assert _sign_in(client, "ANNA", PASSWORD).status_code == 302


def test_after_eight_wrong_passwords_even_the_right_one_is_refused_with_a_page_that_says_how_long(
    client: Client, world: Any
) -> None:
    for _attempt in range(8):
        answer = _sign_in(client, "anna", "forkert")
    assert answer.status_code == 429
    assert "For mange forsøg" in answer.content.decode()
    assert _sign_in(client, "anna", PASSWORD).status_code == 429
    assert _sign_in(client, "bo", PASSWORD).status_code == 302


def test_an_open_browser_is_no_place_to_guess_the_password(client: Client, world: Any) -> None:
    _sign_in(client, "anna", PASSWORD)
    new = "en helt anden adgangskode"
    wrong = [client.post(reverse("password"), {"old": "forkert", "new": new, "again": new}) for _attempt in range(8)]
    assert [answer.status_code for answer in wrong] == [422] * 7 + [429]
    assert client.post(reverse("password"), {"old": PASSWORD, "new": new, "again": new}).status_code == 429
    world.anna.refresh_from_db()
    assert world.anna.check_password(PASSWORD)


def test_every_spelling_of_a_name_counts_as_the_same_name(client: Client, world: Any) -> None:
    for attempt in range(8):
        name = "".join(letter.upper() if attempt >> place & 1 else letter for place, letter in enumerate("anna"))
        answer = _sign_in(client, f" {name} ", "forkert")
    assert answer.status_code == 429
    assert _sign_in(client, "aNNa", PASSWORD).status_code == 429
    assert AccessAttempt.objects.get().username == "anna"


def test_many_names_from_one_address_are_too_many_attempts_and_other_addresses_go_on(
    client: Client, world: Any, settings: Any
) -> None:
    settings.FAILURES_PER_ADDRESS = 12
    for number in range(12):
        answer = _sign_in(client, f"navn-{number}", "forkert")
    assert answer.status_code == 429
    assert _sign_in(client, "anna", PASSWORD).status_code == 429
    elsewhere = Client(REMOTE_ADDR="198.51.100.9")
    assert _sign_in(elsewhere, "anna", PASSWORD).status_code == 302


def test_one_s_own_sign_in_does_not_wipe_out_the_attempts_on_others(client: Client, world: Any, settings: Any) -> None:
    settings.FAILURES_PER_ADDRESS = 12
    for number in range(11):
        _sign_in(client, f"navn-{number}", "forkert")
    assert _sign_in(client, "bo", PASSWORD).status_code == 302
    assert _sign_in(Client(), "endnu-et-navn", "forkert").status_code == 429


def test_going_on_does_not_keep_the_door_shut_for_longer(client: Client, world: Any) -> None:
    for _attempt in range(8):
        _sign_in(client, "anna", "forkert")
    AccessAttempt.objects.update(attempt_time=clock.now() - timedelta(minutes=14))
    assert _sign_in(client, "anna", "forkert").status_code == 429
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=2))
    assert _sign_in(client, "anna", PASSWORD).status_code == 302


def test_behind_a_proxy_a_stranger_locks_out_nobody_else(world: Any, settings: Any) -> None:
    settings.PROXIES = 1
    stranger, agent = ({"X-Forwarded-For": f"1.1.1.1, {last}"} for last in ("203.0.113.5", "198.51.100.7"))
    form = {"username": "anna", "password": "forkert"}
    for attempt in range(8):
        forged = {"X-Forwarded-For": f"9.9.9.{attempt}, 203.0.113.5"}
        answer = Client().post(reverse("sign-in"), form, headers=forged)
    assert answer.status_code == 429
    form["password"] = PASSWORD
    assert Client().post(reverse("sign-in"), form, headers=stranger).status_code == 429
    assert Client().post(reverse("sign-in"), form, headers=agent).status_code == 302


def test_the_network_of_one_subscriber_is_one_client(world: Any) -> None:
    for number in range(8):
        answer = _sign_in(Client(REMOTE_ADDR=f"2001:db8::{number:x}:1"), "anna", "forkert")
    assert answer.status_code == 429


def test_two_names_that_differ_in_capital_letters_are_one(world: Any) -> None:
    with pytest.raises(people.NameTaken):
        people.create(username="ANNA", name="Anna To", password=PASSWORD, by=world.finn, at=clock.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.bulk_create([Person(username="aNNa", name="Anna To")])
    assert Person.objects.get_by_natural_key("ANNA") == world.anna


def test_the_migration_stops_where_two_accounts_have_one_name_and_says_which() -> None:
    migration = import_module("indgang.accounts.migrations.0004_username_folded")
    doubles = {"karen": [Person(pk=3, username="Karen", name="Karen Et"), Person(pk=7, username="karen", name="K To")]}
    with pytest.raises(migration.NamesCollide) as stopped:
        migration.check(doubles)
    assert "Karen (id 3, Karen Et), karen (id 7, K To)" in str(stopped.value)
    assert "SET username = 'karen-2' WHERE id = 7" in str(stopped.value)
    migration.check({"karen": doubles["karen"][:1]})


@pytest.mark.parametrize(
    "name", ["a\x00b", "x" * 10_000, "\ud800", "İ", "ﬁnn"], ids=["NUL", "long", "surrogate", "dotted", "ligature"]
)
def test_odd_names_are_unknown_names(client: Client, world: Any, name: str) -> None:
    form = f"username={quote(name.encode('utf-8', 'surrogatepass'))}&password=x"
    answer = client.post(reverse("sign-in"), form, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 422


def test_signing_out_ends_the_session_and_the_live_pages(client: Client, world: Any) -> None:
    client.force_login(world.anna)
    assert client.post(reverse("sign-out")).status_code == 302
    assert client.get(reverse("password")).status_code == 302
    ending = Ending.objects.get()
    assert ending.whose.startswith("session-")
    assert Mark.objects.filter(part=f"ended/{ending.whose}").exists()


def test_signing_out_is_never_done_by_following_a_link(client: Client, world: Any) -> None:
    client.force_login(world.anna)
    assert client.get(reverse("sign-out")).status_code == 405
    assert client.get(reverse("password")).status_code == 200


def test_one_who_must_choose_a_password_gets_no_further_before_it_is_done(client: Client, world: Any) -> None:
    Person.objects.filter(pk=world.anna.pk).update(must_change_password=True)
    client.force_login(world.anna)
    assert client.get(reverse("start")).headers["Location"] == reverse("password")
    new = "syv grønne cykler i regn"
    answer = client.post(reverse("password"), {"old": PASSWORD, "new": new, "again": new})
    assert answer.status_code == 302
    world.anna.refresh_from_db()
    assert world.anna.check_password(new)
    assert not world.anna.must_change_password
    assert client.get(reverse("start")).headers["Location"] != reverse("password")


def test_a_part_of_a_page_is_no_way_around_the_new_password(client: Client, world: Any) -> None:
    Person.objects.filter(pk=world.anna.pk).update(must_change_password=True)
    client.force_login(world.anna)
    answer = client.get(reverse("desk:home"), headers={"HX-Request": "true"})
    assert answer.status_code == 403
    assert answer.headers["HX-Redirect"] == reverse("password")
    answer = client.post(reverse("desk:session"), {}, headers={"HX-Request": "true"})
    assert answer.status_code == 403


@pytest.mark.parametrize(
    ("old", "new", "again", "said"),
    [
        (PASSWORD, PASSWORD, PASSWORD, "i forvejen"),
        ("forkert", "syv grønne cykler", "syv grønne cykler", "ikke din nuværende"),
        (PASSWORD, "kort", "kort", "12"),
        (PASSWORD, "syv grønne cykler", "otte grønne cykler", "ikke ens"),
        (PASSWORD, "q1w2e3r4t5y6", "q1w2e3r4t5y6", "almindelig"),
    ],
)
def test_a_password_that_does_not_do_is_refused_with_the_reason(
    client: Client, world: Any, old: str, new: str, again: str, said: str
) -> None:
    client.force_login(world.anna)
    answer = client.post(reverse("password"), {"old": old, "new": new, "again": again})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_pages_are_danish_until_somebody_chooses_english_and_the_choice_stays_with_the_person(
    client: Client, world: Any
) -> None:
    assert 'lang="da"' in client.get(reverse("sign-in"), headers={"accept-language": "en"}).content.decode()
    client.force_login(world.anna)
    client.post(reverse("language"), {"language": "en", "next": "/password/"})
    world.anna.refresh_from_db()
    assert world.anna.language == "en"
    fresh = Client()
    fresh.force_login(world.anna)
    answer = fresh.get(reverse("password"))
    assert answer.headers["Content-Language"] == "en"
    assert 'lang="en"' in answer.content.decode()


def test_an_unknown_language_changes_nothing(client: Client, world: Any) -> None:
    client.force_login(world.anna)
    client.post(reverse("language"), {"language": "xx"})
    world.anna.refresh_from_db()
    assert world.anna.language == "da"


def test_people_to_try_are_listed_in_the_demo_alone(client: Client, world: Any, settings: Any) -> None:
    assert "Prøv som" not in client.get(reverse("sign-in")).content.decode()
    settings.DEMO = True
    text = client.get(reverse("sign-in")).content.decode()
    assert "Prøv som" in text
    assert settings.DEMO_PASSWORD in text
    assert world.anna.name in text
    assert world.ukendt.name not in text
