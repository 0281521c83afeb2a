"""Tags of comments: services that a comment's words name. The rule proposes, a person confirms or rejects."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue.models import Service
from indgang.core.clock import day_of
from indgang.feedback.follow_up_models import CommentTag
from indgang.feedback.models import Comment
from indgang.knowledge.search import analysis, spelling

#: services that are proposed for one comment, those with most words first
MOST_PROPOSED = 3
#: how long a process relies on its last reading of the services' words
_SECONDS = 60.0

#: the terms of a service, each a set of word families
Terms = frozenset[frozenset[str]]
_lock = threading.Lock()
_known: tuple[float, Mapping[int, Terms]] | None = None


def terms_of(words: Iterable[str]) -> Terms:
    """The families of each term: of "borde og stole" those of *bord* and *stol*."""
    found = (families(each) for each in words)
    return frozenset(each for each in found if each)


def families(text: str, language: str = "da") -> frozenset[str]:
    """The families of the words of a text, without stop words."""
    forms = (token.form for token in spelling.tokens(text))
    kept = (form for form in forms if not analysis.is_stop_word(form, language))
    return frozenset(analysis.word(form, language).family for form in kept)


def proposals(text: str, services: Mapping[int, Terms]) -> list[int]:
    """The services that the text names, those with most of their terms in it first."""
    said = families(text)
    counts = {service: sum(term <= said for term in terms) for service, terms in services.items()}
    named = sorted((service for service, count in counts.items() if count), key=lambda each: (-counts[each], each))
    return named[:MOST_PROPOSED]


def propose(comment: Comment) -> None:
    """Propose the services that the comment names, once; not the one that it was asked about."""
    if not comment.text or comment.tags.exists():
        return
    found = proposals(comment.text, _services(comment.at))
    rows = [CommentTag(comment=comment, service_id=each) for each in found if each != comment.response.service_id]
    CommentTag.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def decide(tag: CommentTag, *, confirmed: bool, by: Person, at: datetime) -> CommentTag:
    """Confirm or reject a tag. A later decision takes the place of an earlier one."""
    locked = CommentTag.objects.select_for_update(of=("self",)).select_related("service").get(pk=tag.pk)
    state = CommentTag.State.CONFIRMED if confirmed else CommentTag.State.REJECTED
    if locked.state == state:
        return locked
    before = trail.values_of(locked, ("state",))
    locked.state, locked.decided_by, locked.decided_at = state, by, at
    locked.save(update_fields=["state", "decided_by", "decided_at"])
    after = trail.values_of(locked, ("state",))
    trail.record(by=by, at=at, action="commenttag.decide", target=locked, before=before, after=after)
    return locked


@transaction.atomic
def add(comment: Comment, service: Service, *, by: Person, at: datetime) -> CommentTag:
    """Tag a comment by hand; confirmed at once."""
    tag, _is_new = CommentTag.objects.get_or_create(comment=comment, service=service)
    return decide(tag, confirmed=True, by=by, at=at)


def _services(at: datetime) -> Mapping[int, Terms]:
    """The terms of today's services, read at most once a minute."""
    global _known
    with _lock:
        if _known is None or time.monotonic() > _known[0]:
            rows = Service.objects.valid_on(day_of(at)).values_list("pk", "name", "public_name", "keywords")
            read = {pk: terms_of([name, public, *keywords.split(",")]) for pk, name, public, keywords in rows}
            _known = (time.monotonic() + _SECONDS, read)
        return _known[1]


def forget() -> None:
    """Read the services anew next time."""
    global _known
    with _lock:
        _known = None
