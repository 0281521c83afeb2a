"""The second level as the centre knows it: the facts of its agreements, and how to reach its people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from indgang.routing.availability.reachability import Reachability, who_can_take
from indgang.routing.availability.windows import AtDesk, Availability, Medium, Person


@dataclass(frozen=True, slots=True)
class SecondLevel:
    """Who has promised to answer what. `facts` lack what people do at their desks, which the centre knows itself.

    `names` and `numbers` (telephone, as the directory has it) are of the people in the facts; some have no number.
    `closed_pauses` are the codes of the pause reasons in which colleagues may not ask.
    """

    facts: Availability = field(default_factory=Availability)
    names: Mapping[Person, str] = field(default_factory=dict)
    numbers: Mapping[Person, str] = field(default_factory=dict)
    closed_pauses: frozenset[str] = frozenset()

    def who_can_take(
        self, subject: str, desks: Mapping[Person, AtDesk], at: datetime, *, medium: Medium | None = Medium.PHONE
    ) -> Reachability:
        """Who can be asked by this medium (None: by any) about the subject (the code of a service), while people do
        this."""
        return who_can_take(self.facts.with_desks(desks), subject, medium, at)

    def windows_of(self, person: Person, at: datetime) -> list[int]:
        """The ids of the open windows in which the person is named, in ascending order."""
        windows = self.facts.windows_with.get(person, ())
        return sorted({window.id for window in windows if self.facts.is_open(window, at)})
