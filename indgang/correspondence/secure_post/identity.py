"""Who a message of secure post is from or for. The CPR number of that person is not stored in the clear.

- `sealed`: the whole party, encrypted, so that an answer can be addressed.
- `key_of`: the same text for the same party each time, from which nobody reads the number: a keyed digest for a CPR
  number, since there are few enough numbers to try all of them against a plain one. A company's number is public.
- `shown`: the number without its last four digits.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import Any

import orjson
from django.conf import settings

from indgang.accounts import sealing
from indgang.core.cvr import cvr_in, is_cvr
from indgang.core.masking import has_cpr
from indgang.messaging.secure_post.memo import PartyKind, PostParty

_PURPOSE = "secure_post"
_CPR = re.compile(r"([0-9]{6})[ -]?([0-9]{4})")


def sealed(party: PostParty) -> str:
    known = {"kind": party.kind.value, "number": party.number, "name": party.name}
    return sealing.seal(orjson.dumps(known).decode(), _PURPOSE)


def unsealed(text: str) -> PostParty:
    """Raises sealing.Unsealable."""
    known: dict[str, Any] = orjson.loads(sealing.unseal(text, _PURPOSE))
    return PostParty(PartyKind(known["kind"]), known["number"], known["name"])


def seal_bytes(raw: bytes) -> bytes:
    """The bytes of a message as they are stored: they hold numbers."""
    return sealing.seal_bytes(raw, _PURPOSE)


def unseal_bytes(stored: bytes) -> bytes:
    """Raises sealing.Unsealable."""
    return sealing.unseal_bytes(stored, _PURPOSE)


def key_of(party: PostParty) -> str:
    if party.kind is PartyKind.CVR:
        return f"cvr:{party.number}"
    secret = f"indgang.{_PURPOSE}.key:{settings.SECRET_KEY}".encode()
    digest = hmac.new(secret, f"{party.kind.value}:{party.number}".encode(), hashlib.sha256).hexdigest()
    return f"{'cpr' if party.kind is PartyKind.CPR else 'id'}:{digest[:32]}"


def shown(party: PostParty) -> str:
    if party.kind is PartyKind.CPR:
        return f"CPR {party.number[:6]}-****"
    if party.kind is PartyKind.CVR:
        return f"CVR {party.number}"
    return party.name[:200]


def party_in(typed: str) -> PostParty | None:
    """The person or company whose number was typed; None when it is neither a CPR nor a CVR number."""
    number = typed.strip()
    match = _CPR.fullmatch(number)
    if match and has_cpr(f"{match[1]}-{match[2]}"):
        return PostParty(PartyKind.CPR, match[1] + match[2])
    found = cvr_in(number)
    return PostParty(PartyKind.CVR, found) if found and is_cvr(found) else None
