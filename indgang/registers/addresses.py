"""The addresses at which the settings allow registers to be asked.

The server asks in its own name, so an address elsewhere (a neighbour inside the network, say) is refused.
"""

from __future__ import annotations

from urllib.parse import unquote, urlsplit

from django.conf import settings

_SCHEMES = frozenset(("http", "https", "postgresql"))


def is_allowed(address: str) -> bool:
    """Whether the address lies below one of `REGISTER_ADDRESSES`: same scheme, host and port, and a path below it."""
    try:
        asked = urlsplit(address)
        if asked.scheme not in _SCHEMES or asked.username is not None or asked.fragment:
            return False
        if "\\" in address or {".", ".."} & set(unquote(asked.path).split("/")):
            return False
        return any(_lies_below(address, allowed) for allowed in settings.REGISTER_ADDRESSES)
    except ValueError:
        return False


def _lies_below(address: str, allowed: str) -> bool:
    asked, root = urlsplit(address), urlsplit(allowed)
    same_place = (asked.scheme, asked.hostname, asked.port) == (root.scheme, root.hostname, root.port)
    return same_place and f"{asked.path}/".startswith(root.path.rstrip("/") + "/")
