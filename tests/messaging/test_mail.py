"""A mail leaves with the change that causes it, once, and says nothing to others on its way."""

from __future__ import annotations

import logging
import smtplib
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMessage
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.jobs import Job

from indgang.messaging import mail
from indgang.messaging.models import Mail
from indgang.messaging.patience import MAIL, Patience

pytestmark = pytest.mark.django_db


def _send(**changes: str) -> Mail:
    number = mail.send(**({"to": "ida@firma.example", "subject": "Svar", "text": "Goddag"} | changes))
    return Mail.objects.get(message_id=number)


def _deliver_all() -> None:
    for job in ProcrastinateJob.objects.order_by("-priority", "id"):
        mail.deliver(**job.args)


class Server:
    """A mail server that answers as it is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
        self.asked = 0
        self.error = error
        monkeypatch.setattr(EmailMessage, "send", self._send)

    def _send(self, fail_silently: bool = False) -> int:
        self.asked += 1
        raise self.error


def test_a_mail_that_was_put_in_the_queue_is_sent_with_plain_text_first() -> None:
    _send(subject="Åbningstider", text="Vi åbner kl. 9.", html="<p>Vi åbner kl. 9.</p>")
    _deliver_all()
    [sent] = outbox.outbox
    assert sent.to == ["ida@firma.example"]
    parts = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
    assert parts["Subject"] == "Åbningstider"
    assert [part.get_content_type() for part in parts.iter_parts()] == ["text/plain", "text/html"]
    assert not Mail.objects.exists(), "what is sent is not kept"


def test_a_change_that_is_taken_back_takes_its_mail_along() -> None:
    with transaction.atomic():
        _send()
        transaction.set_rollback(True)
    assert not ProcrastinateJob.objects.exists()
    assert not Mail.objects.exists()


def test_the_job_holds_nothing_personal() -> None:
    row = _send(text="CPR 010190-1234")
    assert ProcrastinateJob.objects.get().args == {"mail": row.pk}


def test_a_job_that_is_done_twice_sends_once() -> None:
    _send()
    _deliver_all()
    _deliver_all()
    assert len(outbox.outbox) == 1


def test_a_newsletter_says_how_to_leave_in_one_click() -> None:
    url = "https://indgang.kommune.example/nyhedsbrev/" + "t" * 60 + "/"
    _send(unsubscribe_url=url)
    _deliver_all()
    message = message_from_bytes(outbox.outbox[0].message().as_bytes(), policy=policy.default)
    assert message["List-Unsubscribe"].strip() == f"<{url}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Auto-Submitted"] == "auto-generated"


def test_what_somebody_waits_for_overtakes_a_newsletter() -> None:
    _send(subject="Nyt", unsubscribe_url="https://x.example/1")
    _send(subject="Bekræft")
    _deliver_all()
    assert [message.subject for message in outbox.outbox] == ["Bekræft", "Nyt"]


@pytest.mark.parametrize(
    "address",
    ["", "ida", "ida@", "ida@firma.example\nBcc: alle@firma.example", "ida@firma.example,bo@firma.example",
     "Ida <ida@firma.example>", "ida@firma.example\r", "a" * 250 + "@firma.example", "ida@firma.example\x00"],
)  # fmt: skip
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(mail.BadAddress):
        _send(to=address)
    assert not ProcrastinateJob.objects.exists()


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "https://x.example/\nBcc: a@b.example", "https://x.example/>,<mailto:a@b.example"]
)
def test_a_link_to_unsubscribe_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(ValueError):
        _send(unsubscribe_url=url)


@given(st.text(max_size=400))
def test_no_subject_breaks_out_of_its_header(subject: str) -> None:
    row = mail._row(mail.Letter("ida@firma.example", subject, "Goddag"))
    names = message_from_bytes(mail._message(row).message().as_bytes()).keys()
    assert sorted(names) == sorted(
        ["Content-Type", "MIME-Version", "Content-Transfer-Encoding", "Subject", "From", "To", "Date", "Message-ID",
         "Auto-Submitted"]
    )  # fmt: skip


def test_a_refusal_is_told_without_the_address(monkeypatch: pytest.MonkeyPatch, caplog: Any) -> None:
    row = _send()
    Server(monkeypatch, smtplib.SMTPRecipientsRefused({row.to: (450, b"ida@firma.example is greylisted")}))
    with caplog.at_level(logging.DEBUG), pytest.raises(mail.NotSent, match="450") as raised:
        mail.deliver(mail=row.pk)
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    assert "ida" not in caplog.text
    assert Mail.objects.filter(pk=row.pk).exists(), "it is tried again"


@pytest.mark.parametrize(
    ("error", "for_good"),
    [
        (smtplib.SMTPRecipientsRefused({"a@b.example": (550, b"")}), True),
        (smtplib.SMTPRecipientsRefused({"a@b.example": (451, b"")}), False),
        (smtplib.SMTPDataError(552, b""), True),
        (smtplib.SMTPAuthenticationError(535, b""), False),
        (smtplib.SMTPServerDisconnected(), False),
        (ConnectionRefusedError(), False),
        (TimeoutError(), False),
    ],
)
def test_only_what_will_never_be_taken_is_given_up_at_once(
    monkeypatch: pytest.MonkeyPatch, error: Exception, for_good: bool
) -> None:
    row = _send()
    Server(monkeypatch, error)
    with pytest.raises(mail.NotSent) as raised:
        mail.deliver(mail=row.pk)
    assert isinstance(raised.value, mail.MailRefused) is for_good
    decision = Patience(MAIL).get_retry_decision(exception=raised.value, job=_job(attempts=0))
    assert (decision is None) is for_good


def test_the_pauses_grow_and_end() -> None:
    pauses = []
    for attempts in range(len(MAIL)):
        assert Patience(MAIL).get_retry_decision(exception=OSError(), job=_job(attempts=attempts)) is not None
        pauses.append(MAIL[attempts])
    assert pauses == sorted(set(pauses))
    assert Patience(MAIL).get_retry_decision(exception=OSError(), job=_job(attempts=len(MAIL))) is None


def _job(attempts: int) -> Job:
    return Job(queue="mail", lock=None, queueing_lock=None, task_name=mail.TASK, attempts=attempts)


def test_who_leaves_gets_nothing_that_still_waits() -> None:
    _send(unsubscribe_url="https://x.example/1")
    _send(unsubscribe_url="https://x.example/2")
    assert mail.withdraw(unsubscribe_url="https://x.example/1") == 1
    _deliver_all()
    assert len(outbox.outbox) == 1


def test_a_mail_is_forgotten_when_its_job_is() -> None:
    kept, forgotten = _send(), _send()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE args->>'mail' = %s", [str(forgotten.pk)])
    assert mail.forget_failed() == 1
    assert Mail.objects.get() == kept


def test_thousands_are_put_in_the_queue_together() -> None:
    letters = [
        mail.Letter(f"nr{n}@firma.example", "Nyt", "…", unsubscribe_url=f"https://x.example/{n}") for n in range(1200)
    ]
    assert len(set(mail.send_all(letters))) == 1200
    assert ProcrastinateJob.objects.count() == 1200


def test_without_a_mail_server_a_newcomer_reads_the_mail_in_a_folder(settings: Any, tmp_path: Path) -> None:
    settings.EMAIL_BACKEND = "indgang.messaging.folder.EmailBackend"
    settings.MAIL_FOLDER = tmp_path / "mail"
    _send(text="Velkommen til Ærø")
    _deliver_all()
    [file] = settings.MAIL_FOLDER.iterdir()
    assert file.suffix == ".eml"
    assert file.stat().st_mode & 0o077 == 0
    assert "Velkommen til Ærø" in file.read_text(encoding="utf-8")
