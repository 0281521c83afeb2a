"""The token of a form: a signed random number and the person whom the page was made for. It is unique to one form on
one page."""

from __future__ import annotations

import secrets

from django.core import signing

FIELD = "form_token"
#: fields of every form that nobody has typed
NOT_TYPED = (FIELD, "csrfmiddlewaretoken")

_SALT = "indgang.form"


def token_for(person_pk: int | None) -> str:
    """A token for one form on a page for this person (None: nobody is signed in)."""
    return signing.Signer(salt=_SALT).sign(f"{secrets.token_urlsafe(16)}.{person_pk or 0}")


def made_for(token: str) -> int | None:
    """The person whose page held the form; None for nobody, and for a token that we did not sign."""
    try:
        pk = signing.Signer(salt=_SALT).unsign(token).rpartition(".")[2]
    except signing.BadSignature:
        return None
    return int(pk) or None
