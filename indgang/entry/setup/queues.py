"""Queues and their messages, as an administrator sets them up and a team leader opens and closes them.

The steps of a queue say who may be offered a caller after how long. Each step may only widen the one before it, so that
waiting longer never makes it harder to be answered (`routing.distribution.requirement.QueueRule` holds the same law).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypedDict

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.access import may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.audit import trail
from indgang.catalogue import collisions
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Prompt, Queue, QueueMessage
from indgang.entry.setup import queue_terms
from indgang.entry.setup.changes import record_change
from indgang.workforce.models import Skill

#: what `save` sets, `work` on a new queue alone: the figures of a queue do not mix calls with mails. The rest of a
#: queue is changed by its own actions, what holds by the day by those of `queue_terms`
FIELDS = (
    "work", "name", "name_en", "public_name", "public_name_en", "centre", "unit", "schedule", "priority",
    "ageing", "steps", "ring_seconds", "choose", "last_agent_seconds", "min_reoffer_seconds", "is_safe",
    "valid_from", "valid_to",
)  # fmt: skip
_CLOSING = ("closed_at", "closed_by", "closed_reason", "closed_until")
_MESSAGE_FIELDS = ("prompt_code", "phase", "every_seconds", "order", "active", "valid_from", "valid_to")

LOWEST_LEVEL, HIGHEST_LEVEL = 1, 5
#: a later step is taken for a typing error: callers wait minutes, not hours
LATEST_STEP_SECONDS = 3600


_TAKEN: collisions.CollisionWords = {
    "entry_queue_code_key": ("name", gettext_lazy("Der findes allerede en kø med det navn i centret.")),
    "entry_queue_one_safe": ("is_safe", gettext_lazy("En anden kø er lige blevet den sikre. Prøv igen.")),
}


class StoredRelaxation(TypedDict):
    """From `after` seconds of waiting: skills with lowest level, and other queues whose agents may help."""

    after: int
    skills: dict[str, int]
    also_queues: list[str]


def steps_of(raw: Sequence[Mapping[str, Any]]) -> list[StoredRelaxation]:
    """Stored steps with all defaults filled in."""
    return [
        StoredRelaxation(
            after=int(each.get("after", 0)),
            skills={str(skill): int(level) for skill, level in each.get("skills", {}).items()},
            also_queues=[str(code) for code in each.get("also_queues", [])],
        )
        for each in raw
    ]


def step_problems(
    steps: Sequence[StoredRelaxation], *, skills: Collection[str], queues: Collection[str]
) -> list[tuple[int, str]]:
    """What is wrong with the steps: (index, sentence). Pure; `skills` and `queues` are the codes that exist."""
    if not steps:
        return [(0, _("Der skal være mindst ét trin."))]
    found = [] if steps[0]["after"] == 0 else [(0, _("Det første trin skal gælde fra 0 sekunder."))]
    for index, step in enumerate(steps):
        found += [(index, text) for text in _own_problems(step, skills, queues)]
        if index:
            found += [(index, text) for text in _narrowing(steps[index - 1], step)]
    return found


def _own_problems(step: StoredRelaxation, skills: Collection[str], queues: Collection[str]) -> Iterable[str]:
    if not 0 <= step["after"] <= LATEST_STEP_SECONDS:
        yield _("Antal sekunder skal være mellem 0 og %(most)s.") % {"most": LATEST_STEP_SECONDS}
    for skill, level in step["skills"].items():
        if skill not in skills:
            yield _("Kompetencen “%(skill)s” findes ikke.") % {"skill": skill}
        if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
            yield _("Niveauet for “%(skill)s” skal være mellem 1 og 5.") % {"skill": skill}
    for code in step["also_queues"]:
        if code not in queues:
            yield _("Køen “%(queue)s” findes ikke.") % {"queue": code}


def _narrowing(before: StoredRelaxation, step: StoredRelaxation) -> Iterable[str]:
    if step["after"] <= before["after"]:
        yield _("Trinnet skal begynde senere end det foregående (%(after)s sekunder).") % {"after": before["after"]}
    for skill, level in step["skills"].items():
        had = before["skills"].get(skill, 0)
        if level > had:
            yield _(
                "Trinnet kræver mere af “%(skill)s” (niveau %(level)s) end det foregående (niveau %(had)s). Et senere "
                "trin må kun lempe kravene, ellers kan den, der venter, blive sværere at hjælpe."
            ) % {"skill": skill, "level": level, "had": had or _("intet krav")}
    for code in before["also_queues"]:
        if code not in step["also_queues"]:
            yield _("Trinnet mangler køen “%(queue)s”, som kunne hjælpe i det foregående trin.") % {"queue": code}


@transaction.atomic
def save(queue: Queue, fields: Mapping[str, Any], *, by: Person, at: datetime) -> Queue:
    """Create (a queue without primary key, `code` set) or change a queue; `fields` holds any of FIELDS.

    Raises RefusedChange, by field, when the steps narrow, when the only safe queue would vanish, and when the safe
    queue would be taken from a centre whose queues are not `by`'s to change.
    """
    new = queue.pk is None
    if not new:
        queue = Queue.objects.select_for_update().get(pk=queue.pk)
    before = {} if new else trail.values_of(queue, FIELDS)
    _refuse_losing_safe_queue(queue, fields)
    if not new and fields.get("work", queue.work) != queue.work:
        raise ValueError("what waits in a queue does not change")
    for name, value in fields.items():
        if name not in FIELDS:
            raise ValueError(f"{name} is not set by save")
        setattr(queue, name, value)
    _refuse_bad_steps(queue)
    _refuse_backwards(queue)
    _refuse_written_safety(queue)
    if queue.is_safe:
        _take_over_safety(queue, by=by, at=at)
    with collisions.refused_in_words(RefusedChange, _TAKEN):
        queue.save()
    if new:
        queue_terms.first([queue])
    after = trail.values_of(queue, FIELDS)
    changed = [name for name in FIELDS if before.get(name) != after[name]]
    record_change(
        "queue.create" if new else "queue.change",
        queue,
        by=by,
        at=at,
        before={name: before[name] for name in changed if name in before},
        after={name: after[name] for name in changed},
        parts=_parts(queue),
    )
    return queue


@transaction.atomic
def close(queue: Queue, *, reason: str, until: datetime | None = None, by: Person, at: datetime) -> Queue:
    """Take no new callers in: they go where the flow sends them when the queue is closed. Those who wait are served.

    It opens by itself at `until`; None: when somebody opens it. Raises RefusedChange.
    """
    queue = Queue.objects.select_for_update().get(pk=queue.pk)
    if queue.is_closed_at(at):
        raise RefusedChange({"": _("Køen er allerede lukket af %(who)s.") % {"who": queue.closed_by}})
    if queue.is_safe:
        raise RefusedChange(
            {"": _("Den sikre kø kan ikke lukkes. Den tager imod de opkald, som ingen anden regel dækker.")}
        )
    if until is not None and until <= at:
        raise RefusedChange({"until": _("Tidspunktet er passeret. Vælg et senere, eller lad feltet være tomt.")})
    queue.closed_at, queue.closed_by, queue.closed_reason, queue.closed_until = at, by.audit_label, reason, until
    queue.save(update_fields=_CLOSING)
    after = {"closed": True} | ({"until": until.isoformat()} if until else {})
    record_change("queue.close", queue, by=by, at=at, after=after, why=reason, parts=_parts(queue))
    return queue


@transaction.atomic
def open_again(queue: Queue, *, by: Person, at: datetime) -> Queue:
    queue = Queue.objects.select_for_update().get(pk=queue.pk)
    if not queue.is_closed_at(at):
        raise RefusedChange({"": _("Køen er allerede åben.")})
    before = {"closed": True, "closed_by": queue.closed_by, "reason": queue.closed_reason}
    queue.closed_at, queue.closed_by, queue.closed_reason, queue.closed_until = None, "", "", None
    queue.save(update_fields=_CLOSING)
    record_change("queue.open", queue, by=by, at=at, before=before, after={"closed": False}, parts=_parts(queue))
    return queue


@transaction.atomic
def save_message(message: QueueMessage, fields: Mapping[str, Any], *, by: Person, at: datetime) -> QueueMessage:
    """Add a message to a queue or change it. Raises RefusedChange when nobody has written the prompt."""
    new = message.pk is None
    before = {} if new else trail.values_of(QueueMessage.objects.get(pk=message.pk), _MESSAGE_FIELDS)
    for name, value in fields.items():
        setattr(message, name, value)
    _refuse_backwards(message)
    if not Prompt.objects.filter(code=message.prompt_code).exists():
        raise RefusedChange({"prompt_code": _("Der findes ingen tekst med det navn.")})
    message.save()
    record_change(
        "queuemessage.create" if new else "queuemessage.change",
        message,
        by=by,
        at=at,
        before=before,
        after=trail.values_of(message, _MESSAGE_FIELDS),
        parts=_message_parts(message),
    )
    return message


@transaction.atomic
def switch_message(message: QueueMessage, *, on: bool, by: Person, at: datetime) -> QueueMessage:
    """Switch the message to waiting callers on or off."""
    message = QueueMessage.objects.select_for_update().select_related("queue__centre").get(pk=message.pk)
    before, message.active = message.active, on
    message.save(update_fields=["active"])
    record_change(
        "queuemessage.switch", message, by=by, at=at, before={"active": before}, after={"active": on},
        parts=_message_parts(message),
    )  # fmt: skip
    return message


@transaction.atomic
def remove_message(message: QueueMessage, *, by: Person, at: datetime) -> None:
    before = trail.values_of(message, _MESSAGE_FIELDS)
    record_change("queuemessage.remove", message, by=by, at=at, before=before, parts=_message_parts(message))
    message.delete()


def _refuse_written_safety(queue: Queue) -> None:
    if queue.is_safe and queue.work != Queue.Work.CALL:
        raise RefusedChange({"is_safe": _("Den sikre kø er til opkald.")})


def _refuse_backwards(row: Queue | QueueMessage) -> None:
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        raise RefusedChange({"valid_to": _("Slutdatoen skal ligge efter startdatoen.")})


def _refuse_losing_safe_queue(queue: Queue, fields: Mapping[str, Any]) -> None:
    if queue.is_safe and (fields.get("is_safe") is False or fields.get("valid_to")):
        reason = _("Der skal altid være én sikker kø. Vælg en anden kø som den sikre; så er denne det ikke længere.")
        raise RefusedChange({"is_safe": reason})


def _take_over_safety(queue: Queue, *, by: Person, at: datetime) -> None:
    """Make the previous safe queue an ordinary one, with its own audit row."""
    before = Queue.objects.select_for_update(of=("self",)).filter(is_safe=True).exclude(pk=queue.pk)
    for other in before.select_related("centre__owner"):
        if not may(by, Permission.EDIT_QUEUES, other.centre.owner, day_of(at)):
            reason = _("Den sikre kø er “%(queue)s” hos %(centre)s. Kun den, der må ændre den, kan flytte den herhen.")
            raise RefusedChange({"is_safe": reason % {"queue": other.name, "centre": other.centre.name}})
        other.is_safe = False
        other.save(update_fields=["is_safe"])
        record_change(
            "queue.change", other, by=by, at=at, before={"is_safe": True}, after={"is_safe": False},
            why=_("Den sikre kø er nu “%(queue)s”.") % {"queue": queue.name}, parts=_parts(other),
        )  # fmt: skip


def _refuse_bad_steps(queue: Queue) -> None:
    skills = set(Skill.objects.values_list("code", flat=True))
    queues = set(Queue.objects.exclude(pk=queue.pk).values_list("code", flat=True))
    problems = step_problems(steps_of(queue.steps), skills=skills, queues=queues)
    if problems:
        text = " ".join(_("Trin %(number)s: %(text)s") % {"number": n + 1, "text": text} for n, text in problems)
        raise RefusedChange({"steps": text})


def _parts(queue: Queue) -> tuple[str, ...]:
    return f"centre-{queue.centre.code}/queues", f"centre-{queue.centre.code}/messages"


def _message_parts(message: QueueMessage) -> tuple[str, ...]:
    return (f"centre-{message.queue.centre.code}/messages",)
