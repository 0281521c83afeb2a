"""Search in comments, by PostgreSQL's Danish words."""

from __future__ import annotations

from django.contrib.postgres.search import SearchQuery, SearchVector
from django.db.models import Q, QuerySet

from indgang.feedback.follow_up_models import CommentTag
from indgang.feedback.models import Comment

#: the expression of the index `feedback_comment_words`
_WORDS = SearchVector("text", config="danish")


def matching(comments: QuerySet[Comment], text: str) -> QuerySet[Comment]:
    """The comments with all words of the text in any form; "…" is a phrase, - leaves a word out, `or` is either."""
    if not text.strip():
        return comments
    query = SearchQuery(text, search_type="websearch", config="danish")
    found: QuerySet[Comment] = comments.annotate(words=_WORDS).filter(words=query)
    return found


def about(comments: QuerySet[Comment], service: int) -> QuerySet[Comment]:
    """The comments that were asked about the service, or are tagged with it by a person."""
    tagged = CommentTag.objects.filter(service=service, state=CommentTag.State.CONFIRMED).values("comment")
    found: QuerySet[Comment] = comments.filter(Q(response__service=service) | Q(pk__in=tagged))
    return found
