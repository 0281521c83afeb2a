"""Forms of rollout plans, of their stages, and of the rows in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.catalogue.models import ContactCentre, Service, Unit
from indgang.core import clock
from indgang.feedback.models import EarlierResult
from indgang.office.access import colleagues
from indgang.office.rollout import access
from indgang.programme.rollout import past_baseline
from indgang.programme.rollout.judging import HIGHEST, LOWEST
from indgang.programme.rollout.models import (
    LONGEST,
    MOST_MONTHS,
    OldNumberPlace,
    PlannedMessage,
    ReadinessStatement,
    RolloutActivity,
    RolloutChange,
    RolloutPlan,
    RolloutRisk,
    RolloutStage,
    RolloutTrack,
)
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_WHY = gettext_lazy("Skal skrives, når en dato flyttes.")


def _why() -> forms.CharField:
    return forms.CharField(label=gettext_lazy("Hvorfor"), required=False, max_length=500, help_text=_WHY)


def _person() -> forms.ModelChoiceField[Person]:
    return forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("Kollega"), required=False, empty_label=gettext_lazy("Ingen")
    )


def _text(label: Any, rows: int = 3, *, required: bool = False) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, required=required, max_length=LONGEST, widget=area)


class NewRolloutForm(forms.Form):
    """A plan from the stages and activities of the documents."""

    name = forms.CharField(label=gettext_lazy("Planens navn"), max_length=200)
    centre = forms.ModelChoiceField(
        ContactCentre.objects.none(), label=gettext_lazy("Kontaktcenter"), empty_label=gettext_lazy("Vælg")
    )
    granted_on = DayField(
        label=gettext_lazy("Bevilget den"), widget=_DAY,
        help_text=gettext_lazy("Den første etape går i drift seks måneder efter."),
    )  # fmt: skip
    first = forms.ModelChoiceField(
        Unit.objects.none(), label=gettext_lazy("Hvis ydelser flytter først"), required=False,
        empty_label=gettext_lazy("Alle på én gang"),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, person: Person) -> None:
        super().__init__(data, initial={"granted_on": clock.today()})
        offer(self, "centre", access.centres_to_plan(person))
        offer(self, "first", access.units_to_begin_with(person))


class RolloutPlanForm(Revised, forms.Form):
    """Name and day of the grant."""

    UNCOMPARED = ("why",)

    name = forms.CharField(label=gettext_lazy("Planens navn"), max_length=200)
    granted_on = DayField(
        label=gettext_lazy("Bevilget den"), widget=_DAY,
        help_text=gettext_lazy("Alle datoer, der ikke er valgt for sig, flytter med."),
    )  # fmt: skip
    why = _why()

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: RolloutPlan) -> None:
        super().__init__(data, initial={"name": plan.name, "granted_on": plan.granted_on})


class RowForm(Revised, forms.Form):
    """Of a row of a plan; a new one needs no reason."""

    UNCOMPARED = ("why",)
    #: of the names of its fields on the page, where another form has one of the same name
    PREFIX: str | None = None
    #: fields that are no columns of the row
    BESIDE: tuple[str, ...] = ("why",)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: Any) -> None:
        columns = [name for name in self.base_fields if name not in self.BESIDE]
        stored = {name: getattr(row, name) for name in columns}
        if row.pk is None:  # what the row leaves open, the field may propose
            stored = {name: value for name, value in stored.items() if value is not None}
        super().__init__(data, initial=stored, prefix=self.PREFIX)
        self.pk = row.pk
        if row.pk is None:
            self.fields.pop("why", None)
        if "person" in self.fields:
            offer(self, "person", colleagues() | Person.objects.filter(pk=row.person_id or 0))

    @property
    def values(self) -> dict[str, Any]:
        """Of the columns."""
        return {name: value for name, value in self.cleaned_data.items() if name not in self.BESIDE}

    @property
    def reason(self) -> str:
        return str(self.cleaned_data.get("why", ""))


class StageForm(RowForm):
    name = forms.CharField(label=gettext_lazy("Navn"), max_length=200)
    after_months = forms.IntegerField(
        label=gettext_lazy("Måneder efter trinet før"), min_value=0, max_value=MOST_MONTHS,
        help_text=gettext_lazy("Den første etape regnes fra bevillingen, de andre fra etapen før."),
    )  # fmt: skip
    latest_months = forms.IntegerField(
        label=gettext_lazy("Senest (måneder efter)"), required=False, min_value=0, max_value=MOST_MONTHS
    )
    moved_to = DayField(
        label=gettext_lazy("Flyttet til"), required=False, widget=_DAY,
        help_text=gettext_lazy("Tom: datoen følger af månederne."),
    )  # fmt: skip
    live_on = DayField(label=gettext_lazy("Gik i drift"), required=False, widget=_DAY)
    why = _why()

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: RolloutStage) -> None:
        super().__init__(data, row=row)
        if row.pk is None:
            self.initial["after_months"] = self.fields["after_months"].initial = 2
        elif row.live_on is None and (day := row.all_switched_on) is not None:
            self.fields["live_on"].help_text = _("Alle ydelser i etapen er skiftet. Den sidste skiftede %(day)s.") % {
                "day": f"{day:%d.%m.%Y}"
            }


class StageServicesForm(forms.Form):
    """A service, or all services of a unit, moves in this stage."""

    service = forms.ModelChoiceField(
        Service.objects.none(), label=gettext_lazy("Ydelse"), required=False, empty_label=gettext_lazy("Vælg")
    )
    unit = forms.ModelChoiceField(
        Unit.objects.none(), label=gettext_lazy("Eller alle ydelser i en enhed"), required=False,
        empty_label=gettext_lazy("Vælg"),
    )  # fmt: skip

    def __init__(self, data: Mapping[str, Any] | None = None, *, plan: RolloutPlan) -> None:
        super().__init__(data)
        self._plan = plan
        offer(self, "service", access.services_of(plan))
        offer(self, "unit", access.units_of(plan))

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if not said.get("service") and not said.get("unit") and not self.errors:
            raise forms.ValidationError(_("Vælg en ydelse eller en enhed."))
        return said

    @property
    def services(self) -> list[Service]:
        unit, service = self.cleaned_data["unit"], self.cleaned_data["service"]
        of_unit = access.services_of(self._plan).filter(unit__path__startswith=unit.path) if unit else []
        return list({each.pk: each for each in [*of_unit, *([service] if service else [])]}.values())


class ActivityFilter(forms.Form):
    """Which activities the list shows."""

    LATE, MINE = "late", "mine"

    track = forms.ChoiceField(label=gettext_lazy("Spor"), required=False)
    part_of = forms.ChoiceField(label=gettext_lazy("Del af"), required=False)
    progress = forms.ChoiceField(label=gettext_lazy("Hvor langt"), required=False)
    only = forms.ChoiceField(label=gettext_lazy("Vis"), required=False)

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(data)
        for name, choices in (
            ("track", RolloutTrack.choices), ("part_of", RolloutChange.choices),
            ("progress", RolloutActivity.State.choices),
            ("only", [(self.LATE, _("Forsinkede")), (self.MINE, _("Mine"))]),
        ):  # fmt: skip
            offer(self, name, [("", _("Alle")), *choices])

    @property
    def chosen(self) -> dict[str, str]:
        """The columns that are asked for; nothing for what no page sends."""
        said = self.cleaned_data if self.is_valid() else {}
        return {name: said[name] for name in ("track", "part_of", "progress") if said.get(name)}

    @property
    def shows_only(self) -> str:
        return str(self.cleaned_data.get("only", "")) if self.is_valid() else ""


class RolloutActivityForm(RowForm):
    BESIDE = ("why", "needs")

    title = forms.CharField(label=gettext_lazy("Aktivitet"), max_length=300)
    track = forms.ChoiceField(label=gettext_lazy("Spor"), choices=RolloutTrack.choices)
    part_of = forms.ChoiceField(label=gettext_lazy("Del af"), choices=RolloutChange.choices)
    responsible = forms.CharField(label=gettext_lazy("Ansvarlig"), required=False, max_length=200)
    person = _person()
    progress = forms.ChoiceField(label=gettext_lazy("Hvor langt"), choices=RolloutActivity.State.choices)
    done_on = DayField(
        label=gettext_lazy("Færdig den"), required=False, widget=_DAY,
        help_text=gettext_lazy("Kun når den er færdig. Tom: i dag."),
    )  # fmt: skip
    starts_on = DayField(label=gettext_lazy("Første dag"), required=False, widget=_DAY)
    ends_on = DayField(label=gettext_lazy("Sidste dag"), required=False, widget=_DAY)
    needs = forms.ModelMultipleChoiceField(
        RolloutActivity.objects.none(), label=gettext_lazy("Venter på"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    note = _text(gettext_lazy("Note"))
    why = _why()

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, row: RolloutActivity,
        planned: tuple[date | None, date | None] = (None, None),
    ) -> None:  # fmt: skip
        """`planned` are the days that follow from the plan."""
        super().__init__(data, row=row)
        if row.pk is not None:
            self.initial["needs"] = [each.needs_id for each in row.needs.all()]
        others = RolloutActivity.objects.filter(plan=row.plan_id).exclude(pk=row.pk or 0)
        offer(self, "needs", others.order_by("code", "pk"))
        for name, day in zip(("starts_on", "ends_on"), planned, strict=True):
            if day is not None:
                said = _("Tom: %(day)s følger af planen.")
                self.fields[name].help_text = said % {"day": f"{day:%d.%m.%Y}"}


class RolloutMilestoneForm(RowForm):
    title = forms.CharField(label=gettext_lazy("Milepæl"), max_length=200)
    measure = forms.CharField(label=gettext_lazy("Den er nået, når"), required=False, max_length=500)
    responsible = forms.CharField(label=gettext_lazy("Ansvarlig"), required=False, max_length=200)
    planned = DayField(
        label=gettext_lazy("Planlagt"), required=False, widget=_DAY, help_text=gettext_lazy("Tom: følger af planen.")
    )
    reached = DayField(label=gettext_lazy("Nået"), required=False, widget=_DAY)
    why = _why()


class RolloutRiskForm(RowForm):
    title = forms.CharField(label=gettext_lazy("Risiko"), max_length=300)
    likelihood = forms.IntegerField(
        label=gettext_lazy("Sandsynlighed"), min_value=LOWEST, max_value=HIGHEST, initial=3,
        help_text=gettext_lazy("Fra 1, usandsynlig, til 5, næsten sikker."),
    )  # fmt: skip
    consequence = forms.IntegerField(
        label=gettext_lazy("Konsekvens"), min_value=LOWEST, max_value=HIGHEST, initial=3,
        help_text=gettext_lazy("Fra 1, kan knap mærkes, til 5, planen må opgives."),
    )  # fmt: skip
    measure = _text(gettext_lazy("Det gør vi"))
    responsible = forms.CharField(label=gettext_lazy("Ansvarlig"), required=False, max_length=200)
    person = _person()
    watched = forms.ChoiceField(
        label=gettext_lazy("Tal, der følges"), required=False, choices=RolloutRisk.Watched.choices,
        help_text=gettext_lazy("Fra svarene på, hvordan det gik."),
    )  # fmt: skip
    limit = forms.IntegerField(
        label=gettext_lazy("Må højst falde (point)"), min_value=0, max_value=100, initial=5,
        help_text=gettext_lazy("Indekset går fra 0 til 100."),
    )  # fmt: skip
    past_series = forms.ChoiceField(
        label=gettext_lazy("Importeret tilfredshed som udgangspunkt"), required=False,
        help_text=gettext_lazy(
            "Bruges kun, hvis ingen har svaret i Indgang før den første etape. Vælg tal, der måler det samme som det, "
            "der følges."
        ),
    )  # fmt: skip
    past_scale = forms.ChoiceField(
        label=gettext_lazy("Målt på skalaen"), required=False,
        choices=[("", gettext_lazy("Ingen")), *EarlierResult.MeasuredOn.choices],
    )  # fmt: skip
    closed_on = DayField(label=gettext_lazy("Lukket den"), required=False, widget=_DAY)

    def __init__(self, data: Mapping[str, Any] | None = None, *, row: RolloutRisk) -> None:
        super().__init__(data, row=row)
        self._plan = row.plan
        offered = sorted({*past_baseline.series_for(row.plan), row.past_series} - {""})
        offer(self, "past_series", [("", _("Ingen")), *((each, each) for each in offered)])
        if not offered:
            del self.fields["past_series"], self.fields["past_scale"]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        series, scale = data.get("past_series"), data.get("past_scale")
        if series and not scale:
            self.add_error("past_scale", _("Vælg den skala, tallene er målt på."))
        elif series and scale and not past_baseline.is_on_scale(self._plan, series, scale):
            self.add_error("past_scale", _("Et af tallene ligger uden for den skala."))
        return data


class PlannedMessageForm(RowForm):
    told_to = forms.ChoiceField(label=gettext_lazy("Hvem får det at vide"), choices=PlannedMessage.Audience.choices)
    message = forms.CharField(label=gettext_lazy("Budskab"), max_length=500)
    channel = forms.CharField(
        label=gettext_lazy("Hvor"), required=False, max_length=200,
        help_text=gettext_lazy("For eksempel intranettet, nyhedsbrevet eller et møde."),
    )  # fmt: skip
    responsible = forms.CharField(label=gettext_lazy("Ansvarlig"), required=False, max_length=200)
    person = _person()
    due_on = DayField(label=gettext_lazy("Senest"), required=False, widget=_DAY)
    done_on = DayField(label=gettext_lazy("Udført den"), required=False, widget=_DAY)


class OldNumberPlaceForm(RowForm):
    PREFIX = "old"

    kind = forms.ChoiceField(label=gettext_lazy("Slags"), choices=OldNumberPlace.Kind.choices)
    place = forms.CharField(label=gettext_lazy("Sted"), max_length=200)
    address = forms.CharField(
        label=gettext_lazy("Adresse"), required=False, max_length=500,
        help_text=gettext_lazy("Adressen på siden, vejen eller filen."),
    )  # fmt: skip
    old_contact = forms.CharField(label=gettext_lazy("Gammelt nummer eller mailadresse"), max_length=100)
    responsible = forms.CharField(label=gettext_lazy("Hvem fjerner det"), required=False, max_length=200)
    person = _person()
    due_on = DayField(label=gettext_lazy("Senest"), required=False, widget=_DAY)
    done_on = DayField(label=gettext_lazy("Udført den"), required=False, widget=_DAY)


class StatementForm(forms.Form):
    """How a point of a unit stands."""

    point = forms.ChoiceField(label=gettext_lazy("Punkt"), choices=ReadinessStatement.Point.choices)
    is_ready = forms.ChoiceField(
        label=gettext_lazy("På plads"), choices=[("yes", gettext_lazy("Ja")), ("no", gettext_lazy("Nej"))],
        widget=forms.RadioSelect, initial="yes",
    )  # fmt: skip
    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=500,
        help_text=gettext_lazy("For eksempel hvor mange, og hvornår."),
    )  # fmt: skip

    @property
    def values(self) -> dict[str, Any]:
        return self.cleaned_data | {"is_ready": self.cleaned_data["is_ready"] == "yes"}


class QuarterForm(Revised, forms.Form):
    text = _text(gettext_lazy("Sådan går det"), 8, required=True)

    def __init__(self, data: Mapping[str, Any] | None = None, *, stored: str) -> None:
        super().__init__(data, initial={"text": stored})
