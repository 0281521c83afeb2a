"""Signing in with tokens of the Microsoft identity platform, at Dovecot and at Exim, which ask about each token."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indgang.messaging.mailbox import oauth
from indgang.messaging.mailbox.contract import MailAccount, MailboxError, MailboxFault, OAuth, Sent
from indgang.messaging.mailbox.opening import fetch, submit
from tests.messaging.mail_servers import MailServers, mail
from tests.messaging.mailbox_suite import envelope
from tests.messaging.token_server import CLIENT, SECRET, TENANT, TokenServer

pytestmark = pytest.mark.mail_servers


@pytest.fixture
def tokens(mail_servers: MailServers) -> Iterator[TokenServer]:
    mail_servers.empty()
    yield mail_servers.tokens
    mail_servers.tokens.forget()


@pytest.fixture
def account(mail_servers: MailServers, tokens: TokenServer) -> MailAccount:
    login = OAuth(TENANT, CLIENT, SECRET, tokens.address)
    oauth.forget_token(login)
    return mail_servers.account(tokens.mailbox, login=login)


def _with(account: MailAccount, **changes: str) -> MailAccount:
    assert isinstance(account.login, OAuth)
    given = {"tenant": TENANT, "client": CLIENT, "secret": SECRET, "sign_in_address": account.login.sign_in_address}
    return MailAccount(account.imap, account.smtp, account.user, OAuth(**(given | changes)))


def test_one_token_serves_fetching_and_sending(
    mail_servers: MailServers, tokens: TokenServer, account: MailAccount
) -> None:
    mail_servers.put([mail("Byggesag")], account.user)
    assert len(fetch(account, after=None).mails) == 1
    assert isinstance(submit(account, mail(), envelope()), Sent)
    assert len(fetch(account, after=None).mails) == 1
    assert len(tokens.asked) == 1


def test_a_token_that_was_withdrawn_is_replaced_once(
    mail_servers: MailServers, tokens: TokenServer, account: MailAccount
) -> None:
    fetch(account, after=None)
    tokens.withdrawn.update(tokens.tokens)
    fetch(account, after=None)
    mail_servers.forbid_tokens()
    assert isinstance(submit(account, mail(), envelope()), Sent)
    assert len(tokens.asked) == 3


def test_a_token_is_renewed_shortly_before_it_ends(tokens: TokenServer, account: MailAccount) -> None:
    tokens.expires_in = 100
    fetch(account, after=None)
    fetch(account, after=None)
    assert len(tokens.asked) == 2


def test_a_token_for_another_mailbox_signs_nobody_in(
    mail_servers: MailServers, tokens: TokenServer, account: MailAccount
) -> None:
    other = MailAccount(account.imap, account.smtp, "kontakt@kommune.example", account.login)
    for use in (lambda: fetch(other, after=None), lambda: submit(other, mail(), envelope())):
        with pytest.raises(MailboxError) as caught:
            use()
        assert caught.value.fault is MailboxFault.LOGIN_REFUSED


@pytest.mark.parametrize(
    ("changes", "error", "fault"),
    [({"secret": "wrong"}, 0, MailboxFault.SECRET_WRONG), ({"client": "wrong"}, 0, MailboxFault.APP_UNKNOWN),
     ({"tenant": "wrong"}, 0, MailboxFault.TENANT_UNKNOWN), ({}, 7000222, MailboxFault.SECRET_EXPIRED),
     ({}, 50034, MailboxFault.SIGN_IN_REFUSED)],
)  # fmt: skip
def test_a_refusal_says_what_is_wrong(
    tokens: TokenServer, account: MailAccount, changes: dict[str, str], error: int, fault: MailboxFault
) -> None:
    tokens.error = error
    changed = _with(account, **changes)
    for use in (lambda: fetch(changed, after=None), lambda: submit(changed, mail(), envelope())):
        with pytest.raises(MailboxError) as caught:
            use()
        assert caught.value.fault is fault
        assert SECRET not in f"{caught.value!r} {account!r}"


def test_a_sign_in_that_is_down_is_no_wrong_password(tokens: TokenServer, account: MailAccount) -> None:
    tokens.is_down = True
    with pytest.raises(MailboxError) as caught:
        fetch(account, after=None)
    assert caught.value.fault is MailboxFault.SIGN_IN_DOWN
