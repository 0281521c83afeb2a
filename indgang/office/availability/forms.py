"""Forms of availability agreements: the terms, the lines, and the day on which one ends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import Service, Unit
from indgang.core import clock
from indgang.office.availability.access import people_to_ask, signatories
from indgang.office.months import MonthFilter
from indgang.office.unit_choice import UnitChoice
from indgang.routing.availability.windows import Medium
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised
from indgang.workforce.models import AvailabilityAgreement, Group, PromisedWindow
from indgang.workforce.models.agreements import EVERY_DAY

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
_CLOCKS = ["%H:%M", "%H.%M", "%H:%M:%S", "%H"]
#: of a new line
_FIRST_GUESS = {"weekdays": ["0", "1", "2", "3", "4"], "opens": "09:00", "closes": "14:00", "by_phone": True}
#: fewest fields for people on a line
_PLACES = 4


class AgreementFilter(forms.Form):
    """What the list of units is searched by."""

    STATES = (
        ("", _("Alle")),
        ("in_force", _("Aftale i kraft")),
        ("draft", _("Kladde")),
        ("none", _("Uden aftale i kraft")),
    )

    text = forms.CharField(label=_("Enhed"), required=False, max_length=100)
    state = forms.ChoiceField(label=_("Tilstand"), choices=STATES, required=False)


class NowFilter(forms.Form):
    """Of which unit, and how people are to be asked."""

    MEDIA = ((Medium.PHONE.value, _("Telefon")), (Medium.CHAT.value, _("Chat")))

    unit = UnitChoice(
        Unit.objects.none(), label=_("Enhed"), required=False, empty_label=_("Alle"), to_field_name="code"
    )
    medium = forms.ChoiceField(label=_("Hvordan"), choices=MEDIA, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, units: QuerySet[Unit]) -> None:
        super().__init__(data)
        offer(self, "unit", units.filter(services__isnull=False).distinct())


class KeptFilter(MonthFilter):
    """A month, and all units or one."""

    unit = UnitChoice(
        Unit.objects.none(), label=_("Enhed"), required=False, empty_label=_("Alle"), to_field_name="code"
    )
    field_order = ["unit", "month"]

    def __init__(self, data: Mapping[str, Any] | None = None, *, units: QuerySet[Unit], today: date) -> None:
        super().__init__(data, today=today)
        offer(self, "unit", units.filter(availability_agreements__isnull=False).distinct())

    @property
    def chosen(self) -> Unit | None:
        return self.cleaned_data.get("unit") if self.is_valid() else None


class PartiesForm(forms.Form):
    """The first day of an agreement, and the two who sign it."""

    valid_from = DayField(label=_("Gælder fra"), widget=_DAY)
    contact = forms.ModelChoiceField(
        Person.objects.none(), label=_("Enhedens kontaktperson"), empty_label=_("Vælg"),
        help_text=_("Underskriver for enheden."),
    )  # fmt: skip
    coordinator = forms.ModelChoiceField(
        Person.objects.none(), label=_("Fagkoordinator"), empty_label=_("Vælg"),
        help_text=_("Underskriver for kontaktcentret."),
    )  # fmt: skip

    def offer_people(self, unit: Unit, *present: Person) -> None:
        able = signatories(unit) | Person.objects.filter(pk__in=[each.pk for each in present])
        for name in ("contact", "coordinator"):
            offer(self, name, able)


class DraftForm(PartiesForm):
    """A new draft: it begins tomorrow, and with the same two people as the agreement before."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, unit: Unit, person: Person, before: AvailabilityAgreement | None
    ) -> None:
        super().__init__(data)
        self.offer_people(unit)
        self.fields["valid_from"].initial = clock.today() + timedelta(days=1)
        if before is not None:
            self.fields["contact"].initial, self.fields["coordinator"].initial = before.contact, before.coordinator
        elif signatories(unit).filter(pk=person.pk).exists():
            self.fields["coordinator"].initial = person


class AgreementTermsForm(Revised, PartiesForm):
    """Everything of a draft but its lines."""

    procedure = forms.CharField(
        label=_("Sådan stilles der om til enheden"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_(
            "For eksempel: hvad skal være afklaret først, hvad får sagsbehandleren at vide, "
            "og hvad gør man, når ingen svarer?"
        ),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, agreement: AvailabilityAgreement) -> None:
        names = ("valid_from", "contact", "coordinator", "procedure")
        super().__init__(data, initial={name: getattr(agreement, name) for name in names})
        self.offer_people(agreement.unit, agreement.contact, agreement.coordinator)


class LineForm(Revised, forms.Form):
    """A line of a draft. `values` and `people` are the arguments of `agreements.save_window`."""

    weekdays = forms.MultipleChoiceField(
        label=_("Ugedage"), widget=forms.CheckboxSelectMultiple, error_messages={"required": _("Vælg mindst én dag.")}
    )
    opens = forms.TimeField(label=_("Fra kl."), widget=_TIME, input_formats=_CLOCKS)
    closes = forms.TimeField(label=_("Til kl."), widget=_TIME, input_formats=_CLOCKS)
    service = forms.ModelChoiceField(
        Service.objects.none(), label=_("Om"), required=False, empty_label=_("Alle enhedens ydelser")
    )
    group = forms.ModelChoiceField(
        Group.objects.none(), label=_("Til sidst: faggruppe"), required=False, empty_label=_("Ingen")
    )
    by_phone = forms.BooleanField(label=_("På telefon"), required=False)
    by_chat = forms.BooleanField(label=_("På chat"), required=False)
    is_back_up = forms.BooleanField(
        label=_("Reserve"), required=False, help_text=_("Spørges kun, når ingen af de andre kan.")
    )
    on_holidays = forms.BooleanField(label=_("Gælder også på helligdage"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, line: PromisedWindow) -> None:
        super().__init__(data, initial=_standing(line) if line.pk else _FIRST_GUESS)
        named = [each.person for each in line.people.select_related("person")] if line.pk else []
        unit = line.agreement.unit
        offer(self, "weekdays", [(str(number), capfirst(name)) for number, name in WEEKDAYS.items()])
        offer(self, "service", _services(unit, line))
        offer(self, "group", _groups(unit, line))
        self._add_people(people_to_ask(unit) | Person.objects.filter(pk__in=[each.pk for each in named]), named)

    def _add_people(self, able: QuerySet[Person], named: Sequence[Person]) -> None:
        """One field for each person, in the order in which they are asked, and a few empty ones."""
        for place in range(max(_PLACES, len(named) + 2)):
            self.fields[f"person{place}"] = forms.ModelChoiceField(
                able, label=_place_word(place), required=False, empty_label=_("Ingen"),
                initial=named[place].pk if place < len(named) else None,
            )  # fmt: skip

    @property
    def places(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name.startswith("person")]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("by_phone") and not data.get("by_chat"):
            self.add_error("by_phone", _("Vælg telefon, chat eller begge."))
        opens, closes = data.get("opens"), data.get("closes")
        if opens is not None and opens == closes != time(0):
            self.add_error("closes", _("Start og slut må ikke være samme klokkeslæt. Hele døgnet skrives 00:00–00:00."))
        return data

    @property
    def values(self) -> dict[str, Any]:
        names = ("opens", "closes", "service", "group", "by_phone", "by_chat", "is_back_up", "on_holidays")
        chosen = {int(number) for number in self.cleaned_data["weekdays"]}
        weekdays = "".join(letter if number in chosen else "-" for number, letter in enumerate(EVERY_DAY))
        return {name: self.cleaned_data[name] for name in names} | {"weekdays": weekdays}

    @property
    def people(self) -> list[Person]:
        """In the order of the fields; somebody chosen twice is asked once."""
        chosen = (self.cleaned_data[bound.name] for bound in self.places)
        return list(dict.fromkeys(person for person in chosen if person is not None))


def _place_word(place: int) -> str:
    return str(_("Som nr. %(number)s") % {"number": place + 1} if place else _("Spørges først"))


def _standing(line: PromisedWindow) -> dict[str, Any]:
    names = ("service", "group", "by_phone", "by_chat", "is_back_up", "on_holidays")
    clocks = {"opens": f"{line.opens:%H:%M}", "closes": f"{line.closes:%H:%M}"}
    return {name: getattr(line, name) for name in names} | clocks | {"weekdays": [str(day) for day in line.days]}


def _services(unit: Unit, line: PromisedWindow) -> QuerySet[Service]:
    today = Q(pk__in=Service.objects.valid_on(clock.today()).filter(unit=unit).values("pk"))
    found: QuerySet[Service] = Service.objects.filter(today | Q(pk=line.service_id)).order_by("name")
    return found


def _groups(unit: Unit, line: PromisedWindow) -> QuerySet[Group]:
    today = Q(pk__in=Group.objects.valid_on(clock.today()).filter(unit=unit).values("pk"))
    found: QuerySet[Group] = Group.objects.filter(today | Q(pk=line.group_id)).order_by("name")
    return found


class SwitchForm(forms.Form):
    """Whether the calendars of a unit are read."""

    is_on = forms.BooleanField(required=False)
