"""The state of each trunk, read from Asterisk: registered, answering, number of calls, and the operator's last refusal.

There are three sources, because none is complete: the console (registrations, OPTIONS), Asterisk's log (the SIP status
of a refused registration), and failed calls. The functions that parse text are pure.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

from indgang.core import certificate_end
from indgang.telephony.asterisk import console
from indgang.telephony.asterisk.configuration import ExchangeSettings
from indgang.telephony.asterisk.trunks import Transport, Trunk
from indgang.telephony.contract import TrunkState

#: certificates seldom change, and reading the operator's takes a connection
LOOK_AT_CERTIFICATES = timedelta(hours=1)
#: how much of the end of Asterisk's log is searched for refused registrations, in bytes
LOG_TAIL = 20_000
_CONNECTING = 5.0

_REGISTRATION = re.compile(
    r"^ (?P<name>[\w.-]+)/sips?:\S+ +\S+ +(?P<status>[A-Z][a-z]+|Auth\. Sent|Stopped)\b", re.MULTILINE
)
_CONTACT = re.compile(
    r"^ +Contact: +(?P<name>[\w.-]+)/sips?:\S+ +\S+ +(?P<status>Avail|Unavail|NonQual|Unknown)\b", re.M
)
_REFUSED = re.compile(r"response '(?P<sip>[0-9]{3})' received from '\S+' on registration attempt to '(?P<uri>[^']+)'")
_SILENT = re.compile(r"No response received from '\S+' on registration attempt to '(?P<uri>[^']+)'")
#: SIP status for a request that timed out
_TIMEOUT = 408


def registrations(text: str) -> dict[str, bool]:
    """Whether each registering trunk is registered, by name, from `pjsip show registrations`."""
    return {found["name"]: found["status"] == "Registered" for found in _REGISTRATION.finditer(text)}


def contacts(text: str) -> dict[str, bool]:
    """Whether each trunk that is sent OPTIONS answers, by name, from `pjsip show contacts`."""
    known = {"Avail": True, "Unavail": False}
    return {found["name"]: known[found["status"]] for found in _CONTACT.finditer(text) if found["status"] in known}


def refusals(log: str) -> dict[str, int]:
    """The SIP status that refused the latest registration, by the registering address (`sip:user@host`)."""
    latest: dict[str, int] = {}
    for line in log.splitlines():
        if found := _REFUSED.search(line):
            latest[found["uri"]] = int(found["sip"])
        elif found := _SILENT.search(line):
            latest[found["uri"]] = _TIMEOUT
    return latest


@dataclass(frozen=True, slots=True)
class Trouble:
    """A failed call on a trunk: the SIP status (0 if Asterisk does not report it) and the time."""

    sip: int
    at: datetime


class TrunkStates:
    """Reads the states of the trunks of one exchange."""

    def __init__(self, settings: ExchangeSettings) -> None:
        self.settings = settings
        self._troubles: dict[str, Trouble] = {}
        self._ends: dict[str, datetime | None] = {}
        self._looked_at: datetime | None = None

    def could_not_carry(self, trunk: str, sip: int | None, at: datetime) -> None:
        """Note that a call failed because of this trunk."""
        self._troubles[trunk] = Trouble(sip or 0, at)

    def carried(self, trunk: str) -> None:
        """Note that the trunk carried a call."""
        self._troubles.pop(trunk, None)

    async def read(self, calls: Mapping[str, int], at: datetime) -> tuple[TrunkState, ...]:
        """The current states; `calls` is the number of live channels by endpoint, from ARI."""
        signed_in, answering, refused = await self._asked()
        await self._look_at_certificates(at)
        return tuple(
            self._state(trunk, signed_in.get(trunk.name), answering.get(trunk.name), refused, calls)
            for trunk in self.settings.trunks
        )

    async def _asked(self) -> tuple[dict[str, bool], dict[str, bool], dict[str, int]]:
        home = self.settings.directory
        told_registrations = await console.ask(home, "pjsip show registrations")
        told_contacts = await console.ask(home, "pjsip show contacts")
        log = await asyncio.to_thread(_tail, home / "log" / "messages")
        return registrations(told_registrations or ""), contacts(told_contacts or ""), refusals(log)

    def _state(
        self, trunk: Trunk, signed_in: bool | None, answering: bool | None, refused: Mapping[str, int],
        calls: Mapping[str, int],
    ) -> TrunkState:  # fmt: skip
        state = TrunkState(
            trunk.name, signed_in if trunk.register else None, answering, calls.get(trunk.name, 0),
            certificate_ends=self._ends.get(trunk.name), test_number=trunk.test_number,
        )  # fmt: skip
        if signed_in is False and (sip := refused.get(f"sip:{trunk.username}@{trunk.host}{trunk.uri_end}")):
            return replace(state, sip=sip)
        if trouble := self._troubles.get(trunk.name):
            return replace(state, sip=trouble.sip, failed_at=trouble.at)
        return state

    async def _look_at_certificates(self, at: datetime) -> None:
        if self._looked_at is not None and at - self._looked_at < LOOK_AT_CERTIFICATES:
            return
        self._looked_at = at
        secure = [trunk for trunk in self.settings.trunks if trunk.transport is Transport.TLS]
        found = await asyncio.gather(*(_earliest_end(self.settings, trunk) for trunk in secure))
        self._ends = {trunk.name: ends for trunk, ends in zip(secure, found, strict=True)}

    def look_again(self, settings: ExchangeSettings) -> None:
        """Read certificates anew after a change of the settings."""
        self.settings, self._looked_at = settings, None


async def _earliest_end(settings: ExchangeSettings, trunk: Trunk) -> datetime | None:
    """The earlier end of our certificate and the operator's on a TLS trunk; None when neither is available."""
    ends = [
        each
        for each in (await asyncio.to_thread(_own_end, settings.tls_certificate), await _operators_end(trunk))
        if each is not None
    ]
    return min(ends, default=None)


def _own_end(path: str) -> datetime | None:
    try:
        return certificate_end.end_of_pem(Path(path).read_text(encoding="ascii")) if path else None
    except (OSError, ValueError):
        return None


async def _operators_end(trunk: Trunk) -> datetime | None:
    """The end of the operator's certificate. Asterisk, not this function, decides whether to trust it."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    _, _, port = trunk.host.rpartition(":") if re.search(r":[0-9]+$", trunk.host) else ("", "", "5061")
    with contextlib.suppress(OSError, TimeoutError, ValueError):
        async with asyncio.timeout(_CONNECTING):
            _, writer = await asyncio.open_connection(trunk.server, int(port), ssl=context)
            try:
                shown = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
                return certificate_end.end_of_der(shown) if shown else None
            finally:
                writer.close()
    return None


def _tail(path: Path) -> str:
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - LOG_TAIL))
            return file.read().decode(errors="replace")
    except OSError:
        return ""


def calls_by_endpoint(endpoints: object) -> dict[str, int]:
    """The number of live channels of each endpoint, from ARI's list of endpoints."""
    return dict(_counts(endpoints))


def _counts(endpoints: object) -> Iterator[tuple[str, int]]:
    for one in endpoints if isinstance(endpoints, list) else ():
        if isinstance(one, Mapping) and isinstance(one.get("channel_ids"), list):
            yield str(one.get("resource")), len(one["channel_ids"])
