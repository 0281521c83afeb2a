"""Keyed hashes of telephone numbers, mail addresses and parties: they recognise somebody and tell nobody who it is."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.crypto import salted_hmac

_PURPOSE = "indgang.feedback.addresses"


def digest(address: str) -> str:
    """Of a number (E.164) or a mail address, in any case; "" for none."""
    folded = address.strip().casefold()
    return _keyed(f"address:{folded}") if folded else ""


def party_digest(party: int | None) -> str:
    """Of a known party, whatever number they call from; "" for none."""
    return _keyed(f"party:{party}") if party else ""


def known(digests: Iterable[str]) -> list[str]:
    """The digests that are of somebody, each once."""
    return sorted({each for each in digests if each})


def _keyed(text: str) -> str:
    return salted_hmac(_PURPOSE, text, algorithm="sha256").hexdigest()
