"""Eras of the log, which exist because transaction ids can only be compared within one database server.

A dump that is restored on another server brings events whose transaction ids that server has not reached, or has passed
long ago. So it begins a new era, and everything from before counts as committed, whatever its transaction ids.
"""

from __future__ import annotations

from django.db import connection

from indgang.events.models import Era

_SERVER = "SELECT system_identifier::text FROM pg_control_system()"


def settle() -> None:
    """Begin an era if another server wrote the last one; this blocks writers for a moment."""
    with connection.cursor() as cursor:
        cursor.execute(_SERVER)
        (here,) = cursor.fetchone() or ("",)
        if Era.objects.order_by("pk").values_list("server", flat=True).last() != here:
            cursor.execute("SELECT events_begin_era()")


def first() -> Era:
    """The era in which the log begins."""
    settle()
    return Era.objects.order_by("pk")[0]


def following(era: Era) -> Era | None:
    """The era after this one; None for the current era."""
    return Era.objects.filter(pk__gt=era.pk).order_by("pk").first()
