"""What connections to mail servers have in common: TLS, time limits, and finding out that the other side is gone."""

from __future__ import annotations

import socket
import ssl

#: seconds until the connection stands, and until a server answers a command. A mail of 50 MB comes in many answers.
CONNECT_SECONDS, ANSWER_SECONDS = 10.0, 60.0
#: a silent connection is probed after so many seconds, so often, and given up when nothing comes back
_PROBE = {"TCP_KEEPIDLE": 60, "TCP_KEEPINTVL": 15, "TCP_KEEPCNT": 4}


def tls() -> ssl.SSLContext:
    """Trusts what the system trusts (or SSL_CERT_FILE), for the host that was asked for, in TLS 1.2 or later."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def probe(connection: socket.socket) -> None:
    """Have the kernel find out that the other side is gone while nobody says anything."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in _PROBE.items():
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
