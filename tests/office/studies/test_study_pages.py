"""The pages of studies: from plan to measured effect as every role, packages of services, and a leader's session."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from indgang.catalogue.models import Service
from indgang.core import clock
from indgang.feedback.studies import crowd, planning, results
from indgang.feedback.studies.models import FeedbackEvaluation, PackageDecision, Study, StudyRecommendation
from indgang.messaging.models import Mail
from tests.feedback.studies import made
from tests.office.conftest import SignIn
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
ROOM = "/office/studies/"
EVERYBODY = ("anna", "david", "eva", "finn", "gerda", "hans", "ida", "otto", "ukendt")
PLAN = {
    "title": "Rejsen til et arrangement", "kind": "interview", "sprint": "three_days", "starts_on": "2026-03-11",
    "ends_on": "2026-03-13", "plan": "Seks interview", "target_group": "Caféer",
}  # fmt: skip


def text_of(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def able(as_person: SignIn, address: str) -> set[str]:
    return {name for name in EVERYBODY if as_person(name).get(address).status_code == 200}


def test_a_study_goes_from_plan_to_measured_effect_each_role_doing_its_part(as_person: SignIn, world: World) -> None:
    hans, eva, david, gerda = (as_person(name) for name in ("hans", "eva", "david", "gerda"))
    service = Service.objects.get(code="arrangement")
    # the owner plans it and names the team
    answer = hans.post(f"{ROOM}new/", PLAN | {"service": service.pk})
    study = Study.objects.get()
    page = f"{ROOM}{study.pk}/"
    assert answer["Location"] == page
    assert study.unit == service.unit
    assert david.get(page).status_code == 404
    hans.post(f"{page}team/", {"person": world.david.pk, "role": "sprint_leader"})
    refused = hans.post(f"{page}team/", {"person": world.bo.pk, "role": "sprint_leader"})
    assert "Rollen er besat" in text_of(refused)
    # the sprint leader, a case worker, brings a participant and starts
    assert "Der er ingen deltagere" in text_of(david.post(f"{page}state/", {"to": "running"}))
    person = {"name": "Per Persson", "email": "per@cafe.example", "delete_on": "2026-12-01"}
    assert david.post(f"{page}participants/new/", person).status_code == 302
    assert david.post(f"{page}state/", {"to": "running"}).status_code == 302
    assert "Per Persson" in text_of(david.get(page))
    assert "Per Persson" not in text_of(gerda.get(page)), "only the team sees who takes part"
    david.post(f"{page}findings/new/", {
        "topic": "challenges", "severity": "serious", "seen_by_many": "4", "text": "Formularen er svær at finde",
    })  # fmt: skip
    for text, way in (("Sæt et link på forsiden", "just_do_it"), ("Lav en ny formular", "project")):
        david.post(f"{page}recommendations/new/", {"text": text, "way": way})
    assert "samtykket" in text_of(david.post(f"{page}state/", {"to": "reported"}))
    participant = study.participants.get()
    david.post(f"{page}participants/{participant.pk}/", person | {"consent": "I mail"})
    assert david.post(f"{page}state/", {"to": "reported"}).status_code == 302
    # just-do-it is decided by the team; a project by the owner alone
    link, form = study.recommendations.all()
    yes = {"verdict": "accepted", "responsible": world.ida.pk, "due_on": "2026-04-01"}
    assert david.post(f"{page}recommendations/{link.pk}/verdict/", yes).status_code == 302
    assert david.post(f"{page}recommendations/{form.pk}/verdict/", yes).status_code == 422
    assert hans.post(f"{page}recommendations/{form.pk}/verdict/", {"verdict": "rejected"}).status_code == 422
    no = {"verdict": "rejected", "because": "For dyrt i år"}
    assert hans.post(f"{page}recommendations/{form.pk}/verdict/", no).status_code == 302
    assert "beslutter for enheden" in text_of(eva.post(f"{page}state/", {"to": "decided"}))
    hans.post(f"{page}state/", {"to": "decided", "remark": "Vi begynder med linket"})
    # followed up with what was measured
    assert "ikke er gennemført" in text_of(eva.post(f"{page}state/", {"to": "closed"}))
    effect = {"done_on": "2026-03-11", "measured": "Navigation", "measured_before": "48,5", "measured_after": "61"}
    assert eva.post(f"{page}recommendations/{link.pk}/effect/", effect).status_code == 302
    assert eva.post(f"{page}state/", {"to": "closed"}).status_code == 302
    shown = text_of(gerda.get(page))
    assert "Navigation: 48,50 før, 61 efter" in shown
    for words in ("Planlagt", "I gang", "Fremlagt", "Besluttet", "Fulgt op"):
        assert f"{words} 11" in shown or f"{words} i dag" in shown
    assert StudyRecommendation.objects.get(pk=link.pk).effect is not None
    assert eva.post(f"{page}team/", {"person": world.bo.pk, "role": "facilitator"}).status_code == 422
    assert able(as_person, page) == {"david", "eva", "finn", "gerda", "hans", "ida"}
    changes = text_of(as_person("finn").get("/office/audit/changes/"))
    assert "Per Persson" not in changes
    assert "Undersøgelse" in changes


def test_a_user_test_is_reported_in_the_common_format(as_person: SignIn, world: World) -> None:
    study = made.plan(world, kind="user_test")
    hans, page = as_person("hans"), f"{ROOM}{study.pk}/"
    hans.post(f"{page}team/", {"person": world.ida.pk, "role": "test_leader"})
    hans.post(f"{page}tasks/", {"text": "Søg om et arrangement"})
    for _each in range(5):
        hans.post(f"{page}participants/new/", {"delete_on": "2026-12-01", "consent": "mundtligt"})
    assert "højst være 5" in text_of(hans.post(f"{page}participants/new/", {"delete_on": "2026-12-01"}))
    hans.post(f"{page}state/", {"to": "running"})
    task = study.tasks.get()
    for tester, completed, critical, satisfaction in ((1, "yes", 0, 5), (2, "no", 2, 2), (2, "with_help", 1, 2)):
        hans.post(f"{page}tasks/{task.pk}/outcomes/", {
            "tester": tester, "completed": completed, "critical_errors": critical, "other_errors": 1,
            "satisfaction": satisfaction,
        })  # fmt: skip
    shown = text_of(hans.get(page))
    assert "1 af 2 løste den selv, 1 med hjælp" in shown
    assert "1 kritiske fejl hos 1, 2 andre" in shown
    assert "3,5 (n = 2)" in shown
    wrong = {"tester": "9", "completed": "yes", "critical_errors": "-1", "other_errors": "x", "satisfaction": "6"}
    assert hans.post(f"{page}tasks/{task.pk}/outcomes/", wrong).status_code == 422


def test_the_page_of_packages_says_what_each_service_has_why_and_when_it_is_due(
    as_person: SignIn, world: World
) -> None:
    segments = {"arrangement": ("high", "large"), "affald": ("low", "small"), "bevilling": ("high", "small")}
    for code, (complexity, volume) in segments.items():
        Service.objects.filter(code=code).update(complexity=complexity, volume=volume, cases_per_year=2_100)
    hans = as_person("hans")
    shown = text_of(hans.get(f"{ROOM}packages/"))
    assert "hele brugeroplevelsen" in shown
    assert "31.12.2026" in shown
    assert "50 deltagere × 30 minutter × 1,88 kr. = 2.820 kr." in shown
    assert "Alkoholbevillinger" not in shown, "another department's"
    decided = {"interviews": "on", "times_a_year": "2", "reason": "Mange klager"}
    refused = hans.post(f"{ROOM}packages/of/affald/", decided)
    assert "forretningskritisk" in text_of(refused)
    assert hans.post(f"{ROOM}packages/of/affald/", decided | {"is_critical": "on"}).status_code == 302
    shown = text_of(hans.get(f"{ROOM}packages/?package=interviews&segment=low-small"))
    assert "1 af 9 ydelser" in shown
    assert "Mange klager" in shown
    assert "30.06.2026" in shown
    csv = b"".join(hans.get(f"{ROOM}packages/file/?q=affald").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert csv.count("\r\n") == 2
    assert "Mange klager" in csv
    assert PackageDecision.objects.get().decided_by == world.hans
    assert as_person("gerda").post(f"{ROOM}packages/of/affald/", decided).status_code == 422
    assert able(as_person, f"{ROOM}packages/") == {"eva", "finn", "gerda", "hans", "ida"}
    assert hans.get(f"{ROOM}packages/of/bevilling/").status_code == 404


def test_the_year_has_goals_and_the_value_is_evaluated_after_six_to_nine_months(
    as_person: SignIn, world: World
) -> None:
    Service.objects.filter(code="arrangement").update(complexity="high", volume="large")
    study, hans = made.plan(world), as_person("hans")
    Study.objects.filter(pk=study.pk).update(state="reported", reported_at=MORNING)
    shown = text_of(hans.get(f"{ROOM}packages/"))
    assert "2 Interview: 1 af 1 ydelser er undersøgt i år" in shown
    assert "mellem 11.09.2026 og 11.12.2026" in shown
    hans.post(f"{ROOM}packages/evaluation/", {"text": "Det kan betale sig", "goes_on": "on"})
    assert "Det kan betale sig" in text_of(hans.get(f"{ROOM}packages/"))


def test_a_leader_runs_a_session_and_takes_the_answers_home(as_person: SignIn, world: World) -> None:
    study, (one, _two), (question, _poll) = made.session(world)
    eva, page = as_person("eva"), f"{ROOM}{study.pk}/session/"
    assert "2 af 2 inviterede" in text_of(eva.get(page))
    eva.post(f"{page}questions/", {"form": "open", "text": "Hvad mangler?"})
    assert study.crowd_questions.count() == 3
    eva.post(f"{page}questions/{question.pk}/opening/")
    question.refresh_from_db()
    crowd.answer_openly(one, question, text="=SUM(A1) er min idé", at=clock.now())
    part = eva.get(page, headers={"HX-Request": "true", "HX-Target": "session-board"})
    assert "min idé" in text_of(part)
    assert "<h1" not in part.content.decode()
    assert "Deltager 0" not in text_of(eva.get(page)), "leaders see no names beside answers either"
    eva.post(f"{page}questions/{question.pk}/closing/")
    eva.post(f"{page}end/")
    csv = b"".join(eva.get(f"{page}file/").streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "'=SUM(A1)" in csv
    assert "Sessionen er afsluttet" in text_of(eva.post(f"{page}questions/{question.pk}/opening/", follow=True))
    assert as_person("gerda").get(page).status_code == 404
    assert eva.get(f"{ROOM}{made.plan(world).pk}/session/").status_code == 404


def test_a_participant_gets_the_personal_link_by_mail(as_person: SignIn, world: World) -> None:
    study = made.plan(world, kind="crowdsourcing")
    invited = made.participant(study, world, email="per@cafe.example")
    page = f"{ROOM}{study.pk}/participants/{invited.pk}/"
    as_person("hans").post(f"{page}mail/")
    assert planning.url_key(invited) in Mail.objects.get().text
    for wrong in ({"delete_on": "2026-03-10"}, {"delete_on": "2030-01-01"}, {"delete_on": "x"}, {"email": "x"}):
        typed = {"delete_on": "2026-12-01", "name": "Nyt"} | wrong
        assert as_person("hans").post(page, typed).status_code == 422
    assert as_person("hans").post(page, {"delete_on": "2026-12-01", "phone": "20 20 30 40"}).status_code == 302
    invited.refresh_from_db()
    assert invited.phone == "+4520203040"


def test_no_personal_number_is_kept_of_what_is_written_about_a_study(as_person: SignIn, world: World) -> None:
    typed, hans = "Som 070761-4285 siger", as_person("hans")
    study, _people, _questions = made.session(world)
    hans.post(f"{ROOM}{study.pk}/session/questions/", {"form": "poll", "text": typed, "options": f"{typed}\nNej"})
    hans.post(f"{ROOM}{study.pk}/recommendations/new/", {"text": typed, "way": "project"})
    hans.post(f"{ROOM}packages/evaluation/", {"text": typed, "goes_on": "on"})
    hans.post(f"{ROOM}packages/of/arrangement/", {
        "user_tests": "on", "is_critical": "on", "times_a_year": "1", "reason": typed,
    })  # fmt: skip
    Study.objects.filter(pk=study.pk).update(state="reported")
    advice = study.recommendations.get()
    hans.post(f"{ROOM}{study.pk}/recommendations/{advice.pk}/verdict/", {"verdict": "accepted", "because": typed})
    Study.objects.filter(pk=study.pk).update(state="decided")
    hans.post(f"{ROOM}{study.pk}/recommendations/{advice.pk}/effect/", {
        "done_on": "2026-03-11", "measured": typed, "measured_before": "1", "measured_after": "2", "result": typed,
    })  # fmt: skip
    advice.refresh_from_db()
    task = results.add_task(made.plan(world, kind="user_test"), {"text": typed}, by=world.hans, at=MORNING)
    question = study.crowd_questions.get(is_added=True)
    written = [
        question.text, question.options[0], advice.text, advice.because, advice.measured, advice.result, task.text,
        PackageDecision.objects.get().reason, FeedbackEvaluation.objects.get().text,
    ]  # fmt: skip
    assert len(set(written)) == 1, written
    assert written[0].startswith("Som *")
    assert "4285" not in written[0]


def test_whoever_leaves_a_team_stays_with_the_study_while_they_still_see_it(as_person: SignIn, world: World) -> None:
    study = made.plan(world)
    for name, goes_to in (("hans", f"{ROOM}{study.pk}/"), ("david", ROOM)):
        person = getattr(world, name)
        member = planning.add_member(study, person=person, role="facilitator", by=world.hans, at=MORNING)
        answer = as_person(name).post(f"{ROOM}{study.pk}/team/{member.pk}/removal/")
        assert (answer.status_code, answer["Location"]) == (302, goes_to)
    assert not study.team.exists()


@pytest.mark.parametrize("rest", ["", "plan/", "session/", "participants/1/", "tasks/1/outcomes/"])
def test_unknown_studies_are_not_found(as_person: SignIn, rest: str) -> None:
    for number in (999_999, 10**25):
        assert as_person("finn").get(f"{ROOM}{number}/{rest}").status_code == 404


def test_a_study_is_planned_only_for_units_of_ones_own(as_person: SignIn, world: World) -> None:
    other = Service.objects.get(code="bevilling")
    for typed in ({"service": other.pk}, {"unit": other.unit_id, "kind": "crowdsourcing"}, {}):
        assert as_person("hans").post(f"{ROOM}new/", PLAN | typed).status_code == 422
    wrong = PLAN | {"service": Service.objects.get(code="arrangement").pk, "ends_on": "2026-03-10"}
    assert "før den første" in text_of(as_person("hans").post(f"{ROOM}new/", wrong))
    assert as_person("gerda").get(f"{ROOM}new/").status_code == 403
    assert not Study.objects.exists()


def test_a_cancelled_study_says_why(as_person: SignIn, world: World) -> None:
    study, hans = made.plan(world), as_person("hans")
    assert hans.post(f"{ROOM}{study.pk}/state/", {"to": "cancelled"}).status_code == 422
    hans.post(f"{ROOM}{study.pk}/state/", {"to": "cancelled", "remark": "Ingen tid"})
    assert "Ingen tid" in text_of(hans.get(f"{ROOM}{study.pk}/"))
    with clock.frozen(MORNING + timedelta(hours=1)):
        assert hans.post(f"{ROOM}{study.pk}/state/", {"to": "running"}).status_code == 422
