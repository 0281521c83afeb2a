"""Takes what people answer. The same answer twice counts once, and a later part of an answer completes the first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from indgang.catalogue.models import Service, Unit
from indgang.core.refusals import CodedRefusal
from indgang.feedback import invitations, known_names, page_answers, scales, stream
from indgang.feedback.masking import masked
from indgang.feedback.models import (
    MOST_VISITED,
    Comment,
    QuestionnaireVersion,
    Rating,
    Response,
    SurveyInvitation,
    SurveyQuestion,
)

State = SurveyInvitation.State
#: characters of a comment that are kept
LONGEST_COMMENT = 4_000
_LONGEST_PATH = 300
#: the answers by the position of their questions
Values = Mapping[int, int]


class AnswerRefused(CodedRefusal):
    """The answer does not count. `code`: over, late, value."""


@dataclass(frozen=True, slots=True)
class AnsweredPage:
    """The page of the site that is answered about. `ref` names it, `version` is what stood there."""

    kind: str
    ref: str
    version: str = ""
    service: Service | None = None
    unit: Unit | None = None


@transaction.atomic
def answer(
    invitation: SurveyInvitation, *, values: Values, comment: str = "", complete: bool, at: datetime
) -> Response | None:
    """Store what the invited person has answered; None while it is nothing.

    What is answered once stays as it was. `complete` says that they came to the end; otherwise a later answer may
    add to it until the invitation's time is over. Raises AnswerRefused.
    """
    found = invitations.locked(invitation)
    _refuse_what_is_over(found, at)
    questions = list(found.version.questions.asked_at(found.level))
    rated = _rated(questions, values)
    response = Response.objects.filter(invitation=found).first()
    if response is not None and at >= found.due_at:
        return response
    if response is None and not (rated or comment.strip() or complete):
        return None
    response = response or _begun(found, at)
    if _add(response, questions, rated, comment, complete=complete, at=at):
        _move_on(found, response, at)
    return response


def answer_page(
    version: QuestionnaireVersion,
    page: AnsweredPage,
    *,
    values: Values,
    comment: str = "",
    visited: Sequence[str] = (),
    language: str = "da",
    key: str = "",
    at: datetime,
) -> Response | None:
    """Store what somebody answers on a page; None when it is nothing. A `key` that was used counts once.

    `visited` are the paths of the first pages of the visit; what follows a question mark is left out. Raises
    AnswerRefused for a value that is not on its question's scale.
    """
    questions = sorted(version.questions.all(), key=lambda each: each.position)
    rated = _rated(questions, values)
    if not rated and not comment.strip():
        return None
    response = Response(
        key=key[:64], version=version, kind=version.questionnaire.kind, service=page.service, unit=page.unit,
        channel="web", language=language[:5], page_kind=page.kind[:20], page_ref=page.ref[:_LONGEST_PATH],
        page_version=page.version[:40], visited=[_path(each) for each in visited[:MOST_VISITED]], answered_at=at,
        complete=True,
    )  # fmt: skip
    ratings = [Rating(response=response, question=each, value=value) for each, value in rated.items()]
    event = stream.row_of_page(response, ratings, at=at)
    response.events = 1
    asked = open_question(questions)
    is_new = page_answers.store(response, rated, open_question=asked, words=kept_words(comment), event=event)
    return response if is_new else Response.objects.get(key=response.key)


def _refuse_what_is_over(found: SurveyInvitation, at: datetime) -> None:
    if found.state == State.ANSWERED or found.takes_answers(at):
        return
    if at >= found.due_at or found.state == State.EXPIRED:
        raise AnswerRefused("late", _("Det er for sent at svare. Tak, fordi du ville."))
    raise AnswerRefused("over", _("Du kan ikke svare her længere."))


def _rated(questions: Sequence[SurveyQuestion], values: Values) -> dict[SurveyQuestion, int]:
    by_position = {each.position: each for each in questions if each.is_rated}
    for position, value in values.items():
        question = by_position.get(position)
        if question is None or value not in scales.ends(question.scale):
            raise AnswerRefused("value", _("Vælg et af de tal, der står ved spørgsmålet."))
    return {by_position[position]: value for position, value in values.items()}


def _begun(found: SurveyInvitation, at: datetime) -> Response:
    return Response.objects.create(
        version=found.version, invitation=found, kind=found.version.questionnaire.kind, level=found.level,
        centre=found.centre, service=found.service, unit=found.unit, queue=found.queue, employee=found.employee,
        channel=found.channel, language=found.language, answered_at=at,
    )  # fmt: skip


def _add(
    response: Response, questions: Sequence[SurveyQuestion], rated: Mapping[SurveyQuestion, int], comment: str, *,
    complete: bool, at: datetime,
) -> bool:  # fmt: skip
    """Add what is new; whether anything is."""
    before = set(response.ratings.values_list("question", flat=True))
    new = [Rating(response=response, question=each, value=value) for each, value in rated.items()
           if each.pk not in before]  # fmt: skip
    Rating.objects.bulk_create(new)
    is_first = bool(comment.strip()) and not response.comments.exclude(text="").exists()
    is_first = is_first and _comment(response, questions, comment, at=at)
    everything = len(before) + len(new) >= sum(each.is_rated for each in questions) > 0
    is_complete = response.complete or complete or everything
    is_new = bool(new) or is_first or is_complete != response.complete
    response.complete = is_complete
    return is_new


def add_comment(response: Response, question: SurveyQuestion | None, comment: str, *, at: datetime) -> Comment | None:
    """Store what was said in own words, masked; None when it is nothing."""
    words = kept_words(comment)
    return Comment.objects.create(response=response, question=question, at=at, text=words) if words else None


def kept_words(comment: str) -> str:
    """What is kept of a comment: so many characters, masked."""
    words = comment.replace("\0", "").strip()[:LONGEST_COMMENT]
    return masked(words, known_names.current()) if words else ""


def _comment(response: Response, questions: Sequence[SurveyQuestion], comment: str, *, at: datetime) -> bool:
    """Store the comment that answers the open question; whether there is one."""
    return add_comment(response, open_question(questions), comment, at=at) is not None


def open_question(questions: Sequence[SurveyQuestion]) -> SurveyQuestion | None:
    """The first that is answered in own words."""
    return next((each for each in questions if not each.is_rated), None)


def _move_on(found: SurveyInvitation, response: Response, at: datetime) -> None:
    """The invitation follows the response: answered when it is complete, partly until then."""
    response.save()
    if response.complete:
        invitations.close(found, state=State.ANSWERED, at=found.ended_at or at)
    else:
        found.state = State.PARTLY
    stream.append_answer(found, response, at=at)
    found.save()


def _path(address: str) -> str:
    return address.split("?")[0].split("#")[0].replace("\0", "")[:_LONGEST_PATH]
