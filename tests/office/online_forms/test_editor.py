"""The editor of online forms: built by forms alone, tried, published, and not overwritten by a second editor."""

from __future__ import annotations

import re
from typing import Any

import pytest

from indgang.accounts.models import Person
from indgang.audit.models import Change
from indgang.core.refusals import RefusedChange
from indgang.correspondence.forms import submitting, versions
from indgang.correspondence.forms.definition import FieldCondition, FieldKind
from indgang.correspondence.models import OnlineForm, Thread
from indgang.entry.models import Queue
from indgang.office.online_forms import ordering
from tests.correspondence.forms import made
from tests.correspondence.mails import mailbox
from tests.correspondence.secure_post import posts
from tests.office.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
LIST = "/office/online-forms/"
PAGE = f"{LIST}aktindsigt/"


def typed(revision: int, **changes: Any) -> dict[str, Any]:
    return {
        "revision": revision,
        "kind": "text",
        "label": "Hvad vil du se?",
        "new_section": "",
        "section": "0",
    } | changes


def test_a_form_is_built_tried_and_published_by_forms_alone(as_person: SignIn, world: World) -> None:
    client, box = as_person("ida"), mailbox(world)
    facts = {
        "name": "Søg aktindsigt", "code": "aktindsigt", "purpose": world.purposes["vejledning"].pk,
        "unit": world.units["cby"].pk, "queue": box.queue.pk, "mailbox": "",
    }  # fmt: skip
    assert client.post(LIST, facts)["Location"] == PAGE
    assert "Formularen har ingen felter." in client.get(PAGE).text
    first = typed(
        0, kind="choice", options="En sag | A case\nEt emne", required="on", section="", new_section="Om sagen"
    )
    assert client.post(f"{PAGE}fields/", first)["Location"] == PAGE
    second = typed(1, label="Sagens nummer", when=["hvad-vil-du-se=en-sag"])
    assert client.post(f"{PAGE}fields/", second)["Location"] == PAGE
    form = OnlineForm.objects.get()
    draft = versions.draft_of(form)
    assert draft is not None
    choice, number = versions.definition_of(draft).fields
    assert (choice.kind, [option.label_en for option in choice.options]) == (FieldKind.CHOICE, ["A case", ""])
    assert number.when == (FieldCondition("hvad-vil-du-se", ("en-sag",)),)
    tried = client.post(f"{PAGE}rehearsal/", {"hvad-vil-du-se": "en-sag", "sagens-nummer": "7"}).text
    assert "Det her ville blive sendt" in tried
    assert not Thread.objects.exists()
    client.post(f"{PAGE}texts/", {"revision": 2, "privacy": "For at finde sagen."})
    as_person("finn").post(f"{PAGE}publication/", {"revision": 3})
    assert versions.published(form) == draft
    assert "Hvad vil du se?" in client.get("/formular/aktindsigt/").text


def test_fields_are_moved_and_removed_with_buttons_and_problems_are_told(as_person: SignIn, world: World) -> None:
    form = made.form(world)
    client = as_person("ida")
    client.post(f"{PAGE}draft/")
    client.post(f"{PAGE}order/", {"revision": 0, "up": "sagsnummer"})
    page = client.get(PAGE).text
    assert "“Sagens nummer” afhænger af “Hvad vil du se?”, som ikke står før det." in page
    client.post(f"{PAGE}order/", {"revision": 1, "down": "sagsnummer"})
    client.post(f"{PAGE}order/", {"revision": 2, "remove": "bilag"})
    draft = versions.draft_of(form)
    assert draft is not None
    codes = [field.code for field in versions.definition_of(draft).fields]
    assert codes == ["hvad", "sagsnummer", "emne", "sted", "navn", "mail"]


def test_a_second_editor_does_not_overwrite_the_first(as_person: SignIn, world: World) -> None:
    form = made.form(world)
    draft = versions.draft(form, by=world.finn, at=MORNING)
    client = as_person("ida")
    versions.save(draft, texts={"intro": "Først"}, revision=0, by=world.finn, at=MORNING)
    answer = client.post(f"{PAGE}fields/navn/", typed(0, label="Dit fulde navn", section="1"))
    assert answer.status_code == 422
    assert "Dit fulde navn" in answer.text
    assert 'name="revision" value="1"' in answer.text
    client.post(f"{PAGE}fields/navn/", typed(1, label="Dit fulde navn", section="1"))
    draft.refresh_from_db()
    field = versions.definition_of(draft).field("navn")
    assert field is not None
    assert field.label == "Dit fulde navn"


def test_who_writes_for_another_unit_has_no_access(as_person: SignIn, world: World) -> None:
    made.form(world)
    assert as_person("anna").get(PAGE).status_code in (403, 404)
    assert as_person("anna").get(LIST).status_code == 403


def test_a_field_moves_into_the_section_beside_its_own() -> None:
    up = ordering.moved(made.DEFINITION, "navn", -1)
    assert [len(section.fields) for section in up.sections] == [6, 1]
    assert ordering.moved(up, "navn", 1) == made.DEFINITION
    assert ordering.moved(made.DEFINITION, "hvad", -1) == made.DEFINITION
    assert [section.title for section in ordering.without(ordering.without(up, "mail"), "navn").sections] == [
        "Det, du vil se"
    ]


def settings(form: OnlineForm, **changes: Any) -> dict[str, Any]:
    return {
        "name": form.name, "name_en": form.name_en, "purpose": form.purpose_id, "unit": form.unit_id,
        "queue": form.queue_id, "mailbox": form.mailbox_id or "", "saved_days": form.saved_days,
    } | changes  # fmt: skip


def test_name_queue_and_mailbox_are_changed_later_and_what_was_sent_stays(as_person: SignIn, world: World) -> None:
    client, form = as_person("ida"), made.form(world)
    sent = submitting.send(made.filled(form), at=MORNING)
    other = Queue.objects.get(pk=form.queue_id)
    other.pk, other.code, other.name = None, "andre-breve", "Andre breve"
    other.save()
    page = f"{PAGE}settings/"
    assert client.get(page).status_code == 200
    answer = client.post(page, settings(form, name="Bed om aktindsigt", queue=other.pk, mailbox="", saved_days=30))
    assert answer["Location"] == PAGE
    form.refresh_from_db()
    assert (form.name, form.queue, form.mailbox, form.saved_days) == ("Bed om aktindsigt", other, None, 30)
    told = Change.objects.get(action="onlineform.change")
    assert (told.before["queue"], told.after["queue"], told.after["mailbox"]) == ("tmf-mail", "andre-breve", "")
    sent.thread.refresh_from_db()
    assert sent.thread.queue_id != other.pk
    assert submitting.send(made.filled(form), at=MORNING).thread.queue == other
    assert "Bed om aktindsigt" in client.get("/formular/aktindsigt/").text
    for field, wrong in (("queue", 0), ("saved_days", 0), ("saved_days", 91), ("name", " "), ("unit", "x")):
        assert client.post(page, settings(form, **{field: wrong})).status_code == 422


def test_two_who_change_the_settings_are_told(as_person: SignIn, world: World) -> None:
    client, form = as_person("ida"), made.form(world)
    shown = re.search(r'name="revision" value="([^"]+)"', client.get(f"{PAGE}settings/").text)
    assert shown
    client.post(f"{PAGE}settings/", settings(form, name="Hendes navn"))
    answer = client.post(f"{PAGE}settings/", settings(form, name="Mit navn", revision=shown[1]))
    assert answer.status_code == 422
    assert "Hendes navn" in answer.text
    form.refresh_from_db()
    assert form.name == "Hendes navn"


def test_the_title_of_a_section_is_changed_in_both_languages(as_person: SignIn, world: World) -> None:
    client, form = as_person("ida"), made.form(world)
    draft = versions.draft(form, by=world.finn, at=MORNING)
    page = f"{PAGE}sections/2/"
    assert client.post(page, {"revision": 0, "title": "Kontakt", "title_en": "Contact"})["Location"] == PAGE
    draft.refresh_from_db()
    about = versions.definition_of(draft).sections[1]
    assert (about.title, about.title_en, len(about.fields)) == ("Kontakt", "Contact", 2)
    assert client.post(page, {"revision": 1, "title": " "}).status_code == 422
    client.post(page, {"revision": 0, "title": "Overhalet"})
    draft.refresh_from_db()
    assert versions.definition_of(draft).sections[1].title == "Kontakt"
    for number in (0, 3, 999):
        assert client.get(f"{PAGE}sections/{number}/").status_code == 404


def test_a_field_is_never_named_as_a_button_of_the_page(as_person: SignIn, world: World) -> None:
    client, form = as_person("ida"), made.form(world)
    draft = versions.draft(form, by=world.finn, at=MORNING)
    client.post(f"{PAGE}fields/", typed(0, label="Remove"))
    draft.refresh_from_db()
    assert versions.definition_of(draft).field("remove-2") is not None


def test_answers_are_sent_from_no_mailbox_of_secure_post(as_person: SignIn, world: World) -> None:
    client, form, box = as_person("ida"), made.form(world), posts.mailbox(world)
    page = f"{PAGE}settings/"
    assert box.name not in client.get(page).text
    assert client.post(page, settings(form, mailbox=box.pk)).status_code == 422
    facts: dict[str, Any] = {
        "name": form.name,
        "purpose": form.purpose,
        "unit": form.unit,
        "queue": form.queue,
        "mailbox": box,
    }
    by, at = Person.objects.get(username="ida"), MORNING
    with pytest.raises(RefusedChange, match="Digital Post") as refused:
        versions.change(form, **facts, saved_days=30, by=by, at=at)
    assert list(refused.value.reasons) == ["mailbox"]
    with pytest.raises(RefusedChange, match="Digital Post"):
        versions.create(code="en-anden", **facts, by=by, at=at)
