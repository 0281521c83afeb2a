"""Reviews: on a set day, the owner of an article confirms that it is still right."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from indgang.accounts.models import Person
from indgang.audit.trail import System
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.knowledge import articles, policy
from indgang.knowledge.changes import mark_tasks, record_change
from indgang.knowledge.models import Article, ArticleVersion
from indgang.knowledge.responsible import answers_for
from indgang.messaging import mail

logger = logging.getLogger(__name__)

_REMINDER = System("knowledge reviews")


def due(on: date) -> QuerySet[Article]:
    """Articles in use whose review is due, oldest first."""
    published = ArticleVersion.objects.filter(article=OuterRef("pk"), state=ArticleVersion.State.PUBLISHED)
    in_use = Article.objects.filter(Exists(published), withdrawn_at__isnull=True, review_on__lte=on)
    return in_use.select_related("owner", "unit", "service").order_by("review_on", "slug")


@transaction.atomic
def confirm(article: Article, *, by: Person, at: datetime) -> Article:
    """Record that the article was reviewed and is right; the policy gives the next date. Raises RefusedChange."""
    article = Article.objects.select_for_update(of=("self",)).select_related("owner").get(pk=article.pk)
    if article.withdrawn_at is not None:
        raise RefusedChange({"": _("Artiklen er trukket tilbage.")})
    before, article.review_on = article.review_on, policy.next_review(day_of(at))
    article.save(update_fields=["review_on"])
    record_change(
        "article.confirm", article, by=by, at=at, shown=article,
        before={"review_on": before.isoformat()}, after={"review_on": article.review_on.isoformat()},
    )  # fmt: skip
    mark_tasks(article.owner)
    return article


@transaction.atomic
def remind(*, at: datetime) -> int:
    """Remind the owners of due articles, with one mail each and once per due day. Returns the number of mails.

    An article whose owner may not write goes to the coordinator of its unit; without a coordinator it only stays on the
    list.
    """
    day = day_of(at)
    lists: dict[Person, list[Article]] = defaultdict(list)
    unsaid = due(day).filter(Q(reminded_on__isnull=True) | Q(reminded_on__lt=F("review_on")))
    for article in unsaid.select_for_update(of=("self",), skip_locked=True):
        reader = answers_for(article, article.unit, day)
        if reader is not None and reader.email:
            lists[reader].append(article)
    return sum(_write_to(reader, theirs, at=at) for reader, theirs in lists.items())


def _write_to(reader: Person, theirs: Sequence[Article], *, at: datetime) -> bool:
    """Queue the mail; False when the reader's address is invalid."""
    titles = articles.versions_for(theirs, language=reader.language, at=at)
    with translation.override(reader.language):
        lines = [
            f"- {titles[each.pk].title if each.pk in titles else each.slug} ({each.review_on:%d.%m.%Y})"
            for each in theirs
        ]
        subject = _("%(count)s artikler skal læses igennem") % {"count": len(theirs)}
        if len(theirs) == 1:
            subject = _("En artikel skal læses igennem")
        said = [
            _("Hej %(name)s") % {"name": reader.name},
            ngettext("Du har ansvaret for denne artikel i vidensbasen, og nu skal den læses igennem:",
                     "Du har ansvaret for disse artikler i vidensbasen, og nu skal de læses igennem:", len(theirs)),
            "\n".join(lines),
            _("Ret det, der har ændret sig, eller bekræft, at det stadig passer. Indtil da kan medarbejderne se, at "
              "artiklen venter på at blive læst igennem."),
        ]  # fmt: skip
    try:
        mail.send(to=reader.email, subject=subject, text="\n\n".join(said) + "\n")
    except mail.BadAddress:
        logger.warning("no review mail to person %s: the address cannot be used", reader.pk)
        return False
    for article in theirs:
        article.reminded_on = day_of(at)
        article.save(update_fields=["reminded_on"])
        record_change("article.remind", article, by=_REMINDER, at=at, after={"to": reader.username})
    return True
