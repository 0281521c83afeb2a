"""Alerts that somebody must look at, and who did."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.entry.models import Alert
from indgang.entry.setup.changes import tell


@transaction.atomic
def see(alert: Alert, *, by: Person, at: datetime) -> Alert:
    """Say that `by` has seen it and takes care of it; seeing it again changes nothing."""
    alert = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    if alert.seen_at is None:
        alert.seen_at, alert.seen_by = at, by.audit_label
        alert.save(update_fields=["seen_at", "seen_by"])
        tell("alert.see", alert, by=by, at=at, after={"code": alert.code}, parts=("all/alerts",), reload=False)
    return alert
