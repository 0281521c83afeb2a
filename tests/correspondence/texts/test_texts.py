"""Reply texts: who may write them, what is refused, which there are for an enquiry, and how often they are used."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from indgang.audit.models import Change
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.correspondence.models import ReplyText, TextUse, Thread
from indgang.correspondence.texts import finding, writing
from tests.correspondence.chats import begun, chat_queue
from tests.correspondence.mails import mailbox, receive
from tests.correspondence.texts.made import text
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
TODAY = day_of(MORNING)


def codes(found: list[ReplyText]) -> list[str]:
    return [each.code for each in found]


@pytest.fixture
def thread(world: World) -> Thread:
    return receive(mailbox(world))


def test_a_text_is_written_with_its_audit(world: World) -> None:
    made = text(world.anna, "Hej {navn}\r\n", code="Tak")
    assert (made.code, made.body, made.person) == ("tak", "Hej {navn}", world.anna)
    assert Change.objects.get(action="replytext.add").after["title"] == "Tekst Tak"


@pytest.mark.parametrize(
    ("scope", "may"),
    [("own", {"anna", "bo", "david", "eva", "ida"}), ("queue", {"eva", "finn"}), ("unit", {"ida", "finn"})],
)
def test_who_may_write_which_texts(world: World, thread: Thread, scope: str, may: set[str]) -> None:
    allowed = set()
    for name in ("anna", "bo", "david", "eva", "finn", "gerda", "hans", "ida", "ukendt"):
        person = world.people[name]
        row = {
            "own": ReplyText(person=person), "queue": ReplyText(queue=thread.queue),
            "unit": ReplyText(unit=world.units["tmf"]),
        }[scope]  # fmt: skip
        if writing.may_write(person, row):
            allowed.add(name)
    assert allowed == may


def test_a_text_of_somebody_else_is_not_changed(world: World) -> None:
    made = text(world.anna)
    with pytest.raises(RefusedChange):
        writing.save(made, {"body": "x", "code": "x"}, by=world.bo, at=MORNING)
    with pytest.raises(RefusedChange):
        writing.retire(made, by=world.bo, at=MORNING)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"body": "Hej {nvan}"}, "body"), ({"body": " "}, "body"), ({"body": "{svar}"}, "body"),
     ({"body": "{svar} {svar}", "kind": "answer"}, "body"),
     ({"in_mails": False, "in_sms": False, "in_chats": False}, "in_mails")],
)  # fmt: skip
def test_a_text_that_cannot_be_used_is_refused_by_field(world: World, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(RefusedChange) as refused:
        text(world.anna, **{"body": "Hej", **wrong})
    assert set(refused.value.reasons) == {field}
    assert not ReplyText.objects.exists()


def test_a_code_is_given_once_to_each_owner_and_again_after_the_end(world: World) -> None:
    first = text(world.anna)
    with pytest.raises(RefusedChange) as refused:
        text(world.anna)
    assert "Vælg en anden" in str(refused.value)
    text(world.bo)
    text(world.anna, language="en")
    writing.retire(first, by=world.anna, at=MORNING)
    text(world.anna)


def test_a_text_that_is_taken_out_of_use_is_kept_unless_it_never_held(world: World) -> None:
    old, new = text(world.anna), text(world.anna, code="ny", valid_from=TODAY)
    for each in (old, new):
        writing.retire(each, by=world.anna, at=MORNING)
    assert list(ReplyText.objects.values_list("code", "valid_to")) == [("tak", TODAY)]
    assert Change.objects.filter(action="replytext.delete").exists()


def test_an_enquiry_has_the_texts_of_oneself_the_queue_and_the_branch_of_the_unit(world: World, thread: Thread) -> None:
    text(world.anna, code="min")
    text(world.bo, code="bos")
    text(world.eva, code="team", queue=thread.queue)
    text(world.finn, code="kommune", unit=world.units["kk"])
    text(world.finn, code="byliv", unit=world.units["ctb-byliv"])
    text(world.finn, code="bif", unit=world.units["bif"])
    text(world.finn, code="uden-mail", unit=world.units["kk"], in_mails=False)
    writing.retire(text(world.anna, code="gammel"), by=world.anna, at=MORNING)
    found = finding.for_thread(thread, by=world.anna, on=TODAY)
    assert set(codes(found)) == {"min", "team", "kommune", "byliv"}


def test_the_channel_decides_which_texts_there_are(world: World) -> None:
    chat = begun(chat_queue(world))
    text(world.anna, code="chat", in_mails=False, in_sms=False)
    text(world.anna, code="mail", in_chats=False)
    assert codes(finding.for_thread(chat.thread, by=world.anna, on=TODAY)) == ["chat"]


def test_the_most_used_come_first_and_those_of_another_language_last(world: World, thread: Thread) -> None:
    often, seldom, english = (text(world.anna, code=code) for code in ("ofte", "aldrig", "engelsk"))
    ReplyText.objects.filter(pk=english.pk).update(language="en")
    for _turn in range(3):
        writing.note_use(english, at=MORNING)
        writing.note_use(often, at=MORNING)
    writing.note_use(seldom, at=MORNING - timedelta(days=91))
    found = finding.for_thread(thread, by=world.anna, on=TODAY)
    assert [(each.code, vars(each)["uses"]) for each in found] == [("ofte", 3), ("aldrig", 0), ("engelsk", 3)]
    assert TextUse.objects.count() == 3


def test_a_code_means_the_nearest_text(world: World, thread: Thread) -> None:
    text(world.finn, "kommunens", unit=world.units["kk"])
    text(world.finn, "forvaltningens", unit=world.units["tmf"])
    found = finding.for_thread(thread, by=world.anna, on=TODAY)
    nearest = finding.by_code(found, "TAK", "da")
    assert nearest is not None
    assert nearest.body == "forvaltningens"
    text(world.anna, "min")
    found = finding.for_thread(thread, by=world.anna, on=TODAY)
    assert getattr(finding.by_code(found, "tak", "da"), "body", "") == "min"
    assert finding.by_code(found, "findes-ikke", "da") is None


def test_a_search_needs_all_words_and_puts_the_whole_code_first(world: World, thread: Thread) -> None:
    text(world.anna, "Vi har lukket i dag.", code="aa-lukket")
    text(world.anna, "Døren er lukket.", code="lukket")
    found = finding.for_thread(thread, by=world.anna, on=TODAY)
    assert codes(finding.matching(found, "/lukket")) == ["lukket", "aa-lukket"]
    assert codes(finding.matching(found, "LUKKET dag")) == ["aa-lukket"]
    assert finding.matching(found, "pingvin") == []


def test_those_who_keep_texts_see_those_of_their_teams_and_units(world: World, thread: Thread) -> None:
    text(world.eva, code="team", queue=thread.queue)
    text(world.finn, code="kommune", unit=world.units["kk"])
    text(world.finn, code="tmf", unit=world.units["tmf"])
    seen = {
        name: set(codes(list(finding.kept_by(world.people[name], TODAY)))) for name in ("eva", "ida", "finn", "anna")
    }
    assert seen == {"eva": {"team"}, "ida": {"tmf"}, "finn": {"team", "kommune", "tmf"}, "anna": set()}
