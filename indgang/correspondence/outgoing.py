"""Text and files of an answer, whichever channel carries it."""

from __future__ import annotations

import mimetypes
import re
from dataclasses import dataclass

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class OutgoingFile:
    """A file that goes with an answer."""

    name: str
    content: bytes

    @property
    def kind(self) -> str:
        """The media type by its name."""
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def stored_name(self) -> str:
        """The name as it is stored."""
        return one_line(self.name)[:150]


def one_line(text: str) -> str:
    """The text on one line; a line break would allow header injection."""
    return _CONTROL.sub("", " ".join(storable(text).split()))


def storable(text: str) -> str:
    """The text without zero bytes and lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
