"""Forms of cooperation agreements: first day and signatories, price and staffing, a part, a target, the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.agreements.models import AgreementPart, AgreementTarget, CooperationAgreement
from indgang.agreements.presets import PRESETS
from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.core import clock
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.office.cooperation.access import signatories
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_PARTIES = ("owner", "operator")


class SignatoriesForm(forms.Form):
    """The first day of an agreement, and who signs for each party."""

    valid_from = DayField(label=_("Gælder fra"), widget=_DAY)
    owner = forms.ModelChoiceField(Person.objects.none(), label=_("Underskriver for ejeren"), empty_label=_("Vælg"))
    operator = forms.ModelChoiceField(
        Person.objects.none(), label=_("Underskriver for operatøren"), empty_label=_("Vælg")
    )

    def offer_people(self, owner: Unit, operator: Unit) -> None:
        offer(self, "owner", signatories(owner))
        offer(self, "operator", signatories(operator))


class CooperationDraftForm(SignatoriesForm):
    """A new draft: it begins tomorrow, with the same two people as the agreement before."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, centre: ContactCentre, before: CooperationAgreement | None
    ) -> None:
        super().__init__(data)
        self.offer_people(centre.owner, centre.operator)
        self.fields["valid_from"].initial = clock.today() + timedelta(days=1)
        for party in _PARTIES if before is not None else ():
            self.fields[party].initial = getattr(before, party)


class CooperationTermsForm(Revised, SignatoriesForm):
    """First day, signatories, price and staffing of a draft."""

    enquiries_a_year = forms.IntegerField(
        label=_("Henvendelser om året"), required=False, min_value=0, max_value=100_000_000
    )
    full_time = forms.DecimalField(
        label=_("Årsværk"), required=False, min_value=0, max_digits=6, decimal_places=1, localize=True
    )
    price = forms.DecimalField(
        label=_("Pris om året i kroner"), required=False, min_value=0, max_digits=12, decimal_places=2, localize=True
    )
    price_falls_percent = forms.DecimalField(
        label=_("Prisen falder med (procent)"), min_value=0, max_value=100, max_digits=4, decimal_places=1,
        localize=True, help_text=_("Én gang, ved samme antal henvendelser. 0: den falder ikke."),
    )  # fmt: skip
    price_falls_after_years = forms.IntegerField(label=_("Efter så mange år"), min_value=1, max_value=20)

    def __init__(self, data: Mapping[str, Any] | None = None, *, agreement: CooperationAgreement) -> None:
        names = [*self.base_fields]
        super().__init__(data, initial={name: getattr(agreement, name) for name in names})
        self.offer_people(agreement.owner_unit, agreement.operator_unit)


class PresetForm(forms.Form):
    """One of the documents' two estimates."""

    preset = forms.ChoiceField(
        label=_("Udfyld med"), choices=[(each.code, each.name) for each in PRESETS],
        help_text=_("Erstatter henvendelser, årsværk og pris. Ret dem bagefter."),
    )  # fmt: skip


class PartForm(Revised, forms.Form):
    """The text of one part."""

    text = forms.CharField(
        label=_("Det er aftalt"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 14})
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, part: AgreementPart) -> None:
        super().__init__(data, initial={"text": part.text})


class AgreedTargetForm(Revised, forms.Form):
    """A target on a KPI."""

    kpi = forms.ChoiceField(label=_("Nøgletal"), choices=[("", _("Vælg")), *FIGURE_NAMES.items()])
    level = forms.TypedChoiceField(label=_("Hvem"), choices=AgreementTarget.Level.choices, coerce=int)
    service = forms.ModelChoiceField(
        Service.objects.none(), label=_("Ydelse"), required=False, empty_label=_("Hele kontaktcentret")
    )
    aim = forms.ChoiceField(label=_("Målet er"), choices=AgreementTarget.Aim.choices)
    value = forms.DecimalField(label=_("Værdi"), min_value=0, max_digits=10, decimal_places=2, localize=True)
    is_floor = forms.BooleanField(label=_("Bundniveau: ingen ydelse må ligge under"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, target: AgreementTarget) -> None:
        names = [*self.base_fields]
        stored = {name: getattr(target, name) for name in names} if target.pk else {}
        super().__init__(data, initial=stored)
        self.pk = target.pk
        offer(self, "service", _services(target.agreement.centre, target.agreement.valid_from))


def _services(centre: ContactCentre, day: date) -> QuerySet[Service]:
    """The services of the owner's units."""
    found: QuerySet[Service] = Service.objects.valid_on(day).filter(unit__path__startswith=centre.owner.path)
    return found.order_by("name")
