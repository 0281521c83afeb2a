"""Læsernes svar: the pages that readers have answered about, one page by version, and where readers are asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.feedback import page_forms, page_results
from indgang.knowledge.models import Article
from indgang.office.page_feedback import access
from indgang.office.page_feedback.forms import PageFormForm

#: the answers of so many days are shown
DAYS = 365
PER_PAGE, COMMENTS, BEFORE = 50, 50, 10
_KINDS = ("article", "form", "site")


@require_GET
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def pages(request: HttpRequest) -> HttpResponse:
    """The pages with answers, and the kinds of page whose readers can be asked."""
    person = person_of(request)
    found = page_results.of_units(access.units_seen(person), since=clock.now() - timedelta(days=DAYS))
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    titles = _titles([row["page_ref"] for row in page if row["page_kind"] == "article"])
    rows = [{**row, "title": titles.get(row["page_ref"], row["page_ref"]), "words": _words(row["page_kind"])}
            for row in page]  # fmt: skip
    context = {"page": page, "rows": rows, "owned": access.owned(person), "days": DAYS}
    return render(request, "office/page_feedback/pages.html", context)


@require_GET
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def one_page(request: HttpRequest) -> HttpResponse:
    """The answers about one page, by version. Raises Http404 for a page without answers that this person may see."""
    kind, ref = request.GET.get("kind", ""), request.GET.get("ref", "")[:300].replace("\x00", "")
    since = clock.now() - timedelta(days=DAYS)
    answers = page_results.of_page(kind, ref, since=since, units=access.units_seen(person_of(request)))
    if kind not in _KINDS or not answers.exists():
        raise Http404
    context: dict[str, Any] = {
        "kind": kind, "ref": ref, "title": _titles([ref]).get(ref, ref) if kind == "article" else ref,
        "words": _words(kind), "days": DAYS, "indexes": page_results.by_indicator(answers),
        "versions": page_results.by_version(answers), "comments": page_results.comments(answers, COMMENTS),
        "before": page_results.came_from(answers, BEFORE), "answers": answers.count(),
    }  # fmt: skip
    return render(request, "office/page_feedback/page.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_KNOWLEDGE)
def asking(request: HttpRequest, kind: str, unit: str) -> HttpResponseBase:
    """Whether the readers of this kind of page of the unit are asked."""
    person = person_of(request)
    owner = access.unit_edited(person, unit)
    owned = next((each for each in access.of_unit(owner) if each.kind == kind), None)
    if owned is None:
        raise Http404
    form = PageFormForm(request.POST or None, owned=owned)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        page_forms.switch(
            kind=kind, unit=owner, on=chosen["asks"], with_visit=chosen["with_visit"], by=person, at=clock.now()
        )  # fmt: skip
        messages.success(request, _("Gemt. De offentlige sider følger med om lidt."))
        return redirect("office:page-feedback")
    context = {"form": form, "owned": owned}
    return render(request, "office/page_feedback/asking.html", context, status=422 if form.errors else 200)


def _titles(slugs: list[str]) -> dict[str, str]:
    """The title of each article, of its latest Danish version."""
    rows = Article.objects.filter(slug__in=slugs, versions__language="da").order_by("versions__number")
    return dict(rows.values_list("slug", "versions__title"))


def _words(kind: str) -> str:
    return {"article": _("Artikel"), "form": _("Formular"), "site": _("Anden hjemmeside")}.get(kind, "")
