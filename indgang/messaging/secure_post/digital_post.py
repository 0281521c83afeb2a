"""Digital Post (the Danish public solution of 2022, "NgDP"), by its REST interface, as a sending and a pulling system.

Documented (Technical Integration, digitaliser.dk/digital-post/vejledninger/technical-integration; the reference systems
of the supplier; clients generated from the published OpenAPI description):

- The root is https://api.digitalpost.dk/apis/v1, for tests https://api.test.digitalpost.dk/apis/v1. Every request shows
  the organisation's or system's OCES certificate in TLS; HTTP Basic authentication with the id of the system and its
  API key says which system it is.
- A message is sent as `application/xml` with its UUID as the parameter `memo-message-uuid`. The answer is a receipt:
  `transmissionId`, `messageUUID`, `timeStamp`, `receiptStatus` and perhaps `errorCode` and `errorMessage`. A business
  receipt of the same form says later what became of it. `receiptStatus` is RECEIVED, COMPLETED, INVALID or NOT_ALLOWED.
- A pulling system lists the UUIDs of the memos that wait (`content`, with `page` and `size`), fetches each as XML, and
  answers it with a business receipt: COMPLETED, or INVALID when it cannot be read. Receipts are listed and fetched too.
- Errors are JSON with a code of words with dots, such as `file.extension.not.allowed`.

Assumed, because what we could read does not say it:

- The paths below the root: `memos/`, `memos/<uuid>`, `memos/<uuid>/receipt`, `receipts/`, `receipts/<id>`, and that
  deleting a receipt takes it off the list.
- Which codes say that a recipient is exempt or has no mailbox (`_NOT_REGISTERED`). Another code is shown as it is.
- A UUID that is sent again is refused with 409, and the first one stands: it counts as accepted when it is a repeat.
  409 at the first attempt is a doubt.
- After 429 and 503 nothing was taken. After 500, 502 and 504, after 200 without a receipt that can be read, and after a
  connection that ends in the middle, it may have been: that is a doubt.
- 401, 403, 404 and a redirect are faults of the system's rights or the settings: the message may go later.
"""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid4

import orjson

from indgang.messaging.one_request import ServiceRequest, ServiceResponse, is_encrypted, is_here
from indgang.messaging.secure_post import transport
from indgang.messaging.secure_post.contract import (
    AT_ONCE,
    OutgoingMemo,
    PostAccepted,
    PostAnswer,
    PostDoubt,
    PostReceipt,
    PostRefused,
    PostState,
    SecurePostError,
    SecurePostFault,
)
from indgang.messaging.secure_post.transport import PostNoAnswer

_ACCEPTS = "application/json, application/xml"
#: a larger answer that is no message is not read, in bytes
_LARGEST_ANSWER = 1_000_000
#: a longer key of a receipt is none
_LONGEST_KEY = 200
#: codes about a recipient who gets no digital post
_NOT_REGISTERED = re.compile(r"recipient\.(?:[a-z]+\.)*(?:exempt|not\.(?:registered|found|subscribed)|deceased)")
_CODE = re.compile(r"[a-z0-9._-]{1,100}")
_COMPLETED, _INVALID, _NOT_ALLOWED, _RECEIVED = "COMPLETED", "INVALID", "NOT_ALLOWED", "RECEIVED"


@dataclass(frozen=True, slots=True)
class DigitalPost:
    """`address` is the root of the interface; `system` and `key` are those of our system there; `certificate` and
    `key_file` are PEM files."""

    address: str
    system: str
    key: str = field(repr=False)
    certificate: str = ""
    key_file: str = ""

    # --- sending -------------------------------------------------------------------------------

    def send(self, message: OutgoingMemo) -> PostAnswer:
        path = f"memos/?memo-message-uuid={message.uuid}"
        try:
            answer = self._ask("POST", path, body=message.memo, kind="application/xml")
        except PostNoAnswer as error:
            return PostDoubt(error.fault.value)
        except SecurePostError as error:
            return PostRefused(error.fault.value, for_good=False)
        return _outcome(answer, is_repeat=message.is_repeat)

    # --- what comes ----------------------------------------------------------------------------

    def waiting(self, page: int = 0) -> list[str]:
        return [uuid for each in self._list("memos/", page) if (uuid := _uuid(each))]

    def fetch(self, uuid: str, *, largest: int) -> bytes | None:
        answer = self._ask("GET", f"memos/{quote(uuid, safe='')}", largest=largest)
        _raise_for(answer)
        return answer.body

    def confirm(self, uuid: str, *, is_readable: bool, at: datetime) -> None:
        receipt = {
            "transmissionId": str(uuid4()), "messageUUID": uuid, "timeStamp": _written(at),
            "receiptStatus": _COMPLETED if is_readable else _INVALID,
        }  # fmt: skip
        answer = self._ask("POST", f"memos/{quote(uuid, safe='')}/receipt", body=orjson.dumps(receipt))
        if answer.status not in (404, 409):  # it has been confirmed before
            _raise_for(answer)

    def receipts(self, page: int = 0) -> list[str]:
        return [key for key in self._list("receipts/", page) if key.isprintable() and 0 < len(key) <= _LONGEST_KEY]

    def receipt(self, key: str) -> PostReceipt | None:
        answer = self._ask("GET", f"receipts/{quote(key, safe='')}")
        _raise_for(answer)
        return _receipt(answer)

    def take_off(self, key: str) -> None:
        answer = self._ask("DELETE", f"receipts/{quote(key, safe='')}")
        if answer.status != 404:
            _raise_for(answer)

    # --- requests ------------------------------------------------------------------------------

    def _list(self, path: str, page: int) -> list[str]:
        answer = self._ask("GET", f"{path}?page={page}&size={AT_ONCE}")
        _raise_for(answer)
        content = _object(answer).get("content")
        if not isinstance(content, list):
            raise SecurePostError(SecurePostFault.UNREADABLE, path)
        return [str(each) for each in content[:AT_ONCE]]

    def _ask(
        self, method: str, path: str, *, body: bytes | None = None, kind: str = "application/json",
        largest: int = _LARGEST_ANSWER,
    ) -> ServiceResponse:  # fmt: skip
        tls = self._tls()
        address = f"{self.address.rstrip('/')}/{path}"
        request = ServiceRequest(method, address, self.system, self.key, body, kind, accepts=_ACCEPTS)
        return transport.ask(request, tls=tls, largest=largest)

    def _tls(self) -> ssl.SSLContext | None:
        """TLS with our certificate; None for a stand-in on this machine, which may speak plain HTTP."""
        if is_here(self.address):
            return None
        if not is_encrypted(self.address):
            raise SecurePostError(SecurePostFault.INSECURE)
        if not self.certificate:
            raise SecurePostError(SecurePostFault.NO_CERTIFICATE)
        return transport.context_of(self.certificate, self.key_file)


def _raise_for(answer: ServiceResponse) -> None:
    """Raises SecurePostError for an answer that is no success."""
    if 200 <= answer.status < 300:
        return
    fault = SecurePostFault.REFUSED
    if answer.status in (401, 403):
        fault = SecurePostFault.SIGN_IN
    elif answer.status == 429 or answer.status == 503:
        fault = SecurePostFault.BUSY
    elif answer.status >= 500:
        fault = SecurePostFault.UNREACHABLE
    raise SecurePostError(fault, str(answer.status))


def _outcome(answer: ServiceResponse, *, is_repeat: bool) -> PostAnswer:
    told = _object(answer)
    code = _code_of(told)
    if 200 <= answer.status < 300:
        return _taken(told, code)
    if answer.status == 409 and is_repeat:
        return PostAccepted(str(told.get("transmissionId") or "")[:64])
    reason = f"{answer.status} {code}".strip()
    if answer.status in (409, 500, 502, 504) or 100 <= answer.status < 200:
        return PostDoubt(reason)
    if _NOT_REGISTERED.fullmatch(code):
        return PostRefused(code, for_good=True, not_registered=True)
    return PostRefused(reason, for_good=answer.status in (400, 413, 415, 422))


def _taken(told: Mapping[str, Any], code: str) -> PostAnswer:
    """What a receipt in the answer to a message says."""
    status = told.get("receiptStatus")
    if status in (_INVALID, _NOT_ALLOWED):
        not_registered = _NOT_REGISTERED.fullmatch(code) is not None
        return PostRefused(code or str(status), for_good=True, not_registered=not_registered)
    transmission = str(told.get("transmissionId") or "")[:64]
    if status in (_COMPLETED, _RECEIVED) and transmission:
        return PostAccepted(transmission)
    return PostDoubt("a receipt that cannot be read")


def _receipt(answer: ServiceResponse) -> PostReceipt | None:
    told = _object(answer)
    try:
        code, uuid = _code_of(told), _uuid(str(told["messageUUID"]))
        state, at = _state(str(told["receiptStatus"]), code), _moment(str(told["timeStamp"]))
    except (KeyError, ValueError):
        return None
    return PostReceipt(uuid, str(told.get("transmissionId") or "")[:64], state, at, code) if uuid else None


def _state(status: str, code: str) -> PostState:
    if status == _COMPLETED:
        return PostState.DELIVERED
    if status == _RECEIVED:
        return PostState.ON_THE_WAY
    if status not in (_INVALID, _NOT_ALLOWED):
        raise ValueError("a status that is not documented")
    return PostState.NOT_REGISTERED if _NOT_REGISTERED.fullmatch(code) else PostState.FAILED


def _code_of(told: Mapping[str, Any]) -> str:
    """The code of an error when it has the documented form; free text may repeat a number."""
    code = told.get("errorCode") or told.get("code")
    return code if isinstance(code, str) and _CODE.fullmatch(code) and not re.search(r"\d{6}", code) else ""


def _object(answer: ServiceResponse) -> Mapping[str, Any]:
    try:
        told = orjson.loads(answer.body or b"")
    except orjson.JSONDecodeError:
        return {}
    return told if isinstance(told, dict) else {}


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment(text: str) -> datetime:
    """Raises ValueError, also for a year that no receipt is from: the year 1 leaves the calendar in another zone."""
    found = datetime.fromisoformat(text)
    if not 1990 < found.year < 2200:
        raise ValueError("no year of a receipt")
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _uuid(text: str) -> str:
    try:
        return str(UUID(text))
    except ValueError:
        return ""
