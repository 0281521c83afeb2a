"""The articles on the card of a hand-over, as links for who receives it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from indgang.accounts.models import Person
from indgang.enquiries import knowledge_use
from indgang.enquiries.models import ArticleUse
from indgang.knowledge import articles

#: the most articles that a card shows
MOST_ARTICLES = 10


def of(enquiry: UUID, *, reader: Person, at: datetime) -> list[ArticleUse]:
    """The articles that were used or read for the answer, as far as `reader` may open them."""
    readable = articles.readable_by(reader, at=at)
    return list(knowledge_use.used_for(enquiry).filter(version__article__in=readable)[:MOST_ARTICLES])
