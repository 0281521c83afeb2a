"""Keyed hashes of telephone numbers, mail addresses and parties: they recognise somebody and tell nobody who it is.

What is kept has the hash by the installation's key. What is looked for has those by its former keys too.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.utils.crypto import salted_hmac

from indgang.enquiries.models import Party

_PURPOSE = "indgang.feedback.addresses"


def digest(address: str) -> str:
    """Of a number (E.164) or a mail address, in any case; "" for none."""
    text = _of_address(address)
    return _keyed(text, settings.SECRET_KEY) if text else ""


def party_digest(party: int | None) -> str:
    """Of a known party, whatever number they call from; "" for none."""
    text = _of_party(party)
    return _keyed(text, settings.SECRET_KEY) if text else ""


def ever(*given: str, party: int | None = None) -> list[str]:
    """Every digest that these addresses and this party have, or had under a former key."""
    texts = [*(_of_address(each) for each in given), _of_party(party)]
    keys = [settings.SECRET_KEY, *settings.FORMER_SECRET_KEYS]
    return known(_keyed(text, key) for text in texts if text for key in keys)


def of_person(*given: str, party: Party | None) -> list[str]:
    """Every digest of somebody who uses these addresses and, when we know them, all those of their party."""
    if party is None:
        return ever(*given)
    return ever(*given, *party.numbers.values_list("number", flat=True), party.email, party=party.pk)


def known(digests: Iterable[str]) -> list[str]:
    """The digests that are of somebody, each once."""
    return sorted({each for each in digests if each})


def _of_address(address: str) -> str:
    folded = address.strip().casefold()
    return f"address:{folded}" if folded else ""


def _of_party(party: int | None) -> str:
    return f"party:{party}" if party else ""


def _keyed(text: str, key: str) -> str:
    return salted_hmac(_PURPOSE, text, secret=key, algorithm="sha256").hexdigest()
