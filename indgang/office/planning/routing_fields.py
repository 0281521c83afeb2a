"""The fields of a what-if about who answers whom: a group for each queue, the hours of each centre, and the flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from indgang.office.planning.forms import number_field
from indgang.planning.routing_changes import EVERYBODY, OF_CENTRE, CentreHours, FlowChange, QueueRouting
from indgang.planning.scenario_exchange import centres_of, who_can_help
from indgang.planning.scenario_options import LIMITS, QUEUE_LIMITS, QUEUE_PLACES
from indgang.planning.whatif import Changes, QueueLoad, ScenarioBase

#: the choice of the flow that the computation before had
SAVED_FLOW = "*"
_TIME = forms.TimeInput(attrs={"type": "time", "step": 1800}, format="%H:%M")
_OF_QUEUE = ("priority", "overflow_after", "overflow_to", "taught", "taught_share", "callback_after")


@dataclass(frozen=True, slots=True)
class QueueFields:
    """The fields of one queue under its name; `is_changed` when one of them says something."""

    name: str
    fields: list[forms.BoundField]
    is_changed: bool


def name_of(queue: QueueLoad) -> str:
    return queue.name or _("Alle køer")


def named(code: str, base: ScenarioBase) -> str:
    """Who a code stands for: `medarbejderne i Byggeri`."""
    if code == EVERYBODY:
        return _("alle")
    for queue in base.queues:
        if code == f"{OF_CENTRE}{queue.centre}":
            return _("alle i %(centre)s") % {"centre": queue.centre_name or queue.centre}
    names = {each.code: name_of(each) for each in base.queues}
    return _("medarbejderne i %(queue)s") % {"queue": names.get(code, code)}


def add(form: forms.Form, base: ScenarioBase, changes: Changes, flows: Sequence[FlowChange]) -> None:
    """Give a form these fields, with the changes of a run in them."""
    for number, (centre, name) in enumerate(centres_of(base).items()):
        hours = next((each for each in changes.hours if each.centre == centre), CentreHours(centre))
        labels = {"opens": _("%(centre)s: åbner"), "closes": _("%(centre)s: lukker")}
        for edge, label in labels.items():
            form.fields[f"{edge}-{number}"] = forms.TimeField(
                label=label % {"centre": name}, widget=_TIME, required=False, initial=getattr(hours, edge)
            )
    routing = {each.queue: each for each in changes.routing}
    for number, queue in enumerate(base.queues):
        given = routing.get(queue.code, QueueRouting(queue.code))
        for name, field in _of_queue(base, queue, given).items():
            form.fields[f"{name}-{number}"] = field
    form.fields["accepts"] = number_field(
        _("Siger ja til at blive ringet op (%)"), *LIMITS["accepts"], help_text=_("Af dem, der får tilbuddet."),
    )  # fmt: skip
    form.fields["accepts"].initial = _percent(changes.accepts)
    offered = [(each.code, each.name) for each in flows]
    if offered or changes.flow:
        if changes.flow:
            offered.append((SAVED_FLOW, _("%(flow)s, som den var sidst") % {"flow": changes.flow.name}))
        form.fields["flow"] = forms.ChoiceField(
            label=_("Opkaldsforløb"), choices=[("", _("ikke med: opkald går direkte i køen")), *offered],
            required=False, initial=SAVED_FLOW if changes.flow else "",
            help_text=_("På begge sider møder de, der ringer, forløbet: i dag det, der gælder, og ellers kladden."),
        )  # fmt: skip


def _of_queue(base: ScenarioBase, queue: QueueLoad, given: QueueRouting) -> dict[str, forms.Field]:
    others = [(code, named(code, base)) for code in who_can_help(base, queue)]
    fields: dict[str, forms.Field] = {}
    if others:
        low, high = map(int, QUEUE_LIMITS["priority"])
        fields["priority"] = forms.IntegerField(
            label=_("Prioritet"), min_value=low, max_value=high, initial=given.priority, required=False,
            help_text=_("Køen med det højeste tal går først hos dem, der betjener flere køer. 0 er det normale."),
        )  # fmt: skip
        fields["overflow_after"] = _limited("overflow_after", _("Overløb efter (sekunder)"))
        fields["overflow_after"].initial = _seconds(given.overflow_after)
        fields["overflow_to"] = forms.ChoiceField(
            label=_("Hvem kan så også tage opkaldet"), choices=others, initial=given.overflow_to, required=False
        )
        fields["taught_share"] = _limited("taught_share", _("Medarbejdere, der oplæres i køen (%)"))
        fields["taught_share"].initial = _percent(given.taught_share) if given.taught_share else None
        fields["taught"] = forms.ChoiceField(
            label=_("Blandt hvem"), choices=others, initial=given.taught, required=False
        )
    fields["callback_after"] = _limited("callback_after", _("Ventetid før tilbud om at blive ringet op (sekunder)"))
    fields["callback_after"].initial = _seconds(given.callback_after)
    return fields


def _limited(name: str, label: str) -> forms.Field:
    field: forms.Field = number_field(label, *QUEUE_LIMITS[name], places=QUEUE_PLACES[name], required=False)
    return field


def _seconds(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(f"{value:g}")


def centre_fields(form: forms.Form, base: ScenarioBase) -> list[forms.BoundField]:
    return [form[f"{name}-{number}"] for number in range(len(centres_of(base))) for name in ("opens", "closes")]


def queue_fields(form: forms.Form, base: ScenarioBase) -> Iterator[QueueFields]:
    for number, queue in enumerate(base.queues):
        fields = [form[name] for each in _OF_QUEUE if (name := f"{each}-{number}") in form.fields]
        says = [each for each in fields if each.errors or (_is_free(each) and each.value() not in (None, "", 0, "0"))]
        yield QueueFields(name_of(queue), fields, bool(says))


def _is_free(field: forms.BoundField) -> bool:
    return not isinstance(field.field, forms.ChoiceField)


def check(form: forms.Form, base: ScenarioBase) -> None:
    """What does not fit together. Hours are half-hours, and a flow has its own offers to be rung."""
    data = form.cleaned_data
    for bound in centre_fields(form, base):
        at = data.get(bound.name)
        if at is not None and at.minute not in (0, 30):
            form.add_error(bound.name, _("Vælg en hel eller halv time."))
    if data.get("flow"):
        for number in range(len(base.queues)):
            if data.get(f"callback_after-{number}") is not None:
                form.add_error(f"callback_after-{number}", _("Forløbet har sit eget tilbud. Lad feltet være tomt."))


def taken(data: Mapping[str, Any], base: ScenarioBase, before: Changes, flows: Sequence[FlowChange]) -> dict[str, Any]:
    """The parts of `Changes` that the fields say."""
    hours = [
        CentreHours(centre, data[f"opens-{number}"], data[f"closes-{number}"])
        for number, centre in enumerate(centres_of(base))
    ]
    routing = [_routing(data, number, queue) for number, queue in enumerate(base.queues)]
    by_code = {each.code: each for each in flows}
    chosen = data.get("flow", "")
    return {
        "hours": tuple(each for each in hours if each.opens or each.closes),
        "routing": tuple(each for each in routing if each.is_changed),
        "flow": before.flow if chosen == SAVED_FLOW else by_code.get(chosen),
        "accepts": float(data["accepts"]) / 100,
    }  # fmt: skip


def _routing(data: Mapping[str, Any], number: int, queue: QueueLoad) -> QueueRouting:
    given = {name: data.get(f"{name}-{number}") for name in _OF_QUEUE}
    return QueueRouting(
        queue.code, given["priority"] or 0, _float(given["overflow_after"]), given["overflow_to"] or EVERYBODY,
        _float(given["callback_after"]), given["taught"] or EVERYBODY, float(given["taught_share"] or 0) / 100,
    )  # fmt: skip


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


def _percent(share: float) -> Decimal:
    return Decimal(f"{round(100 * share, 6):g}")
