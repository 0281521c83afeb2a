"""Aftalt og holdt: the month's proof, the same for both parties, from the units down to the days."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.core.ranges import DateRange
from indgang.office.availability import kept
from indgang.workforce import reach_words
from indgang.workforce.models import AvailabilityAgreement, PromisedWindow, ProvenDay
from tests.office.availability.conftest import TODAY
from tests.office.availability.test_agreement_pages import READERS, statuses, text_of
from tests.office.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
KEPT = "/office/availability/kept/"
HOUR = 3600


@pytest.fixture
def window(in_force: AvailabilityAgreement) -> PromisedWindow:
    """Two days of David's window: the first kept half, the second kept whole."""
    made = in_force.windows.get()
    days: tuple[tuple[int, int, dict[str, int]], ...] = ((2, HOUR // 2, {"no_answer": 2, "nobody": 1}), (4, 0, {}))
    ProvenDay.objects.bulk_create(
        ProvenDay(
            window=made, day=TODAY + timedelta(days=ahead), promised=4 * HOUR, reachable=whole * HOUR, busy=busy,
            paused=0, absent=(4 - whole) * HOUR - busy, inside=4, outside=1, answered=5 - sum(reasons.values()),
            reasons=reasons, proven_at=MORNING,
        )
        for ahead, (whole, busy, reasons) in enumerate(days)
    )  # fmt: skip
    return made


def test_both_parties_and_all_who_read_the_catalogue_see_the_same(as_person: SignIn, window: PromisedWindow) -> None:
    with clock.frozen(MORNING):
        assert statuses(as_person, KEPT)[200] >= READERS
        one, other = (text_of(as_person(name).get(KEPT)) for name in ("david", "ida"))
    assert "Byliv 8 t 6 t 75 % fraværende 1,5 t, i samtale 0,5 t 8 2 7 svarede ikke: 2, ingen at spørge: 1" in one
    assert "I alt: 8 t aftalt, 6 t kunne træffes (75 %)." in one
    assert one[one.index("Byliv 8 t") : one.index("I alt")] == other[other.index("Byliv 8 t") : other.index("I alt")]


def test_a_unit_opens_to_its_windows_and_a_window_to_its_days(as_person: SignIn, window: PromisedWindow) -> None:
    with clock.frozen(MORNING):
        unit = as_person("david").get(KEPT, {"unit": "ctb-byliv", "month": "2026-03"})
        days_url = reverse("office:availability-kept-window", args=[window.pk])
        assert f"{days_url}?month=2026-03" in unit.content.decode()
        assert "Alle ydelser i enheden Mandag–fredag 9.00–14.00 8 t 6 t 75 %" in text_of(unit)
        days = text_of(as_person("david").get(days_url, {"month": "2026-03"}))
    assert "11.3. 4 t 2 t 50 %" in days
    assert "12.3. 4 t 4 t 100 % – 4 1 5 –" in days


def test_the_days_of_units_are_added_up_by_the_database(
    window: PromisedWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    for ahead in (5, 6):
        ProvenDay.objects.create(
            window=window, day=TODAY + timedelta(days=ahead), promised=HOUR, reachable=HOUR, busy=0, paused=0, absent=0,
            inside=3, outside=0, answered=1, reasons={"no_answer": 2}, proven_at=MORNING,
        )  # fmt: skip
    rows = list(ProvenDay.objects.all())
    month = DateRange(TODAY.replace(day=1), TODAY.replace(day=1) + timedelta(days=31))
    monkeypatch.setattr(ProvenDay, "from_db", None)  # reading a row fails
    (found,) = kept.by_unit(Unit.objects.all(), month)
    expected = kept.KeptRow("Byliv")
    for row in rows:
        expected.add(row)
    assert (found.sums, found.reasons) == (expected.sums, expected.reasons)
    assert (found.name, found.url_key) == ("Byliv", "ctb-byliv")


@pytest.mark.parametrize("asked", [{"month": "2026-02"}, {"month": "2026-02", "unit": "ctb-byliv"}])
def test_another_month_has_its_own_sums(as_person: SignIn, window: PromisedWindow, asked: dict[str, str]) -> None:
    with clock.frozen(MORNING):
        assert "Intet er gjort op i den måned." in text_of(as_person("david").get(KEPT, asked))


@pytest.mark.parametrize("month", ["2026-13", "x", "1999-01"])
def test_a_month_that_is_not_offered_shows_this_one(as_person: SignIn, window: PromisedWindow, month: str) -> None:
    with clock.frozen(MORNING):
        assert "75 %" in text_of(as_person("david").get(KEPT, {"month": month}))


def test_a_window_of_a_unit_that_one_does_not_see_is_not_found(
    as_person: SignIn, window: PromisedWindow, world: World
) -> None:
    assert as_person("ukendt").get(reverse("office:availability-kept-window", args=[window.pk])).status_code == 403
    assert as_person("david").get(reverse("office:availability-kept-window", args=[0])).status_code == 404


def test_a_share_is_rounded_down() -> None:
    shares = [reach_words.percent(share).split() for share in (1.0, 0.9999, 0.29, 0.0)]
    assert shares == [["100", "%"], ["99", "%"], ["29", "%"], ["0", "%"]]
