"""Sign-ins of browser phones: pushed into Asterisk's database through ARI, of limited validity, removed without reload.

Each phone is three objects of the same name (endpoint, auth, aor). The end of a sign-in is stored in the endpoint
itself (`accountcode`), so that a restarted product still ends it in time.
"""

from __future__ import annotations

import asyncio
import math
import re
import secrets
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from indgang.core import clock
from indgang.core.text import whole_number
from indgang.telephony.asterisk.ari import AriResponse, Request, path
from indgang.telephony.asterisk.configuration import ExchangeSettings
from indgang.telephony.contract import Credentials, TelephoneError

_NAME = re.compile(r"[A-Za-z0-9._-]{1,60}")
_CLASS = ("asterisk", "config", "dynamic", "res_pjsip")
_UNTIL = "until:"
#: how long a browser may keep its registration without repeating it, in seconds
REGISTRATION = 120
#: a browser that sends no sound for this many seconds has vanished; a muted one still sends silence
SILENT = 15

Send = Callable[[Request], Awaitable[AriResponse]]


@dataclass(slots=True)
class _SignIn:
    password: str
    expires: datetime
    timer: asyncio.TimerHandle


class Phones:
    """The browser phones' sign-ins of one exchange.

    `send` carries out one request; `ended` is called with the phone whose sign-in has ended.
    """

    def __init__(self, settings: ExchangeSettings, send: Send, ended: Callable[[str], None]) -> None:
        self._send = send
        self._ended = ended
        self._signed_in: dict[str, _SignIn] = {}
        #: sign-ins promised while Asterisk is away
        self._promised: set[str] = set()
        self._ending: set[asyncio.Task[None]] = set()
        self.take(settings)

    def take(self, settings: ExchangeSettings) -> None:
        """Apply new settings."""
        self._settings = settings
        self._others = {trunk.name for trunk in settings.trunks} | {"indgang-sip", "anonymous"}
        self._fixed = self._others | {phone.name for phone in settings.phones}

    def is_phone(self, name: str) -> bool:
        """Whether this endpoint of Asterisk is somebody's phone, and not a trunk or an endpoint for dialling."""
        return name not in self._others

    def watching(self, *phones: str) -> Request:
        """The request that subscribes to the registrations of the phones.

        It names each phone: a subscription to all endpoints would repeat every event of the trunks' calls.
        """
        sources = ",".join(f"endpoint:PJSIP/{phone}" for phone in phones)
        return Request("POST", path("applications", self._settings.app, "subscription"), {"eventSource": sources})

    async def issue(self, phone: str, lifetime: float, password: str = "") -> Credentials:
        """See `Telephone.issue_credentials`."""
        if not _NAME.fullmatch(phone) or phone in self._fixed:
            raise TelephoneError(f"{phone!r} cannot be the name of a browser phone")
        expires = clock.now() + timedelta(seconds=lifetime)
        password = password or secrets.token_urlsafe(24)
        await self._push(phone, password, expires)
        self._promised.discard(phone)
        return self._made(phone, password, expires)

    def promise(self, phone: str, lifetime: float, password: str) -> Credentials:
        """See `Telephone.promise_credentials`."""
        self._promised.add(phone)
        return self._made(phone, password, clock.now() + timedelta(seconds=lifetime))

    def _made(self, phone: str, password: str, expires: datetime) -> Credentials:
        self._remember(phone, password, expires)
        return Credentials(
            phone=phone,
            uri=f"sip:{phone}@{self._settings.http_address}",
            password=password,
            websocket=self._settings.browser_websocket,
            expires=expires,
        )

    async def revoke(self, phone: str) -> None:
        """See `Telephone.revoke_credentials`."""
        if (signed_in := self._signed_in.pop(phone, None)) is not None:
            signed_in.timer.cancel()
        if phone in self._fixed or not _NAME.fullmatch(phone):
            return
        for kind in ("endpoint", "aor", "auth"):
            await self._send(Request("DELETE", path(*_CLASS, kind, phone)))
        self._ended(phone)

    async def restore(self, names: list[str]) -> None:
        """After connecting, schedule the end of unknown sign-ins, and push the sign-ins that Asterisk has lost.

        `names` are the phones that Asterisk knows now. It keeps sign-ins over a restart, but not without its folder.
        """
        for phone, signed_in in list(self._signed_in.items()):
            if signed_in.password and (phone not in names or phone in self._promised):
                self._promised.discard(phone)
                await self._push(phone, signed_in.password, signed_in.expires)
        for phone in names:
            if phone not in self._fixed and phone not in self._signed_in:
                await self._adopt(phone)

    def close(self) -> None:
        """Stop watching; the sign-ins stay in Asterisk."""
        for signed_in in self._signed_in.values():
            signed_in.timer.cancel()
        for task in self._ending:
            task.cancel()

    async def _adopt(self, phone: str) -> None:
        answer = await self._send(Request("GET", path(*_CLASS, "endpoint", phone)))
        expires = _expiry(answer.body)
        if expires is not None:
            self._remember(phone, "", expires)

    async def _push(self, phone: str, password: str, expires: datetime) -> None:
        for kind, fields in _objects(self._settings, phone, password, expires):
            listed = [{"attribute": name, "value": value} for name, value in fields.items()]
            answer = await self._send(Request("PUT", path(*_CLASS, kind, phone), body={"fields": listed}))
            if not answer.ok:
                raise TelephoneError(
                    f"the exchange refused the sign-in of {phone} ({kind}: {answer.status} {answer.body})"
                )
        await self._send(self.watching(phone))

    def _remember(self, phone: str, password: str, expires: datetime) -> None:
        if (earlier := self._signed_in.get(phone)) is not None:
            earlier.timer.cancel()
        seconds = max(0.0, (expires - clock.now()).total_seconds())
        timer = asyncio.get_running_loop().call_later(seconds, self._expire, phone)
        self._signed_in[phone] = _SignIn(password, expires, timer)

    def _expire(self, phone: str) -> None:
        task = asyncio.get_running_loop().create_task(self._revoke_quietly(phone))
        self._ending.add(task)
        task.add_done_callback(self._ending.discard)

    async def _revoke_quietly(self, phone: str) -> None:
        try:
            await self.revoke(phone)
        except ConnectionError:
            # Asterisk is away; when it is back, `restore` finds the sign-in and ends it
            return


def _objects(
    settings: ExchangeSettings, phone: str, password: str, expires: datetime
) -> Iterator[tuple[str, Mapping[str, str]]]:
    yield "auth", {"auth_type": "userpass", "username": phone, "password": password}
    yield (
        "aor",
        {
            "max_contacts": "1",
            "remove_existing": "yes",
            "default_expiration": str(REGISTRATION),
            "maximum_expiration": str(REGISTRATION),
            "minimum_expiration": "30",
        },
    )
    yield (
        "endpoint",
        {
            "webrtc": "yes",
            "transport": "indgang-ws",
            "context": "indgang-nowhere",
            "allow_transfer": "no",
            "identify_by": "username",
            "rtp_timeout": str(SILENT),
            "rtp_timeout_hold": str(settings.silent_on_hold_seconds),
            "disallow": "all",
            "allow": ",".join(settings.codecs),
            "direct_media": "no",
            "auth": phone,
            "aors": phone,
            "accountcode": f"{_UNTIL}{math.ceil(expires.timestamp())}",
        },
    )


def _expiry(fields: Any) -> datetime | None:
    if not isinstance(fields, list):
        return None
    for one in fields:
        if isinstance(one, Mapping) and one.get("attribute") == "accountcode":
            until = whole_number(str(one.get("value")).removeprefix(_UNTIL), 11)
            return None if until is None else datetime.fromtimestamp(until, UTC)
    return None
