"""The forms of one's own reply texts, and of inserting one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from indgang.correspondence.models import ReplyText
from indgang.correspondence.texts.typed import NAMES, ReplyTextFields, stored
from indgang.ui.revision import Revised


class NewOwnTextForm(ReplyTextFields):
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in NAMES}


class OwnTextForm(Revised, NewOwnTextForm):
    def __init__(self, data: Mapping[str, Any] | None = None, *, row: ReplyText) -> None:
        super().__init__(data, initial=stored(row))
