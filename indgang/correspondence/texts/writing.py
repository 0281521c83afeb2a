"""Reply texts are made, changed, taken out of use, and counted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from indgang.accounts.access import may, may_in
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.audit import trail
from indgang.catalogue import changes
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.correspondence.models import ReplyText, TextUse
from indgang.correspondence.texts import fields


def may_write(person: Person, text: ReplyText) -> bool:
    """Whether the person may make or change the text: everybody their own, who leads the centre's team those of its
    queues, and who edits the unit's articles those of the unit."""
    if text.queue is not None:
        return may_in(person, Permission.LEAD_TEAM, text.queue.centre)
    if text.unit is not None:
        return may(person, Permission.EDIT_KNOWLEDGE, text.unit)
    return text.person_id == person.pk and may(person, Permission.ANSWER_WRITTEN)


@transaction.atomic
def save(text: ReplyText, values: Mapping[str, Any], *, by: Person, at: datetime) -> ReplyText:
    """Make or change a text, whose owner is set. Raises RefusedChange by field."""
    if not may_write(by, text):
        raise RefusedChange({"": _("Du kan ikke ændre den standardtekst.")})
    clean = {**values, "body": values["body"].replace("\r\n", "\n").strip(), "code": values["code"].lower()}
    _refuse(clean)
    return changes.save(text, clean, by=by, at=at)


@transaction.atomic
def retire(text: ReplyText, *, by: Person, at: datetime) -> None:
    """Use it no longer from today on. One that has held on no day before is deleted. Raises RefusedChange."""
    if not may_write(by, text):
        raise RefusedChange({"": _("Du kan ikke ændre den standardtekst.")})
    today = day_of(at)
    if text.valid_from < today:
        if text.valid_on(today):
            changes.save(text, {"valid_to": today}, by=by, at=at)
        return
    trail.record(by=by, at=at, action="replytext.delete", target=text, before={"title": text.title})
    text.delete()


def note_use(text: ReplyText, *, at: datetime) -> None:
    """Count that the text was inserted today."""
    use, _made = TextUse.objects.get_or_create(text=text, day=day_of(at))
    TextUse.objects.filter(pk=use.pk).update(count=F("count") + 1)


def _refuse(values: Mapping[str, Any]) -> None:
    wrong: dict[str, str] = {}
    if not (values["in_mails"] or values["in_sms"] or values["in_chats"]):
        wrong["in_mails"] = _("Vælg mindst ét sted, teksten kan bruges.")
    if not values["body"]:
        wrong["body"] = _("Skriv teksten.")
    if said := _unknown(values["body"]):
        wrong["body"] = said
    if fields.places(values["body"]) > (1 if values["kind"] == ReplyText.Kind.ANSWER else 0):
        wrong["body"] = _("{svar} er pladsen til dit eget svar. Den kan stå én gang, og kun i et helt svar.")
    if wrong:
        raise RefusedChange(wrong)


def _unknown(body: str) -> str:
    """What is wrong with the fields of a text; empty when nothing is."""
    wrong = fields.unknown(body)
    if not wrong:
        return ""
    known = ", ".join(f"{{{name}}}" for name in fields.FIELDS)
    return _("{%(name)s} er ikke et felt. Felterne er %(known)s.") % {"name": wrong[0], "known": known}
