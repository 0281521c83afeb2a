"""From a figure to the contacts behind it, and from a contact to the figures that count it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.core.clock import COPENHAGEN, day_of
from indgang.enquiries.models import Channel, Enquiry, Outcome, State
from indgang.measures.definitions import Definition, Figure, holding
from indgang.measures.figure_texts import Words
from indgang.measures.group_names import group_names
from indgang.measures.rollups import contacts_behind, reading
from indgang.measures.rollups.contacts_behind import BehindWhat, ContactBehind, ContactsBehind
from indgang.measures.rollups.facts import CountedFact, Measure
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.sums import SegmentOutcome
from indgang.measures.totals import Totals
from indgang.office.figures import tables
from indgang.office.figures.forms import ContactsFilter
from indgang.office.figures.tables import FigureShown

PER_PAGE = 100

_SEGMENT_WORDS: dict[str, Words] = {
    SegmentOutcome.ANSWERED: gettext_lazy("Besvaret"),
    SegmentOutcome.ABANDONED: gettext_lazy("Opgivet"),
    SegmentOutcome.WAITING: gettext_lazy("Venter"),
    SegmentOutcome.OVERFLOWED: gettext_lazy("Gik videre"),
    SegmentOutcome.MESSAGES: gettext_lazy("Lagde en besked"),
    SegmentOutcome.CALLBACKS: gettext_lazy("Fik lovet et opkald"),
    SegmentOutcome.LEFT: gettext_lazy("Sluttede på anden måde"),
}
MEASURE_WORDS: dict[str, Words] = {
    Measure.SEGMENTS: gettext_lazy("Ophold i en kø"),
    Measure.WRITTEN_SEGMENTS: gettext_lazy("Skriftligt, i en kø"),
    Measure.ARRIVED: gettext_lazy("Henvendelsen kom"),
    Measure.ANSWERED: gettext_lazy("Henvendelsen blev besvaret"),
    Measure.WHOLE_WAIT: gettext_lazy("Ventetid i alt"),
    Measure.TALKED: gettext_lazy("Samtale"),
    Measure.HANDLED: gettext_lazy("Samtale, parkering og efterbehandling"),
    Measure.REGISTERED: gettext_lazy("Første registrering"),
    Measure.DIGITAL: gettext_lazy("Første registrering, burde løses digitalt eller ej"),
    Measure.REPEATS: gettext_lazy("Kom kontakten igen inden for syv dage?"),
    Measure.GENERAL: gettext_lazy("Første registrering, kun generelle spørgsmål"),
    Measure.OVERFLOWS: gettext_lazy("Opkaldet gik videre fra køen"),
    Measure.REPLIED: gettext_lazy("Skriftligt svar"),
    Measure.CALLBACKS: gettext_lazy("Lovet opkald"),
    Measure.CALLBACK_TIMES: gettext_lazy("Lovet opkald på et valgt tidspunkt"),
    Measure.NOT_REACHED: gettext_lazy("Ikke truffet"),
    Measure.SECOND_LEVEL: gettext_lazy("2. niveau blev spurgt"),
    Measure.OUT_OF_HOURS: gettext_lazy("2. niveau blev spurgt uden for den aftalte tid"),
    Measure.HANDOVERS: gettext_lazy("Overlevering"),
    Measure.PROMISES: gettext_lazy("Løfte"),
    Measure.RATED: gettext_lazy("Svar om samtalen"),
    Measure.ASKED: gettext_lazy("Skulle spørges om samtalen"),
    Measure.ON_DUTY: gettext_lazy("Medarbejdernes tid"),
    Measure.ON_SHIFT: gettext_lazy("Vagtplanen"),
    Measure.ON_PAY: gettext_lazy("Betalt tid"),
}


@dataclass(frozen=True, slots=True)
class CountedContact:
    """What one contact adds to a figure, in words. `arrived` is None when its row is no longer there."""

    stream: UUID
    arrived: datetime | None
    counted: str
    what: Words
    channel: str
    queue: str
    service: str
    outcome: Words
    time: timedelta | None
    side: Words
    figure: Figure


class ContactsOfFigure:
    """A page of the contacts behind a figure, and how many there are in all."""

    def __init__(self, definition: Definition, form: ContactsFilter) -> None:
        self.definition, self.form = definition, form
        self.shown = _shown(definition, form)

    def page(self, *, most: int = PER_PAGE) -> tuple[list[CountedContact], UUID | None]:
        """Their rows after the contact that is asked for, and the contact after which the rest is found."""
        found = self._behind(self.form.cleaned_data.get("after"), most)
        return _in_words(self.definition, found.rows), found.following

    def batches(self) -> Iterator[list[CountedContact]]:
        """Every row in words, read as it is asked for."""
        return (_in_words(self.definition, rows) for rows in self.raw_batches())

    def raw_batches(self) -> Iterator[list[ContactBehind]]:
        """Every row, read as it is asked for."""
        after: UUID | None = None
        while True:
            found = self._behind(after, PER_PAGE * 5)
            yield found.rows
            after = found.following
            if after is None:
                return

    def _behind(self, after: UUID | None, most: int) -> ContactsBehind:
        form = self.form
        what = BehindWhat(self.definition, form.period_of_part, form.only, form.group_by, form.group)
        return contacts_behind.behind(what, after=after, most=most, wanted=self._wanted)

    def _wanted(self, figure: Figure) -> bool:
        side = self.form.chosen_side
        return not side or (side == ContactsFilter.FOR) == is_for(figure)

    @property
    def has_sides(self) -> bool:
        return has_sides(self.definition)

    @property
    def part(self) -> str:
        """The name of the part; empty for all that is chosen."""
        by = self.form.group_by
        return "" if by is GroupBy.NOTHING else group_names(by, {self.form.group: None})[self.form.group]


def has_sides(definition: Definition) -> bool:
    """Whether a contact counts for the figure or against it: for a share, not for a mean or a number."""
    return definition.unit == "percent"


def is_for(figure: Figure) -> bool:
    return bool(figure.value)


def _shown(definition: Definition, form: ContactsFilter) -> FigureShown:
    """The figure of the whole part from the roll-ups. Nothing is hidden: those who see contacts answer for them."""
    found = reading.totals(
        form.days.period, by=form.group_by, only=form.only, times=definition.has_times, entered=[definition.code]
    )  # fmt: skip
    return FigureShown(definition, definition.of(found.get(form.group, Totals())))


# --- In words ------------------------------------------------------------------------------------


def _in_words(definition: Definition, rows: Iterable[ContactBehind]) -> list[CountedContact]:
    rows = list(rows)
    arrived = dict(Enquiry.objects.filter(pk__in={row.stream for row in rows}).values_list("pk", "arrived_at"))
    names = _Names(row.fact for row in rows)
    return [names.of(row.stream, arrived.get(row.stream), row.fact, definition, row.figure) for row in rows]


class _Names:
    """The words for the codes of facts."""

    def __init__(self, facts: Iterable[CountedFact]) -> None:
        keys = [fact.key for fact in facts]
        self._queues = group_names(GroupBy.QUEUE, {key.queue: None for key in keys})
        self._services = group_names(GroupBy.SERVICE, {key.service: None for key in keys})

    def of(
        self, stream: UUID, arrived: datetime | None, fact: CountedFact, definition: Definition, figure: Figure
    ) -> CountedContact:
        key = fact.key
        return CountedContact(
            stream=stream, arrived=arrived, counted=f"{key.quarter.astimezone(COPENHAGEN):%d.%m.%Y %H:%M}",
            what=MEASURE_WORDS.get(key.measure, key.measure),
            channel=str(dict(Channel.choices).get(key.channel, "")),
            queue=self._queues[key.queue] if key.queue else "",
            service=self._services[key.service] if key.service else "",
            outcome=_outcome(key.measure, key.outcome),
            time=timedelta(milliseconds=fact.milliseconds) if fact.bucket is not None else None,
            side=side_words(definition, figure), figure=figure,
        )  # fmt: skip


def _outcome(measure: str, outcome: str) -> Words:
    if measure in (Measure.SEGMENTS, Measure.WRITTEN_SEGMENTS):
        return _SEGMENT_WORDS.get(outcome, "")
    known: Mapping[str, Words] = dict(State.choices if measure == Measure.ARRIVED else Outcome.choices)
    return known.get(outcome, "")


def side_words(definition: Definition, figure: Figure) -> str:
    if not has_sides(definition):
        return _("Tæller med") if figure.value else _("Tæller ikke med i antallet")
    return _("Tæller i tallet") if is_for(figure) else _("Tæller kun i grundlaget")


# --- One contact ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CountedIn:
    """A figure that counts a contact, with what it counts."""

    definition: Definition
    row: CountedContact

    @property
    def name(self) -> Words:
        return tables.name_of(self.definition)


def figures_of(stream: UUID, facts: Sequence[CountedFact]) -> list[CountedIn]:
    """The figures that count these facts of a contact."""
    names = _Names(facts)
    last = max((fact.key.quarter for fact in facts), default=None)
    found = []
    for definition in holding(day_of(last)) if last else ():
        measures = contacts_behind.measures_of(definition)
        for fact in facts:
            figure = contacts_behind.alone(definition, fact)
            if fact.key.measure in measures and figure.base:
                found.append(CountedIn(definition, names.of(stream, None, fact, definition, figure)))
    return found
