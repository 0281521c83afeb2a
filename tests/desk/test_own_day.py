"""The page "Min dag": its buttons, the typed line, and the resulting notes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from indgang.core import clock
from indgang.workforce.models import DayNote
from tests.desk.conftest import SignIn
from tests.workforce.agreed import draft, line, sign
from tests.world import World

pytestmark = pytest.mark.django_db
DAY = "/desk/day/"


def test_a_typed_line_is_read_back_before_it_is_stored(world: World, as_: SignIn) -> None:
    client = as_(world.david)
    read = client.post(reverse("desk:own-day-reading"), {"line": "møde 10-11.30, så hjemme"}).content.decode()
    assert "Møde: 10.00–11.30" in read
    assert "Arbejder hjemme, kan træffes: fra 11.30" in read
    assert not DayNote.objects.exists()
    page = client.post(DAY, {"line": "møde 10-11.30, så hjemme"}, follow=True).content.decode()
    assert "Gemt: Møde: 10.00–11.30" in page
    assert list(DayNote.objects.order_by("starts_at").values_list("kind", flat=True)) == ["meeting", "home"]


@pytest.mark.parametrize("text", ["", "vrøvl", "møde 11-10", "x" * 300])
def test_a_line_that_cannot_be_read_keeps_what_was_typed(world: World, as_: SignIn, text: str) -> None:
    answer = as_(world.david).post(DAY, {"line": text})
    assert answer.status_code == 422
    assert f'value="{text}"' in answer.content.decode() or not text
    assert not DayNote.objects.exists()


def test_two_clicks_say_syg_and_one_says_back(world: World, as_: SignIn) -> None:
    client = as_(world.david)
    client.post(reverse("desk:own-day-shortcut"), {"kind": "sick"})
    note = DayNote.objects.get()
    assert (note.kind, note.ends_at) == (
        "sick",
        clock.now() + timedelta(seconds=clock.seconds_to_midnight(clock.now())),
    )
    assert "Tilbage igen" in client.get(DAY).content.decode()
    client.post(reverse("desk:own-day-presence"))
    assert "Kan træffes" in client.get(DAY).content.decode()


@pytest.mark.parametrize("fields", [{}, {"kind": "busy"}, {"kind": "sick", "minutes": "1"}, {"kind": "x" * 90}])
def test_a_button_that_does_not_exist_notes_nothing(world: World, as_: SignIn, fields: dict[str, str]) -> None:
    assert as_(world.david).post(reverse("desk:own-day-shortcut"), fields).status_code == 302
    assert not DayNote.objects.exists()


def test_illness_is_in_no_address(world: World, as_: SignIn) -> None:
    """Proxies log addresses."""
    client = as_(world.david)
    assert client.get(reverse("desk:own-day-reading"), {"line": "syg i dag"}).status_code == 405
    assert 'hx-post="/desk/day/reading/"' in client.get(DAY).content.decode()


def test_whole_days_are_said_with_the_last_of_them(world: World, as_: SignIn) -> None:
    page = as_(world.david).post(DAY, {"line": "ferie 16/3-20/3"}, follow=True).content.decode()
    assert "Gemt: Fri: 16.3. til og med 20.3." in page


def test_nobody_removes_the_note_of_another(world: World, as_: SignIn) -> None:
    as_(world.david).post(DAY, {"line": "møde 12-13"})
    address = reverse("desk:own-day-removal", args=[DayNote.objects.get().pk])
    assert as_(world.anna).post(address).status_code == 404
    assert as_(world.david).post(address).status_code == 302
    assert as_(world.david).post(address).status_code == 404


def test_the_page_names_the_windows_in_which_one_is_expected(world: World, as_: SignIn) -> None:
    agreement = draft(world)
    line(world, agreement, world.david, service=world.services["udeservering"])
    sign(agreement, world.david, world.ida)
    page = as_(world.david).get(DAY).content.decode()
    assert "Mandag–fredag 9.00–14.00" in page
    assert "Udendørsservering" in page


def test_who_registers_nothing_has_no_such_page(world: World, as_: SignIn) -> None:
    assert as_(world.gerda).get(DAY).status_code == 403
