"""Benefit contracts as JSON and as a command's table."""

from __future__ import annotations

import json
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from indgang.core import clock
from tests.programme.benefits import made
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def said(*words: str) -> str:
    told = StringIO()
    call_command("benefits", *words, stdout=told)
    return told.getvalue()


def test_the_command_and_the_address_tell_the_same(world: World, client: Client) -> None:
    with clock.frozen(MORNING):
        assert said() == "There are no benefit contracts.\n"
        made.fewer_contacts()
        contract = made.signed(world)
        world.services["udeservering"].unit = world.units["cby"]
        world.services["udeservering"].save()
        made.contract(world, line="noise", way="not", not_measured="Trivsel måles ikke.")
        client.force_login(world.gerda)
        listed = client.get("/api/benefits/?case=bc31").json()["benefits"]
        one: dict[str, Any] = client.get(f"/api/benefits/{contract.pk}/").json()
        printed = json.loads(said(str(contract.pk), "--json"))
        assert [each["line"] for each in listed] == ["city-life", "noise"]
        assert client.get("/api/benefits/?case=bc12").json() == {"benefits": []}
        assert printed[0]["months"] == one["months"]
        assert printed[0]["months"][0]["services_gone"] == ["udeservering"]
        assert one["realised"] == listed[0]["realised"]
        assert one["realised"]["low"] < one["realised"]["value"] < one["realised"]["high"]
        assert [each["no_data"] for each in one["months"][:3]] == [None, None, "not_over"]
        assert listed[1]["realised"] is None
        assert listed[1]["not_measured_because"] == "Trivsel måles ikke."
        table = said("--case", "bc31")
        assert "no data" in table
        assert "2/2" in table
        assert client.get("/api/benefits/999/").status_code == 404
        again = client.get("/api/benefits/cases/bc31/").json()
        assert again == json.loads(said("--again", "bc31"))
        lines = {each["line"]: each for each in again["measured_and_assumed"]["lines"]}
        assert lines["city-life"]["rests_on"][again["years"].index(2026)] == "partly"
        assert again["original"]["net"] != again["measured_and_assumed"]["net"]
        assert client.get("/api/benefits/cases/bc99/").status_code == 404
        client.force_login(world.anna)
        assert client.get("/api/benefits/").status_code == 403
    with pytest.raises(CommandError, match="no benefit contract 999"):
        said("999")
    with pytest.raises(CommandError, match="no business case bc99"):
        said("--again", "bc99")
