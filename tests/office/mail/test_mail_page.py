"""The mail page sends a test mail to an SMTP server and shows the server's answer."""

from __future__ import annotations

import socket
import socketserver
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from indgang.office.getting_started import milestones
from tests.office.conftest import SignIn

pytestmark = pytest.mark.django_db

PAGE = "/office/mail/"
Serve = Callable[..., "list[str]"]


@pytest.fixture
def serve(settings: Any) -> Iterator[Serve]:
    """Returns a function that starts an SMTP server with these answers by command and returns the lines it receives."""
    servers: list[socketserver.TCPServer] = []

    def start(**answers: str) -> list[str]:
        heard: list[str] = []

        class Conversation(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self._say("220 mail.kommune.example ESMTP")
                while line := self.rfile.readline():
                    word = line.decode().strip()
                    heard.append(word)
                    verb = word[:4].upper()
                    self._say(answers.get(verb.lower(), {"DATA": "354 go on", "QUIT": "221 bye"}.get(verb, "250 OK")))
                    if verb == "DATA" and "data" not in answers:
                        self._take()
                    if verb == "QUIT":
                        return

            def _take(self) -> None:
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    heard.append(line.decode().strip())
                self._say(answers.get("end", "250 2.0.0 Ok: queued as 4F9A1"))

            def _say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Conversation)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.server_address[1]
        return heard

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_a_mail_that_is_taken_reaches_the_milestone(as_person: SignIn, serve: Serve) -> None:
    heard = serve()
    page = as_person("finn").post(PAGE, {"to": "karen@kommune.example"}).content.decode()
    assert "250 2.0.0 Ok: queued as 4F9A1" in page
    assert any("karen@kommune.example" in line for line in heard)
    assert milestones.has_reached(milestones.MAIL)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ({"rcpt": "550 5.1.1 No such user here"}, "550 5.1.1 No such user here"),
        ({"mail": "553 5.7.1 Sender not allowed"}, "553 5.7.1 Sender not allowed"),
        ({"end": "552 5.3.4 Message too big"}, "552 5.3.4 Message too big"),
        ({"data": "451 4.7.1 Greylisted, try again"}, "451 4.7.1 Greylisted, try again"),
    ],
)
def test_a_refusal_is_shown_in_the_servers_own_words(
    as_person: SignIn, serve: Serve, answers: dict[str, str], told: str
) -> None:
    serve(**answers)
    page = as_person("finn").post(PAGE, {"to": "karen@kommune.example"}).content.decode()
    assert told in page
    assert "Mailen blev ikke sendt" in page
    assert not milestones.has_reached(milestones.MAIL)


def test_a_server_that_is_not_there_is_told(as_person: SignIn, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socket.socket() as taken:  # bound but not listening: connections are refused
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", taken.getsockname()[1]
        page = as_person("finn").post(PAGE, {"to": "karen@kommune.example"}).content.decode()
    assert "Connection refused" in page


def test_a_wrong_password_is_told(as_person: SignIn, serve: Serve, settings: Any) -> None:
    serve(ehlo="250-mail.kommune.example\r\n250 AUTH PLAIN LOGIN", auth="535 5.7.8 Authentication failed")
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "indgang", "forkert"
    page = as_person("finn").post(PAGE, {"to": "karen@kommune.example"}).content.decode()
    assert "535 5.7.8 Authentication failed" in page


def test_without_a_server_the_folder_is_named(as_person: SignIn, settings: Any, tmp_path: Any) -> None:
    settings.EMAIL_BACKEND, settings.EMAIL_HOST = "indgang.messaging.folder.EmailBackend", ""
    settings.MAIL_FOLDER = tmp_path
    page = as_person("finn").post(PAGE, {"to": "karen@kommune.example"}).content.decode()
    assert "Mailen er lagt i mappen mail." in page
    assert len(list(tmp_path.glob("*.eml"))) == 1
    assert not milestones.has_reached(milestones.MAIL)


def test_the_password_is_never_shown_and_a_bad_address_is_refused(as_person: SignIn, settings: Any) -> None:
    settings.EMAIL_HOST_PASSWORD = "hemmelig-adgangskode"
    finn = as_person("finn")
    assert "hemmelig-adgangskode" not in finn.get(PAGE).content.decode()
    assert finn.post(PAGE, {"to": "karen@"}).status_code == 422
    assert as_person("eva").get(PAGE).status_code == 403
