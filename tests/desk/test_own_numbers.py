"""The page "Min telefon i dag": the person's telephone of the day, and their own numbers."""

from __future__ import annotations

import secrets
from datetime import timedelta

import pytest
from django.urls import reverse

from indgang.accounts.models import Person
from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.dial_rules import DialRule
from indgang.core.refusals import RefusedChange
from indgang.entry.board import call, number_trials
from indgang.entry.models import AgentState, Command, OwnNumber, PhoneKind, Presence, TrialOutcome
from indgang.entry.setup import dial_rules
from indgang.entry.switchboard import plans
from indgang.entry.team import own_numbers
from indgang.telephony.contract import Failure
from tests.desk.conftest import PART, SignIn, Switchboard, at_desk, exchange
from tests.world import World

MOBILE, SHOWN = "+4520203040", "20 20 30 40"
PAGE = "/desk/my-telephone/"


def has(person: Person, number: str = MOBILE, *, confirmed: bool = True) -> OwnNumber:
    return OwnNumber.objects.create(person=person, number=number, confirmed_at=clock.now() if confirmed else None)


def let_agents_add(world: World, *, own: bool = True) -> None:
    dial_rules.put("agent", rule=DialRule("agent", own_numbers=own), by=world.finn, at=clock.now())


def test_a_confirmed_number_is_chosen_and_an_unconfirmed_one_is_not(
    world: World, as_: SignIn, switchboard: Switchboard
) -> None:
    has(world.anna)
    has(world.anna, "+4520203041", confirmed=False)
    has(world.people["bo"], "+4520203042")
    desk = as_(world.anna).get("/desk/").content.decode()
    assert f"Log på med {SHOWN}" in desk
    assert "20 20 30 41" not in desk
    page = as_(world.anna).get(PAGE).content.decode()
    assert f'name="phone_address" value="{MOBILE}"' in page
    assert "Ring til mig, så jeg kan bekræfte" in page
    assert 'value="+4520203041"' not in page
    assert "20 20 30 42" not in page, "a colleague's"
    words = {"phone_kind": "number", "phone_address": MOBILE}
    assert as_(world.anna).post(reverse("desk:shift"), words, headers=PART).status_code == 204
    assert switchboard.orders == [{"by": "anna", "kind": "sign_in", **words}]


def test_the_desk_says_where_the_telephone_is_and_what_was_wrong_with_it(world: World, as_: SignIn) -> None:
    exchange()
    at_desk(world.anna, AgentState.NOT_RESPONDING)
    Presence.objects.filter(person=world.anna).update(
        phone_kind="number", phone_address=MOBILE, phone_fault="no_key", phone_on=True
    )
    page = as_(world.anna).get("/desk/").content.decode()
    assert f"På {SHOWN}" in page
    assert "der blev ikke trykket 1" in page
    Presence.objects.filter(person=world.anna).update(phone_fault="", phone_on=False)
    assert "Der kan ikke ringes til dit nummer" in as_(world.anna).get("/desk/").content.decode()


def test_people_add_numbers_only_where_a_rule_of_their_role_lets_them(world: World, as_: SignIn) -> None:
    anna = as_(world.anna)
    assert anna.post(f"{PAGE}numbers/", {"number": SHOWN}).status_code == 403
    let_agents_add(world)
    assert anna.post(f"{PAGE}numbers/", {"number": SHOWN}).status_code == 302
    row = OwnNumber.objects.get()
    assert (row.person, row.number, row.confirmed_at) == (world.anna, MOBILE, None)
    assert anna.delete(f"{PAGE}numbers/{row.pk}/").status_code == 204
    assert not OwnNumber.objects.exists()
    assert [row.action for row in Change.objects.filter(action__startswith="own_number").order_by("pk")] == [
        "own_number.add", "own_number.end",
    ]  # fmt: skip


def test_nobody_touches_a_colleagues_number(world: World, as_: SignIn) -> None:
    let_agents_add(world)
    row = has(world.people["bo"], confirmed=False)
    assert as_(world.anna).delete(f"{PAGE}numbers/{row.pk}/").status_code == 404
    assert as_(world.anna).post(f"{PAGE}numbers/{row.pk}/trial/", headers=PART).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("hestesko", "Det er ikke et telefonnummer"),
        ("112", "Det er ikke et telefonnummer"),
        ("90 11 22 33", "Nummeret er spærret"),
        ("33 66 10 00", "et af kontaktcentrets egne numre"),
        ("", "Skriv et telefonnummer"),
        (SHOWN, "allerede registreret på en medarbejder"),
    ],
)
def test_a_number_that_cannot_be_ones_own_is_refused_and_kept_in_the_form(
    world: World, as_: SignIn, typed: str, said: str
) -> None:
    let_agents_add(world)
    has(world.people["bo"])
    answer = as_(world.anna).post(f"{PAGE}numbers/", {"number": typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert OwnNumber.objects.count() == 1


def test_the_rules_of_the_role_hold_for_ones_own_number(world: World) -> None:
    at, today = clock.now(), clock.today()
    dial_rules.put("agent", rule=DialRule("agent", frozenset()), by=world.finn, at=at)
    with pytest.raises(RefusedChange, match="Reglerne for opkald ud"):
        own_numbers.add(world.anna, MOBILE, day=today, by=world.finn, at=at)
    has(world.anna)
    assert plans.read(at).people[world.anna.pk].own_numbers == frozenset()
    dial_rules.remove("agent", by=world.finn, at=at)
    assert plans.read(at).people[world.anna.pk].own_numbers == {MOBILE}
    assert plans.read(at + timedelta(days=1)).people[world.anna.pk].own_numbers == {MOBILE}
    own_numbers.end(OwnNumber.objects.get(), on=today + timedelta(days=1), by=world.finn, at=at)
    assert plans.read(at + timedelta(days=1)).people[world.anna.pk].own_numbers == frozenset()


def test_a_test_ring_shows_its_code_and_its_result(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    row = has(world.anna, confirmed=False)
    assert as_(world.anna).post(f"{PAGE}numbers/{row.pk}/trial/", headers=PART).status_code == 204
    row.refresh_from_db()
    assert switchboard.orders == [{"by": "anna", "kind": "confirm_number", "number": MOBILE, "code": row.code}]
    assert row.code in as_(world.anna).get(PAGE).content.decode()
    own_numbers.tried(world.anna.pk, MOBILE, row.code, "wrong_code", clock.now())
    page = as_(world.anna).get(PAGE).content.decode()
    assert "forkert kode" in page
    assert row.code not in page
    assert as_(world.anna).post(f"{PAGE}numbers/{row.pk}/trial/", headers=PART).status_code == 204
    row.refresh_from_db()
    own_numbers.tried(world.anna.pk, MOBILE, row.code, "confirmed", clock.now())
    row.refresh_from_db()
    assert (row.confirmed_at, row.code) == (clock.now(), "")
    assert Command.objects.filter(kind="reload").exists(), "the switchboard takes it up"
    assert "Brug dette nummer" in as_(world.anna).get(PAGE).content.decode()


def test_the_end_of_an_earlier_test_ring_leaves_the_code_of_the_later_one(
    world: World, as_: SignIn, switchboard: Switchboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    row, codes = has(world.anna, confirmed=False), iter([111, 222])
    monkeypatch.setattr(secrets, "randbelow", lambda _most: next(codes))
    for _time in range(2):
        as_(world.anna).post(f"{PAGE}numbers/{row.pk}/trial/", headers=PART)
    own_numbers.tried(world.anna.pk, MOBILE, "1111", "no_code", clock.now())
    row.refresh_from_db()
    assert (row.code, row.outcome) == ("1222", "ringing")
    assert "1222" in as_(world.anna).get(PAGE).content.decode()


def test_a_number_that_was_taken_away_by_another_is_not_ended_twice(world: World) -> None:
    row = has(world.anna)
    OwnNumber.objects.filter(pk=row.pk).update(valid_from=clock.today() + timedelta(days=5))
    first, second = OwnNumber.objects.get(pk=row.pk), OwnNumber.objects.get(pk=row.pk)
    for each in (first, second):
        own_numbers.end(each, on=clock.today(), by=world.finn, at=clock.now())
    assert Change.objects.filter(action="own_number.end").count() == 1


def test_a_refused_test_ring_says_why(world: World, as_: SignIn, switchboard: Switchboard) -> None:
    row = has(world.anna, confirmed=False)
    switchboard.refuses = "exchange_away"
    answer = as_(world.anna).post(f"{PAGE}numbers/{row.pk}/trial/", headers=PART)
    assert answer.status_code == 409
    assert "Telefoncentralen svarer ikke" in answer.content.decode()
    row.refresh_from_db()
    assert (row.code, row.outcome) == ("", "")


def test_the_rows_know_every_kind_of_telephone_and_every_result_of_the_board() -> None:
    assert set(PhoneKind.values) == {call.BROWSER, call.SIP, call.NUMBER}
    results = {
        number_trials.CONFIRMED,
        number_trials.WRONG_CODE,
        number_trials.NO_CODE,
        *(why.value for why in Failure),
    }
    assert set(TrialOutcome.values) == results | {"ringing"}
