"""The pages of the figures that people count: what is typed, by whom, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.access import centres_with, everywhere, may
from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.core import clock
from indgang.core.spreadsheet import NumberCell
from indgang.core.text import sort_key
from indgang.measures import entered_values, entering
from indgang.measures.definitions import Figure, definition, is_too_few
from indgang.measures.entered_kinds import ENTERED, EnteredKind
from indgang.measures.entered_values import StandingValue
from indgang.measures.models import EnteredFigure, EnteredValue
from indgang.office.figures import access, entered_access, words
from indgang.office.figures.described import DescribedFigure
from indgang.office.figures.entered_access import ENTER, SEE, WHOLE
from indgang.office.figures.entered_forms import (
    ArrangementForm,
    EnteredTakeBackForm,
    EnteredValueForm,
    PeriodChoice,
    period_words,
    periods,
)
from indgang.ui import downloads
from indgang.ui.refusals import refusals_on_form

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class EnteredRow:
    """A figure that people count, with what the document says, its newest value, and the last period that is over and
    has none, with the places of which it has none."""

    kind: EnteredKind
    text: DescribedFigure
    responsible: Person | None
    newest: str
    newest_period: str
    missing: str

    @property
    def target(self) -> str:
        return target_words(self.kind)

    @property
    def baseline(self) -> str:
        return _document_words(self.kind, self.kind.baseline)


@dataclass(frozen=True, slots=True)
class TypedRow:
    """One row of the history: what was typed, and whether it counts."""

    value: EnteredValue
    period: str
    shown: str
    counts: bool

    @property
    def place(self) -> str:
        return self.value.centre.name if self.value.centre else _("Hele kommunen")

    @property
    def place_code(self) -> str:
        return self.value.centre.code if self.value.centre else WHOLE


def target_words(kind: EnteredKind) -> str:
    """`mindst 90 % (2020)`, as the document says it."""
    if kind.target is None:
        return _("færre") if kind.is_lower_better else _("flere")
    value = {"value": _document_words(kind, kind.target)}
    said = _("højst %(value)s") % value if kind.is_lower_better else _("mindst %(value)s") % value
    return f"{said} ({kind.target_when})" if kind.target_when else said


def _document_words(kind: EnteredKind, value: float | None) -> str:
    if value is None:
        return "–"
    return words.value_words(definition(kind.code, on=clock.today()), Figure(value, 0))


def _shown(kind: EnteredKind, number: float, out_of: float) -> str:
    if _is_hidden(kind, out_of):
        return _("for få")
    if not kind.typed.is_share:
        return words.base_words(Figure(None, round(number)))
    percent = _document_words(kind, 100 * number / out_of if out_of else None)
    said = {"percent": percent, "number": f"{round(number)}", "of": f"{round(out_of)}"}
    return _("%(percent)s (%(number)s ud af %(of)s)") % said


def _is_hidden(kind: EnteredKind, out_of: float) -> bool:
    """Whether a share is of so few people that it would tell about single ones."""
    return kind.of_people and is_too_few(round(out_of))


@require_GET
@requires(SEE)
def overview(request: HttpRequest) -> HttpResponse:
    """Every figure that people count, with its newest value and what is missing."""
    person, today = person_of(request), clock.today()
    seen = access.centres_seen(person)
    arranged = {each.figure: each for each in EnteredFigure.objects.select_related("responsible")}
    standing = [each for each in entered_values.standing(entering.FIRST_DAY, today) if seen.sees(each.centre)]
    places = {"": _("Hele kommunen"), **dict(centres_with(person, SEE).valid_on(today).values_list("code", "name"))}
    rows = [_row(kind, arranged.get(kind.code), standing, today, places) for kind in ENTERED]
    return render(request, "office/figures/entered_figures.html", {"rows": rows})


def _row(
    kind: EnteredKind, arranged: EnteredFigure | None, standing: list[StandingValue], today: date,
    places: Mapping[str, str],
) -> EnteredRow:  # fmt: skip
    own = [each for each in standing if each.figure == kind.code]
    newest = max(own, key=lambda each: each.first_day, default=None)
    return EnteredRow(
        kind, DescribedFigure(definition(kind.code, on=today)), arranged.responsible if arranged else None,
        _shown(kind, newest.number, newest.out_of) if newest else "",
        period_words(kind.period, newest.first_day) if newest else "",
        _missing(kind, own, today, places),
    )  # fmt: skip


def _missing(kind: EnteredKind, own: list[StandingValue], today: date, places: Mapping[str, str]) -> str:
    """The last period that is over, where nobody typed it; with the places (names by code) that have earlier values.
    One value for the whole municipality is enough, and where centres type theirs, it needs none."""
    over = periods(kind.period, today)[1]
    done = {each.centre for each in own if each.first_day >= over}
    late = [] if "" in done else [places[each] for each in {each.centre for each in own} - done if each in places]
    if done:
        late = [each for each in late if each != places[""]]
    names = ", ".join(sorted(late, key=sort_key))
    period = period_words(kind.period, over)
    return f"{period}: {names}" if names else "" if done else period


@require_GET
@requires(SEE)
def figure(request: HttpRequest, code: str) -> HttpResponseBase:
    """All that was typed for one figure, and the choice of the period to type."""
    person, kind = person_of(request), entered_access.kind_of(code)
    places = entered_access.places(person)
    choice = PeriodChoice(request.GET if "period" in request.GET else None, kind=kind, centres=places)
    if may(person, ENTER) and choice.is_bound and choice.is_valid():
        return redirect("office:entered-value", kind.code, choice.cleaned_data["period"], choice.cleaned_data["centre"])
    return _page(request, kind, choice)


def _page(
    request: HttpRequest, kind: EnteredKind, choice: PeriodChoice, arranging: ArrangementForm | None = None
) -> HttpResponse:
    person, today = person_of(request), clock.today()
    rows = entered_access.values_seen(person, kind)
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    held = EnteredFigure.objects.filter(figure=kind.code).select_related("responsible").first()
    places, arranges = entered_access.places(person), everywhere(person, ENTER)
    context: dict[str, Any] = {
        "kind": kind, "text": DescribedFigure(definition(kind.code, on=today)), "page": page,
        "rows": list(_typed_rows(kind, list(page))), "held": held, "target": target_words(kind),
        "baseline": _document_words(kind, kind.baseline), "choice": choice if places else None,
        "arrangement": (arranging or ArrangementForm(kind=kind, row=held)) if arranges else None,
        "places": places, "imported": _imported(kind, person, today) if held and held.series else None,
    }  # fmt: skip
    is_wrong = (choice.is_bound and bool(choice.errors)) or arranging is not None
    return render(request, "office/figures/entered_figure.html", context, status=422 if is_wrong else 200)


def _imported(kind: EnteredKind, person: Person, today: date) -> list[tuple[str, str, str]]:
    """The imported values that count: period, place and value."""
    seen = access.centres_seen(person)
    found = entered_values.standing(entering.FIRST_DAY, today, [kind.code])
    return [
        (f"{each.first_day:%d.%m.%Y}–{each.last_day:%d.%m.%Y}", entered_access.sees_names(seen.names, each.centre),
         _shown(kind, each.number, each.out_of))
        for each in reversed(found) if each.is_imported and seen.sees(each.centre)
    ][:PER_PAGE]  # fmt: skip


def _typed_rows(kind: EnteredKind, rows: list[EnteredValue]) -> Iterator[TypedRow]:
    """The rows of a period stand with the newest first, which is the one that counts."""
    newest = {
        (each.centre_id, each.first_day): each.pk
        for each in EnteredValue.objects.filter(
            figure=kind.code, first_day__in={each.first_day for each in rows}
        ).order_by("pk")
    }
    for each in rows:
        shown = _("taget tilbage") if each.counted is None else _shown(kind, each.counted, each.out_of or 0)
        counts = newest[each.centre_id, each.first_day] == each.pk and each.counted is not None
        yield TypedRow(each, period_words(kind.period, each.first_day), shown, counts)


@require_http_methods(["GET", "POST"])
@requires(ENTER)
def value(request: HttpRequest, code: str, day: str, centre: str) -> HttpResponseBase:
    """Type or correct the value of one period."""
    person, kind = person_of(request), entered_access.kind_of(code)
    first_day, place = entered_access.first_day_of(kind, day), entered_access.place_for(person, centre)
    form = EnteredValueForm(request.POST or None, kind=kind, stands=entering.standing(kind, place, first_day))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        with refusals_on_form(form):
            entering.enter(
                kind, centre=place, day=first_day, counted=said["counted"], out_of=said.get("out_of"),
                note=said["note"], by=person, at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("Tallet er gemt."))
            return redirect("office:entered-figure", kind.code)
    return _value_page(request, kind, first_day, centre, form)


@require_POST
@requires(ENTER)
def removal(request: HttpRequest, code: str, day: str, centre: str) -> HttpResponseBase:
    """Take the value of a period back."""
    person, kind = person_of(request), entered_access.kind_of(code)
    first_day, place = entered_access.first_day_of(kind, day), entered_access.place_for(person, centre)
    stands = entering.standing(kind, place, first_day)
    form = EnteredTakeBackForm(request.POST, stands=stands)
    if form.is_valid():
        with refusals_on_form(form):
            note = form.cleaned_data["note"]
            entering.take_back(kind, centre=place, first_day=first_day, note=note, by=person, at=clock.now())
            messages.success(request, _("Tallet er taget tilbage."))
            return redirect("office:entered-figure", kind.code)
    return _value_page(request, kind, first_day, centre, EnteredValueForm(kind=kind, stands=stands), form)


def _value_page(
    request: HttpRequest, kind: EnteredKind, first_day: date, centre: str, form: EnteredValueForm,
    removing: EnteredTakeBackForm | None = None,
) -> HttpResponse:  # fmt: skip
    person = person_of(request)
    stands = entering.standing(kind, entered_access.place_for(person, centre), first_day)
    context: dict[str, Any] = {
        "kind": kind, "text": DescribedFigure(definition(kind.code, on=clock.today())), "form": form,
        "period": period_words(kind.period, first_day), "day": first_day.isoformat(), "centre": centre,
        "place": entered_access.places(person)[centre], "removal": removing or EnteredTakeBackForm(stands=stands),
        "stands": stands,
    }  # fmt: skip
    is_wrong = bool(form.errors) or (removing is not None)
    return render(request, "office/figures/entered_value.html", context, status=422 if is_wrong else 200)


@require_POST
@requires(ENTER)
def arrangement(request: HttpRequest, code: str) -> HttpResponseBase:
    """Say who types the values, and which imported series feeds them; for those who may everywhere."""
    person, kind = person_of(request), entered_access.kind_of(code)
    entered_access.place_for(person, WHOLE)
    held = EnteredFigure.objects.filter(figure=kind.code).first()
    form = ArrangementForm(request.POST, kind=kind, row=held)
    if form.is_valid():
        said = form.cleaned_data
        with refusals_on_form(form):
            entering.arrange(
                kind, responsible=said["responsible"], series=said.get("series", ""), by=person, at=clock.now()
            )
            messages.success(request, _("Gemt."))
            return redirect("office:entered-figure", kind.code)
    choice = PeriodChoice(None, kind=kind, centres=entered_access.places(person))
    return _page(request, kind, choice, form)


@require_GET
@requires(SEE)
def file(request: HttpRequest, code: str) -> HttpResponseBase:
    """All that was typed for a figure, for a spreadsheet."""
    kind = entered_access.kind_of(code)
    rows = list(_typed_rows(kind, list(entered_access.values_seen(person_of(request), kind))))
    columns = [
        _("Nøgletal"), _("Fra"), _("Til og med"), _("Gælder for"), _("Tal"), _("Ud af"), _("Bemærkning"), _("Tæller"),
        _("Skrevet af"), _("Skrevet"),
    ]  # fmt: skip
    said = {True: _("ja"), False: _("nej")}
    return downloads.table(columns, [_cells(kind, each, said) for each in rows], f"{kind.code}.csv")


def _cells(kind: EnteredKind, row: TypedRow, said: dict[bool, str]) -> list[str]:
    value = row.value
    numbers = [NumberCell.of(Decimal(each)) if each is not None else "" for each in (value.counted, value.out_of)]
    if value.counted is not None and _is_hidden(kind, value.out_of or 0):
        numbers = [_("for få"), _("for få")]
    return [
        value.figure, value.first_day.isoformat(), value.last_day.isoformat(), row.place, *numbers, value.note,
        said[row.counts], value.entered_by.name, clock.local_text(value.entered_at),
    ]  # fmt: skip
