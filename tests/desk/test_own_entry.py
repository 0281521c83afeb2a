"""The person's own entry in the directory on the page Min dag."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from indgang.accounts.models import Person
from indgang.catalogue.models import DirectoryEntry
from tests.desk.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def test_the_person_says_that_their_entry_is_right(world: World, as_: SignIn) -> None:
    david, page = as_(world.david), reverse("desk:own-day")
    assert "Ingen har bekræftet opslaget endnu. Er det rigtigt?" in david.get(page).content.decode()
    DirectoryEntry.objects.filter(initials="dade").update(verified_at=MORNING - timedelta(days=800))
    assert "Det er længe siden, nogen har bekræftet opslaget" in david.get(page).content.decode()
    assert david.post(reverse("desk:own-entry-verification")).status_code == 302
    assert DirectoryEntry.objects.get(initials="dade").verified_by == "David Degnemark (david)"
    assert "Det er længe siden" not in david.get(page).content.decode()


def test_the_person_takes_an_entry_with_their_name_and_no_other(world: World, as_: SignIn) -> None:
    own = DirectoryEntry.objects.create(name="Anna Agerbæk", unit=world.units["cby"])
    anna, link = as_(world.anna), reverse("desk:own-entry")
    assert "Anna Agerbæk, Center for Bygninger" in anna.get(reverse("desk:own-day")).content.decode()
    anna.post(link, {"entry": world.directory["aase"].pk})
    assert Person.objects.get(pk=world.anna.pk).entry is None
    assert anna.post(link, {"entry": own.pk}).status_code == 302
    assert Person.objects.get(pk=world.anna.pk).entry == own


def test_an_entry_that_somebody_else_has_is_not_offered(world: World, as_: SignIn) -> None:
    own = DirectoryEntry.objects.create(name="Anna Agerbæk", unit=world.units["cby"])
    world.bo.entry = own
    world.bo.save()
    page = as_(world.anna).get(reverse("desk:own-day")).content.decode()
    assert "Du står ikke i telefonbogen" in page
    as_(world.anna).post(reverse("desk:own-entry"), {"entry": own.pk})
    assert Person.objects.get(pk=world.anna.pk).entry is None


def test_somebody_without_an_entry_has_nothing_to_say_is_right(world: World, as_: SignIn) -> None:
    assert as_(world.anna).post(reverse("desk:own-entry-verification")).status_code == 404
