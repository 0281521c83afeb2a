"""Secrets that the database keeps and the product must read again. They are encrypted with a key that follows from
`SECRET_KEY`, a key of its own for each purpose."""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class Unsealable(ValueError):
    """The text was sealed with another key, or has been changed."""


def seal(secret: str, purpose: str) -> str:
    return _box(purpose).encrypt(secret.encode()).decode()


def unseal(sealed: str, purpose: str) -> str:
    """The secret. Raises Unsealable."""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise Unsealable(purpose) from error


def seal_bytes(raw: bytes, purpose: str) -> bytes:
    """As `seal`, for bytes; the result is a third larger."""
    return _box(purpose).encrypt(raw)


def unseal_bytes(sealed: bytes, purpose: str) -> bytes:
    """The bytes. Raises Unsealable."""
    try:
        return _box(purpose).decrypt(sealed)
    except InvalidToken as error:
        raise Unsealable(purpose) from error


def _box(purpose: str) -> Fernet:
    key = hashlib.sha256(f"indgang.{purpose}:{settings.SECRET_KEY}".encode()).digest()
    return Fernet(urlsafe_b64encode(key))
