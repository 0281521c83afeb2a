"""A department's own view: contacts about its services, who answered them, and what they cost."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from indgang.agreements import department
from indgang.catalogue import offering
from indgang.catalogue.models import Service
from indgang.core import clock
from indgang.core.ranges import DateRange
from indgang.entry.event_kinds import Kind
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.rollups import reading
from indgang.measures.totals import Totals
from tests.agreements.agreed import TODAY, operator
from tests.agreements.measured import calls
from tests.agreements.test_centres_together import agreement
from tests.measures.histories import history
from tests.measures.test_reading import one, write
from tests.office.conftest import SignIn
from tests.office.cooperation.test_cooperation_pages import EVERYBODY, text_of
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
PAGE = "/office/department/"
LATER = MORNING + timedelta(days=1)


def test_a_unit_sees_what_came_about_its_services_and_nothing_of_others(as_person: SignIn, world: World) -> None:
    calls(TODAY, 7, 3)
    calls(TODAY, 6, 0, service="byggetegninger")
    calls(TODAY, 20, 0, service="arrangement")
    with clock.frozen(LATER):
        shown = text_of(as_person("hans").get(f"{PAGE}?unit={world.units['cby'].pk}"))
    assert "Henvendelser om" in shown
    assert "Registreret om vores ydelser 16" in shown
    assert "Besvaret af kontaktcentret 16" in shown
    assert "Besvaret af os (2nd level) 0" in shown
    assert "Straksafklaring 81,2 %" in shown
    assert "Byggetilladelser: 10" in shown
    assert "Arrangementstilladelser" not in shown.partition("Kom til os")[2]


def test_few_contacts_are_not_shown_and_cannot_be_worked_out(as_person: SignIn, world: World) -> None:
    calls(TODAY, 20, 0)
    calls(TODAY, 3, 0, service="byggetegninger")
    with clock.frozen(LATER):
        shown = text_of(as_person("hans").get(f"{PAGE}?unit={world.units['cby'].pk}"))
    assert "Byggetegninger fra arkivet: For få til at vise" in shown
    assert "Byggetilladelser: For få til at vise" in shown


def test_a_unit_with_few_contacts_is_not_told_how_many(as_person: SignIn, world: World) -> None:
    calls(TODAY, 2, 1)
    with clock.frozen(LATER):
        shown = text_of(as_person("hans").get(f"{PAGE}?unit={world.units['cby'].pk}"))
    assert "Registreret om vores ydelser For få til at vise" in shown
    assert "Besvaret af kontaktcentret For få til at vise" in shown
    assert "Straksafklaring For få til at vise" in shown


def test_a_contact_costs_its_share_of_the_price_of_the_centre(as_person: SignIn, world: World) -> None:
    made = agreement(world, "tmf", 80)
    type(made).objects.filter(pk=made.pk).update(price=Decimal(365_000))
    calls(TODAY, 5, 5)
    calls(TODAY, 30, 0, service="arrangement")
    with clock.frozen(LATER):
        shown = text_of(as_person("hans").get(f"{PAGE}?unit={world.units['cby'].pk}"))
    assert "250,00 kr. for 10 henvendelser" in shown, "one day of 1,000 kroner, ten of forty contacts"


def test_centres_with_agreements_of_the_same_days_are_read_together(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for code, price in (("tmf", 365_000), ("bif", 73_000)):
        made = agreement(world, code, 80)
        type(made).objects.filter(pk=made.pk).update(price=Decimal(price))
    calls(TODAY, 10, 0)
    calls(TODAY, 10, 0, service="arrangement")
    write(*(one(Kind.ANSWERED, 5, 5_000 + number, queue="bif-erhverv", service="byggetilladelse", outcomes=["resolved"])
            for number in range(8)))  # fmt: skip
    read, asked = reading.totals, []

    def count(*args: Any, **chosen: Any) -> dict[str, Totals]:
        asked.append(chosen)
        return read(*args, **chosen)

    monkeypatch.setattr(reading, "totals", count)
    found = department.of_unit(world.units["cby"], DateRange(TODAY, TODAY + timedelta(days=1)))
    assert [(each.contacts, each.kroner) for each in found.costs] == [(8, Decimal("200.00")), (10, Decimal("500.00"))]
    assert len(asked) == 4 + 2, "four groups, and once for both centres what is theirs and what is all"


def test_a_new_price_counts_from_its_day_and_days_without_an_agreement_have_none(
    as_person: SignIn, world: World
) -> None:
    dear = agreement(world, "tmf", 80)
    kind = type(dear)
    kind.objects.filter(pk=dear.pk).update(
        price=Decimal(365_000), valid_from=TODAY - timedelta(days=8), valid_to=TODAY - timedelta(days=3)
    )
    cheap = agreement(world, "tmf", 80)
    kind.objects.filter(pk=cheap.pk).update(price=Decimal(73_000), valid_from=TODAY - timedelta(days=3))
    calls(TODAY, 5, 5)
    calls(TODAY, 10, 0, service="arrangement")
    calls(TODAY - timedelta(days=5), 8, 2)
    calls(TODAY - timedelta(days=9), 6, 0)
    with clock.frozen(LATER):
        shown = text_of(as_person("hans").get(f"{PAGE}?unit={world.units['cby'].pk}"))
    assert "3.866,67 kr. for 20 henvendelser" in shown, "five days of 1,000 and four of 200, twenty of thirty contacts"
    assert "6 henvendelser, ingen aftalt pris" in shown
    assert "I alt 3.866,67 kr." in shown


def test_a_service_that_moved_counts_for_each_unit_on_its_days_and_the_page_says_so(
    as_person: SignIn, world: World
) -> None:
    made = agreement(world, "tmf", 80)
    type(made).objects.filter(pk=made.pk).update(price=Decimal(365_000), valid_from=TODAY - timedelta(days=10))
    calls(TODAY - timedelta(days=5), 12, 0)
    calls(TODAY, 7, 0)
    service = Service.objects.get(code="byggetilladelse")
    offering.save_service(service, unit=world.units["cmb"], by=world.finn, at=MORNING)
    with clock.frozen(LATER):
        old = text_of(as_person("hans").get(f"{PAGE}?unit={world.units['cby'].pk}"))
        new = text_of(as_person("hans").get(f"{PAGE}?unit={world.units['cmb'].pk}"))
        now = text_of(as_person("hans").get(f"{PAGE}?unit={world.units['cmb'].pk}&services=now"))
        gone = text_of(as_person("hans").get(f"{PAGE}?unit={world.units['cby'].pk}&services=now"))
        odd = as_person("hans").get(f"{PAGE}?services=x%00")
    assert odd.status_code == 200
    assert "Registreret om vores ydelser 12" in old
    assert f"Byggetilladelser gik 11.03.2026 til {world.units['cmb'].name}." in old
    assert "6.947,37 kr. for 12 henvendelser" in old, "eleven days of 1,000 kroner, twelve of nineteen contacts"
    assert "Registreret om vores ydelser 7" in new
    assert "Byggetilladelser kom til enheden 11.03.2026 fra" in new
    assert "Hver ydelse er talt på de dage, hvor den hørte til enheden." in new
    assert "Registreret om vores ydelser 19" in now
    assert "som de hører til enheden i dag" in now
    assert "Registreret om vores ydelser 0" in gone


def test_what_the_second_level_answered_stands_apart(as_person: SignIn, world: World) -> None:
    calls(TODAY, 3, 0)
    for number in range(6):
        result = "answered" if number else "no_answer"
        write(history(
            (Kind.ARRIVED, 0, {"centre": "tmf"}), (Kind.QUEUED, 5, {"queue": "tmf-byggeri"}),
            (Kind.ANSWERED, 10, {"queue": "tmf-byggeri"}),
            (Kind.SUBJECT_TRIED, 20, {"subject": "byggetilladelse", "window": 3, "result": result}),
            (Kind.ENDED, 100, {}), start=MORNING, stream=UUID(int=number + 77_000),
        ))  # fmt: skip
    with clock.frozen(LATER):
        shown = text_of(as_person("hans").get(f"{PAGE}?unit={world.units['cby'].pk}"))
    ours = shown.partition("Det svarede vi på")[2].partition("Det spurgte man om")[0]
    assert f"{FIGURE_NAMES['second_level_reached']} 83,3 %" in ours
    assert f"{FIGURE_NAMES['promises_kept']} ingen data" in ours


def test_who_sees_figures_sees_those_of_their_units(as_person: SignIn, world: World) -> None:
    operator(world)
    able = {name for name in EVERYBODY if as_person(name).get(PAGE).status_code == 200}
    assert able == {"eva", "finn", "gerda", "hans", "ida", "karen"}
    other = world.units["bif"].pk
    assert "Beskæftigelses" not in text_of(as_person("hans").get(f"{PAGE}?unit={other}")).partition("<h1>")[2]
    for odd in ("unit=x", "unit=-1", "unit=99999999999999999999", f"unit={other}", "period=x"):
        assert as_person("hans").get(f"{PAGE}?{odd}").status_code == 200


def test_the_first_of_the_month_shows_the_month_before(as_person: SignIn, world: World) -> None:
    first = MORNING.replace(day=1)
    with clock.frozen(first):
        empty = text_of(as_person("hans").get(f"{PAGE}?period={first:%Y-%m}"))
        assert "Ingen dage i perioden er gået endnu." in empty
        assert "Ingen dage i perioden" not in text_of(as_person("hans").get(PAGE))
