"""Exceptions of refused actions. Pages show each reason beside its field (`ui.refusals`).

A reason is a sentence, or a lazy translation of one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class RefusedChange(Exception):
    """A change that is not allowed. `reasons` maps a field's name to a sentence; "" stands for the whole form."""

    def __init__(self, reasons: Mapping[str, object]) -> None:
        super().__init__(" ".join(str(reason) for reason in reasons.values()))
        self.reasons = dict(reasons)


class EditedMeanwhile(Exception):
    """Somebody else has saved the draft since it was read. `theirs` is the row as it is now."""

    def __init__(self, theirs: Any) -> None:
        super().__init__(f"revision {theirs.revision} was saved meanwhile")
        self.theirs = theirs


class CodedRefusal(Exception):
    """An order was refused. `message` tells a person what to do; `code` identifies the reason for programs."""

    def __init__(self, code: str, message: Any) -> None:
        super().__init__(code)
        self.code = code
        self.message = message
