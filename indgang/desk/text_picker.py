"""What can be put into an answer at the cursor: reply texts, and articles with their text or their address."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.conf import settings

from indgang.accounts.access import may
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.core.clock import day_of
from indgang.core.text import ID_DIGITS, whole_number
from indgang.correspondence.models import ReplyText, Thread
from indgang.correspondence.texts import fields, finding, signatures, values, writing
from indgang.correspondence.texts.fields import FilledText, InsertedText
from indgang.desk.reading import Reading
from indgang.enquiries import knowledge_use
from indgang.enquiries.models import ArticleUse, Channel
from indgang.knowledge import articles, markdown
from indgang.knowledge.models import ArticleVersion, SearchDocument
from indgang.knowledge.search import find

#: the lines of each kind in the list
MOST_TEXTS, MOST_ARTICLES = 12, 5
#: characters of an answer that is sent to have something put into it
LONGEST = 200_000


def picked(data: Any) -> str | None:
    """What the form of an answer wants inserted: what the pressed button names, or with the button of the choice what
    is chosen there; None when no such button was pressed, and "" when nothing was chosen."""
    pressed = str(data.get("picks", ""))
    if not pressed:
        return None
    return str(data.get("pick", "")) if pressed == "yes" else pressed


class UnknownPick(LookupError):
    """What was picked is not there, or not for this enquiry."""


@dataclass(frozen=True, slots=True)
class ArticleLine:
    """An article in the list. `has_link`: everybody can read it on the public site."""

    slug: str
    title: str
    said: str
    has_link: bool
    in_danish: bool


class TextPicker:
    """The list for one written enquiry; `asked` is what is typed."""

    def __init__(self, thread: Thread, *, by: Person, at: datetime, asked: str = "") -> None:
        self.thread, self.by, self.at, self.asked = thread, by, at, asked.strip()

    @cached_property
    def texts(self) -> list[ReplyText]:
        """All reply texts for the enquiry, the most used first."""
        return finding.for_thread(self.thread, by=self.by, on=day_of(self.at))

    @cached_property
    def found(self) -> list[ReplyText]:
        return finding.matching(self.texts, self.asked)[:MOST_TEXTS]

    @property
    def codes(self) -> str:
        """The codes as JSON, for the page that expands them."""
        return json.dumps(sorted({each.code for each in self.texts}))

    @cached_property
    def read(self) -> list[ArticleUse]:
        """The articles that were opened or used for the enquiry."""
        return list(knowledge_use.used_for(self.thread.enquiry_id)[:MOST_ARTICLES])

    @cached_property
    def articles(self) -> list[ArticleLine]:
        """The articles that match in the language of the contact; with nothing typed those that were read."""
        if not may(self.by, Permission.READ_KNOWLEDGE):
            return []
        if not self.asked:
            return [self._line(each.version) for each in self.read]
        hits = find.find(
            self.asked, language=self.thread.language, person=self.by, at=self.at,
            kinds=[SearchDocument.Kind.ARTICLE.value], limit=MOST_ARTICLES,
        ).hits  # fmt: skip
        versions = {version.article.slug: version for version in self._versions([hit.key for hit in hits])}
        return [self._line(versions[hit.key]) for hit in hits if hit.key in versions]

    @property
    def count(self) -> int:
        return len(self.found) + len(self.articles)

    # --- inserting -------------------------------------------------------------------------------

    def insert(self, pick: str, into: str, start: int, end: int) -> InsertedText:
        """The answer with what was picked: `text:12`, `code:tak`, `article:altan` or `link:altan`. It counts as used.

        Raises UnknownPick.
        """
        kind, _colon, key = pick.replace("\x00", "").partition(":")
        if kind in ("article", "link"):
            filled, is_whole = FilledText(self._article(key, as_link=kind == "link")), False
        else:
            text = self._text(kind, key)
            known = values.of_thread(self.thread, by=self.by, at=self.at, language=text.language)
            filled = fields.fill(text.body, known, language=text.language)
            is_whole = text.kind == ReplyText.Kind.ANSWER
            writing.note_use(text, at=self.at)
        return fields.insert(filled, into, start, end, is_whole=is_whole)

    def append(self, pick: str, into: str) -> str:
        """The same below what is typed, for a page without JavaScript."""
        typed = into.rstrip()
        typed += "\n\n" if typed else ""
        return self.insert(pick, typed, len(typed), len(typed)).text

    def _text(self, kind: str, key: str) -> ReplyText:
        if kind == "code":
            found = finding.by_code(self.texts, key, self.thread.language)
        else:
            number = whole_number(key, ID_DIGITS)
            found = next((each for each in self.texts if kind == "text" and each.pk == number), None)
        if found is None:
            raise UnknownPick
        return found

    def _article(self, slug: str, *, as_link: bool) -> str:
        version = next(iter(self._versions([slug])), None)
        if version is None or not may(self.by, Permission.READ_KNOWLEDGE):
            raise UnknownPick
        address = self._reading(version).path_for_everybody
        if as_link and not address:
            raise UnknownPick
        knowledge_use.used(self.thread.enquiry, version, on=True, by=self.by, at=self.at)
        if as_link:
            return f"{version.title}\n{settings.PUBLIC_URL}{address}"
        is_long = self.thread.channel not in (Channel.CHAT, Channel.SMS)
        return version_text(version) if is_long else markdown.plain(version.short).strip()

    # --- articles --------------------------------------------------------------------------------

    def _versions(self, slugs: list[str]) -> list[ArticleVersion]:
        readable = articles.readable_by(self.by, at=self.at).filter(slug__in=slugs)
        return list(articles.versions_for(readable, language=self.thread.language, at=self.at).values())

    def _reading(self, version: ArticleVersion) -> Reading:
        return Reading(version.article, version, reader=self.by, at=self.at, enquiry=self.thread.enquiry)

    def _line(self, version: ArticleVersion) -> ArticleLine:
        return ArticleLine(
            slug=version.article.slug, title=version.title, said=markdown.plain(version.short),
            has_link=bool(self._reading(version).path_for_everybody),
            in_danish=version.language != self.thread.language,
        )  # fmt: skip


def signature_of(thread: Thread, by: Person) -> str:
    """What stands below the person's answer; empty when it is no mail."""
    return signatures.of(thread.mailbox, by, language=thread.language) if thread.mailbox else ""


def version_text(version: ArticleVersion) -> str:
    """The article as it stands in an answer: plain text, the short answer first."""
    parts = (markdown.plain(version.short), markdown.plain(version.body))
    return "\n\n".join(part.strip() for part in parts if part.strip())
