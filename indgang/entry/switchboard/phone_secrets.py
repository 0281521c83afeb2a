"""Passwords of browser phones: the switchboard gives one to the exchange, and the page gives it to the browser.

Both processes derive the password from the product's secret key and a random mark. Only the mark is stored in the table
of orders, so nobody can register a phone with the content of that table, a backup of it or a dead letter.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from django.utils.crypto import salted_hmac

_PURPOSE = "indgang.entry.phone_secrets"


def new_mark() -> str:
    """A new random mark."""
    return secrets.token_urlsafe(24)


def password(phone: str, mark: str) -> str:
    """The password of this phone for the mark: 64 hexadecimal digits."""
    return salted_hmac(_PURPOSE, f"{phone}:{mark}", algorithm="sha256").hexdigest()


def with_password(detail: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to `phone_credentials` as the browser needs it."""
    told = dict(detail)
    if mark := told.pop("mark", ""):
        told["password"] = password(str(told["phone"]), mark)
    return told
