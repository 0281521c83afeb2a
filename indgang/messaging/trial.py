"""A test mail, sent at once and outside the queue, with the mail server's own answer."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from typing import Any

from django.core.mail import EmailMessage, get_connection


@dataclass(frozen=True, slots=True)
class ServerAnswer:
    """Whether the mail was accepted, and the server's answer: a code and text, or why there was no answer."""

    taken: bool
    words: str


def send(*, to: str, subject: str, text: str) -> ServerAnswer:
    """Send one mail with the current settings and wait for the answer, at most 20 seconds for each step."""
    connection: Any = get_connection()
    said: list[str] = []
    try:
        connection.open()
        _listen(connection, said)
        EmailMessage(subject, text, to=[to], connection=connection).send()
    except smtplib.SMTPRecipientsRefused as error:
        return ServerAnswer(False, "; ".join(_words(*each) for each in error.recipients.values()))
    except smtplib.SMTPResponseException as error:
        return ServerAnswer(False, _words(error.smtp_code, error.smtp_error))
    except (smtplib.SMTPException, OSError) as error:
        return ServerAnswer(False, f"{type(error).__name__}: {error}")
    finally:
        connection.close()
    return ServerAnswer(True, said[-1] if said else "")


def _listen(connection: Any, said: list[str]) -> None:
    """Keep the server's answers to the mail itself; a backend without a server gives none."""
    server: Any = getattr(connection, "connection", None)
    if server is None:
        return
    hand_over = server.data

    def data(message: Any) -> tuple[int, bytes]:
        code, words = hand_over(message)
        said.append(_words(code, words))
        return code, words

    server.data = data


def _words(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return f"{code} {text}".strip()
