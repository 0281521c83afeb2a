"""The signature below a mail: the mailbox's own, else the centre's, with the agent's name as the centre's rule says."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit.trail import Actor
from indgang.catalogue import changes
from indgang.catalogue.models import ContactCentre
from indgang.core.refusals import RefusedChange
from indgang.correspondence.models import CentreSignature, Mailbox
from indgang.correspondence.texts import fields, values
from indgang.enquiries.models import Channel

#: the fields that a signature may have
FIELDS = ("medarbejder", "center", "telefon")


def of(mailbox: Mailbox, by: Person | None, *, language: str) -> str:
    """The signature in a language, the Danish one without another; empty when there is none."""
    own = _in(language, mailbox.signature, mailbox.signature_en)
    return filled(own or _of_centre(mailbox.centre_id, language), mailbox.centre, by, language=language)


def filled(text: str, centre: ContactCentre, by: Person | None, *, language: str) -> str:
    """The text with its fields. A line whose fields are all empty is left out."""
    known = dict.fromkeys(fields.FIELDS, "")
    known["medarbejder"] = values.signed_name(by, centre, channel=Channel.MAIL) if by else ""
    known |= {"center": centre.name, "telefon": values.phone_of(centre)}
    kept = [line for line in text.strip().splitlines() if _says_something(line, known)]
    return fields.fill("\n".join(kept), known, language=language).text.strip()


def _says_something(line: str, known: Mapping[str, str]) -> bool:
    named = [known.get(name.lower(), "") for name in fields.names(line)]
    return not named or any(named)


@transaction.atomic
def save(signature: CentreSignature, typed: Mapping[str, Any], *, by: Actor, at: datetime) -> None:
    """Set the signature of a centre. Raises RefusedChange by field."""
    refuse(typed, ("text", "text_en"))
    changes.save(signature, typed, by=by, at=at)


def refuse(typed: Mapping[str, Any], names: tuple[str, ...]) -> None:
    """Raises RefusedChange for fields that a signature cannot have, by the names of the texts."""
    known = ", ".join(f"{{{each}}}" for each in FIELDS)
    wrong = {}
    for name in names:
        for field in fields.names(typed.get(name, "")):
            if field.lower() not in FIELDS:
                said = {"name": field, "known": known}
                wrong[name] = _("{%(name)s} kan ikke stå i en underskrift. Felterne er %(known)s.") % said
    if wrong:
        raise RefusedChange(wrong)


def _of_centre(centre: int, language: str) -> str:
    row = CentreSignature.objects.filter(centre=centre).first()
    return _in(language, row.text, row.text_en) if row else ""


def _in(language: str, danish: str, english: str) -> str:
    return (language == "en" and english.strip()) or danish.strip()
