"""Forms of hand-overs: the filters, who is to have one, and the rules of a unit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from indgang.accounts.access import holders
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Unit
from indgang.core import clock
from indgang.handover.escalation import EscalationStep, Rung
from indgang.handover.models import EscalationRule, Handover
from indgang.handover.recipients import Recipient
from indgang.handover.rules import MOST_MINUTES
from indgang.office.unit_choice import UnitChoice
from indgang.ui.choices import offer
from indgang.ui.revision import Revised
from indgang.workforce.models import Group


class ListFilter(forms.Form):
    """What the list of open hand-overs is searched by."""

    STATES = (
        ("", _("Alle åbne")),
        ("overdue", _("Over fristen")),
        (Handover.State.WAITING, Handover.State.WAITING.label),
        ("list", _("På enhedens liste")),
        (Handover.State.ACCEPTED, Handover.State.ACCEPTED.label),
        (Handover.State.RETURNED, Handover.State.RETURNED.label),
    )

    number = forms.IntegerField(label=_("Nummer"), required=False, min_value=1, max_value=2**31 - 1)
    unit = UnitChoice(
        Unit.objects.none(), label=_("Enhed"), required=False, empty_label=_("Alle"), to_field_name="code"
    )
    state = forms.ChoiceField(label=_("Tilstand"), choices=STATES, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, units: QuerySet[Unit]) -> None:
        super().__init__(data)
        offer(self, "unit", units)


class PlaceForm(Revised, forms.Form):
    """Who is to have a hand-over: a person or group of its unit, the list of the unit, or the list of another unit."""

    unit = UnitChoice(Unit.objects.none(), label=_("Enhed"), empty_label=None)
    group = forms.ModelChoiceField(Group.objects.none(), label=_("Faggruppe"), required=False, empty_label=_("Ingen"))
    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Medarbejder"), required=False, empty_label=_("Ingen"),
        help_text=_("Uden faggruppe og medarbejder ligger den på enhedens liste."),
    )  # fmt: skip
    why = forms.ChoiceField(
        label=_("Hvorfor skal en anden enhed have den?"), choices=[("", ""), *Handover.Return.choices], required=False,
        help_text=_("Skal vælges, når en sagsbehandler sender den til en anden enhed"),
    )  # fmt: skip
    note = forms.CharField(
        label=_("Besked til den, der får den"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    UNCOMPARED = ("why", "note")

    def __init__(self, data: Mapping[str, Any] | None = None, *, handover: Handover) -> None:
        is_back = handover.state == Handover.State.RETURNED
        standing = {"unit": handover.unit, "group": handover.group, "person": None if is_back else handover.person}
        super().__init__(data, initial=standing)
        self.handover = handover
        offer(self, "unit", Unit.objects.valid_on(clock.today()).order_by("path"))
        offer(self, "group", Group.objects.valid_on(clock.today()).filter(unit=handover.unit).order_by("name"))
        offer(self, "person", _people(handover.unit))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        unit, group, person = data.get("unit"), data.get("group"), data.get("person")
        if group is not None and person is not None:
            self.add_error("person", _("Vælg enten en faggruppe eller en medarbejder."))
        if unit is not None and unit != self.handover.unit and (group or person):
            self.add_error(
                "unit", _("I en anden enhed kommer den på enhedens liste. Vælg ikke faggruppe eller medarbejder.")
            )
        return data

    @property
    def recipient(self) -> Recipient:
        return Recipient(self.cleaned_data["unit"], self.cleaned_data["group"], self.cleaned_data["person"])


def _people(unit: Unit) -> QuerySet[Person]:
    """Those who take hand-overs of the unit."""
    paths = holders(Permission.TAKE_HANDOVERS, clock.today())
    able = [pk for pk, held in paths.items() if any(unit.path.startswith(path) for path in held)]
    found: QuerySet[Person] = Person.objects.filter(pk__in=able).order_by("name", "pk")
    return found


class EscalationForm(Revised, forms.Form):
    """The open minutes of each step of a unit; empty leaves the step out."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, steps: list[EscalationStep]) -> None:
        super().__init__(data, initial={step.rung.value: step.minutes for step in steps})

    owner, group, contact = (
        forms.IntegerField(
            label=EscalationRule.Rung(rung).label, required=False, min_value=-MOST_MINUTES, max_value=MOST_MINUTES
        )
        for rung in (Rung.OWNER, Rung.GROUP, Rung.CONTACT)
    )
    leader = forms.IntegerField(
        label=EscalationRule.Rung.LEADER.label, min_value=0, max_value=MOST_MINUTES,
        help_text=_("Teamlederen får altid besked, og der kommer en advarsel på alle sider."),
    )  # fmt: skip

    @property
    def minutes(self) -> dict[Rung, int | None]:
        return {rung: self.cleaned_data[rung.value] for rung in Rung}
