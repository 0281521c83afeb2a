"""The versions of a flow: one draft that may change, and published ones that never do.

The version in force is the published one with the highest number; calls that run keep the version they began with.
Editors are told apart by the draft's `revision`: whoever saves on top of somebody else's change is refused and
shown it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.catalogue import collisions
from indgang.catalogue.models import ContactCentre, Schedule
from indgang.core.clock import day_of
from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.entry.models import DutyRota, EntryPoint, Flow, FlowVersion, Prompt, Queue
from indgang.entry.setup.changes import record_change
from indgang.routing import flows


class NotRunnable(Exception):
    """The flow cannot run: it may not be published. `problems` are its errors, warnings left out."""

    def __init__(self, problems: Sequence[flows.Problem]) -> None:
        super().__init__(", ".join(f"{each.step}: {each.code}" for each in problems))
        self.problems = list(problems)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that differs between two definitions: in `step` (empty: the flow) the field, before and after.

    A step that came or went has the field "" and None on one side.
    """

    step: str
    field: str
    before: Any
    after: Any


# --- Reading -----------------------------------------------------------------------------------


def in_force(flow: Flow) -> FlowVersion | None:
    """The version that new calls get."""
    return flow.versions.filter(published_at__isnull=False).order_by("-number").first()


def draft_of(flow: Flow) -> FlowVersion | None:
    return flow.versions.filter(published_at__isnull=True).first()


def known(on: date) -> flows.Known:
    """What flows may name on a day. A prompt counts when it is written in Danish."""
    published = Flow.objects.filter(versions__published_at__isnull=False)
    return flows.Known(
        prompts=frozenset(Prompt.objects.filter(language="da").values_list("code", flat=True)),
        queues=frozenset(Queue.objects.valid_on(on).for_calls().values_list("code", flat=True)),
        schedules=frozenset(Schedule.objects.valid_on(on).values_list("code", flat=True)),
        flows=frozenset(published.values_list("code", flat=True)),
        rotas=frozenset(DutyRota.objects.valid_on(on).values_list("code", flat=True)),
    )


def problems(definition: Mapping[str, Any], *, on: date) -> list[flows.Problem]:
    """Errors and warnings of a definition. Raises `flows.FlowError` when it cannot even be read."""
    return flows.problems(flows.parse(definition), known(on))


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Difference]:
    """What `after` changes in `before`: of the flow itself, then by step in the order of `after`, then what went."""
    found = [
        Difference("", name, before.get(name), after.get(name))
        for name in ("title", "start")
        if before.get(name) != after.get(name)
    ]
    old, new = (_steps(each) for each in (before, after))
    for step_id, step in new.items():
        found += _step_differences(step_id, old.get(step_id), step)
    found += [Difference(step_id, "", step, None) for step_id, step in old.items() if step_id not in new]
    common = [step_id for step_id in old if step_id in new]
    if common != [step_id for step_id in new if step_id in old]:
        found.append(Difference("", "order", common, [step_id for step_id in new if step_id in old]))
    return found


def _steps(definition: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    return {step["id"]: step for step in definition.get("steps", [])}


def _step_differences(step_id: str, old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[Difference]:
    if old is None:
        return [Difference(step_id, "", None, new)]
    names = [*new, *(name for name in old if name not in new)]
    return [Difference(step_id, name, old.get(name), new.get(name)) for name in names if old.get(name) != new.get(name)]


# --- Changing ----------------------------------------------------------------------------------


@transaction.atomic
def create(*, code: str, name: str, centre: ContactCentre, by: Person, at: datetime) -> Flow:
    """A new flow with a draft of one step: the safe queue, where no caller is lost."""
    if Flow.objects.filter(code=code).exists():
        raise RefusedChange({"code": _("Der findes allerede et forløb med det navn.")})
    taken = {"entry_flow_code_key": ("code", _("Der findes allerede et forløb med det navn."))}
    with collisions.refused_in_words(RefusedChange, taken):
        flow = Flow.objects.create(code=code, name=name, centre=centre)
    definition = {
        "code": code, "version": 1, "title": name, "start": "sikker",
        "steps": [{"id": "sikker", "kind": "safe_queue"}],
    }  # fmt: skip
    flow.versions.create(
        number=1, definition=definition, revision=_next_revision(flow), created_at=at, created_by=by.audit_label
    )
    record_change("flow.create", flow, by=by, at=at, after={"name": name, "centre": centre.code}, reload=False)
    return flow


@transaction.atomic
def new_draft(flow: Flow, *, source: FlowVersion | None = None, by: Person, at: datetime) -> FlowVersion:
    """A draft that begins as `source` or as the version in force. The draft that exists, if there is one."""
    Flow.objects.select_for_update().get(pk=flow.pk)
    draft = draft_of(flow)
    if draft is not None:
        return draft
    source = source or in_force(flow)
    if source is None:
        raise RefusedChange({"": _("Forløbet har ingen version at begynde på.")})
    number = _next_number(flow)
    draft = flow.versions.create(
        number=number,
        definition=_numbered(source.definition, number),
        revision=_next_revision(flow),
        created_at=at,
        created_by=by.audit_label,
    )
    record_change("flow.draft", draft, by=by, at=at, after={"from": source.number}, reload=False)
    return draft


@transaction.atomic
def save_draft(
    draft: FlowVersion, definition: Mapping[str, Any], *, revision: int, by: Person, at: datetime
) -> FlowVersion:
    """Replace the draft's definition, if it still is the one of `revision`.

    Raises EditedMeanwhile, RefusedChange when it is published, and `flows.FlowError` when it cannot be read.
    """
    flow = Flow.objects.select_for_update().get(pk=draft.flow_id)
    draft = _locked_draft(draft, revision)
    written = flows.dump(flows.parse(_numbered(definition, draft.number)))
    changed = differences(draft.definition, written)
    if not changed:
        return draft
    draft.definition, draft.revision = written, _next_revision(flow)
    draft.save(update_fields=["definition", "revision"])
    record_change(
        "flow.edit", draft, by=by, at=at, reload=False,
        before={_name(each): each.before for each in changed}, after={_name(each): each.after for each in changed},
    )  # fmt: skip
    return draft


@transaction.atomic
def publish(draft: FlowVersion, *, revision: int, note: str = "", by: Person, at: datetime) -> FlowVersion:
    """Put the draft in force for new calls; calls that run keep their version.

    Raises NotRunnable with the step and the reason, EditedMeanwhile, and RefusedChange when it is published already.
    """
    flow = Flow.objects.select_for_update().get(pk=draft.flow_id)
    draft = _locked_draft(draft, revision)
    _refuse_what_cannot_run(draft.definition, at)
    before = in_force(flow)
    if before is not None and before.number > draft.number:
        # an older version has been published again since this draft began
        draft.number = _next_number(flow)
        draft.definition = _numbered(draft.definition, draft.number)
    draft.note, draft.published_at, draft.published_by = note.strip(), at, by.audit_label
    draft.save()
    _tell_published(draft, before, by=by, at=at)
    return draft


@transaction.atomic
def roll_back(version: FlowVersion, *, note: str = "", by: Person, at: datetime) -> FlowVersion:
    """Publish an old version again under the next number. A draft stays as it is.

    Raises NotRunnable: what it names may be gone by now.
    """
    flow = Flow.objects.select_for_update().get(pk=version.flow_id)
    if version.published_at is None:
        raise RefusedChange({"": _("Kun en version, der har været udgivet, kan tages i brug igen.")})
    before = in_force(flow)
    if before is not None and before.pk == version.pk:
        raise RefusedChange({"": _("Versionen er allerede i brug.")})
    _refuse_what_cannot_run(version.definition, at)
    number = _next_number(flow)
    again = flow.versions.create(
        number=number, definition=_numbered(version.definition, number), created_at=at, created_by=by.audit_label,
        note=note.strip() or _("Version %(number)s taget i brug igen") % {"number": version.number},
        published_at=at, published_by=by.audit_label,
    )  # fmt: skip
    _tell_published(again, before, by=by, at=at)
    return again


@transaction.atomic
def discard(draft: FlowVersion, *, revision: int, by: Person, at: datetime) -> None:
    """Delete the draft; the version in force stays. Raises EditedMeanwhile, and RefusedChange for the only version."""
    draft = _locked_draft(draft, revision)
    if in_force(draft.flow) is None:
        raise RefusedChange({"": _("Udkastet er forløbets eneste version.")})
    record_change("flow.discard", draft, by=by, at=at, before={"definition": draft.definition}, reload=False)
    draft.delete()


@transaction.atomic
def save_entry_point(point: EntryPoint, fields: Mapping[str, Any], *, by: Person, at: datetime) -> EntryPoint:
    """Lead a number to a flow for a period. Raises RefusedChange, by field."""
    new = point.pk is None
    before = {} if new else _entry_values(EntryPoint.objects.get(pk=point.pk))
    for name, value in fields.items():
        setattr(point, name, value)
    _refuse_entry_point(point)
    taken = {"entry_entrypoint_one_flow": ("number", _("En anden har lige knyttet nummeret til et forløb."))}
    with collisions.refused_in_words(RefusedChange, taken, in_turn=True):
        point.save()
    action = "entrypoint.create" if new else "entrypoint.change"
    record_change(action, point, by=by, at=at, before=before, after=_entry_values(point))
    return point


# --- Within ------------------------------------------------------------------------------------


def _locked_draft(draft: FlowVersion, revision: int) -> FlowVersion:
    locked = FlowVersion.objects.select_for_update(of=("self",)).select_related("flow")
    found = locked.filter(pk=draft.pk).first()
    if found is None:
        raise RefusedChange({"": _("Udkastet er slettet af en anden. Begynd på et nyt.")})
    if found.published_at is not None:
        raise RefusedChange({"": _("Versionen er udgivet og kan ikke ændres. Begynd på et nyt udkast.")})
    if found.revision != revision:
        raise EditedMeanwhile(found)
    return found


def _next_revision(flow: Flow) -> int:
    """The next revision. No two drafts of a flow share one, so a save to a deleted draft is detected."""
    locked = Flow.objects.select_for_update().get(pk=flow.pk)
    locked.revisions += 1
    locked.save(update_fields=["revisions"])
    return locked.revisions


def _refuse_what_cannot_run(definition: Mapping[str, Any], at: datetime) -> None:
    wrong = flows.errors(flows.parse(definition), known(day_of(at)))
    if wrong:
        raise NotRunnable(wrong)


def _refuse_entry_point(point: EntryPoint) -> None:
    if point.valid_to is not None and point.valid_to <= point.valid_from:
        raise RefusedChange({"valid_to": _("Slutdatoen skal ligge efter startdatoen.")})
    if in_force(point.flow) is None:
        raise RefusedChange({"flow": _("Forløbet er ikke udgivet endnu.")})
    for other in EntryPoint.objects.filter(number=point.number).exclude(pk=point.pk):
        if _overlap(point, other):
            reason = _("Nummeret fører allerede til “%(flow)s” i den periode.") % {"flow": other.flow}
            raise RefusedChange({"number": reason})


def _overlap(a: EntryPoint, b: EntryPoint) -> bool:
    return (b.valid_to is None or a.valid_from < b.valid_to) and (a.valid_to is None or b.valid_from < a.valid_to)


def _entry_values(point: EntryPoint) -> dict[str, Any]:
    return {
        "number": point.number, "name": point.name, "flow": point.flow.code, "centre": point.centre.code,
        "language": point.language, "valid_from": point.valid_from, "valid_to": point.valid_to,
    }  # fmt: skip


def _next_number(flow: Flow) -> int:
    return int(flow.versions.aggregate(most=Max("number"))["most"] or 0) + 1


def _numbered(definition: Mapping[str, Any], number: int) -> dict[str, Any]:
    """The definition names its own version, which a call keeps."""
    return {**definition, "version": number}


def _name(difference: Difference) -> str:
    return ".".join(part for part in (difference.step, difference.field) if part)


def _tell_published(version: FlowVersion, before: FlowVersion | None, *, by: Person, at: datetime) -> None:
    record_change(
        "flow.publish",
        version,
        by=by,
        at=at,
        before={"version": before.number if before else None},
        after={"version": version.number},
        why=version.note,
    )
