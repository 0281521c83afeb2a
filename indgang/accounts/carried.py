"""Carries what somebody has typed over a sign-in, and over anything else that stands between a form and its view.

A POST that arrives after the end of the session is answered with the sign-in page. That page holds the form's values,
signed and compressed. Only a sign-in that takes more than that page (a second step, a passkey, a provider) stores them,
in its session, until a form is sent. After the same person has signed in, a page shows the values with one button,
which sends them to the original address. Files cannot be carried, because browsers let no page fill in a file field.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render, resolve_url

from indgang.accounts import form_tokens
from indgang.accounts.forms import SignInForm

FIELD = "carried"
#: long enough for somebody who comes back from a meeting, too short for somebody who comes back from a holiday
KEPT = timedelta(hours=24)
#: characters of a sealed form that a session may hold; a longer one is lost when a sign-in takes more than one page
_LONGEST = 200_000
_SALT = "indgang.carried"
#: names of the URLs whose forms hold passwords: those are typed again and never appear on a page
_SECRET = frozenset(("password",))


@dataclass(frozen=True, slots=True)
class Carried:
    """A form on its way: its target (path with query), the person who typed it, and its values as they were sent."""

    path: str
    person: int
    fields: QueryDict
    had_files: bool

    def context(self, why: str) -> dict[str, Any]:
        """The context of accounts/carried.html. `why` is signed_in or already_sent."""
        pairs = [(name, value) for name in self.fields for value in self.fields.getlist(name)]
        typed = [value for _name, value in pairs if _is_text(value)]
        return {"path": self.path, "pairs": pairs, "typed": typed, "had_files": self.had_files, "why": why}


def of(request: HttpRequest) -> Carried | None:
    """The form of a POST. None for forms with passwords, and when its token does not name the person who typed it,
    because then it may be shown to nobody."""
    person = form_tokens.made_for(request.POST.get(form_tokens.FIELD, ""))
    if request.method != "POST" or person is None or _is_secret(request):
        return None
    fields = request.POST.copy()
    for name in (*form_tokens.NOT_TYPED, FIELD):
        fields.pop(name, None)
    return Carried(request.get_full_path(), person, fields, bool(request.FILES))


def give_back(request: HttpRequest, form: Carried, why: str, *, status: int = 200) -> HttpResponse:
    """The page that shows the typed values, with a button that sends them."""
    return render(request, "accounts/carried.html", form.context(why), status=status)


def ask_to_sign_in(request: HttpRequest, form: Carried) -> HttpResponse:
    """The sign-in page with the sealed form in it."""
    context = {
        "form": SignInForm(request),
        "next": resolve_url("start"),
        "carried": seal(form),
        "providers": settings.SIGN_ON,
    }
    return render(request, "accounts/sign_in.html", context, status=401)


def seal(form: Carried) -> str:
    """The form as a text that only `unseal` can read."""
    said = {"path": form.path, "person": form.person, "fields": form.fields.urlencode(), "files": form.had_files}
    return signing.dumps(said, salt=_SALT, compress=True)


def short(sealed: str) -> str:
    """The sealed form when a session may hold it, else an empty text."""
    return sealed if len(sealed) <= _LONGEST else ""


def unseal(sealed: str) -> Carried | None:
    """The form in the text. None for an empty text, a text that we did not seal, and one that is too old."""
    try:
        said = signing.loads(sealed, salt=_SALT, max_age=KEPT) if sealed else None
    except signing.BadSignature:
        return None
    if said is None:
        return None
    return Carried(said["path"], said["person"], QueryDict(said["fields"]), said["files"])


def _is_secret(request: HttpRequest) -> bool:
    return request.resolver_match is not None and request.resolver_match.view_name in _SECRET


def _is_text(value: str) -> bool:
    """Whether the value may be typed text. Numbers and switches are chosen and mean nothing on their own."""
    return " " in value.strip()
