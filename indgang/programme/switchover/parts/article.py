"""An article in one language. The name is `slug da`; the value is a digest of the text that readers have."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from indgang.core.refusals import RefusedChange
from indgang.knowledge import articles, versions, wording
from indgang.knowledge.models import Article, ArticleVersion
from indgang.programme.switchover.parts.place import Switcher, SwitchPlace, digest

_State = ArticleVersion.State


def name_of(version: ArticleVersion) -> str:
    return f"{version.article.slug} {version.language}"


def value_of(version: ArticleVersion) -> str:
    return digest(wording.of(version).fields())


def present(name: str, place: SwitchPlace) -> str:
    version = _in_force(name, place)
    return value_of(version) if version else ""


def lock(name: str) -> None:
    """Let nobody publish until the transaction ends."""
    Article.objects.select_for_update(of=("self",)).get(slug=name.split(" ")[0])


def put(name: str, value: str, place: SwitchPlace, who: Switcher) -> None:
    """Publish what waits for approval and has this value, or the earlier version that has it; "" withdraws the
    article. Raises RefusedChange."""
    slug, language = name.split(" ")
    article = Article.objects.get(slug=slug)
    if not value:
        articles.withdraw(article, because=who.note, by=who.by, at=place.at)
        return
    found = _with_value(article, language, value)
    if found is None:
        raise RefusedChange({"": _("Artiklen “%(title)s” har ikke den tekst mere.") % {"title": article}})
    if found.state == _State.IN_REVIEW:
        versions.approve(found, publish_from=place.at, note=who.note, by=who.by, at=place.at)
    else:
        versions.publish_again(found, reason=who.note, by=who.by, at=place.at)


def words(name: str, value: str, place: SwitchPlace) -> str:
    if not value:
        return _("Ikke udgivet")
    slug, language = name.split(" ")
    found = _with_value(Article.objects.get(slug=slug), language, value, place.at)
    return _("Version %(number)s") % {"number": found.number} if found else _("En tekst, der er væk")


def shown(name: str) -> str:
    slug, _space, language = name.partition(" ")
    title = str(Article.objects.get(slug=slug))
    return f"{title} ({_('engelsk')})" if language == "en" else title


def who_changed(name: str, place: SwitchPlace) -> str:
    """Who published the text in force, or wrote it."""
    version = _in_force(name, place)
    by = (version.decided_by or version.created_by) if version else None
    return by.audit_label if by else ""


def _in_force(name: str, place: SwitchPlace) -> ArticleVersion | None:
    slug, language = name.split(" ")
    rows = ArticleVersion.objects.in_force(place.at).select_related("decided_by", "created_by")
    return rows.filter(article__slug=slug, language=language).first()


def _with_value(article: Article, language: str, value: str, until: datetime | None = None) -> ArticleVersion | None:
    """The version in review, or else the latest published one, that has the text: of those that were published at that
    moment, where there are any."""
    rows = article.versions.filter(language=language, state__in=(_State.IN_REVIEW, _State.PUBLISHED))
    with_text = [each for each in rows.select_related("article") if value_of(each) == value]
    return max(with_text, key=lambda each: _rank(each, until), default=None)


def _rank(version: ArticleVersion, until: datetime | None) -> tuple[bool, bool, int]:
    since = version.published_from
    was_there = until is None or (since is not None and since <= until)
    return version.state == _State.IN_REVIEW, was_there, version.number
