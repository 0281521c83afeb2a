"""Forms of mailboxes of secure post (Digital Post)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.cvr import cvr_in
from indgang.correspondence.models import Mailbox
from indgang.entry.models import Queue
from indgang.office.mailboxes.forms import LANGUAGES, text_field
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

_PLAIN = (
    "name", "centre", "queue", "language", "adapter", "login", "cvr", "sender_name", "signature", "signature_en",
    "reopens_days", "undo_seconds", "valid_from",
)  # fmt: skip


class NewSecureMailboxForm(forms.Form):
    name = forms.CharField(label=_("Navn"), max_length=200, help_text=_("Som medarbejderne kender postkassen."))
    centre = forms.ModelChoiceField(ContactCentre.objects.none(), label=_("Center"), empty_label=_("Vælg"))
    queue = forms.ModelChoiceField(
        Queue.objects.none(), label=_("Kø"), empty_label=_("Vælg"),
        help_text=_("Her venter de meddelelser, ingen regel fordeler. Køen skal være til skriftlige henvendelser."),
    )  # fmt: skip
    language = forms.ChoiceField(label=_("Sprog"), choices=LANGUAGES)
    adapter = forms.ChoiceField(label=_("Hvordan den læses"), choices=())
    login = forms.CharField(
        label=_("Systemets id"), max_length=36, required=False,
        help_text=_("Som det står i Digital Posts administration under afsender- og modtagersystemer."),
    )  # fmt: skip
    secret = forms.CharField(
        label=_("Systemets nøgle"), max_length=500, required=False, strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Tom: den, der er gemt, beholdes."),
    )  # fmt: skip
    cvr = forms.CharField(label=_("Kommunens CVR-nummer"), max_length=20, help_text=_("Svar sendes fra det nummer."))
    sender_name = forms.CharField(label=_("Navn på afsenderen af svar"), max_length=100, required=False)
    signature = text_field(_("Underskrift"))
    signature_en = text_field(_("Underskrift på engelsk"))
    reopens_days = forms.IntegerField(
        label=_("Et svar åbner en afsluttet henvendelse igen i (dage)"), min_value=0, max_value=365, initial=14,
        help_text=_("Derefter begynder en ny."),
    )  # fmt: skip
    undo_seconds = forms.IntegerField(
        label=_("Et svar kan fortrydes i (sekunder)"), min_value=0, max_value=600, initial=10
    )
    valid_from = DayField(label=_("Læses fra"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, with_trial: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = clock.today()
        offer(self, "centre", ContactCentre.objects.valid_on(today).order_by("name"))
        offer(self, "queue", Queue.objects.valid_on(today).for_written().order_by("name"))
        adapters = [each for each in Mailbox.Adapter.choices if each[0] in Mailbox.SECURE]
        may_simulate, simulated = settings.DEMO or with_trial, Mailbox.Adapter.SIMULATED_POST
        offer(self, "adapter", [each for each in adapters if each[0] != simulated or may_simulate])
        self.fields["valid_from"].initial = today

    def clean_cvr(self) -> str:
        return cvr_in(self.cleaned_data["cvr"])

    def values(self) -> dict[str, Any]:
        """The values of the row, without the key."""
        return {name: self.cleaned_data[name] for name in _PLAIN}


class SecureMailboxForm(Revised, NewSecureMailboxForm):
    UNCOMPARED = ("secret",)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: Mailbox) -> None:
        initial = {name: getattr(row, name) for name in _PLAIN}
        super().__init__(data, initial=initial, with_trial=row.adapter == Mailbox.Adapter.SIMULATED_POST)
