"""The changes of a what-if as values of JSON, for programs and files: by name, and for single queues, the hours of
centres and the flow that meets callers.

    {"volume": 10,
     "queues": [{"queue": "tmf-byggeri", "overflow_after": 20, "overflow_to": "centre:tmf"}],
     "hours": [{"centre": "tmf", "closes": "15:00"}],
     "flow": "hovednummer"}

The limits and checks are those of the page. What is not named stays as in the run before. Null takes back what can be
none: what rows change, opening times, limits of the target (`scenario_options.TAKEN_BACK`) and the flow.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import time
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from indgang.core.refusals import RefusedChange
from indgang.planning import scenario_options
from indgang.planning.routing_changes import EVERYBODY, OF_CENTRE, CentreHours, FlowChange, QueueRouting
from indgang.planning.scenario_options import QUEUE_LIMITS, QUEUE_PLACES
from indgang.planning.whatif import Changes, QueueLoad, ScenarioBase
from indgang.staffing.need import Impossible

#: what a queue and a centre can change, by name
OF_QUEUE = tuple(each.name for each in fields(QueueRouting))
OF_HOURS = tuple(each.name for each in fields(CentreHours))
#: stands for no flow at all
NO_FLOW = "none"
_TO_WHOM = ("overflow_to", "taught")
#: a queue without others has nobody to take its calls
_OF_OTHERS = ("priority", "overflow_after", "taught_share", *_TO_WHOM)
_UNCHANGED = QueueRouting("")

RowT = TypeVar("RowT", QueueRouting, CentreHours)
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AskedChanges:
    """What is asked for. `values` are those of `scenario_options`; `flow` is the code of one whose draft is tried,
    `NO_FLOW`, or empty for the flow of the run before."""

    values: Row = field(default_factory=dict)
    queues: Sequence[Row] = ()
    hours: Sequence[Row] = ()
    flow: str = ""

    def without(self, *names: str) -> AskedChanges:
        """The same but for some values."""
        return replace(self, values={name: each for name, each in self.values.items() if name not in names})


def changed(base: ScenarioBase, before: Changes, asked: AskedChanges, flows: Sequence[FlowChange] = ()) -> Changes:
    """The changes of a run with what is asked for; `flows` are those whose drafts can be tried. Raises RefusedChange
    with the reasons, by the names of `AskedChanges`; "" stands for its values."""
    reasons: dict[str, str] = {}
    with _reason(reasons, ""):
        before = scenario_options.changed(base, before, asked.values)
    queues, hours, flow = before.routing, before.hours, before.flow
    with _reason(reasons, "queues"):
        by_code = {each.code: each for each in base.queues}
        given = {each.queue: each for each in before.routing}
        queues = _merged(
            "queue", asked.queues, list(by_code),
            lambda code, row: _queue(base, by_code[code], given.get(code, QueueRouting(code)), row), given,
        )  # fmt: skip
    with _reason(reasons, "hours"):
        opened = {each.centre: each for each in before.hours}
        hours = _merged(
            "centre", asked.hours, list(centres_of(base)),
            lambda code, row: _hours(opened.get(code, CentreHours(code)), row), opened,
        )  # fmt: skip
    with _reason(reasons, "flow"):
        flow = _flow(asked.flow, before.flow, flows)
    if flow and any(each.callback_after is not None for each in queues):
        reasons["queues"] = _("Forløbet har sit eget tilbud om at blive ringet op. Lad callback_after være tomt.")
    if reasons:
        raise RefusedChange(reasons)
    return replace(
        before, flow=flow, routing=tuple(each for each in queues if each.is_changed),
        hours=tuple(each for each in hours if each.opens or each.closes),
    )  # fmt: skip


@contextmanager
def _reason(reasons: dict[str, str], name: str) -> Iterator[None]:
    """Note why a part is refused."""
    try:
        yield
    except ValueError as error:  # `Impossible` is one
        reasons[name] = str(error)


def _merged(
    key: str, rows: Sequence[Row], codes: Sequence[str], read: Callable[[str, Row], RowT], before: Mapping[str, RowT]
) -> tuple[RowT, ...]:
    """What is changed of each code, in their order. Raises ValueError with what is wrong with each row."""
    found, faults, named = dict(before), [], set[str]()
    for number, row in enumerate(rows, start=1):
        try:
            code = _one_of(key, row.get(key), codes)
            if code in named:
                raise ValueError(_("%(code)s står to gange.") % {"code": code})
            named.add(code)
            found[code] = read(code, row)
        except ValueError as error:
            faults.append(f"{number}: {error}")
    if faults:
        raise ValueError(" ".join(faults))
    return tuple(found[code] for code in codes if code in found)


def _queue(base: ScenarioBase, queue: QueueLoad, before: QueueRouting, row: Row) -> QueueRouting:
    _refuse_unknown(row, OF_QUEUE)
    others = who_can_help(base, queue)
    said = [name for name in _OF_OTHERS if row.get(name) is not None]
    if said and not others:
        raise ValueError(_("%(names)s kræver flere køer i scenariet.") % {"names": ", ".join(said)})
    given: dict[str, Any] = {}
    for name in [each for each in OF_QUEUE[1:] if each in row]:
        value = row[name]
        if value is None:
            given[name] = getattr(_UNCHANGED, name)
        else:
            given[name] = _one_of(name, value, others) if name in _TO_WHOM else _number(name, value)
    return replace(before, **given)


def _number(name: str, value: Any) -> float:
    low, high = QUEUE_LIMITS[name]
    places = QUEUE_PLACES[name]
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not float(low) <= value <= float(high) or round(value, places) != value:
        said = {"name": name, "low": low, "high": high, "places": places}
        raise ValueError(_("%(name)s er et tal fra %(low)s til %(high)s, højst %(places)s decimaler.") % said)
    if name == "priority":
        return int(value)
    return value / 100 if name == "taught_share" else float(value)


def _hours(before: CentreHours, row: Row) -> CentreHours:
    _refuse_unknown(row, OF_HOURS)
    given: dict[str, Any] = {name: _half_hour(name, row[name]) for name in OF_HOURS[1:] if name in row}
    return replace(before, **given)


def _half_hour(name: str, value: Any) -> time | None:
    if value is None:
        return None
    said = _("%(name)s er et klokkeslæt på en hel eller halv time som 8:30.") % {"name": name}
    if not isinstance(value, str):
        raise ValueError(said)
    try:
        found = scenario_options.read(name, value)
        return None if found is None else scenario_options.half_hour(name, found)
    except Impossible as error:
        raise ValueError(said) from error


def _flow(code: str, before: FlowChange | None, flows: Sequence[FlowChange]) -> FlowChange | None:
    if not code:
        return before
    if code == NO_FLOW:
        return None
    by_code = {each.code: each for each in flows}
    return by_code[_one_of("flow", code, [*by_code, NO_FLOW])]


def _one_of(name: str, value: Any, codes: Collection[str]) -> str:
    if not isinstance(value, str) or value not in codes:
        if not codes:
            raise ValueError(_("Der er ingen, %(name)s kan være i scenariet.") % {"name": name})
        raise ValueError(_("%(name)s er en af: %(codes)s.") % {"name": name, "codes": ", ".join(codes)})
    return value


def _refuse_unknown(row: Row, names: Collection[str]) -> None:
    unknown = [each for each in row if each not in names]
    if unknown:
        said = {"unknown": ", ".join(unknown), "names": ", ".join(names)}
        raise ValueError(_("%(unknown)s kendes ikke. Det, der kan ændres, er: %(names)s.") % said)


# --- whom a code can name: here and on the page -------------------------------------------------------------------


def centres_of(base: ScenarioBase) -> dict[str, str]:
    """Code and name of the centres, where there are several."""
    found = {each.centre: each.centre_name or each.centre for each in base.queues if each.centre}
    return found if len(found) > 1 else {}


def who_can_help(base: ScenarioBase, queue: QueueLoad) -> list[str]:
    """The codes of those who could take calls of a queue: everybody, a centre, or the people of another queue; none
    where there is no other queue."""
    queues = [each.code for each in base.queues if each.code != queue.code]
    return [EVERYBODY, *(f"{OF_CENTRE}{each}" for each in centres_of(base)), *queues] if queues else []
