"""Administrators set the numbers that each role may call; the switchboard and the audit trail receive the change."""

from __future__ import annotations

from indgang.accounts.models import RoleAssignment
from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.dial_rules import DialRule, NumberKind
from indgang.entry.models import Command, RoleDialRule
from indgang.entry.setup import dial_rules
from indgang.entry.switchboard import refused_calls
from tests.office.conftest import SignIn
from tests.world import World

AT = "/office/operations/dial-rules/"


def test_a_rule_is_set_changed_and_removed(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    assert "Må ringe til alle numre" in finn.get(AT).content.decode()
    form = {"kinds": ["short", "denmark", "abroad"], "countries": "se, no", "longest_minutes": "20", "at_once": "3"}
    form |= {"own_numbers": "on"}
    assert finn.post(f"{AT}agent/", form).status_code == 302
    page = finn.get(AT).content.decode()
    assert "numre i udlandet (NO, SE)" in page
    assert "højst 20 minutter" in page
    assert "Må selv tilføje det nummer" in page
    (rule,) = dial_rules.by_person(clock.today())[world.people["anna"].pk]
    assert rule == DialRule("agent", frozenset(NumberKind), frozenset({"SE", "NO"}), 1200, 3, own_numbers=True)
    assert Command.objects.filter(kind="reload").exists(), "the switchboard takes it up"
    assert finn.post(f"{AT}agent/", {**form, "countries": "", "at_once": "0"}).status_code == 302
    assert RoleDialRule.objects.get().countries == ["*"]
    assert finn.post(f"{AT}agent/removal/").status_code == 302
    assert not RoleDialRule.objects.exists()
    assert [row.action for row in Change.objects.filter(action__startswith="dial_rule").order_by("pk")] == [
        "dial_rule.put", "dial_rule.put", "dial_rule.remove",
    ]  # fmt: skip


def test_what_is_no_country_is_refused_and_kept_in_the_form(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    answer = finn.post(
        f"{AT}agent/", {"kinds": ["abroad"], "countries": "Sverige", "longest_minutes": "0", "at_once": "0"}
    )
    assert answer.status_code == 422
    assert "SVERIGE er ikke en landekode" in answer.content.decode()
    assert 'value="Sverige"' in answer.content.decode()
    assert finn.post(f"{AT}astronaut/", {}).status_code == 404


def test_rules_are_for_administrators(world: World, as_person: SignIn) -> None:
    assert as_person("anna").get(AT).status_code == 403
    assert as_person("eva").get(f"{AT}agent/").status_code == 403


def test_the_link_to_the_rules_is_for_those_who_may_open_them(world: World, as_person: SignIn) -> None:
    """The rules hold in all centres, so an administrator of one unit may not open them."""
    RoleAssignment.objects.create(person=world.eva, role="administrator", unit=world.units["tmf"])
    for name, status in (("finn", 200), ("eva", 404)):
        client = as_person(name)
        page = client.get("/office/operations/").content.decode()
        assert (f'href="{AT}"' in page) == (status == 200)
        assert client.get(AT).status_code == status


def test_a_refused_call_stands_in_the_trail_without_its_number(world: World) -> None:
    refused_calls.note(world.people["anna"].pk, "dial", "rule_country", clock.now())
    row = Change.objects.get(action="call.refused")
    assert row.after == {"order": "dial", "code": "rule_country"}
    assert refused_calls.is_one("barred_premium")
    assert not refused_calls.is_one("busy")
