"""Writing, approving and publishing: permissions, dates, and the audit trail."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from indgang.accounts.models import Person, RoleAssignment
from indgang.audit.models import Change
from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.knowledge import articles, policy, versions
from indgang.knowledge.models import Article, ArticleVersion, Task
from indgang.live.models import Mark
from tests.knowledge.conftest import TEXT, article, published, written
from tests.world import MORNING, World

HOUR = timedelta(hours=1)


def holding(made: Article, at: datetime = MORNING, language: str = "da") -> str | None:
    version = articles.version_for(made, language=language, at=at)
    return version.short if version else None


def test_a_new_article_waits_for_somebody_else_and_then_holds_at_once(world: World, wera: Person) -> None:
    made = article(world)
    draft = written(made, world.ida)
    waiting = versions.submit(draft, by=world.ida, at=MORNING)
    assert waiting.state == "in_review"
    assert holding(made) is None
    approved = versions.approve(waiting, note="Fint", by=wera, at=MORNING + HOUR)
    assert (approved.state, approved.decided_by, approved.decision_note) == ("published", wera, "Fint")
    assert holding(made, MORNING) is None
    assert holding(made, MORNING + HOUR) == TEXT["short"]
    actions = list(Change.objects.order_by("id").values_list("action", flat=True))
    assert actions == ["article.create", "article.draft", "article.save", "article.submit", "article.publish"]
    assert Mark.objects.filter(part="all/knowledge").exists()


def test_a_small_edit_goes_straight_out_and_names_nobody_as_approver(world: World, wera: Person) -> None:
    made = article(world)
    published(made, world.ida, wera)
    later = MORNING + HOUR
    small = versions.submit(written(made, world.ida, later, short="Søg, før du begynder."), by=world.ida, at=later)
    assert (small.state, small.decided_by, small.number) == ("published", None, 2)
    assert holding(made, later) == "Søg, før du begynder."
    assert holding(made, MORNING) == TEXT["short"]


def test_small_edits_add_up_until_somebody_approves(world: World, wera: Person) -> None:
    made = article(world)
    published(made, world.ida, wera)
    texts = [f"{TEXT['short']} {'x' * 24} {'y' * number}" for number in (3, 4, 5, 6, 7, 8, 9)]
    states, sizes = [], []
    for number, short in enumerate(texts, start=1):
        at = MORNING + number * HOUR
        version = versions.submit(written(made, world.ida, at, short=short), by=world.ida, at=at)
        states.append(version.state)
        sizes.append(versions.small_edits_since_approval(version) + versions.change_size(version))
        if version.state == "in_review":
            versions.approve(version, by=wera, at=at)
    assert all(size <= 60 for size, state in zip(sizes, states, strict=True) if state == "published")
    first = states.index("in_review")
    assert first == 4, "28 characters, and then 7, 9 and 11: with 13 more they are 68"
    assert states[first + 1 :] == ["published", "published"], "the approval begins the count anew"
    assert sizes[first + 1 :] == [15, 32]


def test_small_edits_of_one_language_do_not_count_in_another(world: World, wera: Person) -> None:
    made = article(world)
    published(made, world.ida, wera)
    versions.approve(
        versions.submit(written(made, world.ida, language="en"), by=world.ida, at=MORNING), by=wera, at=MORNING
    )
    for number in range(1, 4):
        at = MORNING + number * HOUR
        short = f"{TEXT['short']} {'x' * 10 * number}"
        versions.submit(written(made, world.ida, at, short=short), by=world.ida, at=at)
    english = ArticleVersion(article=made, language="en", **{**TEXT, "words": []})
    assert versions.small_edits_since_approval(english) == 0


@pytest.mark.parametrize(
    "text",
    [
        {"body": TEXT["body"] + " Og meget mere, som ingen har læst igennem, før det kommer ud på hjemmesiden."},
        {"body": TEXT["body"] + " [x](https://a.dk)"},
        {"links": [{"title": "A", "url": "https://a.dk", "kind": "law", "owner": "own"}]},
    ],
)
def test_a_larger_change_or_another_link_waits(world: World, wera: Person, text: dict[str, Any]) -> None:
    made = article(world)
    published(made, world.ida, wera)
    changed = versions.submit(written(made, world.ida, MORNING + HOUR, **text), by=world.ida, at=MORNING + HOUR)
    assert changed.state == "in_review"
    assert holding(made, MORNING + HOUR) == TEXT["short"]


def test_the_administrator_sets_how_small_is_small(world: World, wera: Person) -> None:
    made = article(world)
    published(made, world.ida, wera)
    day = MORNING.date()
    policy.decide(small_edit_characters=5, review_months=6, valid_from=day, by=world.finn, at=MORNING)
    draft = written(made, world.ida, MORNING, short="Søg, før du begynder.")
    assert versions.change_size(draft) == len("går i gang") + len("begynder")
    assert versions.needs_approval(draft, on=day)
    assert not versions.needs_approval(draft, on=day - timedelta(days=1))
    assert policy.next_review(day).isoformat() == "2026-09-11"


def test_a_policy_ends_where_the_next_begins_and_refuses_nonsense(world: World) -> None:
    day = MORNING.date()
    for number, start in ((10, day), (20, day + timedelta(days=2)), (30, day + timedelta(days=2))):
        policy.decide(small_edit_characters=number, review_months=12, valid_from=start, by=world.finn, at=MORNING)
    assert [policy.on(day + timedelta(days=n)).small_edit_characters for n in (-1, 0, 1, 2)] == [60, 10, 10, 30]
    with pytest.raises(RefusedChange):
        policy.decide(small_edit_characters=10, review_months=0, valid_from=day, by=world.finn, at=MORNING)
    with pytest.raises(RefusedChange):
        policy.decide(small_edit_characters=10, review_months=12, valid_from=day, by=world.finn, at=MORNING)


def test_whoever_wrote_it_does_not_approve_it_while_somebody_else_may(world: World, wera: Person) -> None:
    made = article(world)
    mine = versions.submit(written(made, wera), by=wera, at=MORNING)
    assert mine.state == "in_review"
    with pytest.raises(RefusedChange, match="selv skrevet"):
        versions.approve(mine, by=wera, at=MORNING)
    assert versions.approve(mine, by=world.finn, at=MORNING).state == "published"


def test_rewriting_somebody_elses_draft_counts_as_writing(world: World, wera: Person) -> None:
    draft = written(article(world), world.ida)
    changed = versions.save(draft, **(TEXT | {"body": "Noget andet."}), reason="", revision=1, by=wera, at=MORNING)
    waiting = versions.submit(changed, by=world.ida, at=MORNING)
    assert not versions.may_approve(waiting, wera, on=MORNING.date())


def test_the_only_approver_approves_their_own(world: World, wera: Person) -> None:
    RoleAssignment.objects.filter(role="administrator").delete()
    assert versions.submit(written(article(world), wera), by=wera, at=MORNING).decided_by == wera


def test_an_approver_sends_out_at_once_what_somebody_else_wrote(world: World, wera: Person) -> None:
    assert versions.submit(written(article(world), world.ida), by=wera, at=MORNING).decided_by == wera


def test_only_those_with_the_right_approve_or_send_back(world: World, wera: Person) -> None:
    waiting = versions.submit(written(article(world), world.ida), by=world.ida, at=MORNING)
    with pytest.raises(RefusedChange, match="ikke godkende"):
        versions.approve(waiting, by=world.ida, at=MORNING)
    with pytest.raises(RefusedChange, match="ikke godkende"):
        versions.reject(waiting, note="Nej", by=world.david, at=MORNING)
    with pytest.raises(RefusedChange):
        versions.reject(waiting, note=" ", by=wera, at=MORNING)
    back = versions.reject(waiting, note="Skriv prisen på.", by=wera, at=MORNING)
    assert (back.state, back.decision_note) == ("draft", "Skriv prisen på.")
    assert versions.submit(back, by=world.ida, at=MORNING).state == "in_review"


def test_what_is_published_from_a_day_holds_from_that_day_without_anybody_awake(world: World, wera: Person) -> None:
    made = article(world)
    published(made, world.ida, wera)
    monday = MORNING + timedelta(days=5)
    waiting = versions.submit(
        written(made, world.ida, short="Fra mandag."), publish_from=monday, by=world.ida, at=MORNING
    )
    assert waiting.state == "published"
    assert holding(made, monday - timedelta(seconds=1)) == TEXT["short"]
    assert holding(made, monday) == "Fra mandag."


def test_the_day_asked_for_survives_the_approval(world: World, wera: Person) -> None:
    made, monday = article(world), MORNING + timedelta(days=5)
    waiting = versions.submit(written(made, world.ida), publish_from=monday, by=world.ida, at=MORNING)
    assert versions.approve(waiting, by=wera, at=MORNING).published_from == monday
    assert holding(made, MORNING) is None


def test_a_correction_does_not_overtake_what_waits_for_its_day(world: World, wera: Person) -> None:
    made, monday = article(world), MORNING + timedelta(days=5)
    published(made, world.ida, wera)
    waiting = versions.submit(
        written(made, world.ida, short="Fra mandag."), publish_from=monday, by=world.ida, at=MORNING
    )
    draft = written(made, world.ida, short="Fra mandag!")
    with pytest.raises(RefusedChange, match="venter"):
        versions.submit(draft, publish_from=MORNING + HOUR, by=world.ida, at=MORNING)
    versions.submit(draft, by=world.ida, at=MORNING)
    assert (holding(made, MORNING), holding(made, monday)) == (TEXT["short"], "Fra mandag!")
    assert versions.take_back(waiting, by=world.ida, at=MORNING).state == "draft"
    with pytest.raises(RefusedChange, match="gælder allerede"):
        versions.take_back(ArticleVersion.objects.get(article=made, number=1), by=world.ida, at=MORNING)


def test_the_second_of_two_editors_is_shown_what_the_first_wrote(world: World, wera: Person) -> None:
    draft = written(article(world), world.ida)
    versions.save(draft, **(TEXT | {"short": "Weras svar."}), reason="", revision=1, by=wera, at=MORNING)
    with pytest.raises(EditedMeanwhile) as refused:
        versions.save(draft, **(TEXT | {"short": "Idas svar."}), reason="", revision=1, by=world.ida, at=MORNING)
    assert refused.value.theirs.short == "Weras svar."
    mine = versions.save(draft, **(TEXT | {"short": "Idas svar."}), reason="", revision=2, by=world.ida, at=MORNING)
    assert mine.short == "Idas svar."


def test_there_is_one_draft_for_each_language_and_it_begins_as_what_holds(world: World, wera: Person) -> None:
    made = article(world)
    published(made, world.ida, wera)
    draft = versions.draft(made, language="da", by=wera, at=MORNING)
    assert draft.short == TEXT["short"]
    assert versions.draft(made, language="da", by=world.ida, at=MORNING) == draft
    english = versions.draft(made, language="en", by=world.ida, at=MORNING)
    assert english != draft
    assert english.short == TEXT["short"]
    assert versions.needs_approval(english, on=MORNING.date())


def test_an_empty_or_unchanged_draft_is_not_sent_out(world: World, wera: Person) -> None:
    made = article(world)
    with pytest.raises(RefusedChange) as refused:
        versions.submit(versions.draft(made, language="da", by=world.ida, at=MORNING), by=world.ida, at=MORNING)
    assert set(refused.value.reasons) == {"title", "short"}
    published(made, world.ida, wera)
    draft = versions.draft(made, language="da", by=world.ida, at=MORNING)
    with pytest.raises(RefusedChange, match="ikke ændret"):
        versions.submit(draft, by=world.ida, at=MORNING)
    assert versions.discard(draft, by=world.ida, at=MORNING).state == "rejected"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("body", "a" * 200_001),
        ("title", "a" * 201),
        ("short", "a" * 401),
        ("words", ["a" * 101]),
        ("body", "Ring om 010190-1234."),
        ("links", [{"title": "x", "url": "javascript:alert(1)", "kind": "page", "owner": "own"}]),
        ("links", [{"title": "", "url": "https://a.dk", "kind": "page", "owner": "own"}]),
        ("links", [{"title": "x", "url": "https://a.dk", "kind": "ad", "owner": "own"}]),
    ],
)
def test_what_an_article_cannot_hold_is_refused_by_its_field(world: World, field: str, value: Any) -> None:
    said: dict[str, Any] = {field: value}
    with pytest.raises(RefusedChange) as refused:
        written(article(world), world.ida, **said)
    assert set(refused.value.reasons) == {field}


def test_signs_that_hide_something_are_taken_out(world: World) -> None:
    draft = written(article(world), world.ida, title="Søg\x00 nu\u202e", body="a\r\nb\x08")
    assert (draft.title, draft.body) == ("Søg nu", "a\nb")


def test_what_is_published_or_in_review_is_not_written_in(world: World, wera: Person) -> None:
    made = article(world)
    waiting = versions.submit(written(made, world.ida), by=world.ida, at=MORNING)
    with pytest.raises(RefusedChange, match="godkendelse"):
        versions.save(waiting, **TEXT, reason="", revision=1, by=world.ida, at=MORNING)
    out = versions.approve(waiting, by=wera, at=MORNING)
    with pytest.raises(RefusedChange, match="udgivet"):
        versions.save(out, **TEXT, reason="", revision=1, by=world.ida, at=MORNING)


def test_a_proposal_gives_the_owner_a_task_that_ends_with_the_publication(world: World, wera: Person) -> None:
    made = article(world)
    published(made, world.ida, wera)
    proposal = versions.propose(
        made, language="da", title=TEXT["title"], short="Søg altid.", body=TEXT["body"], reason="Forkert",
        by=world.david, at=MORNING,
    )  # fmt: skip
    task = Task.objects.get(owner=world.ida, done_at=None)
    assert (task.kind, task.version, task.question, task.raised_by) == ("proposal", proposal, "Forkert", world.david)
    assert Mark.objects.filter(part=f"person-{world.ida.pk}/tasks").exists()
    draft = versions.take_up(proposal, by=world.ida, at=MORNING)
    versions.submit(draft, by=world.ida, at=MORNING + HOUR)
    assert holding(made, MORNING + HOUR) == "Søg altid."
    task.refresh_from_db()
    assert (task.done_at, task.outcome) == (MORNING + HOUR, "Udgivet")


def test_a_proposal_that_is_rejected_closes_its_task_with_the_note(world: World, wera: Person) -> None:
    made = article(world)
    published(made, world.ida, wera)
    said = {"language": "da", "title": TEXT["title"], "body": TEXT["body"], "reason": ""}
    proposal = versions.propose(made, short="Søg altid.", by=world.david, at=MORNING, **said)
    versions.reject(proposal, note="Det gør de ikke.", by=world.ida, at=MORNING)
    assert Task.objects.get().outcome == "Det gør de ikke."
    with pytest.raises(RefusedChange, match="det samme"):
        versions.propose(made, short=TEXT["short"], by=world.david, at=MORNING, **said)


def test_a_proposal_waits_while_there_is_a_draft(world: World, wera: Person) -> None:
    made = article(world)
    published(made, world.ida, wera)
    proposal = versions.propose(
        made, language="da", title="Ny", short="Ny.", body="", reason="", by=world.david, at=MORNING
    )  # fmt: skip
    written(made, world.ida, short="Min.")
    with pytest.raises(RefusedChange, match="allerede en kladde"):
        versions.take_up(proposal, by=world.ida, at=MORNING)
