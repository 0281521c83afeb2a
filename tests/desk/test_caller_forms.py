"""A member of staff fills in an online form for a caller: with what is known, read aloud, sent once, linked."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.correspondence.forms import for_callers, saving, submitting, uploading, versions
from indgang.correspondence.forms.definition import FieldKind, FormDefinition, FormField, FormSection
from indgang.correspondence.models import FormSubmission, OnlineForm, SavedAnswers
from indgang.enquiries.models import Enquiry, Party
from indgang.entry.models import AgentState
from tests.correspondence.forms import made
from tests.desk.conftest import SignIn, at_desk
from tests.enquiries.told_calls import talking
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
FIELDS = FormDefinition((
    FormSection("Om dig", "About you", (
        FormField("navn", FieldKind.TEXT, "Dit navn", required=True),
        FormField("mail", FieldKind.EMAIL, "Din mailadresse"),
        FormField("telefon", FieldKind.PHONE, "Dit telefonnummer"),
        FormField("hvad", FieldKind.TEXT, "Hvad drejer det sig om?", required=True),
        FormField("bilag", FieldKind.FILE, "Bilag"),
    )),
))  # fmt: skip


@pytest.fixture
def call(world: World) -> Enquiry:
    """A call of Per, whom Anna talks with."""
    party = Party.objects.create(kind="citizen", name="Per Madsen", email="per@example.dk", created_at=MORNING)
    enquiry = talking(world.anna, number="+4520203040")
    enquiry.party = party
    enquiry.save()
    at_desk(world.anna, AgentState.TALKING, enquiry)
    return enquiry


@pytest.fixture
def form(world: World) -> OnlineForm:
    return made.form(world, FIELDS)


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def begun(client: Client, call: Enquiry) -> str:
    """Begin the form; its page."""
    answer = client.post(reverse("desk:caller-forms", args=[call.pk]), {"form": "aktindsigt"})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_what_is_known_is_filled_in_and_what_is_sent_follows_the_call(
    world: World, as_: SignIn, call: Enquiry, form: OnlineForm
) -> None:
    anna = as_(world.anna)
    assert "Søg aktindsigt" in text(anna.get(reverse("desk:caller-forms", args=[call.pk])))
    page = begun(anna, call)
    first = text(anna.get(page))
    assert all(f'value="{known}"' in first for known in ("Per Madsen", "per@example.dk", "+4520203040"))
    assert "Vi bruger svarene til at finde dokumenterne." in first
    typed = {"navn": "Per Madsen", "mail": "per@example.dk", "telefon": "+4520203040", "hvad": "Støj"}
    refused = anna.post(page, typed | {"do": "send"})
    assert refused.status_code == 422
    assert "Læs teksten om persondata højt" in text(refused)
    assert 'value="Støj"' in text(refused)
    statuses = [anna.post(page, typed | {"do": "send", "read_aloud": "yes"}).status_code for _time in range(2)]
    assert statuses == [302, 200]
    sent = FormSubmission.objects.get()
    assert (sent.filled_by, sent.thread.enquiry.follows, sent.thread.enquiry.party) == (world.anna, call, call.party)
    assert sent.thread.enquiry.caller_number == call.caller_number
    assert sent.code in text(anna.get(page))
    told = Change.objects.get(action="onlineform.fill")
    assert (told.by_id, told.after) == (world.anna.audit_id, {"read_aloud": True})


def test_the_same_form_is_gone_on_with_and_belongs_to_whoever_began_it(
    world: World, as_: SignIn, call: Enquiry, form: OnlineForm
) -> None:
    anna = as_(world.anna)
    page = begun(anna, call)
    anna.post(page, {"do": "save", "navn": "Per", "bilag": SimpleUploadedFile("plan.pdf", made.PDF)})
    assert begun(anna, call) == page
    assert 'value="Per"' in text(anna.get(page))
    assert "plan.pdf" in text(anna.get(page))
    assert as_(world.ida).get(page).status_code == 404
    file = SavedAnswers.objects.get().files.get()
    anna.post(page, {"remove": str(file.pk), "navn": "Per"})
    assert not SavedAnswers.objects.get().files.exists()


def test_a_protected_name_is_not_told(world: World, call: Enquiry, form: OnlineForm) -> None:
    assert call.party is not None
    call.party.protected = True
    known = for_callers.known(FIELDS, call)
    assert known == {"telefon": ["+4520203040"]} | ({"navn": [call.caller_name]} if call.caller_name else {})


def test_callers_can_complete_the_form_themselves(world: World, call: Enquiry, form: OnlineForm) -> None:
    version = versions.published(form)
    assert version is not None
    saved = for_callers.begin(version, enquiry=call, by=world.anna, at=clock.now())
    saving.keep(saved, data={"navn": ["Per"], "hvad": ["Støj"]}, files=(), at=clock.now())
    sent = submitting.send(saved, at=clock.now())
    assert sent.filled_by is None
    assert sent.thread.enquiry.follows == call


def test_a_form_that_is_not_open_or_not_there_is_not_begun(
    world: World, as_: SignIn, call: Enquiry, form: OnlineForm
) -> None:
    anna, page = as_(world.anna), reverse("desk:caller-forms", args=[call.pk])
    versions.withdraw(form, by=world.finn, at=clock.now())
    for code in ("aktindsigt", "nix", "\x00", ""):
        assert anna.post(page, {"form": code}).status_code == 404


TYPED = {"do": "send", "read_aloud": "yes", "navn": "Per", "hvad": "Støj"}


def test_half_a_file_of_the_caller_is_seen_and_removed_so_that_the_form_can_be_sent(
    world: World, as_: SignIn, call: Enquiry, form: OnlineForm
) -> None:
    anna = as_(world.anna)
    page = begun(anna, call)
    half = uploading.begin(
        SavedAnswers.objects.get(), code="bilag", name="plan.pdf", declared="", size=2_000, digest="", at=clock.now()
    )
    refused = anna.post(page, TYPED)
    assert refused.status_code == 422
    assert "plan.pdf: 0 bytes af 2,0" in text(refused).replace("\xa0", " ")
    assert f'name="remove" value="{half.pk}"' in text(refused)
    anna.post(page, TYPED | {"do": "", "remove": str(half.pk)})
    assert anna.post(page, TYPED).status_code == 302
    assert FormSubmission.objects.exists()


def test_answers_that_another_tab_changes_while_they_are_sent_are_shown_with_what_is_wrong(
    world: World, as_: SignIn, call: Enquiry, form: OnlineForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = for_callers.send

    def changed(saved: SavedAnswers, **more: Any) -> FormSubmission:
        saving.keep(saved, data={"navn": ["Per"]}, files=(), at=clock.now())
        return send(saved, **more)

    anna = as_(world.anna)
    page = begun(anna, call)
    with monkeypatch.context() as patched:
        patched.setattr(for_callers, "send", changed)
        answer = anna.post(page, TYPED)
    assert answer.status_code == 422
    assert "Svarene er ændret i et andet vindue." in text(answer)
    assert 'href="#felt-hvad"' in text(answer)
    assert not FormSubmission.objects.exists()


def test_a_form_that_another_tab_sends_meanwhile_leads_to_its_page(
    world: World, as_: SignIn, call: Enquiry, form: OnlineForm, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent(saved: SavedAnswers, **_more: Any) -> dict[str, str]:
        raise RefusedChange({"": "Formularen er allerede sendt."})

    anna = as_(world.anna)
    page = begun(anna, call)
    with monkeypatch.context() as patched:
        patched.setattr(saving, "keep", sent)
        answer = anna.post(page, TYPED)
    assert (answer.status_code, answer["Location"]) == (302, page)


def test_the_link_leads_to_the_public_page_in_the_language_of_the_caller(
    world: World, as_: SignIn, call: Enquiry, form: OnlineForm
) -> None:
    anna = as_(world.anna)
    Enquiry.objects.filter(pk=call.pk).update(language="en")
    shown = text(anna.get(begun(anna, call)))
    found = SavedAnswers.objects.get()
    address = f"/en/formular/aktindsigt/{found.token}/"
    assert f"{settings.PUBLIC_URL}{address}" in shown
    assert Client().get(address).status_code == 200
    assert saving.public_url(SavedAnswers(language="da", version=found.version, token="t")) == (
        f"{settings.PUBLIC_URL}/formular/aktindsigt/t/"
    )
