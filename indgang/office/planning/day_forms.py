"""The form of a day that is described and simulated. It stands in the address and stores nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.office.planning.forms import number_field, typed
from indgang.planning import described_day
from indgang.planning.described_day import LIMITS, MOST_WORK, USUAL, WHOLE, DayFault, DescribedDay


def _number(name: str, label: Any, help_text: Any = "") -> Any:
    low, high = (f"{each:g}" for each in LIMITS[name])
    return number_field(label, low, high, places=0 if name in WHOLE else 1, help_text=help_text)


class DescribedDayForm(forms.Form):
    """Everything that the simulation plays. Fields that the address does not name have their usual values."""

    SECTIONS: Mapping[str | Promise, tuple[str, ...]] = {
        gettext_lazy("Opkald"): ("calls", "hours", "talk", "after_call", "patience", "within"),
        gettext_lazy("Medarbejdere"): ("agents", "break_minutes"),
        gettext_lazy("De, der ringer igen"): ("retry", "retry_minutes"),
        gettext_lazy("Mails og chats ved siden af"): (
            "mails", "mail_minutes", "chats", "chat_minutes", "chats_at_once"
        ),
        gettext_lazy("Andet niveau"): ("passed_on", "colleagues", "at_desk", "promised_hours"),
    }  # fmt: skip

    calls = _number("calls", gettext_lazy("Opkald på dagen"))
    hours = _number("hours", gettext_lazy("Åbent (timer)"))
    talk = _number("talk", gettext_lazy("Samtaletid (sekunder)"))
    after_call = _number("after_call", gettext_lazy("Efterbehandling (sekunder)"))
    patience = _number("patience", gettext_lazy("Tålmodighed i gennemsnit (sekunder)"))
    within = _number("within", gettext_lazy("I tide er inden for (sekunder)"))
    agents = _number("agents", gettext_lazy("Medarbejdere på arbejde"))
    break_minutes = _number(
        "break_minutes", gettext_lazy("Pause til hver (minutter)"), gettext_lazy("Én pause, på skift midt på dagen.")
    )
    retry = _number("retry", gettext_lazy("Andel af dem, der lægger på (%)"))
    retry_minutes = _number("retry_minutes", gettext_lazy("De ringer igen efter (minutter)"))
    mails = _number("mails", gettext_lazy("Mails på dagen"), gettext_lazy("Et opkald går forud og afbryder en mail."))
    mail_minutes = _number("mail_minutes", gettext_lazy("En mail tager (minutter)"))
    chats = _number("chats", gettext_lazy("Chats på dagen"))
    chat_minutes = _number("chat_minutes", gettext_lazy("En chat tager (minutter)"))
    chats_at_once = _number("chats_at_once", gettext_lazy("Chats på én gang, højst"))
    passed_on = _number("passed_on", gettext_lazy("Andel af besvarede opkald, der skal videre (%)"))
    colleagues = _number("colleagues", gettext_lazy("Kolleger på andet niveau"))
    at_desk = _number("at_desk", gettext_lazy("En kollega tager telefonen uden aftale (%)"))
    promised_hours = _number(
        "promised_hours", gettext_lazy("Aftalte træffetider fra åbning (timer)"),
        gettext_lazy("To kolleger ad gangen. 0: medarbejderen ringer sig ned ad en telefonliste."),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any]) -> None:
        usual = {name: typed(value) for name, value in USUAL.items()}
        super().__init__({**usual, **{name: data[name] for name in data}})
        self.day: DescribedDay | None = None

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        return [(str(heading), [self[name] for name in names]) for heading, names in self.SECTIONS.items()]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if self.errors:
            return data
        numbers = {name: float(data[name]) for name in LIMITS}
        for fault in described_day.faults(numbers):
            self.add_error(fault.value, _fault_words(fault))
        if not self.errors:
            self.day = described_day.of(numbers)
        return data


def _fault_words(fault: DayFault) -> str:
    return {
        DayFault.TOO_LONG_A_BREAK: _("Pausen skal være kortere end dagen."),
        DayFault.NO_HALF_HOURS: _("Skriv hele eller halve timer."),
        DayFault.TOO_MUCH_WORK: _("Opkald, mails og chats kan højst være %(most)s tilsammen.") % {"most": MOST_WORK},
    }[fault]
