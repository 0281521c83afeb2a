"""Forms of scenarios: what one begins from, what is changed, its name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.office.planning import routing_fields
from indgang.office.planning.forms import check_targets, number_field, target_of
from indgang.office.planning.routing_fields import QueueFields
from indgang.office.planning.starts import percent, preset_names
from indgang.planning import bases
from indgang.planning.models import Scenario
from indgang.planning.models.scenarios import LONGEST_NAME, LONGEST_NOTE
from indgang.planning.routing_changes import FlowChange
from indgang.planning.scenario_options import LIMITS, MOST_AGENTS
from indgang.planning.whatif import Changes, ScenarioBase, Staffing
from indgang.staffing.need import ServiceTarget
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField
from indgang.ui.revision import Revised

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_TIME = forms.TimeInput(attrs={"type": "time", "step": 1800}, format="%H:%M")
#: how long a measured base is when nobody chooses, and at most
_WEEKS = 8
#: a centre among the choices of bases
_OF_CENTRE = "centre:"
_ALL_CENTRES = "centres"

STAFFING_WORDS = {
    Staffing.TARGET: gettext_lazy("så mange, som målet kræver i hver halve time"),
    Staffing.FLAT: gettext_lazy("så mange, som målet kræver i den travleste halve time, hele dagen"),
    Staffing.TODAY: gettext_lazy("de samme som i dag"),
    Staffing.NUMBER: gettext_lazy("et fast antal hele dagen"),
}


class ScenarioStartForm(forms.Form):
    """A new scenario: its name, and the centre that it begins from."""

    name = forms.CharField(label=gettext_lazy("Navn"), max_length=LONGEST_NAME)
    base = forms.ChoiceField(
        label=gettext_lazy("Bygger på"),
        help_text=gettext_lazy("Målte tal er opkald, tider og tålmodighed fra loggen."),
    )
    first = DayField(label=gettext_lazy("Målt fra"), widget=_DAY, required=False)
    last = DayField(label=gettext_lazy("Målt til og med"), widget=_DAY, required=False)
    in_time = number_field(gettext_lazy("Mål for de målte køer: besvaret i tide (%)"), "1", "99.9", required=False)
    within = number_field(gettext_lazy("I tide er inden for (sekunder)"), "0", "3600", required=False)

    digital = number_field(gettext_lazy("Opkald, der bliver digitale (%)"), "0", "100", required=False)
    note = forms.CharField(
        label=gettext_lazy("Note"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 4}), required=False
    )

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, centres: Sequence[ContactCentre],
        prefilled: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """`prefilled`: what another page proposes; whoever makes the scenario reads and may change it."""
        super().__init__(data, initial={name: (prefilled or {}).get(name, "") for name in ("name", "digital", "note")})
        self._centres = {f"{_OF_CENTRE}{each.code}": each for each in centres}
        measured = [(code, _("Målt: %(centre)s") % {"centre": each.name}) for code, each in self._centres.items()]
        if len(centres) > 1:
            measured.append((_ALL_CENTRES, _("Målt: alle mine centre")))
        shipped = [(bases.ONE_NUMBER, _("Ét nummer over flere centre, forundersøgelsens tal")), *preset_names()]
        offer(self, "base", [*measured, *shipped])
        yesterday = clock.today() - timedelta(days=1)
        self.fields["first"].initial = yesterday - timedelta(days=7 * _WEEKS - 1)
        self.fields["last"].initial = yesterday

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = self.cleaned_data
        if self.errors or not self.is_measured:
            return data
        if (data["in_time"] is None) is not (data["within"] is None):
            self.add_error("within" if data["within"] is None else "in_time", _("Skriv både procent og sekunder."))
        return data

    @property
    def is_measured(self) -> bool:
        chosen = self.cleaned_data.get("base", "")
        return chosen == _ALL_CENTRES or chosen in self._centres

    @property
    def target(self) -> ServiceTarget | None:
        """What was typed instead of the target of the queues."""
        in_time, within = self.cleaned_data["in_time"], self.cleaned_data["within"]
        return None if in_time is None else ServiceTarget(float(in_time) / 100, float(within))

    @property
    def centres(self) -> list[ContactCentre]:
        """Those whose queues are the base."""
        chosen = self.cleaned_data["base"]
        return list(self._centres.values()) if chosen == _ALL_CENTRES else [self._centres[chosen]]


class ScenarioChangesForm(forms.Form):
    """What is changed. It begins with the changes of the run that is shown."""

    volume = number_field(gettext_lazy("Flere (eller færre) opkald (%)"), *LIMITS["volume"])
    digital = number_field(gettext_lazy("Opkald, der bliver digitale (%)"), *LIMITS["digital"])
    talk = number_field(gettext_lazy("Længere (eller kortere) samtaler (%)"), *LIMITS["talk"])
    after_call = number_field(gettext_lazy("Længere (eller kortere) efterbehandling (%)"), *LIMITS["after_call"])
    opens = forms.TimeField(label=gettext_lazy("Åbner"), widget=_TIME)
    closes = forms.TimeField(label=gettext_lazy("Lukker"), widget=_TIME)
    moved = number_field(
        gettext_lazy("Opkald, der flytter med tiden (%)"), *LIMITS["moved"],
        help_text=gettext_lazy(
            "Kortere tid: så mange ringer i stedet, mens der er åbent. Længere tid: så mange ringer i en ny halv time,"
            " målt på den nærmeste."
        ),
    )  # fmt: skip
    staffing = forms.ChoiceField(label=gettext_lazy("Pladser"), choices=list(STAFFING_WORDS.items()))
    agents = forms.IntegerField(
        label=gettext_lazy("Antal pladser"), min_value=1, max_value=MOST_AGENTS, required=False,
        help_text=gettext_lazy("Kun ved et fast antal."),
    )  # fmt: skip
    pooled = forms.BooleanField(label=gettext_lazy("Alle betjener alle køer (ét nummer)"), required=False)
    shared = number_field(
        gettext_lazy("Medarbejdere, der kan betjene alle køer (%)"), *LIMITS["shared"],
        help_text=gettext_lazy("Tæller kun i simuleringen."),
    )  # fmt: skip
    in_time = number_field(gettext_lazy("Andel besvaret i tide, mindst (%)"), *LIMITS["in_time"], required=False)
    within = number_field(gettext_lazy("I tide er inden for (sekunder)"), *LIMITS["within"], places=0)
    mean_wait = number_field(
        gettext_lazy("Ventetid i gennemsnit, højst (sekunder)"), *LIMITS["mean_wait"], required=False
    )
    abandoned = number_field(gettext_lazy("Andel, der lægger på, højst (%)"), *LIMITS["abandoned"], required=False)

    SECTIONS = {
        gettext_lazy("Opkald"): ("volume", "digital", "talk", "after_call"),
        gettext_lazy("Åbningstid"): ("opens", "closes", "moved"),
        gettext_lazy("Medarbejdere"): ("staffing", "agents", "pooled", "shared"),
        gettext_lazy("Mål"): ("in_time", "within", "mean_wait", "abandoned"),
    }

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, base: ScenarioBase, changes: Changes,
        flows: Sequence[FlowChange] = (),
    ) -> None:  # fmt: skip
        super().__init__(data, initial=_initial(base, changes))
        self._base, self._before, self._flows = base, changes, flows
        if base.played and base.played.shared:
            said = _("Tæller kun i simuleringen. %(percent)s %% gør det allerede i dag.")
            self.fields["shared"].help_text = said % {"percent": f"{100 * base.played.shared:g}"}
        routing_fields.add(self, base, changes, flows)
        if any(each.seats is None for each in base.queues):
            staffing = {code: word for code, word in STAFFING_WORDS.items() if code is not Staffing.TODAY}
            offer(self, "staffing", list(staffing.items()))

    @property
    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The fields under their headings."""
        shown = [(str(heading), [self[name] for name in names]) for heading, names in self.SECTIONS.items()]
        met = [self[name] for name in ("flow", "accepts") if name in self.fields]
        return [*shown, (_("Det, der møder dem, der ringer"), met)]

    @property
    def centre_fields(self) -> list[forms.BoundField]:
        """The hours of each centre, where there are several."""
        return routing_fields.centre_fields(self, self._base)

    @property
    def queue_fields(self) -> list[QueueFields]:
        return list(routing_fields.queue_fields(self, self._base))

    def clean(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        if self.errors:
            return data
        check_targets(self, {**data, "occupancy": None}, has_patience=True)
        if data["in_time"] is data["mean_wait"] is None and data["abandoned"] is not None:
            self.add_error("in_time", _("Skriv også et mål for svar i tide eller ventetid."))
        for name in [each for each in ("opens", "closes") if data[each].minute not in (0, 30)]:
            self.add_error(name, _("Vælg en hel eller halv time."))
        if data["staffing"] == Staffing.NUMBER and data["agents"] is None:
            self.add_error("agents", _("Skriv, hvor mange pladser der er."))
        routing_fields.check(self, self._base)
        return self.cleaned_data

    @property
    def changes(self) -> Changes:
        data = self.cleaned_data
        volume, digital, talk, after_call, moved, shared = (
            float(data[name]) / 100 for name in ("volume", "digital", "talk", "after_call", "moved", "shared")
        )
        target = target_of({**data, "occupancy": None})
        standing = _initial(self._base, Changes())
        hours = {name: data[name] if data[name] != standing[name] else None for name in ("opens", "closes")}
        return Changes(
            volume, digital, talk, after_call, hours["opens"], hours["closes"], moved, Staffing(data["staffing"]),
            data["agents"] if data["staffing"] == Staffing.NUMBER else None,
            None if target == self._base.target else target, data["pooled"], shared,
            **routing_fields.taken(data, self._base, self._before, self._flows),
        )  # fmt: skip


def _initial(base: ScenarioBase, changes: Changes) -> dict[str, Any]:
    target = changes.target or base.target
    closes = base.closes if changes.closes is None else changes.closes
    shares = ("volume", "digital", "talk", "after_call", "moved", "shared")
    return {
        **{name: _whole(percent(getattr(changes, name))) for name in shares},
        "opens": changes.opens or base.opens, "closes": closes, "staffing": changes.staffing.value,
        "agents": changes.agents, "pooled": changes.pooled, "in_time": _whole(percent(target.in_time)),
        "within": _whole(target.within), "mean_wait": _whole(target.mean_wait),
        "abandoned": _whole(percent(target.abandoned)),
    }  # fmt: skip


def _whole(value: float | None) -> Decimal | None:
    """Without the zeros after the point."""
    return None if value is None else Decimal(f"{value:g}")


class ScenarioNameForm(Revised, forms.Form):
    """The name of a scenario, and what its owner notes about it."""

    name = forms.CharField(label=gettext_lazy("Navn"), max_length=LONGEST_NAME)
    note = forms.CharField(label=gettext_lazy("Note"), max_length=LONGEST_NOTE, widget=forms.Textarea, required=False)

    def __init__(self, data: Mapping[str, Any] | None = None, *, scenario: Scenario) -> None:
        super().__init__(data, initial={"name": scenario.name, "note": scenario.note})


class RunChoice(forms.Form):
    """Which run is shown; the newest when none is named."""

    run = forms.IntegerField(min_value=1, max_value=1_000_000, required=False)
