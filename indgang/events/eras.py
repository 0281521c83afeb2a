"""Eras of the log: numbers of transactions compare within one database server alone.

A dump that is restored on another server brings events whose transactions that server has not reached, or has passed
long ago. So it begins an era: what was there before counts as committed, whatever its transactions say.
"""

from __future__ import annotations

from django.db import connection

from indgang.events.models import Era

_SERVER = "SELECT system_identifier::text FROM pg_control_system()"


def settle() -> None:
    """Begin an era if this server did not write the last one; writers are held up for a moment then."""
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
    """The era after this one, if it is over."""
    return Era.objects.filter(pk__gt=era.pk).order_by("pk").first()
