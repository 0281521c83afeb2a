"""The contract of every mailbox as one test suite, run against the simulator and against Dovecot and Exim."""

from __future__ import annotations

import threading
from typing import Any, Protocol

import pytest

from indgang.messaging.mailbox.contract import Envelope, Extent, FetchPosition, OpenMailbox, Rejected, Sent
from tests.messaging.mail_servers import mail

PATIENCE = 20.0


class Rig(Protocol):
    """A mailbox with the world around it. `gone`, `full` and `busy` are addresses that are refused."""

    gone: str
    full: str
    busy: str

    def mailbox(self) -> OpenMailbox:
        """The same mailbox, opened once more."""

    def deliver(self, *raws: bytes) -> None:
        """Have the mails arrive, one after the other; they can be fetched when it returns."""

    def renumber(self) -> None: ...

    def left(self) -> list[bytes]:
        """What was sent, with lines that end in LF."""


def envelope(*recipients: str) -> Envelope:
    return Envelope("kontakt@kommune.example", recipients or ("ida@firma.example",))


class MailboxContract:
    """A test file inherits these tests and provides the fixture `rig`."""

    def test_mails_come_whole_and_in_their_order(self, rig: Rig) -> None:
        first, second = mail("Åbningstider"), mail("Byggesag")
        rig.deliver(first, second)
        with rig.mailbox() as mailbox:
            batch = mailbox.fetch(after=None)
        assert [each.content.endswith(raw) for each, raw in zip(batch.mails, (first, second), strict=True)] == [
            True
        ] * 2
        assert {each.extent for each in batch.mails} == {Extent.WHOLE}
        assert [each.uid for each in batch.mails] == sorted(each.uid for each in batch.mails)
        assert batch.position.uid == batch.mails[-1].uid
        assert (batch.more, batch.renumbered) == (False, False)

    def test_after_a_position_only_newer_mails_come(self, rig: Rig) -> None:
        rig.deliver(mail("Den første"))
        with rig.mailbox() as mailbox:
            first = mailbox.fetch(after=None)
            rig.deliver(mail("Den anden"))
            second = mailbox.fetch(after=first.position)
            third = mailbox.fetch(after=second.position)
        assert [b"Den anden" in each.content for each in second.mails] == [True]
        assert (third.mails, third.position) == ((), second.position)

    def test_mails_that_were_fetched_and_not_stored_come_again(self, rig: Rig) -> None:
        rig.deliver(mail("En"), mail("To"))
        with rig.mailbox() as killed:
            seen = killed.fetch(after=None)
        with rig.mailbox() as mailbox:
            assert mailbox.fetch(after=None) == seen

    def test_many_mails_come_in_batches_without_a_gap(self, rig: Rig) -> None:
        rig.deliver(*(mail(f"Nummer {number}") for number in range(7)))
        position, subjects = None, []
        with rig.mailbox() as mailbox:
            for _ in range(3):
                batch = mailbox.fetch(after=position, limit=3)
                position = batch.position
                subjects.append(
                    [
                        number
                        for each in batch.mails
                        for number in range(7)
                        if f"Nummer {number}".encode() in each.content
                    ]
                )
                assert batch.more is (len(subjects) < 3)
        assert subjects == [[0, 1, 2], [3, 4, 5], [6]]

    def test_one_can_begin_with_what_comes_from_now_on(self, rig: Rig) -> None:
        rig.deliver(mail("Fra sidste år"))
        with rig.mailbox() as mailbox:
            now = mailbox.latest()
            assert mailbox.fetch(after=now).mails == ()
            rig.deliver(mail("Fra i dag"))
            [found] = mailbox.fetch(after=now).mails
        assert b"Fra i dag" in found.content

    def test_waiting_ends_when_a_mail_comes(self, rig: Rig) -> None:
        with rig.mailbox() as mailbox:
            mailbox.fetch(after=None)
            threading.Timer(0.3, rig.deliver, [mail()]).start()
            assert mailbox.wait(seconds=PATIENCE)
            assert len(mailbox.fetch(after=None).mails) == 1

    def test_waiting_ends_without_a_mail_when_the_time_is_up(self, rig: Rig) -> None:
        rig.deliver(mail())
        with rig.mailbox() as mailbox:
            mailbox.fetch(after=None)
            assert not mailbox.wait(seconds=0.5)

    def test_what_came_between_fetching_and_waiting_is_not_waited_for(self, rig: Rig) -> None:
        with rig.mailbox() as mailbox:
            mailbox.fetch(after=None)
            rig.deliver(mail())
            assert mailbox.wait(seconds=0.0)

    def test_what_is_stored_is_filed_away_once(self, rig: Rig) -> None:
        rig.deliver(mail("En"), mail("To"))
        with rig.mailbox() as mailbox:
            until = mailbox.fetch(after=None).position
            rig.deliver(mail("Tre"))
            assert (mailbox.file_away(until=until), mailbox.file_away(until=until)) == (2, 0)
            [left] = mailbox.fetch(after=None).mails
            assert b"Tre" in left.content
            assert mailbox.fetch(after=until).mails == (left,)

    def test_nothing_is_filed_away_by_the_numbers_of_another_time(self, rig: Rig) -> None:
        rig.deliver(mail())
        with rig.mailbox() as mailbox:
            position = mailbox.fetch(after=None).position
            old = FetchPosition(position.uid_validity - 1, position.uid)
            assert mailbox.file_away(until=old) == 0
            assert len(mailbox.fetch(after=None).mails) == 1

    def test_a_mailbox_that_was_numbered_anew_is_fetched_from_its_beginning(self, rig: Rig) -> None:
        rig.deliver(mail("En"), mail("To"))
        with rig.mailbox() as mailbox:
            position = mailbox.fetch(after=None).position
        rig.renumber()
        with rig.mailbox() as mailbox:
            batch = mailbox.fetch(after=position, limit=1)
            rest = mailbox.fetch(after=batch.position)
        assert (batch.renumbered, len(batch.mails), rest.renumbered, len(rest.mails)) == (True, 1, False, 1)
        assert batch.position.uid_validity != position.uid_validity

    def test_of_a_mail_that_is_too_large_the_headers_come(self, rig: Rig, settings: Any) -> None:
        settings.MAILBOX_LARGEST = 20_000
        large = mail("Tegninger", size=60_000)
        rig.deliver(mail("Lille"), large, mail("Også lille"))
        with rig.mailbox() as mailbox:
            batch = mailbox.fetch(after=None)
            found = batch.mails[1]
            whole = mailbox.fetch_whole(found.uid, uid_validity=batch.position.uid_validity)
            assert mailbox.fetch_whole(found.uid, uid_validity=batch.position.uid_validity - 1) is None
        assert [each.extent for each in batch.mails] == [Extent.WHOLE, Extent.HEADERS, Extent.WHOLE]
        assert b"Subject: Tegninger" in found.content
        assert b"xxxx" not in found.content
        assert found.size >= 60_000
        assert whole is not None
        assert whole.endswith(large)

    def test_what_is_sent_leaves_byte_for_byte(self, rig: Rig) -> None:
        raw = mail("Svar") + b".\r\n..to punktummer\r\n.\r\nikke slut endnu: \xc3\xa6\r\n"
        with rig.mailbox() as mailbox:
            assert isinstance(mailbox.submit(raw, envelope("ida@firma.example", "bo@firma.example")), Sent)
        # Exim writes one for each recipient, and headers of its own before them
        for left in rig.left():
            assert left.endswith(raw.replace(b"\r\n", b"\n"))
        assert rig.left()

    def test_a_refusal_says_whom_it_is_about_and_whether_it_is_for_good(self, rig: Rig) -> None:
        with rig.mailbox() as mailbox:
            for address, code, for_good in ((rig.gone, 550, True), (rig.full, 552, True), (rig.busy, 450, False)):
                answer = mailbox.submit(mail(), envelope(address))
                assert isinstance(answer, Rejected)
                assert (answer.code, answer.for_good, answer.recipient) == (code, for_good, address)

    def test_when_one_recipient_is_refused_nobody_gets_the_mail(self, rig: Rig) -> None:
        with rig.mailbox() as mailbox:
            answer = mailbox.submit(mail(), envelope("ida@firma.example", rig.gone))
        assert isinstance(answer, Rejected)
        assert answer.recipient == rig.gone
        assert rig.left() == []

    @pytest.mark.parametrize(
        "raw",
        [b"", b"Subject: x\n\nhej\n", b"Subject: x\r\n\r\nhej", b"Subject: x\r\n\r\nhej\n.\nRSET\r\n",
         b"Subject: x\r\n\r\nhej\r.\r\n", b"Subject: x\r\n\r\nhej\r\r\n"],
    )  # fmt: skip
    def test_a_mail_that_could_be_read_as_two_is_not_sent(self, rig: Rig, raw: bytes) -> None:
        with rig.mailbox() as mailbox, pytest.raises(ValueError):
            mailbox.submit(raw, envelope())
        assert rig.left() == []

    @pytest.mark.parametrize(
        "address", ["", "ida", "ida@firma.example>\r\nRCPT TO:<x@y.example", "<ida@firma.example>", "i da@x.example"]
    )
    def test_an_address_that_is_none_is_not_sent_to(self, rig: Rig, address: str) -> None:
        with rig.mailbox() as mailbox, pytest.raises(ValueError):
            mailbox.submit(mail(), envelope(address))

    def test_an_automatic_reply_has_no_sender_to_answer_to(self, rig: Rig) -> None:
        with rig.mailbox() as mailbox:
            assert isinstance(mailbox.submit(mail(), Envelope("", ("ida@firma.example",))), Sent)
        assert len(rig.left()) == 1

    def test_a_copy_is_kept_once_and_found_by_its_number(self, rig: Rig) -> None:
        raw = mail("Svar", message_id="<svar-1@kommune.example>")
        with rig.mailbox() as mailbox:
            assert not mailbox.find_sent(message_id="<svar-1@kommune.example>")
            kept = [mailbox.keep_copy(raw, message_id="<svar-1@kommune.example>") for _ in range(2)]
            assert kept == [True, False]
            assert mailbox.find_sent(message_id="<svar-1@kommune.example>")
            assert not mailbox.find_sent(message_id="<svar@kommune.example>")
