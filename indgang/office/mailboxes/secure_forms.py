"""Forms of mailboxes of secure post (Digital Post)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from indgang.core.cvr import cvr_in
from indgang.correspondence.models import Mailbox
from indgang.entry.models import Queue
from indgang.office.mailboxes.forms import AnyMailboxForm
from indgang.ui.revision import Revised


class NewSecureMailboxForm(AnyMailboxForm):
    ADAPTERS = Mailbox.SECURE
    SIMULATED = Mailbox.Adapter.SIMULATED_POST
    PLAIN = (
        "name", "centre", "queue", "language", "adapter", "login", "cvr", "sender_name", "signature", "signature_en",
        "reopens_days", "undo_seconds", "valid_from",
    )  # fmt: skip

    queue = forms.ModelChoiceField(
        Queue.objects.none(), label=_("Kø"), empty_label=_("Vælg"),
        help_text=_("Her venter de meddelelser, ingen regel fordeler. Køen skal være til skriftlige henvendelser."),
    )  # fmt: skip
    login = forms.CharField(
        label=_("Systemets id"), max_length=36, required=False,
        help_text=_("Som det står i Digital Posts administration under afsender- og modtagersystemer."),
    )  # fmt: skip
    cvr = forms.CharField(label=_("Kommunens CVR-nummer"), max_length=20, help_text=_("Svar sendes fra det nummer."))

    field_order = (*PLAIN[:6], "secret", *PLAIN[6:])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secret"].label = _("Systemets nøgle")

    def clean_cvr(self) -> str:
        return cvr_in(self.cleaned_data["cvr"])


class SecureMailboxForm(Revised, NewSecureMailboxForm):
    UNCOMPARED = ("secret",)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: Mailbox) -> None:
        initial = {name: getattr(row, name) for name in self.PLAIN}
        super().__init__(data, initial=initial, with_trial=row.adapter == self.SIMULATED)
