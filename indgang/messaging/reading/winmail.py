"""The files in winmail.dat, which Outlook sends to those it takes for users of Exchange (TNEF, [MS-OXTNEF]). Pure.

The libraries for this format follow any count that a file names: 23 bytes keep tnefparse busy for half an hour. This
reader takes the files, their names and the plain text, and passes over the bytes once.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from indgang.messaging.reading.charsets import body_text, decode

#: the first bytes of every such file
SIGNATURE = b"\x78\x9f\x3e\x22"
_MOST_OBJECTS = 20_000
_MOST_PROPERTIES = 2_000
_BODY, _CODE_PAGE = 0x800C, 0x9007
_TITLE, _DATA, _RENDERING, _PROPERTIES = 0x8010, 0x800F, 0x9002, 0x9005
_LONG_NAME, _SHORT_NAME, _OBJECT, _CONTENT_ID = 0x3707, 0x3704, 0x3701, 0x3712
_STRING, _UNICODE, _EMBEDDED = 0x001E, 0x001F, 0x000D
_SIZES = {
    0x0002: 4,
    0x000B: 4,
    0x0003: 4,
    0x0004: 4,
    0x000A: 4,
    0x0005: 8,
    0x0006: 8,
    0x0007: 8,
    0x0014: 8,
    0x0040: 8,
    0x0048: 16,
}
_NAMED, _SEVERAL = 0x8000, 0x1000


class BrokenWinmail(ValueError):
    """The file is no TNEF, or ends too early; what was read until then is in `files`."""

    def __init__(self, files: list[WinmailFile], text: str) -> None:
        super().__init__("broken TNEF")
        self.files = files
        self.text = text


@dataclass(slots=True)
class WinmailFile:
    name: str = ""
    long_name: str = ""
    content: bytes = field(default=b"", repr=False)
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Winmail:
    files: list[WinmailFile]
    text: str


def unpack(data: bytes) -> Winmail:
    """The files and the plain text. Raises BrokenWinmail with what could be read."""
    files, text, code_page = list[WinmailFile](), "", "cp1252"
    if not data.startswith(SIGNATURE):
        raise BrokenWinmail([], "")
    try:
        for level, name, value in _objects(data):
            if name == _CODE_PAGE:
                code_page = f"cp{struct.unpack_from('<I', value)[0]}"
            elif name == _BODY and level == 1:
                text = body_text(_text(value, code_page))
            elif name == _RENDERING:
                files.append(WinmailFile())
            elif level == 2 and files:
                _fill(files[-1], name, value, code_page)
    except struct.error as error:
        raise BrokenWinmail(files, text) from error
    return Winmail(files, text)


def _objects(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """(level, name, value) of each object: level, name, type, length, value, checksum."""
    place = 6
    for _count in range(_MOST_OBJECTS):
        if place >= len(data):
            return
        level, name, _kind, length = struct.unpack_from("<BHHI", data, place)
        if place + 9 + length > len(data):
            raise struct.error("the value is longer than the file")
        yield level, name, data[place + 9 : place + 9 + length]
        place += 9 + length + 2
    raise struct.error("too many objects")


def _fill(file: WinmailFile, name: int, value: bytes, code_page: str) -> None:
    if name == _TITLE:
        file.name = _text(value, code_page)
    elif name == _DATA:
        file.content = value
    elif name == _PROPERTIES:
        for number, content in _properties(value, code_page):
            _set(file, number, content)


def _set(file: WinmailFile, number: int, content: str | bytes) -> None:
    if isinstance(content, bytes):
        if number == _OBJECT:
            file.content = content
    elif number == _LONG_NAME:
        file.long_name = content
    elif number == _SHORT_NAME and not file.name:
        file.name = content
    elif number == _CONTENT_ID:
        file.content_id = content


def _properties(data: bytes, code_page: str) -> Iterator[tuple[int, str | bytes]]:
    """(number, value) of the texts and objects among the MAPI properties."""
    (count,) = struct.unpack_from("<I", data)
    place = 4
    for _count in range(min(count, _MOST_PROPERTIES)):
        kind, number = struct.unpack_from("<HH", data, place)
        place = _after_name(data, place + 4) if number >= _NAMED else place + 4
        several, kind = bool(kind & _SEVERAL), kind & ~_SEVERAL
        values = 1
        if several or kind not in _SIZES:
            (values,) = struct.unpack_from("<I", data, place)
            place += 4
        if kind in _SIZES:
            place += values * (_SIZES[kind] if not several or kind not in (0x0002, 0x000B) else 2)
            continue
        if values > _MOST_PROPERTIES:
            raise struct.error("too many values")
        for _value in range(values):
            (length,) = struct.unpack_from("<I", data, place)
            content = data[place + 4 : place + 4 + length]
            place += 4 + length + -length % 4
            yield number, _property_value(kind, content, code_page)


def _property_value(kind: int, content: bytes, code_page: str) -> str | bytes:
    if kind == _EMBEDDED:
        return content[16:]  # after the identifier of the object's interface
    if kind == _UNICODE:
        return content.decode("utf-16-le", "replace").rstrip("\x00")
    return _text(content, code_page) if kind == _STRING else content


def _after_name(data: bytes, place: int) -> int:
    """Past the 16 bytes of a named property's set and its number or name."""
    (kind,) = struct.unpack_from("<I", data, place + 16)
    if kind == 0:
        return place + 24
    (length,) = struct.unpack_from("<I", data, place + 20)
    return place + 24 + int(length) + -int(length) % 4


def _text(value: bytes, code_page: str) -> str:
    return decode(value.rstrip(b"\x00"), code_page).text
