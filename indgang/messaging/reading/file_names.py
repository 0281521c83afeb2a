"""Names of files as they may be stored, shown and put into a header. Pure."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 150
#: what a file is called that has no name
NAMELESS = "bilag"
_SEPARATORS = re.compile(r"[/\\]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
#: names of devices, which Windows opens instead of a file
_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)\s*(\..*)?", re.IGNORECASE)
_LONGEST_EXTENSION = 12


def clean(name: str, extension: str = "") -> str:
    """The last piece of a path without control characters, characters that turn the direction of writing, and those
    that no file system takes; at most 150 characters. A file without a name is called bilag and gets the extension."""
    last = _SEPARATORS.split(name.rstrip("/\\ "))[-1]
    visible = "".join(each for each in unicodedata.normalize("NFC", last) if not _hidden(each))
    plain = _SEPARATORS.sub("_", _FORBIDDEN.sub("_", " ".join(visible.split()))).strip(". ")
    if not plain:
        return NAMELESS + extension
    return _shortened(f"_{plain}" if _DEVICE.fullmatch(plain) else plain)


def extension_of(name: str) -> str:
    """The extension with its dot, lower case; empty when there is none."""
    dot = name.rfind(".")
    return name[dot:].lower() if dot > 0 and len(name) - dot <= _LONGEST_EXTENSION else ""


def numbered(name: str, taken: set[str]) -> str:
    """The name, with a number when another file of the mail has it."""
    unique, number, extension = name, 2, extension_of(name)
    while unique.casefold() in taken:
        unique = f"{name[: len(name) - len(extension)][: LONGEST - len(extension) - 6]} ({number}){extension}"
        number += 1
    taken.add(unique.casefold())
    return unique


def _hidden(character: str) -> bool:
    category = unicodedata.category(character)
    return category in ("Cc", "Cf", "Cs", "Co", "Cn") or (category in ("Zl", "Zp"))


def _shortened(name: str) -> str:
    if len(name) <= LONGEST:
        return name
    extension = extension_of(name)
    return name[: LONGEST - len(extension)].rstrip(". ") + extension
