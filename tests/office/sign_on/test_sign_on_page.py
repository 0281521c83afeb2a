"""The page of single sign-on: the roles of a provider's groups, and a trial of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.accounts import people
from indgang.accounts.models import ClaimRule
from indgang.accounts.providers import OpenIDProvider
from indgang.audit.models import Change
from indgang.audit.trail import System
from indgang.core import clock

pytestmark = pytest.mark.django_db
PAGE = "/office/sign-on/"


@pytest.fixture(autouse=True)
def provider(settings: Any) -> None:
    settings.SIGN_ON = (
        OpenIDProvider(
            id="entra", name="Prøvekommunen", issuer="https://login.example", client_id="a", client_secret="b"
        ),
    )


@pytest.fixture
def finn(client: Client, world: Any) -> Client:
    client.force_login(world.finn, backend="django.contrib.auth.backends.ModelBackend")
    return client


def _line(world: Any, **more: str) -> dict[str, str]:
    line = {"provider": "entra", "value": "kc-tmf", "role": "agent", "unit": str(world.units["tmf"].pk)}
    return line | {"valid_from": clock.today().isoformat(), "valid_to": ""} | more


def test_a_line_is_added_shown_and_ended_with_a_trail(finn: Client, world: Any) -> None:
    assert finn.post(PAGE, _line(world)).status_code == 302
    rule = ClaimRule.objects.get()
    text = finn.get(PAGE).content.decode()
    assert "kc-tmf" in text
    assert "http://testserver/sign-on/entra/callback/" in text
    assert finn.post(reverse("office:claim-rule-end", args=[rule.pk]), {"on": clock.today().isoformat()}).status_code
    assert not ClaimRule.objects.exists()
    trail = Change.objects.filter(action__startswith="claim_rule").order_by("pk")
    assert list(trail.values_list("action", "by_label")) == [
        ("claim_rule.add", world.finn.audit_label), ("claim_rule.end", world.finn.audit_label),
    ]  # fmt: skip


def test_the_same_line_twice_is_told_at_its_field(finn: Client, world: Any) -> None:
    finn.post(PAGE, _line(world))
    answer = finn.post(PAGE, _line(world))
    assert answer.status_code == 422
    assert "giver allerede rollen" in answer.content.decode()
    assert ClaimRule.objects.count() == 1


def test_trying_out_says_what_the_groups_would_give_and_which_are_unknown(finn: Client, world: Any) -> None:
    finn.post(PAGE, _line(world))
    finn.post(PAGE, _line(world, value="senere", valid_from=(clock.today() + timedelta(days=9)).isoformat()))
    address = reverse("office:sign-on-tried")
    text = finn.get(address, {"provider": "entra", "groups": "kc-tmf\nsenere\n\n"}).content.decode()
    assert "<strong>Kontaktcentermedarbejder</strong>, Teknik- og Miljøforvaltningen" in text
    assert "Grupper uden en linje i dag: senere" in text
    assert "ikke lukket ind" in finn.get(address, {"provider": "entra", "groups": "andre"}).content.decode()
    assert finn.get(address, {"provider": "entra"}).status_code == 422
    assert ClaimRule.objects.count() == 2


def test_an_administrator_of_some_units_changes_the_lines_of_those_alone(client: Client, world: Any) -> None:
    people.give_role(
        world.ukendt, role="administrator", unit=world.units["bif"], valid_from=clock.today(), by=System("test"),
        at=clock.now(),
    )  # fmt: skip
    client.force_login(world.ukendt, backend="django.contrib.auth.backends.ModelBackend")
    assert client.post(PAGE, _line(world)).status_code == 422
    assert client.post(PAGE, _line(world, whole="on", unit="")).status_code == 422
    assert client.post(PAGE, _line(world, unit=str(world.units["bif"].pk))).status_code == 302
    theirs = ClaimRule.objects.get()
    other = ClaimRule.objects.create(provider="entra", value="alle", role="agent", valid_from=clock.today())
    assert client.post(reverse("office:claim-rule-end", args=[other.pk]), {"on": clock.today()}).status_code == 404
    assert client.post(reverse("office:claim-rule-end", args=[theirs.pk]), {"on": clock.today()}).status_code == 302


def test_without_a_provider_the_page_says_what_to_do(finn: Client, settings: Any) -> None:
    settings.SIGN_ON = ()
    assert "INDGANG_SIGN_ON" in finn.get(PAGE).content.decode()


def test_a_line_ends_neither_in_the_past_nor_later_than_it_does(finn: Client, world: Any) -> None:
    today = clock.today()
    rule = ClaimRule.objects.create(
        provider="entra", value="kc-tmf", role="agent", valid_from=today - timedelta(days=9),
        valid_to=today + timedelta(days=2),
    )  # fmt: skip
    ClaimRule.objects.create(provider="entra", value="kc-tmf", role="agent", valid_from=today + timedelta(days=2))
    address = reverse("office:claim-rule-end", args=[rule.pk])
    for days, said in ((-1, "Dagen er passeret"), (3, "Den slutter allerede")):
        answer = finn.post(address, {"on": (today + timedelta(days=days)).isoformat()})
        assert (answer.status_code, said in answer.content.decode()) == (422, True)
    rule.refresh_from_db()
    assert rule.valid_to == today + timedelta(days=2)


def test_a_planned_line_ends_on_its_first_day_unless_another_is_chosen(finn: Client, world: Any) -> None:
    first = clock.today() + timedelta(days=9)
    rule = ClaimRule.objects.create(provider="entra", value="kc-tmf", role="agent", valid_from=first)
    page = finn.get(reverse("office:sign-on")).content.decode()
    field = page[page.index("kc-tmf slutter") :].split("</form>")[0]
    assert f'value="{first.isoformat()}"' in field
    assert f'id="end-claimrule-{rule.pk}-on"' in field
