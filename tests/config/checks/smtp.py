"""A mail server that takes sign-ins and remembers what it was asked."""

from __future__ import annotations

import base64
import socketserver
import threading
from typing import Any, Self


class _Talk(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        self._say("220 mail.example ESMTP")
        for line in self.rfile:
            words = line.decode().split()
            verb = words[0].upper() if words else ""
            self.server.verbs.append(verb)
            if verb == "EHLO":
                self._say("250-mail.example\r\n250 AUTH PLAIN")
            elif verb == "AUTH":
                given = base64.b64decode(words[2]).split(b"\0")[2].decode()
                self._say("235 welcome" if given == self.server.password else "535 go away")
            elif verb == "QUIT":
                self._say("221 bye")
                return
            else:
                self._say("502 no")

    def _say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True

    def __init__(self, *, password: str) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.password, self.verbs = password, list[str]()

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def __enter__(self) -> Self:
        threading.Thread(target=self.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_about: Any) -> None:
        self.shutdown()
        self.server_close()
