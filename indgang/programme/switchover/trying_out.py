"""What a caller hears before and after a switch, until they have to choose or wait."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from indgang.entry.models import FlowVersion, Queue
from indgang.entry.setup import flow_versions, phases
from indgang.entry.wording import rehearsal
from indgang.entry.wording.rehearsal import Given, PlayedRehearsal
from indgang.programme.switchover.models import Switchover
from indgang.programme.switchover.parts.place import SwitchPlace
from indgang.routing import flows
from indgang.routing.centre.rehearsal import Action, ActionKind, Scene, Staffed

#: announcements that are heard to their end
_LISTENED = 4


@dataclass(frozen=True, slots=True)
class HeardBeforeAndAfter:
    """The call on the version in force and on the draft, and these versions. What is heard is None where there is no
    version or it cannot run."""

    before: PlayedRehearsal | None
    after: PlayedRehearsal | None
    current: FlowVersion | None
    draft: FlowVersion


def tried(switch: Switchover, place: SwitchPlace) -> HeardBeforeAndAfter | None:
    """The flow that the switch publishes, tried out for its moment. None when it publishes none."""
    draft = flow_versions.draft_of(switch.flow) if switch.flow else None
    if switch.flow is None or draft is None:
        return None
    current = flow_versions.in_force(switch.flow)
    return HeardBeforeAndAfter(_played(current, place) if current else None, _played(draft, place), current, draft)


def spoken(played: PlayedRehearsal | None) -> list[str]:
    """The lines in words, as one text each."""
    return [each.text for each in played.lines if each.text] if played else []


def _played(version: FlowVersion, place: SwitchPlace) -> PlayedRehearsal | None:
    """A call at the moment of the switch, with somebody at work in each queue."""
    try:
        flow = flows.parse(version.definition)
    except flows.FlowError:
        return None
    codes = Queue.objects.filter(code__in=rehearsal.queues_met(flow)).values_list("code", flat=True)
    scene = Scene(place.at, queues={code: Staffed(agents=1) for code in codes})
    actions = [Action(ActionKind.LISTEN)] * _LISTENED
    return rehearsal.play(flow, Given(scene, phase=phases.on(place.day)), actions)


def heading(switch: Switchover) -> str:
    return _("Et opkald til %(flow)s") % {"flow": switch.flow.name} if switch.flow else ""
