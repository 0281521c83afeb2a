"""Typing the values of the figures that people count. Every value stays, with who typed it and why."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue import changes
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import day_of
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.measures.entered_kinds import EnteredKind
from indgang.measures.models import EnteredFigure, EnteredValue

#: the earliest day of a value, and the largest number
FIRST_DAY, MOST = date(2000, 1, 1), 2_000_000_000


def standing(kind: EnteredKind, centre: ContactCentre | None, first_day: date) -> EnteredValue | None:
    """The row that counts for a period; one that was taken back counts no more."""
    rows = EnteredValue.objects.filter(figure=kind.code, centre=centre, first_day=first_day)
    newest = rows.order_by("-pk").first()
    return newest if newest is not None and newest.counted is not None else None


@transaction.atomic
def enter(
    kind: EnteredKind, *, centre: ContactCentre | None, day: date, counted: int, out_of: int | None = None,
    note: str = "", by: Person, at: datetime,
) -> EnteredValue:  # fmt: skip
    """The value of the period that a day lies in; the same value again writes nothing. Raises RefusedChange, by
    field."""
    _check(kind, day, counted, out_of, at)
    first_day = kind.period.first_of(day)
    _take_turn(kind)
    before = standing(kind, centre, first_day)
    values = {"counted": counted, "out_of": out_of if kind.typed.is_share else None, "note": mask_cpr(note.strip())}
    if before is not None and all(getattr(before, name) == value for name, value in values.items()):
        return before
    return _write(kind, centre, first_day, values, by, at)


@transaction.atomic
def take_back(
    kind: EnteredKind, *, centre: ContactCentre | None, first_day: date, note: str, by: Person, at: datetime
) -> None:
    """The period has no value any more. Raises RefusedChange without a reason, and when there is none."""
    _take_turn(kind)
    if not note.strip():
        raise RefusedChange({"note": _("Skriv, hvorfor tallet tages tilbage.")})
    if standing(kind, centre, first_day) is None:
        raise RefusedChange({"": _("Perioden har ikke noget tal.")})
    _write(kind, centre, first_day, {"counted": None, "out_of": None, "note": mask_cpr(note.strip())}, by, at)


@transaction.atomic
def arrange(kind: EnteredKind, *, responsible: Person | None, series: str, by: Person, at: datetime) -> EnteredFigure:
    """Who types the values, and the imported series that counts where nobody did. Raises RefusedChange for a series of
    a figure that none can feed."""
    if series.strip() and not kind.imported:
        raise RefusedChange({"series": _("Der kan ikke importeres tal til det nøgletal.")})
    _take_turn(kind)
    row = EnteredFigure.objects.filter(figure=kind.code).first() or EnteredFigure(figure=kind.code)
    return changes.save(row, {"responsible": responsible, "series": series.strip()}, by=by, at=at)


def _take_turn(kind: EnteredKind) -> None:
    """Whoever types the same figure waits, so that each compares with the row that stands: the same value is written
    once, and is taken back once. That nobody writes over what they have not seen is for the forms (`ui.revision`)."""
    EnteredFigure.objects.get_or_create(figure=kind.code)
    EnteredFigure.objects.select_for_update().get(figure=kind.code)


def _check(kind: EnteredKind, day: date, counted: int, out_of: int | None, at: datetime) -> None:
    if day < FIRST_DAY or kind.period.first_of(day) > day_of(at):
        raise RefusedChange({"day": _("Perioden skal være begyndt og må ikke ligge før år 2000.")})
    if not 0 <= counted <= MOST or (out_of is not None and not 0 <= out_of <= MOST):
        raise RefusedChange({"counted": _("Skriv et helt tal fra 0 til 2.000.000.000.")})
    if kind.typed.is_share and not out_of:
        raise RefusedChange({"out_of": _("Skriv, hvor mange tallet er ud af.")})
    if kind.typed.is_share and out_of is not None and counted > out_of:
        raise RefusedChange({"counted": _("Tallet kan ikke være større end det, det er ud af.")})


def _write(
    kind: EnteredKind, centre: ContactCentre | None, first_day: date, values: Mapping[str, object], by: Person,
    at: datetime,
) -> EnteredValue:  # fmt: skip
    row = EnteredValue(
        figure=kind.code, centre=centre, first_day=first_day, last_day=kind.period.last_of(first_day), entered_by=by,
        entered_at=at,
    )  # fmt: skip
    return changes.save(row, values, by=by, at=at)
