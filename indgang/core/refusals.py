"""Why something was not done. Whoever refuses raises these; pages catch them and show the reason where it belongs.

Reasons are texts, or what becomes a text when it is shown (a translation).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class RefusedChange(Exception):
    """A change that would do harm. `reasons` says why, by the name of the field ("" is the whole)."""

    def __init__(self, reasons: Mapping[str, object]) -> None:
        super().__init__("; ".join(str(reason) for reason in reasons.values()))
        self.reasons = dict(reasons)


class EditedMeanwhile(Exception):
    """Somebody else has saved the draft since it was read. `theirs` is the row that stands there now."""

    def __init__(self, theirs: Any) -> None:
        super().__init__(f"revision {theirs.revision} was saved meanwhile")
        self.theirs = theirs


class CodedRefusal(Exception):
    """Nothing was done; `message` says to a person what to do, `code` says it to a program."""

    def __init__(self, code: str, message: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
