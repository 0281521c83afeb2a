"""Signing in at a SAML 2.0 provider, over HTTP against `samlp`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.accounts import claim_rules
from indgang.accounts.access import may
from indgang.accounts.models import Identity, Person, RoleAssignment
from indgang.accounts.permissions import Permission as P
from indgang.config.sign_on import for_allauth
from indgang.core import clock
from tests.accounts import saml_house
from tests.accounts.saml_house import SAMLHouse, answer_of

pytestmark = pytest.mark.django_db

HOST = "indgang.kommune.example"
ACS = f"http://{HOST}/sign-on/saml/acs/"


@pytest.fixture(scope="module")
def running_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SAMLHouse]:
    with saml_house.running(tmp_path_factory.mktemp("saml"), ACS) as house:
        yield house


@pytest.fixture
def house(running_house: SAMLHouse, settings: Any) -> SAMLHouse:
    running_house.tell(clock=0, options={}, key=running_house.keys.key, cert=running_house.keys.certificate)
    settings.ALLOWED_HOSTS = [HOST]
    _set(settings, running_house.settings)
    return running_house


@pytest.fixture
def client() -> Client:
    return Client(HTTP_HOST=HOST)


@pytest.fixture
def rule(world: Any) -> Any:
    return claim_rules.add(
        provider="saml", value="kc-tmf", role="agent", unit=world.units["tmf"], by=world.finn, at=clock.now(),
        valid_from=clock.today(),
    )  # fmt: skip


def _set(settings: Any, *providers: Any) -> None:
    settings.SIGN_ON, settings.SOCIALACCOUNT_PROVIDERS = providers, for_allauth(providers)


def _answer(client: Client) -> dict[str, str]:
    """Press the button, go to the provider, and come back with what its page posts."""
    there = client.post(reverse("sign-on", args=["saml"]))
    assert there.status_code == 200, there.content.decode()
    return answer_of(there.headers["Refresh"].partition("url=")[2])


def _bring(client: Client, answer: dict[str, str]) -> Any:
    back = client.post("/sign-on/saml/acs/", answer)
    assert back.status_code == 302, back.content.decode()
    return client.get(back.headers["Location"])


def _sign_in(client: Client) -> Any:
    return _bring(client, _answer(client))


def _signed_in(client: Client) -> Person | None:
    pk = client.session.get("_auth_user_id")
    return Person.objects.get(pk=pk) if pk else None


def test_a_signed_assertion_signs_in_with_the_roles_of_its_groups(
    client: Client, world: Any, house: SAMLHouse, rule: Any
) -> None:
    house.say("pseudonym-1", name="Nina Nøhr", email="nina@kommune.example", groups=["kc-tmf", "andet"])
    answer = _sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("start"))
    nina = _signed_in(client)
    assert nina is not None
    assert (nina.name, nina.email) == ("Nina Nøhr", "nina@kommune.example")
    assert may(nina, P.TAKE_CALLS, world.units["tmf"])
    assert Identity.objects.get(person=nina).subject == "pseudonym-1"
    client.logout()
    house.say("pseudonym-1", groups=["andet"])
    assert "ingen af dine grupper giver en rolle" in _sign_in(client).content.decode()
    assert not RoleAssignment.objects.valid_on(clock.today()).filter(person=nina).exists()


def test_attributes_with_long_names_are_known_too(client: Client, world: Any, house: SAMLHouse, rule: Any) -> None:
    base = "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/"
    said = {f"{base}givenname": "Nina", f"{base}surname": "Nøhr", f"{base}emailaddress": "n@kommune.example"}
    house.say("pseudonym-2", **said, groups="kc-tmf")
    _sign_in(client)
    nina = _signed_in(client)
    assert nina is not None
    assert (nina.name, nina.email) == ("Nina Nøhr", "n@kommune.example")


def test_the_metadata_name_us_and_where_answers_go(client: Client, house: SAMLHouse) -> None:
    page = client.get(reverse("saml_metadata", args=["saml"]))
    assert page.headers["Content-Type"] == "text/xml"
    text = page.content.decode()
    assert f'Location="{ACS}"' in text
    assert 'WantAssertionsSigned="true"' in text


def _refused(client: Client, what: str, answer: dict[str, str] | None = None) -> None:
    before = Person.objects.count(), Identity.objects.count(), RoleAssignment.objects.count()
    page = _bring(client, answer or _answer(client))
    text = unescape(page.content.decode())
    assert page.status_code == 403, text
    assert what in text, re.sub(r"<[^>]+>", "", text)
    assert _signed_in(client) is None
    assert (Person.objects.count(), Identity.objects.count(), RoleAssignment.objects.count()) == before


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ({"clock": 600}, "går ikke ens"),
        ({"clock": -600, "options": {"lifetimeInSeconds": 60}}, "går ikke ens"),
        ({"options": {"audience": "https://another.example"}}, "lavet til et andet system"),
        ({"options": {"recipient": "https://another.example/acs"}}, "lavet til et andet system"),
        ({"options": {"issuer": "https://another.example"}}, "en anden end den"),
        ({"options": {"signAssertion": False}}, "ikke underskrevet"),
        ({"options": {"error": {"code": "urn:oasis:names:tc:SAML:2.0:status:Responder"}}}, "afviste login"),
    ],
)
def test_an_answer_that_is_not_in_order_is_refused_with_what_to_do(
    client: Client, world: Any, house: SAMLHouse, rule: Any, told: dict[str, Any], what: str
) -> None:
    house.say("crooked", groups=["kc-tmf"])
    house.tell(**told)
    _refused(client, what)


def test_a_clock_a_minute_wrong_is_nothing(client: Client, world: Any, house: SAMLHouse, rule: Any) -> None:
    house.say("nearly", groups=["kc-tmf"])
    house.tell(clock=60)
    _sign_in(client)
    assert _signed_in(client) is not None


def test_another_key_than_the_one_we_know_is_refused(client: Client, world: Any, house: SAMLHouse, rule: Any) -> None:
    other = saml_house.pair()
    house.say("forged", groups=["kc-tmf"])
    house.tell(key=other.key, cert=other.certificate)
    _refused(client, "ikke underskrevet")


def test_what_was_changed_on_the_way_is_refused(client: Client, world: Any, house: SAMLHouse, rule: Any) -> None:
    from base64 import b64decode, b64encode

    house.say("tampered", groups=["kc-xxx"])
    answer = _answer(client)
    changed = b64decode(answer["SAMLResponse"]).replace(b"kc-xxx", b"kc-tmf")
    _refused(client, "ikke underskrevet", answer | {"SAMLResponse": b64encode(changed).decode()})


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(
    client: Client, world: Any, house: SAMLHouse, rule: Any
) -> None:
    house.say("twice", groups=["kc-tmf"])
    answer = _answer(client)
    stranger = Client(HTTP_HOST=HOST)
    assert "Begynd forfra her" in _bring(stranger, answer).content.decode()
    assert _signed_in(stranger) is None
    assert _bring(client, answer).status_code == 302
    client.logout()
    assert "Begynd forfra her" in _bring(client, answer).content.decode()
    assert _signed_in(client) is None


def test_an_answer_that_nobody_asked_for_is_refused(client: Client, world: Any, house: SAMLHouse, rule: Any) -> None:
    house.say("unasked", groups=["kc-tmf"])
    _refused(client, "Begynd forfra her", answer_of(house.settings.sso_url))


def test_a_provider_inside_the_municipality_may_have_a_host_without_dots(
    client: Client, house: SAMLHouse, settings: Any
) -> None:
    _set(settings, replace(house.settings, sso_url="https://adfs/adfs/ls/", slo_url="https://adfs/adfs/ls/"))
    there = client.post(reverse("sign-on", args=["saml"]))
    assert (there.status_code, "url=https://adfs/adfs/ls/" in there.headers.get("Refresh", "")) == (200, True)


@pytest.mark.parametrize("said", ["", "%%%", "PGE+", "PCFET0NUWVBFIGEgWzwhRU5USVRZIGIgImMiPl0+PGE+JmI7PC9hPg=="])
def test_an_answer_that_is_no_xml_is_told_as_unreadable(client: Client, house: SAMLHouse, said: str) -> None:
    answer = client.post("/sign-on/saml/acs/", {"SAMLResponse": said})
    assert answer.status_code == 403
    assert "kan ikke læse svaret" in answer.content.decode()


def test_a_name_that_is_another_each_time_makes_no_account(
    client: Client, world: Any, house: SAMLHouse, rule: Any
) -> None:
    house.say("a1", form="urn:oasis:names:tc:SAML:2.0:nameid-format:transient", groups=["kc-tmf"])
    _refused(client, "ikke et fast navn")


def test_an_attribute_may_be_the_lasting_name(
    client: Client, world: Any, house: SAMLHouse, rule: Any, settings: Any
) -> None:
    _set(settings, replace(house.settings, subject="uuid"))
    house.say("a1", form="urn:oasis:names:tc:SAML:2.0:nameid-format:transient", uuid="u-77", groups=["kc-tmf"])
    _sign_in(client)
    assert Identity.objects.get().subject == "u-77"


@pytest.mark.parametrize("groups", [{}, {"groups": []}])
def test_without_groups_nobody_comes_in(
    client: Client, world: Any, house: SAMLHouse, rule: Any, groups: dict[str, Any]
) -> None:
    house.say("groupless", name="Nina", **groups)
    _refused(client, "sendte ingen grupper med")


def test_a_certificate_that_has_ended_lets_nobody_in_and_says_whose_it_is(
    client: Client, world: Any, house: SAMLHouse, rule: Any, settings: Any
) -> None:
    ended = saml_house.pair(timedelta(hours=-1))
    _set(settings, replace(house.settings, certificate=ended.certificate))
    house.say("too-late", groups=["kc-tmf"])
    answer = client.post(reverse("sign-on", args=["saml"]))
    assert answer.status_code == 403
    assert "viser sig med, er udløbet" in answer.content.decode()


def test_a_certificate_that_ends_tonight_lets_people_in_and_is_shown_on_the_page(
    client: Client, world: Any, house: SAMLHouse, rule: Any, settings: Any
) -> None:
    tonight = saml_house.pair(timedelta(hours=5))
    house.tell(key=tonight.key, cert=tonight.certificate)
    _set(settings, replace(house.settings, certificate=tonight.certificate))
    house.say("in-time", groups=["kc-tmf"])
    _sign_in(client)
    assert _signed_in(client) is not None
    client.force_login(world.finn, backend="django.contrib.auth.backends.ModelBackend")
    assert "Certifikatet udløber" in client.get("/office/sign-on/").content.decode()
