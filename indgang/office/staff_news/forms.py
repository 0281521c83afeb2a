"""Forms of news for staff and of the log of the day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.core import clock
from indgang.entry.models import Disturbance, Queue
from indgang.entry.team.day_log import LONGEST
from indgang.entry.team.staff_news import LONGEST_TEXT, LONGEST_TITLE
from indgang.office.access import centres_of, offer_units
from indgang.office.staff_news import access
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised
from indgang.workforce.models import Skill

_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
_INPUTS = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]


class _Moment(forms.DateTimeField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=_MOMENT, input_formats=_INPUTS, **kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.astimezone(clock.COPENHAGEN) if isinstance(value, datetime) and value.tzinfo else value


class StaffNewsForm(Revised, forms.Form):
    UNCOMPARED = ("read_again",)

    title = forms.CharField(label=_("Overskrift"), max_length=LONGEST_TITLE)
    text = forms.CharField(label=_("Tekst"), max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6}))
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=_("Enhed"), required=False,
        help_text=_("Alle med en rolle i enheden eller under den, og alle, der betjener dens køer."),
    )  # fmt: skip
    centre = forms.ModelChoiceField(
        ContactCentre.objects.none(), label=_("Eller et kontaktcenter"), required=False, empty_label="–",
        help_text=_("Alle, der betjener en af centrets køer."),
    )  # fmt: skip
    skill = forms.ModelChoiceField(
        Skill.objects.none(), label=_("Kun dem med kompetencen"), required=False, empty_label="–"
    )
    shown_from = _Moment(label=_("Vises fra"))
    shown_until = _Moment(label=_("Vises til"))
    must_read = forms.BooleanField(
        label=_("Skal læses"), required=False, help_text=_("Står øverst, og du kan se, hvem der mangler.")
    )
    read_again = forms.BooleanField(label=_("Alle skal læse den igen"), required=False)

    def __init__(self, *args: Any, person: Person, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer_units(self, "unit", person, Permission.TELL_STAFF)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)
        self._needs_place, unit.required = unit.required, False
        offer(self, "centre", centres_of(person, Permission.TELL_STAFF).order_by("name"))
        offer(self, "skill", access.skills())
        if is_new:
            del self.fields["read_again"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if self._needs_place and not data.get("unit") and not data.get("centre") and "unit" not in self.errors:
            self.add_error("unit", _("Vælg en enhed eller et kontaktcenter."))
        return data


class DayLogEntryForm(forms.Form):
    """A line for the log of a centre; `linked` holds what it can be about, by the value of the choice."""

    text = forms.CharField(
        label=_("Hvad er der sket?"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Skriv, hvad der er sket.")},
    )  # fmt: skip
    about = forms.ChoiceField(label=_("Handler om"), required=False)

    def __init__(self, *args: Any, centre: ContactCentre, at: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.day_of(at)
        on = Disturbance.objects.on_at(at)
        groups: tuple[tuple[Any, str, list[Model]], ...] = (
            (_("Driftsmeddelelser"), "disturbance", [*on.filter(centre=centre), *on.filter(centre=None)]),
            (_("Køer"), "queue", list(Queue.objects.valid_on(today).filter(centre=centre).order_by("name"))),
            (_("Ydelser"), "service", _services(centre, today)),
        )
        self.linked = {f"{kind}:{row.pk}": row for _name, kind, rows in groups for row in rows}
        about = self.fields["about"]
        assert isinstance(about, forms.ChoiceField)
        named = [(name, [(f"{kind}:{row.pk}", str(row)) for row in rows]) for name, kind, rows in groups if rows]
        about.choices = [("", "–"), *named]


class DayFilter(forms.Form):
    day = DayField(label=_("Dag"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


def _services(centre: ContactCentre, day: date) -> list[Model]:
    return list(Service.objects.valid_on(day).filter(unit__path__startswith=centre.owner.path).order_by("name"))
