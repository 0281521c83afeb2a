"""The secure post of the demo: messages go to simulated mailboxes, whose page shows them and answers them.

Receipts wait some seconds later, as those of a real service do. The last digits of a recipient's number say what goes
wrong, so that each fault can be seen: see `FAULTS`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from indgang.core import clock
from indgang.messaging.models import SimulatedPost
from indgang.messaging.secure_post import memo as memos
from indgang.messaging.secure_post.contract import (
    AT_ONCE,
    OutgoingMemo,
    PostAccepted,
    PostAnswer,
    PostDoubt,
    PostReceipt,
    PostRefused,
    PostState,
)
from indgang.messaging.secure_post.memo import AnsweredMemo, PartyKind, PostFile, PostLetter, PostParty

RECEIPT_SECONDS = 3
NOT_REGISTERED, FAILED, NO_ANSWER, REFUSED = "not_registered", "failed", "no_answer", "refused"
#: what happens to messages to numbers that end like this
FAULTS = {"0001": NOT_REGISTERED, "0002": FAILED, "0003": NO_ANSWER, "0004": REFUSED}
#: how each fault is told
_CODES = {NOT_REGISTERED: "recipient.not.registered", FAILED: "file.extension.not.allowed"}

State = SimulatedPost.State


@dataclass(frozen=True, slots=True)
class SimulatedSecurePost:
    """The service as one system, that of `mailbox`, sees it."""

    mailbox: str

    def send(self, message: OutgoingMemo) -> PostAnswer:
        try:
            read = memos.read(message.memo)
        except memos.UnreadableMemo:
            return PostRefused("memo.invalid", for_good=True)
        known = SimulatedPost.objects.filter(uuid=message.uuid, is_incoming=False).first()
        if known is not None:
            return PostAccepted(str(known.pk))
        fault = FAULTS.get(read.recipient.number[-4:], "")
        if fault == REFUSED:
            return PostRefused("recipient.exempt", for_good=True, not_registered=True)
        if fault == NO_ANSWER:
            return PostDoubt("the simulated service has cut the connection")
        row = self._row(message.uuid, read.recipient, message.memo, is_incoming=False, code=_CODES.get(fault, ""))
        return PostAccepted(str(row.pk))

    def waiting(self, page: int = 0) -> list[str]:
        rows = SimulatedPost.objects.filter(mailbox=self.mailbox, is_incoming=True, state=State.WAITING)
        first = page * AT_ONCE
        return [str(uuid) for uuid in rows.order_by("pk").values_list("uuid", flat=True)[first : first + AT_ONCE]]

    def fetch(self, uuid: str, *, largest: int) -> bytes | None:
        content = bytes(SimulatedPost.objects.get(uuid=uuid, is_incoming=True).memo)
        return content if len(content) <= largest else None

    def confirm(self, uuid: str, *, is_readable: bool, at: datetime) -> None:
        state = State.ARRIVED if is_readable else State.FAILED
        SimulatedPost.objects.filter(uuid=uuid, is_incoming=True, state=State.WAITING).update(state=state)

    def receipts(self, page: int = 0) -> list[str]:
        due = clock.now() - timedelta(seconds=RECEIPT_SECONDS)
        rows = SimulatedPost.objects.filter(mailbox=self.mailbox, is_incoming=False, state=State.WAITING, at__lte=due)
        first = page * AT_ONCE
        return [str(key) for key in rows.order_by("pk").values_list("pk", flat=True)[first : first + AT_ONCE]]

    def receipt(self, key: str) -> PostReceipt | None:
        return _receipt_of(SimulatedPost.objects.get(pk=int(key)))

    def take_off(self, key: str) -> None:
        for row in SimulatedPost.objects.filter(pk=int(key), state=State.WAITING):
            row.state = State.FAILED if row.code else State.ARRIVED
            row.save(update_fields=["state"])

    def write(self, *, sender: PostParty, recipient: PostParty, label: str, text: str, at: datetime,
              answers: SimulatedPost | None = None, files: tuple[PostFile, ...] = ()) -> SimulatedPost:  # fmt: skip
        """Send a message from a simulated person to this mailbox."""
        uuid = uuid4()
        answered = AnsweredMemo(str(answers.uuid), memos.read(bytes(answers.memo)).number) if answers else None
        letter = PostLetter(
            uuid=uuid, number="", label=label, sender=sender, recipient=recipient, text=text, at=at,
            answers=answered, files=files,
        )  # fmt: skip
        return self.deliver(uuid, sender, memos.write(letter), at=at)

    def deliver(self, uuid: UUID, sender: PostParty, memo: bytes, *, at: datetime) -> SimulatedPost:
        """Put these bytes there as they are, however wrong they may be."""
        return self._row(uuid, sender, memo, is_incoming=True, at=at)

    @transaction.atomic
    def _row(self, uuid: UUID, party: PostParty, memo: bytes, *, is_incoming: bool, code: str = "",
             at: datetime | None = None) -> SimulatedPost:  # fmt: skip
        return SimulatedPost.objects.create(
            uuid=uuid, mailbox=self.mailbox, kind=party.kind.value, number=party.number, name=party.name[:200],
            memo=memo, is_incoming=is_incoming, code=code, at=at or clock.now(),
        )  # fmt: skip


def person(number: str, name: str = "") -> PostParty:
    """The simulated party with this CPR or CVR number."""
    return PostParty(PartyKind.CPR if len(number) == 10 else PartyKind.CVR, number, name)


def _receipt_of(row: SimulatedPost) -> PostReceipt:
    state = {"": PostState.DELIVERED, _CODES[NOT_REGISTERED]: PostState.NOT_REGISTERED}.get(row.code, PostState.FAILED)
    return PostReceipt(str(row.uuid), str(row.pk), state, row.at + timedelta(seconds=RECEIPT_SECONDS), row.code)
