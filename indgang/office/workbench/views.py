"""The pages of the workbench."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts import two_parties
from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.agreements import baselines, cooperation, reality
from indgang.agreements.models import AgreementTarget, CooperationAgreement
from indgang.agreements.targets import limit_of
from indgang.agreements.variants import MEMBERS, FigureVariant, VariantResult, compare, limit_for, variants
from indgang.agreements.words import figure_words, variant_words
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.measures.definitions import versioned
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.measures.period import Period
from indgang.measures.rollups import reading
from indgang.measures.rollups.reading import GroupBy
from indgang.measures.totals import Totals
from indgang.office.cooperation import access
from indgang.office.figures.addresses import FigureAddresses, ShownFigure
from indgang.office.workbench.forms import AdoptionForm, ComparisonForm
from indgang.ui.refusals import refusals_on_form


@dataclass(frozen=True, slots=True)
class VariantShown:
    """A row of the page. `address` is that of the figure's page, empty where none shows it, and `more_days` how many
    more days than by the agreed variant keep the limit."""

    name: str
    address: str
    definition: str
    formula: str
    value: str
    result: VariantResult
    is_agreed: bool
    more_days: int | None


@require_GET
@requires(P.SEE_FIGURES, P.SIGN_COOPERATION)
def centres(request: HttpRequest) -> HttpResponse:
    rows = access.centres_seen(person_of(request)).order_by("name")
    return render(request, "office/workbench/centres.html", {"rows": rows})


@require_GET
@requires(P.SEE_FIGURES, P.SIGN_COOPERATION)
def centre(request: HttpRequest, code: str) -> HttpResponse:
    shown = access.centre_for(person_of(request), code)
    return _centre(request, shown, ComparisonForm(request.GET, today=clock.today()))


@require_POST
@requires(P.SIGN_COOPERATION)
def adoption(request: HttpRequest, code: str) -> HttpResponse:
    """Let a variant be the target of the draft. What the page compares stays in its address."""
    person, today = person_of(request), clock.today()
    shown = access.centre_to_make_for(person, code)
    comparison = ComparisonForm(request.GET, today=today)
    draft = _draft(request, shown)
    holding = _holding(comparison, _agreed(shown, comparison))
    form = AdoptionForm(request.POST, variants=_choices(holding), value=None)
    if draft is None:
        messages.error(request, _("Opret en kladde først."))
        return redirect("office:centre-cooperation", shown.code)
    if form.is_valid():
        with refusals_on_form(form):
            variant = next(each for each in holding if each.code == form.cleaned_data["variant"])
            values = _adopted(variant, comparison) | {"value": form.cleaned_data["value"]}
            family = MEMBERS[comparison.chosen]
            cooperation.adopt(draft, values, family=family, by=person, at=clock.now())
            messages.success(request, _("Varianten står i kladden. Den gælder, når begge har underskrevet."))
            return redirect("office:cooperation", draft.pk)
    return _centre(request, shown, comparison, form)


def _centre(
    request: HttpRequest, shown: ContactCentre, form: ComparisonForm, adopting: AdoptionForm | None = None
) -> HttpResponse:
    today = clock.today()
    days = reality.over(form.days, today=today)
    agreed = _agreed(shown, form)
    limit = form.chosen_limit if form.chosen_limit is not None else _agreed_limit(agreed)
    holding = _holding(form, agreed)
    chosen = _with_agreed(holding, agreed)
    by_day, by_service = _totals(shown, form, days)
    length = (days.end - days.start).days if days and days.start and days.end else 0
    beside = _other_level(shown, form, days)
    results = compare(chosen, by_day, by_service, length=length, value=limit, beside=beside)
    draft = _draft(request, shown)
    context: dict[str, Any] = {
        "centre": shown,
        "form": form,
        "days": days,
        "last_day": days.end - timedelta(days=1) if days and days.end else None,
        "rows": _rows(results, agreed, _addresses(request, shown, form, days)),
        "limit": _limit_words(chosen, limit),
        "agreed": agreed,
        "draft": draft,
        "may_adopt": access.may_draft(person_of(request), shown),
        "adoption": adopting or AdoptionForm(variants=_choices(holding), value=limit),
        "query": request.GET.urlencode(),
    }
    return render(request, "office/workbench/centre.html", context, status=422 if adopting else 200)


def _holding(form: ComparisonForm, agreed: AgreementTarget | None) -> list[FigureVariant]:
    """Those that hold on the last day of the period, by the chosen promises and the agreed one."""
    assert form.days.end is not None
    thresholds = {*form.chosen_thresholds, *([agreed.within] if agreed and agreed.within else [])}
    return variants(form.chosen, thresholds, on=form.days.end - timedelta(days=1))


def _with_agreed(holding: list[FigureVariant], agreed: AgreementTarget | None) -> list[FigureVariant]:
    """Those and the agreed one before them, where it is an earlier version: it can be compared, and not adopted."""
    if agreed is None or any(_is(each, agreed) for each in holding):
        return holding
    return [FigureVariant(versioned(agreed.kpi, agreed.version), agreed.within), *holding]


def _totals(shown: ContactCentre, form: ComparisonForm, days: Any) -> tuple[dict[str, Totals], dict[str, Totals]]:
    if days is None:
        return {}, {}
    period = Period.days(days.start, days.end - timedelta(days=1))
    only = baselines.choice(shown, form.chosen_level)
    by_day, by_service = (
        reading.totals(period, by=by, only=only, entered=MEMBERS[form.chosen]) for by in (GroupBy.DAY, GroupBy.SERVICE)
    )  # fmt: skip
    return by_day, by_service


def _other_level(shown: ContactCentre, form: ComparisonForm, days: Any) -> Totals | None:
    """What the level that was not chosen counts; None for both together."""
    first, second = AgreementTarget.Level.FIRST, AgreementTarget.Level.SECOND
    if days is None or form.chosen_level not in (first, second):
        return None
    period = Period.days(days.start, days.end - timedelta(days=1))
    only = baselines.choice(shown, second if form.chosen_level == first else first)
    return reading.totals(period, only=only, entered=MEMBERS[form.chosen]).get("", Totals())


def _agreed(shown: ContactCentre, form: ComparisonForm) -> AgreementTarget | None:
    """The target of today's agreement in this family."""
    agreement = two_parties.in_force(CooperationAgreement, shown, clock.today())
    if agreement is None:
        return None
    same = agreement.targets.filter(
        kpi__in=MEMBERS[form.chosen], level=form.chosen_level, service=None, channel="", is_floor=False
    )
    return same.select_related("baseline").first()


def _agreed_limit(agreed: AgreementTarget | None) -> float | None:
    if agreed is None:
        return None
    kept = baselines.of_targets([agreed]).get(agreed.pk)
    unit = versioned(agreed.kpi, agreed.version).unit
    found = limit_of(agreed.aim, float(agreed.value), unit=unit, baseline=kept.value if kept else None)
    return found.value if found else None


def _draft(request: HttpRequest, shown: ContactCentre) -> CooperationAgreement | None:
    """The draft of the centre, when this person may change it."""
    person = person_of(request)
    found = access.agreements_seen(person).filter(centre=shown).drafts().first()
    return found if found is not None and access.may_change(person, found) else None


def _addresses(
    request: HttpRequest, shown: ContactCentre, form: ComparisonForm, days: Any
) -> Callable[[FigureVariant], str]:
    """The figure's page for the compared days."""
    known = FigureAddresses(person_of(request))

    def address(variant: FigureVariant) -> str:
        last = days.end - timedelta(days=1)
        return known.of(
            ShownFigure(
                variant.kpi, days.start, last, shown.code, level=form.chosen_level, within=variant.within
            )
        )  # fmt: skip

    return address if days else lambda _variant: ""


def _rows(
    results: list[VariantResult], agreed: AgreementTarget | None, address: Callable[[FigureVariant], str]
) -> list[VariantShown]:
    held = next((each for each in results if _is(each.variant, agreed)), None)
    return [
        VariantShown(
            name=_name(each.variant),
            address=address(each.variant),
            definition=each.variant.kpi.name,
            formula=each.variant.kpi.formula,
            value=figure_words(each.figure.value, each.variant.kpi.unit),
            result=each,
            is_agreed=_is(each.variant, agreed),
            more_days=each.days.kept - held.days.kept if held and held.days and each.days else None,
        )
        for each in results
    ]


def _is(variant: FigureVariant, agreed: AgreementTarget | None) -> bool:
    held = (agreed.kpi, agreed.version, agreed.within) if agreed else None
    return (variant.kpi.code, variant.kpi.version, variant.within) == held


def _name(variant: FigureVariant) -> str:
    name, short = str(FIGURE_NAMES.get(variant.kpi.code, variant.kpi.code)), variant_words(variant.kpi.code)
    if variant.within is None:
        return f"{short}: {name}" if variant.kpi.has_promise else name
    return _("%(variant)s, svar inden for %(seconds)s sekunder") % {"variant": short, "seconds": variant.within}


def _choices(chosen: list[FigureVariant]) -> list[tuple[str, str]]:
    return [(each.code, _name(each)) for each in chosen]


def _adopted(variant: FigureVariant, form: ComparisonForm) -> dict[str, Any]:
    limit = limit_for(variant, 0.0)
    aim = AgreementTarget.Aim.AT_LEAST if limit and limit.at_least else AgreementTarget.Aim.AT_MOST
    return {"kpi": variant.kpi.code, "within": variant.within, "level": form.chosen_level, "aim": aim}


def _limit_words(chosen: list[FigureVariant], value: float | None) -> str:
    limit = limit_for(chosen[0], value) if chosen else None
    if limit is None:
        return ""
    word = AgreementTarget.Aim.AT_LEAST.label if limit.at_least else AgreementTarget.Aim.AT_MOST.label
    return f"{word} {figure_words(limit.value, chosen[0].kpi.unit)}"
