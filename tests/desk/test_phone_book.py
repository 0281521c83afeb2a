"""The telephone book beside the call: what it shows, and how each line is reached."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from indgang.accounts.models import Person
from indgang.catalogue.models import DirectoryEntry
from indgang.desk import phone_book, targets
from indgang.entry.models import AgentState, FormerNumber, Presence
from tests.desk.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def addresses(world: World, text: str) -> dict[str, str]:
    found = phone_book.find(text, by=world.anna, at=MORNING)
    named = {line.listed.name: line.target for line in found.people} | {line.name: line.target for line in found.places}
    return {name: target.address if target else "" for name, target in named.items()}


def test_people_are_reached_at_their_desks_and_others_by_telephone(world: World) -> None:
    assert addresses(world, "33662001") == {"David Degnemark": "tel:+4533662001"}
    Presence.objects.create(person=world.david, state=AgentState.READY, since=MORNING)
    assert addresses(world, "33662001") == {"David Degnemark": f"person:{world.david.pk}"}
    assert addresses(world, "bakkedal") == {"Bo Bakkedal": f"person:{world.bo.pk}"}


def test_queues_units_services_and_old_numbers_lead_somewhere(world: World) -> None:
    world.units["ctb-byliv"].phone = "33665000"
    world.units["ctb-byliv"].save()
    found = addresses(world, "byliv")
    assert found["Byliv og events"] == "queue:tmf-byliv"
    assert found["Byliv"] == "tel:+4533665000"
    assert addresses(world, "udendørs")["Udendørsservering"] == "tel:+4533665000"
    assert addresses(world, "3317 3317") == {"SOF omstillingscentral": "tel:+4533663366"}


def test_an_old_number_with_only_a_message_has_no_way_to_be_reached(world: World) -> None:
    FormerNumber.objects.filter(pk=world.former_number.pk).update(entry_point=None, text="Kontoret er nedlagt")
    found = phone_book.find("33173317", by=world.anna, at=MORNING)
    assert [(line.about, line.target) for line in found.places] == [("Kontoret er nedlagt", None)]


def test_whoever_types_an_old_number_to_transfer_to_is_told_where_it_leads(world: World) -> None:
    first = targets.find("33 17 33 17", by=world.anna, on=MORNING.date())[0]
    assert (first.address, first.about) == ("tel:+4533663366", "fører nu til Hovednummeret")
    FormerNumber.objects.filter(pk=world.former_number.pk).update(
        entry_point=None, queue=world.queues["kff-borger"], text="Spørg efter sagsnummeret"
    )
    first = targets.find("33 17 33 17", by=world.anna, on=MORNING.date())[0]
    assert first.address == "queue:kff-borger"
    assert first.about == "fører nu til Borgerservice · Spørg efter sagsnummeret"


def test_the_panel_says_what_it_knows_of_a_person(world: World, as_: SignIn) -> None:
    part, url = {"HX-Request": "true", "HX-Target": "phone-book-hits"}, reverse("desk:phone-book")
    page = as_(world.anna).get(url, {"q": "degnemark"}, headers=part).content.decode()
    for words in ("David Degnemark", "Sagsbehandler · Byliv", "33 66 20 01", "ikke bekræftet", "Stil om"):
        assert words in page
    assert "<html" not in page
    nothing = as_(world.anna).get(url, {"q": "xyzzy"}, headers=part).content.decode()
    assert "Ingen fundet på “xyzzy”" in nothing


def test_only_who_may_search_the_directory_gets_the_tab(world: World, as_: SignIn) -> None:
    assert 'id="tab-phone-book"' in as_(world.anna).get(reverse("desk:home")).content.decode()
    assert as_(world.ukendt).get(reverse("desk:phone-book")).status_code == 403


def test_the_search_takes_a_bounded_number_of_queries(world: World, django_assert_max_num_queries: Any) -> None:
    unit = world.units["cby"]
    entries = DirectoryEntry.objects.bulk_create(DirectoryEntry(name=f"Navn {n}", unit=unit) for n in range(100))
    Person.objects.bulk_create(Person(username=f"n{n}", name=each.name, entry=each) for n, each in enumerate(entries))
    with django_assert_max_num_queries(24):
        assert phone_book.find("n", by=world.anna, at=MORNING).more > 80
