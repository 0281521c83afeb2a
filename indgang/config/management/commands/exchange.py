"""`indgang exchange`: run a local Asterisk beside the product, which any SIP phone can call.

With INDGANG_EXCHANGES=asterisk or a telephone file it runs a node with its trunks instead, and admits nobody else.
"""

from __future__ import annotations

import os
import signal
import socket
from dataclasses import replace
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from indgang.config import exchange_file, telephone_nodes
from indgang.config.parent import end_with_parent
from indgang.core import phone_numbers
from indgang.entry.models import EntryPoint
from indgang.telephony.asterisk import process
from indgang.telephony.asterisk.configuration import ExchangeSettings
from indgang.telephony.asterisk.installation import NotInstalled
from indgang.telephony.asterisk.process import Exchange, ExchangeFailed
from indgang.telephony.asterisk.telephone_file import BadTelephoneFile

_WANTED_HTTP_PORT, _WANTED_SIP_PORT = 8088, 5060


class Command(BaseCommand):
    help = "Run a local Asterisk that the running product connects to; Ctrl-C stops it"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--address", default="127.0.0.1", help="where SIP phones reach it (default: this machine)")

        parser.add_argument("--node", default="", help="which node of the telephone file to run, when it has several")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.TELEPHONE_FILE or "asterisk" in settings.EXCHANGES:
            self._run_node(options["node"])
        else:
            self._run_demonstration(options["address"])

    def _run_node(self, name: str) -> None:
        """Run a node until stopped. The switchboard connects to it with
        INDGANG_EXCHANGES=asterisk."""
        try:
            node = _node_called(name)
            exchange = local_exchange(node)
            exchange.start()
        except (BadTelephoneFile, NotInstalled, ExchangeFailed, ValueError) as error:
            raise CommandError(str(error)) from error
        try:
            lines = ", ".join(trunk.name for trunk in node.trunks) or "none"
            self.stdout.write(f"Node {node.name} runs Asterisk {exchange.programs.version}; trunks: {lines}")
            self.stdout.flush()
            self._wait(exchange)
        finally:
            exchange.stop()

    def _run_demonstration(self, address: str) -> None:
        chosen = chosen_settings(settings.EXCHANGE_FILE.parent / "asterisk", address)
        try:
            exchange = local_exchange(chosen)
            self.stdout.write(f"Starting Asterisk {exchange.programs.version} ...")
            exchange.start()
        except (NotInstalled, ExchangeFailed) as error:
            raise CommandError(str(error)) from error
        try:
            exchange_file.write(settings.EXCHANGE_FILE, chosen)
            self._greet(address, chosen.sip_port)
            self._wait(exchange)
        finally:
            exchange_file.remove(settings.EXCHANGE_FILE)
            exchange.stop()
            self.stdout.write("The exchange has stopped.")

    def _greet(self, address: str, port: int) -> None:
        lines = ["", "  Call it with any SIP phone, without signing in:", ""]
        for entry in EntryPoint.objects.order_by("number"):
            number = phone_numbers.for_people(entry.number).replace(" ", "")
            lines.append(f"    sip:{number}@{address}:{port}   {entry.name}")
        lines += [
            "",
            "  Agents of the running demo get a phone in the browser when they sign in anew. Ctrl-C stops it.",
            "",
        ]
        self.stdout.write("\n".join(lines))

    def _wait(self, exchange: Exchange) -> None:
        """Wait for Ctrl-C, SIGTERM or the end of Asterisk."""

        def stop(number: int, frame: FrameType | None) -> None:
            raise KeyboardInterrupt

        # also for Ctrl-C: a shell that starts us in the background makes us ignore it
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, stop)
        try:
            status = exchange.wait()
        except KeyboardInterrupt:
            return
        raise CommandError(f"Asterisk ended by itself (status {status}):\n{exchange.log()[-2000:]}")


def chosen_settings(folder: Path, address: str) -> ExchangeSettings:
    """Settings of the local exchange: the password and ports of the last start, if the ports are free.

    Browsers then stay signed in over a restart, because they reconnect to the same address.
    """
    last = exchange_file.last(folder)
    chosen = process.local_settings(
        folder,
        sip_address=address,
        http_port=_free_or_any(last.get("http_port", _WANTED_HTTP_PORT)),
        sip_port=_free_or_any(last.get("sip_port", _WANTED_SIP_PORT), address),
        open_to_all=True,
    )
    chosen = replace(chosen, ari_password=last.get("ari_password", chosen.ari_password))
    exchange_file.keep(folder, chosen)
    return chosen


def _node_called(name: str) -> ExchangeSettings:
    """The node with that name; without a name, the only node. Raises ValueError."""
    nodes = {node.name: node for node in telephone_nodes.read()}
    if not name and len(nodes) == 1:
        return next(iter(nodes.values()))
    if name not in nodes:
        raise ValueError(f"say which node with --node: {' or '.join(nodes)}")
    return nodes[name]


def local_exchange(chosen: ExchangeSettings) -> Exchange:
    """An Asterisk that ends with this process, however that ends. Start it in the main thread."""
    return Exchange(chosen, before=partial(end_with_parent, os.getpid()))


def _free_or_any(wanted: int, address: str = "127.0.0.1") -> int:
    """The well-known port if it is free for TCP and UDP, so that phones need no setting; else any free port."""
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(socket.AF_INET, kind) as probe:
            if kind is socket.SOCK_STREAM:
                # connections of the previous exchange may still be closing; they do not block the port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, wanted))
            except OSError:
                return process.free_ports(1, address)[0]
    return wanted
