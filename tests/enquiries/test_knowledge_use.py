from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from indgang.audit.models import Change
from indgang.core.refusals import RefusedChange
from indgang.enquiries import knowledge_use, registration
from indgang.enquiries.models import ArticleUse, Enquiry, Question
from indgang.knowledge import guides, tasks
from indgang.knowledge.models import Article, SearchDocument, Task
from indgang.knowledge.search import find
from indgang.live.models import Mark
from tests.desk import known
from tests.desk.known import Known
from tests.enquiries.test_registration import about
from tests.enquiries.told_calls import talking
from tests.world import MORNING, World

LATER = MORNING + timedelta(minutes=10)


@pytest.fixture
def knowledge(world: World, standing: dict[str, Any]) -> Known:
    return standing.get("knowledge") or known.build(world)


def popularity(kind: str, key: str) -> float:
    return SearchDocument.objects.get(kind=kind, key=key).popularity


def test_an_article_is_kept_once_for_each_version_however_often_it_is_shown(world: World, knowledge: Known) -> None:
    enquiry = talking(world.anna)
    for minutes in (0, 5):
        knowledge_use.opened(enquiry, knowledge.flea_version, by=world.anna, at=LATER + timedelta(minutes=minutes))
    use = ArticleUse.objects.get()
    assert (use.version, use.shown_to, use.shown_at, use.used) == (knowledge.flea_version, world.anna, LATER, False)
    assert not Change.objects.filter(action="enquiry.use_article").exists()


def test_what_is_used_comes_further_up_leaves_a_trace_and_marks_the_desk(world: World, knowledge: Known) -> None:
    enquiry = talking(world.anna)
    Mark.objects.all().delete()
    for _ in range(2):
        knowledge_use.used(enquiry, knowledge.flea_version, on=True, by=world.anna, at=LATER)
    assert popularity("article", "loppemarked") == 1.0, "pressing twice is one use"
    change = Change.objects.get(action="enquiry.use_article")
    assert (change.target_id, change.after["article"], change.after["used"]) == (str(enquiry.pk), "loppemarked", True)
    assert f"person-{world.anna.pk}/knowledge" in set(Mark.objects.values_list("part", flat=True))


def test_a_use_can_be_taken_back_and_then_says_nothing_about_the_answer(world: World, knowledge: Known) -> None:
    enquiry = talking(world.anna)
    knowledge_use.used(enquiry, knowledge.flea_version, on=True, by=world.anna, at=LATER)
    assert knowledge_use.in_knowledge(enquiry) is True
    use = knowledge_use.used(enquiry, knowledge.flea_version, on=False, by=world.anna, at=LATER)
    assert not use.used
    assert knowledge_use.in_knowledge(Enquiry.objects.get(pk=enquiry.pk)) is None


def test_whether_the_answer_was_there_follows_what_was_done_last(world: World, knowledge: Known) -> None:
    enquiry = talking(world.anna)

    def told() -> bool | None:
        return knowledge_use.in_knowledge(Enquiry.objects.get(pk=enquiry.pk))

    assert told() is None
    knowledge_use.opened(enquiry, knowledge.flea_version, by=world.anna, at=LATER)
    assert told() is None, "reading is not answering"
    tasks.raise_task(kind="unclear", question="", article=knowledge.flea, enquiry=enquiry.pk, by=world.anna, at=LATER)
    assert told() is None, "an unclear answer is an answer"
    tasks.raise_task(kind="missing", question="Må en ged være med?", enquiry=enquiry.pk, by=world.anna, at=LATER)
    assert told() is False
    shown = LATER + timedelta(minutes=1)
    staff = knowledge.staff.versions.get()
    knowledge_use.used(enquiry, staff, on=True, by=world.anna, at=shown)
    assert told() is True, "found after all"
    later = shown + timedelta(minutes=1)
    tasks.raise_task(kind="missing", question="Og en kat?", enquiry=enquiry.pk, by=world.anna, at=later)
    assert told() is False
    knowledge_use.used(enquiry, knowledge.flea_version, on=True, by=world.anna, at=later + timedelta(minutes=1))
    assert told() is True, "opened before it was missed, and used after"


def test_what_in_knowledge_needs_comes_with_the_enquiry_in_one_query(
    world: World, knowledge: Known, django_assert_num_queries: Any
) -> None:
    enquiry = talking(world.anna)
    knowledge_use.used(enquiry, knowledge.flea_version, on=True, by=world.anna, at=LATER)
    with django_assert_num_queries(1):
        row = knowledge_use.with_answers(Enquiry.objects.filter(pk=enquiry.pk).order_by()).get()
        assert knowledge_use.in_knowledge(row) is True


def test_the_way_through_a_guide_is_kept_and_can_be_gone_back(world: World, knowledge: Known) -> None:
    enquiry, version = talking(world.anna), knowledge.guide_version
    walked = partial(knowledge_use.walked, enquiry, version, by=world.anna, at=LATER)
    walked(path=[0], result="")
    walk = walked(path=[0, 0], result="soeg")
    assert walk.path == [
        {"step": "hvor", "answer": 0}, {"step": "gade", "answer": 0}, {"step": "soeg", "answer": None},
    ]  # fmt: skip
    assert (walk.result, popularity("guide", "marked")) == ("soeg", 1.0)
    walk = walked(path=[1], result="fri")
    assert ([step["step"] for step in walk.path], enquiry.guide_walks.count()) == (["hvor", "fri"], 1)


def test_a_way_that_is_not_there_is_not_kept(world: World, knowledge: Known) -> None:
    enquiry = talking(world.anna)
    with pytest.raises(guides.WrongPath):
        knowledge_use.walked(enquiry, knowledge.guide_version, path=[7], result="", by=world.anna, at=LATER)
    assert not enquiry.guide_walks.exists()


# --- From an answer to an article ----------------------------------------------------------------


def registered(world: World, **more: Any) -> Question:
    question = about(world, service=more.pop("service", "arrangement"), **more)
    done = registration.register(talking(world.anna), questions=[question], by=world.anna, at=LATER)
    return done.questions[0]


def test_an_answer_becomes_a_draft_with_the_note_and_a_task_for_whoever_answers_for_it(world: World) -> None:
    question = registered(world, note="Ja, hvis geden er i snor.\nMen ikke på en søndag.")
    draft = knowledge_use.make_article(question, title="Må en ged være med?", by=world.anna, at=LATER)
    assert (draft.state, draft.title) == ("draft", "Må en ged være med?")
    assert draft.short == "Ja, hvis geden er i snor. Men ikke på en søndag."
    assert draft.article.slug == "maa-en-ged-vaere-med"
    assert (draft.article.service, draft.article.owner) == (world.services["arrangement"], world.ida)
    assert list(draft.article.purposes.all()) == [world.purposes["vejledning"]]
    task = Task.objects.get()
    assert (task.version, task.owner, task.enquiry) == (draft, world.ida, question.enquiry_id)
    assert not find.find("ged", person=world.anna, at=LATER, kinds=["article"]).hits, "a draft is found by nobody"


def test_the_same_title_twice_gives_two_addresses_and_a_long_note_fills_the_full_answer(world: World) -> None:
    note = "Meget langt svar. " * 60
    for _ in range(2):
        draft = knowledge_use.make_article(registered(world, note=note), title="Ged?", by=world.anna, at=LATER)
    assert set(Article.objects.values_list("slug", flat=True)) == {"ged", "ged-2"}
    assert len(draft.short) <= 400
    assert note.strip() in draft.body


def test_an_article_needs_its_question_and_nothing_is_left_behind_when_it_is_refused(world: World) -> None:
    question = registered(world, note="Svar")
    with pytest.raises(RefusedChange) as refused:
        knowledge_use.make_article(question, title="  \x00 ", by=world.anna, at=LATER)
    assert set(refused.value.reasons) == {"title"}
    with pytest.raises(RefusedChange):
        knowledge_use.make_article(question, title="CPR 010203-1234?", by=world.anna, at=LATER)
    assert not Task.objects.exists()
    assert not Article.objects.exists()
