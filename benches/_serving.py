"""One worker of the web process with a WSGI application of a bench: `python -m benches._serving module:name port`."""

from __future__ import annotations

import os
import socket
import sys
from importlib import import_module

from benches import _asking

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")

from indgang.config import serving
from indgang.config.pages import Pages


def main(target: str, port: int) -> None:
    module, _colon, name = target.partition(":")
    site = Pages(getattr(import_module(module), name), threads=_asking.CONNECTIONS, most=1 << 20)
    listening = socket.create_server(("127.0.0.1", port))
    serving.work(site, listening.detach(), serving.limits_for(1), lifespan="off")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
