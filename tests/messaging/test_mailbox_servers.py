"""Mailboxes on a real Dovecot and a real Exim keep the contract."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from indgang.messaging.mailbox.contract import MailAccount, OpenMailbox
from indgang.messaging.mailbox.opening import opened
from tests.messaging.mail_servers import MailServers
from tests.messaging.mailbox_suite import MailboxContract

pytestmark = pytest.mark.mail_servers


@dataclass
class ServerRig:
    servers: MailServers
    account: MailAccount
    gone: str = "gone@firma.example"
    full: str = "full@firma.example"
    busy: str = "busy@firma.example"
    delivered: int = field(default=0)

    def mailbox(self) -> OpenMailbox:
        return opened(self.account)

    def deliver(self, *raws: bytes) -> None:
        """One after the other, because Exim brings mails that it has at the same time in any order."""
        for raw in raws:
            self.servers.deliver(raw)
            self.delivered += 1
            self.servers.wait_for(self.delivered)

    def renumber(self) -> None:
        self.servers.renumber()

    def left(self) -> list[bytes]:
        return self.servers.left()


@pytest.fixture
def rig(mail_servers: MailServers) -> ServerRig:
    mail_servers.empty()
    return ServerRig(mail_servers, mail_servers.account(archive="Arkiv 2026 – æ"))


class TestServers(MailboxContract):
    pass
