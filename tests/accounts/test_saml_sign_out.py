"""Single logout of SAML 2.0 in both directions, over HTTP against `samlp`."""

from __future__ import annotations

import re
import time
import zlib
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
import requests
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from django.test import Client
from django.urls import reverse

from indgang.accounts import claim_rules
from indgang.accounts.models import Person
from indgang.config.sign_on import for_allauth
from indgang.core import clock
from indgang.entry.models import AgentState, Command, Presence
from tests.accounts import saml_house
from tests.accounts.saml_house import ISSUER, SAMLHouse, answer_of

pytestmark = pytest.mark.django_db

HOST = "indgang.kommune.example"
US = f"http://{HOST}/sign-on/saml"
SLS = f"{US}/sls/"


@pytest.fixture(scope="module")
def running_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SAMLHouse]:
    with saml_house.running(tmp_path_factory.mktemp("saml"), f"{US}/acs/") as house:
        yield house


@pytest.fixture(scope="module")
def our_keys() -> saml_house.Pair:
    return saml_house.pair()


@pytest.fixture
def house(running_house: SAMLHouse, our_keys: saml_house.Pair, world: Any, settings: Any) -> SAMLHouse:
    """The provider, which knows our certificate, and a group of it that gives a role."""
    keys = running_house.keys
    sp = {"entity": f"{US}/metadata/", "slo": SLS, "cert": our_keys.certificate}
    running_house.tell(clock=0, options={}, key=keys.key, cert=keys.certificate, sp=sp)
    running_house.forget()
    settings.ALLOWED_HOSTS = [HOST]
    _set(settings, running_house, own_certificate=our_keys.certificate, own_key=our_keys.key)
    claim_rules.add(
        provider="saml", value="kc-tmf", role="agent", unit=world.units["tmf"], by=world.finn, at=clock.now(),
        valid_from=clock.today(),
    )  # fmt: skip
    return running_house


@pytest.fixture
def client() -> Client:
    return Client(HTTP_HOST=HOST)


def _set(settings: Any, house: SAMLHouse, **more: Any) -> None:
    provider = replace(house.settings, **{"slo_url": house.sign_out} | more)
    settings.SIGN_ON, settings.SOCIALACCOUNT_PROVIDERS = (provider,), for_allauth((provider,))


def _sign_in(client: Client, house: SAMLHouse, subject: str, session: str) -> Person:
    house.say(subject, session=session, name=subject, groups=["kc-tmf"])
    there = client.post(reverse("sign-on", args=["saml"])).headers["Refresh"].partition("url=")[2]
    client.get(client.post("/sign-on/saml/acs/", answer_of(there)).headers["Location"])
    person: Person = Person.objects.get(pk=client.session["_auth_user_id"])
    return person


def _is_in(client: Client) -> bool:
    return client.get("/password/").status_code == 200


def _follow(to: str) -> str:
    """Where the provider sends the browser."""
    answer = requests.get(to, allow_redirects=False, timeout=20)
    assert answer.is_redirect, answer.text
    return answer.headers["Location"]


def _bring(client: Client, to: str) -> Any:
    """Follow the provider's redirect to us."""
    assert to.startswith(SLS), to
    return client.get(to.partition(HOST)[2])


def test_signing_out_here_ends_the_session_at_the_provider(client: Client, house: SAMLHouse) -> None:
    _sign_in(client, house, "leaving", "s-1")
    assert "leaving" in house.signed_in()
    there = client.post("/sign-out/").headers["Refresh"].partition("url=")[2]
    assert not _is_in(client)
    assert there.startswith(house.sign_out)
    answer = _bring(client, _follow(there))
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/")
    assert "leaving" not in house.signed_in()


@pytest.mark.django_db(transaction=True)
def test_signing_out_at_the_provider_ends_the_session_and_the_phone_here(client: Client, house: SAMLHouse) -> None:
    nina = _sign_in(client, house, "far-away", "s-2")
    Presence.objects.create(person=nina, state=AgentState.READY, since=clock.now())
    Command.objects.all().delete()
    answer = _bring(client, _follow(house.sign_out))
    assert not _is_in(client)
    done = requests.get(answer.headers["Location"], timeout=20)
    assert (done.ok, house.signed_in()) == (True, []), done.text
    assert {"end_phone", "sign_out"} <= set(Command.objects.filter(person=nina).values_list("kind", flat=True))


def test_it_needs_no_cookie_and_ends_the_named_session_alone(client: Client, house: SAMLHouse) -> None:
    """A provider may do it in a frame, to which the browser sends no cookie of ours."""
    other, neighbour = Client(HTTP_HOST=HOST), Client(HTTP_HOST=HOST)
    _sign_in(other, house, "twice", "s-4")
    _sign_in(client, house, "twice", "s-5")
    _sign_in(neighbour, house, "neighbour", "s-4")
    assert _bring(Client(HTTP_HOST=HOST), _follow(house.sign_out)).status_code == 302
    assert (_is_in(other), _is_in(client), _is_in(neighbour)) == (False, True, True)


@pytest.mark.django_db(transaction=True)
def test_who_is_signed_in_in_another_browser_goes_on_working_until_the_last_session_ends(
    client: Client, house: SAMLHouse
) -> None:
    other = Client(HTTP_HOST=HOST)
    _sign_in(other, house, "twofold", "s-12")
    twofold = _sign_in(client, house, "twofold", "s-13")
    Presence.objects.create(person=twofold, state=AgentState.READY, since=clock.now())
    Command.objects.all().delete()
    for session, ordered in (("s-12", set()), ("s-13", {"end_phone", "sign_out"})):
        assert _sls(client, _signed(house, _request("twofold", session=session))).status_code == 302
        assert set(Command.objects.filter(person=twofold).values_list("kind", flat=True)) == ordered


def test_without_a_named_session_all_of_the_person_end(client: Client, house: SAMLHouse) -> None:
    other, neighbour = Client(HTTP_HOST=HOST), Client(HTTP_HOST=HOST)
    _sign_in(other, house, "thrice", "s-6")
    _sign_in(client, house, "thrice", "s-7")
    _sign_in(neighbour, house, "neighbour", "s-8")
    assert _sls(client, _signed(house, _request("thrice"))).status_code == 302
    assert (_is_in(other), _is_in(client), _is_in(neighbour)) == (False, False, True)


def test_a_query_in_small_letters_is_read_as_adfs_signs_it(client: Client, house: SAMLHouse) -> None:
    _sign_in(client, house, "small", "s-9")
    query = _signed(house, _request("small"), small=True)
    assert "%2b" in query or "%2f" in query or "%3d" in query
    assert _sls(client, query).status_code == 302
    assert not _is_in(client)


def _stranger(house: SAMLHouse) -> str:
    return _signed(house, _request("here"), keys=saml_house.pair())


def _changed(house: SAMLHouse) -> str:
    signature = _signed(house, _request("somebody-else")).partition("&SigAlg=")[2]
    return f"{urlencode(_request('here'))}&SigAlg={signature}"


def _old(house: SAMLHouse) -> str:
    return _signed(house, _request("here", age=600))


@pytest.mark.parametrize(
    "query",
    [
        lambda _house: urlencode(_request("here")), _stranger, _changed, _old, lambda _house: "",
        lambda _house: "SAMLResponse=", lambda _house: "SAMLResponse=PGEvPg==",
        lambda _house: "SAMLRequest=%25%25", lambda _house: "SAMLRequest=PGE%2B", lambda _house: "SAMLRequest=PGEvPg==",
        lambda house: _signed(house, _message("LogoutRequest", "")),
    ],
    ids=[
        "unsigned", "another_key", "changed", "old", "empty", "empty_answer", "bad_answer", "no_base64", "no_xml",
        "another_xml", "no_name",
    ],
)  # fmt: skip
def test_what_the_provider_has_not_signed_signs_nobody_out(client: Client, house: SAMLHouse, query: Any) -> None:
    _sign_in(client, house, "here", "s-10")
    answer = _sls(client, query(house))
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "Du er måske stadig logget ind" in text
    assert "Du er logget ud" not in text
    assert "sign_out_refused" in text
    assert _is_in(client)


def test_an_answer_that_does_not_confirm_it_is_told(client: Client, house: SAMLHouse) -> None:
    for status, signs in (("Success", False), ("Responder", True)):
        inner = f'<p:Status><p:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:{status}"/></p:Status>'
        message = _message("LogoutResponse", inner)
        answer = _sls(client, _signed(house, message) if signs else urlencode(message))
        assert answer.status_code == 403
        assert "har ikke bekræftet" in answer.content.decode()


def test_without_an_address_for_it_nobody_is_sent_there(client: Client, house: SAMLHouse, settings: Any) -> None:
    _sign_in(client, house, "alone", "s-11")
    _set(settings, house, slo_url="")
    assert _sls(client, _signed(house, _request("alone"))).status_code == 404
    assert _is_in(client)
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"


def _sls(client: Client, query: str) -> Any:
    return client.get(f"/sign-on/saml/sls/?{query}")


def _request(name: str, *, session: str = "", age: int = 0) -> dict[str, str]:
    named = f"<p:SessionIndex>{session}</p:SessionIndex>" if session else ""
    return _message("LogoutRequest", f"<a:NameID>{name}</a:NameID>{named}", age=age)


def _message(kind: str, inner: str, *, age: int = 0) -> dict[str, str]:
    """A message as anybody can write it, made so many seconds ago."""
    made = datetime.fromtimestamp(time.time() - age, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    xml = (
        f'<p:{kind} xmlns:p="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion" '
        f'ID="_1" Version="2.0" IssueInstant="{made}"><a:Issuer>{ISSUER}</a:Issuer>{inner}</p:{kind}>'
    )
    packed = zlib.compressobj(wbits=-15)
    said = b64encode(packed.compress(xml.encode()) + packed.flush()).decode()
    return {kind.replace("Logout", "SAML"): said, "RelayState": "https://evil.example/"}


def _signed(
    house: SAMLHouse, message: dict[str, str], *, keys: saml_house.Pair | None = None, small: bool = False
) -> str:
    """The query of a message with a signature; in small letters as ADFS writes it."""
    query = urlencode(message | {"SigAlg": "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256"})
    if small:
        query = re.sub("%..", lambda found: found[0].lower(), query)
    key = serialization.load_pem_private_key((keys or house.keys).key.encode(), None)
    assert isinstance(key, rsa.RSAPrivateKey)
    signature = key.sign(query.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{query}&{urlencode({'Signature': b64encode(signature)})}"
