"""Forms of a switch: what it changes, the decision, and what is confirmed; old addresses, and contacts of services."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Service
from indgang.core import clock, phone_numbers
from indgang.core.refusals import RefusedChange
from indgang.correspondence.models import FormerAddress, Mailbox
from indgang.entry.models import EntryPoint, Flow
from indgang.feedback.models import Questionnaire
from indgang.knowledge.models import ArticleVersion
from indgang.office.switchover import access
from indgang.programme.switchover import old_contacts, rights, setting_up
from indgang.programme.switchover.models import Switchover
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

_MOMENT = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


if TYPE_CHECKING:
    _EntryPointChoice = forms.ModelChoiceField[EntryPoint]
else:
    _EntryPointChoice = forms.ModelChoiceField


class _EntryPointField(_EntryPointChoice):
    def label_from_instance(self, obj: EntryPoint) -> str:
        return f"{phone_numbers.for_people(obj.number)} {obj.name}"


class SwitchoverForm(Revised, forms.Form):
    """What a switch changes, and when."""

    service = forms.ModelChoiceField(
        Service.objects.none(), label=gettext_lazy("Ydelse"), empty_label=gettext_lazy("Vælg")
    )  # fmt: skip
    centre = forms.ModelChoiceField(
        ContactCentre.objects.none(), label=gettext_lazy("Kontaktcenter"), empty_label=gettext_lazy("Vælg")
    )  # fmt: skip
    planned_at = forms.DateTimeField(
        label=gettext_lazy("Tidspunkt for skiftet"), widget=_MOMENT,
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )  # fmt: skip
    flow = forms.ModelChoiceField(
        Flow.objects.none(), label=gettext_lazy("Udgiv kladden til opkaldsforløbet"), required=False,
        empty_label=gettext_lazy("Intet forløb ændres"),
    )  # fmt: skip
    numbers = forms.CharField(
        label=gettext_lazy("Gamle numre, der omstilles"), required=False, max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}), help_text=gettext_lazy("Ét på hver linje. De er indgange i dag."),
    )  # fmt: skip
    leads_to = _EntryPointField(
        EntryPoint.objects.none(), label=gettext_lazy("De gamle numre fører til"), required=False,
        empty_label=gettext_lazy("Vælg"),
    )  # fmt: skip
    mail_addresses = forms.CharField(
        label=gettext_lazy("Gamle mailadresser, der omstilles"), required=False, max_length=4000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Én på hver linje. De er fællespostkasser i dag."),
    )  # fmt: skip
    mail_to = forms.ModelChoiceField(
        Mailbox.objects.none(), label=gettext_lazy("Mails til dem kommer i køen for postkassen"), required=False,
        empty_label=gettext_lazy("Vælg"),
    )  # fmt: skip
    versions = forms.ModelMultipleChoiceField(
        ArticleVersion.objects.none(), label=gettext_lazy("Sider, der udgives"), required=False,
        widget=forms.CheckboxSelectMultiple, help_text=gettext_lazy("Kun sider, der er sendt til godkendelse."),
    )  # fmt: skip
    ends_contact = forms.BooleanField(
        label=gettext_lazy("Hjemmesiden viser kontaktcentret i stedet for ydelsens eget nummer og mail"), required=False
    )  # fmt: skip
    questionnaire = forms.ModelChoiceField(
        Questionnaire.objects.none(), label=gettext_lazy("Spørg om tilfredshed med spørgeskemaet"), required=False,
        empty_label=gettext_lazy("Ingen ny regel"),
    )  # fmt: skip
    way = forms.ChoiceField(label=gettext_lazy("Sådan spørges der"), choices=rights.WAYS)
    share = forms.IntegerField(label=gettext_lazy("Andel, der spørges (procent)"), min_value=1, max_value=100)
    starts_targets = forms.BooleanField(
        label=gettext_lazy("Aftalens mål for ydelsen tæller fra skiftet"), required=False
    )  # fmt: skip

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, person: Person, switch: Switchover | None = None
    ) -> None:
        super().__init__(data, initial=_stored(switch) if switch else {"way": "robot", "share": 100})
        self.pk = switch.pk if switch else None
        for name, choices in rights.offered(person, switch).items():
            offer(self, name, choices)

    def clean_numbers(self) -> list[str]:
        return _read(old_contacts.numbers, self.cleaned_data["numbers"])

    def clean_mail_addresses(self) -> list[str]:
        return _read(old_contacts.addresses, self.cleaned_data["mail_addresses"])

    @property
    def values(self) -> dict[str, Any]:
        said = self.cleaned_data | {"addresses": self.cleaned_data["mail_addresses"]}
        return {name: said[name] for name in (*setting_up.FIELDS, "versions")}


def _read(read: Callable[[Iterable[str]], list[str]], typed: str) -> list[str]:
    try:
        return read(typed.replace(",", "\n").splitlines())
    except RefusedChange as refused:
        raise forms.ValidationError(str(refused)) from refused


def _stored(switch: Switchover) -> dict[str, Any]:
    plain = {name: getattr(switch, name) for name in setting_up.FIELDS}
    return plain | {
        "planned_at": switch.planned_at.astimezone(clock.COPENHAGEN).replace(tzinfo=None),
        "numbers": "\n".join(phone_numbers.for_people(each) for each in switch.numbers),
        "mail_addresses": "\n".join(switch.addresses),
        "versions": list(switch.versions.values_list("pk", flat=True)),
    }  # fmt: skip


class SwitchDecisionForm(forms.Form):
    """`seen` is the rehearsal that stood on the page."""

    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    reason = forms.CharField(label=gettext_lazy("Hvorfor, trods bemærkningerne?"), max_length=500, required=False)


class ReconsideringForm(forms.Form):
    """`state` is what the switch was when the page was made."""

    state = forms.CharField(widget=forms.HiddenInput, max_length=10)


class GivingUpForm(ReconsideringForm):
    confirmed = forms.BooleanField(label=gettext_lazy("Ja, opgiv skiftet for altid"))


class CarryingOutForm(forms.Form):
    confirmed = forms.BooleanField(label=gettext_lazy("Ja, skift nu i stedet for på det planlagte tidspunkt"))


class TakingBackForm(forms.Form):
    because = forms.CharField(label=gettext_lazy("Hvorfor tages skiftet tilbage?"), max_length=500)
    confirmed = forms.BooleanField(label=gettext_lazy("Ja, lad alt være, som det var før skiftet"))


class FormerAddressForm(Revised, forms.Form):
    """An old address, since when it is forwarded, and when it is closed."""

    mail_address = forms.EmailField(label=gettext_lazy("Gammel mailadresse"), max_length=254)
    name = forms.CharField(label=gettext_lazy("Hvem adressen tilhørte"), max_length=200)
    forwards_to = forms.ModelChoiceField(
        Mailbox.objects.none(), label=gettext_lazy("Sendes videre til"), empty_label=gettext_lazy("Vælg")
    )  # fmt: skip
    valid_from = DayField(label=gettext_lazy("Sendes videre fra"), widget=_day())
    valid_to = DayField(label=gettext_lazy("Lukkes (dagen er ikke med)"), widget=_day(), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: FormerAddress | None = None) -> None:
        super().__init__(data, initial=_address(row) if row else {"valid_from": clock.today()})
        self.pk = row.pk if row else None
        offer(self, "forwards_to", rights.mailboxes())

    @property
    def values(self) -> dict[str, Any]:
        said = dict(self.cleaned_data)
        return {"address": said.pop("mail_address"), **said}


def _address(row: FormerAddress) -> dict[str, Any]:
    names = ("name", "forwards_to", "valid_from", "valid_to")
    return {"mail_address": row.address, **{name: getattr(row, name) for name in names}}


class ServiceContactForm(Revised, forms.Form):
    """What the website shows for a service from today on; refused when another contact has changed meanwhile."""

    service = forms.ModelChoiceField(
        Service.objects.none(), label=gettext_lazy("Ydelse"), empty_label=gettext_lazy("Vælg")
    )  # fmt: skip
    phone = forms.CharField(label=gettext_lazy("Telefon"), max_length=30, required=False)
    mail_address = forms.EmailField(label=gettext_lazy("E-mail"), max_length=254, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data, also=_shown_contacts())
        offer(self, "service", rights.services())


def _shown_contacts() -> dict[str, str]:
    """What the page of contacts lists, in words."""
    return {
        f"{each.service.name} ({each.valid_from:%d.%m.%Y})": ", ".join(filter(None, (each.phone, each.email)))
        for each in access.contacts()
    }
