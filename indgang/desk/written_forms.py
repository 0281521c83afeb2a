"""The forms of written enquiries at the desk."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.correspondence import drafts
from indgang.correspondence.mail import answering


class SeenForm(forms.Form):
    """`seen` is the newest message of the contact that the page showed; it is empty where there was none."""

    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)


class ReplyForm(SeenForm):
    """An answer. The action checks addresses and lengths; `to` and `cc` become lists."""

    to = forms.CharField(label=_("Til"), max_length=2_000, required=False)
    cc = forms.CharField(label=_("Kopi til"), max_length=2_000, required=False)
    subject = forms.CharField(label=_("Emne"), max_length=250, required=False)
    way = forms.ChoiceField(
        label=_("Send svaret med"), required=False,
        choices=((drafts.MAIL, _("Mail")), (drafts.SECURE_POST, _("Digital Post"))), widget=forms.RadioSelect,
    )  # fmt: skip
    number = forms.CharField(
        label=_("CPR- eller CVR-nummer"), max_length=40, required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )  # fmt: skip
    text = forms.CharField(
        label=_("Svar"), required=False, max_length=drafts.MOST, strip=False,
        widget=forms.Textarea(attrs={"rows": 12}),
    )  # fmt: skip

    def clean_to(self) -> list[str]:
        return answering.addresses(self.cleaned_data["to"])

    def clean_cc(self) -> list[str]:
        return answering.addresses(self.cleaned_data["cc"])


class SpamForm(SeenForm):
    blocks = forms.BooleanField(label=_("Spær afsenderen"), required=False)


class SettlementForm(forms.Form):
    """What became of an answer in doubt."""

    result = forms.ChoiceField(choices=[("sent", _("Svaret blev sendt")), ("again", _("Send det igen"))])


class MergeForm(forms.Form):
    into = forms.UUIDField(error_messages={"required": _("Vælg den henvendelse, den skal lægges sammen med.")})


def typed_reply(data: Any) -> dict[str, str]:
    """The fields of an answer as they were typed."""
    return {name: str(data.get(name, "")) for name in drafts.FIELDS if name in data}
