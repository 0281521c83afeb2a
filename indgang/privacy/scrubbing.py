"""Scrubs one table in batches: rows are locked, scrubbed and counted in short transactions.

A row that is locked by somebody else or in use is skipped, and the next night tries it again. When a run is killed, its
earlier batches have been scrubbed and counted, and the next run continues after them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from indgang.privacy.kinds import Holding, PersonalData
from indgang.privacy.store import Store

#: rows that a transaction scrubs, in some tens of milliseconds
BATCH = 100
#: rows that a transaction looks through, in as long: most rows of the last days have been scrubbed already
WINDOW = 2000
#: a visit can be recorded up to a week late, and its time then begins on the day of the visit
WRITTEN_LATER = timedelta(days=8)
#: seconds of rest for each second of work, so that the desk nearly always finds the database free
REST = 9.0
#: earlier than every row
LONG_AGO = datetime.fromisoformat("1900-01-01T00:00:00+00:00")

_PUT_PROGRESS = """
INSERT INTO privacy_scrubbingprogress
    (kind, "table", outcome, apart, clean_until, night, position_time, position_key, passed_over, done)
VALUES (%(kind)s, %(table)s, %(outcome)s, %(apart)s::text[], %(clean_until)s, %(night)s, %(time)s, %(key)s,
    %(passed_over)s, %(done)s)
ON CONFLICT (kind, "table", outcome) DO UPDATE SET apart = EXCLUDED.apart, clean_until = EXCLUDED.clean_until,
    night = EXCLUDED.night, position_time = EXCLUDED.position_time, position_key = EXCLUDED.position_key,
    passed_over = EXCLUDED.passed_over, done = EXCLUDED.done
"""
_GET_PROGRESS = """
SELECT clean_until, night, position_time, position_key, passed_over, done FROM privacy_scrubbingprogress
WHERE kind = %(kind)s AND "table" = %(table)s AND outcome = %(outcome)s AND apart = %(apart)s::text[]
"""
_COUNT = """
INSERT INTO privacy_scrubbing (day, kind, "table", outcome, days, before, request, rows, begun_at, last_at)
VALUES (%(night)s, %(kind)s, %(table)s, %(outcome)s, %(days)s, %(before)s, %(request)s, %(rows)s, %(at)s, %(at)s)
ON CONFLICT (day, kind, "table", outcome, days, request) DO UPDATE
    SET rows = privacy_scrubbing.rows + EXCLUDED.rows, last_at = EXCLUDED.last_at, before = EXCLUDED.before
"""


#: key and time of a row
Row = tuple[Any, datetime]


@dataclass(frozen=True, slots=True)
class Place:
    """How far a pass has come: everything before `clean_until` is scrubbed; `time` and `key` are those of the last row
    that it looked at, and `passed_over` is the time of the first due row that was in use."""

    clean_until: datetime | None = None
    time: datetime | None = None
    key: str = ""
    passed_over: datetime | None = None
    done: bool = False


@dataclass(frozen=True, slots=True)
class Pass:
    """One night's work on one table: rows whose time began before `before`, with `outcome` or, when that is empty, with
    none of `apart`. `at` is the present moment by the product's clock."""

    kind: PersonalData
    holding: Holding
    outcome: str
    apart: Sequence[str]
    days: int
    before: datetime
    night: date
    at: datetime

    def run(self, store: Store, *, until: Callable[[], bool] = lambda: False, rest: float = REST) -> bool:
        """Scrub batch after batch until nothing is due or `until` returns true. Return whether the pass is complete."""
        place = self._place(store)
        while not place.done:
            if until():
                return False
            begun = time.monotonic()
            place = self._batch(store, place)
            time.sleep((time.monotonic() - begun) * rest)
        return True

    def _place(self, store: Store) -> Place:
        """Where this night's pass continues. An unfinished pass of an earlier night starts again at `clean_until`. The
        pass begins anew when another set of outcomes has times of their own, because older rows may now be due."""
        found = store.rows(_GET_PROGRESS, self._names() | {"apart": self._set_apart()})
        if not found:
            return Place()
        clean_until, night, position_time, key, passed_over, done = found[0]
        come_to = Place(clean_until, position_time, key, passed_over, done)
        return come_to if night == self.night else Place(clean_until)

    def _batch(self, store: Store, place: Place) -> Place:
        with store.batch():
            end = self._window_end(store, place)
            due = self._due(store, place, end)
            free = self._locked(store, [key for key, _time in due])
            if free:
                scrub(store, self.holding, list(free), min(time for key, time in due if key in free))
                self._count(store, len(free))
            place = self._after(place, end, due, free)
            self._keep(store, place)
        return place

    def _window_end(self, store: Store, place: Place) -> Row | None:
        """The last row of the next window; None when fewer rows are left. The table and all conditions are our own
        code."""
        held = self.holding
        in_time = f"held.{held.since} < %(before)s" if held.by_time else "true"
        found = store.rows(
            f"SELECT held.{held.key}, held.{held.since} FROM {held.table} AS held"  # noqa: S608  # our names
            f" WHERE {self._behind(place)} AND {in_time} ORDER BY {self._order()} OFFSET {WINDOW - 1} LIMIT 1",
            self._values(place),
        )
        return found[0] if found else None

    def _due(self, store: Store, place: Place, end: Row | None) -> list[Row]:
        """The first rows of the window that have something to scrub, also those in use."""
        held = self.holding
        ends = {"end_key": end[0], "end_time": end[1]} if end else {}
        return store.rows(
            f"SELECT held.{held.key}, held.{held.since} FROM {held.table} AS held"  # noqa: S608  # our names
            f" WHERE {self._behind(place)} AND {self._within() if end else 'true'} AND {self._of_outcome()}"
            f" AND held.{held.since} < %(before)s AND ({held.left}) ORDER BY {self._order()} LIMIT {BATCH}",
            self._values(place) | ends,
        )

    def _locked(self, store: Store, keys: Sequence[Any]) -> set[Any]:
        """Those of the rows that are still due, free and locked by nobody else; they are locked now. A row may
        have changed since it was found: a draft that is saved again begins a new time."""
        if not keys:
            return set()
        held = self.holding
        found = store.rows(
            f"SELECT held.{held.key} FROM {held.table} AS held WHERE held.{held.key} = ANY(%(keys)s::{held.key_type}[])"  # noqa: S608  # our names
            f" AND held.{held.since} < %(before)s AND {self._of_outcome()} AND ({held.left}) AND ({held.free})"
            " FOR UPDATE OF held SKIP LOCKED",
            {"keys": list(keys), "before": self.before, "outcome": self.outcome, "apart": list(self.apart)},
        )
        return {key for (key,) in found}

    def _after(self, place: Place, end: Row | None, due: Sequence[Row], free: Collection[Any]) -> Place:
        """The place after a batch. At the end of the table everything is clean, or up to the first row in use."""
        in_use = [time for key, time in due if key not in free]
        passed_over = min([*in_use, *([place.passed_over] if place.passed_over else [])], default=None)
        last = due[-1] if len(due) == BATCH else end
        if last is not None:
            return Place(place.clean_until, last[1], str(last[0]), passed_over)
        clean_until = (passed_over or self.before) if self.holding.by_time else None
        return Place(clean_until, place.time, place.key, passed_over, done=True)

    def _order(self) -> str:
        held = self.holding
        return f"held.{held.since}, held.{held.key}" if held.by_time else f"held.{held.key}"

    def _within(self) -> str:
        """The condition for rows of the window."""
        key, since = f"held.{self.holding.key}", f"held.{self.holding.since}"
        last = f"%(end_key)s::{self.holding.key_type}"
        if not self.holding.by_time:
            return f"{key} <= {last}"
        return f"{since} <= %(end_time)s::timestamptz AND ({since}, {key}) <= (%(end_time)s::timestamptz, {last})"

    def _behind(self, place: Place) -> str:
        """The condition for rows after the last one that was looked at."""
        key, since = f"held.{self.holding.key}", f"held.{self.holding.since}"
        later = f"{key} > %(key)s::{self.holding.key_type}"
        if not self.holding.by_time:
            return later if place.key else "true"
        begun = f"({since}, {key}) > (%(time)s::timestamptz, %(key)s::{self.holding.key_type})"
        return f"{since} >= %(from)s::timestamptz AND {begun if place.key else 'true'}"

    def _values(self, place: Place) -> dict[str, Any]:
        begin = place.clean_until - WRITTEN_LATER if place.clean_until else LONG_AGO
        return {
            "from": max(begin, place.time or begin), "time": place.time, "key": place.key, "before": self.before,
            "outcome": self.outcome, "apart": list(self.apart),
        }  # fmt: skip

    def _of_outcome(self) -> str:
        if not self.holding.outcome:
            return "true"
        column = f"held.{self.holding.outcome}"
        return f"{column} = %(outcome)s" if self.outcome else f"{column} <> ALL(%(apart)s)"

    def _count(self, store: Store, rows: int) -> None:
        counted = {"days": self.days, "before": self.before, "request": 0, "rows": rows, "at": self.at}
        store.run(_COUNT, self._names() | counted)

    def _keep(self, store: Store, place: Place) -> None:
        come_to: dict[str, Any] = {"apart": self._set_apart()}
        come_to |= {"clean_until": place.clean_until, "time": place.time, "key": place.key, "done": place.done}
        come_to["passed_over"] = place.passed_over
        store.run(_PUT_PROGRESS, self._names() | come_to)

    def _set_apart(self) -> list[str]:
        """The outcomes that this pass leaves to passes of their own."""
        return [] if self.outcome else sorted(self.apart)

    def _names(self) -> dict[str, Any]:
        names = {"kind": self.kind.name, "table": self.holding.table, "outcome": self.outcome}
        return names | {"night": self.night}


def scrub(store: Store, holding: Holding, keys: Sequence[Any], floor: datetime) -> None:
    """Scrub the rows with these keys, whose times began at `floor` or later."""
    for statement in holding.scrubs:
        store.run(statement, {"keys": list(keys), "floor": max(floor - WRITTEN_LATER, LONG_AGO)})


def count_erased(
    store: Store, kind: PersonalData, holding: Holding, *, request: int, rows: int, day: date, at: datetime
) -> None:
    """Add the rows that an erasure scrubbed to the log."""
    counted = {"kind": kind.name, "table": holding.table, "outcome": "", "night": day, "days": 0, "before": None}
    store.run(_COUNT, counted | {"request": request, "rows": rows, "at": at})
