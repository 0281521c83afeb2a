"""What agents noted and showed in the past weeks, and measures on what the website could have answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import Q

from indgang.accounts.models import Person
from indgang.analysis import gap_measures, kept_gaps
from indgang.analysis.gap_models import GapMeasure
from indgang.analysis.gap_rows import FoundGaps
from indgang.analysis.gaps.ranking import Uptake
from indgang.catalogue.models import Purpose, Service
from indgang.core.clock import day_of
from indgang.enquiries.models import ArticleUse, Character, Question
from indgang.knowledge.models import ArticleVersion
from indgang.measures.period import Period

#: what is noted of general questions, by service; no page answers those with True
_NOTES: Mapping[str, Sequence[tuple[str, bool]]] = {
    "byggetilladelse": (
        ("Vil sætte en varmepumpe op i haven. Hvor tæt på skel må den stå?", True),
        ("Hvor meget må en varmepumpe støje hos naboen?", True),
        ("Altan mod gården, hvad koster sagen?", False),
        ("Carport i skel, skal der søges?", False),
        ("Naboen får varmepumpe. Skal der søges om det?", True),
    ),
    "arrangement": (
        ("Vil holde vejfest, hvor langt før skal der søges?", False),
        ("Vil låne borde og bænke til vejfesten", True),
        ("Loppemarked i gården, skal der søges?", False),
        ("Kan foreningen låne borde og telt af kommunen?", True),
    ),
    "gravetilladelse": (
        ("Skal grave kabel ned til en ladestander ved kantstenen", True),
        ("Hvor lang tid tager en gravetilladelse?", False),
        ("Boligforening vil have ladestander på vejen, hvem ejer pladsen?", True),
    ),
    "sygedagpenge": (
        ("Hvordan indberettes ferie midt i sygeperioden?", True),
        ("Fristen for refusion", False),
    ),
}
#: every so many general questions are noted, and every so many answered from a page
_NOTED_EVERY, _ANSWERED_EVERY = 2, 3
#: kind, title, service, purpose, code of the gap, days since it was published (None: not yet), why
_MEASURES = (
    ("missing", "Side om varmepumper: afstand til skel og støj", "byggetilladelse", "vejledning", "topic-varmepump",
     None, "Der bliver spurgt hver dag, og ingen side svarer"),
    ("page", "Frister for arrangementer står øverst på siden", "arrangement", "vejledning", "", 12,
     "Siden svarer, men bliver ikke fundet"),
)  # fmt: skip


def seed(*, until: datetime) -> None:
    """Add notes and pages to the past questions, and the measures, unless there are any."""
    if GapMeasure.objects.exists():
        return
    general = Question.objects.filter(character=Character.GENERAL, registered_at__lt=until).select_related("service")
    questions = list(general.order_by("registered_at", "pk"))
    _note(questions)
    _show(questions, until)
    _measures(until)


def _note(questions: Sequence[Question]) -> None:
    noted = []
    for number, question in enumerate(questions):
        notes = _NOTES.get(question.service.code)
        if notes and number % _NOTED_EVERY == 0:
            question.note, is_missing = notes[number // _NOTED_EVERY % len(notes)]
            question.in_knowledge = not is_missing
            noted.append(question)
    Question.objects.bulk_update(noted, ["note", "in_knowledge"], batch_size=500)


def _show(questions: Sequence[Question], at: datetime) -> None:
    """Some of the others were answered from a page of their service."""
    versions: dict[str, list[ArticleVersion]] = {}
    in_force = ArticleVersion.objects.in_force(at).filter(language="da", article__service__isnull=False)
    for version in in_force.select_related("article__service").order_by("article__slug"):
        assert version.article.service is not None
        versions.setdefault(version.article.service.code, []).append(version)
    answered = [
        each for number, each in enumerate(questions)
        if each.service.code in versions and (each.in_knowledge or (not each.note and number % _ANSWERED_EVERY == 0))
    ]  # fmt: skip
    uses = []
    for number, each in enumerate(answered):
        of_service = versions[each.service.code]
        uses.append(_use(each, of_service[number % 2 % len(of_service)], number))
    ArticleUse.objects.bulk_create(uses, ignore_conflicts=True)


def _use(question: Question, version: ArticleVersion, number: int) -> ArticleUse:
    """Every fifth was only looked at."""
    at = question.registered_at - timedelta(minutes=2)
    return ArticleUse(
        enquiry_id=question.enquiry_id, version=version, shown_to_id=question.registered_by_id, shown_at=at,
        used_at=at if number % 5 else None,
    )  # fmt: skip


def _measures(at: datetime) -> None:
    owner = Person.objects.filter(username="wera").first() or Person.objects.filter(username="ida").first()
    if owner is None:
        return
    today = day_of(at)
    found = kept_gaps.find(Period.days(today - timedelta(days=60), today), Q(), today=today, at=at, uptake=Uptake())
    for kind, title, service, purpose, gap, days, reason in _MEASURES:
        values = {
            "kind": kind, "title": title, "service": Service.objects.filter(code=service).first(), "owner": owner,
            "purpose": Purpose.objects.filter(code=purpose).first(),
            "published_on": today - timedelta(days=days) if days else None,
        }  # fmt: skip
        if values["service"] is not None:
            decided = at - timedelta(days=(days or 0) + 7)
            _decide(found, values, gap, reason, owner, decided)


def _decide(
    found: FoundGaps, values: dict[str, object], gap: str, reason: str, by: Person, at: datetime
) -> None:  # fmt: skip
    published = values.pop("published_on")
    shown = found.ranked.by_code(gap)
    made = gap_measures.decide(
        values, gap=gap if shown else "", expected=shown.saved if shown else None, reason=reason, by=by, at=at
    )
    if published:
        gap_measures.change(made, {"published_on": published}, reason="Den er ude", by=by, at=at + timedelta(days=8))
