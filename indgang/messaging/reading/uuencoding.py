"""Files in uuencode, as a transfer encoding and in the middle of a text, as old mail programs send them. Pure."""

from __future__ import annotations

import binascii
import re

_BEGIN = re.compile(rb"^begin [0-7]{3,4} [^\n]*\n", re.MULTILINE)
_BEGIN_IN_TEXT = re.compile(r"^begin [0-7]{3,4} ([^\n]{1,200})\n", re.MULTILINE)
_END_IN_TEXT = "\nend\n"
_MOST_BROKEN_LINES = 1_000
#: places in one text that are looked at
_MOST_FILES = 20


def decoded(data: bytes) -> tuple[bytes, bool, bool]:
    """As much as can be decoded, whether every line could be, and whether the end was reached."""
    found = _BEGIN.search(data)
    out, broken = list[bytes](), 0
    for line in data[found.end() if found else 0 :].split(b"\n"):
        line = line.rstrip(b"\r")
        if line == b"end":
            return b"".join(out), not broken, True
        piece = _line(line)
        out.append(piece or b"")
        broken += piece is None
        if broken > _MOST_BROKEN_LINES:
            break
    return b"".join(out), not broken, False


def divided(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """The text without the files in it, and their names and contents. What does not decode stays text."""
    files, kept, place = list[tuple[str, bytes]](), list[str](), 0
    text += "\n"
    for _count in range(_MOST_FILES):
        begin = _BEGIN_IN_TEXT.search(text, place)
        end = text.find(_END_IN_TEXT, begin.end() - 1) if begin else -1
        if begin is None or end < 0:
            break
        content = _content(text[begin.end() : end])
        kept.append(text[place : begin.start() if content is not None else begin.end()])
        if content is not None:
            files.append((begin[1].strip(), content))
        place = end + len(_END_IN_TEXT) if content is not None else begin.end()
    return "".join([*kept, text[place:]])[:-1], files


def _content(lines: str) -> bytes | None:
    """The file; None when it is none."""
    out = list[bytes]()
    for line in lines.split("\n"):
        piece = _line(line.encode("utf-8", "replace"))
        if piece is None:
            return None
        out.append(piece)
    return b"".join(out)


def _line(line: bytes) -> bytes | None:
    try:
        return binascii.a2b_uu(line)
    except binascii.Error:
        return None
