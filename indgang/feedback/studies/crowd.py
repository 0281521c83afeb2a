"""A crowdsourcing session, live: the guide and what leaders add, answers, and ratings of others' answers.

Nothing depends on a leader's browser: when its connection is lost, questions stay as they are and the other leader goes
on. An answer to a question that has been closed is kept and counted as late.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.catalogue import changes
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.feedback import known_names
from indgang.feedback.masking import masked
from indgang.feedback.studies.costs import OPEN_SECONDS, POLL_SECONDS
from indgang.feedback.studies.models import (
    GIVEN_ON_THE_PAGE,
    LONGEST,
    CrowdAnswer,
    CrowdQuestion,
    CrowdRating,
    Study,
    StudyParticipant,
)
from indgang.feedback.studies.planning import unclosed, unreported
from indgang.live import stale

#: answers of one participant to one open question
MOST_ANSWERS = 10
MOST_OPTIONS, MOST_QUESTIONS = 10, 40
#: whoever was typing as the session ended can still send
_GRACE = timedelta(hours=1)


# --- leaders ----------------------------------------------------------------------------------------


@transaction.atomic
def begin(study: Study, *, by: Person, at: datetime) -> Study:
    """Raises RefusedChange before the study is started, and after its session has begun."""
    locked = unreported(study)
    if locked.state != Study.State.RUNNING or locked.kind != Study.Kind.CROWDSOURCING:
        raise RefusedChange({"": _("Start undersøgelsen først.")})
    if locked.session_began_at is not None:
        raise RefusedChange({"": _("Sessionen er allerede begyndt.")})
    _mark(locked)
    return changes.save(locked, {"session_began_at": at}, by=by, at=at)


@transaction.atomic
def end(study: Study, *, by: Person, at: datetime) -> Study:
    """Close the questions that are open, and the session. Raises RefusedChange when it is not going on."""
    locked = _going_on(study)
    locked.crowd_questions.filter(opened_at__isnull=False, closed_at=None).update(closed_at=at)
    _mark(locked)
    return changes.save(locked, {"session_ended_at": at}, by=by, at=at)


@transaction.atomic
def add_question(study: Study, values: Mapping[str, Any], *, by: Person, at: datetime) -> CrowdQuestion:
    """A question at the end of the guide; one that comes while the session goes on was added on the way.

    `seconds` is what its kind usually takes unless it is given. Raises RefusedChange, by field.
    """
    locked = unreported(study)
    if locked.kind != Study.Kind.CROWDSOURCING:
        raise RefusedChange({"": _("Kun en session har en guide.")})
    if locked.session_ended_at is not None:
        raise RefusedChange({"": _("Sessionen er afsluttet.")})
    last = locked.crowd_questions.aggregate(last=Max("position"))["last"] or 0
    if last >= MOST_QUESTIONS:
        raise RefusedChange({"": _("En session kan højst have %(most)s spørgsmål.") % {"most": MOST_QUESTIONS}})
    is_poll = values["form"] == CrowdQuestion.Form.POLL
    wanted = {
        "study": locked, "position": last + 1, "form": values["form"], "text": mask_cpr(values["text"]),
        "options": _options(mask_cpr(values.get("options", ""))) if is_poll else [],
        "seconds": values.get("seconds") or (POLL_SECONDS if is_poll else OPEN_SECONDS),
        "is_added": locked.session_began_at is not None,
    }  # fmt: skip
    made = changes.save(CrowdQuestion(), wanted, by=by, at=at)
    _mark(locked)
    return made


@transaction.atomic
def remove_question(question: CrowdQuestion, *, by: Person, at: datetime) -> None:
    """Raises RefusedChange for a question that has been asked."""
    unreported(question.study)
    if question.opened_at is not None:
        raise RefusedChange({"": _("Spørgsmålet er stillet og kan ikke fjernes.")})
    trail.record(by=by, at=at, action="crowdquestion.remove", target=question, before={"text": question.text})
    question.delete()
    _mark(question.study)


@transaction.atomic
def open_question(question: CrowdQuestion, *, by: Person, at: datetime) -> CrowdQuestion:
    """Ask a question, or ask it once more. Both leaders may; the second who does it changes nothing."""
    study, locked = _going_on(question.study), _locked(question)
    if locked.is_open:
        return locked
    _mark(study)
    return changes.save(locked, {"opened_at": at, "closed_at": None}, by=by, at=at)


@transaction.atomic
def close_question(question: CrowdQuestion, *, by: Person, at: datetime) -> CrowdQuestion:
    """No more answers in time. The second leader who does it changes nothing."""
    study, locked = _going_on(question.study), _locked(question)
    if not locked.is_open:
        return locked
    _mark(study)
    return changes.save(locked, {"closed_at": at}, by=by, at=at)


# --- participants -----------------------------------------------------------------------------------


@transaction.atomic
def join(participant: StudyParticipant, *, name: str, at: datetime) -> StudyParticipant:
    """The participant consents on the page and takes part; a name is optional. Done again, it only changes the name."""
    locked = _of(participant)
    _refuse_over(locked.study, at)
    locked.name = mask_cpr(name.strip())[:100] or locked.name
    if locked.consented_at is None:
        locked.consented_at, locked.consent = at, GIVEN_ON_THE_PAGE
    locked.joined_at = locked.joined_at or at
    locked.save()
    stale.mark(f"study-{locked.study_id}/answers")
    return locked


@transaction.atomic
def answer_openly(participant: StudyParticipant, question: CrowdQuestion, *, text: str, at: datetime) -> CrowdAnswer:
    """An answer in words. The same words twice are one answer. Raises RefusedChange, and what was typed stays there."""
    locked = _may_answer(participant, question, at)
    words = masked(text.strip(), known_names.current())
    if not words:
        raise RefusedChange({"text": _("Skriv dit svar.")})
    if len(words) > LONGEST:
        said = _("Svaret må højst fylde %(most)s tegn. Det fylder %(many)s.") % {"most": LONGEST, "many": len(words)}
        raise RefusedChange({"text": said})
    digest = hashlib.sha256(" ".join(words.lower().split()).encode("utf-8", "replace")).hexdigest()
    own = CrowdAnswer.objects.filter(asked=question, participant=locked)
    if (same := own.filter(digest=digest).first()) is not None:
        return same
    if own.count() >= MOST_ANSWERS:
        raise RefusedChange({"text": _("Du kan højst give %(most)s svar på et spørgsmål.") % {"most": MOST_ANSWERS}})
    stale.mark(f"study-{locked.study_id}/answers")
    return CrowdAnswer.objects.create(
        asked=question, participant=locked, text=words, digest=digest, at=at, is_late=not question.is_open
    )


@transaction.atomic
def vote(participant: StudyParticipant, question: CrowdQuestion, *, option: int | None, at: datetime) -> CrowdAnswer:
    """A vote in a poll. A new one replaces the old one while the question is open; a late one replaces none."""
    locked = _may_answer(participant, question, at)
    if option is None or not 0 <= option < len(question.options):
        raise RefusedChange({"option": _("Vælg et af svarene.")})
    found = CrowdAnswer.objects.filter(asked=question, participant=locked).first()
    if found is not None and not question.is_open:
        return found
    made = found or CrowdAnswer(asked=question, participant=locked, is_late=not question.is_open)
    made.option, made.at = option, at
    made.save()
    stale.mark(f"study-{locked.study_id}/answers")
    return made


@transaction.atomic
def rate(participant: StudyParticipant, answer: CrowdAnswer, *, value: int | None, at: datetime) -> CrowdRating:
    """How much the participant agrees with another's answer; done again, it replaces the rating."""
    locked = _of(participant)
    _refuse_over(locked.study, at)
    if locked.joined_at is None:
        raise RefusedChange({"": _("Sig først ja til at være med.")})
    if value is None or not 1 <= value <= 5:
        raise RefusedChange({"value": _("Vælg et tal fra 1 til 5.")})
    if answer.participant_id == locked.pk or not answer.text:
        raise RefusedChange({"": _("Du kan kun vurdere andres svar.")})
    rating, _made = CrowdRating.objects.update_or_create(answer=answer, participant=locked, defaults={"value": value})
    stale.mark(f"study-{locked.study_id}/answers")
    return rating


def _may_answer(participant: StudyParticipant, question: CrowdQuestion, at: datetime) -> StudyParticipant:
    """The participant, locked, so that their answers come one after the other."""
    locked = _of(participant)
    _refuse_over(locked.study, at)
    question.refresh_from_db()
    if question.opened_at is None or locked.joined_at is None:
        raise RefusedChange({"": _("Spørgsmålet er ikke stillet endnu.")})
    return locked


def _of(participant: StudyParticipant) -> StudyParticipant:
    rows = StudyParticipant.objects.select_for_update(of=("self",)).select_related("study")
    found = rows.filter(pk=participant.pk).first()
    if found is None:
        raise RefusedChange({"": _("Linket gælder ikke mere.")})
    return found


def may_still_send(study: Study, at: datetime) -> bool:
    """Whether answers are still taken: until an hour after the session."""
    ended = study.session_ended_at
    return not study.is_over and (ended is None or at <= ended + _GRACE)


def _refuse_over(study: Study, at: datetime) -> None:
    if not may_still_send(study, at):
        raise RefusedChange({"": _("Sessionen er afsluttet. Tak for din deltagelse.")})


def _going_on(study: Study) -> Study:
    locked = unclosed(study)
    if locked.session_began_at is None:
        raise RefusedChange({"": _("Sessionen er ikke begyndt endnu.")})
    if locked.session_ended_at is not None:
        raise RefusedChange({"": _("Sessionen er afsluttet.")})
    return locked


def _locked(question: CrowdQuestion) -> CrowdQuestion:
    found: CrowdQuestion = CrowdQuestion.objects.select_for_update(of=("self",)).get(pk=question.pk)
    return found


def _options(typed: str) -> list[str]:
    """The choices of a poll, one a line. Raises RefusedChange for fewer than two and for more than ten."""
    found = list(dict.fromkeys(line.strip() for line in typed.splitlines() if line.strip()))
    if not 2 <= len(found) <= MOST_OPTIONS:
        raise RefusedChange({"options": _("Skriv mellem to og ti svar, ét på hver linje.")})
    if any(len(each) > 200 for each in found):
        raise RefusedChange({"options": _("Et svar må højst fylde 200 tegn.")})
    return found


def _mark(study: Study) -> None:
    stale.mark(f"study-{study.pk}/session", f"study-{study.pk}/answers")
