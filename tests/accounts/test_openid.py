"""Signing in at an OpenID Connect provider, over HTTP against the certified `oidc-provider`."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from django.urls import reverse

from indgang.accounts import carried, claim_rules, people
from indgang.accounts.access import may
from indgang.accounts.models import Identity, Person, RoleAssignment, SecondFactor
from indgang.accounts.permissions import Permission as P
from indgang.audit.models import Change
from indgang.core import clock
from tests.accounts import openid_house
from tests.accounts.openid_house import OpenIDHouse, sign_in_there
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db

BACK = "http://testserver/sign-on/prove/callback/"


@pytest.fixture(scope="module")
def running_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenIDHouse]:
    out_to = ["http://testserver/sign-in/"]
    with openid_house.running(tmp_path_factory.mktemp("openid"), [BACK], out_to=out_to) as house:
        yield house


@pytest.fixture
def house(running_house: OpenIDHouse, settings: Any) -> OpenIDHouse:
    running_house.tell(claims={}, clock=0, tamper=None, forge=None)
    _set(settings, running_house.settings)
    return running_house


def _set(settings: Any, *providers: Any) -> None:
    from indgang.config.sign_on import for_allauth

    settings.SIGN_ON, settings.SOCIALACCOUNT_PROVIDERS = providers, for_allauth(providers)


def _go(client: Client, **fields: str) -> str:
    """Press the button on the sign-in page; where the provider's page is."""
    answer = client.post(reverse("sign-on", args=["prove"]), fields)
    assert answer.status_code == 200, answer.content.decode()
    assert unescape(re.search(r'<a href="([^"]+prompt|[^"]+/auth[^"]*)"', answer.content.decode())[1])  # type: ignore[index]
    return str(answer.headers["Refresh"].partition("url=")[2])


def _sign_in(client: Client, subject: str, **fields: str) -> Any:
    back = sign_in_there(_go(client, **fields), subject)
    return client.get(back.removeprefix("http://testserver"))


def _rule(world: Any, value: str, role: str, unit: str | None, **more: Any) -> Any:
    days = {"valid_from": clock.today() - timedelta(days=1)} | more
    place = world.units[unit] if unit else None
    return claim_rules.add(provider="prove", value=value, role=role, unit=place, **days, by=world.finn, at=clock.now())


def _signed_in(client: Client) -> Person | None:
    pk = client.session.get("_auth_user_id")
    return Person.objects.get(pk=pk) if pk else None


def test_the_way_there_uses_pkce_and_the_sign_in_page_has_the_button(
    client: Client, world: Any, house: OpenIDHouse
) -> None:
    assert "Log ind hos Prøvekommunen" in client.get("/sign-in/").content.decode()
    asked = parse_qs(urlsplit(_go(client)).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == [BACK]


def test_a_first_sign_in_makes_the_account_with_the_roles_of_the_groups(
    client: Client, world: Any, house: OpenIDHouse
) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    _rule(world, "leder-tmf", "team_leader", "tmf")
    house.say(name="Nina Nøhr", email="nina@kommune.example", groups=["kc-tmf", "noget-andet"])
    answer = _sign_in(client, "subject-1")
    assert (answer.status_code, answer.headers["Location"]) == (302, reverse("start"))
    nina = _signed_in(client)
    assert nina is not None
    assert (nina.name, nina.email, nina.has_usable_password()) == ("Nina Nøhr", "nina@kommune.example", False)
    assert may(nina, P.TAKE_CALLS, world.units["tmf"])
    assert not may(nina, P.LEAD_TEAM)
    trail = Change.objects.filter(target_id=str(nina.pk)).order_by("pk").values_list("action", "by_label")
    assert list(trail) == [
        (action, "login: Prøvekommunen") for action in ("person.create", "identity.connect", "role.give")
    ]


def test_each_sign_in_applies_the_groups_anew_and_takes_away_what_is_gone(
    client: Client, world: Any, house: OpenIDHouse
) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    _rule(world, "leder-tmf", "team_leader", "tmf")
    house.say(name="Nina", groups=["kc-tmf"])
    _sign_in(client, "subject-2")
    nina = _signed_in(client)
    assert nina is not None
    by_hand = people.give_role(
        nina, role="planner", unit=world.units["bif"], valid_from=clock.today(), by=world.finn, at=clock.now()
    )
    house.say(name="Nina Ny", groups=["leder-tmf"])
    client.logout()
    _sign_in(client, "subject-2")
    nina = Person.objects.get(pk=nina.pk)
    assert nina.name == "Nina Ny"
    roles = RoleAssignment.objects.valid_on(clock.today()).filter(person=nina)
    assert set(roles.values_list("role", "provider")) == {("team_leader", "prove"), ("planner", "")}
    ended = Change.objects.get(target_id=str(nina.pk), action="role.end")
    assert (ended.by_label, ended.before["role"]) == ("login: Prøvekommunen", "agent")
    assert by_hand in roles


def test_who_is_known_by_subject_is_recognised_with_another_name_and_address(
    client: Client, world: Any, house: OpenIDHouse
) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    house.say(name="Nina", email="nina@kommune.example", groups=["kc-tmf"])
    _sign_in(client, "subject-3")
    first = _signed_in(client)
    client.logout()
    house.say(name="Nina Gift", email="ny@kommune.example", groups=["kc-tmf"])
    _sign_in(client, "subject-3")
    assert _signed_in(client) == first


@pytest.mark.parametrize(("trusted", "verified"), [(False, True), (True, False), (True, True)])
def test_an_address_alone_recognises_nobody_unless_the_provider_is_trusted_for_it(
    client: Client, world: Any, house: OpenIDHouse, settings: Any, trusted: bool, verified: bool
) -> None:
    _set(settings, replace(house.settings, trusts_email=trusted))
    _rule(world, "kc-tmf", "agent", "tmf")
    Person.objects.filter(pk=world.anna.pk).update(email="anna@kommune.example")
    house.say(name="Anna", email="Anna@kommune.example", email_verified=verified, groups=["kc-tmf"])
    _sign_in(client, "somebody")
    assert (_signed_in(client) == world.anna) is (trusted and verified)


def test_a_user_name_that_is_taken_makes_a_new_person_with_another(
    client: Client, world: Any, house: OpenIDHouse
) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    house.say(preferred_username="ANNA", groups=["kc-tmf"])
    _sign_in(client, "not-anna")
    found = _signed_in(client)
    assert found is not None
    assert (found == world.anna, found.username) == (False, "ANNA-2")


def test_what_was_typed_before_the_session_ended_comes_back_after_the_provider(
    client: Client, world: Any, house: OpenIDHouse
) -> None:
    from django.http import QueryDict

    Identity.objects.create(
        person=world.anna, provider="prove", subject="anna-there", connected_at=clock.now(), last_used=clock.now()
    )
    house.say(groups=[])
    form = carried.Carried("/desk/", world.anna.pk, QueryDict("note=Ringede om sin altan"), False)
    answer = _sign_in(client, "anna-there", carried=carried.seal(form))
    assert "Ringede om sin altan" in answer.content.decode()
    assert _signed_in(client) == world.anna


def _refused(client: Client, subject: str, what: str, todo: str) -> None:
    """Nobody is signed in, nobody new is there, and the page says what and what to do."""
    before = Person.objects.count(), Identity.objects.count(), RoleAssignment.objects.count()
    answer = _sign_in(client, subject)
    text = unescape(answer.content.decode())
    assert answer.status_code in (403, 503)
    assert what in text
    assert todo in text
    assert _signed_in(client) is None
    assert (Person.objects.count(), Identity.objects.count(), RoleAssignment.objects.count()) == before


@pytest.mark.parametrize(
    ("claims", "what"),
    [
        ({"name": "Uden grupper"}, "sendte ingen grupper med"),
        ({"name": "Tom", "groups": []}, "sendte ingen grupper med"),
        ({"groups": ["ukendt"]}, "ingen af dine grupper giver en rolle"),
    ],
)
def test_who_has_no_group_that_counts_is_told_so_and_no_account_is_made(
    client: Client, world: Any, house: OpenIDHouse, claims: dict[str, Any], what: str
) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    house.say(**claims)
    _refused(client, "nobody", what, "Bed din administrator")


def test_without_address_and_name_the_account_is_made_all_the_same(
    client: Client, world: Any, house: OpenIDHouse
) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    house.say(groups="kc-tmf")
    _sign_in(client, "abc-123")
    found = _signed_in(client)
    assert found is not None
    assert (found.username, found.name, found.email) == ("abc-123", "abc-123", "")


def test_the_last_role_ends_at_the_provider_and_nobody_is_let_in(
    client: Client, world: Any, house: OpenIDHouse
) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    house.say(groups=["kc-tmf"])
    _sign_in(client, "leaves")
    left = _signed_in(client)
    client.logout()
    house.say(groups=["ukendt"])
    answer = _sign_in(client, "leaves")
    assert "ingen af dine grupper giver en rolle" in answer.content.decode()
    assert _signed_in(client) is None
    assert not RoleAssignment.objects.valid_on(clock.today()).filter(person=left).exists()


def test_who_is_closed_here_does_not_come_in(client: Client, world: Any, house: OpenIDHouse) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    house.say(groups=["kc-tmf"])
    _sign_in(client, "closed")
    person = _signed_in(client)
    assert person is not None
    people.deactivate(person, by=world.finn, at=clock.now())
    client.logout()
    _refused(client, "closed", "Din bruger er lukket", "åbne den igen")


@pytest.mark.parametrize(
    ("told", "what"),
    [
        ({"clock": -600}, "går ikke ens"),
        ({"clock": 600}, "går ikke ens"),
        ({"tamper": {"aud": "somebody-else"}}, "lavet til et andet system"),
        ({"tamper": {"iss": "https://elsewhere.example"}}, "en anden end den"),
        ({"forge": True}, "ikke underskrevet med den nøgle"),
        ({"tamper": {"sub": "somebody else"}}, "kan ikke læse svaret"),
    ],
)
def test_an_answer_that_is_not_in_order_is_refused_with_what_to_do(
    client: Client, world: Any, house: OpenIDHouse, told: dict[str, Any], what: str
) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    house.say(groups=["kc-tmf"])
    house.tell(**told)
    _refused(client, "crooked", what, "administrator" if "clock" not in told else "fem minutter")


def test_a_provider_that_is_down_leaves_the_sign_in_page_as_it_is(
    client: Client, world: Any, house: OpenIDHouse, settings: Any
) -> None:
    _set(settings, replace(house.settings, issuer="http://127.0.0.1:9"))
    answer = client.post(reverse("sign-on", args=["prove"]))
    assert answer.status_code == 503
    assert "svarer ikke lige nu" in answer.content.decode()
    assert client.post("/sign-in/", {"username": "anna", "password": PASSWORD}).status_code == 302


class _Odd(BaseHTTPRequestHandler):
    """Answers every question with `page`."""

    page = b""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.page)

    def log_message(self, *_told: Any) -> None:
        """Say nothing on the terminal."""


@pytest.mark.parametrize("page", [b"<p>Vi er snart tilbage</p>", b"[]", b'{"issuer": "x"}'])
def test_a_provider_whose_answer_cannot_be_read_is_told_apart_from_one_that_is_down(
    client: Client, world: Any, house: OpenIDHouse, settings: Any, page: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_Odd, "page", page)
    with ThreadingHTTPServer(("127.0.0.1", 0), _Odd) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        _set(settings, replace(house.settings, issuer=f"http://127.0.0.1:{server.server_port}"))
        answer = client.post(reverse("sign-on", args=["prove"]))
        server.shutdown()
    assert answer.status_code == 403
    assert "kan ikke læse svaret" in answer.content.decode()


def test_a_person_given_a_password_here_need_not_know_it_after_a_sign_in_at_the_provider(
    client: Client, world: Any, house: OpenIDHouse
) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    house.say(groups=["kc-tmf"])
    _sign_in(client, "given-one")
    person = _signed_in(client)
    assert person is not None
    Person.objects.filter(pk=person.pk).update(must_change_password=True)
    assert client.get("/account/").status_code == 200


def test_whoever_made_an_account_with_somebody_elses_address_does_not_come_into_it(
    client: Client, world: Any, house: OpenIDHouse, settings: Any
) -> None:
    """The roles of the groups are given to an account whose password, app and passkeys somebody else may have."""
    _set(settings, replace(house.settings, trusts_email=True))
    _rule(world, "kc-tmf", "agent", "tmf")
    Person.objects.filter(pk=world.ukendt.pk).update(email="boss@kommune.example")
    SecondFactor.objects.create(person=world.ukendt, kind=SecondFactor.Kind.RECOVERY, secret="x", made_at=clock.now())
    before = Client()
    before.post("/sign-in/", {"username": world.ukendt.username, "password": PASSWORD})
    assert _signed_in(before) == world.ukendt
    house.say(email="boss@kommune.example", email_verified=True, groups=["kc-tmf"])
    _sign_in(client, "boss")
    assert _signed_in(client) == world.ukendt
    assert before.get("/account/").status_code == 302
    assert before.post("/sign-in/", {"username": world.ukendt.username, "password": PASSWORD}).status_code == 422
    assert not SecondFactor.objects.filter(person=world.ukendt).exists()
    assert client.get("/account/").status_code == 200


def test_nobody_is_recognised_as_a_break_glass_account(
    client: Client, world: Any, house: OpenIDHouse, settings: Any
) -> None:
    _set(settings, replace(house.settings, trusts_email=True))
    _rule(world, "kc-tmf", "agent", "tmf")
    Person.objects.filter(pk=world.ukendt.pk).update(email="drift@kommune.example", is_break_glass=True)
    house.say(email="drift@kommune.example", email_verified=True, groups=["kc-tmf"])
    _sign_in(client, "drift")
    assert _signed_in(client) not in (None, world.ukendt)


@pytest.mark.parametrize("said", [{"email": "x" * 250 + "@k.dk"}, {"name": "Nina\0"}, {"groups": ["a\0", "kc-tmf"]}])
def test_claims_that_no_database_can_hold_are_left_out(
    client: Client, world: Any, house: OpenIDHouse, said: dict[str, Any]
) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    house.say(**{"groups": ["kc-tmf"]} | said)
    _sign_in(client, "odd-claims")
    nina = _signed_in(client)
    assert nina is not None
    assert (nina.email, "\0" in nina.name) == ("", False)


def test_a_subject_that_is_too_long_to_be_kept_is_told_as_unreadable(
    client: Client, world: Any, house: OpenIDHouse
) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    house.say(groups=["kc-tmf"])
    _sign_in(client, "s" * 255)
    assert _signed_in(client) is not None
    client.logout()
    answer = _sign_in(client, "s" * 256)
    assert (answer.status_code, _signed_in(client)) == (403, None)
    assert "kan ikke læse svaret" in answer.content.decode()


def test_a_fault_of_our_own_is_not_blamed_on_the_provider(
    client: Client, world: Any, house: OpenIDHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: Any, **_more: Any) -> None:
        raise ValueError("ours")

    monkeypatch.setattr("indgang.accounts.identities.arrive", broken)
    with pytest.raises(ValueError, match="ours"):
        _sign_in(client, "somebody")


def test_a_provider_that_calls_itself_something_else_is_not_the_one_we_know(
    client: Client, world: Any, house: OpenIDHouse, settings: Any
) -> None:
    _set(settings, replace(house.settings, issuer=house.issuer.replace("127.0.0.1", "localhost")))
    answer = client.post(reverse("sign-on", args=["prove"]))
    assert "en anden end den" in answer.content.decode()


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(
    client: Client, world: Any, house: OpenIDHouse
) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    house.say(groups=["kc-tmf"])
    back = sign_in_there(_go(client), "twice").removeprefix("http://testserver")
    stranger = Client()
    answer = stranger.get(back)
    assert "Begynd forfra her" in answer.content.decode()
    assert _signed_in(stranger) is None
    assert client.get(back).status_code == 302
    client.logout()
    assert "Begynd forfra her" in client.get(back).content.decode()
    assert _signed_in(client) is None


def test_who_turns_back_at_the_provider_is_told_so(client: Client, world: Any, house: OpenIDHouse) -> None:
    state = parse_qs(urlsplit(_go(client)).query)["state"][0]
    answer = client.get(f"/sign-on/prove/callback/?error=access_denied&state={state}")
    assert "Du afbrød login" in answer.content.decode()


def test_an_unknown_provider_is_no_page(client: Client, world: Any, house: OpenIDHouse) -> None:
    assert client.post("/sign-on/ukendt/").status_code == 404


def test_signing_out_ends_the_session_at_the_provider_too(client: Client, world: Any, house: OpenIDHouse) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    house.say(groups=["kc-tmf"])
    browser = requests.Session()
    back = sign_in_there(_go(client), "leaving", browser)
    client.get(back.removeprefix("http://testserver"))
    answer = client.post("/sign-out/")
    assert _signed_in(client) is None
    there = answer.headers["Refresh"].partition("url=")[2]
    asked = parse_qs(urlsplit(there).query)
    assert asked["post_logout_redirect_uri"] == ["http://testserver/sign-in/"]
    page = browser.get(there)
    assert page.ok, page.text
    form = re.search(r'action="([^"]+/session/end/confirm)".*?name="xsrf" value="([^"]+)"', page.text, re.DOTALL)
    assert form, page.text
    done = browser.post(form[1], data={"xsrf": form[2], "logout": "yes"}, allow_redirects=False)
    assert done.headers["Location"] == "http://testserver/sign-in/"


def test_the_address_for_signing_out_there_may_have_a_query(
    client: Client, world: Any, house: OpenIDHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    house.say(groups=["kc-tmf"])
    _sign_in(client, "leaving-3")
    found = {"end_session_endpoint": "https://login.example/logout?policy=a"}
    monkeypatch.setattr("indgang.accounts.protocols.OpenIDAdapter.openid_config", found)
    there = client.post("/sign-out/").headers["Refresh"].partition("url=")[2]
    asked = parse_qs(urlsplit(there).query)
    assert (asked["policy"], asked["client_id"]) == (["a"], ["indgang"])


def test_a_provider_that_is_down_does_not_keep_anybody_signed_in(
    client: Client, world: Any, house: OpenIDHouse, settings: Any
) -> None:
    _rule(world, "kc-tmf", "agent", "tmf")
    house.say(groups=["kc-tmf"])
    _sign_in(client, "leaving-2")
    _set(settings, replace(house.settings, issuer="http://127.0.0.1:9"))
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert _signed_in(client) is None


@pytest.mark.parametrize("token", ["", "no.token.atall"])
def test_what_is_no_logout_token_signs_nobody_out(client: Client, world: Any, house: OpenIDHouse, token: str) -> None:
    assert client.post("/sign-on/prove/signed-out/", {"logout_token": token}).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_signing_out_at_the_provider_ends_every_session_here(
    world: Any, settings: Any, live_server: Any, tmp_path: Path
) -> None:
    """OpenID Connect Back-Channel Logout: the provider tells us, without the person's browser."""
    host = urlsplit(live_server.url).netloc
    settings.ALLOWED_HOSTS = ["*"]
    back, ended = (f"{live_server.url}/sign-on/prove/{leaf}/" for leaf in ("callback", "signed-out"))
    wishes = {"backchannel_logout_uri": ended}
    with openid_house.running(tmp_path, [back], out_to=[f"{live_server.url}/sign-in/"], client=wishes) as house:
        _set(settings, house.settings)
        _rule(world, "kc-tmf", "agent", "tmf")
        house.say(groups=["kc-tmf"])
        client, browser = Client(HTTP_HOST=host), requests.Session()
        client.get(sign_in_there(_go(client), "far-away", browser).removeprefix(live_server.url))
        assert _signed_in(client) is not None
        page = browser.get(f"{house.issuer}/session/end")
        form = re.search(r'action="([^"]+/session/end/confirm)".*?name="xsrf" value="([^"]+)"', page.text, re.DOTALL)
        assert form, page.text
        done = browser.post(form[1], data={"xsrf": form[2], "logout": "yes"}, allow_redirects=False)
        assert done.is_redirect, done.text
        assert client.get("/password/").status_code == 302
