"""The audit trail: who changed what, and who has seen a person's history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, time, timedelta
from typing import Any, cast

from django import forms
from django.core.paginator import Paginator
from django.db.models import CharField, DateTimeField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat, TruncDate
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.access import everywhere, units_of
from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import Permission as P
from indgang.audit import patterns, trail
from indgang.audit.models import Change, Look, LookReview
from indgang.catalogue.models import in_force
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.enquiries import parties
from indgang.enquiries.models import Party
from indgang.office.audit.phrases import NOUNS, PAGES, action_phrase, actions_of
from indgang.office.audit.values import TrailWords
from indgang.ui.choices import offer
from indgang.ui.parameters import DayField

PER_PAGE = 50
_PARTY = Party._meta.label_lower


class TrailFilter(forms.Form):
    """Filter of the trail. All fields are optional; both days are included and in Copenhagen time."""

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
    """Looks at personal data: who, when, at whom, where and why, each with its review."""
    form = LookFilter(request.GET)
    found = Look.objects.filter(_theirs(person_of(request)))
    if form.is_valid():
        data = form.cleaned_data
        found = found.filter(form.period(), by_label__icontains=data["who"])
        found = found.filter(_about(data["what"])) if data["what"] else found
    page = _page(request, found)
    context = {"rows": _looks_in_words(page), "page": page, "form": form, "may_review": True}
    return render(request, "office/audit/looks.html", context, status=200 if form.is_valid() else 422)


@require_GET
@requires()
def own_looks(request: HttpRequest) -> HttpResponse:
    """The looks of the person who asks."""
    page = _page(request, Look.objects.filter(by_id=person_of(request).audit_id))
    return render(request, "office/audit/own_looks.html", {"rows": _looks_in_words(page), "page": page})


@require_POST
@requires(P.SEE_AUDIT)
def look_review(request: HttpRequest, look: int) -> HttpResponseBase:
    """Mark a look as reviewed."""
    person = person_of(request)
    found = Look.objects.filter(_theirs(person), pk=look).first()
    if found is None:
        raise Http404
    trail.review(found, note=request.POST.get("note", ""), by=person, at=clock.now())
    return redirect(f"{reverse('office:looks')}?{request.POST.get('query', '')}#look-{look}")


@require_GET
@requires(P.SEE_AUDIT)
def odd_looks(request: HttpRequest) -> HttpResponseBase:
    """Conspicuous looks of the last month.

    They may concern anybody, so the permission must cover the whole municipality.
    """
    if not everywhere(person_of(request), P.SEE_AUDIT):
        return refused(request, P.SEE_AUDIT)
    found = patterns.odd(at=clock.now())
    names = parties.names_of(each.subject.partition(":")[2] for each in found)
    rows = [
        {"pattern": each, "kind": patterns.KINDS[each.kind], "subject": _subject_word(each.subject, names)}
        for each in found
    ]
    return render(request, "office/audit/odd_looks.html", {"rows": rows})


def _subject_word(subject: str, names: Mapping[str, str]) -> str:
    return names.get(subject.partition(":")[2], str(_("slettet siden"))) if subject else ""


def _about(what: str) -> Q:
    """Looks at parties of this name or with this label."""
    keys = [str(pk) for pk in Party.objects.filter(name__icontains=what, protected=False).values_list("pk", flat=True)]
    return Q(subject_label__icontains=what) | Q(subject_type=_PARTY, subject_id__in=keys)


def _looks_in_words(page: Iterable[Look]) -> list[dict[str, Any]]:
    """Each look with the present name of its party, its page and its review."""
    shown = list(page)
    names = parties.names_of(look.subject_id for look in shown if look.subject_type == _PARTY)
    reviews = LookReview.objects.in_bulk([look.pk for look in shown])
    return [
        {
            "look": look, "whom": names.get(look.subject_id, look.subject_label) if look.subject_type == _PARTY
            else look.subject_label, "where": PAGES.get(look.page, look.page), "review": reviews.get(look.pk),
        }
        for look in shown
    ]  # fmt: skip


class _BoundedPaginator(Paginator):  # type: ignore[type-arg]  # not subscriptable when it runs
    """A paginator that counts at most 200 pages, because the trail may hold millions of rows."""

    @cached_property
    def count(self) -> int:
        return cast("QuerySet[Any]", self.object_list)[: PER_PAGE * 200].count()


def _page(request: HttpRequest, found: QuerySet[Any]) -> Any:
    return _BoundedPaginator(found.order_by("-at", "-id"), PER_PAGE).get_page(request.GET.get("page"))


def _theirs(person: Person) -> Q:
    """The part of the trail that this person may see.

    A permission in some units covers acts of people who had a role there on that day.
    """
    if everywhere(person, P.SEE_AUDIT):
        return Q()
    day = TruncDate(ExpressionWrapper(OuterRef("at"), DateTimeField()))
    within = in_force(day)
    held = RoleAssignment.objects.filter(within, unit__in=units_of(person, P.SEE_AUDIT))
    holder = Concat(Value("person:"), Cast("person_id", CharField()))
    return Q(Exists(held.alias(holder=holder).filter(holder=OuterRef("by_id"))))
