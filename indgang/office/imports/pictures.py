"""A plot of imported values over time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from indgang.history.models import HistoryImport, PastValue
from indgang.plots.lines import MOST_SERIES
from indgang.plots.numbers import ValueUnit
from indgang.plots.plot import PlotMoment, Series, TimePlot

#: moments that a picture has room for
_MOST_MOMENTS = 400


def course(source: HistoryImport, values: Sequence[PastValue]) -> TimePlot | None:
    """The subjects with the largest numbers, over time; None when there is only one moment, or far too many."""
    moments = sorted({each.first_day for each in values})
    if not 2 <= len(moments) <= _MOST_MOMENTS:
        return None
    is_measured = source.kind == HistoryImport.Kind.SATISFACTION
    by_subject: defaultdict[str, dict[date, float]] = defaultdict(dict)
    for each in values:
        said = each.value if is_measured else each.number
        if said is not None:
            by_subject[each.subject][each.first_day] = float(said)
    largest = sorted(by_subject, key=lambda subject: -sum(by_subject[subject].values()))[:MOST_SERIES]
    kind = source.get_kind_display()
    return TimePlot(
        title=str(kind), about=_("%(kind)s over tid, i filen %(name)s") % {"kind": kind, "name": source.name},
        unit=ValueUnit.COUNT, when=_("Fra"),
        moments=tuple(PlotMoment(each, date_format(each, "j.n.Y")) for each in moments),
        series=tuple(Series(each, tuple(by_subject[each].get(at) for at in moments)) for each in largest),
    )  # fmt: skip
