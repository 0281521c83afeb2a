"""Channels and groups of them that a target or a part of a report is about: calls count neither mails nor visits."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indgang.enquiries.models import WRITTEN_CHANNELS, Channel

#: no channel: all of them
EVERY = ""
CALLS, WRITTEN = "calls", "written"
_GROUPS: Mapping[str, frozenset[str]] = {
    CALLS: frozenset({Channel.PHONE.value, Channel.DIRECT.value}),
    WRITTEN: frozenset(each.value for each in WRITTEN_CHANNELS),
}
#: what can be chosen, in order, with its name
CHOICES: list[tuple[str, str | Promise]] = [
    (EVERY, _("Alle kanaler")), (CALLS, _("Opkald")), (WRITTEN, _("Skriftlige henvendelser")),
    *((each.value, each.label) for each in Channel),
]  # fmt: skip
_NAMES = dict(CHOICES)


def name_of(chosen: str) -> str:
    """`Opkald`."""
    return str(_NAMES.get(chosen, chosen))


def choice(chosen: str) -> dict[str, list[str]]:
    """The rows of the roll-ups that belong to it, for `reading.totals`."""
    return {} if chosen == EVERY else {"channel": sorted(_GROUPS.get(chosen, {chosen}))}


def is_within(part: str, whole: str) -> bool:
    """Whether a choice is a part of another one, and not all of it."""
    if part in (EVERY, whole):
        return False
    return whole == EVERY or _GROUPS.get(part, frozenset({part})) < _GROUPS.get(whole, frozenset({whole}))


def outermost(chosen: Collection[str]) -> list[str]:
    """Those that are part of none of the others. They do not overlap."""
    return [each for each in chosen if not any(is_within(each, other) for other in chosen)]
