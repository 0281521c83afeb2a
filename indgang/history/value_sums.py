"""The values of one file, added up where addresses of one page differ only in what is not kept of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date

from indgang.history.mapping import subjects
from indgang.history.mapping.faults import CellFault, RowFault
from indgang.history.mapping.fields import SourceKind
from indgang.history.mapping.value_rows import PeriodValue

ValueKey = tuple[str, date, date]
Said = tuple[int | None, float | None]


@dataclass
class _Summed:
    """What a file says about one subject and period, by the subject as it was written."""

    said: dict[str, Said] = field(default_factory=dict)
    lines: list[int] = field(default_factory=list)

    @property
    def whole(self) -> Said:
        each = list(self.said.values())
        return each[0] if len(each) == 1 else (sum(number or 0 for number, _mean in each), None)


class ValueSums:
    """Collects the rows of one file. `refuse` hears of those that say another value of the same."""

    def __init__(self, kind: SourceKind, refuse: Callable[[RowFault], None]) -> None:
        self._kind, self._refuse = kind, refuse
        self._held: dict[ValueKey, _Summed] = {}
        self.known = 0

    def __len__(self) -> int:
        return len(self._held)

    def add(self, line: int, read: PeriodValue) -> None:
        summed = self._held.setdefault((subjects.kept(self._kind, read.subject), read.first, read.last), _Summed())
        said = (read.number, read.value)
        is_sum = self._kind is SourceKind.VISITS and read.subject not in summed.said
        if is_sum or not summed.said:
            summed.said[read.subject] = said
            summed.lines.append(line)
        elif summed.said.get(read.subject, summed.whole) == said:
            self.known += 1
        else:
            self._refuse(other_value(line, read.first))

    def rows(self) -> Iterator[tuple[ValueKey, Said, list[int]]]:
        """Each value with the lines that it comes from."""
        for key, summed in self._held.items():
            yield key, summed.whole, summed.lines


def other_value(line: int, first: date) -> RowFault:
    return RowFault(line, "", CellFault.OTHER_VALUE, f"{first:%d.%m.%Y}")
