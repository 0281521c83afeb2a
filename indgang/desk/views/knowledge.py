"""Searching and reading: in the desk's panel during a call, and on a page without one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_vary_headers
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import DirectoryEntry, Service, Unit
from indgang.core import clock
from indgang.core.text import whole_number
from indgang.desk import access, search_box
from indgang.desk.guide_walk import Walk
from indgang.desk.lookup import Lookup
from indgang.desk.reading import Reading
from indgang.desk.targets import of_entries
from indgang.enquiries import knowledge_use
from indgang.knowledge import attachments, guides
from indgang.knowledge.models import Attachment
from indgang.ui.pages import part_asked_for

PAGE = "desk/knowledge.html"
#: types that a browser may show; all other files are downloads
_SHOWN = ("application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp")


@require_GET
@requires(Permission.READ_KNOWLEDGE)
def knowledge(request: HttpRequest) -> HttpResponse:
    """The search box and the results; only the list while the person types (`typing`), and then no search is stored."""
    lookup, by, at = Lookup.of(request), person_of(request), clock.now()
    answer = None
    if lookup.asked.strip():
        keep = "typing" not in request.GET
        answer = search_box.answer(lookup, by=by, language=language(), at=at, keep=keep)
    return show(request, "desk/knowledge_hits.html", {"answer": answer, "lookup": lookup})


@require_POST
@requires(Permission.READ_KNOWLEDGE)
def searches(request: HttpRequest) -> HttpResponse:
    """Store a search that was completed without Enter; returns its id, so that opened hits can be recorded."""
    lookup = Lookup.of(request)
    found = whole_number(request.POST.get("hits", ""), 5) or 0
    search = search_box.note(lookup, language=language(), found=found, at=clock.now())
    return HttpResponse(str(search or ""), content_type="text/plain")


@require_GET
@requires(Permission.READ_KNOWLEDGE)
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """One article. With an enquiry in hand the display is recorded."""
    lookup = Lookup.of(request)
    reading = read(request, slug, lookup)
    search_box.opened(lookup, kind="article", key=slug)
    if lookup.enquiry is not None:
        knowledge_use.opened(lookup.enquiry, reading.version, by=reading.reader, at=reading.at)
    return show(request, "desk/knowledge_article.html", {"reading": reading, "lookup": lookup})


@require_GET
@requires(Permission.READ_KNOWLEDGE)
def article_file(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A file of the article. It never runs in our pages."""
    at = clock.now()
    _article, version = access.article(request, slug, language(), at)
    shown = get_object_or_404(attachments.shown_with(version), name=name)
    response = HttpResponse(bytes(Attachment.objects.get(pk=shown.pk).content), content_type=shown.kind)
    way = "inline" if shown.kind in _SHOWN else "attachment"
    response.headers["Content-Disposition"] = f"{way}; filename*=UTF-8''{quote(shown.name)}"
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Cache-Control"] = "private, max-age=60"
    return response


@require_http_methods(["GET", "POST"])
@requires(Permission.READ_KNOWLEDGE)
def guide(request: HttpRequest, slug: str) -> HttpResponse:
    """One step of a guide. With an enquiry in hand a step (POST) is recorded."""
    lookup, by, at = Lookup.of(request), person_of(request), clock.now()
    version = access.guide(request, slug, _language_of(request, lookup), at)
    sent = request.POST if request.method == "POST" else request.GET
    try:
        walk = Walk(version, guides.path_from(sent.get("path", "")), reader=by, at=at)
    except guides.WrongPath as error:
        raise Http404 from error
    search_box.opened(lookup, kind="guide", key=slug)
    if request.method == "POST" and lookup.enquiry is not None:
        knowledge_use.walked(lookup.enquiry, version, path=walk.path, result=walk.result, by=by, at=at)
    return show(request, "desk/knowledge_guide.html", {"walk": walk, "lookup": lookup})


@require_GET
@requires(Permission.READ_KNOWLEDGE)
def service(request: HttpRequest, code: str) -> HttpResponse:
    """A service: its unit, and the knowledge about it."""
    lookup, at = Lookup.of(request), clock.now()
    rows = Service.objects.valid_on(clock.today()).select_related("unit")
    found = get_object_or_404(rows, code=code)
    search_box.opened(lookup, kind="service", key=code)
    context = {"service": found, "about": access.about_service(request, found, language(), at), "lookup": lookup}
    return show(request, "desk/knowledge_card.html", context)


@require_GET
@requires(Permission.READ_KNOWLEDGE)
def unit(request: HttpRequest, code: str) -> HttpResponse:
    """A unit: its contact details and its tasks."""
    lookup = Lookup.of(request)
    found = get_object_or_404(Unit.objects.valid_on(clock.today()).select_related("parent"), code=code)
    search_box.opened(lookup, kind="unit", key=code)
    services = Service.objects.valid_on(clock.today()).filter(unit=found).order_by("name")[:30]
    return show(request, "desk/knowledge_card.html", {"unit": found, "services": services, "lookup": lookup})


@require_GET
@requires(Permission.SEARCH_DIRECTORY)
def directory_entry(request: HttpRequest, pk: int) -> HttpResponse:
    """A directory entry, with the ways to reach the person."""
    lookup = Lookup.of(request)
    found = get_object_or_404(DirectoryEntry.objects.valid_on(clock.today()).select_related("unit"), pk=pk)
    search_box.opened(lookup, kind="person", key=str(pk))
    context = {"entry": found, "target": of_entries([found], on=clock.today())[found.pk], "lookup": lookup}
    return show(request, "desk/knowledge_card.html", context)


@require_GET
@requires(Permission.SEE_HISTORY)
def answer(request: HttpRequest, pk: int) -> HttpResponse:
    """An earlier answer: the question and the note, without the person who asked."""
    lookup = Lookup.of(request)
    search_box.opened(lookup, kind="answer", key=str(pk))
    question, document = access.earlier_answer(pk)
    return show(request, "desk/knowledge_card.html", {"question": question, "said": document.text, "lookup": lookup})


# --- shared with what is done about an article ---------------------------------------------------


def read(request: HttpRequest, slug: str, lookup: Lookup) -> Reading:
    """The article for the person who asks, or 404."""
    by, at = person_of(request), clock.now()
    found, version = access.article(request, slug, _language_of(request, lookup), at)
    reading = Reading(found, version, reader=by, at=at, enquiry=lookup.enquiry)
    reading.top = 4 if part_asked_for(request) else 2
    return reading


def show(request: HttpRequest, part: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """The part alone in the panel; with the search box for a visitor of the address."""
    as_part = part_asked_for(request) is not None
    context = {**context, "part": part, "as_part": as_part}
    response = render(request, part if as_part else PAGE, context, status=status)
    patch_vary_headers(response, ["HX-Request", "HX-Target"])
    return response


def language() -> str:
    """The language in which the person reads."""
    return "en" if (get_language() or "da").startswith("en") else "da"


def _language_of(request: HttpRequest, lookup: Lookup) -> str:
    """The chosen language, otherwise English for an English-speaking caller, otherwise the person's own."""
    chosen = request.GET.get("language", "")
    if chosen in ("da", "en"):
        return chosen
    return "en" if lookup.enquiry is not None and lookup.enquiry.language == "en" else language()
