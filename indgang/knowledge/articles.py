"""Articles: their subject, their readers, and the version in force.

Everything is read as of a given moment, so a version that takes effect on a later day needs no job to publish it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from indgang.accounts import access
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.audit.trail import Actor
from indgang.catalogue import collisions
from indgang.catalogue.models import Purpose, Service, Unit
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.core.text import shorten
from indgang.knowledge import article_files, markdown, policy, versions
from indgang.knowledge.changes import mark_tasks, record_change
from indgang.knowledge.models import Article, ArticleVersion, Audience, Language, Task
from indgang.knowledge.responsible import paths_above


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A link of an article that leads nowhere, or to an article that its readers may not read. `why` is a sentence."""

    language: str
    slug: str
    why: str


# --- Reading -----------------------------------------------------------------------------------


def readable_by(person: Person | None, *, at: datetime) -> QuerySet[Article]:
    """Articles with a version in force at `at` that this person may read; None is the public."""
    holding = ArticleVersion.objects.in_force(at).filter(article=OuterRef("pk"))
    return Article.objects.filter(Exists(holding), audience_of(person, at=at))


def audience_of(person: Person | None, *, at: datetime) -> Q:
    """A filter on the `audience` and `unit` that a person may read. A unit's own articles are for people with a role in
    that unit, or in a unit above or below it."""
    open_to_all = Q(audience=Audience.EVERYONE)
    day = day_of(at)
    if person is None or not access.may(person, Permission.READ_KNOWLEDGE, on=day):
        return open_to_all
    paths = list(person.roles.valid_on(day).values_list("unit__path", flat=True))
    if None in paths:
        return Q()
    own = Q(unit__path__in={above for path in paths for above in paths_above(path)})
    for path in paths:
        own |= Q(unit__path__startswith=path)
    return open_to_all | Q(audience=Audience.STAFF) | (Q(audience=Audience.UNIT) & own)


def version_for(article: Article, *, language: str, at: datetime) -> ArticleVersion | None:
    """The version in force at `at`; the Danish one when there is none in the language."""
    return versions_for([article], language=language, at=at).get(article.pk)


def versions_for(articles: Iterable[Article], *, language: str, at: datetime) -> dict[int, ArticleVersion]:
    """The version in force of each article by the article's id, in one query; articles without one are left out."""
    wanted = [article.pk for article in articles]
    holding = ArticleVersion.objects.in_force(at).filter(article__in=wanted, language__in={language, Language.DANISH})
    found: dict[int, ArticleVersion] = {}
    for version in holding.select_related("article"):
        if version.language == language or version.article_id not in found:
            found[version.article_id] = version
    return found


def broken_links(article: Article) -> list[BrokenLink]:
    """Links to other articles that do not work, in drafts and in versions that are or will be published."""
    latest: dict[tuple[str, bool], ArticleVersion] = {}
    states = ("published", "draft", "in_review")
    for version in article.versions.filter(state__in=states).order_by("published_from", "number"):
        latest[version.language, version.state == "published"] = version
    linked = {
        (version.language, slug)
        for version in latest.values()
        for slug in markdown.articles_in(f"{version.short}\n\n{version.body}"[: markdown.MOST_CHARACTERS])
    }
    known = _known({slug for _language, slug in linked})
    broken = ((language, slug, _why_broken(article, known.get(slug))) for language, slug in sorted(linked))
    return [BrokenLink(language, slug, why) for language, slug, why in broken if why]


def _known(slugs: Collection[str]) -> dict[str, Article]:
    published = Exists(ArticleVersion.objects.filter(article=OuterRef("pk"), state=ArticleVersion.State.PUBLISHED))
    return {article.slug: article for article in Article.objects.filter(slug__in=slugs).annotate(published=published)}


def _why_broken(article: Article, target: Article | None) -> str:
    if target is None:
        return _("Artiklen findes ikke.")
    if target.withdrawn_at is not None:
        return _("Artiklen er trukket tilbage.")
    if not getattr(target, "published", False):
        return _("Artiklen er ikke udgivet endnu.")
    width = list(Audience)
    if width.index(Audience(target.audience)) > width.index(Audience(article.audience)):
        return _("Artiklen må læses af færre end dem, der må læse denne.")
    return ""


# --- Changing ----------------------------------------------------------------------------------


@transaction.atomic
def create(
    *,
    slug: str,
    unit: Unit,
    owner: Person | None,
    approver: Person | None,
    service: Service | None,
    purposes: Iterable[Purpose],
    audience: str,
    review_on: date | None,
    elsewhere: bool = False,
    by: Actor,
    at: datetime,
) -> Article:
    """Create an article without a version. Without `review_on`, the policy sets the date. Raises RefusedChange, by
    field."""
    article = Article(
        slug=slug.strip(), unit=unit, owner=owner, approver=approver, service=service, audience=audience,
        elsewhere=elsewhere, review_on=review_on or policy.next_review(day_of(at)), created_at=at,
    )  # fmt: skip
    _refuse_slug(article.slug)
    _refuse(article, at)
    taken = {"knowledge_article_slug_key": ("slug", _("Der er allerede en artikel med den adresse."))}
    with collisions.refused_in_words(RefusedChange, taken):
        article.save()
    article.purposes.set(purposes)
    record_change("article.create", article, by=by, at=at, after=described(article))
    return article


@transaction.atomic
def begin(*, title: str, body: str = "", reason: str = "", by: Person, at: datetime, **about: Any) -> ArticleVersion:
    """Create an article and its Danish draft with a title. `about` holds the arguments of `create`. Raises
    RefusedChange."""
    draft = versions.draft(create(**about, by=by, at=at), language=Language.DANISH, by=by, at=at)
    return versions.save(
        draft, title=title, short="", body=body, words=(), links=(), reason=reason, revision=draft.revision,
        by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def begin_for_task(task: Task, *, slug: str, title: str, by: Person, at: datetime) -> ArticleVersion:
    """Create an article for a task about a missing answer; its draft begins with the question.

    The task is closed when the draft is published. Raises RefusedChange by field, and when no unit is known for the
    subject.
    """
    task = Task.objects.select_for_update(of=("self",)).select_related("unit", "service__unit", "owner").get(pk=task.pk)
    unit = task.unit or (task.service.unit if task.service else None)
    if task.done_at is not None:
        raise RefusedChange({"": _("Opgaven er allerede løst.")})
    if unit is None:
        raise RefusedChange({"unit": _("Vælg først, hvilken enhed spørgsmålet hører til.")})
    draft = begin(
        title=title, body=_quoted(task.question), reason=shorten(task.question, 300) if task.question else "",
        slug=slug, unit=unit, owner=task.owner or by, approver=None, service=task.service, purposes=(),
        audience=Audience.EVERYONE, review_on=None, by=by, at=at,
    )  # fmt: skip
    task.article, task.version = draft.article, draft
    task.save(update_fields=["article", "version"])
    mark_tasks(task.owner)
    return draft


@transaction.atomic
def describe(
    article: Article,
    *,
    unit: Unit,
    owner: Person | None,
    approver: Person | None,
    service: Service | None,
    purposes: Iterable[Purpose],
    audience: str,
    review_on: date | None,
    elsewhere: bool | None = None,
    by: Actor,
    at: datetime,
) -> Article:
    """Change an article's subject, readers and responsible people. Raises RefusedChange, by field.

    `elsewhere` says that somebody else answers these questions; None leaves it unchanged. Only a person who may approve
    for the unit may change the audience of a published article.
    """
    article = _locked(article)
    before = described(article)
    changed_audience = audience != article.audience or (unit != article.unit and audience == Audience.UNIT)
    if changed_audience and isinstance(by, Person):
        _refuse_audience(article, unit, by, at)
    article.unit, article.owner, article.approver, article.service = unit, owner, approver, service
    article.audience, article.review_on = audience, review_on or article.review_on
    article.elsewhere = article.elsewhere if elsewhere is None else elsewhere
    _refuse(article, at)
    article.save()
    article.purposes.set(purposes)
    after = described(article)
    changed = {name for name in after if after[name] != before[name]}
    if changed:
        record_change(
            "article.change", article, by=by, at=at, shown=article,
            before={name: before[name] for name in changed}, after={name: after[name] for name in changed},
        )  # fmt: skip
    return article


@transaction.atomic
def withdraw(article: Article, *, because: str, by: Actor, at: datetime) -> Article:
    """Withdraw the article from all readers. Raises RefusedChange without a reason, and when it is withdrawn
    already."""
    article = _locked(article)
    because = " ".join(because.split())
    if not because or len(because) > 300:
        raise RefusedChange({"because": _("Skriv på højst 300 tegn, hvorfor artiklen trækkes tilbage.")})
    if article.withdrawn_at is not None:
        raise RefusedChange({"": _("Artiklen er allerede trukket tilbage.")})
    article.withdrawn_at, article.withdrawn_because = at, because
    article.save(update_fields=["withdrawn_at", "withdrawn_because"])
    record_change("article.withdraw", article, by=by, at=at, why=because, shown=article)
    return article


@transaction.atomic
def bring_back(article: Article, *, by: Person, at: datetime) -> ArticleVersion | None:
    """Put a withdrawn article back in force, unchanged. Raises RefusedChange when it is not withdrawn.

    A person who may approve for the unit does this at once (returns None). For anybody else, an unchanged version goes
    in review.
    """
    article = _locked(article)
    if article.withdrawn_at is None:
        raise RefusedChange({"": _("Artiklen er ikke trukket tilbage.")})
    if access.may(by, Permission.APPROVE_KNOWLEDGE, article.unit, day_of(at)):
        versions.end_withdrawal(article, by=by, at=at)
        return None
    draft = versions.draft(article, language=Language.DANISH, by=by, at=at)
    return draft if draft.state == draft.State.IN_REVIEW else versions.submit(draft, by=by, at=at)


def described(article: Article) -> Mapping[str, Any]:
    """The facts of an article that the audit trail keeps."""
    return {
        "unit": article.unit.code,
        "owner": article.owner.username if article.owner else None,
        "approver": article.approver.username if article.approver else None,
        "service": article.service.code if article.service else None,
        "purposes": sorted(purpose.code for purpose in article.purposes.all()),
        "audience": str(article.audience),
        "elsewhere": article.elsewhere,
        "review_on": article.review_on.isoformat(),
    }


def _locked(article: Article) -> Article:
    return (
        Article.objects.select_for_update(of=("self",))
        .select_related("unit", "owner", "approver", "service")
        .get(pk=article.pk)
    )


def _refuse_slug(slug: str) -> None:
    if not article_files.is_slug(slug):
        raise RefusedChange({"slug": _("Adressen må kun rumme a-z, 0-9 og bindestreg, og højst 120 tegn.")})
    if Article.objects.filter(slug=slug).exists():
        raise RefusedChange({"slug": _("Der er allerede en artikel med den adresse.")})


def _refuse(article: Article, at: datetime) -> None:
    wrong: dict[str, str | Promise] = {}
    if article.audience not in Audience.values:
        wrong["audience"] = _("Vælg, hvem der må læse artiklen.")
    if article.approver and not access.may(article.approver, Permission.APPROVE_KNOWLEDGE, article.unit, day_of(at)):
        wrong["approver"] = _("%(name)s må ikke godkende for %(unit)s.") % {
            "name": article.approver.name,
            "unit": article.unit.name,
        }
    if wrong:
        raise RefusedChange(wrong)


def _refuse_audience(article: Article, unit: Unit, by: Person, at: datetime) -> None:
    published = article.versions.filter(state=ArticleVersion.State.PUBLISHED).exists()
    allowed = all(access.may(by, Permission.APPROVE_KNOWLEDGE, each, day_of(at)) for each in (article.unit, unit))
    if published and not allowed:
        raise RefusedChange({"audience": _("Kun den, der godkender, kan ændre, hvem der må læse en udgivet artikel.")})


def _quoted(question: str) -> str:
    """The question as a Markdown quotation."""
    return "\n".join(f"> {line}" for line in question.splitlines())
