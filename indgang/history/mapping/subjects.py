"""What is kept of a subject that another system wrote: no number or address of a person, and no query of a page."""

from __future__ import annotations

from indgang.core.masking import without_personal_numbers
from indgang.history.mapping.fields import SourceKind


def kept(kind: SourceKind, subject: str) -> str:
    """The subject without personal numbers, telephone numbers and mail addresses. An address of a page loses its query
    and its fragment: they say what somebody has searched for or typed."""
    if kind is SourceKind.VISITS and not any(sign.isspace() for sign in subject.strip()):
        subject = subject.partition("?")[0].partition("#")[0] or "/"
    return without_personal_numbers(subject)
