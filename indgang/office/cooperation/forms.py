"""Forms of cooperation agreements: first day and signatories, price and staffing, a part, a target, the end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.agreements.models import AgreementPart, AgreementTarget, Baseline, CooperationAgreement
from indgang.agreements.presets import PRESETS
from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.core import clock
from indgang.core.ranges import DateRange
from indgang.measures import channel_groups
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.histogram import EXACT_SECONDS
from indgang.office.cooperation.access import signatories
from indgang.office.months import moved
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_PARTIES = ("owner", "operator")
#: how far back figures can be held against an agreement
_MONTHS, _QUARTERS = 14, 9


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
    price_from = DayField(
        label=_("Årene regnes fra"), required=False, widget=_DAY,
        help_text=_("Tom: fra aftalens første dag. En ny version tæller videre fra den første med samme pris."),
    )  # fmt: skip

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
    channel = forms.ChoiceField(
        label=_("Kanal"), required=False, choices=channel_groups.CHOICES,
        help_text=_("Et mål for opkald tæller hverken mails, chat eller fremmøde."),
    )  # fmt: skip
    aim = forms.ChoiceField(label=_("Målet er"), choices=AgreementTarget.Aim.choices)
    value = forms.DecimalField(label=_("Værdi"), min_value=0, max_digits=10, decimal_places=2, localize=True)
    baseline = forms.ModelChoiceField(
        Baseline.objects.none(), label=_("Udgangspunkt"), required=False, empty_label=_("Intet"),
        help_text=_("Den målte periode, som en forbedring er en procentdel af."),
    )  # fmt: skip
    within = forms.IntegerField(
        label=_("Svar inden for (sekunder)"), required=False, min_value=1, max_value=EXACT_SECONDS,
        help_text=_("Kun for serviceniveauer. Tomt: køernes egne løfter."),
    )  # fmt: skip
    is_floor = forms.BooleanField(label=_("Bundniveau: ingen ydelse må ligge under"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, target: AgreementTarget) -> None:
        names = [*self.base_fields]
        stored = {name: getattr(target, name) for name in names} if target.pk else {}
        super().__init__(data, initial=stored)
        self.pk = target.pk
        centre = target.agreement.centre
        offer(self, "service", _services(centre, target.agreement.valid_from))
        offer(self, "baseline", centre.baselines.filter(settled_at__isnull=False))


class BaselineForm(forms.Form):
    """The first and last day of a period to measure."""

    first_day = DayField(label=_("Første dag"), widget=_DAY)
    last_day = DayField(label=_("Sidste dag"), widget=_DAY, help_text=_("To til fire måneder i alt."))


class ExcludedDayForm(forms.Form):
    """A day to leave out of a baseline, with the reason."""

    day = DayField(label=_("Dag"), widget=_DAY)
    reason = forms.CharField(label=_("Hvorfor"), max_length=300)


class AgreedPeriodFilter(forms.Form):
    """One of the last months or quarters; without one this month, and on its first day, when none of it is over, the
    last."""

    period = forms.ChoiceField(label=_("Periode"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, today: date) -> None:
        this = today.replace(day=1)
        filled = {name: value for name, value in (data or {}).items() if value}
        usual = (today - timedelta(days=1)).replace(day=1)
        super().__init__({"period": f"{usual:%Y-%m}"} | filled)
        months = [moved(this, -by) for by in range(_MONTHS)]
        quarters = [moved(_quarter_of(this), -3 * by) for by in range(_QUARTERS)]
        self._periods = {f"{each:%Y-%m}": DateRange(each, moved(each, 1)) for each in months}
        self._periods |= {_quarter_code(each): DateRange(each, moved(each, 3)) for each in quarters}
        names = {f"{each:%Y-%m}": date_format(each, "F Y") for each in months}
        names |= {_quarter_code(each): _quarter_words(each) for each in quarters}
        offer(self, "period", list(names.items()))
        self._usual = f"{usual:%Y-%m}"

    @property
    def days(self) -> DateRange:
        chosen = "" if "period" in self.errors else self.cleaned_data["period"]
        return self._periods[chosen or self._usual]


def _quarter_of(first: date) -> date:
    return first.replace(month=first.month - (first.month - 1) % 3)


def _quarter_code(first: date) -> str:
    return f"{first.year}-k{first.month // 3 + 1}"


def _quarter_words(first: date) -> str:
    return gettext("%(quarter)s. kvartal %(year)s") % {"quarter": first.month // 3 + 1, "year": first.year}


def _services(centre: ContactCentre, day: date) -> QuerySet[Service]:
    """The services of the owner's units."""
    found: QuerySet[Service] = Service.objects.valid_on(day).filter(unit__path__startswith=centre.owner.path)
    return found.order_by("name")
