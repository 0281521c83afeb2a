"""The rule of each questionnaire: what opens a follow-up of its answers, and how many working days it has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.feedback.follow_up_models import FollowUpRule
from indgang.feedback.models import Questionnaire

_FIELDS = ("on_score", "low_index", "on_comment", "working_days")


def rule_of(questionnaire: Questionnaire) -> FollowUpRule:
    """The rule that holds; not stored while it is the default one."""
    found = FollowUpRule.objects.filter(questionnaire=questionnaire).first()
    return found or FollowUpRule(questionnaire=questionnaire)


def all_rules() -> list[FollowUpRule]:
    """One for each questionnaire, stored or not."""
    stored = {each.questionnaire_id: each for each in FollowUpRule.objects.select_related("questionnaire")}
    return [stored.get(each.pk) or FollowUpRule(questionnaire=each) for each in Questionnaire.objects.all()]


@transaction.atomic
def save(questionnaire: Questionnaire, *, values: Mapping[str, Any], by: Person, at: datetime) -> FollowUpRule:
    """Store the rule. It holds for answers that come from now on; what is open keeps its deadline."""
    Questionnaire.objects.select_for_update().get(pk=questionnaire.pk)
    rule = rule_of(questionnaire)
    before = trail.values_of(rule, _FIELDS)
    for name in _FIELDS:
        setattr(rule, name, values[name])
    rule.save()
    after = trail.values_of(rule, _FIELDS)
    trail.record(by=by, at=at, action="followuprule.change", target=rule, before=before, after=after)
    return rule
