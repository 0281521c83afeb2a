"""'Hjalp siden?': counted without knowing who answers, and without a cookie.

The form carries a signed name of the version it stands under, so that nothing else can be counted up; a form sent from
somebody else's page is refused by where the browser says it comes from. Whoever sends it again is thanked, not counted.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections import OrderedDict
from datetime import datetime

from django.core import signing
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest

from indgang.core.client_addresses import counted_as
from indgang.core.clock import day_of
from indgang.knowledge.models import ArticleVersion, Helpfulness

_SALT = "indgang.portal.votes"
#: the same address counts once in this time for a page, and so many times in all
AGAIN_SECONDS = 3600.0
MOST_AN_HOUR = 30
#: addresses are told apart by a keyed hash that dies with the process
_key = os.urandom(32)
_seen: OrderedDict[bytes, list[float]] = OrderedDict()
_lock = threading.Lock()


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
    """Whether this answer counts, or the address has answered here before or too often."""
    address = counted_as(request.META.get("REMOTE_ADDR", ""))
    whole = hashlib.blake2b(address.encode(), key=_key, digest_size=12).digest()
    here = hashlib.blake2b(f"{address} {version}".encode(), key=_key, digest_size=12).digest()
    with _lock:
        return _fewer(here, 1) and _fewer(whole, MOST_AN_HOUR)


def _fewer(who: bytes, most: int) -> bool:
    now = time.monotonic()
    times = [each for each in _seen.pop(who, []) if now - each < AGAIN_SECONDS]
    allowed = len(times) < most
    _seen[who] = [*times, now] if allowed else times
    while len(_seen) > 20_000:
        _seen.popitem(last=False)
    return allowed


def forget() -> None:
    with _lock:
        _seen.clear()


@transaction.atomic
def count(version: ArticleVersion, *, helped: bool, at: datetime) -> None:
    """One more reader of the version who said so on this day."""
    row, _ = Helpfulness.objects.get_or_create(version=version, day=day_of(at))
    if helped:
        Helpfulness.objects.filter(pk=row.pk).update(yes=F("yes") + 1)
    else:
        Helpfulness.objects.filter(pk=row.pk).update(no=F("no") + 1)
