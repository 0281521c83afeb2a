"""A published form of the little municipality: access to documents, with conditions and files."""

from __future__ import annotations

from typing import Any

from indgang.catalogue.models import Purpose
from indgang.correspondence.forms import saving, versions
from indgang.correspondence.forms.definition import (
    FieldCondition,
    FieldKind,
    FieldOption,
    FormDefinition,
    FormField,
    FormSection,
)
from indgang.correspondence.forms.given_files import GivenFile
from indgang.correspondence.models import FormVersion, OnlineForm, SavedAnswers
from tests.correspondence.mails import PER, mailbox
from tests.world import MORNING, World

FIELDS = (
    FormField(
        "hvad",
        FieldKind.CHOICE,
        "Hvad vil du se?",
        "What do you want to see?",
        required=True,
        options=(FieldOption("sag", "En bestemt sag", "A certain case"), FieldOption("emne", "Et emne", "A subject")),
    ),
    FormField(
        "sagsnummer",
        FieldKind.TEXT,
        "Sagens nummer",
        "Case number",
        required=True,
        when=(FieldCondition("hvad", ("sag",)),),
    ),
    FormField(
        "emne",
        FieldKind.LONG_TEXT,
        "Beskriv emnet",
        "Describe the subject",
        required=True,
        when=(FieldCondition("hvad", ("emne",)),),
    ),
    FormField("bilag", FieldKind.FILE, "Bilag", "Files", most=2),
    FormField("sted", FieldKind.PLACE, "Hvor er det?", "Where is it?"),
)
CONTACT = (
    FormField("navn", FieldKind.TEXT, "Dit navn", "Your name"),
    FormField("mail", FieldKind.EMAIL, "Din mailadresse", "Your e-mail address"),
)
DEFINITION = FormDefinition((
    FormSection("Det, du vil se", "What you want to see", FIELDS), FormSection("Om dig", "About you", CONTACT),
))  # fmt: skip
TYPED = {"hvad": ["sag"], "sagsnummer": ["2026-0412"], "navn": ["Per Madsen"], "mail": [PER]}
PDF = b"%PDF-1.4 plan"


def form(world: World, definition: FormDefinition = DEFINITION, **more: Any) -> OnlineForm:
    """The form, published by Finn; answers leave from the mailbox of the centre."""
    box = mailbox(world)
    purpose, _made = Purpose.objects.get_or_create(
        code="aktindsigt", defaults={"name": "Aktindsigt", "order": 90, "valid_from": MORNING.date()}
    )
    known = {"code": "aktindsigt", "name": "Søg aktindsigt", "name_en": "Ask for access to documents"}
    made = versions.create(
        **{**known, **more}, purpose=purpose, unit=world.units["cby"], queue=box.queue, mailbox=box, by=world.finn,
        at=MORNING,
    )  # fmt: skip
    publish(made, world, definition)
    return made


def publish(made: OnlineForm, world: World, definition: FormDefinition = DEFINITION) -> FormVersion:
    """A new published version of the form."""
    draft = versions.draft(made, by=world.finn, at=MORNING)
    texts = {"privacy": "Vi bruger svarene til at finde dokumenterne.", "receipt": "Du får svar inden syv hverdage."}
    draft = versions.save(draft, definition=definition, texts=texts, revision=draft.revision, by=world.finn, at=MORNING)
    return versions.publish(draft, revision=draft.revision, by=world.finn, at=MORNING)


def filled(made: OnlineForm, typed: dict[str, list[str]] | None = None, *files: GivenFile) -> SavedAnswers:
    """Saved answers to the published version."""
    version = versions.published(made)
    assert version is not None
    saved = saving.begin(version, language="da", at=MORNING)
    assert saving.keep(saved, data=TYPED if typed is None else typed, files=files, at=MORNING) == {}
    saved.refresh_from_db()
    return saved


def pdf(name: str = "plan.pdf", content: bytes = PDF) -> GivenFile:
    return GivenFile("bilag", name, "application/pdf", len(content), content)
