"""The page token: what a page may hear on the stream. A page makes it, and the stream process reads it.

It is a signed value in the URL of the stream, because EventSource can send no header and the stream process may be
another host than the page. It contains a digest of the session, not the session itself. So a log of URLs reveals only
the names of parts, and only until the token expires or its session ends (see `revocation`).
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.core import signing
from django.utils.crypto import salted_hmac

#: seconds a token is valid; a session lives no longer
LIFETIME = 12 * 3600

#: the scope of announcements that revoke tokens; no token contains it
ENDED = "ended"

#: stands for the person in the token of a visitor, who is not signed in
NOBODY = 0

_SALT = "indgang.live.token"


class BadToken(ValueError):
    """The token is not ours, was altered, or is too old."""


@dataclass(frozen=True, slots=True)
class PageToken:
    """`made` in seconds since 1970 by the machine's clock; `origin` is the web address of the page."""

    person: int
    session: str
    scopes: frozenset[str]
    origin: str
    made: float


def make(*, person: int, session_key: str, scopes: frozenset[str], origin: str, made: float | None = None) -> str:
    """The token as text. The page hears changes after `made`, the time at which it began to read its data; by default
    now."""
    content = {
        "p": person,
        "s": session_digest(session_key),
        "c": sorted(scopes - {ENDED}),
        "o": origin,
        "m": round(time.time() if made is None else made, 3),
    }
    return signing.dumps(content, salt=_SALT)


def read(text: str, *, now: float) -> PageToken:
    """The token in the text. Raises `BadToken`."""
    try:
        content = signing.loads(text, salt=_SALT)
    except signing.BadSignature as error:
        raise BadToken("the token is not ours") from error
    token = PageToken(content["p"], content["s"], frozenset(content["c"]), content["o"], content["m"])
    if not now - LIFETIME < token.made < now + 60:
        raise BadToken("the token is too old")
    return token


def session_digest(session_key: str) -> str:
    """A name for a session from which the session key cannot be derived."""
    return salted_hmac(_SALT, session_key).hexdigest()[:20]
