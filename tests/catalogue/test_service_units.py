"""The unit of a service by day: kept when it changes, and read by span."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from indgang.catalogue import offering, service_units
from indgang.catalogue.models import Service, ServiceUnit
from indgang.core.clock import day_of
from indgang.core.ranges import DateRange
from tests.tables.test_kinds import written
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
TODAY = day_of(MORNING)
MARCH = DateRange(date(2026, 3, 1), date(2026, 4, 1))


def move(world: World, unit: str | None, at: datetime = MORNING) -> Service:
    service = Service.objects.get(code="byggetilladelse")
    return offering.save_service(service, unit=world.units[unit] if unit else None, by=world.finn, at=at)


def spans(world: World, unit: str) -> dict[DateRange, list[str]]:
    found = service_units.spans_of(world.units[unit], MARCH)
    return {span: [code for code in codes if code == "byggetilladelse"] for span, codes in found}


def test_a_service_that_was_never_moved_has_always_been_its_units(world: World) -> None:
    assert spans(world, "cby")[MARCH] == ["byggetilladelse"]
    offering.save_service(Service.objects.get(code="byggetilladelse"), keywords="hus", by=world.finn, at=MORNING)
    assert not ServiceUnit.objects.exists()
    assert service_units.moves(world.units["cby"], MARCH) == []


def test_the_old_unit_keeps_the_days_before_and_the_new_one_has_those_from_the_day_on(world: World) -> None:
    before = Service.objects.get(code="byggetilladelse").unit
    assert before is not None
    move(world, "bif")
    assert spans(world, "cby")[DateRange(MARCH.start, TODAY)] == ["byggetilladelse"]
    assert spans(world, "bif")[DateRange(TODAY, MARCH.end)] == ["byggetilladelse"]
    assert service_units.on(TODAY - timedelta(days=1), ["byggetilladelse"]) == {"byggetilladelse": before.name}
    assert service_units.on(TODAY, ["byggetilladelse"]) == {"byggetilladelse": world.units["bif"].name}
    (came,) = service_units.moves(world.units["bif"], MARCH)
    (left,) = service_units.moves(world.units["cby"], MARCH)
    assert came == left
    assert (came.before, came.after, came.day) == (before, world.units["bif"], TODAY)
    assert "byggetilladelse" in service_units.now_of(world.units["bif"])


def test_a_table_that_gives_services_to_another_unit_keeps_their_days(world: World) -> None:
    written(world, "services", "Kode;Navn;Enhed\nbyggetilladelse;Byggetilladelser;bif\nnabobyggeri;Naboer;cby\n")
    (moved,) = service_units.moves(world.units["bif"], MARCH)
    assert (moved.service.code, moved.before and moved.before.code, moved.day) == ("byggetilladelse", "cby", TODAY)
    assert ServiceUnit.objects.count() == 2


def test_a_service_that_comes_back_the_same_day_has_never_left(world: World) -> None:
    home = Service.objects.get(code="byggetilladelse").unit
    assert home is not None
    move(world, "bif")
    move(world, home.code, MORNING + timedelta(hours=1))
    assert spans(world, "cby")[MARCH] == ["byggetilladelse"]
    assert service_units.moves(world.units["bif"], MARCH) == []


def test_a_service_can_lose_its_unit_and_get_another_later(world: World) -> None:
    move(world, None)
    move(world, "bif", MORNING + timedelta(days=5))
    assert service_units.on(TODAY + timedelta(days=4), ["byggetilladelse"]) == {}
    assert [(each.before and each.before.code, each.after and each.after.code) for each in
            service_units.moves_of(["byggetilladelse"], MARCH)][1:] == [(None, "bif")]  # fmt: skip


def test_one_unit_at_a_time_in_the_database_too(world: World) -> None:
    service = move(world, "bif")
    with pytest.raises(IntegrityError), transaction.atomic():
        ServiceUnit.objects.create(service=service, unit=world.units["cby"], valid_from=TODAY)


def test_other_tools_read_the_units_of_each_service(world: World) -> None:
    move(world, "bif")
    with connection.cursor() as cursor:
        cursor.execute("SELECT unit, valid_from, valid_to FROM reporting.service_units WHERE service = %s ORDER BY 3",
                       ["byggetilladelse"])  # fmt: skip
        first, second = cursor.fetchall()
        cursor.execute("SELECT count(DISTINCT service) FROM reporting.service_units")
        assert cursor.fetchone() == (Service.objects.exclude(unit=None).count(),)
    assert first[1:] == (None, TODAY)
    assert second == ("bif", TODAY, None)
