"""The figures of the documents that people count, because no event of the product tells them. Pure.

Somebody types a value for each period of a figure; some come from an imported series too (`history`). Baseline and
target are those of the documents (kpi_definitions.csv); an agreement may set others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class EnteredPeriod(StrEnum):
    """For how long a value counts."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        return {EnteredPeriod.MONTH: 1, EnteredPeriod.QUARTER: 3, EnteredPeriod.YEAR: 12}[self]

    def first_of(self, day: date) -> date:
        """The first day of the period that a day lies in."""
        return day.replace(month=day.month - (day.month - 1) % self.months, day=1)

    def last_of(self, day: date) -> date:
        """The last day of that period."""
        first = self.first_of(day)
        following = first.year * 12 + first.month - 1 + self.months
        return date(following // 12, following % 12 + 1, 1) - timedelta(days=1)


class EnteredAs(StrEnum):
    """What is typed, and how the values of several periods make one."""

    COUNT = "count"
    """A number; numbers are added up."""
    STATE = "state"
    """A number that holds until the next one: the latest counts."""
    SHARE = "share"
    """A number out of another; both are added up."""
    STATE_SHARE = "state_share"
    """A number out of another that holds until the next one: the latest counts."""

    @property
    def is_share(self) -> bool:
        return self in (EnteredAs.SHARE, EnteredAs.STATE_SHARE)

    @property
    def is_state(self) -> bool:
        return self in (EnteredAs.STATE, EnteredAs.STATE_SHARE)


@dataclass(frozen=True, slots=True)
class EnteredKind:
    """A figure that people count. `formula` and `counts` are those of its definition; `baseline` and `target` are the
    document's, in the unit of the figure, None where it has none in numbers. `imported` is the kind of imported values
    that may feed it ("" for none); `source` the lines of the documents."""

    code: str
    kpi: str
    period: EnteredPeriod
    typed: EnteredAs
    formula: str
    counts: str
    source: str
    is_lower_better: bool = False
    baseline: float | None = None
    target: float | None = None
    #: years of the target, where the document gives them
    target_when: str = ""
    imported: str = ""
    #: whether single people are behind small numbers
    of_people: bool = False

    @property
    def unit(self) -> str:
        return "percent" if self.typed.is_share else "count"


_P, _AS = EnteredPeriod, EnteredAs

ENTERED: tuple[EnteredKind, ...] = (
    EnteredKind(
        "website_visits", "K11", _P.MONTH, _AS.COUNT, "visits to the pages of the website",
        "Visits by the statistics of the website, to hold beside the contacts of the same days.", "001:2006",
        imported="visits",
    ),
    EnteredKind(
        "satisfied_in_person", "K18", _P.MONTH, _AS.SHARE, "satisfied or very satisfied / answers at the entrances",
        "Answers at the stands of the physical entrances and in their surveys; those of this product's own surveys are "
        "in `satisfied`.", "002:1032", baseline=89.0, target=90.0, imported="satisfaction", of_people=True,
    ),
    EnteredKind(
        "staff_trained", "K19", _P.YEAR, _AS.STATE_SHARE, "employees trained / employees",
        "Employees who have been trained in guiding people digitally; the latest value counts.", "002:1036",
        target=100.0, target_when="2022", of_people=True,
    ),
    EnteredKind(
        "service_journeys", "K20", _P.YEAR, _AS.COUNT, "service journeys carried out",
        "Service journeys that were carried out in the year.", "002:1037", target=7.0, target_when="2021: 4, 2022: 3",
    ),
    EnteredKind(
        "by_appointment", "K21", _P.YEAR, _AS.SHARE, "contacts by appointment / contacts",
        "Contacts in person that had booked a time.", "003:234", target=50.0, target_when="2020", of_people=True,
    ),
    EnteredKind(
        "by_screen", "K22", _P.YEAR, _AS.SHARE, "contacts by screen / contacts",
        "Contacts that were served on a screen from another place.", "003:236", target=20.0, target_when="2020",
        of_people=True,
    ),
    EnteredKind(
        "manual_processes", "K25", _P.QUARTER, _AS.STATE, "manual processes in case work",
        "Steps of case work that people do by hand at the end of the quarter; the latest value counts.", "003:237",
        is_lower_better=True, imported="counts",
    ),
    EnteredKind(
        "services_studied", "K27", _P.YEAR, _AS.SHARE, "services with a whole user journey studied / services",
        "Each service counts once in the year.", "001:5624", target=100.0,
    ),
    EnteredKind(
        "solutions_tested", "K27", _P.YEAR, _AS.SHARE, "self-service solutions tested with users / solutions",
        "Each self-service solution counts once in the year.", "001:5624", target=100.0,
    ),
)  # fmt: skip

KINDS: Mapping[str, EnteredKind] = {each.code: each for each in ENTERED}
