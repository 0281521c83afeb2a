"""Which knowledge somebody in the office may see, edit and approve: permissions follow units.

Editors see what they may read, and the drafts of the units they edit for. All functions for one object raise Http404
when it does not exist or this person has no access to it.
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import Http404

from indgang.accounts.access import everywhere, may, units_of
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import DatedQuerySet, Service, Unit
from indgang.core import clock
from indgang.knowledge import articles, attachments, guide_versions
from indgang.knowledge.models import (
    Article,
    ArticleVersion,
    Attachment,
    Guide,
    GuideVersion,
    Language,
    News,
    SynonymGroup,
    Task,
)
from indgang.ui.missing import not_found

EDIT, APPROVE = Permission.EDIT_KNOWLEDGE, Permission.APPROVE_KNOWLEDGE

Row = TypeVar("Row", bound=Model)


def units_edited(person: Person) -> DatedQuerySet:
    return _units(person, EDIT)


def unit_edited(person: Person, code: str) -> Unit:
    found: QuerySet[Unit] = units_edited(person).filter(code=code)
    return _one(found)


def articles_seen(person: Person) -> QuerySet[Article]:
    """What the person may read, and everything of the units that they edit or approve for."""
    own = Q(unit__in=_units(person, EDIT)) | Q(unit__in=_units(person, APPROVE))
    readable = articles.readable_by(person, at=clock.now()).values("pk")
    found: QuerySet[Article] = Article.objects.filter(own | Q(pk__in=readable))
    return found.select_related("unit", "service", "owner", "approver")


def article_for(person: Person, slug: str) -> Article:
    return _one(articles_seen(person).filter(slug=slug))


def article_edited(person: Person, slug: str) -> Article:
    return _one(articles_seen(person).filter(slug=slug, unit__in=_units(person, EDIT)))


def may_edit(person: Person, article: Article | Guide) -> bool:
    return may(person, EDIT, article.unit)


def may_approve(person: Person, article: Article | Guide) -> bool:
    return may(person, APPROVE, article.unit)


def writes(person: Person, thing: Article | Guide) -> bool:
    """Whether the person edits or approves it and therefore sees its unpublished versions."""
    return may_edit(person, thing) or may_approve(person, thing)


def versions_seen(person: Person, article: Article) -> QuerySet[ArticleVersion]:
    """All versions for its editors and approvers; for other readers the published ones and their own proposals."""
    found = article.versions.select_related("article__unit", "created_by", "decided_by")
    if writes(person, article):
        return found
    published = Q(state=ArticleVersion.State.PUBLISHED, published_from__lte=clock.now())
    return found.filter(published | Q(created_by=person))


def version_for(person: Person, article: Article, language: str, number: int) -> ArticleVersion:
    return _one(versions_seen(person, article).filter(language=language, number=number))


def open_draft(article: Article, language: str) -> ArticleVersion:
    """The version that is a draft or waits for approval."""
    if language not in Language.values:
        raise Http404
    state = ArticleVersion.State
    return _one(
        article.versions.select_related("article__unit", "created_by").filter(
            language=language, state__in=[state.DRAFT, state.IN_REVIEW]
        )
    )


def attachments_seen(person: Person, article: Article) -> QuerySet[Attachment]:
    """All files for its editors and approvers; for other readers those that a version in force links to."""
    files = article.attachments.defer("content").select_related("added_by")
    if writes(person, article):
        return files
    holding = ArticleVersion.objects.in_force(clock.now()).filter(article=article)
    return files.filter(pk__in=[file.pk for each in holding for file in attachments.shown_with(each)])


def attachment_for(person: Person, article: Article, pk: int) -> Attachment:
    return _row(attachments_seen(person, article).defer(None), pk)


def to_approve(person: Person) -> QuerySet[ArticleVersion]:
    """Versions that wait for an approval that this person may give, oldest first."""
    waiting = ArticleVersion.objects.filter(
        state=ArticleVersion.State.IN_REVIEW, article__unit__in=_units(person, APPROVE)
    )
    return waiting.select_related("article__unit", "article__approver", "created_by").order_by("changed_at")


def version_to_approve(person: Person, pk: int) -> ArticleVersion:
    return _one(to_approve(person).filter(pk=pk))


def proposals(person: Person) -> QuerySet[ArticleVersion]:
    """Changes that others propose to articles of this editor."""
    found = ArticleVersion.objects.filter(state=ArticleVersion.State.PROPOSED, article__unit__in=_units(person, EDIT))
    return found.select_related("article__unit", "created_by").order_by("created_at")


def proposal_for(person: Person, pk: int) -> ArticleVersion:
    return _one(proposals(person).filter(pk=pk))


def tasks(person: Person) -> QuerySet[Task]:
    """Open and closed tasks: the person's own, and those of the units they edit for.

    A task without a unit is open to every editor.
    """
    theirs = Q(owner=person)
    if may(person, EDIT):
        units = _units(person, EDIT)
        theirs |= Q(article__unit__in=units) | Q(service__unit__in=units) | Q(unit__in=units)
        theirs |= Q(article=None, unit=None, owner=None) & (Q(service=None) | Q(service__unit=None))
    found = Task.objects.filter(theirs)
    return found.select_related("article", "service", "unit", "owner", "raised_by", "version").distinct()


def task_for(person: Person, pk: int) -> Task:
    return _one(tasks(person).filter(pk=pk))


def unit_of(task: Task) -> Unit | None:
    """The unit that owns the subject of the task, as far as it is known."""
    return task.unit or (task.service.unit if task.service else None)


def may_write(person: Person, task: Task) -> bool:
    """Whether the person may create the missing article, which then belongs to the unit."""
    unit = unit_of(task)
    return may(person, EDIT, unit) if unit else may(person, EDIT)


def task_to_write(person: Person, pk: int) -> Task:
    found = task_for(person, pk)
    if not may_write(person, found):
        raise Http404
    return found


def guides_seen(person: Person) -> QuerySet[Guide]:
    """Guides that the person may use, and everything of the units that they edit or approve for."""
    own = Q(unit__in=_units(person, EDIT)) | Q(unit__in=_units(person, APPROVE))
    readable = guide_versions.readable_by(person, at=clock.now()).values("pk")
    return Guide.objects.filter(own | Q(pk__in=readable)).select_related("unit", "service", "owner")


def guide_for(person: Person, slug: str) -> Guide:
    return _one(guides_seen(person).filter(slug=slug))


def guide_edited(person: Person, slug: str) -> Guide:
    return _one(guides_seen(person).filter(slug=slug, unit__in=_units(person, EDIT)))


def guide_approved(person: Person, slug: str) -> Guide:
    return _one(guides_seen(person).filter(slug=slug, unit__in=_units(person, APPROVE)))


def guide_versions_seen(person: Person, guide: Guide, language: str) -> QuerySet[GuideVersion]:
    """All versions for the guide's editors and approvers; the published ones for its other readers."""
    found = guide.versions.filter(language=language).select_related("guide__unit", "created_by", "published_by")
    return found if writes(person, guide) else found.filter(published_at__lte=clock.now())


def guide_drafts_seen(person: Person) -> QuerySet[GuideVersion]:
    """The open drafts of the units that the person edits or approves for."""
    own = Q(guide__unit__in=_units(person, EDIT)) | Q(guide__unit__in=_units(person, APPROVE))
    return GuideVersion.objects.filter(own, published_at=None)


def guide_version(person: Person, guide: Guide, language: str, number: int) -> GuideVersion:
    return _one(guide_versions_seen(person, guide, language).filter(number=number))


def guides_to_approve(person: Person) -> QuerySet[GuideVersion]:
    """Drafts of guides that wait for an approval that this person may give, oldest first."""
    waiting = GuideVersion.objects.filter(
        published_at=None, submitted_at__isnull=False, guide__withdrawn_at=None,
        guide__unit__in=_units(person, APPROVE),
    )  # fmt: skip
    return waiting.select_related("guide__unit", "created_by", "submitted_by").order_by("submitted_at")


def news_for(person: Person, pk: int) -> News:
    """News belong to the unit of their subject; news about all subjects require the permission for the municipality."""
    news = _row(News.objects.select_related("service__unit", "written_by"), pk)
    return _if(may_write_news(person, news), news)


def may_write_news(person: Person, news: News) -> bool:
    return _may(person, Permission.WRITE_NEWS, news.service.unit if news.service else None)


def services_with_news(person: Person) -> QuerySet[Service]:
    """The services that somebody may publish news about today."""
    found: QuerySet[Service] = Service.objects.valid_on(clock.today()).order_by("name")
    if everywhere(person, Permission.WRITE_NEWS):
        return found
    return found.filter(unit__in=_units(person, Permission.WRITE_NEWS))


def synonyms_for(person: Person, pk: int) -> SynonymGroup:
    """Synonyms belong to the unit of the editor who saved them."""
    group = _row(SynonymGroup.objects.select_related("unit"), pk)
    return _if(may_change_synonyms(person, group), group)


def may_change_synonyms(person: Person, group: SynonymGroup) -> bool:
    return _may(person, EDIT, group.unit)


def unit_of_new(person: Person) -> Unit | None:
    """The unit of a new object without a subject: the editor's highest unit; None for an editor of all units."""
    return None if everywhere(person, EDIT) else units_edited(person).order_by("path").first()


def _may(person: Person, permission: Permission, unit: Unit | None) -> bool:
    return everywhere(person, permission) if unit is None else may(person, permission, unit)


def _if(allowed: bool, row: Row) -> Row:
    if not allowed:
        raise Http404
    return row


def _units(person: Person, permission: Permission) -> DatedQuerySet:
    units = Unit.objects.all()
    return units if everywhere(person, permission) else units.filter(pk__in=units_of(person, permission))


def _one(found: QuerySet[Row]) -> Row:
    row = found.first()
    if row is None:
        raise Http404
    return row


def _row(found: QuerySet[Row], pk: int) -> Row:
    """One row by its key. For a deleted row the error says who deleted it."""
    row = found.filter(pk=pk).first()
    if row is None:
        raise not_found(found.model, pk)
    return row
