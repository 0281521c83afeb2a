"""One thread as its page shows it to one person: the messages, who has it, and what can be done with it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django import forms
from django.db.models import BooleanField, ExpressionWrapper, Prefetch, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.core.masking import has_cpr
from indgang.correspondence import drafts, readers
from indgang.correspondence.forms import page_answers
from indgang.correspondence.mail import answering, composing
from indgang.correspondence.models import (
    Enclosure,
    FormSubmission,
    ReplyDraft,
    SecurePost,
    Thread,
    ThreadMessage,
    ThreadReader,
)
from indgang.correspondence.secure_post import answering as secure_answering
from indgang.correspondence.sms import fault_words as sms_words
from indgang.desk import access, form_table
from indgang.desk.form_table import FormTable
from indgang.desk.sheet import Sheet
from indgang.desk.text_picker import TextPicker, signature_of
from indgang.desk.written_forms import ReplyForm
from indgang.desk.written_lists import is_overdue, time_left
from indgang.enquiries import knowledge_use, return_calls
from indgang.enquiries.models import ArticleUse, Channel
from indgang.messaging.mailbox.contract import MailboxFault
from indgang.messaging.reading import MailProblem
from indgang.messaging.secure_post import fault_words
from indgang.ui import maps

#: the messages of one page, the newest
MOST = 200
State = ThreadMessage.State
#: the mark of each state of a message of ours (ui/states.css)
_MARKS = {
    State.HELD: "waiting", State.SENDING: "waiting", State.SENT: "resolved", State.DELIVERED: "resolved",
    State.REFUSED: "overdue", State.DOUBT: "overdue", State.WITHDRAWN: "inactive",
}  # fmt: skip
#: why a file is not given out, by `FileRefusal`
REFUSALS: dict[str, str | Promise] = {
    "program": gettext_lazy("Filen er et program og kan ikke hentes."),
    "macros": gettext_lazy("Filen indeholder makroer og kan ikke hentes."),
    "disk-image": gettext_lazy("Filen er et diskbillede og kan ikke hentes."),
    "name-lies": gettext_lazy("Filens indhold passer ikke til navnet, og den kan ikke hentes."),
    "too-large": gettext_lazy("Filen er for stor og er ikke gemt."),
}
_NOT_GIVEN_OUT = gettext_lazy("Filen kan ikke hentes.")
_VIRUS = gettext_lazy("Der er fundet virus i filen, og den kan ikke hentes.")
_BEING_SCANNED = gettext_lazy("Filen undersøges for virus og kan hentes, når det er gjort.")
_NOT_SCANNED = gettext_lazy("Filen kunne ikke undersøges for virus og kan ikke hentes.")


def why_not(file: Enclosure) -> str:
    """Why the file is not given out; empty when it is."""
    if file.scan == Enclosure.Scan.INFECTED:
        return str(_VIRUS)
    if file.refused:
        return str(REFUSALS.get(file.refused, _NOT_GIVEN_OUT))
    if file.may_be_given_out:
        return ""
    return str(_NOT_SCANNED if file.scan == Enclosure.Scan.UNKNOWN else _BEING_SCANNED)


class ShownMessage:
    """One message on the page. `is_html` shows it as its HTML, in a frame of its own."""

    def __init__(self, row: ThreadMessage, *, by: Person, is_html: bool, is_sms: bool) -> None:
        self.row, self.by, self.is_html, self.is_sms = row, by, is_html, is_sms

    @property
    def is_ours(self) -> bool:
        return self.row.direction == ThreadMessage.Direction.OUT

    @property
    def mark(self) -> str:
        return _MARKS.get(State(self.row.state), "")

    @property
    def who(self) -> str:
        if self.is_ours and self.row.automatic:
            return _("Automatisk kvittering")
        if self.is_ours:
            return self.row.author.name if self.row.author else self.row.sender_name
        return self.row.sender_name or self.address

    @property
    def to(self) -> str:
        if self.post is not None and self.is_ours:
            return self.post.party_shown
        return ", ".join((*self.row.to, *self.row.cc))

    @property
    def address(self) -> str:
        """Where it came from."""
        return self.post.party_shown if self.post is not None else self.row.sender_address

    @cached_property
    def post(self) -> SecurePost | None:
        """Its side in secure post, for a message that came or went by it."""
        return getattr(self.row, "secure_post", None)

    @property
    def state(self) -> str:
        """What became of one of ours."""
        if self.post is not None and self.post.state == SecurePost.State.NOT_REGISTERED:
            return str(self.post.get_state_display())
        return str(self.row.get_state_display())

    @property
    def is_not_registered(self) -> bool:
        """Whether the recipient gets no digital post, so that the answer has to go another way."""
        return self.post is not None and self.post.state == SecurePost.State.NOT_REGISTERED

    @property
    def unread(self) -> str:
        """Why nothing of it is shown; empty when it was read."""
        if self.post is None or self.post.is_readable:
            return ""
        if MailProblem.MAIL_TOO_LARGE.value in self.row.problems:
            return _("Meddelelsen er for stor til at blive hentet. Læs den i Digital Post på Virk.")
        if self.post.confirmed_at is None:
            return _("Meddelelsen kan ikke læses. Afsenderen har endnu ikke fået besked om det.")
        return _("Meddelelsen kan ikke læses. Afsenderen har fået besked om, at vi ikke kunne modtage den.")

    @property
    def may_undo(self) -> bool:
        return self.row.state == State.HELD and self.row.author_id == self.by.pk

    @property
    def is_in_doubt(self) -> bool:
        return self.row.state == State.DOUBT

    @property
    def fault(self) -> str:
        """Why it has not left, as the mail server says it; of an SMS and of secure post in our words."""
        if self.is_sms:
            return sms_words.words(self.row.fault)
        if self.post is not None:
            return self._post_fault
        known = {fault.value for fault in MailboxFault}
        return _("Mailserveren kan ikke bruges lige nu.") if self.row.fault in known else self.row.fault

    @property
    def _post_fault(self) -> str:
        """What secure post says; a code of its own is shown as it is."""
        assert self.post is not None
        if self.is_not_registered or not self.row.fault or not self.is_ours:
            return ""
        words = fault_words.words_of(self.row.fault)
        return words or _("Digital Post afviste svaret: %(code)s") % {"code": self.row.fault}

    @cached_property
    def files(self) -> list[tuple[Enclosure, str]]:
        """The files, each with why it is not given out."""
        rows = [each for each in self.row.enclosures.all() if not each.inline_id]
        return [(each, why_not(each)) for each in rows]

    @cached_property
    def table(self) -> FormTable | None:
        """The answers, when this is what was sent with an online form."""
        if self.row.kind != "form":
            return None
        rows = FormSubmission.objects.select_related("version__form", "filled_by").filter(pk=self.row.thread_id)
        sent = rows.first()
        return form_table.of(sent, self.files) if sent else None


class Conversation:
    """The page of one thread. `typed` is what was sent and refused; `html` the message that is shown as HTML."""

    def __init__(self, thread: Thread, *, by: Person, at: datetime, form: forms.Form | None = None,
                 html: UUID | None = None) -> None:  # fmt: skip
        self.thread, self.by, self.at, self._form, self._html = thread, by, at, form, html

    # --- what it says --------------------------------------------------------------------------

    @property
    def subject(self) -> str:
        other = _("Meddelelse, der ikke kan læses") if self.is_unread else _("(intet emne)")
        return self.thread.subject or (_("Sms") if self.is_sms else other)

    @cached_property
    def contact(self) -> str:
        """Where the contact is reached: the address, or a number of secure post without its last digits."""
        if not self.is_secure_post:
            return self.thread.contact_address
        return self.known_party.party_shown if self.known_party else ""

    @property
    def contact_name(self) -> str:
        return self.thread.contact_name or self.contact or _("Ukendt afsender")

    @property
    def number(self) -> str:
        return f"{self.thread.token[:4]}-{self.thread.token[4:]}"

    @cached_property
    def messages(self) -> list[ShownMessage]:
        """The messages of the thread and of those that were merged into it, the newest first."""
        keys = [self.thread.pk, *self.thread.merged.values_list("pk", flat=True)]
        has_html = ExpressionWrapper(~Q(html=""), output_field=BooleanField())
        rows = ThreadMessage.objects.filter(thread__in=keys).annotate(has_html=has_html).defer("html", "references")
        files = Prefetch("enclosures", queryset=Enclosure.objects.defer("content"))
        found = rows.select_related("author", "secure_post").prefetch_related(files).order_by("-at", "-id")[:MOST]
        return [ShownMessage(row, by=self.by, is_html=row.pk == self._html, is_sms=self.is_sms) for row in found]

    @cached_property
    def has_place(self) -> bool:
        """Whether a map shows a place of an online form."""
        tables = (each.table for each in self.messages)
        rows = (row for table in tables if table for _title, section in table.sections for row in section)
        return bool(maps.source()["tiles"]) and any(row.place for row in rows)

    @cached_property
    def seen(self) -> UUID | None:
        """The newest message of the contact, in the order of storing."""
        keys = [self.thread.pk, *self.thread.merged.values_list("pk", flat=True)]
        came = ThreadMessage.objects.filter(thread__in=keys, direction=ThreadMessage.Direction.IN)
        return came.order_by("-id").values_list("pk", flat=True).first()

    @property
    def left(self) -> str:
        return time_left(self.thread, self.at)

    @property
    def is_overdue(self) -> bool:
        return is_overdue(self.thread, self.at)

    @property
    def scopes(self) -> list[str]:
        return [f"thread-{self.thread.pk}", f"person-{self.by.pk}"]

    @cached_property
    def number_to_call(self) -> str:
        """A known number of whoever wrote; empty without one."""
        return return_calls.number_of(self.thread.enquiry)

    @cached_property
    def articles(self) -> list[ArticleUse]:
        """The articles that were read or used for the answer."""
        return list(knowledge_use.used_for(self.thread.enquiry_id)[:10])

    @cached_property
    def sheet(self) -> Sheet:
        return Sheet(self.thread.enquiry, by=self.by, at=self.at)

    # --- what can be done ----------------------------------------------------------------------

    @property
    def is_mine(self) -> bool:
        return not self.thread.is_over and self.thread.holder_id == self.by.pk

    @property
    def others(self) -> Person | None:
        """The colleague who has it in hand."""
        return self.thread.holder if self.thread.holder_id not in (None, self.by.pk) else None

    @property
    def since(self) -> datetime | None:
        """Since when it is in hand."""
        return self.thread.enquiry.phase_since

    @cached_property
    def readers(self) -> list[ThreadReader]:
        """Who else has it open; whoever has it in hand is named anyway."""
        return [each for each in readers.others(self.thread, by=self.by, at=self.at) if each.person != self.others]

    @property
    def has_caller(self) -> bool:
        """Whether this person may see who it is and register it: they have it in hand, or had it."""
        enquiry = self.thread.enquiry
        return self.is_mine or self.by.pk in (enquiry.agent_id, enquiry.first_agent_id)

    @property
    def may_take(self) -> bool:
        return self.thread.state == Thread.State.WAITING

    @property
    def is_spam(self) -> bool:
        return self.thread.ending == Thread.Ending.SPAM

    @property
    def may_answer(self) -> bool:
        return self.is_mine and (self.thread.mailbox_id is not None or self.is_sms or self.is_on_page)

    @property
    def is_sms(self) -> bool:
        """Whether it is answered by SMS: a text alone, to the number that wrote."""
        return bool(self.thread.channel == Channel.SMS)

    @cached_property
    def is_on_page(self) -> bool:
        """Whether it is answered on the status page of an online form: a text alone, for who gave no mail address."""
        return page_answers.is_for(self.thread)

    @property
    def is_secure_post(self) -> bool:
        """Whether it came by secure post, and is answered by it."""
        return bool(self.thread.channel == Channel.SECURE_POST)

    @cached_property
    def is_unread(self) -> bool:
        """Whether it began with a message that could not be read."""
        return self.is_secure_post and any(each.unread for each in self.messages)

    @cached_property
    def may_use_secure_post(self) -> bool:
        """Whether a mail can be answered by secure post instead."""
        is_mail = not (self.is_sms or self.is_secure_post)
        return is_mail and secure_answering.may_be_used(self.thread, at=self.at)

    @property
    def has_lost_secure_post(self) -> bool:
        """Whether the answer is written for secure post, which cannot be used any more."""
        is_mail = not (self.is_sms or self.is_secure_post or self.is_on_page)
        ways = (self.form["way"].value(), self.draft.fields.get("way") if self.draft else "")
        return is_mail and not self.may_use_secure_post and drafts.SECURE_POST in ways

    @cached_property
    def known_party(self) -> SecurePost | None:
        """Whom an answer by secure post goes to when no number is typed."""
        return secure_answering.known_party(self.thread)

    @property
    def has_cpr(self) -> bool:
        """Whether the contact wrote a CPR number, so that the answer may be about personal matters."""
        return any(has_cpr(each.row.text) for each in self.messages if not each.is_ours)

    @cached_property
    def to_merge(self) -> list[Thread]:
        """Other threads of the same sender that this one can be merged into, the newest first."""
        if not self.is_mine or not self.thread.contact_address:
            return []
        same = access.threads_of(self.by).filter(
            channel=self.thread.channel, contact_address=self.thread.contact_address
        )
        rest = same.exclude(pk=self.thread.pk).filter(merged_into=None).exclude(ending=Thread.Ending.SPAM)
        return list(rest.order_by("-began_at")[:10])

    @property
    def may_split(self) -> bool:
        return self.is_mine and sum(not each.is_ours for each in self.messages) > 1

    @cached_property
    def draft(self) -> ReplyDraft | None:
        return drafts.of(self.thread, self.by)

    @cached_property
    def form(self) -> ReplyForm:
        """The answer: what was refused, the draft, or an empty one to whoever wrote."""
        if isinstance(self._form, ReplyForm):
            return self._form
        typed: Mapping[str, str] = self.draft.fields if self.draft else {}
        return ReplyForm(initial=self._first_words() | dict(typed))

    @cached_property
    def picker(self) -> TextPicker:
        """The reply texts and articles that can be inserted."""
        return TextPicker(self.thread, by=self.by, at=self.at)

    @property
    def revision(self) -> int:
        return self.draft.revision if self.draft else 0

    def _first_words(self) -> dict[str, str]:
        answered = answering.answered_by(self.thread)
        to = self.thread.contact_address or (answered.sender_address if answered else "")
        if self.is_secure_post:
            return {"subject": composing.plain_subject(self.thread.subject), "text": ""}
        return {"to": to, "subject": composing.answer_subject(self.thread), "text": "", "way": drafts.MAIL}

    @property
    def signature(self) -> str:
        return signature_of(self.thread, self.by)
