"""The token of a thread: in the subject or the address of a mail it leads back to the thread."""

from __future__ import annotations

import secrets

from indgang.correspondence.models import Thread
from indgang.prepared.query import Query

#: letters and digits that are not mistaken for each other
LETTERS = "23456789BCDFGHJKMNPQRSTVWXZ"
LENGTH = 8

_WITH_TOKEN = Query(lambda token: Thread.objects.filter(token=token).order_by().values_list("pk"), token=str)


def new() -> str:
    """A token that no other thread has."""
    while True:
        token = "".join(secrets.choice(LETTERS) for _place in range(LENGTH))
        if not _WITH_TOKEN.rows(token=token):
            return token


def shown(token: str) -> str:
    """The token as it stands in subjects, in square brackets."""
    return f"[#{token[:4]}-{token[4:]}]"
