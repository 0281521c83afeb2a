"""Published shifts as JSON."""

from __future__ import annotations

import pytest
from django.test import Client

from indgang.core import clock
from indgang.staffing.shifts.activities import ActivityKind
from indgang.workforce.models import ShiftPlan
from tests.workforce.shifts.rows import contracts, plan, shift
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def test_a_planner_reads_the_published_shifts_of_a_centre(world: World) -> None:
    contracts(world, world.anna)
    shift(plan(world, ShiftPlan.State.PUBLISHED), world.anna, MORNING, ActivityKind.PHONE, ActivityKind.BREAK)
    client = Client()
    client.force_login(world.gerda)
    with clock.frozen(MORNING):
        (found,) = client.get("/api/shifts/?centre=tmf").json()["shifts"]
        assert (found["person"], [each["kind"] for each in found["parts"]]) == ("anna", ["phone", "break"])
        assert client.get("/api/shifts/?centre=tmf&from=2026-03-12&to=2026-03-20").json() == {"shifts": []}
        for odd in ("from=9999-12-31", "from=x", "from=2026-03-12&to=2026-03-11", "from=2026-01-01&to=2027-01-01"):
            assert client.get(f"/api/shifts/?centre=tmf&{odd}").status_code == 400, odd
        for code in ("bif", "none", "%00", ""):
            assert client.get(f"/api/shifts/?centre={code}").status_code == 404, code
        client.force_login(world.anna)
        assert client.get("/api/shifts/?centre=tmf").status_code == 403


def test_shifts_in_other_centres_are_not_told(world: World) -> None:
    """Somebody with a contract here, also from before, has shifts elsewhere."""
    contracts(world, world.anna)
    elsewhere = plan(world, ShiftPlan.State.PUBLISHED)
    shift(elsewhere, world.anna, MORNING, ActivityKind.PHONE)
    ShiftPlan.objects.filter(pk=elsewhere.pk).update(centre=world.centres["bif"])
    client = Client()
    client.force_login(world.gerda)
    with clock.frozen(MORNING):
        assert client.get("/api/shifts/?centre=tmf").json() == {"shifts": []}
