"""The office pages of reply texts: of teams for their leader, of units for their editors."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indgang.core.clock import FrozenTime
from indgang.correspondence.models import Mailbox, ReplyText
from tests.correspondence.mails import mailbox
from tests.correspondence.texts.made import text
from tests.office.conftest import SignIn
from tests.office.pages import forms_of
from tests.world import World

pytestmark = pytest.mark.django_db
LIST = "/office/reply-texts/"
TYPED = {
    "title": "Tak", "code": "tak", "kind": "snippet", "body": "Tak, {navn}.", "language": "da", "in_mails": "on",
    "valid_from": "2026-03-11", "valid_to": "",
}  # fmt: skip


def shown(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def test_a_leader_writes_a_text_for_the_queue_and_changes_it(world: World, as_person: SignIn) -> None:
    queue, eva = mailbox(world).queue, as_person("eva")
    page = shown(eva.get(f"{LIST}new/"))
    assert "Mails" in page
    assert "Center for Bygninger" not in page, "she leads the team and does not edit for the unit"
    assert eva.post(f"{LIST}new/", {**TYPED, "place": f"queue:{queue.pk}"}).status_code == 302
    row = ReplyText.objects.get()
    assert (row.queue, row.unit, row.person) == (queue, None, None)
    assert "/tak" in shown(eva.get(LIST))
    eva.post(f"{LIST}{row.pk}/", {**TYPED, "title": "Mange tak"})
    row.refresh_from_db()
    assert row.title == "Mange tak"


def test_an_editor_writes_a_text_for_the_unit_and_only_for_theirs(world: World, as_person: SignIn) -> None:
    ida = as_person("ida")
    ida.post(f"{LIST}new/", {**TYPED, "place": f"unit:{world.units['tmf'].pk}"})
    assert ReplyText.objects.get().unit == world.units["tmf"]
    for place in (f"unit:{world.units['bif'].pk}", "unit:99999999999999999999", "queue:x", "\x00", ""):
        assert ida.post(f"{LIST}new/", {**TYPED, "place": place}).status_code == 422
    assert ReplyText.objects.count() == 1


def test_a_text_of_others_is_not_found(world: World, as_person: SignIn) -> None:
    queue, own = mailbox(world).queue, text(world.anna)
    of_team = text(world.eva, queue=queue)
    assert as_person("ida").get(f"{LIST}{of_team.pk}/").status_code == 404
    for row in (own, of_team):
        assert as_person("anna").get(f"{LIST}{row.pk}/").status_code == 403
    assert as_person("eva").get(f"{LIST}{own.pk}/").status_code == 404
    assert as_person("eva").get(f"{LIST}99999999999999999999/").status_code == 404


def test_a_change_of_somebody_else_is_shown_and_not_overwritten(world: World, as_person: SignIn) -> None:
    mailbox(world)
    row, eva = text(world.eva, queue=Mailbox.objects.get().queue), as_person("eva")
    page = eva.get(f"{LIST}{row.pk}/").content.decode()
    form = next(each for each in forms_of(page, LIST) if "title" in each.fields)
    ReplyText.objects.filter(pk=row.pk).update(title="Rettet imens")
    sent = {name: values[0] for name, values in form.fields.items() if values}
    answer = eva.post(f"{LIST}{row.pk}/", {**sent, "title": "Min rettelse"})
    assert answer.status_code == 422
    assert "Rettet imens" in shown(answer)


def test_a_field_that_is_none_is_told_beside_the_text(world: World, as_person: SignIn) -> None:
    place = f"unit:{world.units['tmf'].pk}"
    answer = as_person("ida").post(f"{LIST}new/", {**TYPED, "place": place, "body": "Hej {kunde}"})
    assert answer.status_code == 422
    assert "{kunde} er ikke et felt" in shown(answer)
    assert "Hej {kunde}" in shown(answer)


def test_a_text_is_taken_out_of_use(world: World, as_person: SignIn, morning: FrozenTime) -> None:
    row, ida = text(world.finn, unit=world.units["tmf"]), as_person("ida")
    morning.at += timedelta(days=1)
    ida.post(f"{LIST}{row.pk}/end/")
    row.refresh_from_db()
    assert row.valid_to == morning.at.date()
    assert "Ophørt" in shown(ida.get(LIST))


def test_the_signature_of_a_centre_is_written_shown_and_refused(world: World, as_person: SignIn) -> None:
    finn, address = as_person("finn"), "/office/reply-texts/signatures/tmf/"
    assert address in shown(finn.get(LIST))
    sent = {"text": "Venlig hilsen\n{medarbejder}\n{center}", "text_en": "", "naming": "first"}
    assert finn.post(address, sent).status_code == 302
    assert "Venlig hilsen<br>Finn<br>TMF kontaktcenter" in shown(finn.get(address))
    refused = finn.post(address, {**sent, "text": "Hej {navn}"})
    assert refused.status_code == 422
    assert "{navn} kan ikke stå i en underskrift" in shown(refused)
    assert finn.get("/office/reply-texts/signatures/findes-ikke/").status_code == 404
    assert as_person("eva").get(address).status_code == 403
