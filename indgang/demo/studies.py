"""Studies of the demo: interviews that are followed up, a user test that waits for a decision, and two crowdsourcing
sessions, one over and one that a visitor can begin. All by the actions of the product, at the times that they tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from indgang.accounts.models import Person
from indgang.catalogue.models import Service, Unit
from indgang.core.clock import day_of
from indgang.feedback.studies import crowd, packages, planning, progress, results
from indgang.feedback.studies.models import (
    CrowdAnswer,
    CrowdQuestion,
    Study,
    StudyFinding,
    StudyParticipant,
    StudyRecommendation,
)

_CAFES = ("Café Havnelyst", "Bageriet Kornblomst", "Cykelklubben Medvind", "Kulturhuset Lygten", "Gårdlauget Solsiden")
_CONSENT = "skriftligt, før samtalen"
_TASKS = (
    ("Find ud af, hvad det koster at stille et stillads op i to uger.", ("yes", "with_help", "yes", "no", "yes")),
    ("Søg om tilladelse til en container foran nummer 12.", ("yes", "yes", "yes", "with_help", "yes")),
)
_GUIDE = (
    ("open", "Hvad skal én indgang til byggeriet kunne, for at I bruger den?", ""),
    ("poll", "Hvordan vil I helst følge jeres sag?", "På en side med sagens trin\nPå mail\nPå SMS\nI telefonen"),
)
_IDEAS = (
    "Én side, hvor jeg kan se, hvem der har sagen.", "At jeg kun skal vedlægge tegningerne én gang.",
    "Et telefonnummer til den samme person hver gang.", "Et bud på, hvor lang tid det tager.",
    "At svaret siger, hvad vi skal gøre bagefter.",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Cast:
    """Who plans and decides, who leads, and the moment that the others are counted back from."""

    people: Mapping[str, Person]
    at: datetime

    def ago(self, days: float) -> datetime:
        return self.at - timedelta(days=days)

    def __getitem__(self, name: str) -> Person:
        return self.people[name]


def seed(units: Mapping[str, Unit], services: Mapping[str, Service], people: Mapping[str, Person], *, at: datetime
) -> None:  # fmt: skip
    """Add the studies, unless there are any."""
    if Study.objects.exists() or not {"hans", "ida", "eva", "wera"} <= people.keys():
        return
    cast = _Cast(people, at)
    _interviews(services["arrangement"], cast)
    _user_test(services["tilladelse-til-opstilling-af-stilladser"], cast)
    _past_session(units["tmf"], cast)
    _coming_session(units["tmf"], cast)
    _most_important(services["arrangement"], cast)


def _most_important(service: Service, cast: _Cast) -> None:
    values = {
        "interviews": True, "user_tests": True, "times_a_year": 1, "is_critical": False, "is_most_important": True,
        "reason": "Mange virksomheder er afhængige af den, og den rammer flere enheder.",
    }  # fmt: skip
    packages.decide(service, values, by=cast["hans"], at=cast.ago(130))


def _interviews(service: Service, cast: _Cast) -> None:
    """Package 2, from plan to measured effect."""
    study = _planned(
        cast, 120, kind="interview", title="Rejsen til en arrangementstilladelse", service=service, sprint="week",
        plan="Vi taler med fire arrangører, fra de får ideen, til pladsen er ryddet.",
    )  # fmt: skip
    _team(study, cast, 120, ida="sprint_leader", eva="business", wera="web_profile")
    _take_part(study, _CAFES[:4], cast, 115, consent=_CONSENT)
    progress.move(study, to="running", by=cast["ida"], at=cast.ago(110))
    _write(study, cast, 106, findings=(
        ("needs", "serious", 3, "Arrangørerne vil vide, hvem der har sagen, før de booker musik og telte."),
        ("experiences", "good", 4, "Svaret i telefonen er venligt og til at forstå."),
        ("challenges", "minor", 2, "Kortet over pladsen skal tegnes to gange."),
    ), advice=(
        ("just_do_it", "Skriv sagsbehandlerens navn og træffetid i kvitteringen."),
        ("project", "Lad arrangøren tegne pladsen én gang og bruge tegningen igen næste år."),
    ))  # fmt: skip
    progress.move(study, to="reported", by=cast["ida"], at=cast.ago(100))
    for row in study.recommendations.all():
        _accept(row, cast, 95)
    progress.move(study, to="decided", remark="Begge dele gennemføres i år.", by=cast["hans"], at=cast.ago(94))
    first, second = study.recommendations.order_by("pk")
    measured = {"measured": "Tilfredshed med ydelsen, 0 til 100", "measured_before": 61, "measured_after": 72}
    _follow_up(first, cast, 60, **measured)
    _follow_up(second, cast, 20, result="Syv af ti arrangører har brugt tegningen fra sidste år.")
    progress.move(study, to="closed", by=cast["ida"], at=cast.ago(15))


def _user_test(service: Service, cast: _Cast) -> None:
    """Package 3, presented: the head of the unit decides next."""
    study = _planned(
        cast, 30, kind="user_test", title="Kan man søge om et stillads uden hjælp?", service=service,
        target_group="Håndværkere, der søger for første gang",
        plan="Fem virksomheder løser to opgaver på siden, mens vi ser på.",
    )  # fmt: skip
    _team(study, cast, 30, wera="test_leader", ida="facilitator")
    for text, _outcomes in _TASKS:
        results.add_task(study, {"text": text}, by=cast["wera"], at=cast.ago(28))
    _take_part(study, _CAFES, cast, 27, consent=_CONSENT)
    progress.move(study, to="running", by=cast["wera"], at=cast.ago(25))
    for task, (_text, outcomes) in zip(study.tasks.all(), _TASKS, strict=True):
        for tester, completed in enumerate(outcomes, start=1):
            failed = completed == "no"
            values = {
                "tester": tester, "completed": completed, "critical_errors": int(failed),
                "other_errors": tester % 2, "satisfaction": 2 if failed else 4,
            }  # fmt: skip
            results.note_outcome(task, values, by=cast["wera"], at=cast.ago(24))
    _write(study, cast, 22, findings=(
        ("understanding", "minor", 2, "Prisen står i en tabel, som flere ikke ser på en telefon."),
        ("errors", "critical", 1, "En deltager valgte en forkert slags tilladelse og nåede ikke tilbage."),
        ("satisfaction", "good", 4, "De fleste er trygge, når kvitteringen kommer på mail."),
    ), advice=(
        ("just_do_it", "Skriv prisen for to uger i den første linje på siden."),
        ("project", "Spørg først, hvad der skal stå på vejen, og vælg tilladelsen ud fra svaret."),
    ))  # fmt: skip
    progress.move(study, to="reported", by=cast["wera"], at=cast.ago(8))


def _past_session(unit: Unit, cast: _Cast) -> None:
    """Package 4: the session is over, and the leaders write what it showed."""
    study = _session(unit, cast, 20, "Én indgang til byggeriet")
    began = cast.ago(6)
    progress.move(study, to="running", by=cast["hans"], at=began)
    crowd.begin(study, by=cast["eva"], at=began)
    joined = [crowd.join(each, name="", at=began) for each in study.participants.all()]
    opened, poll = (crowd.open_question(each, by=cast["eva"], at=began) for each in study.crowd_questions.all())
    answers = _answers(joined, opened, began + timedelta(minutes=2))
    for number, each in enumerate(joined):
        crowd.vote(each, poll, option=number % 3 if number % 2 else 0, at=began + timedelta(minutes=4))
        for answer in answers:
            if answer.participant_id != each.pk:
                value = 1 + (answer.pk + number) % 5
                crowd.rate(each, answer, value=value, at=began + timedelta(minutes=5))
    crowd.end(study, by=cast["eva"], at=began + timedelta(minutes=28))


def _coming_session(unit: Unit, cast: _Cast) -> None:
    """Its links can be opened in several browsers, and a leader can begin it."""
    study = _session(unit, cast, 2, "Nyt om affald fra byggepladser")
    progress.move(study, to="running", by=cast["hans"], at=cast.ago(1))


def _answers(joined: Sequence[StudyParticipant], opened: CrowdQuestion, at: datetime) -> list[CrowdAnswer]:
    pairs = zip(joined, _IDEAS, strict=False)
    return [crowd.answer_openly(participant, opened, text=text, at=at) for participant, text in pairs]


def _session(unit: Unit, cast: _Cast, days: float, title: str) -> Study:
    study = _planned(cast, days, kind="crowdsourcing", title=title, unit=unit)
    _team(study, cast, days, eva="session_leader", ida="session_leader")
    for form, text, options in _GUIDE:
        values = {"form": form, "text": text, "options": options}
        crowd.add_question(study, values, by=cast["eva"], at=cast.ago(days))
    _take_part(study, (*_CAFES, "Murermester Tagsten"), cast, days, consent="")
    return study


def _planned(cast: _Cast, days: float, **values: Any) -> Study:
    starts = day_of(cast.ago(days - 2))
    usual = {"service": None, "unit": None, "sprint": "", "target_group": "", "plan": ""}
    dates = {"starts_on": starts, "ends_on": starts + timedelta(days=4)}
    return planning.plan(usual | dates | values, by=cast["hans"], at=cast.ago(days))


def _team(study: Study, cast: _Cast, days: float, **roles: str) -> None:
    for name, role in roles.items():
        planning.add_member(study, person=cast[name], role=role, by=cast["hans"], at=cast.ago(days))


def _take_part(study: Study, organisations: Sequence[str], cast: _Cast, days: float, *, consent: str) -> None:
    """Made-up businesses, without names, numbers and addresses; they stay as long as the demo is likely to be used."""
    for each in organisations:
        values = {"organisation": each, "consent": consent, "delete_at": cast.at + timedelta(days=270)}
        planning.add_participant(study, values, by=cast["hans"], at=cast.ago(days))


def _write(
    study: Study, cast: _Cast, days: float, *, findings: Sequence[tuple[str, str, int, str]],
    advice: Sequence[tuple[str, str]],
) -> None:  # fmt: skip
    for topic, severity, many, text in findings:
        values: dict[str, Any] = {"topic": topic, "severity": severity, "seen_by_many": many, "text": text}
        results.save_finding(StudyFinding(study=study), values, by=cast["ida"], at=cast.ago(days))
    for way, text in advice:
        row = StudyRecommendation(study=study)
        results.save_recommendation(row, {"way": way, "text": text}, by=cast["ida"], at=cast.ago(days))


def _accept(row: StudyRecommendation, cast: _Cast, days: float) -> None:
    values = {
        "verdict": "accepted", "responsible": cast["ida"], "due_on": day_of(cast.ago(days - 90)), "because": "",
    }  # fmt: skip
    results.decide(row, values, by=cast["hans"], at=cast.ago(days))


def _follow_up(row: StudyRecommendation, cast: _Cast, days: float, **values: Any) -> None:
    usual = {"measured": "", "measured_before": None, "measured_after": None, "result": ""}
    row.refresh_from_db()
    results.follow_up(row, usual | {"done_on": day_of(cast.ago(days))} | values, by=cast["ida"], at=cast.ago(days))
