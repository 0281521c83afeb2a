"""News for staff: the list, and one piece with its read marks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, F, Q
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.entry.models import StaffNews
from indgang.entry.team import staff_news
from indgang.office.staff_news import access
from indgang.office.staff_news.forms import StaffNewsForm, place_of
from indgang.ui.refusals import refusals_on_form

PER_PAGE = 25


@require_GET
@requires(P.TELL_STAFF)
def news_list(request: HttpRequest) -> HttpResponse:
    at = clock.now()
    marks = Count("reads", filter=Q(reads__edition=F("edition")))
    rows = access.news_of(person_of(request)).annotate(read_count=marks).order_by("-shown_until", "-pk")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "rows": [(each, staff_news.unread_count(each, at)) for each in page], "now": at}
    return render(request, "office/staff_news/news_list.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.TELL_STAFF)
def news_new(request: HttpRequest) -> HttpResponseBase:
    at = clock.now()
    return _write(request, None, {"shown_from": at, "shown_until": at + timedelta(days=7)})


@require_http_methods(["GET", "POST"])
@requires(P.TELL_STAFF)
def news_item(request: HttpRequest, pk: int) -> HttpResponseBase:
    """One piece, and who has read it; a POST changes it."""
    news = access.news_for(person_of(request), pk)
    stored = {name: getattr(news, name) for name in staff_news.FIELDS}
    return _write(request, news, stored | {"place": place_of(news)})


@require_POST
@requires(P.TELL_STAFF)
def news_end(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Show it no longer."""
    person = person_of(request)
    staff_news.end(access.news_for(person, pk), by=person, at=clock.now())
    messages.success(request, _("Nyheden vises ikke mere."))
    return redirect("office:staff-news")


def _write(request: HttpRequest, news: StaffNews | None, initial: dict[str, Any]) -> HttpResponseBase:
    person, at = person_of(request), clock.now()
    form = StaffNewsForm(request.POST or None, initial=initial, person=person, is_new=news is None)
    if request.method == "POST" and form.is_valid():
        fields = form.fields_of_news()
        again = bool(fields.pop("read_again", False))
        with refusals_on_form(form, unit="place", centre="place"):
            written = staff_news.write(news, fields, read_again=again, by=person, at=at)
            messages.success(request, _("Nyheden er gemt."))
            return redirect("office:staff-news-item", written.pk)
    context = {"form": form, "news": news, "now": at, "marks": staff_news.read_marks(news, at) if news else None}
    return render(request, "office/staff_news/news.html", context, status=422 if form.errors else 200)
