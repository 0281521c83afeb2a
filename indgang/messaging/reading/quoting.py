"""The text of a reply in its parts: what is new, the signature, and the older mail below it. Pure.

Recognised are the lines that Outlook, Gmail and Apple Mail put above the older mail, in Danish and English, and lines
behind > at the end. An answer that is written between quoted lines is not taken apart: it would lose its meaning. A
mail that is nothing but a forwarded mail is new as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

#: a line above an older mail is looked for in so many lines
_MOST_LINES = 20_000
#: characters of a line that are looked at
_LONGEST_LINE = 1_000
#: lines above older mails that are looked below, each time to the end
_MOST_CANDIDATES = 20
_SEPARATOR = re.compile(
    r"[>\s]*[-_]{2,}\s*(oprindelig (meddelelse|besked|mail)|oprindelig e-?mail|original (message|appointment)"
    r"|videresendt (meddelelse|besked|mail)|forwarded message|svar på meddelelse|besvaret meddelelse)\s*[-_]{2,}\s*"
    r"|\s*(begin forwarded message|start på videresendt (meddelelse|besked)|videresendt meddelelse)\s*:\s*",
    re.IGNORECASE,
)
_WROTE = re.compile(r"\b(?:skrev|wrote)\b", re.IGNORECASE)
#: "Den 5. nov. 2026 kl. 10.12 skrev Ida <ida@example.dk>:" and "On Thu, 5 Nov 2026 at 10:12, Ida <…> wrote:"
_ATTRIBUTION_BEGINS = re.compile(
    r"[>\s]*(?:den |d\. |på |on |mandag|tirsdag|onsdag|torsdag|fredag|lørdag|søndag|man\.|tirs?\.|ons\.|tors?\."
    r"|fre\.|lør\.|søn\.|\d{4}-\d\d-\d\d|\d{1,2}[./]\d{1,2}[./]\d{2,4})",
    re.IGNORECASE,
)
_HEADER_LINE = re.compile(
    r"[>\s]*\*?(fra|from|sendt|sent|til|to|cc|emne|subject|dato|date|svar til|reply-to)\s*:\*?(\s.*)?", re.IGNORECASE
)
_FIRST_HEADER_LINE = re.compile(r"[>\s]*\*?(fra|from)\s*:\*?\s*\S.*", re.IGNORECASE)
_RULE = re.compile(r"\s*[_-]{10,}\s*")
_SIGNATURE = re.compile(r"--\s?")
_LONGEST_SIGNATURE = 30


@dataclass(frozen=True, slots=True)
class TextParts:
    new: str
    signature: str
    quoted: str


def parts_of(text: str) -> TextParts:
    """The three parts, each without blank lines at its ends. Nothing but such lines and a rule between is left out."""
    lines = text.split("\n")
    place = _begin_of_quotation(lines)
    quoted = lines[place:]
    own, signature = _without_signature(lines[:place])
    if not _joined(own) and not signature:
        return TextParts(_joined(lines), "", "")
    return TextParts(_joined(own), _joined(signature), _joined(quoted))


def _begin_of_quotation(lines: Sequence[str]) -> int:
    candidates = 0
    for place, line in enumerate(lines[:_MOST_LINES]):
        begin = _begin_at(lines, place, line[:_LONGEST_LINE])
        if begin is None:
            continue
        candidates += 1
        if not _is_answered_between(lines, begin):
            return place
        if candidates == _MOST_CANDIDATES:
            break
    return _trailing_marks(lines)


def _begin_at(lines: Sequence[str], place: int, line: str) -> int | None:
    """Where the older mail's own text begins if the line stands above one."""
    if _SEPARATOR.fullmatch(line):
        return place + 1
    if _RULE.fullmatch(line):
        following = next((at for at in range(place + 1, min(place + 3, len(lines))) if lines[at].strip()), None)
        return following if following is not None and _is_header_block(lines, following) else None
    if _is_header_block(lines, place):
        return place
    return _after_attribution(lines, place, line)


def _is_header_block(lines: Sequence[str], place: int) -> bool:
    """Outlook's block: From, and at least two more fields in the next lines."""
    if not _FIRST_HEADER_LINE.fullmatch(lines[place][:_LONGEST_LINE]):
        return False
    return sum(1 for each in lines[place + 1 : place + 7] if _HEADER_LINE.fullmatch(each[:_LONGEST_LINE])) >= 2


def _after_attribution(lines: Sequence[str], place: int, line: str) -> int | None:
    """The line, which programs wrap to two or three, and what comes after it."""
    if not _ATTRIBUTION_BEGINS.match(line):
        return None
    for count in (1, 2, 3):
        piece = lines[place : place + count]
        written = " ".join(each.strip("> ") for each in piece)
        if _is_attribution(written):
            return place + count
        if count < 3 and (place + count >= len(lines) or not lines[place + count].strip("> ")):
            return None
    return None


def _is_attribution(written: str) -> bool:
    """Whether the words hold a date, then `skrev` or `wrote`, and end in a colon."""
    found = _WROTE.search(written) if len(written) <= 600 and written.rstrip().endswith(":") else None
    return found is not None and any(each.isdigit() for each in written[: found.start()])


def _is_answered_between(lines: Sequence[str], begin: int) -> bool:
    """Whether the older mail is quoted by > and own lines stand among it or below it."""
    below = [each for each in lines[begin:] if each.strip()]
    if not below or not below[0].lstrip().startswith(">"):
        return False
    tail, _signature = _without_signature(below)
    return any(not each.lstrip().startswith(">") for each in tail)


def _trailing_marks(lines: Sequence[str]) -> int:
    """Lines behind > at the end, two or more, that follow something else."""
    place = len(lines)
    while place and (not lines[place - 1].strip() or lines[place - 1].startswith(">")):
        place -= 1
    marked = sum(1 for each in lines[place:] if each.startswith(">"))
    return place if marked >= 2 else len(lines)


def _without_signature(lines: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """What stands before the last line `-- ` and after it, when that is short enough for a signature."""
    for place in range(len(lines) - 1, max(-1, len(lines) - 2 - _LONGEST_SIGNATURE), -1):
        if _SIGNATURE.fullmatch(lines[place]):
            return lines[:place], lines[place + 1 :]
    return lines, []


def _joined(lines: Sequence[str]) -> str:
    return "\n".join(lines).strip("\n \t")
