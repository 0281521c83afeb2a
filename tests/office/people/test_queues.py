"""A person's queues and a queue's people on their pages: who may change them, and the messages."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from indgang.accounts.models import Person, RoleAssignment
from indgang.catalogue.models import DirectoryEntry
from indgang.core import clock
from indgang.entry.models import QueueMembership
from tests.office.conftest import SignIn
from tests.office.pages import form_at
from tests.world import World

pytestmark = pytest.mark.django_db

EVERYBODY = ("anna", "david", "eva", "finn", "gerda", "hans", "ida", "otto", "ukendt")


def give(as_person: SignIn, who: str, person: Person, queues: list[str], world: World, **more: str) -> int:
    data = {"queues": [world.queues[code].pk for code in queues], "day": f"{clock.today()}", "until": ""} | more
    return as_person(who).post(reverse("office:person-queues", args=[person.pk]), data).status_code


def test_a_leader_gives_queues_of_the_own_centre_and_no_other(world: World, as_person: SignIn) -> None:
    assert give(as_person, "eva", world.clara, ["tmf-byggeri"], world) == 302
    assert give(as_person, "eva", world.clara, ["yds-refusion"], world) == 422
    rows = QueueMembership.objects.filter(person=world.clara, valid_from=clock.today())
    assert [row.queue.code for row in rows] == ["tmf-byggeri"]
    theirs = QueueMembership.objects.get(person=world.clara, queue=world.queues["bif-erhverv"])
    end = reverse("office:person-queue-end", args=[world.clara.pk, theirs.pk])
    assert as_person("eva").post(end, {"on": f"{clock.today()}"}).status_code == 404
    assert as_person("eva").get(reverse("office:queue-members", args=["bif-erhverv"])).status_code == 404


def test_who_has_nothing_to_do_with_the_leaders_centre_is_not_there(world: World, as_person: SignIn) -> None:
    eva = as_person("eva")
    assert eva.get(reverse("office:person", args=[world.otto.pk])).status_code == 404
    assert give(as_person, "eva", world.otto, ["tmf-byggeri"], world) == 404
    listed = eva.get(reverse("office:people")).content.decode()
    assert world.anna.name in listed
    assert world.otto.name not in listed


def test_each_role_gets_what_is_its(world: World, as_person: SignIn) -> None:
    pages = {
        reverse("office:people"): {"eva", "finn"},
        reverse("office:person", args=[world.anna.pk]): {"eva", "finn"},
        reverse("office:queue-members", args=["tmf-byggeri"]): {"eva", "finn"},
        reverse("office:person-new"): {"finn"},
    }
    for address, allowed in pages.items():
        answers = {name: as_person(name).get(address).status_code for name in EVERYBODY}
        assert answers == {name: 200 if name in allowed else 403 for name in EVERYBODY}, address


@pytest.mark.parametrize("who", [name for name in EVERYBODY if name not in ("eva", "finn")])
def test_nobody_else_changes_a_membership(world: World, as_person: SignIn, who: str) -> None:
    row = QueueMembership.objects.get(person=world.anna, queue=world.queues["tmf-byliv"])
    client, today = as_person(who), f"{clock.today()}"
    assert give(as_person, who, world.anna, ["tmf-byggeri"], world) == 403
    people = {"people": [world.ida.pk], "day": today, "until": ""}
    assert client.post(reverse("office:queue-members", args=["tmf-byliv"]), people).status_code == 403
    for name, arguments in (("person-queue", [world.anna.pk, row.pk]), ("queue-member", ["tmf-byliv", row.pk])):
        assert client.post(reverse(f"office:{name}-end", args=arguments), {"on": today}).status_code == 403
        assert client.post(reverse(f"office:{name}-switch", args=arguments)).status_code == 403
    row.refresh_from_db()
    assert row.valid_to is None


def test_a_leader_changes_neither_roles_nor_account(world: World, as_person: SignIn) -> None:
    eva = as_person("eva")
    page = eva.get(reverse("office:person", args=[world.anna.pk])).content.decode()
    assert "Giv en rolle" not in page
    assert "Luk brugeren" not in page
    role = {"role": "team_leader", "unit": world.units["tmf"].pk, "valid_from": "2026-03-11", "valid_to": ""}
    assert eva.post(reverse("office:person-roles", args=[world.anna.pk]), role).status_code == 403
    account = {"name": "Nyt", "email": "", "language": "da"}
    assert eva.post(reverse("office:person", args=[world.anna.pk]), account).status_code == 403
    assert eva.post(reverse("office:person-password", args=[world.anna.pk])).status_code == 403


def test_the_page_says_what_still_keeps_calls_away(world: World, as_person: SignIn) -> None:
    nina = Person.objects.create(username="nina", name="Nina Ny")
    give(as_person, "finn", nina, ["tmf-byggeri", "tmf-oevrige"], world)
    finn, address = as_person("finn"), reverse("office:person", args=[nina.pk])
    assert finn.get(address).content.decode().count("Mangler rollen") == 2
    RoleAssignment.objects.create(person=nina, role="agent", unit=world.units["tmf"])
    page = finn.get(address).content.decode()
    assert "Mangler rollen" not in page
    assert "Får ingen opkald: kompetencerne når ikke køens krav." in page
    assert "Får opkald med det samme." in page
    data = {"skill": world.skills["byggesag"].pk, "level": "1", "day": f"{clock.today()}", "until": ""}
    assert finn.post(reverse("office:person-competences", args=[nina.pk]), data).status_code == 302
    assert "Får opkald, der har ventet 60 sekunder." in finn.get(address).content.decode()


def test_a_queue_is_given_several_people_at_once_from_a_day_to_another(world: World, as_person: SignIn) -> None:
    eva, address = as_person("eva"), reverse("office:queue-members", args=["tmf-byliv"])
    form = form_at(eva, address)
    assert set(form.boxes["people"]) == {str(world.eva.pk), str(world.ida.pk), str(world.david.pk)}
    sent = form.sent(people=[world.ida.pk, world.david.pk], day="2026-03-20", until="2026-04-01")
    assert eva.post(address, sent).status_code == 302
    rows = QueueMembership.objects.filter(queue=world.queues["tmf-byliv"], valid_from=date(2026, 3, 20))
    assert {row.person.username for row in rows} == {"ida", "david"}
    assert {row.valid_to for row in rows} == {date(2026, 4, 1)}
    page = eva.get(address).content.decode()
    assert "Planlagt" in page
    again = eva.post(address, form_at(eva, address).sent(people=[world.ida.pk], day="2026-03-20"))
    assert again.status_code == 422
    assert "Ida Isdal betjener allerede “Byliv og events” fra 20.03.2026 til 01.04.2026." in again.content.decode()


def test_a_membership_ends_on_the_persons_page_and_on_the_queues(world: World, as_person: SignIn) -> None:
    eva = as_person("eva")
    first = QueueMembership.objects.get(person=world.anna, queue=world.queues["tmf-byliv"])
    second = QueueMembership.objects.get(person=world.bo, queue=world.queues["tmf-byliv"])
    on = clock.today() + timedelta(days=2)
    for row, end in (
        (first, reverse("office:person-queue-end", args=[world.anna.pk, first.pk])),
        (second, reverse("office:queue-member-end", args=["tmf-byliv", second.pk])),
    ):
        refused = eva.post(end, {"on": "2026-03-01"})
        assert refused.status_code == 422
        assert "Dagen er passeret." in refused.content.decode()
        assert eva.post(end, {"on": f"{on}"}).status_code == 302
        row.refresh_from_db()
        assert row.valid_to == on


def test_a_level_holds_from_a_day_to_another_and_the_page_shows_what_was_and_will_be(
    world: World, as_person: SignIn
) -> None:
    eva, address = as_person("eva"), reverse("office:person", args=[world.anna.pk])
    data = {"skill": world.skills["byliv"].pk, "level": "5", "day": "2026-03-20", "until": "2026-04-01"}
    assert eva.post(reverse("office:person-competences", args=[world.anna.pk]), data).status_code == 302
    page = " ".join(eva.get(address).content.decode().split())
    assert "20.03.2026" in page
    assert "01.04.2026" in page
    assert eva.post(
        reverse("office:person-competences", args=[world.anna.pk]), data | {"until": "2026-03-20"}
    ).status_code == 422  # fmt: skip


def test_an_entry_of_the_directory_becomes_the_persons(world: World, as_person: SignIn) -> None:
    unit = world.units["tmf"]
    own = DirectoryEntry.objects.create(name="Anna Agerbæk", unit=unit, phone="+4533661234")
    other = DirectoryEntry.objects.create(name="Bo Bakkedal", unit=unit)
    address, page = (reverse(f"office:{name}", args=[world.anna.pk]) for name in ("person-entry", "person"))
    finn = as_person("finn")
    form = form_at(finn, page, address)
    assert form.options["entry"] == ["", str(own.pk)]
    assert finn.post(address, form.sent(entry=other.pk)).status_code == 422
    assert finn.post(address, form.sent(entry=own.pk)).status_code == 302
    world.anna.refresh_from_db()
    assert world.anna.entry == own
    assert as_person("eva").post(address, {"entry": ""}).status_code == 403
    assert finn.post(address, form_at(finn, page, address).sent(entry="")).status_code == 302
    world.anna.refresh_from_db()
    assert world.anna.entry is None
