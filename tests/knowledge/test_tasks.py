"""Tasks reach the people responsible for the subject, and turn into articles."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest

from indgang.accounts.models import Person, RoleAssignment
from indgang.core.refusals import RefusedChange
from indgang.knowledge import articles, tasks, versions
from indgang.knowledge.models import Article, Task
from indgang.live.models import Mark
from tests.knowledge.conftest import TEXT, article
from tests.world import MORNING, World


def ask(world: World, **values: object) -> Task:
    given = {"kind": "missing", "question": "Må jeg bygge et drivhus?", "by": world.anna, "at": MORNING}
    return tasks.raise_task(**(given | values))  # type: ignore[arg-type]  # by name


def test_a_task_goes_to_the_articles_owner(world: World, wera: Person) -> None:
    made = article(world, owner=wera)
    task = ask(world, article=made, kind="wrong")
    assert (task.owner, task.unit, task.service) == (wera, made.unit, made.service)
    assert Mark.objects.filter(part=f"person-{wera.pk}/tasks").exists()
    world.ida.roles.all().delete()
    RoleAssignment.objects.create(person=world.david, role="subject_coordinator", unit=made.unit)
    assert ask(world, article=made, kind="wrong").owner == wera
    wera.roles.all().delete()
    made = Article.objects.select_related("owner", "unit").get(pk=made.pk)
    assert ask(world, article=made, kind="wrong").owner == world.david, "who may not write could not open the task"


def test_else_to_the_nearest_coordinator_of_the_unit(world: World) -> None:
    assert ask(world, service=world.services["byggetilladelse"]).owner == world.ida
    nearer = Person.objects.create(username="kurt", name="Kurt Kjær")
    RoleAssignment.objects.create(person=nearer, role="subject_coordinator", unit=world.units["cby"])
    assert ask(world, service=world.services["byggetilladelse"]).owner == nearer
    everywhere = Person.objects.create(username="aage", name="Aage Aa")
    RoleAssignment.objects.create(person=everywhere, role="subject_coordinator", unit=None)
    assert ask(world, service=world.services["byggetilladelse"]).owner == nearer
    assert ask(world, service=world.services["rekruttering"]).owner == everywhere


def test_else_to_nobody_until_somebody_who_may_write_gets_it(world: World, wera: Person) -> None:
    task = ask(world, service=world.services["rekruttering"])
    assert task.owner is None
    for nobody in (world.david, world.ida):
        with pytest.raises(RefusedChange) as refused:
            tasks.place(task, unit=world.units["bif"], owner=nobody, by=wera, at=MORNING)
        assert set(refused.value.reasons) == {"owner"}
    assert tasks.place(task, unit=world.units["bif"], owner=wera, by=wera, at=MORNING).owner == wera


def test_a_question_has_words_and_no_cpr_number(world: World) -> None:
    assert ask(world, question="Hvad med 010190-1234?", enquiry=uuid4()).question == "Hvad med ******-****?"
    for wrong in ({"question": " "}, {"kind": "boring"}):
        with pytest.raises(RefusedChange):
            ask(world, **wrong)
    assert ask(world, kind="unclear", question="", article=article(world)).pk


def test_a_task_is_done_once_with_what_came_of_it(world: World) -> None:
    task = ask(world, service=world.services["byggetilladelse"])
    with pytest.raises(RefusedChange):
        tasks.done(task, outcome=" ", by=world.ida, at=MORNING)
    tasks.done(task, outcome="Skrevet ind i artiklen", by=world.ida, at=MORNING)
    assert not Task.objects.filter(done_at=None).exists()
    with pytest.raises(RefusedChange):
        tasks.done(task, outcome="Igen", by=world.ida, at=MORNING)
    assert Mark.objects.filter(part=f"person-{world.anna.pk}/tasks").exists()


def test_a_missing_answer_becomes_a_draft_and_is_done_when_it_is_published(world: World, wera: Person) -> None:
    task = ask(world, service=world.services["byggetilladelse"])
    draft = articles.begin_for_task(task, slug="drivhus", title="Må jeg bygge et drivhus?", by=world.ida, at=MORNING)
    assert (draft.body, draft.article.owner, draft.article.unit) == (
        "> Må jeg bygge et drivhus?", world.ida, world.units["cby"],
    )  # fmt: skip
    later = MORNING + timedelta(hours=1)
    draft = versions.save(draft, **TEXT, reason="", revision=draft.revision, by=world.ida, at=later)
    versions.submit(draft, by=wera, at=later)
    task.refresh_from_db()
    assert (task.article, task.done_at) == (draft.article, later)
    with pytest.raises(RefusedChange):
        articles.begin_for_task(task, slug="igen", title="Igen", by=world.ida, at=later)


def test_a_question_of_no_unit_becomes_no_article_yet(world: World) -> None:
    with pytest.raises(RefusedChange, match="enhed"):
        articles.begin_for_task(ask(world), slug="drivhus", title="Drivhus", by=world.finn, at=MORNING)


def test_a_civil_registration_number_is_kept_neither_in_the_question_nor_in_the_outcome(world: World) -> None:
    task = ask(world, question="Hvad med cpr0101901234?")
    done = tasks.done(task, outcome="Ringet til 01.01.90-1234", by=world.ida, at=MORNING)
    assert (done.question, done.outcome) == ("Hvad med cpr******-****?", "Ringet til ******-****")
