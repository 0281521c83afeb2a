"""The pages of gaps and measures, with the command and the other programs' view of the same."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction

from indgang.accounts.models import Person, RoleAssignment
from indgang.analysis import kept_gaps
from indgang.analysis.gap_models import GapMeasure, GapMeasureChange, KeptGaps
from indgang.core import clock
from indgang.core.clock import FrozenTime
from indgang.enquiries.models import ArticleUse, Enquiry, Outcome, Question
from indgang.feedback import answering, questionnaires
from indgang.feedback.answering import AnsweredPage
from indgang.knowledge.models import Helpfulness
from indgang.knowledge.search import log
from tests.analysis.asked import ask, each_week
from tests.knowledge_world import KnowledgeWorld
from tests.office.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
ROOM = "/office/gaps/"
_NOTE = "Spørger om støj fra varmepumpe. Ring til Karen Kvistgaard på 20 20 30 40, cpr 010203-1234"


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def asked(knowledge_world: KnowledgeWorld, world: World) -> KnowledgeWorld:
    """Twelve callers about heat pumps, ten answered from the page about balconies, eight about status, and a search."""
    ask(world, 12, note=_NOTE, caller="Varme Kvistgaard", should_be_digital=True, in_knowledge=False)
    ask(world, 8, purpose="status", character="case_specific")
    ask(world, 7)
    version = knowledge_world.articles["altan"].versions.get(language="da")
    for each in ask(world, 10):
        ArticleUse.objects.create(enquiry=each.enquiry, version=version, shown_at=MORNING, used_at=MORNING)
    for _number in range(6):
        log.note("varmepumpe", place="site", language="da", found=0, at=MORNING - timedelta(days=2))
    return knowledge_world


def test_a_ranking_is_kept_until_something_changes_that_it_is_made_from(
    as_person: SignIn, asked: KnowledgeWorld
) -> None:
    finn = as_person("finn")
    ask(asked.world, 1, note="Spørger om carport", should_be_digital=True)

    def shown() -> tuple[object, ...]:
        data = finn.get("/api/gaps/").json()
        return data, KeptGaps.objects.get().inputs

    kept_gaps.rank_usual(at=MORNING)
    with clock.frozen(MORNING):
        first = shown()
    with clock.frozen(MORNING + timedelta(hours=1)):
        assert shown() == first, "what is restored is what was ranked"
        assert KeptGaps.objects.get().made_at == MORNING, "it was not ranked again"
        assert len(finn.get(ROOM).context["rows"]) == 3
        assert "Må jeg få en altan?" in text_of(finn.get(f"{ROOM}page-altan/"))
    kept = str(KeptGaps.objects.get().ranked)
    assert "varmepump" in kept
    assert not any(each in kept for each in ("carport", "Kvistgaard", "20 20", "010203")), "only what is shown is kept"
    changes: tuple[Any, ...] = (
        lambda: Question.objects.filter(pk=Question.objects.filter(note=_NOTE)[0].pk).update(note=""),
        lambda: ask(asked.world, 1),
        lambda: log.note("varmepumpe", place="site", language="da", found=0, at=MORNING - timedelta(days=2)),
        lambda: ArticleUse.objects.update(used_at=None),
        lambda: asked.articles["altan"].versions.update(title="Altaner"),
        lambda: Enquiry.objects.filter(caller_name="Varme Kvistgaard").update(caller_name=""),
        lambda: Person.objects.filter(pk=asked.world.anna.pk).update(name="Varme Pumpe"),
    )
    for change in changes:
        with clock.frozen(MORNING + timedelta(hours=2)):
            before = shown()
            change()
            assert shown()[1] != before[1], "it is ranked anew"
            assert KeptGaps.objects.count() == 1


def test_gaps_are_ranked_with_their_evidence(as_person: SignIn, asked: KnowledgeWorld) -> None:
    ida = as_person("ida")
    page = ida.get(ROOM)
    rows = [(row.title, row.gap.kind, row.gap.counted, row.gap.searches.number) for row in page.context["rows"]]
    assert rows == [("varmepumpe", "missing", 12, 6), ("Må jeg få en altan?", "page", 10, 0),
                    ("Byggetilladelser", "status", 8, 0)]  # fmt: skip
    assert (page.context["found"].ranked.questions, page.context["found"].ranked.needing_person) == (37, 7)
    one = text_of(ida.get(f"{ROOM}topic-varmepump/"))
    assert "Medarbejderen meldte, at svaret mangler" in one
    assert "Søgninger, der ikke fandt noget" in one
    shown = text_of(ida.get(f"{ROOM}page-altan/"))
    assert "i 10 af 10 registreringer" in shown


def test_no_page_shows_who_asked(as_person: SignIn, asked: KnowledgeWorld) -> None:
    ida = as_person("ida")
    pages = ida.get(ROOM).content.decode() + ida.get(f"{ROOM}topic-varmepump/").content.decode()
    for each in ("Karen", "karen", "vistgaard", "2020", "0102"):
        assert each not in pages


def test_a_gap_becomes_a_measure_with_a_history_that_stays(
    as_person: SignIn, asked: KnowledgeWorld, world: World
) -> None:  # fmt: skip
    ida, anna = as_person("ida"), as_person("anna")
    address = f"{ROOM}measures/new/?gap=topic-varmepump&share=40"
    assert anna.get(address).status_code == 403
    form = ida.get(address).context["form"]
    assert (form.initial["kind"], form.initial["title"], form.initial["service"].code) == (
        "missing", "varmepumpe", "byggetilladelse",
    )  # fmt: skip
    values = {"title": "Side om varmepumper", "kind": "missing", "service": world.services["byggetilladelse"].pk,
              "purpose": "", "owner": world.ida.pk, "published_on": "", "reason": "Mange spørger"}  # fmt: skip
    late = ida.post(address, values | {"published_on": "2026-03-12"})
    assert "i dag eller en dag før" in text_of(late)
    made = ida.post(address, values)["Location"]
    measure = GapMeasure.objects.get()
    assert (measure.gap, measure.state, measure.expected) == ("topic-varmepump", "decided", 1200)
    assert "Virkningen kan måles, når tiltaget er udgivet" in text_of(ida.get(made))
    ida.post(f"{made}edit/", values | {"published_on": "2026-03-02", "reason": "Den er ude"})
    shown = text_of(ida.get(made))
    assert "Udgivet 02.03.2026" in shown
    assert "Der er for lidt at regne på endnu" in shown
    assert ida.post(f"{made}dropping/", {"reason": ""}).status_code == 422
    ida.post(f"{made}dropping/", {"reason": "Varmepumper er ikke vores"})
    assert ida.post(f"{made}dropping/", {"reason": "Igen"}).status_code == 422
    states = list(measure.changes.order_by("number").values_list("state", "reason"))
    assert states == [("decided", "Mange spørger"), ("published", "Den er ude"),
                      ("dropped", "Varmepumper er ikke vores")]  # fmt: skip
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        GapMeasureChange.objects.update(reason="En anden")


def test_a_measure_is_seen_and_changed_by_its_unit_alone(as_person: SignIn, world: World) -> None:
    made = GapMeasure.objects.create(kind="page", title="Refusion", service=world.services["sygedagpenge"],
                                     owner=world.otto, created_by=world.finn, created_at=MORNING)  # fmt: skip
    page = f"{ROOM}measures/{made.pk}/"
    seen = {name: as_person(name).get(page).status_code for name in ("finn", "ida", "hans", "gerda", "anna")}
    assert seen == {"finn": 200, "ida": 404, "hans": 404, "gerda": 404, "anna": 403}
    assert as_person("eva").get(ROOM).status_code == 200
    assert as_person("eva").get(f"{ROOM}measures/new/").status_code == 403


def test_the_effect_of_a_published_measure_is_estimated_against_other_purposes(
    as_person: SignIn, world: World, morning: FrozenTime
) -> None:  # fmt: skip
    before, after = [20, 22, 19, 21, 20, 23, 18, 20, 21, 19, 22, 20], [11, 9, 10, 12, 9, 10, 11, 8]
    last = MORNING - timedelta(days=7)
    each_week(world, [*before, 15, *after], last=last)
    for purpose in ("andet", "bidrag"):
        each_week(world, [24, 26, 25] * 7, last=last, purpose=purpose)
    made = GapMeasure.objects.create(
        kind="page", title="Altaner", service=world.services["byggetilladelse"], purpose=world.purposes["vejledning"],
        owner=world.ida, created_by=world.ida, created_at=MORNING,
        published_on=clock.day_of(last) - timedelta(days=7 * len(after)),
    )  # fmt: skip
    page = as_person("ida").get(f"{ROOM}measures/{made.pk}/")
    shown = text_of(page)
    assert "Der kommer færre af spørgsmålene" in shown
    assert "51 procent færre" in shown
    assert "12 før, 8 efter" in shown
    data = as_person("ida").get("/api/gaps/measures/").json()["measures"][0]["effect"]
    assert (data["verdict"], data["compared"], data["compared_with"]) == ("fewer", 2, "unit")
    assert data["saved_enquiries_a_year"]["low"] > 0
    assert data["drift"]["low"] <= 0 <= data["drift"]["high"]
    said, told = StringIO(), StringIO()
    call_command("gaps", "--measures", stdout=said)
    assert "fewer" in said.getvalue()
    call_command("gaps", "--measures", "--json", stdout=told)
    assert json.loads(told.getvalue()) == as_person("ida").get("/api/gaps/measures/").json()


def test_programs_are_told_how_many_older_measures_there_are(
    as_person: SignIn, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    about = {"kind": "page", "service": world.services["byggetilladelse"], "owner": world.ida, "created_by": world.ida}
    for number in range(3):
        GapMeasure.objects.create(**about, title=f"Tiltag {number}", created_at=MORNING - timedelta(days=number),
                                  expected=100, expected_low=50, expected_high=150)  # fmt: skip
    monkeypatch.setattr("indgang.api.gaps.MOST", 2)
    found = as_person("hans").get("/api/gaps/measures/").json()
    assert ([each["title"] for each in found["measures"]], found["left_out"]) == (["Tiltag 0", "Tiltag 1"], 1)
    assert found["measures"][0]["expected_enquiries_a_year"] == {"value": 100, "low": 50, "high": 150}


def test_other_programs_get_the_same_gaps(as_person: SignIn, asked: KnowledgeWorld) -> None:
    data = as_person("ida").get("/api/gaps/").json()
    said = StringIO()
    call_command("gaps", "--json", stdout=said)
    assert json.loads(said.getvalue()) == data
    assert [each["code"] for each in data["gaps"]] == ["topic-varmepump", "page-altan", "status-byggetilladelse"]
    assert data["gaps"][0]["saved_enquiries_a_year"] == {"value": 1500, "low": 750, "high": 2250}
    assert as_person("anna").get("/api/gaps/").status_code == 403
    plain = StringIO()
    call_command("gaps", stdout=plain)
    assert "topic-varmepump" in plain.getvalue()


def test_visits_that_went_on_from_a_page_to_us_are_counted_from_five(as_person: SignIn, asked: KnowledgeWorld) -> None:
    page, ida = "/svar/altan/", as_person("ida")
    made = questionnaires.begin_with_all(by=asked.world.finn, at=MORNING - timedelta(days=300))
    version = next(each for each in made if each.code == "article").versions.get()

    def visit(*paths: str, at: datetime = MORNING - timedelta(days=2)) -> None:
        """It came with an answer below its last page."""
        below = AnsweredPage("article", "skur", "1")
        assert answering.answer_page(version, below, values={1: 9}, visited=paths, at=at)

    def told() -> tuple[object, object]:
        """What page and API say."""
        shown = text_of(ida.get(f"{ROOM}page-altan/")).split("gik videre til kontaktsiden eller en formular ")[1]
        (gap,) = (each for each in ida.get("/api/gaps/").json()["gaps"] if each["code"] == "page-altan")
        return shown.split(" ")[0], gap["behaviour"]["went_on"]

    assert told() == ("0", 0)
    for _number in range(4):
        visit("/", page, "/kontakt/")
    for others in ((page,), ("/kontakt/", page), ("/svar/altan-tag/", "/kontakt/"), (page, "/ingen-side/")):
        visit(*others)
    visit(page, "/kontakt/", at=MORNING - timedelta(days=200))
    assert told() == ("for", None), "four are too few to be told, and the others did not go on"
    for _number in range(2):
        visit(page, "/", "/formular/")
    assert told() == ("6", 6)
    said = StringIO()
    call_command("gaps", "--json", stdout=said)
    assert json.loads(said.getvalue())["gaps"] == ida.get("/api/gaps/").json()["gaps"]
    gaps = {each["code"]: each for each in json.loads(said.getvalue())["gaps"]}
    assert gaps["topic-varmepump"]["behaviour"] is None, "it has no page"
    assert gaps["page-altan"]["behaviour"] == {"helped": 0, "did_not_help": 0, "went_on": 6}


@pytest.mark.parametrize("query", ["from=x", "share=0", "share=nan", "from=2026-03-05&to=2026-03-01", "to=9999-12-31"])
def test_what_makes_no_sense_is_refused_in_words(as_person: SignIn, query: str) -> None:
    assert as_person("ida").get(f"/api/gaps/?{query}").status_code == 400
    assert as_person("ida").get(f"{ROOM}?first=x&share=900").status_code == 422
    assert as_person("ida").get(f"{ROOM}topic-nothing/").status_code == 404


@pytest.mark.parametrize("options", [["--from", "x"], ["--share", "2"], ["--from", "2026-03-05", "--to", "2026-03-01"]])
def test_the_command_refuses_what_makes_no_sense(world: World, options: list[str]) -> None:
    with pytest.raises(CommandError):
        call_command("gaps", *options)


def test_outcomes_that_sent_to_the_site_without_a_page_are_one_gap(as_person: SignIn, world: World) -> None:
    ask(world, 6, service="affald", outcome=Outcome.DIRECTED)
    (row,) = as_person("hans").get(ROOM).context["rows"]
    assert (row.gap.code, row.gap.page, row.title) == ("site-affald", "", "Byggeaffald: ingen side er noteret")
    assert "ikke noteret, hvilken side" in text_of(as_person("hans").get(f"{ROOM}site-affald/"))


def test_today_counts_when_it_is_over(as_person: SignIn, world: World) -> None:
    for back in (1, 2):
        ask(world, 6, purpose="status", at=MORNING - timedelta(days=back))
    days = {"from": "2026-03-01"}
    before = as_person("ida").get("/api/gaps/", days).json()
    assert (before["days"], before["gaps"][0]["questions"], before["gaps"][0]["a_year"]["year"]) == (2, 12, 1500)
    ask(world, 5, purpose="status", at=MORNING)
    assert as_person("ida").get("/api/gaps/", days).json() == before
    today = as_person("ida").get("/api/gaps/", {"from": clock.today().isoformat()}).json()
    assert (today["days"], today["questions"]) == (1, 5)


def test_a_page_answers_the_question_of_its_service_alone(as_person: SignIn, knowledge_world: KnowledgeWorld,
                                                          world: World) -> None:  # fmt: skip
    version = knowledge_world.articles["altan"].versions.get(language="da")
    for each in ask(world, 6):
        ArticleUse.objects.create(enquiry=each.enquiry, version=version, shown_at=MORNING, used_at=MORNING)
        each.pk, each.order, each.service = None, 1, world.services["affald"]
        each._state.adding = True
        each.save()
    found = as_person("ida").get("/api/gaps/").json()
    assert [(each["code"], each["questions"]) for each in found["gaps"]] == [("page-altan", 6)]
    assert found["needing_person"] == 6


def test_numbers_that_are_too_small_or_tell_one_are_not_told(
    as_person: SignIn, knowledge_world: KnowledgeWorld, world: World
) -> None:  # fmt: skip
    ask(world, 9, purpose="status", character="case_specific")
    ask(world, 3, purpose="status", character="case_specific", outcome=Outcome.MESSAGE)
    ask(world, 2)
    version = knowledge_world.articles["altan"].versions.get(language="da")
    for each in ask(world, 6):
        ArticleUse.objects.create(enquiry=each.enquiry, version=version, shown_at=MORNING, used_at=MORNING)
    for _number in range(2):
        log.note("altan", place="site", language="da", found=1, at=MORNING - timedelta(days=2))
    Helpfulness.objects.create(version=version, day=clock.day_of(MORNING - timedelta(days=2)), yes=9, no=1)
    ida = as_person("ida")
    found = ida.get("/api/gaps/").json()
    gaps = {each["code"]: each for each in found["gaps"]}
    status = gaps["status-byggetilladelse"]
    assert (status["could_be_online"], status["a_year"]["counted"], found["needing_person"]) == (None, None, None)
    assert gaps["page-altan"]["searches"]["number"] is None
    assert "kræver et menneske" not in text_of(ida.get(ROOM))
    shown = text_of(ida.get(f"{ROOM}page-altan/"))
    assert "9 / 1" not in shown
    assert "intet blev åbnet for få" in shown


@pytest.mark.parametrize("role", ["agreement_party", "owner"])
def test_who_sees_figures_of_a_unit_without_a_centre_sees_no_question(
    as_person: SignIn, asked: KnowledgeWorld, role: str
) -> None:
    person = asked.world.ukendt
    RoleAssignment.objects.filter(person=person).delete()
    RoleAssignment.objects.create(person=person, role=role, unit=asked.world.units["bif-rekruttering"])
    client = as_person(person.username)
    assert client.get(ROOM).status_code == 200
    answer = client.get("/api/gaps/")
    assert (answer.status_code, answer.json()["questions"]) == (200, 0)
    assert [each["questions"] for each in answer.json()["gaps"]] == [None], "of searches alone"
    assert client.get("/api/gaps/").json() == answer.json(), "as it is kept"
