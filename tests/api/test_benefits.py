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
        typo = client.get("/api/benefits/?case=bc99")
        assert (typo.status_code, typo.json()["error"]) == (400, "There is no business case bc99.")
        client.force_login(world.anna)
        assert client.get("/api/benefits/").status_code == 403
    with pytest.raises(CommandError, match="no benefit contract 999"):
        said("999")
    for option in ("--again", "--case"):
        with pytest.raises(CommandError, match="no business case bc99"):
            said(option, "bc99")


def test_the_owner_closes_a_month_by_address_and_by_command(world: World, client: Client) -> None:
    with clock.frozen(MORNING):
        made.fewer_contacts()
        contract = made.signed(world)
        address = f"/api/benefits/{contract.pk}/"
        client.force_login(world.gerda)
        given = {"month": "2026-01", "reason": "Sne i uge 3"}
        assert client.post(f"{address}months/", given).status_code == 404, "not the owner"
        client.force_login(world.hans)
        for wrong, field in (
            ({"month": "2026-13"}, "month"),
            ({"month": "januar"}, "month"),
            ({"reason": ""}, "reason"),
        ):
            refused = client.post(f"{address}months/", given | wrong)
            assert (refused.status_code, list(refused.json()["fields"])) == (422, [field])
        assert client.post(f"{address}months/", given | {"month": "2026-03"}).json()["error"] == "Måneden er ikke slut."
        closed = client.post(f"{address}months/", given, content_type="application/json").json()
        assert (closed["months"][0]["is_closed"], closed["months"][0]["reason"]) == (True, "Sne i uge 3")
        assert closed["months_to_close"] == ["2026-02"]
        number, close = str(contract.pk), ("--close", "2026-02", "--reason", "Ferie", "--json")
        for by in ("gerda", "nobody"):
            with pytest.raises(CommandError):
                said(number, *close, "--by", by)
        (told,) = json.loads(said(number, *close, "--by", "hans"))
        assert [each["reason"] for each in told["months"][:2]] == ["Sne i uge 3", "Ferie"]
        assert told == client.get(address).json()
        with pytest.raises(CommandError, match="allerede lukket"):
            said(number, *close, "--by", "hans")
