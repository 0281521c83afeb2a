"""The addresses at which the settings allow registers to be asked."""

from __future__ import annotations

from django.conf import settings

from indgang.core.allowed_addresses import lies_below

_SCHEMES = frozenset(("http", "https", "postgresql"))


def is_allowed(address: str) -> bool:
    """Whether the address lies below one of `REGISTER_ADDRESSES`."""
    return lies_below(address, settings.REGISTER_ADDRESSES, schemes=_SCHEMES)
