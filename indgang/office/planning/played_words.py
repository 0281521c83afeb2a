"""Figures of simulations in words, with their 95 % intervals."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.formats import number_format
from django.utils.translation import gettext as _

_SHARES = frozenset({"service_level", "abandoned_share", "occupancy", "reached_share"})
_TIMES = frozenset({"mean_wait", "mean_answered_wait", "mean_asking", "mean_whole_time"})
_LONG, _HOUR = 600.0, 3_600.0


def shown(name: str, found: Mapping[str, float | None], *, is_difference: bool = False) -> str:
    """The mean and its interval: `81,2 ± 1,3 %`."""
    mean, half_width = found["mean"], found["half_width"]
    if mean is None:
        return "–"
    factor, places, said = _unit(name, mean, is_difference)
    values = [factor * each for each in (mean, half_width) if each is not None]
    numbers = [number_format(round(each, places), places, force_grouping=True) for each in values]
    return said % {"number": " ± ".join(numbers).replace("-", "−")}


def _unit(name: str, mean: float, is_difference: bool) -> tuple[float, int, str]:
    """What the figure is multiplied with, its decimal places, and the words around it."""
    if name in _SHARES:
        return 100.0, 1, _("%(number)s procentpoint") if is_difference else "%(number)s\N{NO-BREAK SPACE}%%"
    if name not in _TIMES:
        return 1.0, 1, "%(number)s"
    if abs(mean) < _LONG:
        return 1.0, 0, _("%(number)s sekunder")
    return (1 / 60, 0, _("%(number)s minutter")) if abs(mean) < _HOUR else (1 / _HOUR, 1, _("%(number)s timer"))
