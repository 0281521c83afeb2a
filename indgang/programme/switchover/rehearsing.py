"""A switch rehearsed: what it would change at its time, and what speaks against it. Nothing is written."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.db.models import Q

from indgang.accounts import two_parties
from indgang.accounts.models import Person
from indgang.agreements.models import CooperationAgreement
from indgang.catalogue import hours
from indgang.entry.setup import flow_versions
from indgang.feedback.models import ASKED_BY_RULE, AskingRule
from indgang.knowledge import versions
from indgang.knowledge.models import ArticleVersion, Language
from indgang.programme.rollout import plans, unit_facts
from indgang.programme.rollout import words as rollout_words
from indgang.programme.rollout.models import RolloutService
from indgang.programme.rollout.readiness import ReadinessPoint, ReadinessState
from indgang.programme.switchover import change
from indgang.programme.switchover.change import PartKind, Plan, SwitchPart
from indgang.programme.switchover.findings import FindingCode, SwitchFinding
from indgang.programme.switchover.models import Switchover
from indgang.programme.switchover.parts import article, feedback, mail, number, table
from indgang.programme.switchover.parts.place import SwitchPlace, digest


@dataclass(frozen=True, slots=True)
class RehearsedSwitch:
    """`place` is the moment that was rehearsed: the planned one, or now when it has passed."""

    place: SwitchPlace
    plan: Plan
    findings: tuple[SwitchFinding, ...]

    @property
    def is_blocked(self) -> bool:
        return any(each.blocks for each in self.findings)

    @property
    def seen(self) -> str:
        """The same for the same moment, plan and findings, in whatever language: who decides has read these."""
        found = [[each.code, each.key or each.value] for each in self.findings]
        return digest([self.place.at.astimezone(UTC).isoformat(), change.as_data(self.plan), found])


def rehearse(switch: Switchover, *, by: Person | None, at: datetime) -> RehearsedSwitch:
    """What the switch would change, if `by` decided it; None: somebody who may approve all."""
    place = table.place_of(switch, max(at, switch.planned_at))
    wanted = table.wanted(switch, place)
    plan = change.plan(table.present(wanted, place), wanted)
    return RehearsedSwitch(place, plan, tuple(_findings(switch, place, plan, by, at)))


def _findings(
    switch: Switchover, place: SwitchPlace, plan: Plan, by: Person | None, at: datetime
) -> Iterator[SwitchFinding]:
    if not plan:
        yield SwitchFinding(FindingCode.NOTHING)
    yield from _about_calls(switch, place)
    yield from _about_mails(switch, place)
    yield from _about_pages(switch, place, by)
    yield from _about_asking(switch, place, plan)
    yield from _about_targets(switch, place)
    yield from _about_rollout(switch, place, at)


def _about_calls(switch: Switchover, place: SwitchPlace) -> Iterator[SwitchFinding]:
    draft = flow_versions.draft_of(switch.flow) if switch.flow else None
    if switch.flow and flow_versions.in_force(switch.flow) is None:
        yield SwitchFinding(FindingCode.NEVER_PUBLISHED, switch.flow.name)
    if switch.flow and draft is None:
        yield SwitchFinding(FindingCode.NO_DRAFT, switch.flow.name)
    elif switch.flow and draft:
        found = flow_versions.problems(draft.definition, on=place.day)
        if found:
            code = FindingCode.CANNOT_RUN if any(not each.is_warning for each in found) else FindingCode.CHECK_FLOW
            yield SwitchFinding(code, switch.flow.name)
    if switch.numbers and (switch.leads_to is None or not switch.leads_to.valid_on(place.day)):
        yield SwitchFinding(FindingCode.NOWHERE)
    for each in switch.numbers:
        if not number.present(each, place):
            yield SwitchFinding(FindingCode.NO_ENTRY, number.shown(each))
    day = hours.days(hours.schedule_of(switch.centre.schedule), place.day, 1)[0]
    if not day.spans:
        yield SwitchFinding(FindingCode.CENTRE_CLOSED, switch.centre.name)


def _about_mails(switch: Switchover, place: SwitchPlace) -> Iterator[SwitchFinding]:
    mail_to = switch.mail_to
    if mail_to is None:
        return
    if not mail_to.valid_on(place.day):
        yield SwitchFinding(FindingCode.MAILBOX_ENDED, mail_to.name)
    for each in switch.addresses:
        if not mail.present(each, place):
            yield SwitchFinding(FindingCode.NO_MAILBOX, each)
        for rule in mail.other_queues(each, mail_to.queue, place):
            yield SwitchFinding(FindingCode.MAIL_RULES, f"{each}: {rule}")


def _about_pages(switch: Switchover, place: SwitchPlace, by: Person | None) -> Iterator[SwitchFinding]:
    chosen = list(switch.versions.select_related("article__unit", "created_by"))
    in_force = ArticleVersion.objects.in_force(place.at)
    for version in chosen:
        name = article.name_of(version)
        now = article.present(name, place)
        if now == article.value_of(version):
            continue
        if version.state != ArticleVersion.State.IN_REVIEW:
            yield SwitchFinding(FindingCode.NOT_IN_REVIEW, article.shown(name))
        elif by is not None and not versions.may_approve(version, by, on=place.day):
            yield SwitchFinding(FindingCode.OTHER_APPROVER, article.shown(name))
        if not now and (version.language != "da" or in_force.filter(article=version.article).exists()):
            yield SwitchFinding(FindingCode.CANNOT_UNPUBLISH, article.shown(name))
    if not chosen and not in_force.filter(article__service=switch.service).exists():
        yield SwitchFinding(FindingCode.NO_ARTICLE)


def _about_asking(switch: Switchover, place: SwitchPlace, plan: Plan) -> Iterator[SwitchFinding]:
    for each in plan:
        refusal = feedback.refusal(each.part.name, each.after, place) if each.part.kind is PartKind.FEEDBACK else ""
        if refusal:
            yield SwitchFinding(FindingCode.CANNOT_ASK, refusal)
    asked = AskingRule.objects.valid_on(place.day).filter(
        Q(centre=None) | Q(centre=switch.centre), Q(service=None) | Q(service=switch.service), share__gt=0,
        questionnaire__kind__in=ASKED_BY_RULE,
    )  # fmt: skip
    if switch.questionnaire is None and not asked.exists():
        yield SwitchFinding(FindingCode.NOT_ASKED)


def _about_targets(switch: Switchover, place: SwitchPlace) -> Iterator[SwitchFinding]:
    agreement = two_parties.in_force(CooperationAgreement, switch.centre, place.day)
    if agreement is None:
        yield SwitchFinding(FindingCode.NO_AGREEMENT, switch.centre.name)
    elif not agreement.targets.filter(Q(service=switch.service) | Q(is_floor=True)).exists():
        yield SwitchFinding(FindingCode.NO_TARGET)


def stage_of(switch: Switchover) -> RolloutService | None:
    """The service in the open rollout plan of the centre."""
    rows = RolloutService.objects.filter(
        service=switch.service, plan__centre=switch.centre, plan__closed_at=None
    ).select_related("plan", "stage")  # fmt: skip
    return rows.first()


def _about_rollout(switch: Switchover, place: SwitchPlace, at: datetime) -> Iterator[SwitchFinding]:
    """What the rollout plan says: the day of the service's stage, and what its unit lacks."""
    moving = stage_of(switch)
    if moving is None:
        return
    day = plans.days_of(moving.plan)[moving.stage.number]
    if day != place.day:
        yield SwitchFinding(FindingCode.OTHER_DAY, f"{moving.stage.name}, {day:%d.%m.%Y}")
    own = _brings(switch)
    for unit in unit_facts.of_plan(moving.plan, at=at).of(moving.stage):
        if switch.service in unit.services:
            for each in unit.states:
                yield from _lacks(each, own.get(each.point, frozenset()))


def _lacks(state: ReadinessState, own: Set[str]) -> Iterator[SwitchFinding]:
    for missing in state.missing:
        left = tuple(each for each in missing.names if each.lower() not in own)
        if left or not missing.names:
            said = rollout_words.missing(replace(missing, names=left))
            key = " ".join((state.point, missing.lack, *left))
            yield SwitchFinding(FindingCode.NOT_READY, f"{rollout_words.POINTS[state.point]}: {said}", key)


def _brings(switch: Switchover) -> dict[ReadinessPoint, Set[str]]:
    """What the unit lacks now because the switch itself brings it, in small letters: by point, the names of services
    that get an article, the numbers and the addresses."""
    chosen = switch.versions.filter(language=Language.DANISH, article__service__isnull=False)
    services = chosen.values_list("article__service__name", flat=True)
    return {
        ReadinessPoint.ARTICLES: {each.lower() for each in services},
        ReadinessPoint.NUMBERS: set(switch.numbers),
        ReadinessPoint.MAILBOXES: {each.lower() for each in switch.addresses},
    }


def brought(plan: Plan, switch: Switchover, place: SwitchPlace) -> list[SwitchPart]:
    """The parts of a decided plan that the switch would not bring any more: a draft has been changed since."""
    wanted = table.wanted(switch, place)
    return [each.part for each in plan if wanted.get(each.part) != each.after]


def kinds_of(plan: Plan) -> list[PartKind]:
    return [kind for kind in PartKind if any(each.part.kind is kind for each in plan)]
