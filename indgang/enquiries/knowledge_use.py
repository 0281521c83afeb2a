"""Use of knowledge in an enquiry: versions shown, the source of the answer, the path through a guide.

Together with the reports of missing answers, this shows whether the answer existed, so that nobody has to type it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import DateTimeField, F, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core import text
from indgang.core.refusals import RefusedChange
from indgang.enquiries.models import ArticleUse, Enquiry, GuideWalk, Question
from indgang.knowledge import articles, guides, tasks, versions
from indgang.knowledge.models import Article, ArticleVersion, GuideVersion, Task
from indgang.knowledge.search import index
from indgang.live import stale

#: characters of an article's short answer that a note can become; a longer note goes into the full answer
_SHORT = 400

# written out in SQL: the desk runs these on each opening, and building them in the ORM took longer than running them
_USED_LAST = "SELECT max(used_at) FROM enquiries_articleuse WHERE enquiry_id = enquiries_enquiry.id"
_MISSING_LAST = "SELECT max(raised_at) FROM knowledge_task WHERE enquiry = enquiries_enquiry.id AND kind = 'missing'"


# --- Using ---------------------------------------------------------------------------------------


@transaction.atomic
def opened(enquiry: Enquiry, version: ArticleVersion, *, by: Person, at: datetime) -> ArticleUse:
    """Record that a version was shown while the enquiry was in hand; a second time changes nothing."""
    use, made = ArticleUse.objects.get_or_create(
        enquiry=enquiry, version=version, defaults={"shown_to": by, "shown_at": at}
    )
    if made:
        _mark(by)
    return use


@transaction.atomic
def used(enquiry: Enquiry, version: ArticleVersion, *, on: bool, by: Person, at: datetime) -> ArticleUse:
    """Record that the answer was given from a version, or revoke this.

    Used articles rank higher in searches. Revoking does not lower the rank, since popularity decays by itself.
    """
    opened(enquiry, version, by=by, at=at)
    use = ArticleUse.objects.select_for_update().get(enquiry=enquiry, version=version)
    if use.used == on:
        return use
    use.used_at = at if on else None
    use.save(update_fields=["used_at"])
    told = {"article": version.article.slug, "version": version.number, "language": version.language}
    trail.record(
        by=by, at=at, action="enquiry.use_article", target=enquiry, before={"used": not on}, after={"used": on, **told}
    )
    if on:
        index.raise_popularity("article", version.article.slug)
    _mark(by)
    return use


@transaction.atomic
def walked(
    enquiry: Enquiry, version: GuideVersion, *, path: Sequence[int], result: str, by: Person, at: datetime
) -> GuideWalk:
    """Record the path through a guide with the caller; going back shortens it.

    `path` holds the numbers of the answers, `result` the id of the result step reached, or "". Raises guides.WrongPath.
    """
    taken = guides.walk(guides.parse(version.definition), path)
    steps = [{"step": each.step.id, "answer": each.answer} for each in taken]
    walk, _made = GuideWalk.objects.select_for_update().get_or_create(
        enquiry=enquiry, version=version, defaults={"began_at": at}
    )
    arrived = bool(result) and walk.result != result
    walk.path, walk.result = steps, result
    walk.save(update_fields=["path", "result"])
    if arrived:
        index.raise_popularity("guide", version.guide.slug)
    _mark(by)
    return walk


# --- Results -------------------------------------------------------------------------------------


def with_answers(enquiries: QuerySet[Enquiry]) -> QuerySet[Enquiry]:
    """The enquiries with the columns that `in_knowledge` needs, in the same query."""
    return enquiries.annotate(
        used_last=RawSQL(_USED_LAST, (), output_field=DateTimeField()),  # noqa: S611  # a constant of this module
        missing_last=RawSQL(_MISSING_LAST, (), output_field=DateTimeField()),  # noqa: S611  # a constant of this module
    )


def in_knowledge(enquiry: Enquiry) -> bool | None:
    """Whether the answer existed, by what the agent did: used an article (True) or reported the answer missing (False).

    The later of the two counts; None when the agent did neither.
    """
    if not hasattr(enquiry, "used_last"):
        enquiry = with_answers(Enquiry.objects.filter(pk=enquiry.pk).order_by()).only("pk").get()
    annotated = vars(enquiry)
    answered: datetime | None = annotated["used_last"]
    missing: datetime | None = annotated["missing_last"]
    if answered is None and missing is None:
        return None
    return missing is None or (answered is not None and answered > missing)


def used_for(enquiry: Enquiry | UUID) -> QuerySet[ArticleUse]:
    """The articles of an enquiry: first those that the answer was given from, then those only shown."""
    pk = enquiry if isinstance(enquiry, UUID) else enquiry.pk
    rows = ArticleUse.objects.filter(enquiry=pk).select_related("version__article")
    return rows.order_by(F("used_at").asc(nulls_last=True), "shown_at")


# --- From an answer to an article ----------------------------------------------------------------


@transaction.atomic
def make_article(question: Question, *, title: str, by: Person, at: datetime) -> ArticleVersion:
    """Begin an article from a registered answer: the title asks, the note answers, and the owner gets the task.

    Raises RefusedChange, by field ("title"; "" for the whole): no unit has the subject, or the text is not valid.
    """
    title = " ".join(title.replace("\x00", "").split())
    if not title:
        raise RefusedChange({"title": _("Skriv spørgsmålet, som artiklen skal svare på.")})
    note = question.note.strip()
    task = tasks.raise_task(
        kind=Task.Kind.MISSING, question=title, service=question.service, enquiry=question.enquiry_id, by=by, at=at
    )
    draft = articles.begin_for_task(task, slug=_free_slug(title), title=title[:200], by=by, at=at)
    article = draft.article
    articles.describe(
        article, unit=article.unit, owner=article.owner, approver=article.approver, service=article.service,
        purposes=[question.purpose], audience=article.audience, review_on=article.review_on, by=by, at=at,
    )  # fmt: skip
    short = " ".join(note.split())
    body = draft.body if len(short) <= _SHORT else f"{draft.body}\n\n{note}".strip()
    draft = versions.save(
        draft, title=draft.title, short=short if len(short) <= _SHORT else text.shorten(short, _SHORT), body=body,
        words=(), links=(), reason=draft.reason, revision=draft.revision, by=by, at=at,
    )  # fmt: skip
    trail.record(by=by, at=at, action="question.make_article", target=question, after={"article": article.slug})
    return draft


def _free_slug(title: str) -> str:
    """A free slug, made from the title."""
    base = text.slug(title, 100) or "svar"
    taken = set(Article.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in (base, *(f"{base}-{n}" for n in range(2, len(taken) + 3))) if slug not in taken)


def _mark(by: Person) -> None:
    stale.mark(f"person-{by.pk}/knowledge")
