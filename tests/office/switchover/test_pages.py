"""The pages of switches: prepare, read the rehearsal, decide, carry out, take back; and the old numbers."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from indgang.accounts.models import RoleAssignment
from indgang.api import switchovers as api_switchovers
from indgang.catalogue import service_contacts
from indgang.core.clock import FrozenTime, frozen, now
from indgang.correspondence.models import FormerAddress
from indgang.entry.models import EntryPoint, FormerNumber
from indgang.programme.switchover.models import Switchover
from tests.correspondence import mails
from tests.office.conftest import SignIn
from tests.office.pages import forms_of
from tests.programme.switchover import made
from tests.programme.switchover.made import OLD_NUMBER
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def _posted(world: World) -> dict[str, Any]:
    return {
        "service": world.services["byggetilladelse"].pk, "centre": world.centres["tmf"].pk,
        "planned_at": "2026-03-12T11:15", "flow": world.flows["erhverv"].pk, "numbers": "33 66 52 00",
        "leads_to": world.entry_points["+4533661000"].pk, "starts_targets": "on", "way": "robot", "share": "100",
    }  # fmt: skip


def test_a_switch_is_prepared_read_decided_carried_out_and_taken_back(
    world: World, as_person: SignIn, morning: FrozenTime
) -> None:
    made.old_number(world)
    made.new_flow(world)
    finn = as_person("finn")
    address = finn.post("/office/switchover/new/", _posted(world)).headers["Location"]
    page = finn.get(address).content.decode()
    for said in ("Fører til Erhvervsindgangen hos TMF kontaktcenter", "Kladden (version 2)", "Nyt forløb", "Bemærkning",
                 "Før skiftet", "Ingen underskrevet samarbejdsaftale"):  # fmt: skip
        assert said in page, said
    seen = re.search(r'name="seen" value="(\w+)"', page)
    assert seen is not None
    assert "Skriv, hvorfor" in finn.post(f"{address}decision/", {"seen": seen[1], "reason": ""}).content.decode()
    assert finn.post(f"{address}decision/", {"seen": seen[1], "reason": "Aftalt"}).status_code == 302
    assert finn.post(f"{address}carrying-out/", {}).status_code == 422
    assert finn.post(f"{address}carrying-out/", {"confirmed": "on"}).status_code == 302
    switch = Switchover.objects.get()
    assert switch.state == Switchover.State.DONE
    assert "Tag tilbage" in finn.get(address).content.decode()
    assert finn.post(f"{address}taking-back/", {"because": "Fejl", "confirmed": "on"}).status_code == 302
    assert Switchover.objects.get().state == Switchover.State.TAKEN_BACK
    assert "Taget tilbage" in finn.get("/office/switchover/").content.decode()


def test_who_may_not_change_reads_and_others_see_nothing(world: World, as_person: SignIn) -> None:
    switch = made.switch(world, starts_targets=True)
    address = f"/office/switchover/{switch.pk}/"
    page = as_person("eva").get(address).content.decode()
    assert "Byggetilladelser" in page
    assert "Beslut skiftet" not in page
    assert as_person("eva").post(f"{address}calling-off/").status_code == 403
    assert as_person("otto").get(address).status_code == 403
    assert as_person("hans").get(f"{address[:-2]}0/").status_code in (200, 404)
    assert as_person("anna").get("/api/switchovers/").status_code == 403
    (found,) = as_person("eva").get("/api/switchovers/").json()["switchovers"]
    assert (found["service"], found["state"]) == ("byggetilladelse", "planned")


def test_bad_input_is_answered_in_words(world: World, as_person: SignIn) -> None:
    finn = as_person("finn")
    for name, value in (
        ("numbers", "abc"), ("mail_addresses", "abc"), ("numbers", "hemmelig"), ("share", "0"),
        ("planned_at", "9999-12-31T23:59"), ("planned_at", "0001-01-01T00:00"), ("planned_at", "2030-03-12T11:15"),
        ("planned_at", "2026-03-01T09:00"), ("leads_to", ""), ("service", "999999999999"), ("numbers", "33 66 10 00"),
    ):  # fmt: skip
        answer = finn.post("/office/switchover/new/", _posted(world) | {name: value})
        assert answer.status_code == 422, (name, value)
        assert 'class="form-error-message"' in answer.content.decode() or "error" in answer.content.decode()
    assert not Switchover.objects.exists()


def test_old_numbers_are_shown_and_closed(world: World, as_person: SignIn) -> None:
    made.old_number(world)
    row = FormerNumber.objects.create(
        number=OLD_NUMBER, name="Byggesager", entry_point=world.entry_points["+4533661000"]
    )  # fmt: skip
    finn = as_person("finn")
    page = finn.get("/office/switchover/old-numbers/").content.decode()
    assert "33 66 52 00" in page
    assert "Kan lukkes" in page
    assert "<svg" in page
    assert "Luk fra i morgen" in finn.get(f"/office/switchover/old-numbers/{row.pk}/").content.decode()
    assert "Luk fra i morgen" not in as_person("eva").get(f"/office/switchover/old-numbers/{row.pk}/").content.decode()
    finn.post(f"/office/switchover/old-numbers/{row.pk}/closing/")
    assert EntryPoint.objects.get(number=OLD_NUMBER).valid_to is not None
    assert as_person("eva").get("/api/old-numbers/").json()["old_numbers"][1]["closed"] == "2026-03-12"


def test_old_addresses_and_contacts_of_services_are_written_down(world: World, as_person: SignIn) -> None:
    finn, box = as_person("finn"), mails.mailbox(world)
    said = {
        "mail_address": "byg@kommune.example", "name": "Byg", "forwards_to": box.pk, "valid_from": "2026-01-01",
        "valid_to": "",
    }  # fmt: skip
    assert finn.post("/office/switchover/old-addresses/new/", said).status_code == 302
    assert finn.post("/office/switchover/old-addresses/new/", said).status_code == 422
    row = FormerAddress.objects.get()
    finn.post(f"/office/switchover/old-addresses/{row.pk}/closing/")
    row.refresh_from_db()
    assert row.valid_to is not None
    contact = {"service": world.services["byggetilladelse"].pk, "phone": "33 66 52 00", "mail_address": ""}
    assert finn.post("/office/switchover/contacts/", contact | {"phone": ""}).status_code == 422
    assert finn.post("/office/switchover/contacts/", contact).status_code == 302
    assert "33 66 52 00" in finn.get("/office/switchover/contacts/").content.decode()


def _printed(*arguments: str) -> Any:
    out = StringIO()
    call_command("switchover", *arguments, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_command_and_the_address_list_and_rehearse_alike_without_writing(
    world: World, as_person: SignIn, morning: FrozenTime
) -> None:
    made.new_flow(world)
    made.old_number(world)
    switch = made.switch(world, flow=world.flows["erhverv"], starts_targets=True)
    eva = as_person("eva")
    found = _printed("byggetilladelse")
    assert eva.get(f"/api/switchovers/{switch.pk}/").json() == found
    assert found["rehearsed_for"] == found["prepared"]["planned_at"] == made.AT.isoformat()
    assert [each["kind"] for each in found["changes"]] == ["Call flow", "Targets in the agreement"]
    assert "no_agreement" in {each["code"] for each in found["findings"]}
    assert found["heard_before"]
    assert found["heard_after"]
    listed = _printed()
    assert eva.get("/api/switchovers/").json() == listed | {"more": False}
    assert [each["id"] for each in listed["switchovers"]] == [str(switch.pk)]
    old = _printed("--old")["old_channels"]
    assert old
    assert eva.get("/api/old-numbers/").json()["old_numbers"] == old
    out = StringIO()
    for arguments in (("byggetilladelse",), (), ("--old",)):
        call_command("switchover", *arguments, stdout=out)
    assert f"seen {found['seen']}" in out.getvalue()
    assert all(each["key"] in out.getvalue() for each in old)
    assert Switchover.objects.get().state == Switchover.State.PLANNED
    assert MORNING < made.AT
    RoleAssignment.objects.create(person=world.otto, role="owner", unit=world.units["bif"])
    assert as_person("otto").get(f"/api/switchovers/{switch.pk}/").status_code == 404, "of another centre"


def test_more_switches_than_one_answer_holds_are_told(
    world: World, as_person: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    made.switch(world, starts_targets=True)
    made.switch(world, service=world.services["nabobyggeri"], starts_targets=True)
    monkeypatch.setattr(api_switchovers, "MOST", 1)
    found = as_person("eva").get("/api/switchovers/").json()
    assert (len(found["switchovers"]), found["more"]) == (1, True)


def test_programs_and_the_command_make_a_switch_as_the_page_does(
    world: World, as_person: SignIn, morning: FrozenTime, tmp_path: Path
) -> None:
    made.old_number(world)
    made.new_flow(world)
    finn, eva = as_person("finn"), as_person("eva")

    def sent(address: str, status: int = 200, **values: Any) -> Any:
        answer = finn.post(f"/api/switchovers/{address}", values, content_type="application/json")
        assert answer.status_code == status, answer.content
        return answer.json()

    given: dict[str, Any] = {
        "service": "byggetilladelse", "centre": "tmf", "planned_at": "2026-03-12T11:15", "flow": "erhverv",
        "numbers": ["33 66 52 00"], "leads_to": "+4533661000", "starts_targets": True,
    }  # fmt: skip
    odd = {"service": "none", "centre": "kff-", "planned_at": "soon", "flow": "x", "leads_to": "1", "share": 0}
    assert set(sent("preparation/", 422, **given | odd)["fields"]) == set(odd)
    assert list(sent("preparation/", 422, **given | {"numbers": ["abc"]})["fields"]) == ["numbers"]
    for moment in ("2026-03-01T09:00", "2030-03-12T11:15", "9999-12-31T23:59-12:00", "0001-01-01T00:00+12:00"):
        assert list(sent("preparation/", 422, **given | {"planned_at": moment})["fields"]) == ["planned_at"], moment
    prepared = sent("preparation/", 201, **given)
    number = prepared["id"]
    assert {name: prepared["prepared"][name] for name in given} == {
        **given, "numbers": [OLD_NUMBER], "planned_at": made.AT.isoformat(),
    }  # fmt: skip
    assert list(sent(f"{number}/decision/", 422, seen=prepared["seen"])["fields"]) == ["reason"]
    assert sent(f"{number}/decision/", 422, seen="other", reason="Aftalt")["fields"] == {}
    changed = given | {"starts_targets": False, "revision": prepared["revision"]}
    assert list(sent(f"{number}/preparation/", 422, **given)["fields"]) == ["revision"]
    other = sent(f"{number}/preparation/", **changed)
    assert list(sent(f"{number}/preparation/", 422, **changed)["fields"]) == ["revision"], "somebody was first"
    assert other["seen"] != prepared["seen"]
    assert sent(f"{number}/decision/", seen=other["seen"], reason="Aftalt")["state"] == "decided"
    assert sent(f"{number}/calling-off/", state="decided")["state"] == "planned"
    assert eva.post(f"/api/switchovers/{number}/decision/", {"seen": other["seen"]}).status_code == 403

    def done(*arguments: str, by: str = "finn") -> Any:
        return _printed("byggetilladelse", *arguments, "--by", by)["state"]

    with pytest.raises(CommandError) as refused:
        done("--carry-out")
    assert refused.value.returncode == 3
    with pytest.raises(CommandError):
        done("--decide", other["seen"], "--reason", "Aftalt", by="eva")
    assert done("--decide", other["seen"], "--reason", "Aftalt") == "decided"
    assert done("--carry-out") == "done"
    for empty_or_ignored in (("",), ("Fejl", "--reason", "Aftalt")):
        with pytest.raises(CommandError):
            done("--take-back", *empty_or_ignored)
    assert done("--take-back", "Fejl") == "taken_back"
    body = tmp_path / "switch.json"
    body.write_text(json.dumps(given | {"flow": None, "planned_at": "2026-03-11T15:00"}))
    again = _printed("--prepare", str(body), "--by", "finn")
    assert (again["state"], again["prepared"]["flow"]) == ("planned", None)
    body.write_text(json.dumps(json.loads(body.read_text()) | {"revision": again["revision"]}))
    assert done("--change", str(body)) == "planned", "the one that waits, also when another was planned for later"
    assert done("--call-off", "planned") == "called_off"
    later = Switchover.objects.get(pk=number)
    assert (later.decided_by, later.taken_back_because) == (world.finn, "Fejl")


def test_a_stale_page_gives_no_switch_up_and_giving_up_is_confirmed(
    world: World, as_person: SignIn, morning: FrozenTime
) -> None:
    switch, finn = made.decided(world, made.switch(world, starts_targets=True)), as_person("finn")
    address = f"/office/switchover/{switch.pk}/"
    (form,) = (each for each in forms_of(finn.get(address).content.decode(), address) if "calling-off" in each.action)
    assert finn.post(form.action, form.sent()).status_code == 302
    assert "Læs siden igen" in finn.post(form.action, {"state": "decided"}).content.decode()
    assert Switchover.objects.get().state == Switchover.State.PLANNED
    assert finn.post(form.action, {"state": "planned"}).status_code == 422
    assert Switchover.objects.get().state == Switchover.State.PLANNED
    assert finn.post(form.action, {"state": "planned", "confirmed": "on"}).status_code == 302
    assert Switchover.objects.get().state == Switchover.State.CALLED_OFF


def test_a_switch_that_should_have_happened_says_so(world: World, as_person: SignIn, morning: FrozenTime) -> None:
    made.decided(world, made.switch(world, starts_targets=True))
    finn = as_person("finn")
    assert "Ikke gennemført endnu" not in finn.get("/office/switchover/").content.decode()
    with frozen(made.AT + timedelta(hours=2)):
        assert "Ikke gennemført endnu: 2 timer for sent" in finn.get("/office/switchover/").content.decode()


def test_who_sees_no_switches_of_a_centre_gets_no_link_to_one(world: World, as_person: SignIn) -> None:
    made.old_number(world)
    RoleAssignment.objects.create(person=world.otto, role="owner", unit=world.units["bif"])
    numbers = {"numbers": [OLD_NUMBER], "leads_to": world.entry_points["+4533661000"]}
    address = f"/office/switchover/{made.switch(world, **numbers).pk}/"
    page = as_person("otto").get("/office/switchover/old-numbers/").content.decode()
    assert "33 66 52 00" in page
    assert address not in page
    assert address in as_person("eva").get("/office/switchover/old-numbers/").content.decode()


def test_a_contact_that_somebody_else_has_written_meanwhile_is_shown_first(world: World, as_person: SignIn) -> None:
    finn, address = as_person("finn"), "/office/switchover/contacts/"
    (form,) = (each for each in forms_of(finn.get(address).content.decode(), address) if "phone" in each.fields)
    service = world.services["byggetilladelse"]
    service_contacts.show(service, phone="33 66 52 01", email="", by=world.finn, at=now())
    answer = finn.post(address, form.sent(service=service.pk, phone="33 66 52 00"))
    assert answer.status_code == 422
    assert "Andre har ændret" in answer.content.decode()
    (again,) = (each for each in forms_of(answer.content.decode(), address) if "phone" in each.fields)
    assert finn.post(address, again.sent(service=service.pk, phone="33 66 52 00")).status_code == 302
