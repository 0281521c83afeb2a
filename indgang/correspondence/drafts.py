"""What somebody is typing of an answer, until it is sent. It survives reloads, calls in between and sign-outs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core.refusals import RefusedChange
from indgang.correspondence.models import ReplyDraft, SecurePost, Thread, ThreadMessage

#: the ways of an answer to a mail
MAIL, SECURE_POST = "mail", "secure_post"
#: the fields of an answer that are kept; the number of secure post is not
FIELDS = ("to", "cc", "subject", "text", "way")
#: most characters of a draft, all fields together
MOST = 200_000


@dataclass(frozen=True, slots=True)
class SavedDraft:
    """`overtook`: another page had saved a draft since this one was loaded; its text is replaced."""

    draft: ReplyDraft
    overtook: bool


def of(thread: Thread, by: Person) -> ReplyDraft | None:
    return ReplyDraft.objects.filter(thread=thread, person=by).first()


@transaction.atomic
def save(thread: Thread, fields: Mapping[str, str], *, revision: int, by: Person, at: datetime) -> SavedDraft:
    """Save what is typed; the last save wins. No trail: only its author sees a draft. Raises RefusedChange.

    The text is kept as it was typed, because it is what the contact gets.
    """
    if sum(map(len, fields.values())) > MOST:
        raise RefusedChange({"text": _("Kladden er for lang til at blive gemt. Kort teksten ned.")})
    Thread.objects.select_for_update(no_key=True).only("pk").get(pk=thread.pk)
    mine = of(thread, by) or ReplyDraft(thread=thread, person=by)
    overtook = mine.revision > revision
    mine.fields = {name: fields[name].replace("\x00", "") for name in FIELDS if name in fields}
    mine.updated_at = at
    mine.revision += 1
    mine.save()
    return SavedDraft(mine, overtook)


def bring_back(message: ThreadMessage, *, at: datetime) -> None:
    """Make an answer that was not sent a draft of its author again, unless they have begun a new one."""
    if message.author is None or of(message.thread, message.author) is not None:
        return
    fields = {
        "to": ", ".join(message.to), "cc": ", ".join(message.cc), "subject": message.subject, "text": message.text,
    }  # fmt: skip
    if SecurePost.objects.filter(message=message).exists():
        del fields["to"], fields["cc"]  # secure post has no address
        fields["way"] = SECURE_POST
    ReplyDraft.objects.create(thread=message.thread, person=message.author, fields=fields, revision=1, updated_at=at)


def discard(thread: Thread, *, by: Person) -> None:
    ReplyDraft.objects.filter(thread=thread, person=by).delete()
