"""What the website could have answered: 100,000 questions of ninety days ranked, and the kept ranking asked again.

Every second question has a note of some words, every tenth was answered from a page, and 20,000 searches belong to the
days. The ranking is what each page of gaps computed before it was kept; asked again, it costs the digest of everything
that it is made from. Processor time (ours and PostgreSQL's) says on a busy machine too what the work takes.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from benches import _own, _processor

NOW = datetime(2026, 3, 31, 8, 30, tzinfo=UTC)
DAYS = 90
_WORDS = [
    "altan",
    "hegn",
    "carport",
    "varmepumpe",
    "skel",
    "afstand",
    "nabo",
    "gebyr",
    "tilladelse",
    "ansøgning",
    "frist",
    "dokumentation",
    "tegning",
    "kælder",
    "tag",
    "facade",
    "vindue",
    "dør",
    "terrasse",
    "udhus",
    "skur",
    "kvist",
    "nedrivning",
    "brand",
    "støj",
    "lys",
    "parkering",
    "fortov",
    "kabel",
    "container",
    "stillads",
    "vejfest",
    "telt",
    "scene",
    "musik",
    "servering",
    "alkohol",
    "affald",
    "toilet",
    "marked",
    "loppemarked",
    "filmoptagelse",
    "drone",
    "flag",
    "skilt",
    "reklame",
    "sygedagpenge",
    "refusion",
    "ferie",
    "fristen",
    "løntilskud",
    "fleksjob",
    "praktik",
    "barsel",
    "orlov",
    "udbetaling",
]


def main() -> None:
    """Print the figures, one JSON object per line."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--questions", type=int, default=100_000)
    chosen = options.parse_args()
    with _own.product("gaps"):
        _own.settle()
        _filled(chosen.questions)
        _own.analyse()
        first = _work("ranked", _found)
        again = _work("asked_again", _found)
        _figure("ratio", again / first, "of the ranking, processor time", "<= 0.1")
        _changed()
        _work("ranked_after_a_change", _found)


def _found() -> Any:
    from django.db.models import Q

    from indgang.analysis import kept_gaps
    from indgang.analysis.gaps.ranking import Uptake
    from indgang.core.clock import day_of
    from indgang.measures.period import Period

    today = day_of(NOW)
    period = Period.days(today - timedelta(days=DAYS - 1), today)
    found = kept_gaps.find(period, Q(), today=today, at=NOW, uptake=Uptake())
    assert found.ranked.gaps
    return found


def _changed() -> None:
    from indgang.enquiries.models import Question

    Question.objects.filter(pk=Question.objects.order_by("pk").values("pk")[:1]).update(note="altan og hegn")


def _filled(questions: int) -> None:
    from indgang.catalogue import purposes
    from indgang.catalogue.models import ContactCentre, Purpose, Schedule, Service, Unit
    from indgang.core.clock import day_of
    from indgang.core.ids import uuid7
    from indgang.enquiries.models import ArticleUse, Channel, Character, Enquiry, Outcome, Question, State
    from indgang.knowledge.models import Article, ArticleVersion, Audience, Search

    unit = Unit.objects.create(code="kk", name="Kommunen", kind=Unit.Kind.ADMINISTRATION)
    schedule = Schedule.objects.create(code="dage", name="Dage")
    centre = ContactCentre.objects.create(code="kff", name="Center", owner=unit, operator=unit, schedule=schedule)
    services = [Service.objects.create(code=f"ydelse-{each}", name=f"Ydelse {each}", unit=unit) for each in range(40)]
    named = Purpose.objects.bulk_create(purposes.rows())
    draw, versions = random.Random(1), []
    for number in range(200):
        words = draw.sample(_WORDS, 3)
        article = Article.objects.create(
            slug=f"side-{number}", unit=unit, service=services[number % 40], audience=Audience.EVERYONE,
            review_on=day_of(NOW) + timedelta(days=90), created_at=NOW,
        )  # fmt: skip
        versions.append(ArticleVersion(
            article=article, number=1, state=ArticleVersion.State.PUBLISHED, title=" ".join(words).capitalize(),
            short="Det kræver en tilladelse.", body=" ".join(draw.choices(_WORDS, k=60)), created_at=NOW,
            changed_at=NOW, published_from=NOW - timedelta(days=400),
        ))  # fmt: skip
    ArticleVersion.objects.bulk_create(versions)
    enquiries, asked, used = [], [], []
    for number in range(questions):
        at = NOW - timedelta(days=1 + number % (DAYS - 1), seconds=number % 20_000)
        enquiry = Enquiry(
            id=uuid7(),
            channel=Channel.PHONE,
            state=State.REGISTERED,
            centre=centre,
            caller_name="Bo Berg",
            arrived_at=at,
        )
        note = "" if number % 2 else " ".join(["Spørger om", *draw.sample(_WORDS, 4), "ring 20 30 40 50"])
        enquiries.append(enquiry)
        asked.append(Question(
            enquiry=enquiry, order=0, service=services[number % 40], purpose=named[number % 9], registered_at=at,
            character=Character.GENERAL if number % 3 else Character.CASE_SPECIFIC, outcome=Outcome.RESOLVED, note=note,
            should_be_digital=number % 4 == 0, in_knowledge=None if number % 5 else False,
        ))  # fmt: skip
        if number % 10 == 0:
            used.append(ArticleUse(enquiry=enquiry, version=versions[number % 200], shown_at=at, used_at=at))
    Enquiry.objects.bulk_create(enquiries, batch_size=5_000)
    Question.objects.bulk_create(asked, batch_size=5_000)
    ArticleUse.objects.bulk_create(used, batch_size=5_000)
    Search.objects.bulk_create([
        Search(asked=" ".join(draw.sample(_WORDS, 2)), place=Search.Place.SITE, language="da", hits=number % 3,
               at=NOW - timedelta(days=1 + number % (DAYS - 1)))
        for number in range(questions // 5)
    ], batch_size=5_000)  # fmt: skip


def _work(name: str, act: Callable[[], Any]) -> float:
    """What `act` takes: seconds, and seconds of processor time, which are returned."""
    _, spent = _processor.spent(act)
    _figure(f"{name}_seconds", spent.seconds, "s", "none")
    _figure(f"{name}_python", spent.python, "s of processor time, Python", "none")
    _figure(f"{name}_postgres", spent.postgres, "s of processor time, PostgreSQL", "none")
    return spent.processor


def _figure(name: str, value: float, unit: str, goal: str) -> None:
    print(json.dumps({"figure": name, "value": round(value, 3), "unit": unit, "goal": goal}), flush=True)


if __name__ == "__main__":
    main()
