"""The form that ends one dated row of a list, and the state of such a row."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.catalogue.models import Dated
from indgang.core import clock
from indgang.ui.parameters import DayField

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class LastDayForm(forms.Form):
    """The first day after one row. A page has one form for each row of its lists, so the ids include the row's kind and
    number."""

    on = DayField(
        label=_("Slutter (dagen ikke medregnet)"), widget=_DAY,
        error_messages={"required": _("Skriv den dag, det slutter.")},
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: Dated) -> None:
        super().__init__(data, auto_id=f"end-{row._meta.model_name}-{row.pk}-%s")
        self.fields["on"].initial = max(clock.today(), row.valid_from)


def in_time(row: Dated, today: date) -> dict[str, bool]:
    """Whether the row holds, or is planned, for `office/_holds.html`."""
    return {"holds": row.valid_on(today), "is_planned": row.valid_from > today}
