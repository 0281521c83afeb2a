"""Feedback of the demo: questionnaires and a rule, and what callers of the past weeks have answered.

The rows are made by the actions of the product, at the times at which a robot would have called. Callers are the less
content the longer they waited, and the less content they are, the more of them answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from django.conf import settings
from django.db import transaction

from indgang.accounts.models import Person
from indgang.core.clock import day_of
from indgang.enquiries.models import Channel, Enquiry
from indgang.events import cursor
from indgang.feedback import (
    answering,
    invitations,
    inviting,
    parts,
    questionnaires,
    rules,
    spoken_comments,
    spoken_questions,
)
from indgang.feedback.models import AskingRule, Questionnaire, QuestionnaireVersion, SurveyInvitation
from indgang.handover.models import Handover
from indgang.telephony import speech

#: calls of the past that are asked about, spread over all its days
MOST_CALLS = 400
_COMMENTS = (
    "Jeg fik svar med det samme. Tak.", "Der var lang ventetid, men medarbejderen var meget hjælpsom.",
    "Jeg blev sendt videre to gange.", "Det var svært at finde nummeret på hjemmesiden.", "Super service!",
)  # fmt: skip
#: the share of those who answer everything that speaks afterwards
_SPEAK = 0.03
_ASKED = "after-call"
_SEED = 2026
_MOODS = {"courtesy": 0.6, "resolution": -0.2}


def seed(people: Mapping[str, Person], *, at: datetime) -> None:
    """Begin with the shipped questionnaires and a rule for each level, unless there are any."""
    by = people.get("finn")
    if by is None or Questionnaire.objects.exists():
        return
    questionnaires.begin_with_all(by=by, at=at)
    usual = AskingRule(questionnaire=Questionnaire.objects.get(code=_ASKED), share=60)
    # the second level has few conversations, and everybody who had one is asked
    for rule in (usual, AskingRule(questionnaire=usual.questionnaire, level=2, share=100)):
        rules.make({name: getattr(rule, name) for name in rules.FIELDS}, by=by, at=at)


def answer_past(*, until: datetime, most: int = MOST_CALLS) -> int:
    """Ask about calls and hand-overs of the past, and let people answer. Returns how many parts were decided about."""
    if SurveyInvitation.objects.exists() or not AskingRule.objects.exists():
        return 0
    calls = Enquiry.objects.filter(
        channel=Channel.PHONE, answered_at__isnull=False, ended_at__lt=until - timedelta(hours=2)
    )
    every = max(calls.count() // most, 1)
    rows = calls.select_related("party", "centre", "queue").prefetch_related("questions__service__unit")
    chosen = list(rows.order_by("ended_at"))[::every]
    chance = Random(_SEED)  # noqa: S311  # a demo, not a secret
    with transaction.atomic():
        answered = Handover.objects.filter(closed_at__lt=until).select_related("enquiry", "unit", "service")
        ended = [*parts.of_calls(chosen), *parts.of_handovers(answered)]
        _hold_since(min((part.ended_at for part in ended), default=until))
        for part in ended:
            planned = inviting.plan(part, at=part.ended_at)
            if planned is not None and planned.state == SurveyInvitation.State.PLANNED:
                _ask(planned, chance)
        cursor.catch_up(inviting.READER)  # the other calls of the past are not decided about
    return len(ended)


def _hold_since(first: datetime) -> None:
    """Let the rule and the questions hold since before the first call of the past."""
    day = day_of(first) - timedelta(days=1)
    AskingRule.objects.update(valid_from=day)
    QuestionnaireVersion.objects.update(valid_from=day)


def _ask(planned: SurveyInvitation, chance: Random) -> None:
    begun = invitations.begin(planned, at=planned.planned_at)
    if begun is None:
        return
    at = planned.planned_at + timedelta(minutes=2)
    content = min(max(chance.gauss(8.2 - begun.wait_seconds / 90, 1.3), 1), 9)
    if begun.level == 2:
        _answer(begun, content - 1.5, chance, at)
    elif chance.random() < 0.25:
        state = chance.choice(("not_reached", "machine", "refused"))
        invitations.end(begun, state=state, at=at)
    elif chance.random() < 0.9 - 0.05 * content:
        _answer(begun, content, chance, at)
    else:
        invitations.end(begun, state="expired", at=begun.due_at)


def _answer(begun: SurveyInvitation, content: float, chance: Random, at: datetime) -> None:
    moods = _MOODS | {"waiting": -begun.wait_seconds / 120}
    values = {
        each.position: int(min(max(round(content + moods.get(each.indicator, 0) + chance.gauss(0, 0.8)), 1), 9))
        for each in begun.version.questions.asked_at(begun.level)
        if each.is_rated
    }
    breaks_off = chance.random() < 0.08
    said = dict(list(values.items())[:2]) if breaks_off else values
    comment = chance.choice(_COMMENTS) if chance.random() < 0.15 else ""
    response = answering.answer(begun, values=said, comment=comment, complete=not breaks_off, at=at)
    speaks = not comment and not breaks_off and chance.random() < _SPEAK
    if response is not None and speaks and settings.SPOKEN_COMMENT_DAYS:
        wav = speech.speak_or_stand_in(chance.choice(_COMMENTS))
        question = spoken_questions.open_question(begun.version, begun.level or 1)
        days = settings.SPOKEN_COMMENT_DAYS
        spoken_comments.keep(response, wav, question=question, call=begun.pk, days=days, at=at)
