"""'Hjalp siden?': votes without identity and without a cookie.

The form carries a signed token of its version, so no other version can be voted for. A form sent from another site's
page is refused by the origin that the browser sends. A repeated vote is thanked for but not counted.
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
#: a visitor counts once an hour for a page, up to a total
_AGAIN = Allowance(1, 3600.0)
_ALTOGETHER = Allowance(30, 3600.0)


def token(version: ArticleVersion) -> str:
    """The token for the form of this version. It belongs to the page, so it is the same for all readers."""
    return signing.Signer(salt=_SALT).sign(str(version.pk))


def version_of(text: str) -> int | None:
    """The version of a token; None for a forged one."""
    try:
        return int(signing.Signer(salt=_SALT).unsign(text[:200]))
    except (signing.BadSignature, ValueError):
        return None


def is_ours(request: HttpRequest) -> bool:
    """Whether the browser says that the form comes from our own page. Old browsers send no origin and are accepted."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = request.headers.get("Origin")
    return origin in (None, f"{request.scheme}://{request.get_host()}")


def counts(request: HttpRequest, version: int) -> bool:
    """Whether this vote counts; False when the visitor has voted here before or too often."""
    return _AGAIN.take(request, version) and _ALTOGETHER.take(request)


@transaction.atomic
def count(version: ArticleVersion, *, helped: bool, at: datetime) -> None:
    """Add one vote for the version on this day."""
    row, _ = Helpfulness.objects.get_or_create(version=version, day=day_of(at))
    if helped:
        Helpfulness.objects.filter(pk=row.pk).update(yes=F("yes") + 1)
    else:
        Helpfulness.objects.filter(pk=row.pk).update(no=F("no") + 1)
