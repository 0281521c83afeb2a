"""The trail: who changed what, and who has seen a person's history."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.core.paginator import Paginator
from django.db.models import CharField, DateTimeField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, TruncDate
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from indgang.accounts.access import everywhere, units_of
from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission as P
from indgang.audit.models import Change, Look
from indgang.core.clock import COPENHAGEN
from indgang.office.audit.phrases import NOUNS, action_phrase, actions_of
from indgang.office.audit.values import TrailWords
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField

PER_PAGE = 50


class TrailFilter(forms.Form):
    """All are optional; the days are Copenhagen's and both included."""

    who = forms.CharField(label=_("Hvem"), required=False, max_length=100)
    what = forms.CharField(required=False, max_length=100)
    first = DayField(label=_("Fra"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
    last = DayField(
        label=_("Til og med"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def period(self) -> Q:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        period = Q()
        if first:
            period &= Q(at__gte=datetime.combine(first, time.min, COPENHAGEN))
        if last:
            period &= Q(at__lt=datetime.combine(last + timedelta(days=1), time.min, COPENHAGEN))
        return period


class ChangeFilter(TrailFilter):
    noun = forms.ChoiceField(label=_("Slags"), required=False)
    field_order = ("who", "what", "noun")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].label = _("Hvad")
        nouns = sorted(NOUNS.items(), key=lambda item: str(item[1]))
        offer(self, "noun", [("", _("Alt")), *nouns])


class LookFilter(TrailFilter):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["what"].label = _("Hvis historik")


@require_GET
@requires(P.SEE_AUDIT)
def changes(request: HttpRequest) -> HttpResponse:
    form = ChangeFilter(request.GET)
    found = Change.objects.filter(_theirs(person_of(request)))
    if form.is_valid():
        data = form.cleaned_data
        found = found.filter(form.period(), by_label__icontains=data["who"], target_label__icontains=data["what"])
        found = found.filter(actions_of(data["noun"])) if data["noun"] else found
    page = _page(request, found)
    words = TrailWords(page)
    for change in page:
        change.phrase = action_phrase(change.action)
        change.lines = words.lines(change)
    status = 200 if form.is_valid() else 422
    return render(request, "office/audit/changes.html", {"rows": page, "page": page, "form": form}, status=status)


@require_GET
@requires(P.SEE_AUDIT)
def looks(request: HttpRequest) -> HttpResponse:
    form = LookFilter(request.GET)
    found = Look.objects.filter(_theirs(person_of(request)))
    if form.is_valid():
        data = form.cleaned_data
        found = found.filter(form.period(), by_label__icontains=data["who"], subject_label__icontains=data["what"])
    page = _page(request, found)
    context = {"rows": page, "page": page, "form": form}
    return render(request, "office/audit/looks.html", context, status=200 if form.is_valid() else 422)


class _Unhurried(Paginator):  # type: ignore[type-arg]  # not subscriptable when it runs
    """Does not count a trail of millions to say how many pages it has: it counts no further than 200 pages."""

    @cached_property
    def count(self) -> int:
        return cast("QuerySet[Any]", self.object_list)[: PER_PAGE * 200].count()


def _page(request: HttpRequest, found: QuerySet[Any]) -> Any:
    return _Unhurried(found.order_by("-at", "-id"), PER_PAGE).get_page(request.GET.get("page"))


def _theirs(person: Person) -> Q:
    """Somebody whose right covers some units sees what people did on days they had a role there."""
    if everywhere(person, P.SEE_AUDIT):
        return Q()
    day = TruncDate(ExpressionWrapper(OuterRef("at"), DateTimeField()))
    within = Q(valid_from__lte=day) & (Q(valid_to=None) | Q(valid_to__gt=day))
    held = RoleAssignment.objects.filter(within, unit__in=units_of(person, P.SEE_AUDIT))
    holder = Concat(Value("person:"), Cast("person_id", CharField()))
    return Q(Exists(held.alias(holder=holder).filter(holder=OuterRef("by_id"))))
