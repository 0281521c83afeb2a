"""The fields of the pages on which a reply text is written: the desk's for one's own, the office's for the others."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.correspondence.models import ReplyText

NAMES = ("kind", "code", "title", "body", "language", "in_mails", "in_sms", "in_chats")
_LANGUAGES = (("da", _("Dansk")), ("en", _("Engelsk")))


class ReplyTextFields(forms.Form):
    title = forms.CharField(label=_("Overskrift"), max_length=120)
    code = forms.SlugField(
        label=_("Kode"), max_length=30, allow_unicode=True,
        help_text=_("Bogstaver, tal og bindestreg. Du indsætter teksten ved at skrive koden efter en skråstreg: /tak."),
    )  # fmt: skip
    kind = forms.ChoiceField(
        label=_("Slags"), choices=ReplyText.Kind.choices,
        help_text=_("Et afsnit sættes ind, hvor du skriver. Et helt svar kan have plads til dine egne ord: {svar}."),
    )  # fmt: skip
    body = forms.CharField(
        label=_("Tekst"), max_length=5_000, strip=False, widget=forms.Textarea(attrs={"rows": 10}),
        help_text=_(
            "Felter udfyldes af sig selv: {navn}, {fornavn}, {nummer}, {medarbejder}, {ydelse}, {center}, {telefon} og "
            "{dato}. Skriv for eksempel {?dag for mødet}, hvor den, der svarer, selv skal skrive noget."
        ),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Sprog"), choices=_LANGUAGES)
    in_mails = forms.BooleanField(label=_("I mails og svar på hjemmesiden"), required=False, initial=True)
    in_sms = forms.BooleanField(label=_("I sms'er"), required=False)
    in_chats = forms.BooleanField(label=_("I chat"), required=False, initial=True)


def stored(text: ReplyText) -> dict[str, Any]:
    return {name: getattr(text, name) for name in NAMES}
