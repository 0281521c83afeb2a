"""The versions of an online form: one draft at most, any number of published ones; the newest published one is asked.

A published version never changes. Whoever began to fill one in finishes it, whatever is published meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import collisions
from indgang.catalogue.models import Purpose, Unit
from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.core.text import is_code
from indgang.correspondence.forms import words
from indgang.correspondence.forms.definition import FormDefinition, check
from indgang.correspondence.models import FormVersion, Mailbox, OnlineForm
from indgang.entry.models import Queue
from indgang.live import stale

#: the texts of a version beside its definition, and their most characters
TEXTS = ("intro", "intro_en", "privacy", "privacy_en", "receipt", "receipt_en")
LONGEST = 4_000
#: the longest that answers are kept before they are sent
MOST_SAVED_DAYS = 90
_CHANGED = "all/forms"


def published(form: OnlineForm) -> FormVersion | None:
    """The version that people are asked; None when nothing has been published."""
    return form.versions.filter(published_at__isnull=False).order_by("-number").first()


def draft_of(form: OnlineForm) -> FormVersion | None:
    return form.versions.filter(published_at=None).first()


def definition_of(version: FormVersion) -> FormDefinition:
    """What the version asks. Raises BadDefinition for data that no action has written."""
    return FormDefinition.from_data(version.definition)


@transaction.atomic
def create(
    *,
    code: str,
    name: str,
    name_en: str = "",
    purpose: Purpose,
    unit: Unit,
    queue: Queue,
    mailbox: Mailbox | None,
    by: Person,
    at: datetime,
) -> OnlineForm:
    """A new form of the centre of the queue, with an empty draft. Raises RefusedChange by field."""
    _refuse(code, name, queue, mailbox)
    once = {"correspondence_onlineform_code_key": ("code", _("Der er allerede en formular med den adresse."))}
    with collisions.refused_in_words(RefusedChange, once):
        form = OnlineForm.objects.create(
            code=code, name=name.strip(), name_en=name_en.strip(), purpose=purpose, unit=unit, centre=queue.centre,
            queue=queue, mailbox=mailbox, created_at=at,
        )  # fmt: skip
    FormVersion.objects.create(form=form, number=1, definition=FormDefinition().as_data(), created_by=by, created_at=at)
    after = {"name": form.name, "queue": queue.code, "purpose": purpose.code}
    trail.record(by=by, at=at, action="onlineform.create", target=form, after=after)
    stale.mark(_CHANGED)
    return form


@transaction.atomic
def change(
    form: OnlineForm,
    *,
    name: str,
    name_en: str = "",
    purpose: Purpose,
    unit: Unit,
    queue: Queue,
    mailbox: Mailbox | None,
    saved_days: int,
    by: Person,
    at: datetime,
) -> OnlineForm:
    """Call the form something else, or let what is sent from now on wait elsewhere. What was sent stays where it is.
    Raises RefusedChange by field."""
    form = OnlineForm.objects.select_related("purpose", "unit", "queue", "mailbox").get(pk=_locked(form).pk)
    _refuse(form.code, name, queue, mailbox)
    if not 1 <= saved_days <= MOST_SAVED_DAYS:
        raise RefusedChange({"saved_days": _("Skriv et antal dage fra 1 til 90.")})
    before = _told(form)
    form.name, form.name_en, form.saved_days = name.strip(), name_en.strip(), saved_days
    form.purpose, form.unit, form.queue, form.centre, form.mailbox = purpose, unit, queue, queue.centre, mailbox
    after = _told(form)
    if after != before:
        form.save()
        trail.record(by=by, at=at, action="onlineform.change", target=form, before=before, after=after)
        stale.mark(_CHANGED)
    return form


def _told(form: OnlineForm) -> dict[str, object]:
    """The values of the form as the log of changes keeps them."""
    return {
        "name": form.name, "name_en": form.name_en, "purpose": form.purpose.code, "unit": form.unit.code,
        "queue": form.queue.code, "mailbox": form.mailbox.address if form.mailbox else "",
        "saved_days": form.saved_days,
    }  # fmt: skip


@transaction.atomic
def draft(form: OnlineForm, *, by: Person, at: datetime) -> FormVersion:
    """The draft of the form, made from the newest published version if there is none."""
    form = _locked(form)
    there = draft_of(form)
    if there is not None:
        return there
    last = published(form)
    assert last is not None, "a form without a draft has a published version"
    made = FormVersion.objects.create(
        form=form, number=last.number + 1, definition=last.definition, created_by=by, created_at=at,
        **{name: getattr(last, name) for name in TEXTS},
    )  # fmt: skip
    trail.record(by=by, at=at, action="onlineform.draft", target=form, after={"number": made.number})
    return made


@transaction.atomic
def save(
    version: FormVersion,
    *,
    definition: FormDefinition | None = None,
    texts: Mapping[str, str] | None = None,
    revision: int,
    by: Person,
    at: datetime,
) -> FormVersion:
    """Change a draft that still has this `revision`; what is None stays.

    Raises EditedMeanwhile, and RefusedChange for a version that has been published and for texts that are too long.
    """
    _locked(version.form)
    version = FormVersion.objects.select_related("form").get(pk=version.pk)
    if version.published_at is not None:
        raise RefusedChange({"": _("Versionen er udgivet og kan ikke ændres. Lav en ny kladde.")})
    if version.revision != revision:
        raise EditedMeanwhile(version)
    changed = _changed(version, definition, texts or {})
    if changed:
        version.revision += 1
        version.save()
        after: dict[str, Any] = {"number": version.number, "fields": changed}
        trail.record(by=by, at=at, action="onlineform.edit", target=version.form, after=after)
    return version


@transaction.atomic
def publish(version: FormVersion, *, revision: int, by: Person, at: datetime) -> FormVersion:
    """Ask this version from now on. Raises EditedMeanwhile, and RefusedChange when something must be mended first."""
    form = _locked(version.form)
    version = FormVersion.objects.select_related("form").get(pk=version.pk)
    if version.published_at is not None:
        return version
    if version.revision != revision:
        raise EditedMeanwhile(version)
    problems = words.problems(check(definition_of(version)), definition_of(version))
    if not version.privacy.strip():
        problems.append(_("Skriv, hvorfor der spørges, og hvem der ser svarene."))
    if problems:
        raise RefusedChange({"": " ".join(problems)})
    version.published_at, version.published_by = at, by
    version.save()
    if form.withdrawn_at is not None:
        OnlineForm.objects.filter(pk=form.pk).update(withdrawn_at=None)
    trail.record(by=by, at=at, action="onlineform.publish", target=form, after={"number": version.number})
    stale.mark(_CHANGED)
    return version


@transaction.atomic
def withdraw(form: OnlineForm, *, by: Person, at: datetime) -> OnlineForm:
    """Let nobody begin the form any more; what was begun can be sent. Publishing a version brings it back."""
    form = _locked(form)
    if form.withdrawn_at is None:
        form.withdrawn_at = at
        form.save(update_fields=["withdrawn_at"])
        trail.record(by=by, at=at, action="onlineform.withdraw", target=form)
        stale.mark(_CHANGED)
    return form


def _locked(form: OnlineForm) -> OnlineForm:
    return OnlineForm.objects.select_for_update(of=("self",)).get(pk=form.pk)


def _refuse(code: str, name: str, queue: Queue, mailbox: Mailbox | None) -> None:
    reasons: dict[str, object] = {}
    if not is_code(code):
        reasons["code"] = _("Brug små bogstaver a-z, tal og bindestreg.")
    if not name.strip():
        reasons["name"] = _("Skriv et navn.")
    if queue.work != Queue.Work.WRITTEN:
        reasons["queue"] = _("Vælg en kø til skriftlige henvendelser.")
    if mailbox is not None and mailbox.is_secure_post:
        reasons["mailbox"] = _("Vælg en postkasse til mails. Svar på formularer sendes ikke fra Digital Post.")
    if reasons:
        raise RefusedChange(reasons)


def _changed(version: FormVersion, definition: FormDefinition | None, texts: Mapping[str, str]) -> list[str]:
    """Put the changes on the row; the names of what differs."""
    changed = []
    for name, text in texts.items():
        if name not in TEXTS:
            raise ValueError(f"{name} is no text of a form")
        if len(text) > LONGEST:
            raise RefusedChange({name: _("Teksten er for lang. Kort den ned.")})
        if text.strip() != getattr(version, name):
            setattr(version, name, text.strip())
            changed.append(name)
    if definition is not None and definition != definition_of(version):
        version.definition = definition.as_data()
        changed.append("definition")
    return changed
