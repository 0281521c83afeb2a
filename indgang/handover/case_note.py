"""A draft of the note for the case file (notatpligt), from what was written on the card. Nothing is made up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import COPENHAGEN
from indgang.core.phone_numbers import for_people
from indgang.core.refusals import RefusedChange
from indgang.enquiries import knowledge_use
from indgang.handover import history
from indgang.handover.history import HistoryLine
from indgang.handover.models import Handover
from indgang.messaging import mail as letters


def text(handover: Handover, lines: Iterable[HistoryLine]) -> str:
    """The note: who asked, what, what was said, and what happened, each only if it was written."""
    parts = [
        (_("Sag"), handover.case_number),
        (_("Opgave"), f"{handover.number}, {handover.sent_at.astimezone(COPENHAGEN):%d.%m.%Y %H.%M}"),
        (_("Fra"), ", ".join(filter(None, (handover.contact_name, _number(handover), handover.contact_email)))),
        (_("Spørgsmål"), handover.question),
        (_("Sagt og slået op"), handover.told),
        (_("Artikler"), "; ".join(use.version.title for use in knowledge_use.used_for(handover.enquiry_id))),
        (_("Skal gøres"), handover.expected),
        (_("Lovet"), handover.promised),
    ]
    heading = [f"{label}: {words}" for label, words in parts if words]
    return "\n".join([*heading, *map(_line, lines)])


def _number(handover: Handover) -> str:
    return for_people(handover.contact_number, "") if handover.contact_number else ""


def _line(line: HistoryLine) -> str:
    when = f"{line.at.astimezone(COPENHAGEN):%d.%m.%Y %H.%M}"
    by = f" ({line.by})" if line.by else ""
    written = f": {line.written}" if line.written else ""
    return f"{when} {line.text}{by}{written}"


@transaction.atomic
def mail(handover: Handover, *, by: Person, at: datetime) -> None:
    """Mail the note to the person who asks for it, for the case file. Raises RefusedChange without an address."""
    if not by.email:
        raise RefusedChange({"": _("Du har ingen mailadresse her. Kopiér notatet i stedet.")})
    subject = _("Notat: opgave %(number)s") % {"number": handover.number}
    letters.send(to=by.email, subject=subject, text=text(handover, history.lines(handover)))
    trail.record(by=by, at=at, action="handover.mail_note", target=handover)
