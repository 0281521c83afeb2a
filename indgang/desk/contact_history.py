"""One line of time for a contact: calls, visits, mails, forms, chats, SMS and what was handed over, newest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.correspondence import contacts
from indgang.correspondence.models import SmsMessage
from indgang.desk import access
from indgang.enquiries import contact_keys, history
from indgang.enquiries.history import Asked, Owed
from indgang.enquiries.models import WRITTEN_CHANNELS, Channel, Enquiry
from indgang.handover.models import Handover
from indgang.prepared.query import Query

#: entries that are shown at first, and how many more at a time
SHOWN = 30
#: the kind of what was handed over, beside the channels
TASK = "task"
_NAMES: dict[str, str | Promise] = {TASK: gettext_lazy("Opgave")}
_ICONS = {
    Channel.PHONE: "phone", Channel.DIRECT: "phone-in", Channel.WALK_IN: "walk-in", Channel.MAIL: "email",
    Channel.WEB: "phone-out", Channel.FORM: "document", Channel.CHAT: "chat", Channel.SMS: "smartphone",
    Channel.SECURE_POST: "lock",
    TASK: "checklist",
}  # fmt: skip
_OTHER = "file"


def name_of(kind: str) -> str:
    """The word of a channel, or of tasks."""
    return str(_NAMES[kind] if kind in _NAMES else Channel(kind).label)


def icon_of(kind: str) -> str:
    return _ICONS.get(kind, _OTHER)


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One thing that happened with the contact. `about` is a line of plain facts, `url` its page where the reader may
    open it, else empty."""

    key: str
    at: datetime
    kind: str
    title: str
    about: str
    questions: Sequence[Asked] = ()
    text: str = ""
    url: str = ""

    @property
    def name(self) -> str:
        return name_of(self.kind)

    @property
    def icon(self) -> str:
        return icon_of(self.kind)


@dataclass(frozen=True, slots=True)
class HistoryChoice:
    """A filter: one kind with how many entries it has; "" is all."""

    kind: str
    name: str
    icon: str
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """An entry before its facts are read."""

    at: datetime
    kind: str
    key: UUID
    sms: bool = False


class ContactHistory:
    """The history of whoever an enquiry is from, without that enquiry itself. `kind` shows one kind alone."""

    def __init__(self, enquiry: Enquiry, *, reader: Person, kind: str = "", shown: int = SHOWN) -> None:
        self.enquiry, self.reader, self.shown = enquiry, reader, max(SHOWN, min(shown, contact_keys.MOST))
        self._asked = kind

    # --- what there is -------------------------------------------------------------------------

    @cached_property
    def owed(self) -> list[Owed]:
        return history.owed(self.enquiry)

    @cached_property
    def kind(self) -> str:
        """The kind that is shown; all, where the one that was asked for is not there."""
        return self._asked if any(each.kind == self._asked for each in self._places) else ""

    @cached_property
    def choices(self) -> list[HistoryChoice]:
        """The filters, the most frequent first; none where there is one kind only."""
        counts = Counter(each.kind for each in self._places)
        if len(counts) < 2:
            return []
        found = [HistoryChoice(kind, name_of(kind), icon_of(kind), count, kind == self.kind)
                 for kind, count in counts.most_common()]  # fmt: skip
        return [HistoryChoice("", _("Alle"), "", len(self._places), not self.kind), *found]

    @property
    def count(self) -> int:
        return len(self._places)

    @cached_property
    def entries(self) -> list[HistoryEntry]:
        places = self._chosen[: self.shown]
        found = self._of_enquiries([each.key for each in places if each.kind != TASK and not each.sms])
        found |= self._of_handovers([each.key for each in places if each.kind == TASK])
        found |= self._of_sms([each.key for each in places if each.sms])
        return [found[each.key] for each in places if each.key in found]

    @property
    def more(self) -> int:
        """How many to ask for to see more; 0 when all are shown."""
        return self.shown + SHOWN if len(self._chosen) > self.shown else 0

    def __bool__(self) -> bool:
        return bool(self._places or self.owed)

    def look(self, *, at: datetime, page: str) -> ContactHistory:
        """Log that the history was seen, when there is anything to see."""
        if self:
            trail.look(by=self.reader, at=at, subject=self.enquiry.party or self.enquiry, page=page)
        return self

    # --- rows ----------------------------------------------------------------------------------

    @cached_property
    def _enquiries(self) -> list[contact_keys.FoundEnquiry]:
        keys = contact_keys.keys_of(self.enquiry)
        also = contacts.enquiries_from(keys.addresses, beside=self.enquiry)
        return contact_keys.enquiries_of(keys, but=self.enquiry, also=also)

    @cached_property
    def _all_keys(self) -> list[UUID]:
        return [self.enquiry.pk, *(each.pk for each in self._enquiries)]

    @cached_property
    def _places(self) -> list[_Place]:
        """Everything, newest first. SMS of a thread belong to it; others were sent in a call, such as a link."""
        keys = self._all_keys
        found = [_Place(each.arrived_at, each.channel, each.pk) for each in self._enquiries]
        found += [_Place(at, TASK, pk) for at, pk in _HANDOVERS.rows(keys=keys)]
        found += [_Place(at, Channel.SMS, pk, sms=True) for at, pk in _SENT.rows(keys=keys)]
        return sorted(found, key=lambda each: (each.at, each.key), reverse=True)

    @cached_property
    def _chosen(self) -> list[_Place]:
        return [each for each in self._places if not self.kind or each.kind == self.kind]

    def _of_enquiries(self, keys: list[UUID]) -> dict[UUID, HistoryEntry]:
        rows = history.earlier(self.enquiry, only=keys)
        subjects = self._subjects([each.pk for each in rows if each.channel in WRITTEN_CHANNELS])
        return {
            each.pk: HistoryEntry(
                key=str(each.pk), at=each.arrived_at, kind=each.channel,
                title=each.questions[0].service if each.questions else subjects.get(each.pk) or each.state,
                about=_joined(each.queue, each.agent, each.state),
                questions=each.questions, text=subjects.get(each.pk, ""),
                url=reverse("desk:written", args=[each.pk]) if each.pk in subjects else "",
            )
            for each in rows
        }  # fmt: skip

    def _subjects(self, keys: list[UUID]) -> dict[UUID, str]:
        """The subjects of the threads that the reader may open."""
        return dict(access.threads_of(self.reader).filter(pk__in=keys).values_list("pk", "subject")) if keys else {}

    def _of_handovers(self, keys: list[UUID]) -> dict[UUID, HistoryEntry]:
        """The page of the number says so where the reader may not see the card."""
        rows = Handover.objects.filter(pk__in=keys).select_related("unit", "service") if keys else ()
        return {
            row.pk: HistoryEntry(
                key=str(row.pk), at=row.sent_at, kind=TASK,
                title=_("%(kind)s %(number)s") % {"kind": row.get_kind_display(), "number": row.number},
                about=_joined(row.unit.name, row.service.name if row.service else "", row.get_state_display()),
                url=f"{reverse('desk:handovers')}?number={row.number}",
            )
            for row in rows
        }  # fmt: skip

    def _of_sms(self, keys: list[UUID]) -> dict[UUID, HistoryEntry]:
        rows = SmsMessage.objects.filter(pk__in=keys).only("at", "state") if keys else ()
        return {
            row.pk: HistoryEntry(str(row.pk), row.at, Channel.SMS, _("Sms sendt"), row.get_state_display())
            for row in rows
        }


def _handovers(keys: list[UUID]) -> QuerySet[Handover, Any]:
    return Handover.objects.filter(enquiry__in=keys).values_list("sent_at", "pk")[: contact_keys.MOST]


def _sent(keys: list[UUID]) -> QuerySet[SmsMessage, Any]:
    rows = SmsMessage.objects.filter(enquiry__in=keys, message=None, direction=SmsMessage.Direction.OUT)
    return rows.values_list("at", "pk")[: contact_keys.MOST]


_HANDOVERS = Query(_handovers, keys=list[UUID])
_SENT = Query(_sent, keys=list[UUID])


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
