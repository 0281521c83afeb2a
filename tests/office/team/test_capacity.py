"""Capacity profiles of a centre: made, changed and given by its leader, and their effect on the plan of the day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from indgang.audit.models import Change
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import CapacityChoice, CapacityProfile, CapacityTerms, Command
from indgang.entry.switchboard import plans
from indgang.entry.team import capacity
from indgang.office.team.capacity import KINDS, words
from indgang.routing.centre.plan import CONVERSATIONS, ONE_CONVERSATION
from tests.office.conftest import SignIn
from tests.office.pages import form_at
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

PAGE = "/office/capacity/tmf/"
TODAY = day_of(MORNING)
TOMORROW = TODAY + timedelta(days=1)


def made(world: World, name: str = "Kun opkald", callback: int = 0, interrupts: tuple[str, ...] = ()) -> Any:
    return capacity.create(
        world.centres["tmf"], name, {"call": 1, "callback": callback}, interrupts, by=world.eva, at=MORNING
    )


def give(world: World, profile: CapacityProfile | None, *people: Any, day: date = TODAY) -> int:
    tmf = world.centres["tmf"]
    return capacity.choose(people, profile, centre=tmf, led=[tmf.pk], day=day, by=world.eva, at=MORNING)


def in_plan(world: World, days: int = 0) -> tuple[dict[str, int], frozenset[str]]:
    person = plans.read(MORNING + timedelta(days=days)).people[world.anna.pk]
    return dict(person.capacity), person.interrupts


# --- the rows ------------------------------------------------------------------------------------


def test_a_profile_holds_from_its_day_in_the_switchboards_plan_and_others_take_one_conversation(world: World) -> None:
    assert in_plan(world) == (dict(ONE_CONVERSATION), CONVERSATIONS)
    give(world, made(world), world.anna, day=TOMORROW)
    assert in_plan(world) == (dict(ONE_CONVERSATION), CONVERSATIONS)
    assert in_plan(world, 1) == ({**ONE_CONVERSATION, "callback": 0}, frozenset())
    assert dict(plans.read(MORNING + timedelta(days=1)).people[world.bo.pk].capacity) == dict(ONE_CONVERSATION)
    assert Command.objects.filter(kind="reload").exists()


def test_what_a_profile_says_changes_from_a_day_on_and_the_past_stays(world: World) -> None:
    profile = made(world)
    give(world, profile, world.anna)
    capacity.decide(profile, {"call": 1, "callback": 2}, ["call"], day=TOMORROW, by=world.eva, at=MORNING)
    assert in_plan(world)[0]["callback"] == 0
    assert in_plan(world, 1) == ({**ONE_CONVERSATION, "callback": 2}, frozenset({"call", "consult"}))
    rows = CapacityTerms.objects.filter(profile=profile).order_by("valid_from")
    assert [row.valid_to for row in rows] == [TOMORROW, None]
    with pytest.raises(RefusedChange):
        capacity.decide(profile, {"call": 1}, [], day=TODAY - timedelta(days=1), by=world.eva, at=MORNING)
    change = Change.objects.filter(action="capacity.change").get()
    assert change.after["capacity"] == {"call": 1, "callback": 2}


def test_who_is_given_another_profile_loses_what_was_planned_and_keeps_what_was(world: World) -> None:
    first, second = made(world), made(world, "Mange tilbagekald", callback=3)
    assert give(world, first, world.anna, world.bo) == 2
    assert give(world, first, world.anna) == 0, "has it already"
    assert give(world, second, world.anna, day=TOMORROW) == 1
    assert give(world, None, world.anna, day=TODAY + timedelta(days=2)) == 1
    held = CapacityChoice.objects.filter(person=world.anna).order_by("valid_from")
    assert [(row.profile, row.valid_from, row.valid_to) for row in held] == [
        (first, TODAY, TOMORROW), (second, TOMORROW, TODAY + timedelta(days=2)),
    ]  # fmt: skip
    assert give(world, None, world.anna) == 1
    assert not CapacityChoice.objects.filter(person=world.anna).exists()
    assert Change.objects.filter(action="agent.capacity").count() == 5


def test_nobody_has_two_profiles_on_one_day(world: World) -> None:
    first, second = made(world), made(world, "En anden")
    give(world, first, world.anna)
    with pytest.raises(IntegrityError), transaction.atomic():
        CapacityChoice.objects.create(person=world.anna, profile=second, valid_from=TODAY)


@pytest.mark.parametrize(
    ("at_once", "interrupts", "field"),
    [
        ({"call": 2}, [], "call"), ({"video": 2}, [], "video"), ({"mail": 11}, [], "mail"), ({"call": -1}, [], "call"),
        ({"call": 0, "callback": 0}, [], ""), ({"callback": 1}, ["call"], "call"),
    ],
)  # fmt: skip
def test_what_the_distributor_would_not_take_is_refused(
    world: World, at_once: dict[str, int], interrupts: list[str], field: str
) -> None:
    with pytest.raises(RefusedChange) as refusal:
        capacity.create(world.centres["tmf"], "Umulig", at_once, interrupts, by=world.eva, at=MORNING)
    assert field in refusal.value.reasons
    assert not CapacityProfile.objects.exists()


def test_a_profile_takes_kinds_of_work_that_are_yet_to_come(world: World) -> None:
    profile = capacity.create(
        world.centres["tmf"], "Skærm", {"call": 1, "screen": 3, "chat": 3}, ["call"], by=world.eva, at=MORNING
    )
    give(world, profile, world.anna)
    usual = {kind: number for kind, number in ONE_CONVERSATION.items() if kind != "callback"}
    assert in_plan(world) == ({**usual, "screen": 3, "chat": 3}, frozenset({"call", "consult"}))


def test_a_name_is_used_once_in_a_centre(world: World) -> None:
    made(world, "Telefon")
    with pytest.raises(RefusedChange):
        made(world, "telefon")


@pytest.mark.parametrize(
    ("at_once", "interrupts", "said"),
    [
        ({"call": 1, "callback": 1}, ["call"],
         "Ét opkald ad gangen; ét tilbagekald ad gangen; én opgave ad gangen; én mail ad gangen; "
         "højst 2 chats ad gangen; et opkald må komme oven i andet arbejde end chat"),
        ({"call": 1, "callback": 2, "written": 3, "chat": 1}, [],
         "Ét opkald ad gangen; højst 2 tilbagekald ad gangen; én opgave ad gangen; højst 3 mails ad gangen; "
         "én chat ad gangen; et opkald kommer først, når andet arbejde er færdigt"),
        ({"call": 0, "callback": 1, "task": 3, "written": 0, "chat": 0}, [],
         "Ingen opkald fra køerne; ét tilbagekald ad gangen; højst 3 opgaver ad gangen; ingen mails; ingen chats"),
        ({"call": 1, "callback": 0, "task": 0, "written": 0}, [],
         "Ét opkald ad gangen; ingen tilbagekald; ingen opgaver; ingen mails; højst 2 chats ad gangen"),
    ],
)  # fmt: skip
def test_a_profile_is_said_in_words(at_once: dict[str, int], interrupts: list[str], said: str) -> None:
    assert words(capacity.load(at_once, interrupts)) == said


# --- the pages -----------------------------------------------------------------------------------


def test_a_leader_makes_a_profile_gives_it_and_changes_it(world: World, as_person: SignIn) -> None:
    eva = as_person("eva")
    assert eva.get("/office/capacity/").headers["Location"] == PAGE
    new = form_at(eva, PAGE, PAGE)
    assert eva.post(PAGE, new.sent(name="Telefon og tilbagekald", callback="2", chat="3")).status_code == 302
    profile = CapacityProfile.objects.get()
    choose = form_at(eva, PAGE, reverse("office:capacity-choices", args=["tmf"]))
    given = choose.sent(people=[str(world.anna.pk)], profile=str(profile.pk))
    assert eva.post(choose.action, given).status_code == 302
    shown = " ".join(eva.get(PAGE).content.decode().split())
    assert "Telefon og tilbagekald" in shown
    assert "højst 2 tilbagekald ad gangen" in shown
    assert "højst 3 chats ad gangen; et opkald må komme oven i andet arbejde end chat" in shown
    assert in_plan(world)[0] == {**ONE_CONVERSATION, "callback": 2, "chat": 3}, "mails are still offered"
    page = reverse("office:capacity-profile", args=["tmf", profile.pk])
    change = form_at(eva, page)
    assert eva.post(page, change.sent(callback="1", interrupts=[])).status_code == 302
    assert in_plan(world) == ({**ONE_CONVERSATION, "chat": 3}, frozenset())
    assert "et opkald kommer først" in eva.get(page).content.decode()


def test_two_leaders_who_change_a_profile_see_what_the_other_did(world: World, as_person: SignIn) -> None:
    profile = made(world, callback=1)
    page = reverse("office:capacity-profile", args=["tmf", profile.pk])
    forms = [form_at(as_person("eva"), page) for _leader in range(2)]
    assert as_person("eva").post(page, forms[0].sent(callback="3")).status_code == 302
    refused = as_person("eva").post(page, forms[1].sent(callback="2"))
    assert refused.status_code == 422
    assert "Andre har ændret noget her" in refused.content.decode()
    assert capacity.on(profile, TODAY).capacity["callback"] == 3


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"people": []}, "Vælg mindst én medarbejder"), ({"valid_from": "2020-01-01"}, "Dagen er passeret"),
        ({"valid_from": ""}, "Gælder fra"), ({"profile": "999"}, "Profil"), ({"people": ["999999"]}, "Medarbejdere"),
    ],
)  # fmt: skip
def test_what_cannot_be_given_is_said(world: World, as_person: SignIn, typed: dict[str, Any], said: str) -> None:
    profile, eva = made(world), as_person("eva")
    choose = form_at(eva, PAGE, reverse("office:capacity-choices", args=["tmf"]))
    sent = {"people": [str(world.anna.pk)], "profile": str(profile.pk), **typed}
    answer = eva.post(choose.action, choose.sent(**sent))
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not CapacityChoice.objects.exists()


def test_a_profile_that_takes_nothing_is_refused_at_the_form(world: World, as_person: SignIn) -> None:
    eva = as_person("eva")
    new = form_at(eva, PAGE, PAGE)
    answer = eva.post(PAGE, new.sent(name="Intet", interrupts=[], **dict.fromkeys(KINDS, "0")))
    assert answer.status_code == 422
    assert "mindst én slags arbejde" in answer.content.decode()


@pytest.mark.parametrize("name", ["anna", "david", "gerda", "hans", "ida", "otto", "ukendt"])
def test_only_leaders_of_the_centre_may(world: World, as_person: SignIn, name: str) -> None:
    profile, client = made(world), as_person(name)
    for address in (PAGE, f"{PAGE}choices/", f"{PAGE}{profile.pk}/"):
        assert client.post(address, {"name": "x", "call": "1", "callback": "0"}).status_code == 403
    assert not CapacityChoice.objects.exists()


def test_another_centre_is_not_there(world: World, as_person: SignIn) -> None:
    elsewhere = capacity.create(world.centres["bif"], "BIF", {"call": 1}, [], by=world.finn, at=MORNING)
    eva = as_person("eva")
    for address in ("/office/capacity/bif/", "/office/capacity/bif/choices/", f"{PAGE}{elsewhere.pk}/"):
        assert eva.post(address).status_code == 404
    choose = form_at(eva, PAGE, reverse("office:capacity-choices", args=["tmf"]))
    sent = {"people": [str(world.otto.pk)], "profile": str(elsewhere.pk)}
    assert eva.post(choose.action, choose.sent(**sent)).status_code == 422, "neither the person nor the profile"


def test_the_preview_says_what_is_chosen(as_person: SignIn) -> None:
    said = as_person("eva").get("/office/capacity/words/?call=1&callback=2&task=1&written=1&chat=2&interrupts=call")
    assert "Ét opkald ad gangen; højst 2 tilbagekald ad gangen; én opgave ad gangen" in said.content.decode()
    assert "Det betyder" not in as_person("eva").get("/office/capacity/words/?call=7&task=1").content.decode()


# --- regressions ---------------------------------------------------------------------------------


def test_what_another_centre_has_decided_is_not_taken_away(world: World, as_person: SignIn) -> None:
    bif = world.centres["bif"]
    other = capacity.create(bif, "BIF", {"call": 1, "callback": 0}, (), by=world.finn, at=MORNING)
    capacity.choose([world.anna], other, centre=bif, led=[bif.pk], day=TODAY, by=world.finn, at=MORNING)
    with pytest.raises(RefusedChange) as refused:
        give(world, None, world.anna)
    assert list(refused.value.reasons) == ["people"]
    assert CapacityChoice.objects.get().profile == other
    sent = {"people": [world.anna.pk], "profile": "", "valid_from": TODAY.isoformat()}
    page = as_person("eva").post(PAGE + "choices/", sent)
    assert page.status_code == 422
    assert "Den kan kun ændres der." in page.content.decode()


def test_a_planned_change_is_removed_and_none_is_made_behind_it(world: World, as_person: SignIn) -> None:
    profile = made(world, callback=1)
    later, latest = TODAY + timedelta(days=30), TODAY + timedelta(days=40)
    capacity.decide(profile, {"call": 1, "callback": 2}, (), day=later, by=world.eva, at=MORNING)
    with pytest.raises(RefusedChange):
        capacity.decide(profile, {"call": 1, "callback": 1}, ("call",), day=latest, by=world.eva, at=MORNING)
    planned = profile.terms.get(valid_from=later)
    address = f"{PAGE}{profile.pk}/{planned.pk}/removal/"
    assert address in as_person("eva").get(f"{PAGE}{profile.pk}/").content.decode()
    assert as_person("eva").post(address).status_code == 302
    (row,) = profile.terms.all()
    assert (row.capacity["callback"], row.valid_to) == (1, None)
    with pytest.raises(RefusedChange):
        capacity.call_off(row, by=world.eva, at=MORNING)
    assert Change.objects.filter(action="capacity.remove").exists()


def test_how_many_got_another_profile_is_said_in_words(world: World, as_person: SignIn) -> None:
    profile, eva = made(world), as_person("eva")
    sent = {"people": [world.anna.pk], "profile": profile.pk, "valid_from": TODAY.isoformat()}
    first = eva.post(PAGE + "choices/", sent, follow=True).content.decode()
    assert "1 medarbejder får en anden profil fra" in first
    assert "De havde allerede den profil." in eva.post(PAGE + "choices/", sent, follow=True).content.decode()
