"""Pages that maintain the knowledge base: synonyms, news, rules, and searches."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.access import everywhere
from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.knowledge import news, policy, synonyms
from indgang.knowledge.models import News, Policy, Search, SynonymGroup
from indgang.knowledge.search import log
from indgang.office.knowledge import access
from indgang.office.knowledge.forms import NewsForm, RulesForm, SynonymsForm
from indgang.ui.refusals import refusals_on_form

PER_PAGE = 50
PERIODS = (7, 30, 90)


# --- Synonyms ----------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_KNOWLEDGE)
def synonym_list(request: HttpRequest) -> HttpResponseBase:
    """All groups; a POST saves a new one."""
    form = SynonymsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            person = person_of(request)
            synonyms.write(None, words=form.listed(), unit=access.unit_of_new(person), by=person, at=clock.now())
            messages.success(request, _("Ordene er gemt. Søgningen bruger dem med det samme."))
            return redirect("office:synonyms")
    return _synonyms_page(request, form)


@require_POST
@requires(P.EDIT_KNOWLEDGE)
def synonym_group(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Change the words of a group, or with `remove` delete it."""
    person = person_of(request)
    group = access.synonyms_for(person, pk)
    form = _synonyms_form(group, request.POST)
    form.full_clean()
    if "remove" in request.POST and not form.overtaken:
        synonyms.remove(group, by=person, at=clock.now())
        messages.success(request, _("Gruppen er fjernet."))
        return redirect("office:synonyms")
    if form.is_valid():
        with refusals_on_form(form):
            synonyms.write(group, words=form.listed(), by=person, at=clock.now())
            messages.success(request, _("Ordene er gemt."))
            return redirect("office:synonyms")
    return _synonyms_page(request, SynonymsForm(), typed={group.pk: form})


def _synonyms_page(
    request: HttpRequest, form: SynonymsForm, typed: Mapping[int, SynonymsForm] = MappingProxyType({})
) -> HttpResponse:
    """The groups; those in `typed` with the typed text and its errors."""
    groups, person = SynonymGroup.objects.select_related("changed_by", "unit"), person_of(request)
    rows = [
        (group, typed.get(group.pk) or _synonyms_form(group), access.may_change_synonyms(person, group))
        for group in groups
    ]
    status = 422 if form.errors or typed else 200
    return render(request, "office/knowledge/synonyms.html", {"rows": rows, "form": form}, status=status)


def _synonyms_form(group: SynonymGroup, data: QueryDict | None = None) -> SynonymsForm:
    return SynonymsForm(data, initial={"words": ", ".join(group.words)}, auto_id=f"{group.pk}-%s")


# --- News --------------------------------------------------------------------------------------


@require_GET
@requires(P.WRITE_NEWS)
def news_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(News.objects.select_related("service__unit"), PER_PAGE).get_page(request.GET.get("page"))
    rows = [(each, access.may_write_news(person_of(request), each)) for each in page]
    return render(request, "office/knowledge/news_list.html", {"page": page, "rows": rows, "now": clock.now()})


@require_http_methods(["GET", "POST"])
@requires(P.WRITE_NEWS)
def news_new(request: HttpRequest) -> HttpResponseBase:
    start = clock.now()
    initial = {"shown_from": start, "shown_until": start + timedelta(days=14)}
    form = _news_form(request, initial)
    return _write_news(request, form, None)


@require_http_methods(["GET", "POST"])
@requires(P.WRITE_NEWS)
def news_item(request: HttpRequest, pk: int) -> HttpResponseBase:
    shown = access.news_for(person_of(request), pk)
    names = ("title", "text", "title_en", "text_en", "service", "shown_from", "shown_until")
    form = _news_form(request, {name: getattr(shown, name) for name in names})
    return _write_news(request, form, shown)


@require_POST
@requires(P.WRITE_NEWS)
def news_end(request: HttpRequest, pk: int) -> HttpResponseBase:
    """Remove a piece of news from the site now."""
    person = person_of(request)
    news.end(access.news_for(person, pk), by=person, at=clock.now())
    messages.success(request, _("Nyheden vises ikke mere."))
    return redirect("office:news")


def _news_form(request: HttpRequest, initial: dict[str, Any]) -> NewsForm:
    person = person_of(request)
    return NewsForm(
        request.POST or None, initial=initial, services=access.services_with_news(person),
        all_subjects=everywhere(person, P.WRITE_NEWS),
    )  # fmt: skip


def _write_news(request: HttpRequest, form: NewsForm, shown: News | None) -> HttpResponseBase:
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            news.write(shown, **form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("Nyheden er gemt."))
            return redirect("office:news")
    context = {"form": form, "news": shown, "over": shown is not None and shown.shown_until <= clock.now()}
    return render(request, "office/knowledge/news.html", context, status=422 if form.errors else 200)


# --- Rules -------------------------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@requires(P.SET_KNOWLEDGE_RULES)
def rules(request: HttpRequest) -> HttpResponseBase:
    """The present and past rules; a POST sets new ones."""
    today = clock.today()
    may_set = everywhere(person_of(request), P.SET_KNOWLEDGE_RULES)
    if request.method == "POST" and not may_set:
        return refused(request, P.SET_KNOWLEDGE_RULES)
    holds = policy.on(today)
    initial = {
        "small_edit_characters": holds.small_edit_characters,
        "review_months": holds.review_months,
        "valid_from": today,
    }
    form = RulesForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            policy.decide(**form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("Reglerne er gemt."))
            return redirect("office:knowledge-rules")
    context = {"form": form, "holds": holds, "all": Policy.objects.all(), "today": today, "may_set": may_set}
    return render(request, "office/knowledge/rules.html", context, status=422 if form.errors else 200)


# --- Searches ----------------------------------------------------------------------------------


@require_GET
@requires(P.EDIT_KNOWLEDGE, P.APPROVE_KNOWLEDGE)
def searches(request: HttpRequest) -> HttpResponse:
    """Searches without hits, searches whose hits were not opened, and the searches themselves. They name nobody."""
    days = int(request.GET["days"]) if request.GET.get("days") in {str(days) for days in PERIODS} else PERIODS[0]
    end = clock.now()
    start = end - timedelta(days=days)
    made = _made(start, request.GET.get("asked", "")[:200])
    context = {
        "days": days,
        "periods": PERIODS,
        "gaps": log.gaps(start=start, end=end + timedelta(minutes=1)),
        "asked": request.GET.get("asked", "")[:200],
        "page": Paginator(made, PER_PAGE).get_page(request.GET.get("page")),
    }
    return render(request, "office/knowledge/searches.html", context)


def _made(start: datetime, asked: str) -> QuerySet[Search]:
    made = Search.objects.filter(at__gte=start).select_related("service").order_by("-at", "-pk")
    return made.filter(asked__icontains=asked) if asked else made
