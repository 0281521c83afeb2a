"""The clock: synchronised by a time server, and equal to the database's."""

from __future__ import annotations

import ctypes
import ctypes.util
from collections.abc import Iterator

from django.conf import settings
from django.db import Error
from django.utils.translation import gettext as _

from indgang.config.checks.database import clock_findings
from indgang.core import clock
from indgang.health.finding import Finding, ok, warning

#: the result of adjtimex(2) when the kernel's clock is not synchronised
_TIME_ERROR = 5
#: bytes for `struct timex`, with room to spare; all zero: read, change nothing
_STRUCT = 512


def look() -> Iterator[Finding]:
    found = [*_synchronised(), *_moved(), *_of_database()]
    if not found and is_synchronised() is None:
        # systemd keeps our units away from the clock, also from asking about it
        yield ok(_("Uret går som databasens. Om en tidsserver stiller det, kan denne proces ikke se: indgang doctor"))
    else:
        yield from found or [ok(_("Uret går rigtigt og som databasens."))]


def _synchronised() -> Iterator[Finding]:
    if is_synchronised() is False:
        text = _("Maskinens ur stilles ikke efter en tidsserver.")
        yield warning(text, _("Slå det til, fx med systemd-timesyncd eller chrony; i en container gør værten det."))


def _moved() -> Iterator[Finding]:
    if clock.offset() and not settings.DEMO:
        yield warning(_("INDGANG_CLOCK_OFFSET flytter produktets ur."), _("Fjern den i drift: den er til demoer."))


def _of_database() -> list[Finding]:
    try:
        return list(clock_findings())
    except Error:
        return []  # the check of the database reports it


def is_synchronised() -> bool | None:
    """Whether a time server synchronises the kernel's clock; None where that cannot be read."""
    try:
        adjtimex = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True).adjtimex
    except (AttributeError, OSError):
        return None
    state = adjtimex(ctypes.create_string_buffer(_STRUCT))
    return None if state < 0 else bool(state != _TIME_ERROR)
