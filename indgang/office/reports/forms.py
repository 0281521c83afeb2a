"""Forms of reports: a new template, its settings, a block, a milestone, and notes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.measures import channel_groups
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.reports import rights
from indgang.reports.models import LONGEST_TEXT, EarlyWarning, Report, ReportBlock, ReportMilestone, ReportTemplate
from indgang.reports.presets import PRESETS
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class NewReportForm(forms.Form):
    """A template from a shipped one; the first report is about the next whole period."""

    centre = forms.ModelChoiceField(ContactCentre.objects.none(), label=_("Kontaktcenter"), empty_label=_("Vælg"))
    preset = forms.ChoiceField(label=_("Begynd med"), choices=[(each.code, each.title) for each in PRESETS])
    starts_on = DayField(label=_("Første dag, der kan indgå"), widget=_DAY)

    def __init__(self, data: Mapping[str, Any] | None = None, *, centres: QuerySet[ContactCentre]) -> None:
        super().__init__(data)
        offer(self, "centre", centres)
        self.fields["starts_on"].initial = clock.today().replace(day=1)


class ReportTemplateForm(Revised, forms.Form):
    """When the report is made, who is responsible, and who gets it."""

    title = forms.CharField(label=_("Titel"), max_length=200)
    cadence = forms.ChoiceField(label=_("Hvor tit"), choices=ReportTemplate.Cadence.choices)
    starts_on = DayField(label=_("Første dag, der kan indgå"), widget=_DAY)
    days_after = forms.IntegerField(
        label=_("Laves så mange dage efter periodens sidste dag"), min_value=1, max_value=60
    )
    sending_days = forms.IntegerField(
        label=_("Dage som kladde"), min_value=0, max_value=60,
        help_text=_("Så længe kan den ansvarlige skrive bemærkninger. Derefter sendes rapporten af sig selv."),
    )  # fmt: skip
    responsible = forms.ModelChoiceField(Person.objects.none(), label=_("Ansvarlig"), empty_label=_("Vælg"))
    readers = forms.ChoiceField(label=_("Hvem får den"), choices=ReportTemplate.Readers.choices)
    named = forms.ModelMultipleChoiceField(
        Person.objects.none(), label=_("Også"), required=False, widget=forms.CheckboxSelectMultiple
    )
    is_running = forms.BooleanField(label=_("Rapporten laves"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, template: ReportTemplate) -> None:
        names = [name for name in self.base_fields if name != "named"]
        now = [each.person_id for each in template.named.all()]
        super().__init__(data, initial={name: getattr(template, name) for name in names} | {"named": now})
        today = clock.today()
        offer(self, "responsible", rights.makers(template.centre, today))
        able = rights.who_can_be_named(template.centre, today).values("pk")
        everybody = Person.objects.filter(pk__in=able) | Person.objects.filter(pk__in=now)
        offer(self, "named", everybody.order_by("name", "pk"))


class ReportBlockForm(Revised, forms.Form):
    """A part of the report."""

    kind = forms.ChoiceField(label=_("Slags"), choices=ReportBlock.Kind.choices)
    heading = forms.CharField(label=_("Overskrift"), max_length=200)
    position = forms.IntegerField(
        label=_("Plads"), min_value=1, max_value=999, help_text=_("Afsnit med lave tal står først.")
    )
    text = forms.CharField(
        label=_("Tekst"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Kun for slagsen Tekst."),
    )  # fmt: skip
    figures = forms.MultipleChoiceField(
        label=_("Nøgletal"), required=False, choices=list(FIGURE_NAMES.items()), widget=forms.CheckboxSelectMultiple,
        help_text=_("For tabeller og figurer."),
    )  # fmt: skip
    by = forms.ChoiceField(label=_("Vises for"), choices=ReportBlock.By.choices)
    channel = forms.ChoiceField(
        label=_("Kanal"), required=False, choices=channel_groups.CHOICES,
        help_text=_("Tallene vises kun sammen med mål for den samme kanal."),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, block: ReportBlock) -> None:
        super().__init__(data, initial={name: getattr(block, name) for name in self.base_fields})
        self.pk = block.pk


class ReportMilestoneForm(Revised, forms.Form):
    """A milestone; it is reached when it has a day."""

    title = forms.CharField(label=_("Milepæl"), max_length=200)
    planned = DayField(label=_("Planlagt"), widget=_DAY)
    reached = DayField(label=_("Nået"), required=False, widget=_DAY)

    def __init__(self, data: Mapping[str, Any] | None = None, *, milestone: ReportMilestone) -> None:
        super().__init__(data, initial={name: getattr(milestone, name, None) for name in self.base_fields})
        self.pk = milestone.pk
        if milestone.pk is None:
            self.fields["planned"].initial = self.initial["planned"] = clock.today() + timedelta(days=30)


class ReportNotesForm(Revised, forms.Form):
    """What the responsible says about the figures."""

    notes = forms.CharField(
        label=_("Bemærkninger"), required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, report: Report) -> None:
        super().__init__(data, initial={"notes": report.notes})


class WarningAnswerForm(Revised, forms.Form):
    """What was done about an early warning."""

    done = forms.CharField(
        label=_("Det er gjort"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Eller hvorfor der ikke var noget."),
    )  # fmt: skip
    is_false = forms.BooleanField(label=_("Falsk alarm: der var ikke noget"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, warning: EarlyWarning) -> None:
        super().__init__(data, initial={"done": warning.done, "is_false": warning.is_false})
