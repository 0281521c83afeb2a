"""Spoken comments: taken from robot calls, heard by whoever leads the place, and written down or found unusable.

The sound is deleted when the comment is written down (`SPOKEN_COMMENT_STAYS`: on its day), and by the time that was
promised before it was recorded at the latest: from then on nobody hears it, and it goes within a minute (`expire`).
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import BinaryField, Case, F, Q, QuerySet, Value, When
from django.db.models.functions import Length, Substr
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import listening, trail
from indgang.audit.models import Look
from indgang.core.refusals import RefusedChange
from indgang.entry import robot_calls
from indgang.entry.models import RobotCall
from indgang.feedback import answering, invitations, spoken_questions, stream
from indgang.feedback.follow_ups import rights
from indgang.feedback.models import Response, SpokenComment, SpokenCommentQuerySet, SurveyQuestion
from indgang.telephony import sound as sounds

logger = logging.getLogger(__name__)
#: the page that a look at one names
PAGE = "office.spoken_comment"
#: how far back `expire` looks each minute
EXPIRED_LATELY = timedelta(days=2)
State = SpokenComment.State
#: a button that is pressed twice begins one listening
_ONE_PRESS = timedelta(seconds=10)


# --- from the telephone ---------------------------------------------------------------------------


def take() -> int:
    """Take the sounds of comments from the robot calls that are over; returns how many.

    Each in a transaction of its own: one that cannot be stored holds up no other.
    """
    return sum(_taken(call) for call in robot_calls.commented(invitations.REFERENCE))


def _taken(call: UUID) -> bool:
    try:
        return _take(call)
    except Exception as error:  # noqa: BLE001  # only its kind: the database's message quotes the row
        logger.error("the comment of robot call %s cannot be stored (%s)", call, type(error).__name__)
        return False


@transaction.atomic
def _take(call: UUID) -> bool:
    """Store one with its answer. Where no answer counted nothing is kept."""
    found = robot_calls.take_comment(call)
    response = _response_of(found) if found else None
    if found is None or response is None:
        return False
    offer, at = str(found.script["comment"]), found.comment_at or response.answered_at
    days, question = spoken_questions.days_promised(offer), spoken_questions.question_offered(offer)
    return keep(response, bytes(found.comment or b""), question=question, call=call, days=days, at=at) is not None


def keep(
    response: Response, wav: bytes, *, question: SurveyQuestion | None, call: UUID, days: int, at: datetime
) -> SpokenComment | None:
    """Store what was said with the answer at `at`, for so many days at the most; None for what is no sound."""
    try:
        seconds = sounds.seconds_of(wav)
    except sounds.BadRecording:  # an exchange that stopped in mid-recording leaves a file that is no sound
        return None
    return SpokenComment.objects.create(
        response=response, question=question, call=call, at=at, seconds=seconds, sound=wav,
        delete_at=at + timedelta(days=days),
    )  # fmt: skip


def expire(*, at: datetime) -> int:
    """Delete the sounds whose promised time is over; returns how many. The nightly retention does so too."""
    left = SpokenComment.objects.filter(delete_at__gt=at - EXPIRED_LATELY, delete_at__lte=at)
    left = left.filter(Q(sound__isnull=False) | Q(state=State.TO_WRITE) | ~Q(draft=""))
    state = Case(When(state=State.TO_WRITE, then=Value(State.EXPIRED)), default=F("state"))
    return left.update(sound=None, draft="", state=state)


def _response_of(call: RobotCall) -> Response | None:
    """The answer that came with the call, unless it has a spoken comment already."""
    invitation = UUID(call.reference.removeprefix(invitations.REFERENCE))
    return Response.objects.filter(invitation=invitation, spoken=None).select_related("version").first()


# --- who hears it ---------------------------------------------------------------------------------


def heard_by(person: Person) -> SpokenCommentQuerySet:
    """Those on the places that the person leads, except about the person's own conversations: somebody else decides
    what was said about those."""
    rows = SpokenComment.objects.filter(rights.on_places_led(person)).exclude(response__employee=person)
    return rows.with_names()


@transaction.atomic
def listen(spoken: SpokenComment, *, by: Person, at: datetime) -> Look:
    """Write who listens and when; only then the sound may be fetched (`sound_for`). Pressed twice it is one look."""
    _locked(spoken)
    own = listenings(spoken).filter(by_id=by.audit_id, at__gt=at - _ONE_PRESS, at__lte=at)
    return own.first() or listening.begin(spoken, page=PAGE, by=by, at=at)


def may_hear_now(spoken: SpokenComment, look: int, *, by: Person, at: datetime) -> bool:
    return at < spoken.delete_at and listening.may_hear_now(spoken, look, page=PAGE, by=by, at=at)


def listenings(spoken: SpokenComment) -> QuerySet[Look]:
    """Who has listened, newest first."""
    return listening.listenings(spoken, page=PAGE)


def has_sound(spoken: SpokenComment) -> bool:
    return SpokenComment.objects.filter(pk=spoken.pk, sound__isnull=False).exists()


def sound_size(spoken: SpokenComment, look: int, *, by: Person, at: datetime) -> int:
    """How many bytes `sound_for` has for this person."""
    if not may_hear_now(spoken, look, by=by, at=at):
        return 0
    return SpokenComment.objects.filter(pk=spoken.pk).values_list(Length("sound"), flat=True).first() or 0


def sound_for(
    spoken: SpokenComment, look: int, *, by: Person, at: datetime, first: int = 0, last: int | None = None
) -> bytes:
    """The sound (WAV) for somebody who has just begun to listen; empty for anybody else, and when it is deleted."""
    if not may_hear_now(spoken, look, by=by, at=at):
        return b""
    read = Substr("sound", first + 1, None if last is None else last + 1 - first, output_field=BinaryField())
    return bytes(SpokenComment.objects.filter(pk=spoken.pk).values_list(read, flat=True).first() or b"")


# --- what is done with it -------------------------------------------------------------------------


@transaction.atomic
def write_down(spoken: SpokenComment, *, text: str, by: Person, at: datetime) -> SpokenComment:
    """Keep the words as a comment of the answer, masked like all comments. The same words again by the same person
    change nothing. Raises RefusedChange, also for somebody who has not listened."""
    found = _locked(spoken)
    if _is_settled_as(found, State.WRITTEN, by) and _words_of(found) == answering.kept_words(text):
        return found
    _refuse(found, by)
    found.comment = answering.add_comment(found.response, found.question, text, at=found.at)
    if found.comment is None:
        raise RefusedChange({"text": _("Skriv, hvad der bliver sagt.")})
    _settle(found, State.WRITTEN, by=by, at=at)
    if found.response.invitation is not None:
        asked = invitations.locked(found.response.invitation)
        stream.append_answer(asked, found.response, at=at)
        asked.save(update_fields=["events"])
    return found


@transaction.atomic
def set_unusable(spoken: SpokenComment, *, by: Person, at: datetime) -> SpokenComment:
    """Nothing in it can be used: it is silent, cannot be understood, or is about something else. Once more by the same
    person changes nothing. Raises RefusedChange, also for somebody who has not listened."""
    found = _locked(spoken)
    if _is_settled_as(found, State.UNUSABLE, by):
        return found
    _refuse(found, by)
    _settle(found, State.UNUSABLE, by=by, at=at)
    return found


def _locked(spoken: SpokenComment) -> SpokenComment:
    rows = SpokenComment.objects.select_for_update(of=("self",))
    found: SpokenComment = rows.select_related("response__invitation", "question", "comment").get(pk=spoken.pk)
    return found


def _is_settled_as(found: SpokenComment, state: State, by: Person) -> bool:
    return found.state == state and found.settled_by_id == by.pk


def _words_of(found: SpokenComment) -> str:
    return found.comment.text if found.comment else ""


def _refuse(found: SpokenComment, by: Person) -> None:
    """Refuse what is settled, and whoever has not listened: a person decides by what was said."""
    if not found.is_waiting:
        raise RefusedChange({"": _("Nogen har afsluttet kommentaren i mellemtiden.")})
    if not listening.has_listened(found, page=PAGE, by=by):
        raise RefusedChange({"": _("Hør kommentaren først.")})


def _settle(found: SpokenComment, state: State, *, by: Person, at: datetime) -> None:
    found.state, found.settled_by, found.settled_at, found.draft = state, by, at, ""
    changed = ["state", "settled_by", "settled_at", "draft", "comment"]
    if not settings.SPOKEN_COMMENT_STAYS:
        found.sound = None
        changed.append("sound")
    found.save(update_fields=changed)
    trail.record(
        by=by, at=at, action="spoken_comment.settle", target=found, before={"state": State.TO_WRITE.value},
        after={"state": state.value},
    )  # fmt: skip
