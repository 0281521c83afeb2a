"""A crowdsourcing session as its participants and its leaders see it. Nobody sees whose an answer is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean

from django.db.models import Count, Q

from indgang.feedback.studies.models import CrowdAnswer, CrowdQuestion, CrowdRating, Study, StudyParticipant

#: answers of others that a participant is shown at a time
SHOWN = 5


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question that has been asked, with what the participant answered."""

    question: CrowdQuestion
    texts: tuple[str, ...]
    option: int | None
    options: tuple[str, ...]

    @property
    def is_answered(self) -> bool:
        return bool(self.texts) or self.option is not None

    @property
    def chosen(self) -> str:
        """The words of the vote; empty without one."""
        return "" if self.option is None else self.options[self.option]

    @property
    def ends_at(self) -> datetime | None:
        """When the usual time for an answer is over. Nothing closes then."""
        opened = self.question.opened_at
        return opened + timedelta(seconds=self.question.seconds) if opened else None


def asked_of(participant: StudyParticipant) -> list[AskedQuestion]:
    """What has been asked so far: open questions first, and the newest first."""
    questions = CrowdQuestion.objects.filter(study=participant.study_id, opened_at__isnull=False)
    own: dict[int, list[CrowdAnswer]] = {}
    for answer in CrowdAnswer.objects.filter(participant=participant):
        own.setdefault(answer.asked_id, []).append(answer)
    ordered = sorted(questions, key=lambda each: (each.is_open, each.opened_at), reverse=True)
    return [_asked(each, own.get(each.pk, [])) for each in ordered]


def _asked(question: CrowdQuestion, own: list[CrowdAnswer]) -> AskedQuestion:
    texts = tuple(each.text for each in own if each.text)
    option = next((each.option for each in own if each.option is not None), None)
    return AskedQuestion(question, texts, option, tuple(question.options))


def to_rate(participant: StudyParticipant) -> list[CrowdAnswer]:
    """Answers of others that the participant has not rated: of open questions first, those with the fewest ratings
    first, so that all are rated by about as many."""
    rows = CrowdAnswer.objects.filter(asked__study=participant.study_id).exclude(text="")
    others = rows.filter(Q(participant=None) | ~Q(participant=participant))
    unrated = others.exclude(ratings__participant=participant).select_related("asked")
    counted = unrated.annotate(times=Count("ratings")).order_by("-asked__opened_at", "times", "pk")
    return list(counted[:SHOWN])


@dataclass(frozen=True, slots=True)
class RatedAnswer:
    text: str
    is_late: bool
    ratings: int
    mean: float | None


@dataclass(frozen=True, slots=True)
class OptionCount:
    text: str
    votes: int
    percent: int


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """`answers` counts all, the late ones too; `people` those who answered. Open answers stand by their mean rating."""

    question: CrowdQuestion
    answers: int
    people: int
    late: int
    texts: tuple[RatedAnswer, ...]
    options: tuple[OptionCount, ...]


@dataclass(frozen=True, slots=True)
class SessionBoard:
    invited: int
    joined: int
    questions: tuple[QuestionResult, ...]


def board(study: Study) -> SessionBoard:
    """The dashboard during and after the session. Four queries."""
    people = study.participants.aggregate(invited=Count("pk"), joined=Count("pk", filter=Q(joined_at__isnull=False)))
    answers: dict[int, list[CrowdAnswer]] = {}
    for answer in CrowdAnswer.objects.filter(asked__study=study):
        answers.setdefault(answer.asked_id, []).append(answer)
    ratings: dict[int, list[int]] = {}
    for of, value in CrowdRating.objects.filter(answer__asked__study=study).values_list("answer", "value"):
        ratings.setdefault(of, []).append(value)
    results = (_result(each, answers.get(each.pk, []), ratings) for each in study.crowd_questions.all())
    return SessionBoard(people["invited"], people["joined"], tuple(results))


def _result(question: CrowdQuestion, answers: list[CrowdAnswer], ratings: dict[int, list[int]]) -> QuestionResult:
    texts = [_rated(each, ratings.get(each.pk, [])) for each in answers if each.text]
    texts.sort(key=lambda each: (-(each.mean or 0.0), -each.ratings))
    votes = Counter(each.option for each in answers if each.option is not None)
    options = tuple(
        OptionCount(text, votes[number], round(100 * votes[number] / votes.total()) if votes else 0)
        for number, text in enumerate(question.options)
    )
    known = {each.participant_id for each in answers if each.participant_id is not None}
    deleted = sum(each.participant_id is None for each in answers)
    late = sum(each.is_late for each in answers)
    return QuestionResult(question, len(answers), len(known) + deleted, late, tuple(texts), options)


def _rated(answer: CrowdAnswer, values: list[int]) -> RatedAnswer:
    return RatedAnswer(answer.text, answer.is_late, len(values), fmean(values) if values else None)
