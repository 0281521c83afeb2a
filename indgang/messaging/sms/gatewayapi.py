"""The gateway GatewayAPI (Denmark), by its REST interface.

Documented (gatewayapi.com/docs/apis/rest and the error index, source github.com/onlinecity/gatewayapi-docs):

- `POST /rest/mtsms` takes `message` (UTF-8), `recipients: [{msisdn}]`, `sender` (11 alphanumeric characters or 15
  digits), `userref` (ours, repeated in receipts) and `encoding` (`UTF8` for the GSM alphabet, `UCS2` for the rest). The
  API token may be the user name of HTTP Basic authentication. The European platform has the host gatewayapi.eu.
- 200 answers `{"ids": [number], "usage": {…}}`. 400 (arguments), 401 (key), 403 (address of the client), 422 (JSON) and
  500 (an exception) answer `{"code": "0x0213", "message": …, "variables": […]}`; `code` may be missing.
- A receipt is a POST to our address: `id`, `msisdn`, `time` (Unix), `status`, and perhaps `error`, `code`, `userref`.
  Transient states may come after final ones and are then ignored. A message from a telephone is a POST too: `id`,
  `msisdn`, `receiver`, `message` (with the leased keyword first), `senttime`. Without a 2xx answer within 15 seconds it
  comes again, after 1, 2, 6 and 24 minutes and 2 and 12 hours.
- With a secret set for the webhook, the header `X-Gwapi-Signature` is a JWT (HS256). The documented example holds the
  fields of the receipt as its claims.

Assumed, because the documentation does not say it:

- The claims of the JWT are the whole message, also for messages from telephones. They are read, and the body, which
  nothing signs, is not.
- After 429 and 503 the message was not taken. After 500, 502 and 504, after 200 without a number, and after a
  connection that ends in the middle, it may have been: that is a doubt.
- 401, 403, 404, a redirect and lacking credit are faults of the account or the settings: the message may go later.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import jwt
import orjson

from indgang.messaging import one_request
from indgang.messaging.one_request import NoAnswer, NotReached, ServiceRequest, is_encrypted, is_here
from indgang.messaging.sms import contract
from indgang.messaging.sms.contract import (
    IncomingSms,
    OutgoingSms,
    ReceiptState,
    SmsAccepted,
    SmsAnswer,
    SmsDoubt,
    SmsReceipt,
    SmsRefused,
)
from indgang.messaging.sms.parts import SmsEncoding

NAME = "gatewayapi"
SIGNATURE = "X-Gwapi-Signature"

_ENCODINGS = {SmsEncoding.GSM: "UTF8", SmsEncoding.UCS2: "UCS2"}
_ON_THE_WAY = frozenset(("UNKNOWN", "SCHEDULED", "BUFFERED", "ENROUTE"))
_DELIVERED = frozenset(("DELIVERED", "ACCEPTED"))
_FAILED = frozenset(("EXPIRED", "DELETED", "UNDELIVERABLE", "REJECTED", "SKIPPED"))
#: codes that may pass: address of the client, temporary blacklist, credit, and what is temporarily unavailable
_PASSING = frozenset((0x0213, 0x0214, 0x0216))
_PASSING_ENDS = frozenset((0x04, 0x05, 0x06, 0x09))
#: codes about the receiver or the message, whatever the status is
_FOR_GOOD = frozenset((0x0215, 0x0217, 0x021F, 0x0310))
_CODE = re.compile(r"0x[0-9A-Fa-f]{1,8}")
#: a larger answer is not read, in bytes, and how long a connection may take, in seconds
_LARGEST, _CONNECT_SECONDS = 65_536, 5.0


class BadReport(Exception):
    """What came is not from the gateway, or says nothing that can be understood. The text holds nothing personal."""


@dataclass(frozen=True, slots=True)
class GatewayApi:
    """`address` is the root of the interface, such as https://gatewayapi.eu; `sender` is who the SMS comes from."""

    address: str
    token: str = field(repr=False)
    sender: str

    def send(self, message: OutgoingSms) -> SmsAnswer:
        if not is_safe(self.address):
            return SmsRefused("the address of the gateway must begin with https://", for_good=False)
        try:
            answer = one_request.ask(
                self._post(message), seconds=contract.ANSWER_SECONDS, connect_seconds=_CONNECT_SECONDS, largest=_LARGEST
            )
        except NotReached as error:
            return SmsRefused(f"the gateway cannot be reached ({error.detail})", for_good=False)
        except NoAnswer as error:
            return SmsDoubt(f"no whole answer came ({error.detail})")
        return _outcome(answer.status, answer.body or b"")

    def _post(self, message: OutgoingSms) -> ServiceRequest:
        """The API token is the user name; a password is not needed."""
        address = f"{self.address.rstrip('/')}/rest/mtsms"
        return ServiceRequest("POST", address, self.token, body=orjson.dumps(self._request(message)))

    def _request(self, message: OutgoingSms) -> dict[str, Any]:
        return {
            "message": message.text,
            "sender": self.sender,
            "recipients": [{"msisdn": int(message.to.removeprefix("+"))}],
            "userref": message.reference,
            "encoding": _ENCODINGS[message.encoding],
        }


def read_report(signature: str, *, secret: str, keyword: str = "") -> SmsReceipt | IncomingSms:
    """What the gateway reports, from the signed claims. `keyword` is the leased word that messages begin with.

    Raises BadReport.
    """
    if not secret:
        raise BadReport("no secret is set for what the gateway reports")
    try:
        claims = jwt.decode(signature, secret, algorithms=["HS256"])
    except jwt.InvalidTokenError as error:
        raise BadReport(f"the signature is not valid ({type(error).__name__})") from error
    try:
        return _incoming(claims, keyword) if "message" in claims else _receipt(claims)
    except (KeyError, TypeError, ValueError, OverflowError, OSError) as error:
        raise BadReport(f"the report cannot be read ({type(error).__name__})") from error


def _outcome(status: int, body: bytes) -> SmsAnswer:
    answer = _object(body)
    if status == 200:
        return _accepted(answer)
    code = _code(answer)
    reason = f"{status} {hex(code)}" if code else str(status)
    if code in _FOR_GOOD:
        return SmsRefused(reason, for_good=True)
    if code in _PASSING or (code and code & 0xFF in _PASSING_ENDS and status < 500):
        return SmsRefused(reason, for_good=False)
    if status in (500, 502, 504) or 200 < status < 300:
        return SmsDoubt(reason)
    return SmsRefused(reason, for_good=status in (400, 422))


def _accepted(answer: Mapping[str, Any]) -> SmsAnswer:
    ids = answer.get("ids")
    if isinstance(ids, list) and len(ids) == 1 and isinstance(ids[0], int):
        return SmsAccepted(str(ids[0]))
    return SmsDoubt("200 without the number of the message")


def _receipt(claims: Mapping[str, Any]) -> SmsReceipt:
    status = str(claims["status"])
    return SmsReceipt(
        reference=str(claims.get("userref") or ""),
        gateway_reference=str(int(claims["id"])),
        state=_state(status),
        at=_time(claims["time"]),
        reason=" ".join(part for part in (status, _known_code(claims.get("code"))) if part),
    )


def _state(status: str) -> ReceiptState:
    for state, names in (
        (ReceiptState.DELIVERED, _DELIVERED),
        (ReceiptState.FAILED, _FAILED),
        (ReceiptState.ON_THE_WAY, _ON_THE_WAY),
    ):
        if status in names:
            return state
    raise ValueError("a state that is not documented")


def _incoming(claims: Mapping[str, Any], keyword: str) -> IncomingSms:
    text = str(claims["message"])
    first, _space, rest = text.partition(" ")
    if keyword and first.casefold() == keyword.casefold():
        text = rest
    msisdn = claims.get("msisdn")
    return IncomingSms(
        reference=str(int(claims["id"])),
        number=f"+{int(msisdn)}" if msisdn else str(claims["sender"]),
        to=str(claims.get("receiver") or ""),
        text=text.replace("\x00", ""),
        at=_time(claims["senttime"]),
    )


def _time(unix: Any) -> datetime:
    return datetime.fromtimestamp(float(unix), UTC)


def _known_code(code: Any) -> str:
    """The code of an error when it has the documented form; free text may repeat a number."""
    return str(code) if isinstance(code, str) and _CODE.fullmatch(code) else ""


def _code(answer: Mapping[str, Any]) -> int:
    code = _known_code(answer.get("code"))
    return int(code, 16) if code else 0


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return answer if isinstance(answer, dict) else {}


def is_safe(address: str) -> bool:
    """Whether the token does not travel in the clear; a stand-in on this machine may speak plain HTTP."""
    return is_encrypted(address) or is_here(address)
