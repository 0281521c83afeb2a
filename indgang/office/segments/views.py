"""Services by complexity and volume, and one service: what live data propose, and what is decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from indgang.accounts.gate import person_of, requires
from indgang.analysis import indicators, segmenting, segments
from indgang.analysis.indicators import IndicatorProposal, LiveEvidence
from indgang.analysis.segment_models import SegmentDecision
from indgang.analysis.segmenting import SegmentedNow, with_proposals
from indgang.catalogue.offering import LARGE_FROM
from indgang.core import clock
from indgang.core.text import folded
from indgang.feedback.studies import rights
from indgang.office.segments.forms import SegmentDecisionForm, SegmentFilter, indicator_word
from indgang.office.segments.rows import SEGMENT_WORDS, SegmentRow, plot, rows
from indgang.office.studies import access
from indgang.plots.numbers import decimal
from indgang.ui.refusals import refusals_on_form


@require_GET
@requires(*rights.READERS)
def segments_page(request: HttpRequest) -> HttpResponse:
    services = list(access.services_seen(person_of(request)))
    proposed = segmenting.proposed(services, clock.today())
    every = rows(segmenting.overview(services), {key: each for key, (_found, each) in proposed.items()})
    form = SegmentFilter(request.GET)
    sizes = {key: sum(each.key == key for each in every) for key in SEGMENT_WORDS}
    context = {
        "form": form, "rows": list(_filtered(every, form)), "all": len(every), "plot": plot(every),
        "sizes": [(name, sizes[key]) for key, name in SEGMENT_WORDS.items()],
        "overridden": sum(each.is_override for each in every), "moving": sum(bool(each.moves_to) for each in every),
        "high_from": segments.HIGH_FROM, "large_from": LARGE_FROM,
    }  # fmt: skip
    return render(request, "office/segments/segments.html", context)


def _filtered(services: Sequence[SegmentRow], form: SegmentFilter) -> Iterator[SegmentRow]:
    """The services that the filter lets through; one that makes no sense lets all through."""
    chosen = form.cleaned_data if form.is_valid() else {}
    for each in services:
        if folded(chosen.get("q", "")) in folded(each.name) and chosen.get("segment", "") in ("", "-".join(each.key)):
            yield each


@require_http_methods(["GET", "POST"])
@requires(*rights.READERS)
def service_segment(request: HttpRequest, code: str) -> HttpResponse:
    """One service: its indicators beside the documents' and those of live data, decisions, and a new decision."""
    person = person_of(request)
    service = access.service_for(person, code)
    now = segmenting.overview([service])[0]
    found, proposals = segmenting.proposed([service], clock.today())[service.pk]
    accepted = proposals if "accept" in request.GET else ()
    form = SegmentDecisionForm(request.POST or None, now=now, accepted=accepted)
    may_decide = service.unit is not None and rights.may_decide(person, service.unit)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            segmenting.decide(service, form.cleaned_data, by=person, at=clock.now())
            return redirect("office:service-segment", code)
    context = {
        "service": service, "now": now, "form": form, "may_decide": may_decide, "accepts": bool(accepted),
        "indicators": list(_indicators(now, proposals)), "evidence": list(_evidence(found)), "days": found.days,
        "segment": SEGMENT_WORDS[now.segment.complexity, now.segment.volume] if now.segment else "",
        "can_accept": bool(now.indicators and with_proposals(now.indicators, proposals)),
        "decisions": SegmentDecision.objects.filter(service=service).select_related("decided_by"),
        "large_from": LARGE_FROM, "high_from": segments.HIGH_FROM,
    }  # fmt: skip
    return render(request, "office/segments/service.html", context, status=422 if form.errors else 200)


def _indicators(now: SegmentedNow, proposals: Sequence[IndicatorProposal]) -> Iterator[dict[str, Any]]:
    """Each indicator: the documents' value, the one that holds, the proposed one, and how it was measured."""
    printed = now.like.indicators if now.like else (None,) * 4
    current = now.indicators.values if now.indicators else (None,) * 4
    for document, here, each in zip(printed, current, proposals, strict=True):
        yield {
            "name": indicator_word(each.indicator), "document": document, "now": here, "proposed": each.value,
            "how": _how(each),
        }  # fmt: skip


def _how(proposal: IndicatorProposal) -> str:
    measured = "–" if proposal.measured is None else decimal(proposal.measured, 1)
    about = {"measured": measured, "needed": proposal.needed, "low": "", "high": ""}
    if proposal.measured is None:
        if proposal.indicator == "target_group_breadth":
            return _("Kan ikke måles: intet, der registreres, siger, hvor forskellige de er, der spørger.")
        return _("Kan ikke måles endnu: antallet af sager om året eller registreringer mangler.")
    cuts = {"enquiries_per_case": indicators.PER_CASE_CUTS, "variation": indicators.VARIATION_CUTS}
    if proposal.indicator in cuts:
        about |= dict(zip(("low", "high"), (decimal(each, 1) for each in cuts[proposal.indicator]), strict=True))
    texts = {
        "enquiries_per_case": _("%(measured)s registrerede spørgsmål pr. sag. 2 fra %(low)s, 3 fra %(high)s."),
        "interfaces": _("%(measured)s enheder får mindst hver tyvende overlevering. Højst 5."),
        "variation": _("Lige så spredt som %(measured)s lige hyppige ærinder. 2 fra %(low)s, 3 fra %(high)s."),
    }
    said = texts[proposal.indicator] % about
    if proposal.value is None:
        return f"{said} {_('Der skal mindst %(needed)s til et forslag.') % about}"
    return said


def _evidence(found: LiveEvidence) -> Iterator[tuple[str, str]]:
    yield _("Registrerede spørgsmål"), decimal(found.questions, 0)
    percent = found.resolved_percent
    yield _("Straksafklaret, procent"), "–" if percent is None else decimal(percent, 1)
    yield _("Samtaletid i gennemsnit, minutter"), "–" if found.minutes is None else decimal(found.minutes, 1)
    yield _("Overleveringer"), decimal(found.handovers, 0)
    yield _("Artikler i vidensbasen"), decimal(found.articles, 0)
