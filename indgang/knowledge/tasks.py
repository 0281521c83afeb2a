"""Tasks: an answer that callers did not get or got wrong, or a proposal, for the person responsible."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.accounts import access
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.audit.trail import Actor
from indgang.catalogue.models import Service, Unit
from indgang.core import masking
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.knowledge.changes import mark_tasks, person, record_change
from indgang.knowledge.models import Article, ArticleVersion, Task
from indgang.knowledge.responsible import answers_for

#: characters of a question; enough for a call's notes, too few for a case file
MOST_QUESTION = 4_000


@transaction.atomic
def raise_task(
    *,
    kind: str,
    question: str,
    article: Article | None = None,
    version: ArticleVersion | None = None,
    service: Service | None = None,
    unit: Unit | None = None,
    enquiry: UUID | None = None,
    by: Actor,
    at: datetime,
) -> Task:
    """Create a task for the article's owner, else for the coordinator of its unit; without either it has no owner yet.

    CPR numbers in the question are masked. Raises RefusedChange when a missing answer comes without its question.
    """
    question = masking.mask_cpr(question.replace("\x00", "").strip()[:MOST_QUESTION])[:MOST_QUESTION]
    if kind not in Task.Kind.values:
        raise RefusedChange({"kind": _("Vælg, hvad der er galt med svaret.")})
    if kind == Task.Kind.MISSING and not question:
        raise RefusedChange({"question": _("Skriv, hvad der blev spurgt om.")})
    service = service or (article.service if article else None)
    unit = unit or (article.unit if article else None) or (service.unit if service else None)
    task = Task.objects.create(
        kind=kind, question=question, article=article, version=version, service=service, unit=unit, enquiry=enquiry,
        raised_by=person(by), raised_at=at, owner=answers_for(article, unit, day_of(at)),
    )  # fmt: skip
    after = {
        "kind": str(kind),
        "article": article.slug if article else None,
        "owner": task.owner and task.owner.username,
    }
    record_change("knowledge_task.raise", task, by=by, at=at, after=after)
    mark_tasks(task.owner)
    return task


@transaction.atomic
def done(task: Task, *, outcome: str, by: Actor, at: datetime) -> Task:
    """Close a task with its outcome, in which CPR numbers are masked. Raises RefusedChange without one, and when
    closed."""
    task = Task.objects.select_for_update(of=("self",)).select_related("owner", "raised_by").get(pk=task.pk)
    outcome = " ".join(outcome.replace("\x00", "").split())
    if task.done_at is not None:
        raise RefusedChange({"": _("Opgaven er allerede løst.")})
    if not outcome or len(outcome) > 300:
        raise RefusedChange({"outcome": _("Skriv på højst 300 tegn, hvad der blev gjort.")})
    outcome = masking.mask_cpr(outcome)[:300]
    task.done_at, task.done_by, task.outcome = at, person(by), outcome
    task.save(update_fields=["done_at", "done_by", "outcome"])
    record_change("knowledge_task.done", task, by=by, at=at, after={"outcome": outcome})
    mark_tasks(task.owner, task.raised_by)
    return task


@transaction.atomic
def place(task: Task, *, unit: Unit, owner: Person | None, by: Actor, at: datetime) -> Task:
    """Assign an open task to the unit responsible, and to `owner` or the unit's coordinator.

    Raises RefusedChange when it is closed, and by "owner" for a person who may not write for the unit.
    """
    task = Task.objects.select_for_update(of=("self",)).select_related("owner", "unit").get(pk=task.pk)
    if task.done_at is not None:
        raise RefusedChange({"": _("Opgaven er allerede løst.")})
    if owner is not None and not access.may(owner, Permission.EDIT_KNOWLEDGE, unit, day_of(at)):
        words = {"name": owner.name, "unit": unit.name}
        raise RefusedChange({"owner": _("%(name)s må ikke skrive i vidensbasen for %(unit)s.") % words})
    before = {"unit": task.unit and task.unit.code, "owner": task.owner and task.owner.username}
    former, task.unit, task.owner = task.owner, unit, owner or answers_for(None, unit, day_of(at))
    task.save(update_fields=["unit", "owner"])
    after = {"unit": unit.code, "owner": task.owner and task.owner.username}
    record_change("knowledge_task.place", task, by=by, at=at, before=before, after=after)
    mark_tasks(former, task.owner)
    return task
