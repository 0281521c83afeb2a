from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from indgang.core import clock
from indgang.enquiries import knowledge_use
from indgang.enquiries.models import ArticleUse, Enquiry, GuideWalk, Question
from indgang.entry.models import AgentState
from indgang.knowledge import versions
from indgang.knowledge.models import Article, ArticleVersion, Search, Task
from tests.desk import known
from tests.desk.conftest import PART, SignIn, at_desk
from tests.desk.known import Known
from tests.enquiries.told_calls import talking
from tests.world import World

KNOWLEDGE = "/desk/knowledge/"
OPEN = {**PART, "HX-Target": "knowledge-open"}
HITS = {**PART, "HX-Target": "knowledge-hits"}


@pytest.fixture
def knowledge(world: World, standing: dict[str, Any]) -> Known:
    return standing.get("knowledge") or known.build(world)


def text(response: Any) -> str:
    return " ".join(response.content.decode().split())


def call_of(world: World) -> Enquiry:
    enquiry = talking(world.anna, queue="tmf-byliv")
    at_desk(world.anna, AgentState.TALKING, enquiry)
    return enquiry


def article(slug: str = "loppemarked") -> str:
    return reverse("desk:article", args=[slug])


# --- Permissions ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["anna", "clara", "david", "eva", "finn", "gerda", "hans", "ida", "otto"])
def test_everybody_who_reads_has_the_page_and_finds(world: World, as_: SignIn, knowledge: Known, who: str) -> None:
    client = as_(world.people[who])
    assert client.get(KNOWLEDGE).status_code == 200
    assert article() in text(client.get(KNOWLEDGE, {"q": "loppemarked"}))
    assert "senest" in text(client.get(article()))


def test_a_web_editor_reads_without_a_desk(world: World, as_: SignIn, knowledge: Known) -> None:
    client = as_(knowledge.wera)
    assert client.get("/desk/").status_code == 403
    page = text(client.get(article()))
    assert "Foreslå ændring" in page
    assert "Brugt" not in page, "there is no call to use it for"


def test_others_are_told_what_is_missing(world: World, as_: SignIn, knowledge: Known, client: Client) -> None:
    assert as_(world.ukendt).get(KNOWLEDGE).status_code == 403
    assert client.get(KNOWLEDGE).status_code == 302


@pytest.mark.parametrize(("who", "status"), [("anna", 200), ("david", 200), ("gerda", 403), ("hans", 403)])
def test_who_may_not_propose_cannot_mark(world: World, as_: SignIn, knowledge: Known, who: str, status: int) -> None:
    client = as_(world.people[who])
    assert client.get(reverse("desk:knowledge-tasks"), headers=OPEN).status_code == status
    assert client.get(reverse("desk:article-proposals", args=["loppemarked"]), headers=OPEN).status_code == status
    assert ("Forkert" in text(client.get(article()))) == (status == 200)


def test_people_are_found_by_those_who_may_look_them_up(world: World, as_: SignIn, knowledge: Known) -> None:
    assert "David Degnemark" in text(as_(world.anna).get(KNOWLEDGE, {"q": "Degnemark"}, headers=HITS))
    assert "David Degnemark" not in text(as_(world.hans).get(KNOWLEDGE, {"q": "Degnemark"}, headers=HITS))
    entry = reverse("desk:directory-entry", args=[world.directory["dade"].pk])
    assert as_(world.hans).get(entry).status_code == 403


def test_the_article_of_a_unit_is_not_there_for_others(world: World, as_: SignIn, knowledge: Known) -> None:
    Article.objects.filter(slug="stoej-intern").update(audience="unit")
    assert as_(world.david).get(article("stoej-intern")).status_code == 200
    assert as_(world.otto).get(article("stoej-intern")).status_code == 404


# --- The search box ------------------------------------------------------------------------------


def test_the_desk_has_an_empty_shell_that_asks_nothing(
    world: World, as_: SignIn, knowledge: Known, django_assert_max_num_queries: Any
) -> None:
    call_of(world)
    client = as_(world.anna)
    client.get("/desk/")
    with django_assert_max_num_queries(22):
        page = text(client.get("/desk/"))
    assert '<div id="knowledge-hits"></div> <div id="knowledge-open"></div>' in page
    assert "Stod svaret i vidensbasen?" in page


def test_typing_keeps_no_search_but_a_meant_one_is_kept_with_what_was_opened(
    world: World, as_: SignIn, knowledge: Known
) -> None:
    client = as_(world.anna)
    client.get(KNOWLEDGE, {"q": "loppem", "typing": "1"}, headers=HITS)
    assert not Search.objects.exists()
    client.get(KNOWLEDGE, {"q": "loppemarked"}, headers=HITS)
    search = Search.objects.get()
    assert (search.asked, search.place, search.chosen) == ("loppemarked", "desk", "")
    client.get(article(), {"search": search.pk}, headers=OPEN)
    search.refresh_from_db()
    assert search.chosen == "article:loppemarked"
    kept = client.post(reverse("desk:knowledge-searches"), {"q": "kamel", "hits": "0"}, headers=PART)
    assert Search.objects.get(pk=int(kept.content)).asked == "kamel"


def test_the_service_of_the_registration_or_the_calls_queue_comes_first(
    world: World, as_: SignIn, knowledge: Known
) -> None:
    enquiry, client = call_of(world), as_(world.anna)
    chosen = {"q": "tilladelse", "service": str(world.services["arrangement"].pk)}
    assert "Svar om Arrangementstilladelser kommer først" in text(client.get(KNOWLEDGE, chosen, headers=HITS))
    Enquiry.objects.filter(pk=enquiry.pk).update(menu="Byliv › Arrangement")
    asked = {"q": "tilladelse", "enquiry": str(enquiry.pk)}
    assert "Svar om Arrangementstilladelser kommer først" in text(client.get(KNOWLEDGE, asked, headers=HITS))


def test_nothing_found_says_what_to_do_next(world: World, as_: SignIn, knowledge: Known) -> None:
    page = text(as_(world.anna).get(KNOWLEDGE, {"q": "xyzzyq"}, headers=HITS))
    assert "Intet fundet på “xyzzyq”" in page
    assert "Meld, at svaret mangler" in page


@pytest.mark.parametrize(
    "asked", ["a" * 5_000, "?!.,;", "'; DROP TABLE x; --", "🎪🎪", "<script>alert(1)</script>", "\x00"]
)
def test_odd_searches_are_answered(world: World, as_: SignIn, knowledge: Known, asked: str) -> None:
    response = as_(world.anna).get(KNOWLEDGE, {"q": asked}, headers=HITS)
    assert response.status_code == 200
    assert b"<script>alert" not in response.content


def test_a_person_can_be_asked_and_rung(world: World, as_: SignIn, knowledge: Known) -> None:
    at_desk(world.david, AgentState.READY)
    page = text(as_(world.anna).get(KNOWLEDGE, {"q": "Degnemark"}, headers=HITS))
    assert f'value="person:{world.david.pk}"' in page, "at his desk, since he has one"
    assert reverse("desk:consultation") in page
    assert '{"number": "+4533662001"}' in page
    page = text(as_(world.anna).get(KNOWLEDGE, {"q": "Åse Ålborg"}, headers=HITS))
    assert 'value="tel:+4533662002"' in page


@pytest.mark.parametrize("asked", ["tlf. 33 66 20 02", "(+45) 33/66/20/02", "33–66–20–02", "+4533662002"])
def test_a_person_is_found_by_number_as_people_write_it(
    world: World, as_: SignIn, knowledge: Known, asked: str
) -> None:
    page = text(as_(world.anna).get(KNOWLEDGE, {"q": asked}, headers=HITS))
    assert 'value="tel:+4533662002"' in page


@pytest.mark.parametrize(("name", "key"), [("service", "arrangement"), ("unit", "ctb-byliv")])
def test_a_service_and_a_unit_have_a_card(world: World, as_: SignIn, knowledge: Known, name: str, key: str) -> None:
    page = text(as_(world.anna).get(reverse(f"desk:{name}", args=[key]), headers=OPEN))
    assert "Arrangementstilladelser" in page
    if name == "service":
        assert article() in page
        assert reverse("desk:guide", args=["marked"]) in page


# --- Reading -------------------------------------------------------------------------------------


def test_the_short_answer_comes_first_the_rest_is_folded_and_nothing_runs(
    world: World, as_: SignIn, knowledge: Known
) -> None:
    page = text(as_(world.anna).get(article(), headers=OPEN))
    assert page.index("<em>fire uger</em>") < page.index("Hele svaret") < page.index("Markedet må vare en dag")
    assert '<details class="knowledge-rest" >' in page
    assert "<script>" not in page
    assert article("stoej-intern") in page, "a link to another article leads there"
    assert "fælles for hele landet" in page
    assert 'data-copies="Søg om tilladelse senest fire uger før på selvbetjeningen."' in page
    assert 'data-copies-link="/svar/loppemarked/"' in page


def test_an_overdue_article_says_so(world: World, as_: SignIn, knowledge: Known) -> None:
    client = as_(world.anna)
    assert "Skulle have været læst igennem senest 1. januar 2026" in text(client.get(article("stoej-intern")))
    assert "Skulle have været læst" not in text(client.get(article()))


def test_a_new_version_is_what_the_desk_shows_at_once(world: World, as_: SignIn, knowledge: Known) -> None:
    client = as_(world.anna)
    draft = versions.draft(knowledge.flea, language="da", by=knowledge.wera, at=clock.now())
    said = {"title": draft.title, "body": draft.body, "words": draft.words, "links": draft.links, "reason": "Ny frist"}
    short = draft.short.replace("fire", "fem")
    draft = versions.save(draft, short=short, revision=0, by=knowledge.wera, at=clock.now(), **said)
    assert versions.submit(draft, by=knowledge.wera, at=clock.now()).state == "published", "a small edit goes out"
    page = text(client.get(article(), headers={**PART, "HX-Target": "knowledge-article"}))
    assert "<em>fem uger</em>" in page
    assert 'data-live-parts="knowledge"' in page


def test_an_english_caller_gets_the_english_words(world: World, as_: SignIn, knowledge: Known) -> None:
    draft = versions.draft(knowledge.flea, language="en", by=knowledge.wera, at=clock.now())
    draft = versions.save(
        draft,
        title="A flea market?",
        short="Apply four weeks before.",
        body="",
        words=[],
        links=[],
        reason="",
        revision=0,
        by=knowledge.wera,
        at=clock.now(),
    )
    versions.approve(versions.submit(draft, by=knowledge.wera, at=clock.now()), by=world.finn, at=clock.now())
    enquiry, client = call_of(world), as_(world.anna)
    Enquiry.objects.filter(pk=enquiry.pk).update(language="en")
    asked = {"enquiry": str(enquiry.pk)}
    assert "Apply four weeks" in text(client.get(article(), asked, headers=OPEN))
    assert "fire uger" in text(client.get(article(), asked | {"language": "da"}, headers=OPEN))


def test_unknown_articles_guides_and_files_are_not_found(world: World, as_: SignIn, knowledge: Known) -> None:
    client = as_(world.anna)
    wrong = [
        article("findes-ikke"), reverse("desk:guide", args=["findes-ikke"]), reverse("desk:answer", args=[99]),
        reverse("desk:article-file", args=["loppemarked", "nej.pdf"]),
        reverse("desk:guide", args=["marked"]) + "?path=9",
        reverse("desk:guide", args=["marked"]) + "?path=x", reverse("desk:service", args=["nej"]),
    ]  # fmt: skip
    assert [client.get(address).status_code for address in wrong] == [404] * len(wrong)


# --- During a call -------------------------------------------------------------------------------


def test_what_is_opened_in_a_call_is_kept_with_it(world: World, as_: SignIn, knowledge: Known) -> None:
    enquiry, client = call_of(world), as_(world.anna)
    client.get(article(), {"enquiry": str(enquiry.pk)}, headers=OPEN)
    client.get(article(), headers=OPEN)
    use = ArticleUse.objects.get()
    assert (use.enquiry_id, use.version, use.used) == (enquiry.pk, knowledge.flea_version, False)


def test_nobody_writes_on_somebody_elses_call(world: World, as_: SignIn, knowledge: Known) -> None:
    enquiry, client = call_of(world), as_(world.bo)
    assert client.get(article(), {"enquiry": str(enquiry.pk)}, headers=OPEN).status_code == 200
    assert client.post(reverse("desk:article-use", args=["loppemarked", enquiry.pk]), headers=OPEN).status_code == 404
    assert not ArticleUse.objects.exists()


def test_used_tells_the_registration_what_to_take_over_and_can_be_undone(
    world: World, as_: SignIn, knowledge: Known
) -> None:
    enquiry, client = call_of(world), as_(world.anna)
    address = reverse("desk:article-use", args=["loppemarked", enquiry.pk])
    response = client.post(address, headers={**PART, "HX-Target": "knowledge-article"})
    assert 'aria-pressed="true"' in text(response)
    told = json.loads(response.headers["HX-Trigger"])["knowledge:used"]
    assert told == {
        "enquiry": str(enquiry.pk), "known": "yes",
        "service": {"value": str(world.services["arrangement"].pk), "name": "Arrangementstilladelser"},
        "purpose": f"purpose:{world.purposes['vejledning'].pk}",
    }  # fmt: skip
    assert ArticleUse.objects.get().used
    undone = client.delete(address, headers={**PART, "HX-Target": "knowledge-article"})
    assert 'aria-pressed="false"' in text(undone)
    assert not ArticleUse.objects.get().used


def test_a_guide_is_walked_step_by_step_and_the_way_is_kept(world: World, as_: SignIn, knowledge: Known) -> None:
    enquiry, client = call_of(world), as_(world.anna)
    address, about = reverse("desk:guide", args=["marked"]), {"enquiry": str(enquiry.pk)}
    first = text(client.get(address, about, headers=OPEN))
    assert "Hvor skal det holdes?" in first
    assert "På gaden" in first
    assert not GuideWalk.objects.exists()
    assert "Kort over pladsen" in text(client.post(address, {**about, "path": "0"}, headers=OPEN))
    last = text(client.post(address, {**about, "path": "0-0"}, headers=OPEN))
    assert "Indsæt i noten" in last
    assert article() in last
    walk = GuideWalk.objects.get()
    assert (walk.result, [step["step"] for step in walk.path]) == ("soeg", ["hvor", "gade", "soeg"])


def test_a_guide_is_walked_without_a_call_by_its_addresses(world: World, as_: SignIn, knowledge: Known) -> None:
    page = text(as_(world.hans).get(reverse("desk:guide", args=["marked"]), {"path": "1"}))
    assert "Det kræver ingen tilladelse" in page
    assert not GuideWalk.objects.exists()


# --- Tasks ---------------------------------------------------------------------------------------


def test_a_missing_answer_is_marked_with_the_words_that_were_searched_for(
    world: World, as_: SignIn, knowledge: Known
) -> None:
    enquiry, client = call_of(world), as_(world.anna)
    address, about = reverse("desk:knowledge-tasks"), {"enquiry": str(enquiry.pk), "q": "må en ged være med"}
    form = text(client.get(address, {**about, "kind": "missing"}, headers=OPEN))
    assert "må en ged være med</textarea>" in form
    sent = {**about, "kind": "missing", "question": "Må en ged være med?"}
    response = client.post(address, sent, headers=OPEN)
    assert "Ida Isdal har fået opgaven" in text(response)
    assert json.loads(response.headers["HX-Trigger"]) == {
        "knowledge:missing": {"enquiry": str(enquiry.pk), "known": "no"}
    }
    task = Task.objects.get()
    assert (task.kind, task.enquiry, task.owner, task.unit) == (
        "missing",
        enquiry.pk,
        world.ida,
        world.units["ctb-byliv"],
    )


@pytest.mark.parametrize("kind", ["wrong", "unclear"])
def test_a_wrong_or_unclear_answer_is_marked_from_the_article(
    world: World, as_: SignIn, knowledge: Known, kind: str
) -> None:
    client, address = as_(world.david), reverse("desk:knowledge-tasks")
    assert "Hvordan får jeg lov" in text(client.get(address, {"kind": kind, "article": "loppemarked"}, headers=OPEN))
    client.post(address, {"kind": kind, "article": "loppemarked", "question": "Fristen er fem uger"}, headers=OPEN)
    task = Task.objects.get()
    assert (task.kind, task.article, task.version, task.owner, task.enquiry) == (
        kind, knowledge.flea, knowledge.flea_version, world.ida, None,
    )  # fmt: skip


def test_a_missing_answer_without_its_question_is_asked_for_it(world: World, as_: SignIn, knowledge: Known) -> None:
    client, address = as_(world.anna), reverse("desk:knowledge-tasks")
    response = client.post(address, {"kind": "missing", "question": " "}, headers=OPEN)
    assert response.status_code == 422
    assert "Skriv, hvad der blev spurgt om." in text(response)
    huge = client.post(address, {"kind": "missing", "question": "x" * 5_000}, headers=OPEN)
    assert huge.status_code == 422
    assert not Task.objects.exists()


def test_a_case_worker_proposes_another_wording(world: World, as_: SignIn, knowledge: Known) -> None:
    client, address = as_(world.david), reverse("desk:article-proposals", args=["loppemarked"])
    assert "Markedet må vare en dag" in text(client.get(address, headers=OPEN))
    version = knowledge.flea_version
    same = {"title": version.title, "short": version.short, "body": version.body, "reason": "Hm"}
    refused = client.post(address, same, headers=OPEN)
    assert refused.status_code == 422
    assert "det samme" in text(refused)
    response = client.post(address, same | {"short": "Fem uger før."}, headers=OPEN)
    assert "Forslaget er sendt til Ida Isdal" in text(response)
    task = Task.objects.get()
    assert (task.kind, task.owner) == ("proposal", world.ida)
    assert task.version is not None
    assert (task.version.state, task.version.short) == ("proposed", "Fem uger før.")


# --- Registration --------------------------------------------------------------------------------


def sheet_of(enquiry: Enquiry) -> str:
    return reverse("desk:registration", args=[enquiry.pk])


def typed(world: World, **more: str) -> dict[str, str]:
    said = {
        "question": "0", "seen": "0", "q0-service": str(world.services["arrangement"].pk),
        "q0-purpose": f"purpose:{world.purposes['vejledning'].pk}", "q0-character": "general", "q0-outcome": "resolved",
    }  # fmt: skip
    return said | {f"q0-{name}": value for name, value in more.items()}


@pytest.mark.parametrize(("done", "said"), [("used", True), ("missing", False), ("nothing", None)])
def test_whether_the_answer_was_there_fills_itself(
    world: World, as_: SignIn, knowledge: Known, done: str, said: bool | None
) -> None:
    enquiry, client = call_of(world), as_(world.anna)
    if done == "used":
        client.post(reverse("desk:article-use", args=["loppemarked", enquiry.pk]), headers=OPEN)
    if done == "missing":
        sent = {"kind": "missing", "question": "Ged?", "enquiry": str(enquiry.pk)}
        client.post(reverse("desk:knowledge-tasks"), sent, headers=OPEN)
    page = text(client.get(sheet_of(enquiry), headers={**PART, "HX-Target": "desk-registration"}))
    for value, expected in (("yes", True), ("no", False)):
        assert (f'name="q0-known" value="{value}" checked' in page) == (said is expected)
    client.post(sheet_of(enquiry), typed(world), headers=PART)
    assert Question.objects.get().in_knowledge is said


@pytest.mark.parametrize(("word", "said"), [("no", False), ("unsaid", None), ("yes", True)])
def test_what_the_agent_says_counts(world: World, as_: SignIn, knowledge: Known, word: str, said: bool | None) -> None:
    enquiry, client = call_of(world), as_(world.anna)
    knowledge_use.used(enquiry, knowledge.flea_version, on=True, by=world.anna, at=clock.now())
    client.post(sheet_of(enquiry), typed(world, known=word), headers=PART)
    question = Question.objects.get()
    assert question.in_knowledge is said
    page = text(client.get(reverse("desk:correction", args=[question.pk]), headers=PART))
    assert f'name="q0-known" value="{word}" checked' in page


def test_with_several_questions_nobody_guesses_which_was_answered(world: World, as_: SignIn, knowledge: Known) -> None:
    enquiry, client = call_of(world), as_(world.anna)
    knowledge_use.used(enquiry, knowledge.flea_version, on=True, by=world.anna, at=clock.now())
    second = {name.replace("q0", "q1"): value for name, value in typed(world).items() if name.startswith("q0")}
    client.post(sheet_of(enquiry), {**typed(world, known="yes"), **second, "question": ["0", "1"]}, headers=PART)
    assert list(Question.objects.order_by("order").values_list("in_knowledge", flat=True)) == [True, None]


def test_the_registered_enquiry_shows_what_was_read_and_becomes_an_article(
    world: World, as_: SignIn, knowledge: Known
) -> None:
    enquiry, client = call_of(world), as_(world.anna)
    knowledge_use.used(enquiry, knowledge.flea_version, on=True, by=world.anna, at=clock.now())
    page = text(client.post(sheet_of(enquiry), typed(world, note="Ja, i snor."), headers=PART))
    assert "Læst i vidensbasen" in page
    assert "brugt til svaret" in page
    address = reverse("desk:question-article", args=[Question.objects.get().pk])
    assert address in page
    assert "Ja, i snor." in text(client.get(address, headers=OPEN))
    response = client.post(address, {"title": "Må en ged være med?"}, headers=OPEN)
    assert "Ida Isdal har fået opgaven" in text(response)
    assert ArticleVersion.objects.get(state="draft").short == "Ja, i snor."
    assert client.post(address, {"title": ""}, headers=OPEN).status_code == 422
    assert as_(world.bo).get(address, headers=OPEN).status_code == 404


def test_an_earlier_answer_is_found_and_read_without_who_asked(world: World, as_: SignIn, knowledge: Known) -> None:
    enquiry, client = call_of(world), as_(world.anna)
    note = "Ansøgningen skal rumme en situationsplan. Ring 12 34 56 78."
    client.post(sheet_of(enquiry), typed(world, note=note), headers=PART)
    address = reverse("desk:answer", args=[Question.objects.get().pk])
    assert address in text(as_(world.bo).get(KNOWLEDGE, {"q": "situationsplan"}, headers=HITS))
    page = text(as_(world.bo).get(address, headers=OPEN))
    assert "situationsplan" in page
    assert "12 34 56 78" not in page
    assert "ikke godkendt" in page
    assert address not in text(as_(world.hans).get(KNOWLEDGE, {"q": "situationsplan"}, headers=HITS))
