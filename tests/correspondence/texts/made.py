"""Reply texts of the little municipality."""

from __future__ import annotations

from typing import Any

from indgang.accounts.models import Person
from indgang.correspondence.models import ReplyText
from indgang.correspondence.texts import writing
from tests.world import MORNING


def text(by: Person, body: str = "Tak for din mail, {fornavn}.", *, code: str = "tak", **more: Any) -> ReplyText:
    """A text of a queue or unit (`queue`, `unit`), else the person's own; it holds since long before the tests."""
    owner: dict[str, Any] = {name: more.pop(name) for name in ("queue", "unit") if name in more} or {"person": by}
    values = {
        "kind": "snippet", "code": code, "title": f"Tekst {code}", "body": body, "language": "da", "in_mails": True,
        "in_sms": True, "in_chats": True, **more,
    }  # fmt: skip
    return writing.save(ReplyText(**owner), values, by=by, at=MORNING)
