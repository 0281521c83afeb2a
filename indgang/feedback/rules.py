"""Who is asked, by rule: made, changed from today on, and ended. What a rule said on earlier days stays."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import Queue
from indgang.feedback.models import ASKED_BY_RULE, AskingRule, SurveyKind

Way = AskingRule.Way
#: what somebody decides about a rule
FIELDS = (
    "questionnaire", "centre", "service", "unit", "level", "way", "turn", "share", "delay_minutes", "asks_from",
    "asks_until", "attempts", "pause_minutes", "quarantine_days", "announced",
)  # fmt: skip
OVER = _("Reglen er slut. Lav en ny.")
_BY_TELEPHONE = (Way.ROBOT, Way.END_OF_CALL)


@transaction.atomic
def make(values: Mapping[str, Any], *, by: Person, at: datetime) -> AskingRule:
    """A new rule that holds from today on. Raises RefusedChange."""
    _refuse(values)
    rule = AskingRule.objects.create(valid_from=day_of(at), **{name: values[name] for name in FIELDS})
    trail.record(by=by, at=at, action="asking_rule.create", target=rule, after=_facts(rule))
    return rule


@transaction.atomic
def change(rule: AskingRule, values: Mapping[str, Any], *, by: Person, at: datetime) -> AskingRule:
    """Let it say something else from today on: a rule that held before today ends, and another follows it."""
    _refuse(values)
    found = _locked(rule, at)
    before, today = _facts(found), day_of(at)
    if found.valid_from < today:
        AskingRule.objects.filter(pk=found.pk).update(valid_to=today)
        found.pk, found.valid_from, found.valid_to, found._state.adding = None, today, None, True
    for name in FIELDS:
        setattr(found, name, values[name])
    found.revision += 1
    found.save()
    trail.record(by=by, at=at, action="asking_rule.edit", target=found, before=before, after=_facts(found))
    return found


@transaction.atomic
def end(rule: AskingRule, *, by: Person, at: datetime) -> None:
    """Ask nobody by it any more. Conversations that end today are still asked about, by tomorrow none."""
    found = _locked(rule, at)
    found.valid_to = max(day_of(at), found.valid_from) + timedelta(days=1)
    found.save(update_fields=["valid_to"])
    trail.record(by=by, at=at, action="asking_rule.end", target=found, after={"valid_to": found.valid_to.isoformat()})


@transaction.atomic
def take_back(rule: AskingRule, *, by: Person, at: datetime) -> None:
    """Ask nobody by it from today on. One that began today is removed; the invitations that it planned stay."""
    found = _locked(rule, at)
    if found.valid_from < day_of(at):
        found.valid_to = day_of(at)
        found.save(update_fields=["valid_to"])
        after = {"valid_to": found.valid_to.isoformat()}
        trail.record(by=by, at=at, action="asking_rule.end", target=found, after=after)
        return
    trail.record(by=by, at=at, action="asking_rule.remove", target=found, before=_facts(found))
    found.delete()


def queues_after_calls(at: datetime, **asked: Any) -> list[str]:
    """The queues (codes) of the centres with a rule after calls that is like this. What a call is about is not known
    yet, so that a rule for one service counts for all its centre's callers."""
    rules = AskingRule.objects.valid_on(day_of(at)).filter(share__gt=0, **asked)
    centres = set(rules.filter(questionnaire__kind=SurveyKind.AFTER_CALL).values_list("centre", flat=True))
    queues = Queue.objects.valid_on(day_of(at)).exclude(is_safe=True)
    if None not in centres:
        queues = queues.filter(centre__in=centres)
    return list(queues.values_list("code", flat=True))


def _locked(rule: AskingRule, at: datetime) -> AskingRule:
    rows = AskingRule.objects.select_for_update(of=("self",)).select_related("questionnaire")
    found: AskingRule = rows.get(pk=rule.pk)
    if is_over(found, day_of(at)):
        raise RefusedChange({"": OVER})
    return found


def is_over(rule: AskingRule, on: date) -> bool:
    """Whether the rule has ended or ends with the day, so that it is changed no more."""
    return rule.valid_to is not None and rule.valid_to <= on + timedelta(days=1)


def refusal_of(values: Mapping[str, Any]) -> dict[str, str | Promise]:
    """Why no rule can say this, by field; empty when one can."""
    if values["asks_from"] >= values["asks_until"]:
        return {"asks_until": _("Vælg et senere tidspunkt end det første.")}
    if values["way"] == Way.IN_TURN and len(values["turn"]) < 2:
        return {"turn": _("Vælg mindst to måder, der skiftes mellem.")}
    if values["questionnaire"].kind not in ASKED_BY_RULE:
        return {"questionnaire": _("Vælg et spørgeskema om opkald, mails, formularer eller chat.")}
    kind, in_turn = values["questionnaire"].kind, values["way"] == Way.IN_TURN
    for way in values["turn"] if in_turn else [values["way"]]:
        if said := _refusal_of_way(way, kind):
            return {"turn" if in_turn else "way": said}
    return {}


def _refuse(values: Mapping[str, Any]) -> None:
    if refused := refusal_of(values):
        raise RefusedChange(refused)


def _refusal_of_way(way: str, kind: str) -> str | Promise:
    """Why nobody can be asked so about this kind; "" when they can."""
    if way in _BY_TELEPHONE and kind != SurveyKind.AFTER_CALL:
        return _("I telefonen spørges kun efter opkald. Vælg et link.")
    if way == Way.PAGE and kind != SurveyKind.CHAT:
        return _("På siden spørges kun efter en chat. Vælg en anden måde.")
    return ""


def _facts(rule: AskingRule) -> dict[str, Any]:
    named = {name: getattr(rule, name) for name in ("centre", "service", "unit")}
    return {
        "questionnaire": rule.questionnaire.code, "level": rule.level, "way": rule.way, "turn": ", ".join(rule.turn),
        "share": rule.share, "delay_minutes": rule.delay_minutes, "asks_from": f"{rule.asks_from:%H:%M}",
        "asks_until": f"{rule.asks_until:%H:%M}", "attempts": rule.attempts, "pause_minutes": rule.pause_minutes,
        "quarantine_days": rule.quarantine_days, "announced": rule.announced,
        **{name: row.code if row else "" for name, row in named.items()},
    }  # fmt: skip
