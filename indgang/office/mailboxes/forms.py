"""Forms of shared mailboxes and their rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.correspondence.models import Mailbox, RoutingRule
from indgang.entry.models import Queue
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised
from indgang.workforce.models import Skill

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
LANGUAGES = (("da", _("Dansk")), ("en", _("Engelsk")))
_PLAIN = (
    "name", "centre", "queue", "language", "adapter", "imap_host", "imap_port", "imap_security", "smtp_host",
    "smtp_port", "smtp_security", "login", "tenant", "client", "folder", "archive_folder", "sent_folder",
    "server_keeps_copies", "sender_name", "signature", "signature_en", "receipt", "receipt_en", "reopens_days",
    "undo_seconds", "valid_from",
)  # fmt: skip


def text_field(label: Any, help_text: Any = "", rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=5_000, required=False, widget=forms.Textarea(attrs={"rows": rows}), help_text=help_text
    )


class AnyMailboxForm(forms.Form):
    """What every new mailbox has, beside its queue and its user. `ADAPTERS` are the ways in which it may be read;
    `SIMULATED`, one of them, is for the demo and for mailboxes that have it. `PLAIN` are the columns of the row that
    are fields."""

    ADAPTERS: tuple[str, ...]
    SIMULATED: str
    PLAIN: tuple[str, ...]

    name = forms.CharField(label=_("Navn"), max_length=200, help_text=_("Som medarbejderne kender postkassen."))
    centre = forms.ModelChoiceField(ContactCentre.objects.none(), label=_("Center"), empty_label=_("Vælg"))
    language = forms.ChoiceField(label=_("Sprog"), choices=LANGUAGES)
    adapter = forms.ChoiceField(label=_("Hvordan den læses"), choices=())
    secret = forms.CharField(
        max_length=500, required=False, strip=True,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Tom: den, der er gemt, beholdes."),
    )  # fmt: skip
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
    valid_from = DayField(label=_("Læses fra"), widget=_DAY)

    def __init__(self, *args: Any, with_trial: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today, may_simulate = clock.today(), settings.DEMO or with_trial
        offer(self, "centre", ContactCentre.objects.valid_on(today).order_by("name"))
        offer(self, "queue", Queue.objects.valid_on(today).for_written().order_by("name"))
        adapters = [each for each in Mailbox.Adapter.choices if each[0] in self.ADAPTERS]
        offer(self, "adapter", [each for each in adapters if each[0] != self.SIMULATED or may_simulate])
        self.fields["valid_from"].initial = today

    def values(self) -> dict[str, Any]:
        """The values of the row, without the secret."""
        return {name: self.cleaned_data[name] for name in self.PLAIN}


class NewMailboxForm(AnyMailboxForm):
    ADAPTERS = (Mailbox.Adapter.IMAP, Mailbox.Adapter.MICROSOFT, Mailbox.Adapter.SIMULATED)
    SIMULATED = Mailbox.Adapter.SIMULATED
    PLAIN = _PLAIN

    mail_address = forms.EmailField(label=_("Mailadresse"))
    queue = forms.ModelChoiceField(
        Queue.objects.none(), label=_("Kø"), empty_label=_("Vælg"),
        help_text=_("Her venter de mails, ingen regel fordeler. Køen skal være til skriftlige henvendelser."),
    )  # fmt: skip
    imap_host = forms.CharField(label=_("Server til modtagelse (IMAP)"), max_length=253, required=False)
    imap_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535, initial=993)
    imap_security = forms.ChoiceField(label=_("Kryptering"), choices=Mailbox.Security.choices)
    smtp_host = forms.CharField(label=_("Server til afsendelse (SMTP)"), max_length=253, required=False)
    smtp_port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65_535, initial=465)
    smtp_security = forms.ChoiceField(label=_("Kryptering"), choices=Mailbox.Security.choices)
    login = forms.CharField(label=_("Brugernavn"), max_length=254, required=False, help_text=_("Tom: mailadressen."))
    tenant = forms.CharField(label=_("Lejer (tenant) hos Microsoft"), max_length=100, required=False)
    client = forms.CharField(label=_("Applikation (client) hos Microsoft"), max_length=100, required=False)
    folder = forms.CharField(label=_("Mappe, der læses"), max_length=200, initial="INBOX")
    archive_folder = forms.CharField(
        label=_("Flyt mails, der er hentet, til mappen"), max_length=200, required=False,
        help_text=_("Tom: de bliver liggende."),
    )  # fmt: skip
    sent_folder = forms.CharField(
        label=_("Mappe til sendte mails"), max_length=200, required=False, help_text=_("Tom: der lægges ingen kopi.")
    )
    server_keeps_copies = forms.BooleanField(
        label=_("Mailserveren lægger selv en kopi af det, der sendes, i mappen"), required=False
    )
    receipt = text_field(
        _("Kvittering"), _("Sendes, når en mail kommer, højst én gang om dagen til den samme. Tom: ingen kvittering.")
    )
    receipt_en = text_field(_("Kvittering på engelsk"))

    field_order = ("name", "mail_address", *_PLAIN[1:12], "secret", *_PLAIN[12:])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["secret"].label = _("Adgangskode")

    def values(self) -> dict[str, Any]:
        return super().values() | {"address": self.cleaned_data["mail_address"]}


class MailboxForm(Revised, NewMailboxForm):
    UNCOMPARED = ("secret",)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: Mailbox) -> None:
        initial = {name: getattr(row, name) for name in self.PLAIN} | {"mail_address": row.address}
        super().__init__(data, initial=initial, with_trial=row.adapter == self.SIMULATED)


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


class RuleForm(forms.Form):
    """A rule: what a mail is like, and where it goes then."""

    _PARTIES = (("", _("Alle")), ("business", _("En virksomhed, vi kender")), ("citizen", _("En borger, vi kender")))
    _LINES = ("words", "senders", "recipients", "parties")
    _FILES = (("", _("Uden betydning")), ("yes", _("Har filer")), ("no", _("Har ingen filer")))

    name = forms.CharField(label=_("Navn"), max_length=120)
    words = text_field(_("Ord i emnet eller teksten"), _("Et ord eller en vending på hver linje. Ét er nok."))
    senders = text_field(_("Afsendere"), _("En adresse på hver linje, eller @ og et domæne."), rows=3)
    recipients = text_field(_("Sendt til"), _("En af postkassens adresser på hver linje."), rows=2)
    party = forms.ChoiceField(label=_("Hvem der skriver"), choices=_PARTIES, required=False)
    parties = text_field(
        _("Bestemte virksomheder og borgere"),
        _("Et CVR-nummer eller et navn, vi kender, på hver linje. Reglen gælder også deres formularer og sms'er."),
        rows=2,
    )
    with_files = forms.ChoiceField(label=_("Filer"), choices=_FILES, required=False)
    treatment = forms.ChoiceField(label=_("Hvad der sker"), choices=RoutingRule.Treatment.choices)
    queue = forms.ModelChoiceField(
        Queue.objects.none(), label=_("Kø"), empty_label=_("Postkassens egen"), required=False
    )
    skill = forms.ModelChoiceField(
        Skill.objects.none(), label=_("Kompetence"), empty_label=_("Ingen"), required=False, to_field_name="code"
    )
    level = forms.IntegerField(label=_("Mindste niveau"), min_value=1, max_value=5, initial=1, required=False)
    priority = forms.IntegerField(
        label=_("Prioritet"), min_value=-100, max_value=100, initial=0, help_text=_("Det højeste tal går først.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "queue", Queue.objects.valid_on(clock.today()).for_written().order_by("name"))
        offer(self, "skill", Skill.objects.order_by("name"))

    def conditions(self) -> dict[str, Any]:
        data = self.cleaned_data
        found: dict[str, Any] = {name: _lines(data[name]) for name in self._LINES}
        found["party"] = data["party"]
        if data["with_files"]:
            found["has_files"] = data["with_files"] == "yes"
        return found

    def values(self) -> dict[str, Any]:
        data = self.cleaned_data
        skills = {data["skill"].code: data["level"] or 1} if data["skill"] else {}
        plain = {name: data[name] for name in ("name", "treatment", "queue", "priority")}
        return {**plain, "skills": skills, "conditions": self.conditions()}


class ChangedRuleForm(Revised, RuleForm):
    def __init__(self, data: Mapping[str, Any] | None = None, *, row: RoutingRule) -> None:
        asked, skill = row.conditions, next(iter(row.skills.items()), (None, 1))
        has_files = asked.get("has_files")
        initial: dict[str, Any] = {name: "\n".join(asked.get(name, ())) for name in self._LINES}
        initial |= {name: getattr(row, name) for name in ("name", "treatment", "priority")}
        initial |= {"party": asked.get("party", ""), "queue": row.queue_id, "skill": skill[0], "level": skill[1]}
        initial["with_files"] = "" if has_files is None else ("yes" if has_files else "no")
        super().__init__(data, initial=initial)
