"""An article at the desk: the short answer first, the rest folded, and the actions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.safestring import SafeString

from indgang.accounts.models import Person
from indgang.catalogue.models import Purpose
from indgang.core.clock import day_of
from indgang.enquiries import knowledge_use
from indgang.enquiries.models import ArticleUse, Enquiry
from indgang.knowledge import articles, attachments, markdown
from indgang.knowledge.models import Article, ArticleVersion, Attachment, Audience, is_overdue
from indgang.messaging.sms import gateways


class Reading:
    """One article for one reader, in the version in force; `top` is the level of its highest headings."""

    def __init__(
        self, article: Article, version: ArticleVersion, *, reader: Person, at: datetime, enquiry: Enquiry | None = None
    ) -> None:
        self.article, self.version, self.reader, self.at, self.enquiry = article, version, reader, at, enquiry
        self.top = 4

    # --- what it says ----------------------------------------------------------------------------

    @property
    def short(self) -> SafeString:
        return self._rendered(self.version.short)

    @property
    def body(self) -> SafeString:
        return self._rendered(self.version.body)

    @property
    def to_read_aloud(self) -> str:
        """The plain text without markup and addresses, to read aloud or send."""
        return markdown.plain(self.version.short)

    @property
    def links(self) -> list[Mapping[str, Any]]:
        return [link for link in self.version.links if link.get("url")]

    @cached_property
    def attachments(self) -> list[Attachment]:
        return list(attachments.shown_with(self.version))

    @property
    def overdue(self) -> bool:
        return is_overdue(self.article, self._day)

    @cached_property
    def other_languages(self) -> list[tuple[str, str]]:
        """(code, name) of the other languages of the article."""
        rows = ArticleVersion.objects.in_force(self.at).filter(article=self.article).exclude(pk=self.version.pk)
        return [(row.language, row.get_language_display()) for row in rows.only("language")]

    @property
    def url(self) -> str:
        """The address of the article for the same enquiry and language."""
        said = {"language": self.version.language} | ({"enquiry": str(self.enquiry.pk)} if self.enquiry else {})
        return f"{reverse('desk:article', args=[self.article.slug])}?{urlencode(said)}"

    @property
    def public_path(self) -> str:
        """Its address on the public site, or the staff page when it is not public."""
        return self.path_for_everybody or reverse("desk:article", args=[self.article.slug])

    @property
    def path_for_everybody(self) -> str:
        """Its address on the public site; empty when it has none."""
        if self.article.audience != Audience.EVERYONE:
            return ""
        try:
            name = "portal-en:article" if self.version.language == "en" else "portal:article"
            return reverse(name, args=[self.article.slug])
        except NoReverseMatch:
            return ""  # an installation without the public site

    @property
    def can_be_sent(self) -> bool:
        """Whether an SMS with a link from it can be sent to whoever is in hand."""
        return self.enquiry is not None and gateways.is_there() and bool(self.path_for_everybody or self.links)

    # --- what it is for --------------------------------------------------------------------------

    @cached_property
    def use(self) -> ArticleUse | None:
        """Whether the article was used for the enquiry in hand."""
        if self.enquiry is None:
            return None
        return knowledge_use.used_for(self.enquiry).filter(version=self.version).first()

    @property
    def used(self) -> bool:
        return self.use is not None and self.use.used

    @cached_property
    def purpose(self) -> Purpose | None:
        """The purpose that the article suggests for a registration, when it has exactly one."""
        found = list(self.article.purposes.all()[:2])
        return found[0] if len(found) == 1 else None

    # --- within ----------------------------------------------------------------------------------

    @property
    def _day(self) -> date:
        return day_of(self.at)

    def _rendered(self, text: str) -> SafeString:
        return markdown.render(text, link_to_article=self._article_url, link_to_attachment=self._file_url, top=self.top)

    def _article_url(self, slug: str) -> str:
        return reverse("desk:article", args=[slug]) if slug in self._readable else ""

    def _file_url(self, name: str) -> str:
        known = {attachment.name for attachment in self.attachments}
        return reverse("desk:article-file", args=[self.article.slug, name]) if name in known else ""

    @cached_property
    def _readable(self) -> set[str]:
        linked = markdown.articles_in(f"{self.version.short}\n\n{self.version.body}")
        if not linked:
            return set()
        found = articles.readable_by(self.reader, at=self.at).filter(slug__in=linked)
        return set(found.values_list("slug", flat=True))
