"""Which service goes to which centre, for what is read and written."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Service
from indgang.core.clock import day_of
from indgang.correspondence.models import Mailbox
from indgang.entry.models import EntryPoint

#: of a text that is compared
_LETTERS = 24


@dataclass(frozen=True, slots=True)
class SwitchPlace:
    """`leads_to` is where old numbers lead, `mail_to` where mails to old addresses go; `at` is the moment that is read
    or written for."""

    service: Service
    centre: ContactCentre
    leads_to: EntryPoint | None
    at: datetime
    mail_to: Mailbox | None = None

    @property
    def day(self) -> date:
        return day_of(self.at)


@dataclass(frozen=True, slots=True)
class Switcher:
    """Who carries it out, and the remark that versions keep."""

    by: Person
    note: str


def digest(value: Any) -> str:
    """A short text that is the same for the same value."""
    plain = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(plain.encode()).hexdigest()[:_LETTERS]
