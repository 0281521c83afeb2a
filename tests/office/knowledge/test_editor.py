"""Writing an article: publication at once, approval, two editors at a time, and invalid input."""

from __future__ import annotations

from datetime import timedelta

import pytest

from indgang.accounts.models import Person
from indgang.knowledge import articles, tasks, versions
from indgang.knowledge.models import Article, ArticleVersion
from tests.office.conftest import SignIn
from tests.office.knowledge import house
from tests.world import MORNING, World

ADDRESS = "/office/knowledge/articles/borde-paa-fortovet/"
DRAFT = f"{ADDRESS}draft/da/"
LONG = "Et helt andet svar. " * 20


@pytest.fixture
def vera(world: World) -> Person:
    return house.web_editor(world)


@pytest.fixture
def article(world: World, vera: Person) -> Article:
    return house.article(world, vera)


@pytest.fixture
def draft(article: Article, world: World) -> ArticleVersion:
    return versions.draft(article, language="da", by=world.ida, at=MORNING)


def in_force(article: Article) -> ArticleVersion:
    found = articles.version_for(article, language="da", at=MORNING + timedelta(minutes=6))
    assert found is not None
    return found


def test_an_article_begins_with_its_question(as_person: SignIn, world: World, article: Article) -> None:
    client = as_person("ida")
    facts = {"title": "Må jeg spille musik?", "unit": world.units["ctb-byliv"].pk, "audience": "everyone"}
    answer = client.post("/office/knowledge/new/", facts)
    assert answer["Location"] == "/office/knowledge/articles/maa-jeg-spille-musik/draft/da/"
    assert "Må jeg spille musik?" in client.get(answer["Location"]).text
    again = client.post("/office/knowledge/new/", facts)
    assert again.status_code == 422
    assert "allerede en artikel med den adresse" in again.text
    elsewhere = client.post("/office/knowledge/new/", facts | {"title": "x", "unit": world.units["bif"].pk})
    assert elsewhere.status_code == 422


def test_a_small_edit_goes_straight_out(as_person: SignIn, draft: ArticleVersion, article: Article) -> None:
    client = as_person("ida")
    typed = house.wording(draft, body=draft.body.replace("1,5", "1,8"), reason="Nyt mål")
    shown = client.post(f"{DRAFT}preview/", typed).text
    assert "gælder straks" in shown
    answer = client.post(DRAFT, typed | {"send": "1"}, follow=True)
    assert "Det gælder nu" in answer.text
    assert "1,8" in in_force(article).body


def test_a_larger_edit_waits_and_is_approved_with_the_difference(
    as_person: SignIn, draft: ArticleVersion, article: Article
) -> None:
    typed = house.wording(draft, body=LONG, reason="Ny lov")
    editor = as_person("ida")
    assert "Skal godkendes" in editor.post(f"{DRAFT}preview/", typed).text
    assert "Sendt til godkendelse" in editor.post(DRAFT, typed | {"send": "1"}, follow=True).text
    assert in_force(article).number == 1
    approver = as_person("vera")
    assert "Ny lov" in approver.get("/office/knowledge/inbox/?show=approvals").text
    page = approver.get(f"/office/knowledge/approvals/{draft.pk}/").text
    assert "<ins>" in page
    assert "<del>" in page
    approver.post(f"/office/knowledge/approvals/{draft.pk}/approval/", {"note": "Fint"})
    assert in_force(article).body.startswith("Et helt andet svar.")


def test_who_wrote_it_may_not_approve_it(as_person: SignIn, article: Article, vera: Person) -> None:
    own = house.write(versions.draft(article, language="da", by=vera, at=MORNING), vera, body=LONG)
    versions.submit(own, by=vera, at=MORNING)
    client = as_person("vera")
    assert "Du har selv skrevet" in client.get(f"/office/knowledge/approvals/{own.pk}/").text
    assert client.post(f"/office/knowledge/approvals/{own.pk}/approval/", {}).status_code == 422
    assert in_force(article).number == 1
    # an editor without the permission to approve gets 403
    assert as_person("ida").post(f"/office/knowledge/approvals/{own.pk}/approval/", {}).status_code == 403


def test_what_is_sent_back_comes_with_its_note(as_person: SignIn, draft: ArticleVersion, article: Article) -> None:
    editor, approver = as_person("ida"), as_person("vera")
    editor.post(DRAFT, house.wording(draft, body=LONG) | {"send": "1"})
    address = f"/office/knowledge/approvals/{draft.pk}/rejection/"
    unsaid = approver.post(address, {"note": " "})
    assert unsaid.status_code == 422
    assert "Skriv, hvad der skal til" in unsaid.text
    approver.post(address, {"note": "Skriv kortere sætninger"})
    page = editor.get(DRAFT).text
    assert "Skriv kortere sætninger" in page
    assert "Et helt andet svar." in page


def test_it_holds_from_the_day_that_was_chosen(as_person: SignIn, draft: ArticleVersion, article: Article) -> None:
    client = as_person("ida")
    typed = house.wording(draft, short=draft.short + " Nu.", publish_from="2026-03-20T08:00", send="1")
    assert "gælder fra 20.03.2026 08.00" in client.post(DRAFT, typed, follow=True).text
    assert in_force(article).number == 1
    waiting = article.versions.get(number=2)
    assert "Udgives senere" in client.get(ADDRESS).text
    client.post(f"{ADDRESS}versions/da/2/recall/")
    waiting.refresh_from_db()
    assert waiting.state == "draft"


def test_the_second_of_two_editors_sees_both_texts_and_chooses(
    as_person: SignIn, draft: ArticleVersion, world: World
) -> None:
    first, second = as_person("ida"), as_person("vera")
    mine = house.wording(draft, body="Veras tekst om borde.")
    first.post(DRAFT, house.wording(draft, body="Idas tekst om stole."))
    refused = second.post(DRAFT, mine)
    assert refused.status_code == 422
    assert "En anden har gemt, mens du skrev" in refused.text
    assert "Idas" in refused.text
    assert "Veras tekst om borde." in refused.text
    draft.refresh_from_db()
    assert draft.body == "Idas tekst om stole."
    second.post(DRAFT, mine | {"revision": str(refused.context["form"]["revision"].value())})
    draft.refresh_from_db()
    assert draft.body == "Veras tekst om borde."


def test_what_was_typed_survives_that_the_draft_went_out_meanwhile(
    as_person: SignIn, draft: ArticleVersion, article: Article, world: World
) -> None:
    mine = house.wording(draft, body="Idas tekst.")
    theirs = house.write(draft, world.finn, title="Et nyt spørgsmål", body=LONG)
    versions.submit(theirs, by=world.ida, at=MORNING)
    waiting = as_person("ida").post(DRAFT, mine | {"revision": str(theirs.revision)})
    assert waiting.status_code == 422
    assert "Idas tekst." in waiting.text
    versions.approve(ArticleVersion.objects.get(pk=draft.pk), by=world.people["vera"], at=MORNING)
    refused = as_person("ida").post(DRAFT, mine)
    assert refused.status_code == 422
    assert "Idas tekst." in refused.text
    assert in_force(article).title == "Et nyt spørgsmål"


def test_script_and_markup_are_shown_and_never_run(as_person: SignIn, draft: ArticleVersion) -> None:
    client = as_person("ida")
    nasty = "<script>alert(1)</script> [klik](javascript:alert(1)) <img src=x onerror=alert(1)>"
    typed = house.wording(draft, title=nasty[:150], short=nasty, body=nasty, words="<b>x</b>", reason=nasty)
    for answer in (client.post(f"{DRAFT}preview/", typed), client.post(DRAFT, typed, follow=True), client.get(ADDRESS)):
        assert "<script>alert" not in answer.text
        assert 'href="javascript' not in answer.text
        assert "<img src=x" not in answer.text


def test_too_much_and_too_little_are_said_and_nothing_typed_is_lost(
    as_person: SignIn, draft: ArticleVersion, article: Article
) -> None:
    client = as_person("ida")
    huge = client.post(DRAFT, house.wording(draft, body="ord " * 60_000))
    assert huge.status_code == 422
    assert "der er plads til" in huge.text
    assert client.post(f"{DRAFT}preview/", house.wording(draft, body="ord " * 60_000)).status_code == 200
    long_short = client.post(DRAFT, house.wording(draft, short="x" * 500))
    assert long_short.status_code == 422
    assert "x" * 500 in long_short.text
    link = house.wording(draft, link_title_0="Klik", link_url_0="javascript:alert(1)")
    assert "ikke en adresse" in client.post(DRAFT, link).text
    cpr = client.post(DRAFT, house.wording(draft, short="Ring til 010190-1234"))
    assert "CPR-nummer" in cpr.text
    assert client.post(DRAFT, {"revision": "9" * 30, "draft": "x"}).status_code == 422
    empty = client.post(DRAFT, house.wording(draft, title="", short="", body="", send="1"))
    assert empty.status_code == 422
    assert "Skriv en overskrift" in empty.text
    assert in_force(article).number == 1


def test_sending_nothing_new_is_refused_kindly(as_person: SignIn, draft: ArticleVersion) -> None:
    answer = as_person("ida").post(DRAFT, house.wording(draft, send="1"))
    assert answer.status_code == 422
    assert "Der er ikke ændret noget" in answer.text


def test_links_and_words_are_kept(as_person: SignIn, draft: ArticleVersion) -> None:
    typed = house.wording(
        draft, words="fortovscafé, stole ude\nborde", link_title_0="Søg her", link_url_0="https://virk.dk",
        link_kind_0="self_service", link_owner_0="national",
    )  # fmt: skip
    as_person("ida").post(DRAFT, typed)
    draft.refresh_from_db()
    assert draft.words == ["fortovscafé", "stole ude", "borde"]
    assert draft.links == [{"title": "Søg her", "url": "https://virk.dk", "kind": "self_service", "owner": "national"}]


def test_english_is_written_beside_the_danish(as_person: SignIn, article: Article) -> None:
    client = as_person("ida")
    answer = client.post(f"{ADDRESS}draft/en/beginning/", follow=True)
    assert "Den danske tekst" in answer.text
    assert 'lang="en"' in answer.text
    assert client.post(f"{ADDRESS}draft/tlh/beginning/").status_code == 404


def test_a_draft_is_laid_away_and_kept(as_person: SignIn, draft: ArticleVersion) -> None:
    client = as_person("ida")
    client.post(f"{DRAFT}removal/")
    draft.refresh_from_db()
    assert draft.state == "rejected"
    assert "Afvist" in client.get(ADDRESS).text
    assert client.get(DRAFT).status_code == 404


def test_any_two_versions_are_compared(as_person: SignIn, draft: ArticleVersion, world: World) -> None:
    house.write(draft, world.ida, body="Noget andet")
    page = as_person("ida").get(f"{ADDRESS}versions/da/1/?against=2").text
    assert "Noget" in page
    assert "<del>" in page
    assert as_person("ida").get(f"{ADDRESS}versions/da/1/?against=99").status_code == 404
    assert as_person("ida").get(f"{ADDRESS}versions/da/7/").status_code == 404


def test_a_proposal_is_taken_up_or_declined_with_why(as_person: SignIn, article: Article, world: World) -> None:
    said = {"title": "Borde ude", "short": "Søg først.", "body": LONG, "reason": "Reglen er ny"}
    first = versions.propose(article, language="da", **said, by=world.david, at=MORNING)
    second = versions.propose(article, language="da", **said | {"title": "Igen"}, by=world.david, at=MORNING)
    client = as_person("ida")
    assert "Reglen er ny" in client.get("/office/knowledge/inbox/?show=proposals").text
    assert "Reglen er ny" in client.get(f"/office/knowledge/proposals/{first.pk}/").text
    assert client.post(f"/office/knowledge/proposals/{second.pk}/rejection/", {"note": ""}).status_code == 422
    client.post(f"/office/knowledge/proposals/{second.pk}/rejection/", {"note": "Den gælder ikke her"})
    answer = client.post(f"/office/knowledge/proposals/{first.pk}/draft/")
    assert answer["Location"] == DRAFT
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("draft", "rejected")
    assert as_person("otto").get(f"/office/knowledge/proposals/{first.pk}/").status_code == 403


def test_a_missing_answer_becomes_an_article_and_the_task_is_done_when_it_is_out(
    as_person: SignIn, article: Article, world: World, vera: Person
) -> None:
    task = tasks.raise_task(
        kind="missing", question="Må jeg have en trampolin på fortovet?", service=world.services["udeservering"],
        by=world.anna, at=MORNING,
    )  # fmt: skip
    client = as_person("ida")
    assert "trampolin" in client.get("/office/knowledge/inbox/?show=tasks").text
    assert "Skriv artiklen, der mangler" in client.get(f"/office/knowledge/tasks/{task.pk}/").text
    answer = client.post(f"/office/knowledge/tasks/{task.pk}/article/", {"title": "Må jeg have en trampolin?"})
    draft = ArticleVersion.objects.get(article__slug="maa-jeg-have-en-trampolin")
    assert "trampolin på fortovet" in client.get(answer["Location"]).text
    typed = house.wording(draft, short="Nej.", body="Fortovet er for gående.", send="1")
    client.post(answer["Location"], typed)
    as_person("vera").post(f"/office/knowledge/approvals/{draft.pk}/approval/", {})
    task.refresh_from_db()
    assert task.done_at is not None


def test_a_task_is_given_on_and_solved_with_what_was_done(as_person: SignIn, article: Article, world: World) -> None:
    task = tasks.raise_task(kind="unclear", question="Hvad er en plan?", by=world.anna, at=MORNING)
    client, address = as_person("ida"), f"/office/knowledge/tasks/{task.pk}/"
    # the task has no unit, so every editor may set one
    assert client.post(f"{address}article/", {"title": "Planer"}).status_code == 422
    client.post(f"{address}place/", {"unit": world.units["ctb-byliv"].pk})
    task.refresh_from_db()
    assert (task.unit, task.owner) == (world.units["ctb-byliv"], world.ida)
    assert client.post(f"{address}outcome/", {"outcome": ""}).status_code == 422
    client.post(f"{address}outcome/", {"outcome": "Svaret står nu i artiklen"})
    assert "Svaret står nu" in client.get("/office/knowledge/inbox/?show=tasks&done=1").text
    assert as_person("anna").get(address).status_code == 403


def test_a_task_of_another_unit_is_not_there(as_person: SignIn, world: World, vera: Person) -> None:
    task = tasks.raise_task(kind="wrong", question="?", unit=world.units["bif"], by=world.otto, at=MORNING)
    assert as_person("ida").get(f"/office/knowledge/tasks/{task.pk}/").status_code == 404
    assert as_person("vera").get(f"/office/knowledge/tasks/{task.pk}/").status_code == 200
