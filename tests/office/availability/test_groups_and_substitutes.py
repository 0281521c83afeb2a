"""Groups, their members, and substitutes on the pages of a unit."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indgang.accounts.models import RoleAssignment
from indgang.workforce import substitutes
from indgang.workforce.models import Group, GroupMember, Substitute
from tests.office.availability.conftest import TODAY, TOMORROW
from tests.office.availability.test_agreement_pages import EVERYBODY, MAKERS, statuses, text_of
from tests.office.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db

UNIT = "/office/availability/units/ctb-byliv/"


@pytest.fixture
def events(world: World) -> Group:
    return Group.objects.create(unit=world.units["ctb-byliv"], name="Events", valid_from=TODAY)


def period(world: World, **changed: Any) -> dict[str, Any]:
    return {"person": world.david.pk, "valid_from": TODAY, "valid_to": ""} | changed


@pytest.mark.parametrize("rest", ["groups/", "groups/{group}/", "substitutes/"])
def test_the_pages_are_for_those_who_make_agreements(as_person: SignIn, events: Group, rest: str) -> None:
    found = statuses(as_person, UNIT + rest.format(group=events.pk))
    assert found == {200: MAKERS, 403: set(EVERYBODY) - MAKERS}


def test_a_group_is_made_renamed_and_has_one_name(as_person: SignIn, world: World) -> None:
    client = as_person("david")
    answer = client.post(f"{UNIT}groups/", {"name": "Events"}, follow=True)
    made = Group.objects.get()
    assert (made.name, made.unit.code) == ("Events", "ctb-byliv")
    assert "Gruppen har ingen medlemmer i dag." in text_of(answer)
    again = client.post(f"{UNIT}groups/", {"name": "Events"})
    assert (again.status_code, Group.objects.count()) == (422, 1)
    assert "har allerede en faggruppe med det navn" in text_of(again)
    assert client.post(f"{UNIT}groups/{made.pk}/", {"name": "Arrangementer"}).status_code == 302
    made.refresh_from_db()
    assert made.name == "Arrangementer"


def test_members_come_and_go_and_are_not_there_twice(as_person: SignIn, world: World, events: Group) -> None:
    client = as_person("ida")
    page = f"{UNIT}groups/{events.pk}/"
    assert "David Degnemark er føjet til gruppen." in text_of(
        client.post(f"{page}members/", period(world), follow=True)
    )
    again = client.post(f"{page}members/", period(world, valid_from=TOMORROW))
    assert again.status_code == 422
    assert "David Degnemark er allerede i gruppen i den tid." in text_of(again)
    member = GroupMember.objects.get()
    assert client.post(f"{page}members/{member.pk}/end/", {"on": TOMORROW}).status_code == 302
    assert client.post(f"{page}members/", period(world, valid_from=TOMORROW)).status_code == 302
    assert [row.valid_to for row in GroupMember.objects.order_by("valid_from")] == [TOMORROW, None]
    assert "David Degnemark" in text_of(client.get(f"{UNIT}groups/"))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"valid_from": TODAY - timedelta(days=1)}, "Vælg i dag eller en senere dag."),
        ({"valid_to": TODAY}, "Slutdagen skal ligge efter den første dag."),
        ({"person": "otto"}, "Vælg en af mulighederne på listen."),
    ],
)
def test_a_membership_that_cannot_be_is_refused_in_words(
    as_person: SignIn, world: World, events: Group, changed: dict[str, Any], said: str
) -> None:
    typed = {name: world.people[value].pk if value in world.people else value for name, value in changed.items()}
    answer = as_person("ida").post(f"{UNIT}groups/{events.pk}/members/", period(world, **typed))
    assert answer.status_code == 422
    assert said in text_of(answer)
    assert not GroupMember.objects.exists()


def test_a_member_who_has_not_begun_is_removed_and_one_who_ended_does_not_come_back(
    as_person: SignIn, world: World, events: Group
) -> None:
    client = as_person("ida")
    later = GroupMember.objects.create(group=events, person=world.david, valid_from=TOMORROW)
    page = f"{UNIT}groups/{events.pk}/members/"
    assert client.post(f"{page}{later.pk}/end/", {"on": TODAY}).status_code == 302
    assert not GroupMember.objects.exists()
    short = GroupMember.objects.create(group=events, person=world.david, valid_to=TOMORROW)
    answer = client.post(f"{page}{short.pk}/end/", {"on": TOMORROW + timedelta(days=5)})
    assert "Den slutter allerede" in text_of(answer)


def test_a_group_of_another_unit_is_not_found(as_person: SignIn, world: World, events: Group) -> None:
    assert as_person("ida").get(f"/office/availability/units/cby/groups/{events.pk}/").status_code == 404


# --- Substitutes -------------------------------------------------------------------------------------


def test_a_substitute_is_given_and_ended(as_person: SignIn, world: World) -> None:
    client = as_person("david")
    shown = text_of(client.post(f"{UNIT}substitutes/", period(world, substitute=world.bo.pk), follow=True))
    assert "Bo Bakkedal er stedfortræder for David Degnemark." in shown
    row = Substitute.objects.get()
    again = client.post(f"{UNIT}substitutes/", period(world, substitute=world.anna.pk))
    assert "David Degnemark har allerede Bo Bakkedal som stedfortræder i den tid." in text_of(again)
    ended = client.post(f"{UNIT}substitutes/{row.pk}/end/", {"on": TOMORROW}, follow=True)
    assert "Stedfortræderen er afsluttet." in text_of(ended)
    row.refresh_from_db()
    assert row.valid_to == TOMORROW


def test_nobody_stands_in_for_themselves(as_person: SignIn, world: World) -> None:
    answer = as_person("ida").post(f"{UNIT}substitutes/", period(world, substitute=world.david.pk))
    assert answer.status_code == 422
    assert "Man kan ikke være sin egen stedfortræder." in text_of(answer)


def test_a_case_worker_decides_for_people_of_their_unit_alone(as_person: SignIn, world: World) -> None:
    answer = as_person("david").post(f"{UNIT}substitutes/", period(world, person=world.anna.pk, substitute=world.bo.pk))
    assert (answer.status_code, Substitute.objects.exists()) == (422, False)
    theirs = Substitute.objects.create(person=world.anna, substitute=world.bo)
    assert as_person("david").post(f"{UNIT}substitutes/{theirs.pk}/end/", {"on": TODAY}).status_code == 404


def test_a_ring_of_substitutes_is_a_warning(as_person: SignIn, world: World) -> None:
    RoleAssignment.objects.create(person=world.bo, role="case_worker", unit=world.units["ctb-byliv"])
    for person, substitute in ((world.david, world.bo), (world.bo, world.david)):
        substitutes.add(person, substitute, valid_from=TODAY, valid_to=None, by=world.ida, at=MORNING)
    shown = text_of(as_person("ida").get(f"{UNIT}substitutes/"))
    assert "David Degnemark → Bo Bakkedal → David Degnemark: de er stedfortrædere for hinanden i ring." in shown


def test_rings_are_found_once_and_tails_are_no_ring(world: World) -> None:
    for person, substitute in (("anna", "bo"), ("bo", "clara"), ("clara", "bo"), ("david", "anna"), ("eva", "ida")):
        Substitute.objects.create(person=world.people[person], substitute=world.people[substitute])
    assert [[person.username for person in ring] for ring in substitutes.rings(TODAY)] == [["bo", "clara"]]
