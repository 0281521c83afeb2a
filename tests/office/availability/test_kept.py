"""Aftalt og holdt: the month's proof, the same for both parties, from the units down to the days."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.core.ranges import DateRange
from indgang.office.availability import kept
from indgang.workforce import reach_words
from indgang.workforce.models import AvailabilityAgreement, PromisedWindow, ProvenAttempt, ProvenDay
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
            reasons=reasons, people=3, proven_at=MORNING,
        )
        for ahead, (whole, busy, reasons) in enumerate(days)
    )  # fmt: skip
    return made


def test_both_parties_and_all_who_read_the_catalogue_see_the_same(as_person: SignIn, window: PromisedWindow) -> None:
    with clock.frozen(MORNING):
        assert statuses(as_person, KEPT)[200] >= READERS
        one, other = (text_of(as_person(name).get(KEPT)) for name in ("david", "ida"))
    assert (
        "Byliv 8 t 6 t 75 % fraværende 1,5 t, i samtale 0,5 t 8 spurgt i tiden 2 spurgt uden for tiden 7 besvaret "
        in one
    )
    assert " svarede ikke: 2, ingen at spørge: 1" in one
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
    assert "12.3. 4 t 4 t 100 % – 4 spurgt i tiden 1 spurgt uden for tiden 5 besvaret –" in days


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


def test_a_units_month_is_added_up_by_service(as_person: SignIn, window: PromisedWindow, world: World) -> None:
    other = PromisedWindow.objects.get(pk=window.pk)
    other.pk, other._state.adding, other.service = None, True, world.services["arrangement"]
    other.save()
    for ahead, people in ((0, 1), (1, 1)):
        day = ProvenDay.objects.create(
            window=other, day=TODAY + timedelta(days=ahead), promised=2 * HOUR, reachable=HOUR, busy=HOUR, paused=0,
            absent=0, inside=2, outside=0, answered=1, reasons={"no_answer": 1}, people=people, proven_at=MORNING,
        )  # fmt: skip
    ProvenAttempt.objects.create(proven_day=day, at=MORNING, service=other.service, is_inside=True)
    with clock.frozen(MORNING):
        response = as_person("david").get(KEPT, {"unit": "ctb-byliv", "month": "2026-03"})
        links = re.findall(r'href="([^"]*subject=[^"]*which=inside)"', response.content.decode())
        attempts = [rows_of(as_person("david").get(unescape(link))) for link in links]
    one, every = response.context["subjects"]
    assert (one.name, one.promised, one.reachable, one.gaps) == (other.service.name, "4\xa0t", "noget af tiden", [])
    assert (every.name, every.promised, every.reachable) == ("Alle ydelser i enheden", "8\xa0t", "6\xa0t")
    assert [(row.sums["inside"], row.sums["answered"]) for row in (one, every)] == [(4, 2), (8, 7)]
    assert [len(rows) for rows in attempts] == [1, 0]


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


# --- The attempts behind a figure ----------------------------------------------------------------

ATTEMPTS = f"{KEPT}attempts/"


@pytest.fixture
def asked(window: PromisedWindow, world: World) -> PromisedWindow:
    """Three attempts on the first day: two in the agreed time, of which one was answered, and one after it."""
    day = ProvenDay.objects.get(window=window, day=TODAY)
    service = world.services["arrangement"]
    for hour, named, is_inside, reason in ((10, service, True, ""), (11, None, True, "no_answer"),
                                           (15, service, False, "nobody")):  # fmt: skip
        ProvenAttempt.objects.create(
            proven_day=day,
            at=MORNING.replace(hour=hour - 1, minute=5),
            service=named,
            is_inside=is_inside,
            reason=reason,
        )
    return window


def rows_of(response: Any) -> list[str]:
    """The texts of the rows of the table."""
    body = response.content.decode().partition("<tbody>")[2].partition("</tbody>")[0]
    return [" ".join(re.sub("<[^>]*>", " ", row).split()) for row in body.split("</tr>")[:-1]]


def test_a_figure_opens_its_attempts_alike_for_both_parties(as_person: SignIn, asked: PromisedWindow) -> None:
    with clock.frozen(MORNING):
        unit = as_person("david").get(KEPT, {"unit": "ctb-byliv", "month": "2026-03"})
        (link,) = re.findall(r'href="([^"]*window=[^"]*which=inside)"', unit.content.decode())
        assert statuses(as_person, ATTEMPTS)[200] >= READERS
        one, other = (rows_of(as_person(name).get(unescape(link))) for name in ("david", "ida"))
        every = rows_of(as_person("david").get(ATTEMPTS, {"unit": "ctb-byliv", "month": "2026-03"}))
        missed = rows_of(as_person("david").get(ATTEMPTS, {"which": "unanswered", "day": "2026-03-11"}))
        none = rows_of(as_person("david").get(ATTEMPTS, {"day": "2026-03-12"}))
    assert one == other == every[:2]
    about = "Alle ydelser i enheden Mandag–fredag 9.00–14.00"
    assert one == [
        f"11.3. 10.05 Byliv Arrangementstilladelser {about} i tiden besvaret",
        f"11.3. 11.05 Byliv ved navn {about} i tiden ikke besvaret: svarede ikke",
    ]
    assert missed == every[1:]
    assert none == []


def test_the_attempts_can_be_fetched_for_a_spreadsheet(as_person: SignIn, asked: PromisedWindow) -> None:
    with clock.frozen(MORNING):
        page = as_person("ida").get(ATTEMPTS, {"unit": "ctb-byliv", "which": "outside"}).content.decode()
        (link,) = re.findall(r'href="([^"]*attempts/file/[^"]*)"', page)
        file = as_person("ida").get(unescape(link))
        assert as_person("ukendt").get(unescape(link)).status_code == 403
    assert 'filename="spurgt-ctb-byliv-2026-03.csv"' in file["Content-Disposition"]
    heading, line = b"".join(file.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert heading.startswith("Dag;Klokkeslæt;Enhed;Spurgt om;")
    assert line.startswith("11-03-2026;15:05:00;Byliv;Arrangementstilladelser;Alle ydelser i enheden;")
    assert line.endswith(";uden for;ikke besvaret;ingen at spørge")


def test_of_a_window_with_one_person_it_is_not_said_why_and_how_long(as_person: SignIn, asked: PromisedWindow) -> None:
    ProvenDay.objects.update(people=1)
    days_url = reverse("office:availability-kept-window", args=[asked.pk])
    with clock.frozen(MORNING):
        pages = [as_person("david").get(url, {"unit": "ctb-byliv", "month": "2026-03"})
                 for url in (KEPT, days_url, ATTEMPTS)]  # fmt: skip
        file = as_person("david").get(f"{ATTEMPTS}file/", {"unit": "ctb-byliv"})
    unit, days, attempts = map(text_of, pages)
    assert "8 t noget af tiden – – 8" in unit
    assert "11.3. 4 t noget af tiden – – 4" in days
    assert "12.3. 4 t hele tiden" in days
    assert "Bag træffetiden er der kun én medarbejder." in days
    for page in (unit, days, attempts, b"".join(file.streaming_content).decode()):  # type: ignore[attr-defined]
        for word in ("fraværende", "i samtale", "svarede ikke", "ingen at spørge", "50 %", "75 %", " 6 t", " 2 t"):
            assert word not in page
    assert "ikke besvaret: 3" in unit


def test_some_days_of_one_person_are_summed_up_without_the_reason(as_person: SignIn, asked: PromisedWindow) -> None:
    ProvenDay.objects.update(people=1)
    for ahead in range(2, 5):
        ProvenDay.objects.create(
            window=asked, day=TODAY + timedelta(days=ahead), promised=4 * HOUR, reachable=3 * HOUR, busy=0, paused=0,
            absent=HOUR, inside=0, outside=0, answered=0, people=1, proven_at=MORNING,
        )  # fmt: skip
    with clock.frozen(MORNING):
        page = text_of(as_person("david").get(KEPT))
    assert "20 t 15 t 75 % kunne ikke træffes 5 t" in page
