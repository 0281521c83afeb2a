"""'Hjalp siden?': counted without knowing who answers, and without a cookie.

The form carries a signed name of the version it stands under, so that nothing else can be counted up; a form sent from
somebody else's page is refused by where the browser says it comes from. Whoever sends it again is thanked, not counted.
"""

from __future__ import annotations

from datetime import datetime

from django.core import signing
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from indgang.core.clock import day_of
from indgang.knowledge.models import ArticleVersion, Helpfulness
from indgang.portal.visitors import Allowance

_SALT = "indgang.portal.votes"
#: a visitor counts once in an hour for a page, and so many times in all
_AGAIN = Allowance(1, 3600.0)
_ALTOGETHER = Allowance(30, 3600.0)


def token(version: ArticleVersion) -> str:
    """What the form of this version carries. The same for everybody: it belongs to the page, not to the reader."""
    return signing.Signer(salt=_SALT).sign(str(version.pk))


def version_of(text: str) -> int | None:
    """The version a token was made for; None for a made-up one."""
    try:
        return int(signing.Signer(salt=_SALT).unsign(text[:200]))
    except (signing.BadSignature, ValueError):
        return None


def is_ours(request: HttpRequest) -> bool:
    """Whether the browser says that the form was sent from our own page. Old browsers say nothing and are believed."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin in (None, f"{request.scheme}://{request.get_host()}")


def counts(request: HttpRequest, version: int) -> bool:
    """Whether this answer counts, or the visitor has answered here before or too often."""
    return _AGAIN.take(request, version) and _ALTOGETHER.take(request)


@transaction.atomic
def count(version: ArticleVersion, *, helped: bool, at: datetime) -> None:
    """One more reader of the version who said so on this day."""
    row, _ = Helpfulness.objects.get_or_create(version=version, day=day_of(at))
    if helped:
        Helpfulness.objects.filter(pk=row.pk).update(yes=F("yes") + 1)
    else:
        Helpfulness.objects.filter(pk=row.pk).update(no=F("no") + 1)
