"""Forms for queues, their steps and their messages."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.catalogue.models import ContactCentre, Schedule, Unit
from indgang.core import clock
from indgang.entry.models import Queue, QueueMessage, QueueTerms
from indgang.entry.setup import queue_terms
from indgang.entry.setup.queues import HIGHEST_LEVEL, LATEST_STEP_SECONDS, StoredRelaxation, step_problems
from indgang.entry.wording import names
from indgang.ui.choices import offer
from indgang.ui.revision import Revised
from indgang.workforce.models import Skill

#: limits of the database columns
MOST_SECONDS = 32_767
_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
#: empty rows for new steps and new requirements
_SPARE_STEPS, _SPARE_SKILLS = 1, 2


if TYPE_CHECKING:
    _QueueForm = forms.ModelForm[Queue]
    _MessageForm = forms.ModelForm[QueueMessage]
else:
    _QueueForm = _MessageForm = forms.ModelForm


class QueueForm(Revised, _QueueForm):
    class Meta:
        model = Queue
        fields = [
            "name", "name_en", "public_name", "public_name_en", "centre", "unit", "schedule", "priority",
            "ageing", "ring_seconds",
            "min_reoffer_seconds", "last_agent_seconds", "choose", "is_safe", "valid_from", "valid_to",
        ]  # fmt: skip
        labels = {
            "name": gettext_lazy("Navn"),
            "name_en": gettext_lazy("Navn på engelsk"),
            "public_name": gettext_lazy("Navn på hjemmesiden"),
            "public_name_en": gettext_lazy("Navn på hjemmesiden på engelsk"),
            "centre": gettext_lazy("Center"),
            "unit": gettext_lazy("Enhed, der spørges til"),
            "schedule": gettext_lazy("Køens egen åbningstid"),
            "priority": gettext_lazy("Prioritet"),
            "ageing": gettext_lazy("Point pr. sekund, der ventes"),
            "ring_seconds": gettext_lazy("Ring hos en medarbejder i (sekunder)"),
            "min_reoffer_seconds": gettext_lazy("Ring først igen hos den, der afviste, efter (sekunder)"),
            "last_agent_seconds": gettext_lazy("Vent på den medarbejder, der sidst blev talt med (sekunder)"),
            "choose": gettext_lazy("Hvem får opkaldet?"),
            "is_safe": gettext_lazy("Den sikre kø"),
            "valid_from": gettext_lazy("Gælder fra"),
            "valid_to": gettext_lazy("Gælder til (ikke med)"),
        }
        help_texts = {
            "public_name": gettext_lazy("Så kan borgere vælge køen, når de vil ringes op. Tom: det kan de ikke."),
            "schedule": gettext_lazy("Tom: centrets."),
            "priority": gettext_lazy("Det højeste tal går først; 0 er almindelig."),
            "ageing": gettext_lazy("Så den, der har ventet længe, rykker op. 0: ingen."),
            "min_reoffer_seconds": gettext_lazy("Gælder også, når ingen andre kan tage opkaldet."),
            "last_agent_seconds": gettext_lazy("0: ikke."),
            "is_safe": gettext_lazy("Her kommer opkald hen, som ingen anden regel dækker. Der er altid netop én."),
        }
        widgets = {"valid_from": _DAY, "valid_to": _DAY}

    def __init__(
        self, *args: Any, centres: Any, units: QuerySet[Unit], schedules: QuerySet[Schedule], **kwargs: Any
    ) -> None:
        """The choices; the queue's present unit and opening hours stay valid, whoever owns them."""
        super().__init__(*args, **kwargs)
        field, own = self.fields["centre"], self.instance.pk
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset, field.empty_label = centres, None
        offer(self, "unit", Unit.objects.filter(Q(pk__in=units) | Q(queues=own)).distinct().order_by("path"))
        offer(self, "schedule", Schedule.objects.filter(Q(pk__in=schedules) | Q(queues=own)).distinct())
        self.fields["ring_seconds"].min_value = 5  # type: ignore[attr-defined]  # an integer field has one

    def clean_ring_seconds(self) -> int:
        seconds = int(self.cleaned_data["ring_seconds"])
        if seconds < 5:
            raise forms.ValidationError(_("Ingen kan nå at tage telefonen på under 5 sekunder."))
        return seconds

    def _post_clean(self) -> None:
        """Save nothing here: the action writes the row; the form only parses and checks its own fields."""

    def fields_to_save(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


class TermsForm(Revised, forms.Form):
    """The queue's targets, staffing and callback rules from a day on."""

    service_level_percent = forms.IntegerField(label=gettext_lazy("Mål: så mange procent"), min_value=1, max_value=100)
    service_level_seconds = forms.IntegerField(
        label=gettext_lazy("… besvaret inden for (sekunder)"), min_value=0, max_value=MOST_SECONDS
    )
    wrap_up_seconds = forms.IntegerField(
        label=gettext_lazy("Efterbehandling (sekunder)"), min_value=0, max_value=MOST_SECONDS
    )
    reserved = forms.IntegerField(
        label=gettext_lazy("Ledige medarbejdere, der holdes tilbage til køen"), min_value=0, max_value=500,
        help_text=gettext_lazy("Fra køer med lavere prioritet. 0: ingen."),
    )  # fmt: skip
    callback_attempts = forms.IntegerField(
        label=gettext_lazy("Forsøg, når vi har lovet at ringe"), min_value=1, max_value=queue_terms.MOST_ATTEMPTS,
        help_text=gettext_lazy("Når også det sidste er forgæves, ringer vi ikke mere."),
    )  # fmt: skip
    callback_pause_minutes = forms.IntegerField(
        label=gettext_lazy("Minutter mellem forsøgene"), min_value=1, max_value=queue_terms.MOST_PAUSE_MINUTES
    )
    callback_from_hour = forms.IntegerField(
        label=gettext_lazy("Ring tidligst kl."), min_value=queue_terms.EARLIEST_HOUR,
        max_value=queue_terms.LATEST_HOUR - 1, help_text=gettext_lazy("Og kun i køens åbningstid."),
    )  # fmt: skip
    callback_until_hour = forms.IntegerField(
        label=gettext_lazy("Ring senest indtil kl."), min_value=queue_terms.EARLIEST_HOUR + 1,
        max_value=queue_terms.LATEST_HOUR,
    )  # fmt: skip
    valid_from = forms.DateField(
        label=gettext_lazy("Gælder fra"), widget=_DAY, help_text=gettext_lazy("Tallene før den dag ændres ikke.")
    )

    def __init__(self, data: Any = None, *, holds: QueueTerms, today: date) -> None:
        initial = {name: getattr(holds, name) for name in queue_terms.FIELDS} | {"valid_from": today}
        super().__init__(data, initial=initial, prefix="terms")

    def changed(self) -> dict[str, int]:
        """The changed fields; unchanged ones keep what is planned for the day."""
        data = self.cleaned_data
        return {name: data[name] for name in queue_terms.FIELDS if str(data[name]) != self.base_of(name)}


class StepsForm(Revised, forms.Form):
    """The steps of a queue: rows of seconds, requirements and helping queues. Read `steps()` after validation."""

    REVISION = "steps_revision"

    def __init__(
        self, *args: Any, steps: Sequence[StoredRelaxation], own: str, queues: Collection[str], **kwargs: Any
    ) -> None:
        """`queues` are the choices for helping queues, besides those that already help."""
        super().__init__(*args, **kwargs)
        required = {skill for step in steps for skill in step["skills"]}
        offered_skills = Skill.objects.filter(Q(pk__in=Skill.objects.valid_on(clock.today())) | Q(code__in=required))
        self.skills = list(offered_skills.values_list("code", "name"))
        offered = {*queues, *(code for step in steps for code in step["also_queues"])} - {own}
        self.queues = list(Queue.objects.filter(code__in=offered).values_list("code", "name"))
        self.count = max(len(steps) + _SPARE_STEPS, self._posted())
        for number in range(self.count):
            self._add(number, steps[number] if number < len(steps) else None)

    def rows(self) -> Iterator[dict[str, Any]]:
        """Rows for the template: number, fields of a step, and errors."""
        for number in range(self.count):
            pairs = []
            index = 0
            while f"s{number}-skill{index}" in self.fields:
                pairs.append((self[f"s{number}-skill{index}"], self[f"s{number}-level{index}"]))
                index += 1
            yield {
                "number": number + 1,
                "after": self[f"s{number}-after"],
                "skills": pairs,
                "also": self[f"s{number}-also"],
            }

    def steps(self) -> list[StoredRelaxation]:
        """The steps with seconds; an empty row is left out."""
        found = []
        for number in range(self.count):
            after = self.cleaned_data.get(f"s{number}-after")
            if after is not None:
                found.append(StoredRelaxation(after=after, skills=self._skills(number), also_queues=self._also(number)))
        return found

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        numbers = [n for n in range(self.count) if self.cleaned_data.get(f"s{n}-after") is not None]
        known = {code for code, _name in self.skills}, {code for code, _name in self.queues}
        for index, text in step_problems(self.steps(), skills=known[0], queues=known[1]):
            number = numbers[index] if index < len(numbers) else 0
            self.add_error(f"s{number}-after", text)
        return data

    def _add(self, number: int, step: StoredRelaxation | None) -> None:
        self.fields[f"s{number}-after"] = forms.IntegerField(
            label=_("Efter (sekunder)"),
            min_value=0,
            max_value=LATEST_STEP_SECONDS,
            required=False,
            initial=step["after"] if step else None,
        )
        wanted = list(step["skills"].items()) if step else []
        for index in range(max(len(wanted) + _SPARE_SKILLS, self._posted_skills(number))):
            skill, level = wanted[index] if index < len(wanted) else ("", 1)
            self.fields[f"s{number}-skill{index}"] = forms.ChoiceField(
                label=_("Kompetence"), choices=[("", "–"), *self.skills], required=False, initial=skill
            )
            self.fields[f"s{number}-level{index}"] = forms.IntegerField(
                label=_("Mindst niveau"), min_value=1, max_value=HIGHEST_LEVEL, required=False, initial=level
            )
        self.fields[f"s{number}-also"] = forms.MultipleChoiceField(
            label=_("Også medarbejdere fra"),
            choices=self.queues,
            required=False,
            initial=step["also_queues"] if step else [],
            widget=forms.CheckboxSelectMultiple,
        )

    def _skills(self, number: int) -> dict[str, int]:
        found: dict[str, int] = {}
        index = 0
        while f"s{number}-skill{index}" in self.fields:
            skill = self.cleaned_data.get(f"s{number}-skill{index}")
            if skill:
                found[skill] = self.cleaned_data.get(f"s{number}-level{index}") or 1
            index += 1
        return found

    def _also(self, number: int) -> list[str]:
        return list(self.cleaned_data.get(f"s{number}-also") or [])

    def _posted(self) -> int:
        """How many steps the browser sent (they are numbered from 0 without a gap)."""
        number = 0
        while f"s{number}-after" in self.data:
            number += 1
        return number

    def _posted_skills(self, number: int) -> int:
        index = 0
        while f"s{number}-skill{index}" in self.data:
            index += 1
        return index


class QueueMessageForm(Revised, _MessageForm):
    prompt_code = forms.ChoiceField(label=gettext_lazy("Tekst"))

    class Meta:
        model = QueueMessage
        fields = ["prompt_code", "phase", "every_seconds", "order", "active", "valid_from", "valid_to"]
        labels = {
            "phase": gettext_lazy("Fase"),
            "every_seconds": gettext_lazy("Gentag hvert (sekunder)"),
            "order": gettext_lazy("Rækkefølge"),
            "active": gettext_lazy("Slået til"),
            "valid_from": gettext_lazy("Gælder fra"),
            "valid_to": gettext_lazy("Gælder til (ikke med)"),
        }
        help_texts = {"phase": gettext_lazy("Et ord for anledningen, for eksempel “fase 2”.")}
        widgets = {"valid_from": _DAY, "valid_to": _DAY}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "prompt_code", names.prompt_choices([self["prompt_code"].value() or ""]))

    def _post_clean(self) -> None:
        """Save nothing here: the action writes the row."""


class NewQueueForm(forms.Form):
    """What a queue needs to exist; all other fields have sensible defaults."""

    name = forms.CharField(label=gettext_lazy("Navn"), max_length=200)
    centre = forms.ModelChoiceField(ContactCentre.objects.none(), label=gettext_lazy("Center"), empty_label=None)
    work = forms.ChoiceField(
        label=gettext_lazy("Hvad der venter i køen"), choices=Queue.Work.choices, required=False,
        help_text=gettext_lazy("Kan ikke ændres senere."),
    )  # fmt: skip

    def clean_work(self) -> str:
        return str(self.cleaned_data["work"] or Queue.Work.CALL)

    def __init__(self, *args: Any, centres: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer(self, "centre", centres)
