"""The token of a form: chance, and who the page was made for, signed. It tells one form on one page from all others."""

from __future__ import annotations

import secrets

from django.core import signing

FIELD = "form_token"
#: fields of every form that say nothing about what was typed
NOT_TYPED = (FIELD, "csrfmiddlewaretoken")

_SALT = "indgang.form"


def token_for(person_pk: int | None) -> str:
    """A token for one form on a page that this person (None: nobody signed in) looks at."""
    return signing.Signer(salt=_SALT).sign(f"{secrets.token_urlsafe(16)}.{person_pk or 0}")


def made_for(token: str) -> int | None:
    """The person whose page the form stood on; None for nobody, and for a token that is not ours."""
    try:
        pk = signing.Signer(salt=_SALT).unsign(token).rpartition(".")[2]
    except signing.BadSignature:
        return None
    return int(pk) or None
