"""Forms of people, their roles and their competences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from indgang.accounts.access import everywhere
from indgang.accounts.models import Person
from indgang.accounts.people import entries_that_fit
from indgang.accounts.permissions import Permission
from indgang.accounts.roles import ROLES
from indgang.catalogue.models import DirectoryEntry, Unit
from indgang.core import clock, phone_numbers
from indgang.office.people.access import units_for_roles
from indgang.office.unit_choice import UnitChoice
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised
from indgang.workforce.models import Skill

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LEVELS = [(0, _("Ikke længere")), (1, _("1 oplært")), (2, "2"), (3, _("3 rutineret")), (4, "4"), (5, _("5 ekspert"))]


username_letters = RegexValidator(r"^[\w.@-]+$", _("Brug kun bogstaver, tal, punktum, bindestreg og @."))


class PersonFilter(forms.Form):
    text = forms.CharField(label=_("Navn eller brugernavn"), required=False, max_length=100)
    role = forms.ChoiceField(label=_("Rolle"), required=False)
    alone = forms.BooleanField(label=_("Kun dem uden opslag i telefonbogen"), required=False)
    closed = forms.BooleanField(label=_("Vis også lukkede"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "role", [("", _("Alle")), *role_choices()])


class PersonForm(Revised, forms.Form):
    """The editable facts of a person."""

    name = forms.CharField(label=_("Navn"), max_length=200)
    email = forms.EmailField(label=_("E-mail"), required=False)
    language = forms.ChoiceField(label=_("Sprog"), choices=[("da", "Dansk"), ("en", "English")], initial="da")


class NewPersonForm(PersonForm):
    username = forms.CharField(
        label=_("Brugernavn"),
        max_length=60,
        help_text=_("Bogstaver, tal, punktum og bindestreg. Kan ikke ændres senere."),
        validators=[username_letters],
    )
    field_order = ["username", "name", "email", "language"]


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Rolle"))
    unit = UnitChoice(
        Unit.objects.none(), label=_("Enhed"), required=False, help_text=_("Rollen gælder også for alt under enheden.")
    )
    whole = forms.BooleanField(label=_("Hele kommunen"), required=False)
    valid_from = DayField(label=_("Fra og med"), widget=_DAY)
    valid_to = DayField(label=_("Til (dagen ikke medregnet)"), widget=_DAY, required=False)

    def __init__(self, administrator: Person, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "role", role_choices())
        unit = self.fields["unit"]
        assert isinstance(unit, UnitChoice)
        unit.queryset = units_for_roles(administrator).order_by("path")
        unit.empty_label = str(_("Vælg en enhed"))
        if not everywhere(administrator, Permission.EDIT_PEOPLE):
            del self.fields["whole"]
        self.fields["valid_from"].initial = clock.today()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        # no default: nobody gets a permission for the whole municipality by an untouched field
        whole = data.pop("whole", False)
        if "unit" in data and bool(data["unit"]) == whole:
            self.add_error("unit", _("Vælg den enhed, rollen gælder for, eller sæt kryds ved hele kommunen."))
        starts, ends = data.get("valid_from"), data.get("valid_to")
        if starts and ends and ends <= starts:
            self.add_error("valid_to", _("Slutdagen skal ligge efter den første dag."))
        elif ends and ends <= clock.today():
            self.add_error("valid_to", _("Slutdagen er passeret, så rollen vil aldrig gælde."))
        return data


class EntryChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Directory entries, each with its unit and number."""

    def label_from_instance(self, entry: DirectoryEntry) -> str:
        number = phone_numbers.for_people(entry.phone or entry.mobile) if entry.phone or entry.mobile else ""
        return ", ".join(part for part in (entry.name, entry.unit.name, number) if part)


class EntryLinkForm(Revised, forms.Form):
    """Which directory entry belongs to this person."""

    entry = EntryChoice(
        DirectoryEntry.objects.none(), label=_("Opslag i telefonbogen"), required=False, empty_label=_("Intet opslag")
    )

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, auto_id="entry_%s", initial={"entry": person.entry_id}, **kwargs)
        offer(self, "entry", entries_that_fit(person, clock.today()))


class CompetenceForm(forms.Form):
    skill = forms.ModelChoiceField(Skill.objects.none(), label=_("Kompetence"), empty_label=_("Vælg"))
    level = forms.TypedChoiceField(label=_("Niveau"), choices=LEVELS, coerce=int, initial=1)
    day = DayField(label=_("Fra og med"), widget=_DAY)
    until = DayField(label=_("Til (dagen ikke medregnet)"), widget=_DAY, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("auto_id", "competence_%s")
        super().__init__(*args, **kwargs)
        offer(self, "skill", Skill.objects.valid_on(clock.today()))
        self.fields["day"].initial = clock.today()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        starts, ends = data.get("day"), data.get("until")
        if starts and ends and ends <= starts:
            self.add_error("until", _("Slutdagen skal ligge efter den første dag."))
        return data


class OwnNumberForm(forms.Form):
    """A telephone number at which the person may take calls, once they have confirmed it."""

    own_number = forms.CharField(
        label=_("Telefonnummer"), max_length=40, error_messages={"required": _("Skriv et telefonnummer.")}
    )
    day = DayField(label=_("Fra og med"), widget=_DAY)
    until = DayField(label=_("Til (dagen ikke medregnet)"), widget=_DAY, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="number_%s")
        self.fields["day"].initial = clock.today()


class AccountClosureForm(forms.Form):
    """The requested state of the account; sending the form twice has no further effect."""

    state = forms.ChoiceField(choices=[("closed", _("Lukket")), ("open", _("Åben"))], widget=forms.HiddenInput)
    why = forms.CharField(label=_("Hvorfor?"), max_length=200, required=False)


def role_choices() -> list[tuple[str, Any]]:
    return [(role.code, role.name) for role in ROLES.values()]
