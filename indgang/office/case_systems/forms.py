"""Forms of the agreements about reading in case systems."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from indgang.catalogue.models import Service, Unit
from indgang.core import clock
from indgang.core.text import folded
from indgang.office.unit_choice import UnitsChoice
from indgang.registers import look_up
from indgang.registers.contract import NUMBER, SERVICE, CaseField, SearchBy
from indgang.registers.models import CaseAgreement
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
FIELD_WORDS = {
    CaseField.TITLE: _("Hvad sagen drejer sig om"),
    CaseField.STATUS: _("Status"),
    CaseField.UNIT: _("Enhed, der har sagen"),
    CaseField.CASE_WORKER: _("Sagsbehandler"),
    CaseField.NEXT_STEP: _("Næste skridt"),
    CaseField.NEXT_STEP_ON: _("Næste skridts dato"),
    CaseField.CHANGED_ON: _("Sidst ændret"),
}
SEARCH_WORDS = {
    SearchBy.NUMBER: _("Sagsnummer"),
    SearchBy.CVR: _("CVR-nummer"),
    SearchBy.TELEPHONE: _("Telefonnummer"),
}
#: the separator of a line about a status or a service
_IS = "="
#: the fields of a case system by their name here
_FIELDS: tuple[str, ...] = (NUMBER, *CaseField, SERVICE)


class NewCaseSystemForm(forms.Form):
    name = forms.CharField(label=_("Fagsystemets navn"), max_length=100, help_text=_("Som medarbejderne kender det."))
    reference = forms.CharField(
        label=_("Aftalen"), max_length=200, required=False, help_text=_("Hvor den underskrevne aftale ligger.")
    )
    units = UnitsChoice(
        Unit.objects.none(), label=_("Enheder"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Vælg mindst én enhed.")},
        help_text=_("De medarbejdere, der må slå sager op for en af enhederne, kan bruge systemet."),
    )  # fmt: skip
    adapter = forms.ChoiceField(label=_("Hvordan det læses"), choices=())
    address = forms.CharField(
        label=_("Adresse"), max_length=500, required=False,
        help_text=_("For eksempel https://sager.kommune.example/api/ eller postgresql://sager.kommune.example:5432/esdh"),
    )  # fmt: skip
    secret = forms.CharField(
        label=_("Adgangskode"), max_length=500, required=False, strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_(
            "HTTP: det, der sendes som Authorization. Database: bruger:adgangskode. "
            "Tom: den, der er gemt, beholdes."
        ),
    )  # fmt: skip
    place = forms.CharField(
        label=_("Liste eller visning"), max_length=200, required=False,
        help_text=_(
            "HTTP: vejen til listen i svaret, for eksempel data.sager; tom, hvis svaret er listen. "
            "Database: visningens navn."
        ),
    )  # fmt: skip
    given = forms.MultipleChoiceField(
        label=_("Det, aftalen giver"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(str(each), words) for each, words in FIELD_WORDS.items()],
        help_text=_("Sagsnummeret gives altid. Andet hentes og vises ikke."),
    )  # fmt: skip
    services = forms.CharField(
        label=_("Ydelser"), required=False, max_length=20_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "En linje for hver: fagsystemets ord for det, sagen hører til, og ydelsen her, for eksempel: "
            "FAC = Facadeskilte. Andre sager vises så ikke. Tom: sager om alle ydelser vises."
        ),
    )  # fmt: skip
    statuses = forms.CharField(
        label=_("Ord for status"), required=False, max_length=5_000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "En linje for hver, for eksempel: UB = Under behandling. Andre vises så ikke. "
            "Tom: status vises, som den er."
        ),
    )  # fmt: skip
    asks_at_once = forms.BooleanField(
        label=_("Hent automatisk sager for en kendt opkalder (kun hvis aftalen tillader det)"), required=False
    )
    valid_from = DayField(label=_("Gælder fra"), widget=_DAY)
    valid_to = DayField(label=_("Gælder til (dagen ikke medregnet)"), widget=_DAY, required=False)

    def __init__(self, *args: Any, with_demo: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "units", Unit.objects.valid_on(clock.today()).order_by("path"))
        demo = CaseAgreement.Adapter.DEMO
        offer(self, "adapter", [(v, w) for v, w in CaseAgreement.Adapter.choices
                                if v != demo or settings.DEMO or with_demo])  # fmt: skip
        self.fields["valid_from"].initial = clock.today()
        for by, words in SEARCH_WORDS.items():
            self.fields[f"search_{by}"] = forms.CharField(label=words, max_length=200, required=False)
        for name, words in ((NUMBER, _("Sagsnummer")), *FIELD_WORDS.items(), (SERVICE, _("Det, sagen hører til"))):
            self.fields[f"source_{name}"] = forms.CharField(label=words, max_length=200, required=False)

    def searches(self) -> list[forms.BoundField]:
        return [self[f"search_{by}"] for by in SearchBy]

    def sources(self) -> list[forms.BoundField]:
        return [self[f"source_{name}"] for name in _FIELDS]

    def clean_services(self) -> dict[str, Service]:
        """The services by the words of the case system. They are found by name or code."""
        pairs = self._pairs("services")
        asked = {folded(name) for name in pairs.values()}
        known: dict[str, Service] = {}
        for service in Service.objects.valid_on(clock.today()).select_related("unit"):
            known |= {key: service for key in (folded(service.name), folded(service.code)) if key in asked}
        for name in pairs.values():
            if folded(name) not in known:
                raise forms.ValidationError(_("Ydelsen “%(name)s” findes ikke."), params={"name": name})
        return {word: known[folded(name)] for word, name in pairs.items()}

    def clean_statuses(self) -> dict[str, str]:
        return self._pairs("statuses")

    def _pairs(self, name: str) -> dict[str, str]:
        lines = [line.strip() for line in self.cleaned_data[name].splitlines() if line.strip()]
        pairs = [tuple(part.strip() for part in line.split(_IS, 1)) for line in lines]
        for line, pair in zip(lines, pairs, strict=True):
            if len(pair) != 2 or not all(pair):
                raise forms.ValidationError(_("Skriv KODE = ord, ikke “%(line)s”."), params={"line": line})
        return {pair[0]: pair[1] for pair in pairs}

    def values(self) -> dict[str, Any]:
        """The values of the row, without units, services and secret."""
        data = self.cleaned_data
        plain = ("name", "reference", "adapter", "address", "place", "given", "statuses", "asks_at_once", "valid_from",
                 "valid_to")  # fmt: skip
        return {name: data[name] for name in plain} | {
            "searches": {str(by): data[f"search_{by}"] for by in SearchBy if data[f"search_{by}"]},
            "sources": {str(name): data[f"source_{name}"] for name in _FIELDS if data[f"source_{name}"]},
        }


class CaseSystemForm(Revised, NewCaseSystemForm):
    UNCOMPARED = ("secret",)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: CaseAgreement) -> None:
        named = ("name", "reference", "adapter", "address", "place", "given", "asks_at_once", "valid_from", "valid_to")
        initial: dict[str, Any] = {name: getattr(row, name) for name in named}
        initial["units"] = [each.pk for each in row.units.all()]
        initial["statuses"] = "\n".join(f"{code} {_IS} {words}" for code, words in row.statuses.items())
        given = row.given_services.select_related("service")
        initial["services"] = "\n".join(f"{each.word} {_IS} {each.service.name}" for each in given)
        initial |= {f"search_{by}": where for by, where in row.searches.items()}
        initial |= {f"source_{name}": where for name, where in row.sources.items()}
        super().__init__(data, initial=initial, with_demo=row.adapter == CaseAgreement.Adapter.DEMO)


class TrialForm(forms.Form):
    """A look-up that tries the system."""

    search = forms.ChoiceField(label=_("Søg på"), choices=[(str(by), words) for by, words in SEARCH_WORDS.items()])
    value = forms.CharField(label=_("Værdi"), max_length=200)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, auto_id="trial_%s")

    def asked(self) -> tuple[SearchBy, str]:
        search = SearchBy(self.cleaned_data["search"])
        return search, look_up.searched(search, self.cleaned_data["value"])
