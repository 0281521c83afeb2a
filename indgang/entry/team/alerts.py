"""Alerts that somebody must look at, and who did."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.entry.models import Alert
from indgang.entry.setup.changes import record_change
from indgang.live import stale


@transaction.atomic
def see(alert: Alert, *, by: Person, at: datetime) -> Alert:
    """Record that `by` takes care of the alert; a second time changes nothing."""
    alert = Alert.objects.select_for_update(of=("self",)).get(pk=alert.pk)
    if alert.seen_at is None:
        alert.seen_at, alert.seen_by = at, by.audit_label
        alert.save(update_fields=["seen_at", "seen_by"])
        record_change("alert.see", alert, by=by, at=at, after={"code": alert.code}, parts=("all/alerts",), reload=False)
    return alert


@transaction.atomic
def note(code: str, text: str, *, at: datetime, centre: ContactCentre | None = None) -> None:
    """Raise an alert of its own for something that has happened once. The leaders of `centre` see it; without one only
    those who answer for the whole municipality."""
    Alert.objects.create(at=at, code=code, text=text, centre=centre)
    stale.mark("all/alerts")


@transaction.atomic
def begin(code: str, text: str, *, at: datetime, centre: ContactCentre | None = None) -> None:
    """Raise the alert for those who see one of `note`; as long as its cause lasts, it is one and the same, and says
    `text` as it is now."""
    if Alert.objects.filter(code=code, over_at=None).update(text=text):
        return
    Alert.objects.create(at=at, code=code, text=text, centre=centre)
    stale.mark("all/alerts")


@transaction.atomic
def end(code: str, *, at: datetime) -> None:
    """End the alert, because its cause has gone."""
    if Alert.objects.filter(code=code, over_at=None).update(over_at=at):
        stale.mark("all/alerts")
