"""Odd patterns among looks at people's histories. They prove nothing, but each is worth a question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

#: the time that is searched for patterns
PERIOD = timedelta(days=30)
#: looks in a day, and the multiple of the person's own average, from which they count as many
MANY, TIMES_AVERAGE = 30, 3
#: hours between which hardly anybody works
NIGHT_FROM, NIGHT_UNTIL = 22, 6
#: days on which somebody comes back to the same person
DAYS_ON_ONE = 4

KINDS: dict[str, str | Promise] = {
    "many": _("Mange opslag på en dag"),
    "night": _("Opslag om natten"),
    "same": _("Den samme person slået op igen og igen"),
}

_LOOKS = """
    SELECT by_id, by_label, subject_type, subject_id, subject_label,
        at AT TIME ZONE 'Europe/Copenhagen' AS local FROM audit_look WHERE at >= %(since)s AND at < %(until)s
"""
_SQL = f"""
WITH looks AS ({_LOOKS}), days AS (
    SELECT by_id, min(by_label) AS who, local::date AS day, count(*) AS n FROM looks GROUP BY by_id, local::date
), usual AS (SELECT by_id, sum(n) / 30.0 AS a_day FROM days GROUP BY by_id)
SELECT 'many', who, day, n, '' FROM days JOIN usual USING (by_id)
WHERE n >= %(many)s AND n >= %(times)s * greatest(a_day, 1)
UNION ALL
SELECT 'night', min(by_label), local::date, count(*), '' FROM looks
WHERE extract(hour FROM local) >= %(night_from)s OR extract(hour FROM local) < %(night_until)s
GROUP BY by_id, local::date
UNION ALL
SELECT 'same', min(by_label), max(local)::date, count(DISTINCT local::date), min(subject_type) || ':' || subject_id
FROM looks WHERE subject_type = 'enquiries.party' GROUP BY by_id, subject_id
HAVING count(DISTINCT local::date) >= %(days_on_one)s
ORDER BY 3 DESC, 1, 2
"""  # noqa: S608  # composed of the constants above alone


@dataclass(frozen=True, slots=True)
class OddLooks:
    """One pattern. `kind` is one of `KINDS`; `count` is a number of looks, or of days for the kind `same`; `subject` is
    "type:id", or empty."""

    kind: str
    who: str
    day: date
    count: int
    subject: str


def odd(*, at: datetime, most: int = 100) -> Sequence[OddLooks]:
    """The patterns of the last `PERIOD`, newest first."""
    values: dict[str, datetime | int] = {
        "since": at - PERIOD, "until": at, "many": MANY, "times": TIMES_AVERAGE, "night_from": NIGHT_FROM,
        "night_until": NIGHT_UNTIL, "days_on_one": DAYS_ON_ONE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        return [OddLooks(*row) for row in cursor.fetchmany(most)]
