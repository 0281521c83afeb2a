"""The part of a sound for which a player asks (RFC 9110, section 14). Safari plays nothing without it, and whoever goes
back in a long conversation would load all of it again.

Django answers no ranges, and what the libraries offer is for files on a disk.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: one range; so many digits are more than any size has
_ONE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)


class NotThere(Exception):
    """The range begins after the end, or is empty."""


@dataclass(frozen=True, slots=True)
class SoundPart:
    """The bytes from `first` to `last`, which is included, of `size`."""

    first: int
    last: int
    size: int

    def __str__(self) -> str:
        """As `Content-Range` says it."""
        return f"bytes {self.first}-{self.last}/{self.size}"


def asked(header: str, size: int) -> SoundPart | None:
    """The part for which a `Range` header asks; None stands for the whole: without a header, and where it asks for
    several ranges or makes no sense. Raises NotThere.

    >>> str(asked("bytes=0-1", 10)), str(asked("bytes=4-", 10)), str(asked("bytes=-3", 10))
    ('bytes 0-1/10', 'bytes 4-9/10', 'bytes 7-9/10')
    """
    found = _ONE.fullmatch(header.strip())
    if found is None or found[0].endswith("=-"):
        return None
    first, last = (int(digits) if digits else None for digits in found.groups())
    if first is None:  # so many bytes at the end
        first, last = max(size - (last or 0), 0), size - 1
    elif last is not None and last < first:
        return None
    if first >= size:
        raise NotThere
    return SoundPart(first, size - 1 if last is None else min(last, size - 1), size)
