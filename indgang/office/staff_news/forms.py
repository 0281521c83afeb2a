"""Forms of news for staff and of the log of the day."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from indgang.accounts.access import everywhere
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.core import clock
from indgang.entry.models import Disturbance, Queue, StaffNews
from indgang.entry.team.day_log import LONGEST
from indgang.entry.team.staff_news import LONGEST_TEXT, LONGEST_TITLE
from indgang.office.access import centres_of, units_for
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
    place = forms.ChoiceField(
        label=_("Til"), required=False,
        help_text=_("Alle, der betjener centrets eller enhedens køer, og alle med en rolle i enheden eller under den."),
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
        place = self.fields["place"]
        assert isinstance(place, forms.ChoiceField)
        self.places: dict[str, Unit | ContactCentre] = _places(person)
        place.required = not everywhere(person, Permission.TELL_STAFF)
        first = _("Vælg en enhed eller et kontaktcenter") if place.required else _("Hele kommunen")
        place.choices = [("", first), *((key, str(row)) for key, row in self.places.items())]
        offer(self, "skill", access.skills())
        if is_new:
            del self.fields["read_again"]

    def fields_of_news(self) -> dict[str, Any]:
        """The cleaned fields with the names that `staff_news.write` takes."""
        data = dict(self.cleaned_data)
        place = self.places.get(data.pop("place"))
        data["unit"] = place if isinstance(place, Unit) else None
        data["centre"] = place if isinstance(place, ContactCentre) else None
        return data


def place_of(news: StaffNews) -> str:
    """The value of the choice for the place of this news."""
    if news.unit_id:
        return f"unit:{news.unit_id}"
    return f"centre:{news.centre_id}" if news.centre_id else ""


def _places(person: Person) -> dict[str, Unit | ContactCentre]:
    """The centres and units to whose people this person may write, by the value of the choice."""
    centres = {f"centre:{each.pk}": each for each in centres_of(person, Permission.TELL_STAFF).order_by("name")}
    return {**centres, **{f"unit:{each.pk}": each for each in units_for(person, Permission.TELL_STAFF)}}


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
