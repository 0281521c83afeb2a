"""What somebody has typed is carried over a sign-in, and over anything else that stands between a form and its view.

A POST that arrives when the session has ended is answered with the sign-in page; what was typed is sealed in it (signed
and compressed, so nothing is stored). Who signs in as the same person gets it back on a page with one button, which
sends it where it was going. Files cannot be carried: browsers let nobody fill in a file field.
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
#: somebody who comes back from a meeting finds it, somebody who comes back from holiday does not
KEPT = timedelta(hours=24)
_SALT = "indgang.carried"
#: names of addresses whose forms hold passwords: those are typed again, and stand on no page
_SECRET = frozenset(("password",))


@dataclass(frozen=True, slots=True)
class Carried:
    """A form on its way: where it goes (path with query), who typed it, and what, as it was sent."""

    path: str
    person: int
    fields: QueryDict
    had_files: bool

    def context(self, why: str) -> dict[str, Any]:
        """For accounts/carried.html. `why` is signed_in or already_sent."""
        pairs = [(name, value) for name in self.fields for value in self.fields.getlist(name)]
        typed = [value for _name, value in pairs if _is_text(value)]
        return {"path": self.path, "pairs": pairs, "typed": typed, "had_files": self.had_files, "why": why}


def of(request: HttpRequest) -> Carried | None:
    """The form of a POST; None when its token does not say who typed it, because then nobody may be shown it.

    None for passwords too.
    """
    person = form_tokens.made_for(request.POST.get(form_tokens.FIELD, ""))
    if request.method != "POST" or person is None or _is_secret(request):
        return None
    fields = request.POST.copy()
    for name in (*form_tokens.NOT_TYPED, FIELD):
        fields.pop(name, None)
    return Carried(request.get_full_path(), person, fields, bool(request.FILES))


def give_back(request: HttpRequest, form: Carried, why: str, *, status: int = 200) -> HttpResponse:
    """The page with what was typed, and a button that sends it on."""
    return render(request, "accounts/carried.html", form.context(why), status=status)


def ask_to_sign_in(request: HttpRequest, form: Carried) -> HttpResponse:
    """The sign-in page with the form sealed in it."""
    context = {
        "form": SignInForm(request),
        "next": resolve_url("start"),
        "carried": seal(form),
        "providers": settings.SIGN_ON,
    }
    return render(request, "accounts/sign_in.html", context, status=401)


def seal(form: Carried) -> str:
    """The form as a text that only `unseal` reads."""
    said = {"path": form.path, "person": form.person, "fields": form.fields.urlencode(), "files": form.had_files}
    return signing.dumps(said, salt=_SALT, compress=True)


def unseal(sealed: str) -> Carried | None:
    """None for nothing, for what is not ours and for what is too old."""
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
    """Whether somebody may have written it; numbers and switches were chosen and say nothing on their own."""
    return " " in value.strip()
