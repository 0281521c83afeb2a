"""Checks request parameters before any view reads them, so that the database never gets a value it refuses.

The middleware removes NUL characters, which PostgreSQL cannot store, from all query parameters; forms reject them.
Numbers are parsed with `core.text.whole_number`, which limits their size, and days with `DayField`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, QueryDict
from django.utils.translation import gettext_lazy as _

from indgang.core import clock

#: the range of days; later ones overflow when a day is added
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2200, 12, 31)


def middleware(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    def respond(request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            return HttpResponseNotFound()
        if "%00" in request.META.get("QUERY_STRING", ""):
            request.GET = _without_nul(request.GET)  # type: ignore[assignment]  # the stubs know immutable ones alone
        return get_response(request)

    return respond


class DayField(forms.DateField):
    """A day from a calendar, within a range in which adding a day and finding its week are safe."""

    default_error_messages = {"far": _("Vælg en dag mellem %(first)s og %(last)s.")}

    def clean(self, value: Any) -> Any:
        found = super().clean(value)
        if found is not None and not FIRST_DAY <= found <= LAST_DAY:
            years = {"first": FIRST_DAY.year, "last": LAST_DAY.year}
            raise forms.ValidationError(self.error_messages["far"], code="far", params=years)
        return found


class BegunDayField(DayField):
    """Today or a day before; today when nothing is chosen."""

    default_error_messages = {"not_begun": _("Vælg i dag eller en dag før.")}

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, value: Any) -> date:
        found: date = super().clean(value) or clock.today()
        if found > clock.today():
            raise forms.ValidationError(self.error_messages["not_begun"], code="not_begun")
        return found


def _without_nul(given: QueryDict) -> QueryDict:
    cleaned = QueryDict(mutable=True, encoding=given.encoding)
    for name, values in given.lists():
        cleaned.setlist(name.replace("\x00", ""), [value.replace("\x00", "") for value in values])
    cleaned._mutable = False
    return cleaned
