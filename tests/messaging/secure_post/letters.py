"""Messages for tests: ours, and those that people write. All people are made up."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from indgang.messaging.secure_post.contract import OutgoingMemo
from indgang.messaging.secure_post.memo import PartyKind, PostLetter, PostParty, write

PER, OTHER = "0101701111", "0202802222"
US = PostParty(PartyKind.CVR, "10000009", "Kommunen")
AT = datetime(2026, 11, 30, 8, 30, tzinfo=UTC)


def citizen(number: str = PER, name: str = "Per Madsen") -> PostParty:
    return PostParty(PartyKind.CPR, number, name)


def ours(number: str = PER, text: str = "Kære Per\n\nDin tilladelse er givet.", **more: Any) -> OutgoingMemo:
    letter = letter_of(US, citizen(number), text, **more)
    return OutgoingMemo(letter.uuid, write(letter))


def theirs(
    text: str = "Hvornår får jeg min tilladelse?", *, sender: PostParty | None = None, **more: Any
) -> PostLetter:
    return letter_of(sender or citizen(), US, text, **more)


def letter_of(sender: PostParty, recipient: PostParty, text: str, **more: Any) -> PostLetter:
    known = {"uuid": uuid4(), "number": "", "label": "Byggetilladelse", "at": AT}
    return PostLetter(sender=sender, recipient=recipient, text=text, **{**known, **more})
