"""The time of the last public change, so that cached pages expire within a second of a change.

Each change writes to the audit trail in its own transaction, so the trail shows changes of all processes. Time alone
also changes pages: a version, a piece of news or a message begins or ends at a moment that is known in advance. Each
process reads the trail at most once a second, whatever the number of visitors.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import DatabaseError, InterfaceError, connection

from indgang.core import clock

logger = logging.getLogger(__name__)

#: how long a process relies on its last reading
SECONDS = 1.0

#: Rows of the trail can become visible out of order: a row gets its number before its transaction commits.
#: So the stamp sums a window of the newest rows instead of reading only the newest.
_CHANGES = """
SELECT coalesce(sum(id), 0), max(at) FROM audit_change
WHERE id > (SELECT coalesce(max(id), 0) - 2000 FROM audit_change) AND (
    target_type LIKE 'catalogue.%%' OR target_type IN ('correspondence.onlineform',
    'feedback.pageform', 'feedback.questionnaireversion', 'entry.disturbance', 'entry.entrypoint', 'entry.formernumber',
    'entry.queue', 'knowledge.article', 'knowledge.articleversion', 'knowledge.attachment', 'knowledge.guide',
    'knowledge.guideversion', 'knowledge.news', 'knowledge.synonymgroup'))
"""

#: moments at which something begins or ends by itself: the last past one and the next one
_MOMENTS = """
SELECT max(moment) FILTER (WHERE moment <= %(now)s), min(moment) FILTER (WHERE moment > %(now)s) FROM (
    SELECT published_from AS moment FROM knowledge_articleversion WHERE state = 'published'
    UNION ALL SELECT withdrawn_at FROM knowledge_article
    UNION ALL SELECT unnest(ARRAY[shown_from, shown_until]) FROM knowledge_news
    UNION ALL SELECT unnest(ARRAY[starts_at, ends_at]) FROM entry_disturbance
) AS moments
"""


@dataclass(frozen=True, slots=True)
class Stamp:
    """`number` grows with each change that this process notices; `changed_at` is the same in all processes."""

    number: int
    changed_at: datetime
    changes: int
    next_moment: datetime | None


_LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
_known = Stamp(0, _LONG_AGO, -1, None)
_asked = 0.0
_asking = threading.Lock()


def current() -> Stamp:
    """The stamp, at most `SECONDS` old. While the database is down: the last known one."""
    global _asked
    if time.monotonic() - _asked < SECONDS or not _asking.acquire(blocking=False):
        return _known
    try:
        if time.monotonic() - _asked >= SECONDS:
            _look()
            _asked = time.monotonic()
    except (DatabaseError, InterfaceError) as error:
        _asked = time.monotonic()
        logger.warning("the public pages cannot see what has changed: %s", error)
    finally:
        _asking.release()
    return _known


def forget() -> None:
    """Read the trail again next time, and treat all cached pages as expired."""
    global _known, _asked
    _known, _asked = Stamp(_known.number + 1, _LONG_AGO, -1, None), 0.0


def _look() -> None:
    global _known
    now = clock.now()
    with connection.cursor() as cursor:
        cursor.execute(_CHANGES)
        changes, changed_at = cursor.fetchone()
        passed = _known.next_moment is not None and _known.next_moment <= now
        if changes == _known.changes and not passed:
            return
        cursor.execute(_MOMENTS, {"now": now})
        last, following = cursor.fetchone()
    newest = max(filter(None, (changed_at, last)), default=_LONG_AGO)
    _known = Stamp(_known.number + 1, newest, int(changes), following)
