"""What the calculator starts from: the value of each field, and where it comes from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.core import clock
from indgang.planning import assumptions
from indgang.planning.assumptions import DECIDED
from indgang.planning.models import StaffingAssumption
from indgang.staffing.need import ServiceTarget
from indgang.staffing.presets import PRESETS, SizingPreset, busiest_of
from indgang.staffing.sizing import Demand, Supply

_NAMES: Mapping[str, str | Promise] = {
    "tmf-2020": gettext_lazy("Estimatet i forundersøgelsen, 2020"),
    "bc31": gettext_lazy("Investeringsforslag BC31, 2020"),
    "concept-2006": gettext_lazy("Kontaktcenterkonceptet, 2006"),
}
_DOCUMENTS: Mapping[str, str | Promise] = {
    "000": gettext_lazy("Investeringsforslag BC31"),
    "001": gettext_lazy("Forundersøgelsen, 2020"),
    "002": gettext_lazy("Forslag til investeringspuljen, 2021"),
    "003": gettext_lazy("Borgerservice 2020"),
    "004": gettext_lazy("Kontaktcenterkonceptet, 2006"),
}
_LINES = re.compile(r"\b(00[0-4]):(\d+(?:-\d+)?)")
#: field of the form: assumption of a preset, where the names differ
_ASSUMPTION_OF = {
    "calls": "calls_a_year", "talk": "talk_seconds", "after_call": "after_call_seconds", "opens": "opening_hours",
    "closes": "opening_hours", "days": "opening_days", "busiest": "profile", "patience": "patience_seconds",
    "kroner": "kroner_each",
    **dict.fromkeys(("in_time", "within", "mean_wait", "abandoned", "occupancy"), "target"),
    **dict.fromkeys(("contracted", "holiday", "public_holidays", "sickness", "paid_break", "day"), "year"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CalculatorStart:
    """Values by the form's fields, as they are shown in them, and their sources in words."""

    code: str
    name: str
    values: Mapping[str, Any]
    sources: Mapping[str, str]
    printed_fte: float | None


def starts() -> list[tuple[str, str]]:
    """The codes and names of what the calculator starts from; what is decided goes first."""
    decided = [(DECIDED, _("jeres egne antagelser"))] if assumptions.on(clock.today()) else []
    return [*decided, *preset_names()]


def preset_names() -> list[tuple[str, str]]:
    """The codes and names of the documents' sizings."""
    return [(code, str(name)) for code, name in _NAMES.items()]


def start_of(code: str) -> CalculatorStart:
    """The start with this code, or the first one for a code that is unknown."""
    decided = {} if code in PRESETS else assumptions.on(clock.today())
    preset = PRESETS.get(code) or next(iter(PRESETS.values()))
    values = _values(preset)
    sources = {field: _source(preset, field) for field in values}
    if not decided:
        return CalculatorStart(preset.code, str(_NAMES[preset.code]), values, sources, preset.printed_fte)
    values |= {code: float(row.value) for code, row in decided.items()}
    sources |= {code: _decided_source(row) for code, row in decided.items()}
    return CalculatorStart(DECIDED, _("jeres egne antagelser"), values, sources, None)


def _decided_source(row: StaffingAssumption) -> str:
    return _("%(source)s (gælder fra %(day)s)") % {"source": row.source, "day": f"{row.valid_from:%d.%m.%Y}"}


def _values(preset: SizingPreset) -> dict[str, Any]:
    return {
        **_demand(preset.demand, preset.opens), **_target(preset.target), **_supply(preset.supply),
        "seats": preset.seats.value,
    }  # fmt: skip


def _demand(demand: Demand, opens: time) -> dict[str, Any]:
    minutes = round(60 * (opens.hour + demand.opening_hours)) + opens.minute
    return {
        "calls": demand.calls_a_year, "intervals": "", "talk": demand.talk_seconds,
        "after_call": demand.after_call_seconds, "opens": opens, "closes": time(minutes // 60 % 24, minutes % 60),
        "days": demand.opening_days, "patience": demand.patience_seconds,
        "busiest": busiest_of(demand.profile),
    }  # fmt: skip


def _target(target: ServiceTarget) -> dict[str, Any]:
    return {
        "in_time": percent(target.in_time), "within": target.within, "mean_wait": target.mean_wait,
        "abandoned": percent(target.abandoned), "occupancy": percent(target.occupancy),
        "blocked": None,
    }  # fmt: skip


def _supply(supply: Supply) -> dict[str, Any]:
    year = supply.year
    return {
        "phone_share": percent(supply.phone_share), "shrinkage": percent(supply.shrinkage),
        "contracted": year.contracted, "holiday": year.holiday, "public_holidays": year.public_holidays,
        "sickness": percent(year.sickness), "paid_break": timedelta(hours=year.paid_break) / timedelta(minutes=1),
        "day": year.day, "kroner": supply.kroner_each,
    }  # fmt: skip


def percent(share: float | None) -> float | None:
    return None if share is None else round(100 * share, 6)


def _source(preset: SizingPreset, field: str) -> str:
    return source_words(preset.sources.get(_ASSUMPTION_OF.get(field, field), ""))


def source_words(source: str) -> str:
    """`Forundersøgelsen, 2020, linje 1705`; a fit for what names no document."""
    lines = [
        _("%(document)s, linje %(lines)s") % {"document": _DOCUMENTS[document], "lines": lines.replace("-", "–")}
        for document, lines in _LINES.findall(source)
    ]
    return "; ".join(lines) or _("Tilpasset: står ikke i dokumenterne")
