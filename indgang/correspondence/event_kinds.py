"""The event kinds of SMS and secure post, in the stream of their enquiry.

What people write, and to which number, is not in them.
"""

from __future__ import annotations

from dataclasses import dataclass

from indgang.events.kinds import declare


@dataclass(frozen=True, slots=True)
class SmsWritten:
    """The person of the event sent an SMS of `parts` parts; `sms` is its key."""

    sms: str = ""
    parts: int = 0


@dataclass(frozen=True, slots=True)
class SmsSettled:
    """What became of an SMS (`SmsMessage.State`), and why when it did not arrive."""

    sms: str = ""
    state: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SecurePostSettled:
    """What became of a message of secure post (`SecurePost.State`); `reason` is a code when it did not arrive."""

    post: str = ""
    state: str = ""
    reason: str = ""


class CorrespondenceKind:
    """The event kinds of this package."""

    SMS_WRITTEN = declare("sms_written", SmsWritten)
    SMS_SETTLED = declare("sms_settled", SmsSettled)
    SECURE_POST_SETTLED = declare("secure_post_settled", SecurePostSettled)
