"""Forms of the wallboard: closing a queue, a disturbance message, an agent's queues and levels."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.entry.models import CapacityProfile, CapacityTerms, PauseReason, Queue
from indgang.entry.setup.disturbances import LONGEST_TEXT
from indgang.entry.team.capacity import load
from indgang.office.team.capacity import KINDS
from indgang.routing.centre.plan import ONE_CONVERSATION
from indgang.routing.distribution.requirement import CALL, CHAT, WRITTEN
from indgang.ui.choices import offer
from indgang.ui.parameters import BegunDayField
from indgang.ui.revision import Revised
from indgang.workforce.models import Skill

LEVELS = [(0, _("Ikke"))] + [(level, str(level)) for level in range(1, 6)]


class AgentDayForm(forms.Form):
    """One of the people and a day, in the address of the page."""

    person = forms.ModelChoiceField(
        Person.objects.none(), label=_("Medarbejder"), required=False, empty_label=_("Vælg en medarbejder"),
        error_messages={"invalid_choice": _("Vælg en af centrets medarbejdere.")},
    )  # fmt: skip
    day = BegunDayField(label=_("Dag"))

    def __init__(self, data: Mapping[str, Any], *, people: QuerySet[Person]) -> None:
        super().__init__({"day": f"{clock.today():%Y-%m-%d}"} | {name: data[name] for name in data if data[name]})
        offer(self, "person", people)


class QueueClosureForm(forms.Form):
    reason = forms.CharField(
        label=_("Hvorfor lukkes køen?"),
        max_length=200,
        help_text=_("Ses på tavlen og gemmes i loggen."),
        error_messages={"required": _("Skriv, hvorfor køen lukkes.")},
    )
    until = forms.DateTimeField(
        label=_("Åbner igen af sig selv"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        required=False,
        help_text=_("Tomt: først, når nogen åbner den."),
    )


class DisturbanceForm(forms.Form):
    text = forms.CharField(
        label=_("Hvad skal den, der ringer, høre?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=LONGEST_TEXT,
    )
    text_en = forms.CharField(
        label=_("På engelsk"), widget=forms.Textarea(attrs={"rows": 2}), max_length=LONGEST_TEXT, required=False
    )
    ends_at = forms.DateTimeField(
        label=_("Slutter"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
        help_text=_("Meddelelsen slår sig selv fra på dette tidspunkt."),
    )
    everywhere = forms.BooleanField(label=_("For alle centre"), required=False)

    def __init__(self, *args: Any, may_everywhere: bool, at: datetime, **kwargs: Any) -> None:
        in_two_hours = (at + timedelta(hours=2)).astimezone(COPENHAGEN).replace(minute=0, second=0, tzinfo=None)
        kwargs["initial"] = {"ends_at": in_two_hours}
        super().__init__(*args, **kwargs)
        if not may_everywhere:
            del self.fields["everywhere"]


class AgentQueuesForm(Revised, forms.Form):
    """Which queues of the centre the agent serves."""

    queues = forms.ModelMultipleChoiceField(
        Queue.objects.none(),
        label=_("Køer i dag"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, centre: ContactCentre, queues: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "queues", queues)


class AgentLevelForm(forms.Form):
    """The level of the agent in one skill."""

    skill = forms.ModelChoiceField(Skill.objects.none(), label=_("Kompetence"), to_field_name="code", empty_label=None)
    level = forms.TypedChoiceField(choices=LEVELS, coerce=int, label=_("Niveau"))
    lasting = forms.BooleanField(label=_("Gælder også efter i dag"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "skill", Skill.objects.valid_on(clock.today()))


class AgentStateForm(forms.Form):
    state = forms.ChoiceField(
        choices=[("ready", _("Klar")), ("paused", _("Pause")), ("signed_out", _("Logget ud"))], label=_("Tilstand")
    )
    reason = forms.ModelChoiceField(
        PauseReason.objects.none(), label=_("Årsag til pause"), to_field_name="code", required=False, empty_label="–"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "reason", PauseReason.objects.valid_on(clock.today()))


class SupervisionForm(forms.Form):
    mode = forms.ChoiceField(choices=[("listen", _("Lyt med")), ("whisper", _("Hvisk")), ("barge_in", _("Deltag"))])


class SpeechForm(forms.Form):
    """A text that the author hears before callers do."""

    text = forms.CharField(max_length=2000)
    language = forms.ChoiceField(choices=[("da", _("Dansk")), ("en", _("Engelsk"))], required=False)


class _Capacity(forms.Form):
    """How many items of each kind of work at once, and which kind may interrupt which."""

    call = forms.TypedChoiceField(
        label=_("Opkald ad gangen"), coerce=int, choices=[(1, _("Ét")), (0, _("Ingen"))], initial=1
    )
    callback = forms.TypedChoiceField(
        label=_("Tilbagekald ad gangen"), coerce=int, choices=[(0, _("Ingen")), (1, _("Ét")), (2, "2"), (3, "3")],
        initial=1,
    )  # fmt: skip
    task = forms.TypedChoiceField(
        label=_("Opgaver ad gangen"), coerce=int, choices=[(0, _("Ingen")), (1, _("Én")), (2, "2"), (3, "3")], initial=1
    )
    written = forms.TypedChoiceField(
        label=_("Mails, formularer og breve ad gangen"), coerce=int,
        choices=[(0, _("Ingen")), (1, _("Én")), (2, "2"), (3, "3")], initial=ONE_CONVERSATION[WRITTEN],
    )  # fmt: skip
    chat = forms.TypedChoiceField(
        label=_("Chats ad gangen"), coerce=int,
        choices=[(0, _("Ingen")), (1, _("Én")), (2, "2"), (3, "3"), (4, "4"), (5, "5")], initial=ONE_CONVERSATION[CHAT],
    )  # fmt: skip
    interrupts = forms.MultipleChoiceField(
        label=_("Må afbryde"), required=False, widget=forms.CheckboxSelectMultiple, initial=[CALL],
        choices=[(CALL, _("Et opkald må komme oven i andet arbejde. Det gemmes imens. En chat afbrydes aldrig."))],
    )  # fmt: skip

    def capacity(self) -> dict[str, int]:
        return {kind: self.cleaned_data[kind] for kind in KINDS}

    def may_interrupt(self) -> list[str]:
        """The ticked kinds that the person takes; a kind with capacity 0 cannot interrupt others."""
        return [kind for kind in self.cleaned_data["interrupts"] if self.cleaned_data[kind]]


class NewCapacityForm(_Capacity):
    name = forms.CharField(label=_("Profilens navn"), max_length=80)
    field_order = ("name", *KINDS, "interrupts")


class CapacityForm(Revised, _Capacity):
    """The content of a profile from a day on. Kinds of work that the form lacks stay unchanged."""

    UNCOMPARED = ("valid_from",)

    valid_from = forms.DateField(
        label=_("Gælder fra"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None, *, holds: CapacityTerms, today: date) -> None:
        self._holds = holds
        kinds = {kind: load(holds.capacity, ()).capacity.get(kind, 0) for kind in KINDS}
        initial = {**kinds, "interrupts": [kind for kind in holds.interrupts if kind == CALL], "valid_from": today}
        super().__init__(data, initial=initial)

    def capacity(self) -> dict[str, int]:
        return {**self._holds.capacity, **super().capacity()}

    def may_interrupt(self) -> list[str]:
        others = [kind for kind in self._holds.interrupts if kind not in KINDS]
        return [*others, *super().may_interrupt()]


class CapacityChoiceForm(forms.Form):
    """Which people get which profile, from which day on."""

    people = forms.ModelMultipleChoiceField(
        Person.objects.none(), label=_("Medarbejdere"), error_messages={"required": _("Vælg mindst én medarbejder.")}
    )
    profile = forms.ModelChoiceField(
        CapacityProfile.objects.none(), label=_("Profil"), required=False, empty_label=_("Ingen profil")
    )
    valid_from = forms.DateField(
        label=_("Gælder fra"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any = None, *, profiles: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        offer(self, "profile", profiles)
        offer(self, "people", people)
