"""The definition of each figure, in words and with a version, so that an agreement can name the one it is based on.

A change in what is counted makes a new version, valid from a day. The old version stays in the list, because earlier
figures were computed by it. `docs/figures.md` explains the same for economists.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from indgang.measures.service_level import ServiceLevel, service_level
from indgang.measures.sums import Contacts, Replies, Segments

#: the day from which the first versions hold: the product had no earlier ones
_FIRST = date(2020, 1, 1)


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of one figure. `of` computes it from the sums of any period; None means "no data".

    `counts` says what is in the numerator and the denominator; `kpis` are the ids of the matching figures in the
    documents (data/kpi_definitions.csv).
    """

    code: str
    version: int
    valid_from: date
    unit: str
    formula: str
    counts: str
    of: Callable[[Segments, Contacts, Replies], float | None]
    kpis: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The name that figures show for their definition: `service_level_sl4 v1`."""
        return f"{self.code} v{self.version}"


def _level(variant: ServiceLevel, formula: str, counts: str, kpis: tuple[str, ...] = ()) -> Definition:
    return Definition(
        f"service_level_{variant.value.lower()}", 1, _FIRST, "percent", formula, counts,
        lambda segments, _contacts, _replies: service_level(segments, variant), kpis,
    )  # fmt: skip


DEFINITIONS: tuple[Definition, ...] = (
    _level(ServiceLevel.SL1, "(A_T + B_T) / (A + B)", "A quick hang-up counts as good."),
    _level(ServiceLevel.SL2, "A_T / A", "Only answered segments; who gave up does not count at all."),
    _level(ServiceLevel.SL3, "A_T / (A + B)", "Every segment given up counts against, also a misdial."),
    _level(
        ServiceLevel.SL4,
        "A_T / (A + B - B_T)",
        "Segments given up within the promise are left out. Targets are held against this one.",
        ("K04", "K13"),
    ),
    _level(ServiceLevel.SL5, "A_T / (A + B - B_s)", "Short calls (given up within 5 seconds) are left out."),
    Definition(
        "average_answer_seconds", 1, _FIRST, "seconds", "wait of answered segments / A",
        "From entering the queue to the answer, ringing included, the menu not. Segments given up do not count. A call "
        "answered in its second queue counts with its stay in that one.",
        lambda segments, _contacts, _replies: segments.average_answer_seconds, ("K04", "K14"),
    ),
    Definition(
        "given_up", 1, _FIRST, "percent", "(B - B_s) / (A + B - B_s)",
        "Segments given up after more than 5 seconds, of those answered or so given up. Messages, call-backs and "
        "segments that went on elsewhere are neither. 100 % less this is the availability of 2006.",
        lambda segments, _contacts, _replies: segments.given_up.percent, ("K15",),
    ),
    Definition(
        "average_talk_seconds", 1, _FIRST, "seconds", "talk / contacts whose call is over",
        "Calls and direct calls answered in the period; hold and after-work are not talk, nor is what was typed of a "
        "visit.",
        lambda _segments, contacts, _replies: contacts.average_talk_seconds,
    ),
    Definition(
        "average_handle_seconds", 1, _FIRST, "seconds", "(talk + hold + after-work) / the same, wrapped up",
        "As average talk, without the contacts that are still in after-work.",
        lambda _segments, contacts, _replies: contacts.average_handle_seconds,
    ),
    Definition(
        "transfers", 1, _FIRST, "percent", "contacts transferred / contacts answered",
        "A contact counts once however often it is transferred; with or without asking first.",
        lambda _segments, contacts, _replies: contacts.transfers.percent, ("K06", "K08", "K23"),
    ),
    Definition(
        "first_contact_resolution", 1, _FIRST, "percent", "resolved at once / contacts first registered",
        "Straksafklaring by the agent's own mark: never transferred, and every question ended as resolved or directed "
        "to self-service. Contacts that nobody has registered are not in the denominator.",
        lambda _segments, contacts, _replies: contacts.first_contact_resolution.percent, ("K06", "K16"),
    ),
    Definition(
        "written_answered_in_time", 1, _FIRST, "percent", "answers within the promise / answers",
        "Answers to mails, forms, SMS and chats, on the day they left: each is the first to what the contact had "
        "written and nobody had answered, in seconds of the queue's opening hours from the contact's message.",
        lambda _segments, _contacts, replies: replies.in_time.percent,
    ),
    Definition(
        "written_average_answer_seconds", 1, _FIRST, "seconds", "opening time to those answers / answers",
        "The same answers; nights, holidays and hours in which the queue is closed do not count.",
        lambda _segments, _contacts, replies: replies.average_open_seconds,
    ),
)  # fmt: skip


def definition(code: str, *, on: date) -> Definition:
    """The version of a figure that holds on a day. Raises LookupError when there is none."""
    found = [each for each in DEFINITIONS if each.code == code and each.valid_from <= on]
    if not found:
        raise LookupError(f"no definition of {code} holds on {on}")
    return max(found, key=lambda each: each.valid_from)
