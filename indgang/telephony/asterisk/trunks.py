"""Lines to the telephone network: their fields, their sections of `pjsip.conf`, and the routes of outgoing calls.

Pure. The telephone file (`telephone_file`) describes the trunks. Secrets are plain text only in memory and in the
generated configuration, which only its owner may read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

#: an endpoint that cannot be chosen by its name
NAMELESS = "identify_by = ip"

#: renders the section of an endpoint from its name and further lines
MakeEndpoint = Callable[..., str]


class Transport(StrEnum):
    UDP = "udp"
    TCP = "tcp"
    TLS = "tls"


class NumberForm(StrEnum):
    """The operator's number format: `+4533663366`, `004533663366`, or Danish ones as `33663366`, others with `00`."""

    E164 = "e164"
    INTERNATIONAL = "international"
    NATIONAL = "national"


class Keys(StrEnum):
    """How keys are sent and read on the trunk. AUTO: by RFC 4733, or in the sound where that is not offered."""

    AUTO = "auto"
    RFC4733 = "rfc4733"
    INFO = "info"
    INBAND = "inband"


@dataclass(frozen=True, slots=True)
class NumberRange:
    """Numbers from `first` to `last`, both included, in E.164 and of the same length."""

    first: str
    last: str

    def __contains__(self, number: str) -> bool:
        return len(number) == len(self.first) and self.first <= number <= self.last


@dataclass(frozen=True, slots=True)
class Trunk:
    """A line to the telephone network.

    Calls come in from the addresses in `match`, or from callers that authenticate as `name` with `inbound_password`.
    With both, both are required; with neither, no calls come in. A trunk that registers and has no `match` accepts
    calls from its `host`. `host` (`name[:port]`) is the destination of outgoing calls, empty for none. `username` and
    `password` answer the other side's challenge; with `register` we register there. Times are in seconds.
    """

    name: str
    match: tuple[str, ...] = ()
    host: str = ""
    username: str = ""
    password: str = ""
    register: bool = False
    inbound_password: str = ""
    transport: Transport = Transport.UDP
    #: encrypt the sound (SDES); only with TLS, which carries the key
    srtp: bool = False
    #: empty: the codecs of the exchange
    codecs: tuple[str, ...] = ()
    #: the numbers that the operator has given us on this trunk; empty: not known
    numbers: tuple[NumberRange, ...] = ()
    #: shown to those we call, unless the call has a number of `numbers`; empty: the number that the caller dialled, or
    #: the call's own
    caller_number: str = ""
    #: the operator lets us show the numbers of callers
    shows_callers: bool = False
    number_form: NumberForm = NumberForm.E164
    keys: Keys = Keys.AUTO
    #: the trunk with the lowest number is tried first, and the next one when that cannot carry the call
    priority: int = 10
    #: interval of OPTIONS requests to the operator; 0 is never
    options_every: int = 30
    #: validity of a registration, and the pause after a refused one
    expires: int = 300
    retry_after: int = 30
    #: the default number for test calls
    test_number: str = ""

    @property
    def addresses(self) -> tuple[str, ...]:
        """The addresses from which calls on this trunk come; empty when an address does not identify the trunk."""
        if self.match or self.inbound_password or not self.register:
            return self.match
        return (self.server,)

    @property
    def server(self) -> str:
        """The host without its port."""
        return urlsplit(f"//{self.host}").hostname or self.host

    @property
    def uri_end(self) -> str:
        """The end of the operator's SIP addresses, after the host."""
        return "" if self.transport is Transport.UDP else f";transport={self.transport}"

    def shown(self, caller_number: str, centre_number: str = "") -> str:
        """The caller number to show. Operators accept only their own numbers, unless the trunk `shows_callers`;
        `centre_number` is the number of ours that the caller dialled."""
        ours = any(caller_number in numbers for numbers in self.numbers)
        if ours or (self.shows_callers and caller_number):
            return caller_number
        return self.caller_number or centre_number or caller_number

    def single_lines(self) -> Iterable[str]:
        """The texts that must be single lines, so that they cannot break out of the configuration."""
        yield from (*self.match, *self.codecs, self.host, self.username, self.password, self.inbound_password)


def trunk_of(**fields: Any) -> Trunk:
    """A trunk from its fields in JSON: words for choices, pairs for ranges."""
    typed = {"transport": Transport, "number_form": NumberForm, "keys": Keys}
    made: dict[str, Any] = {name: typed[name](value) if name in typed else value for name, value in fields.items()}
    made["numbers"] = tuple(NumberRange(**each) for each in fields.get("numbers", ()))
    return Trunk(**made)


@dataclass(frozen=True, slots=True)
class Route:
    """One way to ring an outside number: Asterisk's dial string and the number that is shown."""

    endpoint: str
    caller_number: str
    #: empty when no trunk is used
    trunk: str = ""


def routes(trunks: Iterable[Trunk], number: str, caller_number: str, centre_number: str = "") -> tuple[Route, ...]:
    """The ways to ring `number` (E.164 or short), the first to try first; empty when no trunk has a host."""
    able = sorted((trunk for trunk in trunks if trunk.host), key=lambda trunk: trunk.priority)
    return tuple(route_on(trunk, number, caller_number, centre_number) for trunk in able)


def route_on(trunk: Trunk, number: str, caller_number: str, centre_number: str = "") -> Route:
    """The way to ring the number on this trunk."""
    return Route(
        f"PJSIP/{in_form(number, trunk.number_form)}@{trunk.name}",
        in_form(trunk.shown(caller_number, centre_number), trunk.number_form),
        trunk.name,
    )


def in_form(number: str, form: NumberForm) -> str:
    """An E.164 number in the operator's format; a short number is unchanged."""
    if not number.startswith("+") or form is NumberForm.E164:
        return number
    if form is NumberForm.NATIONAL and number.startswith("+45"):
        return number[3:]
    return f"00{number[1:]}"


def pjsip(trunk: Trunk, endpoint: MakeEndpoint) -> str:
    """The sections of one trunk."""
    return "".join((endpoint(trunk.name, *_endpoint_lines(trunk)), _aor(trunk), *_admission(trunk), *_sign_in(trunk)))


def _endpoint_lines(trunk: Trunk) -> Iterator[str]:
    yield from ("context = indgang-inbound", f"aors = {trunk.name}", "trust_id_inbound = yes", "send_pai = yes")
    if trunk.codecs:
        yield from ("disallow = all", f"allow = {','.join(trunk.codecs)}")
    if trunk.transport is not Transport.UDP:
        yield f"transport = indgang-{trunk.transport}"
    if trunk.srtp:
        yield "media_encryption = sdes"
    if trunk.keys is not Keys.AUTO:
        yield f"dtmf_mode = {trunk.keys}"
    if trunk.inbound_password:
        yield f"auth = {trunk.name}-inbound"
    yield NAMELESS if trunk.addresses or not trunk.inbound_password else "identify_by = auth_username"
    if trunk.username:
        yield f"outbound_auth = {trunk.name}"
    if trunk.register:
        yield f"from_domain = {trunk.server}"


def _aor(trunk: Trunk) -> str:
    if not trunk.host:
        return f"[{trunk.name}]\ntype = aor\n"
    asked = f"qualify_frequency = {trunk.options_every}\nqualify_timeout = 3.0\n" if trunk.options_every else ""
    return f"[{trunk.name}]\ntype = aor\ncontact = {_written(f'sip:{trunk.host}{trunk.uri_end}')}\n{asked}"


def _written(uri: str) -> str:
    """A SIP address as the configuration has it: a bare semicolon would begin a comment there."""
    return uri.replace(";", "\\;")


def _admission(trunk: Trunk) -> Iterator[str]:
    if trunk.addresses:
        yield f"[{trunk.name}]\ntype = identify\nendpoint = {trunk.name}\nmatch = {','.join(trunk.addresses)}\n"
    if trunk.inbound_password:
        yield auth(f"{trunk.name}-inbound", trunk.name, trunk.inbound_password)


def _sign_in(trunk: Trunk) -> Iterator[str]:
    if trunk.username:
        yield auth(trunk.name, trunk.username, trunk.password)
    if trunk.register:
        # a refusal may be the operator's mistake: without these lines Asterisk would never retry
        yield (
            f"[{trunk.name}]\ntype = registration\noutbound_auth = {trunk.name}\n"
            f"server_uri = {_written(f'sip:{trunk.host}{trunk.uri_end}')}\n"
            f"client_uri = {_written(f'sip:{trunk.username}@{trunk.host}{trunk.uri_end}')}\n"
            + (f"transport = indgang-{trunk.transport}\n" if trunk.transport is not Transport.UDP else "")
            + f"expiration = {trunk.expires}\nretry_interval = {trunk.retry_after}\nmax_retries = 1000000\n"
            f"forbidden_retry_interval = {trunk.retry_after}\nfatal_retry_interval = {trunk.retry_after}\n"
            "auth_rejection_permanent = no\n"
        )


def auth(name: str, username: str, password: str) -> str:
    """The section that holds a sign-in."""
    return f"[{name}]\ntype = auth\nauth_type = userpass\nusername = {username}\npassword = {password}\n"


_RANGE = re.compile(r"(?P<first>\+[0-9]{4,15})(-(?P<last>\+?[0-9]{1,15}))?")


def number_range(text: str) -> NumberRange:
    """`+4533663300-+4533663399`, `+4533663300-99` or one number. Raises ValueError."""
    found = _RANGE.fullmatch(text.replace(" ", ""))
    if found is None:
        raise ValueError(f"{text!r} is no range of numbers; write +4533663300-+4533663399")
    first, last = found["first"], found["last"] or found["first"]
    if not last.startswith("+"):
        last = first[: max(0, len(first) - len(last))] + last
    if len(last) != len(first) or last < first:
        raise ValueError(f"{text!r} ends before it begins; write +4533663300-+4533663399")
    return NumberRange(first, last)
