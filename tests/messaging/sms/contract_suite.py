"""The contract of every SMS gateway as one test suite, run against GatewayAPI's adapter and the simulator.

A `Rig` is a gateway with the telephones behind it.
"""

from __future__ import annotations

from typing import Protocol
from uuid import uuid4

import pytest

from indgang.messaging.sms.arrivals import Report
from indgang.messaging.sms.contract import (
    IncomingSms,
    OutgoingSms,
    ReceiptState,
    SmsAccepted,
    SmsDoubt,
    SmsGateway,
    SmsReceipt,
    SmsRefused,
)
from indgang.messaging.sms.parts import divide

TELEPHONE = "+4599990101"


class Rig(Protocol):
    gateway: SmsGateway
    #: what our side has taken, in order
    taken: list[Report]

    def received(self, number: str) -> list[str]:
        """The texts that a telephone has received."""
        ...

    def settle(self) -> None:
        """Let the receipts of everything sent come."""
        ...

    def settle_again(self) -> None:
        """Let all of them come once more."""
        ...

    def write(self, number: str, text: str) -> None: ...

    def unknown_number(self) -> str:
        """A number that the gateway refuses for good."""
        ...

    def unreachable_number(self) -> str:
        """A number that it accepts and that receives nothing."""
        ...

    def number_without_answer(self) -> str:
        """A number where the connection ends after the request."""
        ...


def outgoing(text: str = "Her er linket.", to: str = TELEPHONE) -> OutgoingSms:
    return OutgoingSms(str(uuid4()), to, text, divide(text).encoding)


class GatewaySuite:
    """A subclass gives the fixture `rig`."""

    @pytest.mark.parametrize(
        "text",
        ["Her er linket: https://x.example/a?b=c&d", "Æ, Ø og Å koster {5} €", "Crêpe – 😀", "x" * 400, "linje\nskift"],
    )
    def test_the_telephone_receives_the_text_as_it_was_written(self, rig: Rig, text: str) -> None:
        answer = rig.gateway.send(outgoing(text))
        assert isinstance(answer, SmsAccepted)
        assert answer.reference
        assert rig.received(TELEPHONE) == [text]

    def test_two_messages_have_two_references(self, rig: Rig) -> None:
        first, second = rig.gateway.send(outgoing()), rig.gateway.send(outgoing())
        assert isinstance(first, SmsAccepted)
        assert isinstance(second, SmsAccepted)
        assert first.reference != second.reference

    def test_the_receipt_has_our_reference_and_the_gateways(self, rig: Rig) -> None:
        message = outgoing()
        answer = rig.gateway.send(message)
        rig.settle()
        [receipt] = rig.taken
        assert isinstance(receipt, SmsReceipt)
        assert isinstance(answer, SmsAccepted)
        assert (receipt.reference, receipt.gateway_reference) == (message.reference, answer.reference)
        assert receipt.state is ReceiptState.DELIVERED

    def test_a_receipt_that_comes_twice_is_the_same_twice(self, rig: Rig) -> None:
        rig.gateway.send(outgoing())
        rig.settle()
        rig.settle_again()
        first, second = rig.taken
        assert isinstance(first, SmsReceipt)
        assert isinstance(second, SmsReceipt)
        assert (first.reference, first.state) == (second.reference, second.state)

    def test_a_number_that_cannot_receive_is_refused_for_good(self, rig: Rig) -> None:
        answer = rig.gateway.send(outgoing(to=rig.unknown_number()))
        assert isinstance(answer, SmsRefused)
        assert answer.for_good
        assert rig.received(rig.unknown_number()) == []

    def test_what_was_accepted_may_still_fail_by_receipt(self, rig: Rig) -> None:
        assert isinstance(rig.gateway.send(outgoing(to=rig.unreachable_number())), SmsAccepted)
        rig.settle()
        [receipt] = rig.taken
        assert isinstance(receipt, SmsReceipt)
        assert receipt.state is ReceiptState.FAILED
        assert receipt.reason

    def test_a_connection_that_ends_after_the_request_is_a_doubt(self, rig: Rig) -> None:
        assert isinstance(rig.gateway.send(outgoing(to=rig.number_without_answer())), SmsDoubt)

    def test_reasons_hold_nothing_of_the_message(self, rig: Rig) -> None:
        for number in (rig.unknown_number(), rig.number_without_answer()):
            answer = rig.gateway.send(outgoing("Hemmelig besked", to=number))
            assert isinstance(answer, SmsRefused | SmsDoubt)
            assert "Hemmelig" not in answer.reason
            assert number[-4:] not in answer.reason

    def test_what_a_telephone_writes_arrives_with_its_number(self, rig: Rig) -> None:
        rig.write(TELEPHONE, "Må jeg fælde mit træ? 🌳")
        [message] = rig.taken
        assert isinstance(message, IncomingSms)
        assert (message.number, message.text) == (TELEPHONE, "Må jeg fælde mit træ? 🌳")
        assert message.reference
        assert message.to
        assert message.at.tzinfo is not None

    def test_two_messages_from_a_telephone_have_two_references(self, rig: Rig) -> None:
        rig.write(TELEPHONE, "Hej")
        rig.write(TELEPHONE, "Hej")
        first, second = rig.taken
        assert first.reference != second.reference
