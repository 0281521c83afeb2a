"""The contract of every secure post service as one test suite, run against Digital Post's adapter and the simulator.

A `Rig` is a service with the people behind it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from indgang.messaging.secure_post import memo
from indgang.messaging.secure_post.contract import (
    AT_ONCE,
    PostAccepted,
    PostDoubt,
    PostRefused,
    PostState,
    SecurePostService,
)
from indgang.messaging.secure_post.memo import PostFile
from tests.messaging.secure_post.letters import AT, PER, ours, theirs

#: the largest message that Digital Post takes, in bytes (99.5 MB)
LARGEST = 99_500_000


class Rig(Protocol):
    service: SecurePostService

    def received(self, uuid: str) -> bytes | None:
        """What the recipient of a message has."""
        ...

    def let_receipts_come(self) -> None: ...

    def deliver(self, uuid: str, content: bytes) -> None:
        """Let a message wait for us."""
        ...

    def confirmed(self, uuid: str) -> bool | None:
        """Whether we said that we can read it; None before we said anything."""
        ...

    not_registered: str
    undeliverable: str
    exempt: str
    no_answer: str


class SecurePostSuite:
    """A subclass gives the fixture `rig`."""

    def test_the_recipient_has_the_bytes_that_were_sent(self, rig: Rig) -> None:
        message = ours(files=(PostFile("plan.pdf", "application/pdf", b"%PDF-1.4 \xff\x00"),))
        answer = rig.service.send(message)
        assert isinstance(answer, PostAccepted)
        assert answer.transmission
        assert rig.received(str(message.uuid)) == message.memo

    def test_the_receipt_says_by_our_uuid_that_it_arrived(self, rig: Rig) -> None:
        message = ours()
        rig.service.send(message)
        rig.let_receipts_come()
        [key] = rig.service.receipts()
        receipt = rig.service.receipt(key)
        assert receipt is not None
        assert (receipt.uuid, receipt.state) == (str(message.uuid), PostState.DELIVERED)
        assert receipt.at.tzinfo is not None

    def test_a_receipt_waits_until_it_is_taken_off(self, rig: Rig) -> None:
        rig.service.send(ours())
        rig.let_receipts_come()
        first, again = rig.service.receipts(), rig.service.receipts()
        assert first == again
        assert rig.service.receipts(1) == []
        rig.service.take_off(first[0])
        rig.service.take_off(first[0])
        assert rig.service.receipts() == []

    def test_the_same_message_twice_is_taken_once(self, rig: Rig) -> None:
        message = ours()
        assert isinstance(rig.service.send(message), PostAccepted)
        assert isinstance(rig.service.send(replace(message, is_repeat=True)), PostAccepted)
        rig.let_receipts_come()
        assert len(rig.service.receipts()) == 1

    def test_what_was_accepted_may_be_refused_later_because_nobody_is_registered(self, rig: Rig) -> None:
        assert isinstance(rig.service.send(ours(rig.not_registered)), PostAccepted)
        rig.let_receipts_come()
        [key] = rig.service.receipts()
        receipt = rig.service.receipt(key)
        assert receipt is not None
        assert receipt.state is PostState.NOT_REGISTERED

    def test_what_was_accepted_may_fail_later(self, rig: Rig) -> None:
        assert isinstance(rig.service.send(ours(rig.undeliverable)), PostAccepted)
        rig.let_receipts_come()
        [key] = rig.service.receipts()
        receipt = rig.service.receipt(key)
        assert receipt is not None
        assert (receipt.state, receipt.reason) == (PostState.FAILED, "file.extension.not.allowed")

    def test_an_exempt_recipient_is_refused_for_good(self, rig: Rig) -> None:
        answer = rig.service.send(ours(rig.exempt))
        assert isinstance(answer, PostRefused)
        assert answer.for_good
        assert answer.not_registered

    def test_a_connection_that_ends_after_the_request_is_a_doubt(self, rig: Rig) -> None:
        assert isinstance(rig.service.send(ours(rig.no_answer)), PostDoubt)

    def test_reasons_hold_nothing_of_the_message(self, rig: Rig) -> None:
        for number in (rig.exempt, rig.no_answer):
            answer = rig.service.send(ours(number, "Hemmelig besked"))
            assert isinstance(answer, PostRefused | PostDoubt)
            assert number not in answer.reason
            assert "Hemmelig" not in answer.reason
            assert number not in repr(answer)

    def test_what_came_waits_until_it_is_confirmed(self, rig: Rig) -> None:
        letter = theirs()
        uuid, raw = str(letter.uuid), memo.write(letter)
        rig.deliver(uuid, raw)
        assert rig.service.waiting() == [uuid]
        assert rig.service.fetch(uuid, largest=LARGEST) == raw
        assert rig.service.waiting() == [uuid]
        rig.service.confirm(uuid, is_readable=True, at=AT)
        rig.service.confirm(uuid, is_readable=True, at=AT)
        assert rig.service.waiting() == []
        assert rig.confirmed(uuid) is True

    def test_what_cannot_be_read_is_confirmed_as_that(self, rig: Rig) -> None:
        uuid = str(theirs().uuid)
        rig.deliver(uuid, b"<memo")
        assert rig.service.fetch(uuid, largest=LARGEST) == b"<memo"
        rig.service.confirm(uuid, is_readable=False, at=AT)
        assert rig.confirmed(uuid) is False

    def test_a_message_that_is_too_large_is_not_kept(self, rig: Rig) -> None:
        uuid = str(theirs().uuid)
        rig.deliver(uuid, b"x" * 200_000)
        assert rig.service.fetch(uuid, largest=100_000) is None
        assert rig.service.waiting() == [uuid]

    def test_many_messages_come_in_pages(self, rig: Rig) -> None:
        there = [str(theirs().uuid) for _number in range(AT_ONCE + 3)]
        for uuid in there:
            rig.deliver(uuid, b"<x/>")
        pages = [rig.service.waiting(page) for page in range(3)]
        assert [len(each) for each in pages] == [AT_ONCE, 3, 0]
        assert [uuid for page in pages for uuid in page] == there

    def test_numbers_stand_in_no_text_about_a_message(self, rig: Rig) -> None:
        assert PER not in repr(ours())
