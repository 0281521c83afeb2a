"""Erases a data subject: the same scrubbing as at night, but at once. Rows in use wait until they are free.

The worker does it, as the database role that may scrub events. The proof that remains names nobody: the request's
number, who took it and why, and how many rows of each kind were scrubbed on which day.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from indgang.audit import trail
from indgang.audit.trail import Actor
from indgang.core.clock import day_of
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.privacy import kinds, scrubbing
from indgang.privacy.kinds import Holding, PersonalData
from indgang.privacy.models import Erasure
from indgang.privacy.store import Store
from indgang.privacy.subjects import WHY_LENGTH, DataSubject

#: the worker's job (indgang.config.jobs)
TASK = "config.erase"

_OPEN = """
SELECT id, numbers, emails, parties, enquiries FROM privacy_erasure WHERE done_at IS NULL ORDER BY id
"""
_MORE = "UPDATE privacy_erasure SET enquiries = %(enquiries)s::uuid[] WHERE id = %(id)s"
_WAITS = "UPDATE privacy_erasure SET waits = %(waits)s::text[], tried_at = %(at)s WHERE id = %(id)s"
_DONE = """
UPDATE privacy_erasure SET done_at = %(at)s, tried_at = %(at)s, waits = '{}', numbers = '{}', emails = '{}',
    parties = '{}', enquiries = '{}' WHERE id = %(id)s
"""


def ask(subject: DataSubject, *, why: str, by: Actor, at: datetime) -> Erasure:
    """Request that everything about the subject is erased. Raises RefusedChange without a reason or a subject."""
    why = " ".join(why.split())
    if len(why) < 5:
        raise RefusedChange({"why": _("Skriv, hvorfor oplysningerne skal slettes, fx nummeret på anmodningen.")})
    if not subject:
        raise RefusedChange({"": _("Der er ingen oplysninger at slette.")})
    with transaction.atomic():
        asked = Erasure.objects.create(
            at=at, by_id=by.audit_id, by_label=by.audit_label, why=mask_cpr(why)[:WHY_LENGTH], **subject.values
        )
        trail.record(by=by, at=at, action="erasure.ask", target=asked, why=asked.why)
        app.configure_task(TASK, queue="routines").defer()
    return asked


def carry_out(store: Store, *, at: datetime) -> int:
    """Erase, for every open request, the rows that nobody uses any more. Return how many requests are still open."""
    left = 0
    for key, numbers, emails, parties, enquiries in store.rows(_OPEN, {}):
        subject = DataSubject(tuple(numbers), tuple(emails), tuple(parties), tuple(enquiries))
        left += not _carried_out(store, key, _with_later_enquiries(store, key, subject), at)
    return left


def _with_later_enquiries(store: Store, request: int, subject: DataSubject) -> DataSubject:
    """The subject with the enquiries that have come since the request, which are added to it."""
    found = {key for each in kinds.more_enquiries() for (key,) in store.rows(each, subject.values)}
    grown = replace(subject, enquiries=tuple(sorted({*subject.enquiries, *found})))
    if grown != subject:
        store.run(_MORE, {"enquiries": list(grown.enquiries), "id": request})
    return grown


def _carried_out(store: Store, request: int, subject: DataSubject, at: datetime) -> bool:
    """Erase for one request. Return whether everything is erased."""
    waits = [kind.name for kind in kinds.declared() if not _erased(store, kind, request, subject, at)]
    if waits:
        store.run(_WAITS, {"waits": waits, "at": at, "id": request})
    else:
        store.run(_DONE, {"at": at, "id": request})
    return not waits


def _erased(store: Store, kind: PersonalData, request: int, subject: DataSubject, at: datetime) -> bool:
    """Erase one kind. Return whether nothing of it is left. Every table is tried, also when rows of an earlier one must
    wait."""
    tried = [_erased_from(store, kind, each, request, subject, at) for each in kind.holdings if each.subject]
    return all(tried)


def _erased_from(
    store: Store, kind: PersonalData, holding: Holding, request: int, subject: DataSubject, at: datetime
) -> bool:
    """Scrub the free rows of one table. Return whether nothing is left there."""
    about = f"FROM {holding.table} AS held WHERE ({holding.subject}) AND ({holding.left})"
    while True:
        with store.batch():
            found = store.rows(
                f"SELECT held.{holding.key} {about} AND ({holding.free_to_erase}) ORDER BY held.{holding.key}"
                f" LIMIT {scrubbing.BATCH} FOR UPDATE OF held SKIP LOCKED",
                subject.values,
            )
            if found:
                keys: list[Any] = [key for (key,) in found]
                scrubbing.scrub(store, holding, keys, scrubbing.LONG_AGO)
                scrubbing.count_erased(store, kind, holding, request=request, rows=len(keys), day=day_of(at), at=at)
        if len(found) < scrubbing.BATCH:
            return not store.rows(f"SELECT 1 {about} LIMIT 1", subject.values)
