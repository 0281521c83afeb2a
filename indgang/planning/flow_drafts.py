"""Drafts of flows as changes of a what-if: the version in force beside the draft, with the flows that they lead to."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.utils.translation import gettext as _

from indgang.entry.models import FlowVersion
from indgang.entry.setup import flow_versions
from indgang.planning.routing_changes import FlowChange
from indgang.planning.whatif import ScenarioBase
from indgang.routing import flows as routing_flows
from indgang.routing.flows.steps import Flow, ToFlow


def of_base(base: ScenarioBase, on: date, *, is_measured: bool) -> list[FlowChange]:
    """The drafts that can be tried in a scenario: none where its calls were not measured."""
    return offered({each.centre for each in base.queues if each.centre} if is_measured else set(), on)


def offered(centres: Collection[str], on: date) -> list[FlowChange]:
    """The drafts of flows of these centres that can run, each beside what is in force."""
    drafts = FlowVersion.objects.filter(published_at=None, flow__centre__code__in=centres).select_related("flow")
    found = [_change(each, on) for each in drafts.order_by("flow__name")] if centres else []
    return [each for each in found if each is not None]


def _change(draft: FlowVersion, on: date) -> FlowChange | None:
    """None for a draft that cannot run, of a flow that never ran, or without a difference."""
    live = flow_versions.in_force(draft.flow)
    if live is None or not flow_versions.differences(live.definition, draft.definition):
        return None
    try:
        before, after = routing_flows.parse(live.definition), routing_flows.parse(draft.definition)
        beside = _beside((before, after), draft.flow.code)
    except routing_flows.FlowError:
        return None
    if routing_flows.errors(after, flow_versions.known(on)):
        return None
    name = _("%(flow)s: kladden, version %(draft)s, i stedet for version %(live)s") % {
        "flow": draft.flow.name, "draft": draft.number, "live": live.number,
    }  # fmt: skip
    dumped = tuple(map(routing_flows.dump, beside))
    return FlowChange(draft.flow.code, name, routing_flows.dump(before), routing_flows.dump(after), dumped)


def _beside(flows: Iterable[Flow], but: str) -> list[Flow]:
    """The other flows in force that callers can go on to."""
    found: dict[str, Flow] = {}
    ahead = [step.flow for flow in flows for step in flow.steps if isinstance(step, ToFlow)]
    while ahead:
        code = ahead.pop()
        rows = FlowVersion.objects.filter(flow__code=code, published_at__isnull=False)
        version = None if code in found or code == but else rows.order_by("-number").first()
        if version is not None:
            found[code] = routing_flows.parse(version.definition)
            ahead += [step.flow for step in found[code].steps if isinstance(step, ToFlow)]
    return list(found.values())
