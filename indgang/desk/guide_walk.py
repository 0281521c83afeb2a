"""A guide in use at the desk: the present step and the path to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.urls import reverse
from django.utils.safestring import SafeString

from indgang.accounts.models import Person
from indgang.knowledge import articles, guides, markdown
from indgang.knowledge.guides import Step, Taken
from indgang.knowledge.models import ArticleVersion, GuideVersion


@dataclass(frozen=True, slots=True)
class Way:
    """A choice: its words, and the path that it leads to, as in the address."""

    text: str
    path: str


class Walk:
    """One guide, walked along `path` (numbers of answers). Raises guides.WrongPath for an invalid path."""

    def __init__(self, version: GuideVersion, path: Sequence[int], *, reader: Person, at: datetime) -> None:
        self.version, self.guide, self.path = version, version.guide, list(path)
        self.reader, self.at = reader, at
        self.tree = guides.parse(version.definition)
        self.taken: list[Taken] = guides.walk(self.tree, self.path)

    @property
    def step(self) -> Step:
        return self.taken[-1].step

    @property
    def text(self) -> SafeString:
        return self._rendered(self.step.text)

    @property
    def intro(self) -> SafeString:
        return self._rendered(self.tree.intro) if not self.path else SafeString("")

    @property
    def result(self) -> str:
        """The id of the end that was reached; empty before the end."""
        return self.step.id if self.step.is_end else ""

    @property
    def ways(self) -> list[Way]:
        """The answers of a question, or the one way on from a checklist."""
        if isinstance(self.step, guides.QuestionStep):
            return [Way(answer.text, self._path([*self.path, n])) for n, answer in enumerate(self.step.answers)]
        return [Way("", self._path([*self.path, 0]))] if self.step.ways else []

    @property
    def trail(self) -> list[tuple[str, str, str]]:
        """(question, answer, path back to it) of each earlier step."""
        before = enumerate(self.taken[:-1])
        return [(markdown.plain(each.step.text), each.words, self._path(self.path[:n])) for n, each in before]

    @cached_property
    def articles(self) -> list[ArticleVersion]:
        """Further articles about the result that the reader may read."""
        slugs = self.step.articles if isinstance(self.step, guides.ResultStep) else ()
        if not slugs:
            return []
        readable = articles.readable_by(self.reader, at=self.at).filter(slug__in=slugs)
        said = articles.versions_for(readable, language=self.version.language, at=self.at).values()
        return sorted(said, key=lambda version: slugs.index(version.article.slug))

    @property
    def for_note(self) -> str:
        """Result and path in words, for the note of a registration."""
        way = "; ".join(f"{question} {answer}".strip() for question, answer, _path in self.trail if answer)
        said = [f"{self.version.title}: {markdown.plain(self.step.text)}"]
        if isinstance(self.step, guides.ChecklistStep):
            said += [f"- {item}" for item in self.step.items]
        return "\n".join([*said, f"({way})"] if way else said)

    def _path(self, path: Sequence[int]) -> str:
        return guides.path_text(path)

    def _rendered(self, text: str) -> SafeString:
        readable = set(articles.readable_by(self.reader, at=self.at).filter(
            slug__in=markdown.articles_in(text)).values_list("slug", flat=True))  # fmt: skip
        return markdown.render(
            text, link_to_article=lambda slug: reverse("desk:article", args=[slug]) if slug in readable else "", top=4
        )
