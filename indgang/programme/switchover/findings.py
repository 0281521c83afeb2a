"""What speaks against a switch, whether it was late, and whether an old number may be closed. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

#: days without a call or a mail after which an old number or address may be closed
QUIET_DAYS = 30
#: the worker looks each minute; a switch that began later than this after its time is late
LATE_AFTER = timedelta(minutes=5)


class FindingCode(StrEnum):
    """Why a switch cannot be carried out, or why somebody should look again first."""

    NOTHING = "nothing"
    NO_DRAFT = "no_draft"
    CANNOT_RUN = "cannot_run"
    NO_ENTRY = "no_entry"
    NOWHERE = "nowhere"
    NO_MAILBOX = "no_mailbox"
    MAILBOX_ENDED = "mailbox_ended"
    MAIL_RULES = "mail_rules"
    NOT_IN_REVIEW = "not_in_review"
    OTHER_APPROVER = "other_approver"
    CANNOT_UNPUBLISH = "cannot_unpublish"
    NEVER_PUBLISHED = "never_published"
    CANNOT_ASK = "cannot_ask"
    CHECK_FLOW = "check_flow"
    CENTRE_CLOSED = "centre_closed"
    NO_ARTICLE = "no_article"
    NO_AGREEMENT = "no_agreement"
    NO_TARGET = "no_target"
    NOT_ASKED = "not_asked"
    OTHER_DAY = "other_day"
    NOT_READY = "not_ready"


#: with these nothing can be carried out; with the others a person may go on with a reason
BLOCKING = frozenset(
    {
        FindingCode.NOTHING, FindingCode.NO_DRAFT, FindingCode.CANNOT_RUN, FindingCode.NO_ENTRY, FindingCode.NOWHERE,
        FindingCode.NO_MAILBOX, FindingCode.MAILBOX_ENDED,
        FindingCode.NOT_IN_REVIEW, FindingCode.OTHER_APPROVER, FindingCode.CANNOT_UNPUBLISH,
        FindingCode.NEVER_PUBLISHED, FindingCode.CANNOT_ASK,
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SwitchFinding:
    """`value` names what it is about; `key` names the same in no language, where `value` is in the reader's."""

    code: FindingCode
    value: str = ""
    key: str = ""

    @property
    def blocks(self) -> bool:
        return self.code in BLOCKING


def needs_reason(found: Iterable[SwitchFinding]) -> bool:
    """Whether somebody who decides has to say why, although nothing forbids it."""
    return any(not each.blocks for each in found)


def late_by(planned: datetime, carried_out: datetime) -> timedelta | None:
    """How late a switch was carried out; None when it was in time."""
    late = carried_out - planned
    return late if late > LATE_AFTER else None


def may_close(last: date | None, diverted: date, today: date, quiet_days: int = QUIET_DAYS) -> bool:
    """Whether an old number or address may be closed: it has been diverted, and nobody has used it for so many
    days since. `last` is the last day on which something came in."""
    since = max(last, diverted) if last is not None else diverted
    return diverted <= today and (today - since).days >= quiet_days
