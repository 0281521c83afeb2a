"""What people say after the questions is heard by whoever leads the place, written down, and deleted on time."""

from __future__ import annotations

import base64
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from indgang.accounts.models import Person
from indgang.audit.models import Change, Look
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.enquiries import data_subjects
from indgang.entry import robot_calls
from indgang.entry.models import RobotCall
from indgang.events.models import StoredEvent
from indgang.feedback import spoken_comments, spoken_questions, transcribing
from indgang.feedback.event_kinds import FeedbackKind
from indgang.feedback.follow_up_models import FollowUp
from indgang.feedback.follow_ups import following_up, opening, rights, tagging
from indgang.feedback.models import Comment, QuestionnaireVersion, Response, SpokenComment, SurveyInvitation
from indgang.feedback.transcribing import CommandTranscriber
from indgang.privacy import erasure, nightly
from indgang.privacy.store import DjangoStore
from indgang.privacy.subjects import copy_of
from tests.enquiries.told_calls import BAKERY
from tests.feedback import spoken
from tests.feedback.spoken import ENDED, SECONDS
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
Invite = Callable[..., SurveyInvitation]


@pytest.fixture(autouse=True)
def soon() -> Iterator[None]:
    tagging.forget()
    with clock.frozen(ENDED):
        yield
    tagging.forget()


def heard(found: SpokenComment, by: Person) -> SpokenComment:
    """The comment, to which this person has listened."""
    spoken_comments.listen(found, by=by, at=ENDED)
    return found


def with_sound(found: SpokenComment) -> int:
    return len(bytes(SpokenComment.objects.values_list("sound", flat=True).get(pk=found.pk) or b""))


def test_the_open_question_is_asked_last_and_says_how_long_the_recording_is_kept(
    world: World, asked: QuestionnaireVersion, settings: Any
) -> None:
    settings.SPOKEN_COMMENT_DAYS = 14
    script = spoken_questions.script(asked, 1, centre="tmf", language="da")
    texts = {(code, language): text for code, language, text in spoken_questions.texts(MORNING)}
    danish, english = texts[script.comment, "da"], texts[script.comment, "en"]
    assert danish.startswith("Er der noget, vi kan gøre bedre? Tryk 1")
    assert "slettes senest efter 14 dage" in danish
    assert "after 14 days" in english
    settings.TRANSCRIBER_COMMAND = "skriv"
    helped = spoken_questions.script(asked, 1, centre="tmf", language="da").comment
    texts = {(code, language): text for code, language, text in spoken_questions.texts(MORNING)}
    assert (helped != script.comment, spoken_questions.days_promised(helped)) == (True, 14)
    assert "hjælp af et program" in texts[helped, "da"]
    assert "a program" in texts[helped, "en"]
    assert "program" not in danish + english
    settings.SPOKEN_COMMENT_DAYS = 0
    assert spoken_questions.script(asked, 1, centre="tmf", language="da").comment == ""
    assert not any("spoken" in code for code, _language, _text in spoken_questions.texts(MORNING))


def test_the_sound_is_taken_once_with_the_day_that_was_promised(invite: Invite, settings: Any) -> None:
    settings.SPOKEN_COMMENT_DAYS = 14
    call = spoken.call(invite)
    assert spoken_comments.take() == 0, "it has not come yet"
    spoken.sound_comes(call)
    settings.SPOKEN_COMMENT_DAYS = 90
    assert [spoken_comments.take() for _ in range(2)] == [1, 0]
    found = SpokenComment.objects.get()
    assert (found.state, found.seconds, found.delete_at) == ("to_write", SECONDS, ENDED + timedelta(days=14))
    assert found.response == Response.objects.get()
    assert RobotCall.objects.get().comment is None


@pytest.mark.parametrize("why", ["nothing was answered", "no sound"])
def test_what_belongs_to_no_answer_or_is_no_sound_is_thrown_away(invite: Invite, why: str) -> None:
    call = spoken.call(invite)
    if why == "nothing was answered":
        Response.objects.all().delete()
    spoken.sound_comes(call, None if why == "nothing was answered" else b"RIFF")
    assert spoken_comments.take() == 0
    assert not SpokenComment.objects.exists()
    assert RobotCall.objects.get().comment is None


def test_what_is_written_down_is_a_masked_comment_that_opens_a_follow_up(world: World, invite: Invite) -> None:
    found = heard(spoken.comment(invite), world.eva)
    stream = found.response.invitation_id
    assert stream is not None
    opening.look_at_streams({stream}, at=ENDED)
    assert not FollowUp.objects.exists(), "the score is good"
    text = "Ring til mig på 20 30 40 50, 010190-1234"
    spoken_comments.write_down(found, text=text, by=world.eva, at=ENDED)
    made = Comment.objects.get()
    assert "20 30 40 50" not in made.text
    assert "010190" not in made.text
    assert (made.at, made.question and made.question.indicator) == (found.at, "open")
    opening.look_at_streams({stream}, at=ENDED)
    assert FollowUp.objects.get().reasons == ["comment"]
    assert list(rights.comments_led(world.eva)) == [made]
    found.refresh_from_db()
    assert (found.state, found.settled_by, found.comment, with_sound(found)) == ("written", world.eva, made, 0)
    change = Change.objects.get(action="spoken_comment.settle")
    assert change.after == {"state": "written"}
    answered = StoredEvent.objects.filter(stream=stream, kind=FeedbackKind.ANSWERED)
    first, last = (each.event.payload for each in answered.order_by("number"))
    assert first == last, "the answer counts once, with or without the comment"


def test_the_sound_of_what_is_written_down_stays_until_its_day_where_that_is_set(
    world: World, invite: Invite, settings: Any
) -> None:
    settings.SPOKEN_COMMENT_STAYS = True
    found = heard(spoken.comment(invite), world.eva)
    spoken_comments.write_down(found, text="Det var godt", by=world.eva, at=ENDED)
    assert with_sound(found)
    nightly.run(DjangoStore(), at=found.delete_at + timedelta(days=1), rest=0)
    found.refresh_from_db()
    assert (found.state, with_sound(found)) == ("written", 0)


def test_what_cannot_be_used_is_settled_once(world: World, invite: Invite) -> None:
    found = heard(spoken.comment(invite), world.eva)
    for _ in range(2):  # a button that is pressed twice
        spoken_comments.set_unusable(found, by=world.eva, at=ENDED)
    assert Change.objects.filter(action="spoken_comment.settle").count() == 1
    assert with_sound(found) == 0
    with pytest.raises(RefusedChange, match="i mellemtiden"):
        spoken_comments.write_down(found, text="Noget andet", by=world.eva, at=ENDED)
    assert not Comment.objects.exists()


def test_nobody_decides_without_having_listened(world: World, invite: Invite) -> None:
    found = heard(spoken.comment(invite), world.finn)
    with pytest.raises(RefusedChange, match="Hør kommentaren først"):
        spoken_comments.write_down(found, text="Det gik fint", by=world.eva, at=ENDED)
    with pytest.raises(RefusedChange, match="Hør kommentaren først"):
        spoken_comments.set_unusable(found, by=world.eva, at=ENDED)
    found.refresh_from_db()
    assert (found.is_waiting, bool(with_sound(found)), Comment.objects.count()) == (True, True, 0)


def test_the_same_words_again_by_the_same_person_are_one_comment(world: World, invite: Invite) -> None:
    found = heard(heard(spoken.comment(invite), world.eva), world.finn)
    for _ in range(2):
        spoken_comments.write_down(found, text=" Ring på 20304050", by=world.eva, at=ENDED)
    assert Comment.objects.count() == Change.objects.filter(action="spoken_comment.settle").count() == 1
    for text, by in (("Noget andet", world.eva), ("Ring på 20304050", world.finn)):
        with pytest.raises(RefusedChange, match="i mellemtiden"):
            spoken_comments.write_down(found, text=text, by=by, at=ENDED)


def test_who_presses_twice_has_listened_once_and_later_again(world: World, invite: Invite) -> None:
    found = heard(spoken.comment(invite), world.eva)
    first = Look.objects.get()
    assert spoken_comments.listen(found, by=world.eva, at=ENDED + timedelta(seconds=2)) == first
    assert spoken_comments.listen(found, by=world.finn, at=ENDED + timedelta(seconds=2)) != first
    assert spoken_comments.listen(found, by=world.eva, at=ENDED + timedelta(minutes=2)) != first
    assert Look.objects.count() == 3


def test_the_deadline_of_what_a_spoken_comment_opens_counts_from_the_writing_down(world: World, invite: Invite) -> None:
    found = heard(spoken.comment(invite), world.eva)
    late = ENDED + timedelta(days=9)
    spoken_comments.write_down(found, text="Ring til mig", by=world.eva, at=late)
    opened = opening.look_at(found.response, at=late)
    assert opened is not None
    assert late < opened.due_at < late + timedelta(days=8)


def test_one_that_is_written_down_after_its_follow_up_was_closed_opens_it_again_once(
    world: World, invite: Invite
) -> None:
    found = heard(spoken.comment(invite), world.eva)
    FollowUp.objects.create(
        response=found.response, centre=world.centres["tmf"], reasons=["score"], index=0, opened_at=ENDED, due_at=ENDED,
        state="followed_up", owner=world.eva, done="Talt med Anna", closed_at=ENDED, closed_by=world.eva, told_at=ENDED,
    )  # fmt: skip
    late = ENDED + timedelta(days=9)
    spoken_comments.write_down(found, text="Ring til mig", by=world.eva, at=late)
    opening.look_at(found.response, at=late)
    row = FollowUp.objects.get()
    assert (row.state, row.owner, row.closed_at, row.told_at) == ("waiting", None, None, None)
    assert (row.reasons, row.done, row.due_at > late) == (["score", "comment"], "Talt med Anna", True)
    assert Change.objects.get(action="followup.reactivate").after == {"state": "waiting"}
    following_up.take(row, by=world.eva, at=late)
    later = late + timedelta(hours=1)
    following_up.close(row, cause=None, done="Ringet", called=False, by=world.eva, at=later)
    opening.look_at(found.response, at=later)
    row.refresh_from_db()
    assert row.closed_at == later


def test_nothing_is_no_comment(world: World, invite: Invite) -> None:
    found = heard(spoken.comment(invite), world.eva)
    with pytest.raises(RefusedChange, match="hvad der bliver sagt"):
        spoken_comments.write_down(found, text=" \0 ", by=world.eva, at=ENDED)
    found.refresh_from_db()
    assert (found.state, bool(with_sound(found))) == ("to_write", True)


def test_it_is_heard_by_who_leads_the_place_but_not_about_their_own_conversation(world: World, invite: Invite) -> None:
    first = spoken.comment(invite)
    second = spoken.comment(invite, level=2, unit=world.units["ctb-byliv"], employee=world.david)
    heard = {name: set(spoken_comments.heard_by(person)) for name, person in world.people.items()}
    assert {name for name, found in heard.items() if first in found} == {"eva", "finn"}
    assert {name for name, found in heard.items() if second in found} == {"finn", "hans"}
    Response.objects.filter(pk=first.response_id).update(employee=world.eva)
    assert first not in spoken_comments.heard_by(world.eva)


def test_nobody_gets_the_sound_without_having_been_logged(world: World, invite: Invite) -> None:
    found = spoken.comment(invite)
    look = spoken_comments.listen(found, by=world.eva, at=ENDED)
    heard: dict[str, Any] = {"look": look.pk, "by": world.eva, "at": ENDED}
    assert len(spoken_comments.sound_for(found, **heard)) == with_sound(found)
    for other in ({"by": world.finn}, {"look": look.pk + 1}, {"at": ENDED + timedelta(hours=2)}):
        assert spoken_comments.sound_for(found, **heard | other) == b""


def test_it_goes_in_the_night_after_the_promised_day_also_when_nobody_has_written_it_down(invite: Invite) -> None:
    found = spoken.comment(invite)
    nightly.run(DjangoStore(), at=found.delete_at - timedelta(minutes=1), rest=0)
    assert with_sound(found)
    nightly.run(DjangoStore(), at=found.delete_at + timedelta(days=1), rest=0)
    found.refresh_from_db()
    assert (found.state, with_sound(found)) == ("expired", 0)


def test_from_the_promised_time_on_nobody_hears_it_and_it_goes_within_a_minute(world: World, invite: Invite) -> None:
    found = spoken.comment(invite)
    last, due = found.delete_at - timedelta(seconds=1), found.delete_at
    for at in (last, due):
        look = spoken_comments.listen(found, by=world.eva, at=at)
        heard: dict[str, Any] = {"look": look.pk, "by": world.eva, "at": at}
        assert bool(spoken_comments.sound_size(found, **heard)) == (at < due)
        assert bool(spoken_comments.sound_for(found, **heard)) == (at < due)
    assert transcribing.propose_next(program('print("ja")'), at=due) is None
    assert [spoken_comments.expire(at=at) for at in (last, due, due)] == [0, 1, 0]
    found.refresh_from_db()
    assert (found.state, with_sound(found)) == ("expired", 0)


def test_a_sound_that_nobody_takes_goes_by_the_promised_day(invite: Invite, settings: Any) -> None:
    settings.SPOKEN_COMMENT_DAYS = 7
    call = spoken.call(invite)
    spoken.sound_comes(call)
    promised = ENDED + timedelta(days=7)
    assert [robot_calls.forget_comments(at=at) for at in (promised - timedelta(seconds=1), promised)] == [0, 1]
    call.refresh_from_db()
    assert call.comment is None
    spoken.sound_comes(call)
    call.refresh_from_db()
    assert call.comment is None, "it is found again at the exchange"


def test_a_sound_that_comes_after_the_promised_day_or_of_no_call_is_not_stored(invite: Invite, settings: Any) -> None:
    settings.SPOKEN_COMMENT_DAYS = 7
    call = spoken.call(invite)
    RobotCall.objects.filter(pk=call.pk).update(answered_at=ENDED)
    for key, at in ((str(call.pk), ENDED + timedelta(days=7)), (str(uuid4()), ENDED), ("nogen", ENDED)):
        robot_calls.keep_comment(key, b"RIFF", at=at)
    assert not RobotCall.objects.filter(comment__isnull=False).exists()


def test_what_is_said_belongs_to_the_question_that_was_asked_whatever_the_setting_is_later(
    invite: Invite, settings: Any
) -> None:
    call = spoken.call(invite)
    settings.SPOKEN_COMMENT_DAYS = 0
    spoken.sound_comes(call)
    assert spoken_comments.take() == 1
    question = SpokenComment.objects.get().question
    assert question is not None
    assert question.indicator == "open"


def test_the_data_subject_gets_the_sound_and_has_it_erased(world: World, invite: Invite) -> None:
    found = spoken.comment(invite)
    subject = data_subjects.subject(BAKERY, [])
    held = next(each for each in copy_of(subject).held if each.kind.name == "spoken_comments")
    assert len(base64.b64decode(held.rows[0]["lyd (WAV, base64)"])) == with_sound(found)
    erasure.ask(subject, why="anmodning 12", by=world.finn, at=ENDED)
    erasure.carry_out(DjangoStore(), at=ENDED)
    assert with_sound(found) == 0


# --- a program that hears ---


def test_a_letter_that_the_longest_output_divides_costs_nothing_else(invite: Invite) -> None:
    found = spoken.comment(invite)
    long = program('import sys; sys.stdout.buffer.write(("a" + "\u00e6" * 20000).encode())')
    assert transcribing.propose_next(long, at=ENDED) == found
    found.refresh_from_db()
    assert found.draft.startswith("aææ")


def program(code: str) -> CommandTranscriber:
    return CommandTranscriber(f"{sys.executable} -c '{code}' {{language}}", seconds=20)


def test_without_a_named_program_nothing_is_transcribed(invite: Invite) -> None:
    spoken.comment(invite)
    assert transcribing.propose_next(transcribing.configured(), at=ENDED) is None


def test_a_program_proposes_the_words_which_are_masked(invite: Invite, settings: Any) -> None:
    found = spoken.comment(invite)
    settings.TRANSCRIBER_COMMAND = program(
        'import sys; print(sys.argv[1], len(sys.stdin.buffer.read()), "ring 20304050")'
    ).command
    assert [transcribing.propose_next(transcribing.configured(), at=ENDED) for _ in range(2)] == [found, None]
    found.refresh_from_db()
    assert found.draft.startswith(f"da {with_sound(found)} ring ")
    assert "20304050" not in found.draft
    assert found.is_waiting, "a person decides"


@pytest.mark.parametrize(
    "transcriber",
    [
        program("raise SystemExit(1)"), program('import sys; sys.stdout.buffer.write(b"\\xff")'),
        CommandTranscriber("/findes/ikke", 1), CommandTranscriber("sleep 9", 0.1), CommandTranscriber('"', 1),
    ],
)  # fmt: skip
def test_what_a_program_cannot_transcribe_is_written_by_hand(invite: Invite, transcriber: CommandTranscriber) -> None:
    found = spoken.comment(invite)
    assert [transcribing.propose_next(transcriber, at=ENDED) for _ in range(2)] == [found, None]
    found.refresh_from_db()
    assert (found.draft, found.is_waiting) == ("", True)
