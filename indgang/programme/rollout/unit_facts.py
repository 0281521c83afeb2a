"""What the product knows of the units whose services move: articles, agreements, numbers, mailboxes, statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Lower

from indgang.catalogue.models import ContactCentre, Service, Unit, not_ended
from indgang.core.clock import COPENHAGEN, day_of
from indgang.correspondence.models import FormerAddress, Mailbox
from indgang.entry.models import EntryPoint, FormerNumber
from indgang.knowledge.models import ArticleVersion, Language
from indgang.programme.rollout import readiness
from indgang.programme.rollout.models import ReadinessStatement, RolloutPlan, RolloutStage
from indgang.programme.rollout.plans import days_of
from indgang.programme.rollout.readiness import (
    MovingUnit,
    ReadinessPoint,
    ReadinessState,
    ServiceArticles,
    StandingAgreement,
)
from indgang.workforce.models import AvailabilityAgreement, PromisedWindow

#: texts that somebody has written and nobody has published or rejected
_WAITING = (ArticleVersion.State.PROPOSED, ArticleVersion.State.DRAFT, ArticleVersion.State.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class UnitReadiness:
    """A unit in a stage on the day that counts: that of the go-live, or today when it is over. `said` holds the latest
    statement of each stated point."""

    stage: RolloutStage
    unit: Unit
    day: date
    services: Sequence[Service]
    states: tuple[ReadinessState, ...]
    said: Mapping[str, ReadinessStatement] = field(default_factory=dict)

    @property
    def is_ready(self) -> bool:
        return all(each.is_ready for each in self.states)

    @property
    def ready(self) -> int:
        return sum(each.is_ready for each in self.states)


@dataclass(frozen=True, slots=True)
class PlanReadiness:
    """Each unit of each stage; and the services that belong to no unit, which nobody can get ready."""

    units: Sequence[UnitReadiness]
    homeless: Sequence[Service]

    def of(self, stage: RolloutStage) -> list[UnitReadiness]:
        return [each for each in self.units if each.stage.pk == stage.pk]


def of_plan(plan: RolloutPlan, *, at: datetime) -> PlanReadiness:
    """A few queries, however many units there are."""
    placed = plan.services.select_related("stage", "service__unit").order_by("stage__number", "service__name")
    by_unit: dict[tuple[RolloutStage, Unit], list[Service]] = defaultdict(list)
    homeless = []
    for row in placed:
        if row.service.unit is None:
            homeless.append(row.service)
        else:
            by_unit[row.stage, row.service.unit].append(row.service)
    days = {number: max(day, day_of(at)) for number, day in days_of(plan).items()}
    found = []
    for number in sorted({stage.number for stage, _unit in by_unit}):
        of_stage = {unit: services for (stage, unit), services in by_unit.items() if stage.number == number}
        stage = next(stage for stage, _unit in by_unit if stage.number == number)
        found += _of_stage(plan, stage, of_stage, days[number])
    return PlanReadiness(found, homeless)


def _of_stage(
    plan: RolloutPlan, stage: RolloutStage, services: Mapping[Unit, list[Service]], day: date
) -> list[UnitReadiness]:  # fmt: skip
    articles = _articles([each for rows in services.values() for each in rows], day)
    agreements, said = _agreements(services, day), _statements(plan)
    numbers, mailboxes = _numbers(services, plan.centre, day), _mailboxes(services, plan.centre, day)
    found = []
    for unit in sorted(services, key=lambda each: each.path):
        facts = MovingUnit(
            services=tuple(articles[each.pk] for each in services[unit]), agreement=agreements.get(unit.pk),
            numbers={unit.phone: unit.phone in numbers} if unit.phone else {},
            mailboxes={unit.email: unit.email.lower() in mailboxes} if unit.email else {},
            stated={ReadinessPoint(point): row.is_ready for point, row in said.get(unit.pk, {}).items()},
        )  # fmt: skip
        states = readiness.states(facts)
        found.append(UnitReadiness(stage, unit, day, services[unit], states, said.get(unit.pk, {})))
    return found


def _articles(services: Sequence[Service], day: date) -> dict[int, ServiceArticles]:
    """Published when a text is in force as the day ends, written when one waits for that or is published later."""
    end = datetime.combine(day + timedelta(days=1), time(0), COPENHAGEN) - timedelta(microseconds=1)
    versions = ArticleVersion.objects.filter(article__service__in=services, language=Language.DANISH)
    published = set(versions.in_force(end).values_list("article__service", flat=True))
    later = Q(state=ArticleVersion.State.PUBLISHED, published_from__gt=end)
    waiting = versions.filter(Q(state__in=_WAITING) | later, article__withdrawn_at=None)
    written = set(waiting.values_list("article__service", flat=True))
    return {each.pk: ServiceArticles(each.name, each.pk in published, each.pk in written) for each in services}


def _agreements(units: Iterable[Unit], day: date) -> dict[int, StandingAgreement]:
    """By unit: the agreement that both have signed for the day, else a draft."""
    windows = PromisedWindow.objects.filter(agreement=OuterRef("pk"))
    rows = AvailabilityAgreement.objects.filter(unit__in=list(units), valid_from__lte=day)
    rows = rows.filter(not_ended(day)).annotate(has_windows=Exists(windows))
    found: dict[int, StandingAgreement] = {}
    for each in sorted(rows, key=lambda row: (row.is_signed, row.valid_from)):
        found[each.unit_id] = StandingAgreement(each.is_signed, each.has_windows, bool(each.procedure.strip()))
    return found


def _numbers(units: Iterable[Unit], centre: ContactCentre, day: date) -> set[str]:
    """The units' numbers that lead to the centre on the day: to an entry point of it, or to a queue of it."""
    own = [each.phone for each in units if each.phone]
    entries = EntryPoint.objects.valid_on(day).filter(number__in=own, centre=centre)
    there = Q(entry_point__centre=centre) | Q(queue__centre=centre)
    former = FormerNumber.objects.valid_on(day).filter(there, number__in=own)
    return {*entries.values_list("number", flat=True), *former.values_list("number", flat=True)}


def _mailboxes(units: Iterable[Unit], centre: ContactCentre, day: date) -> set[str]:
    """The units' addresses, in small letters, whose mails come to the centre on the day: mailboxes of it that we read,
    and old addresses that the mail system forwards to one. A mailbox that we read goes before the list of old
    addresses, since its queue decides."""
    own = [each.email.lower() for each in units if each.email]
    read = Mailbox.objects.valid_on(day).for_mail().annotate(small=Lower("address")).filter(small__in=own)
    centres = dict(read.values_list("small", "centre"))
    former = FormerAddress.objects.valid_on(day).annotate(small=Lower("address")).filter(small__in=own)
    forwarded = former.filter(forwards_to__centre=centre).exclude(small__in=list(centres))
    return {small for small, of in centres.items() if of == centre.pk} | set(forwarded.values_list("small", flat=True))


def _statements(plan: RolloutPlan) -> dict[int, dict[str, ReadinessStatement]]:
    """The latest statement by unit and point."""
    found: dict[int, dict[str, ReadinessStatement]] = defaultdict(dict)
    for each in plan.statements.select_related("stated_by").order_by("stated_at", "pk"):
        found[each.unit_id][each.point] = each
    return dict(found)
