"""Which service has which package, why, and when its next study is due; and how far the year's goals are reached."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Min
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import changes
from indgang.catalogue.models import Service
from indgang.core.clock import day_of
from indgang.core.masking import mask_cpr, mask_texts
from indgang.core.months import months_later
from indgang.core.refusals import RefusedChange
from indgang.feedback.studies import reference, rights
from indgang.feedback.studies.assignment import (
    Assigned,
    NextDue,
    OwnerDecision,
    Package,
    Proposal,
    assigned,
    due,
    proposed,
)
from indgang.feedback.studies.models import FeedbackEvaluation, PackageDecision, Study
from indgang.feedback.studies.reference import SegmentedService

_KINDS = {Package.INTERVIEWS: Study.Kind.INTERVIEW, Package.USER_TESTS: Study.Kind.USER_TEST}
#: services that are named centrally as the most important (001:5460)
MOST_IMPORTANT = 5
#: the value of feedback is evaluated this many months after its beginning (R-212)
EVALUATED_FROM, EVALUATED_UNTIL = 6, 9


@dataclass(frozen=True, slots=True)
class ServicePackages:
    """One row of the page. `due` is by package; `like` is the documents' row, where there is one."""

    service: Service
    like: SegmentedService | None
    proposal: Proposal
    assigned: Assigned
    decision: PackageDecision | None
    due: Mapping[Package, NextDue]
    planned: tuple[Study, ...]

    @property
    def next_due(self) -> date | None:
        return min((each.on for each in self.due.values()), default=None)

    @property
    def is_behind(self) -> bool:
        return any(each.is_behind for each in self.due.values())


def overview(services: Iterable[Service], today: date) -> list[ServicePackages]:
    """A row for each service, in their order. Three queries whatever their number."""
    listed = list(services)
    decisions = _latest(listed)
    studies: defaultdict[int | None, list[Study]] = defaultdict(list)
    for study in Study.objects.filter(service__in=listed).exclude(state=Study.State.CANCELLED):
        studies[study.service_id].append(study)
    return [_row(each, decisions.get(each.pk), studies[each.pk], today) for each in listed]


def _row(service: Service, decision: PackageDecision | None, studies: list[Study], today: date) -> ServicePackages:
    proposal = proposed(service.complexity, service.volume)
    found = assigned(proposal, _plain(decision) if decision else None)
    since = day_of(decision.decided_at) if decision else None
    deadlines = {
        package: due(
            [day_of(each.reported_at) for each in studies if each.kind == _KINDS[package] and each.reported_at],
            decision.times_a_year if decision and package is Package.INTERVIEWS else 1, since, today,
        )
        for package in sorted(found.packages)
    }  # fmt: skip
    like = reference.service_like(service.name, service.cases_per_year, service.volume, service.complexity)
    planned = tuple(each for each in studies if each.reported_at is None)
    return ServicePackages(service, like, proposal, found, decision, deadlines, planned)


def _plain(decision: PackageDecision) -> OwnerDecision:
    chosen = {Package.INTERVIEWS: decision.interviews, Package.USER_TESTS: decision.user_tests}
    packages = frozenset(package for package, is_chosen in chosen.items() if is_chosen)
    return OwnerDecision(packages, decision.is_critical, decision.is_most_important)


def _latest(services: list[Service]) -> dict[int, PackageDecision]:
    rows = PackageDecision.objects.filter(service__in=services).select_related("decided_by")
    return {row.service_id: row for row in rows.order_by("decided_at", "pk")}


@transaction.atomic
def decide(service: Service, values: Mapping[str, Any], *, by: Person, at: datetime) -> PackageDecision:
    """The owner's decision about a service. Raises RefusedChange, by field, and for whoever does not decide for it."""
    locked = Service.objects.select_for_update(of=("self",), no_key=True).select_related("unit").get(pk=service.pk)
    if locked.unit is None or not rights.may_decide(by, locked.unit):
        raise RefusedChange({"": _("Kun den, der beslutter for ydelsens enhed, kan vælge pakkerne.")})
    if values["is_most_important"] and _most_important(locked) >= MOST_IMPORTANT:
        said = _("Der er allerede %(most)s vigtigste ydelser. Tag en af dem fra først.") % {"most": MOST_IMPORTANT}
        raise RefusedChange({"is_most_important": said})
    is_exception = proposed(locked.complexity, locked.volume).why == "no_focus"
    has_any = values["interviews"] or values["user_tests"]
    if is_exception and has_any and not (values["is_critical"] or values["is_most_important"]):
        raise RefusedChange(
            {"is_critical": _("Lav kompleksitet og lille volumen undersøges kun, når ydelsen er forretningskritisk.")}
        )
    made = PackageDecision(decided_by=by, decided_at=at)
    return changes.save(made, {**mask_texts(values), "service": locked}, by=by, at=at)


def _most_important(but: Service) -> int:
    others = Service.objects.filter(package_decisions__is_most_important=True).exclude(pk=but.pk).distinct()
    return sum(each.is_most_important for each in _latest(list(others)).values())


@dataclass(frozen=True, slots=True)
class ResultGoal:
    """A goal of a year instead of a KPI (R-213): one study a year of each service that has the package.

    `reached` counts services; a second study of one of them makes up for no other.
    """

    package: Package
    services: int
    reached: int


def goals(rows: Iterable[ServicePackages]) -> list[ResultGoal]:
    listed = list(rows)
    return [
        ResultGoal(
            package, sum(package in row.due for row in listed),
            sum(row.due[package].done > 0 for row in listed if package in row.due),
        )
        for package in Package
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class EvaluationDue:
    """When the value of feedback is to be evaluated: between two days, and whether it is done."""

    first: date
    last: date
    evaluation: FeedbackEvaluation | None


def evaluation_due() -> EvaluationDue | None:
    """From the first study that began; None before it."""
    began = Study.objects.exclude(state__in=("planned", "cancelled")).aggregate(day=Min("starts_on"))["day"]
    if began is None:
        return None
    first, last = (months_later(began, months) for months in (EVALUATED_FROM, EVALUATED_UNTIL))
    return EvaluationDue(first, last, FeedbackEvaluation.objects.select_related("evaluated_by").first())


@transaction.atomic
def evaluate(*, text: str, goes_on: bool, by: Person, at: datetime) -> FeedbackEvaluation:
    """Write down what the feedback was worth, and whether it goes on."""
    said = {"text": mask_cpr(text), "goes_on": goes_on}
    made = FeedbackEvaluation.objects.create(evaluated_on=day_of(at), evaluated_by=by, **said)
    trail.record(by=by, at=at, action="feedbackevaluation.add", target=made, after=said)
    return made
