"""Hands a potential to a business case: a new one, or assumptions of one that is there; and to a what-if, in words.

Each value names the count, its days and the rules as its source, with the interval that comes from how the days differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.analysis.potential.moving import MovingNumber, MovingNumbers
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.plots.numbers import decimal
from indgang.programme import begun_cases, own_cases
from indgang.programme.cases.case import Assumption, BusinessCase
from indgang.programme.models import OwnCase

#: units that assumptions about enquiries and shares have, in shipped cases and in the blank one
_ENQUIRIES, _SHARE = frozenset({"om året", "henvendelser", "opkald"}), frozenset({"andel"})


class PotentialFigure(StrEnum):
    """What an assumption can stand for."""

    WORKERS = "workers"
    MOVED = "moved"
    MOVED_SHARE = "moved_share"
    DIGITAL_SHARE = "digital_share"

    @property
    def is_share(self) -> bool:
        return self in (PotentialFigure.MOVED_SHARE, PotentialFigure.DIGITAL_SHARE)


@dataclass(frozen=True, slots=True)
class PotentialEstimate:
    """The numbers of a potential. `source` names the count, its days and the rules; `code` is for addresses."""

    code: str
    name: str
    source: str
    numbers: MovingNumbers

    def number(self, figure: PotentialFigure) -> MovingNumber:
        found: MovingNumber = getattr(self.numbers, figure.value)
        return found


def takes(case: BusinessCase, figure: PotentialFigure) -> list[Assumption]:
    """The assumptions of a case that a figure can stand for."""
    units = _SHARE if figure.is_share else _ENQUIRIES
    return [each for each in case.assumptions if each.unit.casefold() in units]


def make_case(found: PotentialEstimate, *, by: Person, at: datetime) -> OwnCase:
    """A new case of what the moved enquiries save. Raises RefusedChange when nothing moves, or it is there already."""
    if found.numbers.moved.value <= 0:
        raise RefusedChange({"": _("Der flytter ingen henvendelser fra sagsbehandlerne, så der er intet at spare.")})
    with translation.override("da"):
        text = case_text(found, day_of(at).year)
    return own_cases.begin(text, reason=_reason(found), by=by, at=at)


def fill(
    found: PotentialEstimate, own: OwnCase, chosen: Mapping[PotentialFigure, str], *, by: Person, at: datetime
) -> OwnCase:  # fmt: skip
    """The next version of a case, in which the assumptions with these names have the figures, with their source and
    interval. Raises RefusedChange, also when two figures are for one assumption."""
    if len(set(chosen.values())) < len(chosen):
        raise RefusedChange({"": _("Vælg højst ét tal til hver forudsætning.")})
    with translation.override("da"):
        values = {name: _assumed(found, found.number(figure)) for figure, name in chosen.items()}
    own_cases.fill(own, values, reason=_reason(found), by=by, at=at)
    return own


def figure_words(found: PotentialEstimate, figure: PotentialFigure) -> str:
    """`andel, der flytter fra sagsbehandlerne: 62,5 procent (51,2 til 73,8)`."""
    number, name = found.number(figure), _names()[figure]
    said = _("%(name)s: %(value)s") % {"name": name, "value": _written(number.value, figure)}
    if number.low is None or number.high is None:
        return said
    bounds = _("%(low)s til %(high)s") % {
        "low": _bare(number.low, figure), "high": _bare(number.high, figure),
    }  # fmt: skip
    return f"{said} ({bounds})"


def note(found: PotentialEstimate) -> str:
    """What a what-if notes about where its numbers come from."""
    shown = "; ".join(
        figure_words(found, each) for each in (PotentialFigure.DIGITAL_SHARE, PotentialFigure.MOVED_SHARE)
    )
    words = begun_cases.interval_words(_("de talte dage")).capitalize()
    why = f" {words}." if found.numbers.digital_share.low is not None else ""
    return f"{found.source}. {shown[:1].upper()}{shown[1:]}.{why}"


def case_text(found: PotentialEstimate, year: int) -> str:
    """A case whose only line is the time that case workers save, from the year after this one. Minutes and price are
    those of the documents until somebody writes one's own."""
    moved = found.numbers.moved
    amount = "-moved * minutes / 60 * hourly / 1000"
    documents = _("et skøn; skriv jeres egne tal")
    return begun_cases.text_of(
        found.code, found.name, found.source, year,
        assumptions={
            "moved": {"label": _("Henvendelser, der flytter fra sagsbehandlerne"), "unit": "om året"}
            | _assumed(found, moved),
            "minutes": {"label": _("Minutter, en henvendelse koster en sagsbehandler"), "unit": "minutter", "value": 15}
            | {"least": 0, "low": 10, "high": 20, "interval_source": documents, "source": "000:88"},
            "hourly": {"label": _("Pris for en time"), "unit": "kr. i timen", "value": 400, "source": documents}
            | {"least": 0},
        },
        lines=[{
            "code": "saving", "name": _("Sparet tid hos sagsbehandlerne"), "kind": "permanent", "area": "service",
            "owner": "", "amount": amount, "shares": [1], "source": found.source,
        }],
        remark=(
            "only-saving", _("Forslaget har kun den sparede tid. Skriv selv, hvad det koster at indføre ændringen."),
        ),
    )  # fmt: skip


def _assumed(found: PotentialEstimate, number: MovingNumber) -> dict[str, Any]:
    return {"value": number.value, **_interval(number), "source": found.source}


def _interval(number: MovingNumber) -> Mapping[str, Any]:
    return begun_cases.interval(number.low, number.high, of=_("de talte dage"))


def _reason(found: PotentialEstimate) -> str:
    return found.source[:500]


def _names() -> Mapping[PotentialFigure, str]:
    return {
        PotentialFigure.WORKERS: _("henvendelser hos sagsbehandlerne om året"),
        PotentialFigure.MOVED: _("henvendelser, der flytter fra sagsbehandlerne, om året"),
        PotentialFigure.MOVED_SHARE: _("andel, der flytter fra sagsbehandlerne"),
        PotentialFigure.DIGITAL_SHARE: _("andel, der bliver digital"),
    }


def figure_name(figure: PotentialFigure) -> str:
    """With a capital, as a label."""
    name = _names()[figure]
    return name[:1].upper() + name[1:]


def _written(value: float, figure: PotentialFigure) -> str:
    return _("%(value)s procent") % {"value": _bare(value, figure)} if figure.is_share else _bare(value, figure)


def _bare(value: float, figure: PotentialFigure) -> str:
    return decimal(100 * value, 1) if figure.is_share else decimal(value, 0)
