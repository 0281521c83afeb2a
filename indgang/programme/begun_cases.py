"""The text of a case that is begun from numbers computed elsewhere: a what-if, or a potential.

What is stored is read by everybody, so its words are Danish whoever presses the button.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from indgang.core import yaml_values

#: of the table, and a share a year
_YEARS, _DISCOUNT = 6, 0.035


def text_of(
    code: str, title: str, source: str, year: int, *, assumptions: Mapping[str, Mapping[str, Any]],
    lines: Sequence[Mapping[str, Any]], remark: tuple[str, str],
) -> str:  # fmt: skip
    """A case at the prices of a year, which begins the year after it. `remark` is a code and a text."""
    return yaml_values.text_of({
        "code": code, "title": title, "source": source, "price_year": year, "first_year": year + 1, "years": _YEARS,
        "discount": {"share": _DISCOUNT, "source": _("valgt her")}, "assumptions": assumptions, "lines": lines,
        "remarks": [dict(zip(("code", "text"), remark, strict=True))],
    })  # fmt: skip


def interval(low: float | None, high: float | None, *, of: str) -> Mapping[str, Any]:
    """The fields of an interval and where it comes from; none where the ends are not known, or the same."""
    if low is None or high is None or low == high:
        return {}
    return {"low": low, "high": high, "interval_source": interval_words(of)}


def interval_words(of: str) -> str:
    """`of` are the days that the interval comes from: `de målte dage`."""
    return _("med 95 procents sikkerhed, ud fra hvor forskellige %(of)s er") % {"of": of}
