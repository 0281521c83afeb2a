"""The search: results with the reason for each, and suggestions while the visitor types."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from indgang.accounts.gate import public
from indgang.core import clock
from indgang.knowledge.models import Search, SearchDocument
from indgang.knowledge.search import find, log, spelling
from indgang.portal import access, votes
from indgang.portal.lines import line_instead_of, lines_for, written
from indgang.portal.pages import address, language, page, protected, show

Kind = SearchDocument.Kind

#: longer than a sentence; the rest is ignored
LONGEST = 1000
RESULTS = 20
_SALT = "indgang.portal.search"

#: kinds that visitors find, with their headings
KINDS: dict[str, str | Promise] = {
    Kind.ARTICLE: _("Svar"),
    Kind.GUIDE: _("Vejvisere"),
    Kind.SERVICE: _("Emner"),
    Kind.UNIT: _("Enheder"),
}


@dataclass(frozen=True, slots=True)
class SiteHit:
    """A hit with its address on the site; `url` is empty for a unit, which is shown with its telephone number."""

    hit: Any
    url: str
    kind: str | Promise
    phone: str = ""


@page(keep=False)
def search(request: HttpRequest) -> HttpResponse:
    """The results for `q`. Without a hit the page suggests what to do next."""
    context = results(request, place=Search.Place.SITE)
    response = show(request, "portal/search.html", context)
    # never cached, so that every search is counted
    response.headers["Cache-Control"] = "no-cache"
    return response


def results(request: HttpRequest, *, place: str) -> dict[str, Any]:
    """The results for the query of the request, for the page and the box. The search is stored without the person."""
    at, spoken = clock.now(), language()
    asked, given = asked_for(request)
    kind = request.GET.get("type", "")
    kinds = [kind] if kind in KINDS else list(KINDS)
    if not asked:
        return {"asked": "", "kinds": _filters("", "")}
    found = find.find(asked, language=spoken, person=None, at=at, kinds=kinds, limit=RESULTS)
    noted = "" if kind else signing.Signer(salt=_SALT).sign(_note(asked, place, spoken, found, at))
    return {
        "asked": asked,
        "shortened": len(given) > LONGEST,
        "found": found,
        "lines": lines_for(None, spoken, at=at),
        "results": [result for hit in found.hits if (result := _result(request, hit))],
        "repaired": [(wrong, right) for wrong, right in found.repaired.items()],
        "kinds": _filters(kind, asked),
        "noted": noted,
    }


def asked_for(request: HttpRequest) -> tuple[str, str]:
    """The query without characters that cannot be stored, cut to a sensible length; and the original query."""
    given = request.GET.get("q", "")
    return spelling.clean(given[:LONGEST]), given


@public
@require_safe
def suggestions(request: HttpRequest) -> HttpResponseBase:
    """Completions of the typed text: [{"text", "kind", "url"}]. Nothing is stored."""
    asked, _given = asked_for(request)
    found = find.suggest(asked, language=language(), person=None, at=clock.now(), limit=8) if len(asked) > 1 else []
    rows = [
        {"text": each.text, "kind": str(KINDS.get(each.kind, "")), "url": _url(request, each.kind, each.key)}
        for each in found
    ]
    response = JsonResponse({"suggestions": rows})
    response.headers["Cache-Control"] = "public, max-age=60"
    return protected(response)


@csrf_exempt  # no cookie and no session; the token identifies the search
@public
@require_POST
def chosen(request: HttpRequest) -> HttpResponse:
    """Record that a result was opened. The page's script sends this; without it only the search is recorded."""
    try:
        noted = int(signing.Signer(salt=_SALT).unsign(request.POST.get("noted", "")[:200]))
    except (signing.BadSignature, ValueError):
        return HttpResponse(status=204)
    kind, _colon, key = request.POST.get("hit", "")[:140].replace("\x00", "").partition(":")
    if kind in KINDS and key and votes.is_ours(request):
        log.chosen(noted, kind=kind, key=key)
    return HttpResponse(status=204)


def _note(asked: str, place: str, spoken: str, found: Any, at: Any) -> str:
    return str(log.note(asked, place=place, language=spoken, found=found, at=at).pk)


def _result(request: HttpRequest, hit: Any) -> SiteHit | None:
    if hit.kind == Kind.UNIT:
        return _unit(request, hit)
    return SiteHit(hit, _url(request, hit.kind, hit.key), KINDS.get(hit.kind, ""))


def _unit(request: HttpRequest, hit: Any) -> SiteHit | None:
    """A unit with the number to call about it; None without any. The index has the unit's own number and mail, which
    are shown only while the unit is called itself."""
    unit = access.unit(hit.key)
    if unit is None:
        return None
    line = line_instead_of(unit, language(), at=clock.now())
    number = line.numbers[0][2] if line else written(unit.phone) if unit.phone else ""
    if line:
        hit = replace(hit, snippet=SafeString(""))
    return SiteHit(hit, _url(request, hit.kind, hit.key), KINDS[hit.kind], number) if number else None


def _url(request: HttpRequest, kind: str, key: str) -> str:
    """The address of a hit; "" for a word, which starts a new search."""
    if kind == Kind.UNIT:
        return address(request, "contact")
    name = {"article": "article", "guide": "guide", "service": "subject"}.get(kind)
    return address(request, name, key) if name else ""


def _filters(chosen_kind: str, asked: str) -> list[tuple[str, str | Promise, bool]]:
    """(code, words, whether it is chosen) for all results and for each kind."""
    every = [("", _("Alt"), not chosen_kind)]
    return [*every, *((kind, words, kind == chosen_kind) for kind, words in KINDS.items())]
