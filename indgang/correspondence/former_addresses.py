"""Old mail addresses whose mails are forwarded to a shared mailbox: kept, ended, and how much still comes to each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast, Concat, Lower

from indgang.audit.trail import Actor
from indgang.catalogue import changes
from indgang.core.clock import day_of
from indgang.correspondence.models import FormerAddress, ThreadMessage


def save(row: FormerAddress, values: Mapping[str, Any], *, by: Actor, at: datetime) -> FormerAddress:
    """Add or change an address. Raises RefusedChange, by field."""
    return changes.save(row, values, by=by, at=at)


def counts(addresses: Collection[str], *, since: datetime) -> dict[str, Counter[date]]:
    """How many mails came to each address, by day in Copenhagen. A mail to two of them counts for both."""
    found: dict[str, Counter[date]] = {each: Counter() for each in addresses}
    if not found:
        return found
    quoted = {address: f'"{address.lower()}"' for address in found}
    named = Lower(Concat(Cast("to", TextField()), Cast("cc", TextField())))
    came = ThreadMessage.objects.filter(direction=ThreadMessage.Direction.IN, at__gte=since).annotate(named=named)
    ours = came.filter(reduce(or_, (Q(named__contains=each) for each in quoted.values())))
    for at, recipients in ours.order_by().values_list("at", "named"):
        for address, wanted in quoted.items():
            if wanted in recipients:
                found[address][day_of(at)] += 1
    return found
