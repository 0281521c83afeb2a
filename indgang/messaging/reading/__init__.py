"""The bytes of a mail as a typed, safe value: `read(raw)`. Pure: no Django, database, network or clock.

`read` accepts any bytes. It decodes, cleans HTML, separates new text from quoted text, lists files, reads invitations
and delivery reports, and tells people from machines. It opens no archive, fetches nothing and changes nothing.
"""

from __future__ import annotations

from indgang.messaging.reading.contents import (
    AttachedFile,
    DeliveryReport,
    FileRefusal,
    Invitation,
    MailAddress,
    MailKind,
    MailProblem,
    MailReading,
    NoAutoAnswer,
)
from indgang.messaging.reading.limits import MailLimits, too_large
from indgang.messaging.reading.mail import read
from indgang.messaging.reading.markup import with_pictures

__all__ = [
    "AttachedFile",
    "DeliveryReport",
    "FileRefusal",
    "Invitation",
    "MailAddress",
    "MailKind",
    "MailLimits",
    "MailProblem",
    "MailReading",
    "NoAutoAnswer",
    "read",
    "too_large",
    "with_pictures",
]
