"""What people do in a shift."""

from __future__ import annotations

from enum import StrEnum


class ActivityKind(StrEnum):
    """The kind of an activity; what a centre calls its own activities is for the centre to say."""

    PHONE = "phone"
    MAIL = "mail"
    COUNTER = "counter"
    SCREEN = "screen"
    WINDOW = "window"
    """A window of the second level: a case worker who can be asked."""
    MEETING = "meeting"
    TRAINING = "training"
    OFF_PHONE = "off_phone"
    """Follow-up and own cases: what is left of the phone share of complicated areas."""
    BREAK = "break"

    @property
    def is_wanted_by_callers(self) -> bool:
        """Whether callers' need decides how many people there are at it."""
        return self in (ActivityKind.PHONE, ActivityKind.MAIL, ActivityKind.COUNTER, ActivityKind.SCREEN)

    @property
    def is_signed_in(self) -> bool:
        """Whether people who do it are signed in at the desk: it comes to them there."""
        return self in (ActivityKind.PHONE, ActivityKind.MAIL)
