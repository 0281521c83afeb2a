"""Takes an import back: its contacts count no more. The log keeps what was written, and that it was taken back."""

from __future__ import annotations

from datetime import datetime

from django.db import connection, transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.refusals import RefusedChange
from indgang.events import log
from indgang.history.event_kinds import HistoryKind
from indgang.history.models import HistoryImport, ImportedPart, WaitingImport
from indgang.measures.rollups import counting, formula

#: what the trail calls it
ACTION = "historyimport.withdraw"
_WITHDRAW = f"""
INSERT INTO {log.TABLE} (stream, number, at, kind, version, queue, data, channel, level, centre)
SELECT stream, events, %(at)s, %(kind)s, %(version)s, queue, jsonb_build_object('source', %(source)s::bigint),
       channel, 1, centre
FROM {ImportedPart._meta.db_table} WHERE source_id = %(source)s ORDER BY day, queue, channel
"""  # noqa: S608  # our names


def withdraw(source: HistoryImport, *, why: str, by: Person | trail.System, at: datetime) -> None:
    """Take the import back and count the figures again. Raises RefusedChange when it has been, and OutdatedRollups.

    An import that was killed can be taken back as well: what it has written counts no more.
    """
    if formula.is_outdated():
        raise formula.OutdatedRollups
    _withdraw(source, why=why, by=by, at=at)
    counting.follow()


@transaction.atomic
def _withdraw(source: HistoryImport, *, why: str, by: Person | trail.System, at: datetime) -> None:
    locked = HistoryImport.objects.select_for_update().get(pk=source.pk)
    if locked.state == HistoryImport.State.WITHDRAWN:
        raise RefusedChange({"": _("Importen er allerede taget tilbage.")})
    if locked.state == HistoryImport.State.REFUSED:
        raise RefusedChange({"": _("Der blev ikke importeret noget.")})
    kind = HistoryKind.WITHDRAWN
    with connection.cursor() as cursor:
        cursor.execute(_WITHDRAW, {"at": at, "kind": kind, "version": kind.version, "source": locked.pk})
    locked.parts.update(keys=b"")
    locked.past_values.all().delete()
    WaitingImport.objects.filter(source=locked).delete()
    locked.state, locked.withdrawn_at = HistoryImport.State.WITHDRAWN, at
    locked.save(update_fields=["state", "withdrawn_at"])
    trail.record(by=by, at=at, action=ACTION, target=locked, before={"imported": locked.imported}, why=why)
