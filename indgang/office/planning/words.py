"""The calculator's answers in words and rows of tables."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from django.forms import BoundField
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.office.planning.forms import NeedForm, typed
from indgang.office.planning.starts import CalculatorStart
from indgang.planning.calculation import StaffingAnswer, StaffingQuestion
from indgang.staffing.sizing import HeldSeats, Seats, Sizing


@dataclass(frozen=True, slots=True)
class NeedFact:
    """A name with its value."""

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class AssumptionShown:
    """An assumption, and where it comes from."""

    name: str
    value: str
    source: str
    is_own: bool


@dataclass(frozen=True, slots=True)
class OutcomeRow:
    """A line of a table: a way to staff, what it costs and what callers meet."""

    name: str
    is_chosen: bool
    fte: str
    kroner: str
    in_time: str
    mean_wait: str
    abandoned: str
    occupancy: str


#: what the share in time of needs and what-ifs is a share of
IN_TIME_MEANING = gettext_lazy(
    "Besvaret i tide er en andel af alle opkald, også dem, der bliver lagt på (SL3). Tavlen og aftalerne måler "
    "serviceniveauet uden dem, der lægger på inden for målet (SL4), så det er lidt højere."
)


def main(found: StaffingAnswer) -> list[NeedFact]:
    """What is asked first: people and kroner."""
    chosen = found.chosen
    said = [
        NeedFact(_("Årsværk"), fte(chosen.fte)),
        NeedFact(_("Hele stillinger"), number_format(math.ceil(chosen.fte - 1e-9), 0, force_grouping=True)),
        NeedFact(_("Årsværk før afrunding til hele pladser"), fte(chosen.fte_before_rounding)),
        NeedFact(_("Pladser i det travleste interval"), number_format(found.most_seats, 0, force_grouping=True)),
        NeedFact(
            _("Belastning i det travleste interval"),
            f"{number_format(found.busiest.load, 2)} Erlang",
        ),
    ]
    if found.lines is not None:
        said.append(
            NeedFact(
                _("Telefonlinjer, så højst %(share)s møder optaget") % {"share": percent(found.lines.blocked)},
                number_format(found.lines.lines, 0, force_grouping=True),
            )
        )
    if chosen.kroner is not None:
        said.append(NeedFact(_("Kroner om året"), kroner(chosen.kroner)))
    if chosen.kroner_each_call is not None:
        said.append(NeedFact(_("Kroner for et opkald"), kroner(chosen.kroner_each_call, 2)))
    return said


def met(question: StaffingQuestion, sizing: Sizing) -> list[NeedFact]:
    """What callers meet with the seats that are held."""
    within = number_format(question.target.within, 0)
    return [
        NeedFact(_("Besvaret inden for %(within)s sekunder") % {"within": within}, percent(sizing.in_time)),
        NeedFact(_("Ventetid i gennemsnit"), seconds(sizing.mean_wait)),
        NeedFact(_("Lægger på"), _lost(question, sizing.abandoned)),
        NeedFact(_("Belægning"), percent(sizing.occupancy)),
    ]


def ways(found: StaffingAnswer) -> list[OutcomeRow]:
    """The same seats all day, against seats that follow the calls."""
    names = {Seats.FLAT: _("De samme pladser hele dagen"), Seats.CURVE: _("Pladser, der følger opkaldene")}
    return [_row(names[way], way is found.question.seats, found.question, sizing)
            for way, sizing in found.by_seats.items()]  # fmt: skip


def steps(found: StaffingAnswer) -> list[OutcomeRow]:
    """One agent fewer, as many as are held, and one more."""
    names = {-1: _("En medarbejder færre"), 0: _("Som regnet ud"), 1: _("En medarbejder mere")}
    return [_row(names[step.more], step.more == 0, found.question, step.held) for step in found.steps]


def assumptions(form: NeedForm, start: CalculatorStart) -> Iterator[AssumptionShown]:
    """Every field with its value, and its source while it has the start's value."""
    for bound in form:
        is_own = form.cleaned_data.get(bound.name) != _cleaned(form, start, bound.name)
        value = _value(bound)
        if value or is_own:
            yield AssumptionShown(
                str(bound.label), value or "–", _("Dit eget tal") if is_own else start.sources[bound.name], is_own
            )


def _cleaned(form: NeedForm, start: CalculatorStart, name: str) -> object:
    value = start.values[name]
    return form.fields[name].clean(typed(value))


def _value(bound: BoundField) -> str:
    shown = str(bound.value() or "")
    choices = dict(getattr(bound.field, "choices", ()))
    return str(choices.get(shown, shown))


def _row(name: str, is_chosen: bool, question: StaffingQuestion, held: Sizing | HeldSeats) -> OutcomeRow:
    return OutcomeRow(
        name, is_chosen, fte(held.fte), "–" if held.kroner is None else kroner(held.kroner), percent(held.in_time),
        seconds(held.mean_wait), _lost(question, held.abandoned), percent(held.occupancy),
    )  # fmt: skip


def _lost(question: StaffingQuestion, share: float) -> str:
    return _("ikke regnet med") if question.demand.patience_seconds is None else percent(share)


def fte(value: float) -> str:
    return number_format(round(value, 1), 1, force_grouping=True)


def percent(share: float) -> str:
    return f"{number_format(round(100 * share, 1), 1)}\N{NO-BREAK SPACE}%"


def kroner(value: float, places: int = 0) -> str:
    return f"{number_format(round(value, places), places, force_grouping=True)}\N{NO-BREAK SPACE}kr."


def seconds(value: float) -> str:
    """Whole seconds; more than an hour is a queue that only grows."""
    if not math.isfinite(value):
        return _("køen vokser uden ende")
    return _("%(seconds)s sekunder") % {"seconds": number_format(round(value), 0, force_grouping=True)}
