"""A study goes from one state to the next: started, presented, decided, followed up, or cancelled."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.feedback.studies import rights
from indgang.feedback.studies.models import Study, StudyRecommendation, StudyStep, TestOutcome
from indgang.feedback.studies.states import NEXT, Obstacle, StudyFacts, obstacles
from indgang.live import stale

WORDS: dict[Obstacle, str | Promise] = {
    Obstacle.NO_SPRINT_LEADER: gettext_lazy("Holdet mangler en sprintleder."),
    Obstacle.NO_TEST_LEADER: gettext_lazy("Holdet mangler en testleder."),
    Obstacle.TWO_SESSION_LEADERS: gettext_lazy("En session har to ledere: en, der styrer, og en, der følger op."),
    Obstacle.NO_PARTICIPANTS: gettext_lazy("Der er ingen deltagere."),
    Obstacle.NO_CONSENT: gettext_lazy("Skriv for hver deltager, hvordan samtykket er givet."),
    Obstacle.NO_TASKS: gettext_lazy("Testen har ingen opgaver."),
    Obstacle.NO_QUESTIONS: gettext_lazy("Guiden har ingen spørgsmål."),
    Obstacle.NO_OUTCOMES: gettext_lazy("Ingen af opgaverne har et resultat."),
    Obstacle.SESSION_NOT_OVER: gettext_lazy("Sessionen er ikke afsluttet."),
    Obstacle.NO_FINDINGS: gettext_lazy("Skriv mindst ét resultat."),
    Obstacle.NO_RECOMMENDATIONS: gettext_lazy("Skriv mindst én anbefaling."),
    Obstacle.UNDECIDED: gettext_lazy("Der er anbefalinger, som ikke er besluttet."),
    Obstacle.NOT_FOLLOWED_UP: gettext_lazy("Der er anbefalinger, som ikke er gennemført og fulgt op."),
}


def facts(study: Study) -> StudyFacts:
    """What the study has, as its obstacles are decided by."""
    people = study.participants.all()
    recommendations = study.recommendations.all()
    accepted = recommendations.filter(verdict=StudyRecommendation.Verdict.ACCEPTED)
    return StudyFacts(
        kind=study.kind, team=Counter(study.team.values_list("role", flat=True)), participants=people.count(),
        consented=people.filter(consented_at__isnull=False).count(), tasks=study.tasks.count(),
        questions=study.crowd_questions.count(), outcomes=TestOutcome.objects.filter(task__study=study).count(),
        is_session_over=study.session_ended_at is not None, findings=study.findings.count(),
        recommendations=recommendations.count(), undecided=recommendations.filter(verdict="").count(),
        open=accepted.filter(Q(done_on=None) | Q(result="", measured_after=None)).count(),
    )  # fmt: skip


def missing(study: Study, to: str) -> list[str]:
    """What stands in the way of a state, in sentences."""
    return [str(WORDS[each]) for each in obstacles(to, facts(study))]


@transaction.atomic
def move(study: Study, *, to: str, remark: str = "", by: Person, at: datetime) -> Study:
    """Take the study to the next state. Raises RefusedChange for a state that does not follow, with what is missing,
    and where somebody else decides."""
    locked = Study.objects.select_for_update(of=("self",)).select_related("unit").get(pk=study.pk)
    if to not in NEXT[locked.state]:
        raise RefusedChange({"": _("Undersøgelsen er kommet videre i mellemtiden. Se den igennem, og prøv igen.")})
    if to == Study.State.DECIDED and not rights.may_decide(by, locked.unit):
        raise RefusedChange({"": _("Det beslutter den, der beslutter for enheden.")})
    if to == Study.State.CANCELLED and not remark:
        raise RefusedChange({"remark": _("Skriv, hvorfor undersøgelsen aflyses.")})
    if lacking := missing(locked, to):
        raise RefusedChange({"": " ".join(lacking)})
    before = locked.state
    said = mask_cpr(remark)
    _write(locked, to, remark=said, by=by, at=at)
    states = {"before": {"state": before}, "after": {"state": to}}
    trail.record(by=by, at=at, action="study.state", target=locked, **states, why=said[:300])
    stale.mark(f"study-{locked.pk}/session")
    return locked


def _write(study: Study, to: str, *, remark: str, by: Person, at: datetime) -> None:
    values: dict[str, Any] = {"state": to}
    if to == Study.State.REPORTED:
        values["reported_at"] = at
    if to == Study.State.DECIDED:
        values |= {"decided_at": at, "decided_by": by, "decision": remark}
    for name, value in values.items():
        setattr(study, name, value)
    study.save(update_fields=list(values))
    StudyStep.objects.create(study=study, state=to, at=at, taken_by=by, remark=remark)
