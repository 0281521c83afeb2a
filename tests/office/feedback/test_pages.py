"""The pages about feedback: results, employees' own, rules and questionnaires."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.test import Client

from indgang.accounts.models import Person, RoleAssignment
from indgang.audit.models import Change
from indgang.core import clock
from indgang.core.clock import day_of
from indgang.core.refusals import RefusedChange
from indgang.feedback import answering, index, questionnaires, rules
from indgang.feedback import results as answers
from indgang.feedback.index import Ratings
from indgang.feedback.models import AskingRule, Questionnaire, QuestionnaireVersion, SurveyInvitation
from indgang.feedback.results import Chosen
from indgang.office.feedback import results
from indgang.office.feedback.forms import ResultsFilter
from tests.feedback.conftest import asked, invite
from tests.office.pages import forms_of
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
__all__ = ["asked", "invite"]
LATER = MORNING + timedelta(days=1)


@pytest.fixture(autouse=True)
def _tomorrow(world: World) -> Any:
    with clock.frozen(LATER):
        yield


def client(person: Person) -> Client:
    found = Client()
    found.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return found


def text(person: Person, address: str) -> str:
    answer = client(person).get(address)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_results_show_index_number_and_interval_and_hide_few(world: World, invite: Callable[..., Any]) -> None:
    for _each in range(8):
        answering.answer(invite(), values={1: 7, 2: 9}, complete=False, at=MORNING)
    for _each in range(3):
        answering.answer(invite(level=2), values={6: 1}, complete=False, at=MORNING)
    shown = text(world.eva, "/office/feedback/?by=level")
    assert "For få svar" in shown
    assert "100 % svarer: 11 af 11" in shown.replace("\xa0", " ")
    whole = text(world.eva, "/office/feedback/?level=1")
    assert "<strong>75</strong>" in whole
    assert "8 svar, " in whole


def test_a_change_has_to_be_clear_among_all_of_the_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    enough = {"satisfaction": Ratings.of([80] * 6), "courtesy": Ratings.of([80] * 6)}
    monkeypatch.setattr(answers, "ratings", lambda *_chosen: {1: enough, 2: enough})
    compared: list[int] = []
    monkeypatch.setattr(index, "change", lambda *_two, comparisons: compared.append(comparisons))
    form = ResultsFilter({"by": "level"})
    assert form.is_valid()
    list(results._groups(Chosen(form.period, form.only), form))
    assert set(compared) == {2 * 4}, "two levels, four indicators"


def test_who_sees_other_centres_sees_none_of_these_answers(world: World, invite: Callable[..., Any]) -> None:
    for _each in range(8):
        answering.answer(invite(), values={1: 7}, complete=False, at=MORNING)
    RoleAssignment.objects.create(person=world.otto, role="owner", unit=world.units["bif"])
    assert "Ingen svar i perioden." in text(world.otto, "/office/feedback/")


@pytest.mark.parametrize(
    "query", ["by=x", "level=9", "first=2026-99-01", "first=2026-03-10&last=2026-03-01", "kind=%00"]
)
def test_a_filter_that_makes_no_sense_is_said(world: World, query: str) -> None:
    answer = client(world.eva).get(f"/office/feedback/?{query}")
    assert answer.status_code == (200 if query == "kind=%00" else 422)
    assert "Tilfredshed" in answer.content.decode()


def test_an_employees_results_are_for_them_and_their_team_leader(world: World, invite: Callable[..., Any]) -> None:
    for _each in range(6):
        answering.answer(invite(), values={1: 8, 2: 9}, complete=False, at=MORNING)
    assert "6 svar, " in text(world.anna, "/desk/day/")
    assert "6 svar, " not in text(world.bo, "/desk/day/")
    leader = text(world.eva, "/office/feedback/people/")
    assert world.anna.name in leader
    assert "6 svar, " in leader
    assert client(world.hans).get("/office/feedback/people/").status_code == 403
    assert client(world.anna).get("/office/feedback/people/").status_code == 403


def test_a_single_answer_of_today_is_not_shown_to_the_employee(world: World, invite: Callable[..., Any]) -> None:
    for _each in range(6):
        answering.answer(invite(), values={1: 8}, complete=False, at=LATER)
    assert "6 svar, " not in text(world.anna, "/desk/day/")


def test_from_nothing_to_a_rule(world: World) -> None:
    finn = client(world.finn)
    assert "Begynd med et spørgeskema." in text(world.finn, "/office/feedback/rules/")
    assert finn.post("/office/feedback/questionnaires/presets/").status_code == 302
    page = finn.get("/office/feedback/rules/new/")
    (form,) = [each for each in forms_of(page.content.decode(), page.request["PATH_INFO"]) if "share" in each.fields]
    sent = finn.post("/office/feedback/rules/new/", form.fields | {"share": "40", "level": "1"})
    assert sent.status_code == 302, sent.content.decode()
    rule = AskingRule.objects.get()
    assert (rule.share, rule.level, rule.valid_from) == (40, 1, day_of(LATER))
    assert Change.objects.filter(action="asking_rule.create").exists()
    page = finn.get(f"/office/feedback/rules/{rule.pk}/")
    (form,) = [each for each in forms_of(page.content.decode(), page.request["PATH_INFO"]) if "share" in each.fields]
    assert finn.post(f"/office/feedback/rules/{rule.pk}/", form.fields | {"share": "30"}).status_code == 302
    assert AskingRule.objects.get().share == 30
    assert finn.post(f"/office/feedback/rules/{rule.pk}/end/").status_code == 302
    assert not AskingRule.objects.valid_on(day_of(LATER) + timedelta(days=1)).exists()
    page = finn.get("/office/feedback/rules/new/")
    (form,) = [each for each in forms_of(page.content.decode(), page.request["PATH_INFO"]) if "share" in each.fields]
    refused = finn.post("/office/feedback/rules/new/", form.fields | {"asks_from": "21:00"})
    assert refused.status_code == 422
    assert "Vælg et senere tidspunkt" in refused.content.decode()


def test_a_version_is_written_and_published_and_the_earlier_stays(world: World, asked: QuestionnaireVersion) -> None:
    finn, address = client(world.finn), "/office/feedback/questionnaires/after-call/"
    page = finn.get(f"{address}draft/")
    (form,) = [each for each in forms_of(page.content.decode(), page.request["PATH_INFO"]) if "opening" in each.fields]
    assert QuestionnaireVersion.objects.filter(questionnaire=asked.questionnaire).count() == 1, "reading makes none"
    fields = form.fields | {"q1_text_da": "Hvor tilfreds er du?", "q4_text_da": ""}
    assert finn.post(f"{address}draft/", fields).status_code == 302
    draft = asked.questionnaire.versions.order_by("-number").first()
    assert draft is not None
    kept = ["satisfaction", "courtesy", "waiting", "open", "satisfaction", "courtesy"]
    assert list(draft.questions.values_list("indicator", flat=True)) == kept
    assert questionnaires.in_use("after_call", day_of(LATER), keys=True) == asked
    again = finn.get(f"{address}draft/")
    (fresh,) = [
        each for each in forms_of(again.content.decode(), again.request["PATH_INFO"]) if "opening" in each.fields
    ]
    stale = finn.post(f"{address}draft/", fresh.fields | {"q1_text_da": "Nyt", "revision": form.fields["revision"]})
    assert stale.status_code == 422, "somebody has saved since the page was made"
    finn.post(f"{address}publication/", {"valid_from": day_of(LATER).isoformat()})
    assert questionnaires.in_use("after_call", day_of(LATER), keys=True) == draft
    assert asked.questions.count() == 7
    after = finn.get(f"{address}draft/")
    (form,) = [
        each for each in forms_of(after.content.decode(), after.request["PATH_INFO"]) if "opening" in each.fields
    ]
    twice = finn.post(f"{address}draft/", form.fields | {"q2_indicator": "satisfaction"})
    assert twice.status_code == 422
    assert "Spørg kun en gang" in twice.content.decode()
    assert asked.questionnaire.versions.count() == 2, "what is refused begins no draft"
    assert Change.objects.filter(action="questionnaire.draft").count() == 1


def test_a_rule_asks_only_about_what_people_are_asked_about(world: World) -> None:
    questionnaires.begin_with_all(by=world.finn, at=MORNING)
    page = client(world.finn).get("/office/feedback/rules/new/").content.decode()
    assert f'value="{Questionnaire.objects.get(kind="chat").pk}"' in page
    met = Questionnaire.objects.get(kind="appointment")
    assert str(met) not in page
    values = {name: getattr(AskingRule(), name, None) for name in rules.FIELDS if name != "questionnaire"}
    values |= {"asks_from": time(9), "asks_until": time(20), "questionnaire": met}
    with pytest.raises(RefusedChange, match="opkald, mails"):
        rules.make(values, by=world.finn, at=MORNING)


def test_what_does_not_exist_is_not_found(world: World) -> None:
    finn = client(world.finn)
    for address in ("rules/99999999999999999999/", "rules/7/", "questionnaires/nej/", "questionnaires/nej/draft/"):
        assert finn.get(f"/office/feedback/{address}").status_code == 404
    assert not Questionnaire.objects.exists()
    assert not SurveyInvitation.objects.exists()
