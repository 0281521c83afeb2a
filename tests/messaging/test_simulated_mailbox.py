"""The simulated mailbox keeps the contract."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest

from indgang.messaging.mailbox.contract import Doubt, SimulatedAccount
from indgang.messaging.mailbox.opening import find_sent, opened, submit
from indgang.messaging.mailbox.simulator import SimulatedMailbox
from tests.messaging.mail_servers import mail
from tests.messaging.mailbox_suite import MailboxContract, envelope


@dataclass
class SimulatedRig:
    folder: Path
    gone: str = "findes-ikke@firma.example"
    full: str = "fuld@firma.example"
    busy: str = "senere@firma.example"

    def mailbox(self) -> SimulatedMailbox:
        return SimulatedMailbox(self.folder)

    def deliver(self, *raws: bytes) -> None:
        for raw in raws:
            self.mailbox().deliver(raw)

    def renumber(self) -> None:
        file = self.folder / "numbers"
        file.write_text(json.dumps(json.loads(file.read_text()) | {"uid_validity": 7}))

    def left(self) -> list[bytes]:
        return [raw.replace(b"\r\n", b"\n") for raw in self.mailbox().left()]


@pytest.fixture
def rig(tmp_path: Path) -> SimulatedRig:
    return SimulatedRig(tmp_path / "mailbox")


class TestSimulatedMailbox(MailboxContract):
    pass


def test_a_mail_in_doubt_has_left_and_its_copy_is_for_a_person_to_find(tmp_path: Path) -> None:
    account = SimulatedAccount(tmp_path)
    assert isinstance(submit(account, mail(), envelope("tvivl@firma.example")), Doubt)
    assert not find_sent(account, message_id="<x@kommune.example>")
    with opened(account) as mailbox:
        assert isinstance(mailbox, SimulatedMailbox)
        assert len(mailbox.left()) == 1
