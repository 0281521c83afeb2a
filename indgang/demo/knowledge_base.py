"""The demo's knowledge: its articles and guides with their owners, some history, and work in progress.

The files are in `knowledge/`. Their dates are relative to the day they were written for, so that the demo looks the
same in any year. Existing rows and people's changes stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from indgang.accounts.models import Person
from indgang.audit.trail import System
from indgang.catalogue.models import Service
from indgang.core.clock import COPENHAGEN, day_of
from indgang.demo import synonyms
from indgang.knowledge import article_files, import_export, news, tasks, versions, wording
from indgang.knowledge.article_files import ArticleRow
from indgang.knowledge.models import Article, ArticleVersion, Guide, Search, Task
from indgang.knowledge.search import following, log

FOLDER = Path(__file__).parent / "knowledge"

#: the day for which the dates in the files were written
WRITTEN_FOR = date(2026, 11, 23)

#: the last line of every article, in its language
LAST_LINES = {
    "da": "*Demonstrationstekst: den viser, hvordan Indgang virker, og er ikke en kilde til reglerne.*",
    "en": "*Demonstration text: it shows how Indgang works and is no source of the rules.*",
}

#: articles that have an earlier version without their last section
_GREW = (
    "altan", "udeservering-soeg", "gravetilladelse", "sygedagpengerefusion-soeg", "byggestoej", "loppemarked",
    "anmeld-jordflytning", "stillads-paa-vej", "alkoholbevilling", "refusion-frister",
)  # fmt: skip

_BY = System("demo")
_SECTION = re.compile(r"^## (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A task: an article with a fault, or a service whose answer is missing, reported some days ago."""

    kind: str
    days: int
    question: str
    article: str = ""
    service: str = ""


_TASKS = (
    _Asked("missing", 1, "Må jeg stille en varmepumpe i baghaven, og skal jeg søge?", service="byggetilladelse"),
    _Asked("missing", 2, "Kan vi låne borde og bænke af kommunen til vores vejfest?", service="arrangement"),
    _Asked("unclear", 3, "Gælder de ti dage hverdage eller alle dage?", article="frister-for-arrangementer"),
    _Asked("wrong", 4, "Linket til selvbetjeningen fører til en gammel side.", article="stillads-paa-vej"),
    _Asked("missing", 6, "Hvornår får vi refusion, når medarbejderen er på ferie imens?", service="sygedagpenge"),
    _Asked("unclear", 8, "Hvem betaler for analysen af jorden?", article="anmeld-jordflytning"),
)

#: searches on the site and the desk: text, place, hits, the hit opened, how often
_SEARCHES = (
    ("byggetilladelse", "site", 8, "article:hvornaar-soege-byggetilladelse", 14),
    ("altan", "site", 5, "article:altan", 11),
    ("loppemarked", "desk", 4, "article:loppemarked", 9),
    ("nyt pas", "site", 3, "article:pas-nyt-eller-forny", 9),
    ("refusion frist", "desk", 6, "article:refusion-frister", 8),
    ("støj om natten", "site", 7, "", 6),
    ("varmepumpe", "site", 0, "", 7),
    ("låne borde og bænke", "site", 0, "", 4),
    ("ladestander", "desk", 0, "", 5),
    ("hegn mod naboen", "site", 2, "", 5),
)

_NEWS = (
    (
        "Søg tidligt om arrangementer til sommer",
        "Sommerens weekender er de mest søgte. **Søg senest to måneder før**, så er der tid til at finde en anden "
        "plads, hvis jeres er optaget.",
        "Apply early for summer events",
        "Summer weekends are in demand. **Apply at least two months ahead**, so that there is time to find another "
        "place if yours is taken.",
        "arrangement",
    ),
    (
        "Kortere svartid på jordanmeldelser",
        "De fleste anmeldelser af jord bliver nu besvaret inden for en uge. Det går hurtigst, når analyserne er med "
        "fra begyndelsen.",
        "Faster answers on soil notifications",
        "Most notifications of soil are now answered within a week. It is fastest when the analyses are included "
        "from the start.",
        "jordanmeldelse",
    ),
)


def seed(people: Mapping[str, Person], *, at: datetime, say: Callable[[str], None] = lambda line: None) -> None:
    """Add the missing articles and guides; with the first ones also their history and the work on them."""
    first = not Article.objects.exists()
    synonyms.seed(at=at)
    made = _articles(at)
    _guides(at)
    if made:
        Article.objects.filter(slug__in=made).update(approver=people["wera"])
        say(f"{len(made)} articles and {Guide.objects.count()} guides")
    if not first:
        return
    for refresh in (following.refresh_services, following.refresh_units, following.refresh_people):
        refresh()
    _grow(people, at)
    _work(people, at)
    _ask(people, at)
    _news(people["wera"], at)
    _searches(at)


def articles(at: datetime) -> list[ArticleRow]:
    """The rows of the files, with the last line and dates around `at`. Raises ValueError for an invalid file."""
    rows = []
    for each in article_files.read(FOLDER / "articles"):
        if not isinstance(each, ArticleRow):
            raise ValueError(f"{each.file}:{each.line}: {each.reason}")
        rows.append(_at_its_time(each, at))
    return rows


def _articles(at: datetime) -> set[str]:
    rows = articles(at)
    there = set(Article.objects.filter(slug__in={row.slug for row in rows}).values_list("slug", flat=True))
    report = import_export.import_rows([row for row in rows if row.slug not in there], by=_BY, at=at)
    _refuse(report)
    return {row.slug for row in rows} - there


def _at_its_time(row: ArticleRow, at: datetime) -> ArticleRow:
    today = day_of(at)
    moved = today - WRITTEN_FOR
    published = min(row.published + moved, today) if row.published else today - timedelta(days=30)
    body = f"{row.body.strip()}\n\n{LAST_LINES[row.language]}".strip()
    return replace(row, body=body, published=published, review=row.review + moved if row.review else None)


def _guides(at: datetime) -> None:
    there = set(Guide.objects.values_list("slug", flat=True))
    report = import_export.ImportReport()
    files = sorted((FOLDER / "trees").glob("*.yaml"), key=lambda file: (file.name.count("."), file.name))
    for file in files:
        if file.name.partition(".")[0] not in there:
            import_export.import_guides(file, report, by=_BY, at=at)
    _refuse(report)


def _refuse(report: import_export.ImportReport) -> None:
    if report.bad:
        raise ValueError("; ".join(f"{bad.file}:{bad.line}: {bad.reason}" for bad in report.bad))


# --- History and work in progress --------------------------------------------------------------


def _grow(people: Mapping[str, Person], at: datetime) -> None:
    """Add an earlier version of these articles, without their last section."""
    grown = ArticleVersion.objects.filter(article__slug__in=_GREW, language="da", number=1).select_related("article")
    for version in grown:
        sections = list(_SECTION.finditer(version.body))
        if len(sections) < 2 or version.published_from is None:
            continue
        last, owner = sections[-1], version.article.owner or people["wera"]
        earlier = version.published_from - timedelta(days=100)
        ArticleVersion.objects.filter(pk=version.pk).update(
            number=2, reason=f"Afsnittet “{last[1]}” er skrevet til, fordi flere spurgte om det", created_by=owner,
            decided_by=people["wera"], decided_at=version.published_from,
        )  # fmt: skip
        said = wording.of(version).fields() | {"body": version.body[: last.start()].strip()}
        ArticleVersion.objects.create(
            article=version.article, language="da", number=1, state=ArticleVersion.State.PUBLISHED, created_by=owner,
            created_at=earlier, changed_at=earlier, published_from=earlier, decided_by=people["wera"],
            decided_at=earlier, reason="Første version", **said,
        )  # fmt: skip


def _work(people: Mapping[str, Person], at: datetime) -> None:
    """A draft, a change that waits for approval, and a proposal from a case worker."""
    ida, david = people["ida"], people["david"]
    yesterday = at - timedelta(days=1)
    old = "## Tegninger fra før 1900\n\nDe ældste ligger på mikrofilm. Ring, så finder vi dem frem."
    _draft("byggetegninger", old, ida, at)
    waiting = _draft(
        "stillads-paa-vej",
        "## Når det blæser op\n\nStilladset skal efterses efter kraftig blæst, før nogen går på det igen.",
        ida,
        yesterday,
    )
    if waiting is not None:
        versions.submit(waiting, by=ida, at=yesterday)
    article = Article.objects.filter(slug="udeservering-krav-til-arealet").first()
    held = article and versions.base_of(ArticleVersion(article=article, language="da"))
    if article and held:
        more = "## Varmelamper\n\nGasvarmere må ikke stå inden for rækkevidde af et flugtvejsspor."
        versions.propose(
            article, language="da", title=held.title, short=held.short, body=_before_last_line(held.body, more),
            reason="Vi bliver spurgt om varmelamper hver uge", by=david, at=yesterday,
        )  # fmt: skip


def _draft(slug: str, more: str, by: Person, at: datetime) -> ArticleVersion | None:
    article = Article.objects.filter(slug=slug).first()
    if article is None:
        return None
    draft = versions.draft(article, language="da", by=by, at=at)
    said = wording.of(draft).fields() | {"body": _before_last_line(draft.body, more)}
    return versions.save(draft, **said, reason="Nyt afsnit efter ugemødet", revision=draft.revision, by=by, at=at)


def _before_last_line(body: str, more: str) -> str:
    text = body.removesuffix(LAST_LINES["da"]).rstrip()
    return f"{text}\n\n{more}\n\n{LAST_LINES['da']}"


def _ask(people: Mapping[str, Person], at: datetime) -> None:
    articles = {each.slug: each for each in Article.objects.filter(slug__in={task.article for task in _TASKS})}
    services = {each.code: each for each in Service.objects.filter(code__in={task.service for task in _TASKS})}
    for number, each in enumerate(_TASKS):
        tasks.raise_task(
            kind=Task.Kind(each.kind), question=each.question, article=articles.get(each.article),
            service=services.get(each.service), by=people[("anna", "bo", "clara")[number % 3]],
            at=at - timedelta(days=each.days, hours=number),
        )  # fmt: skip


def _news(editor: Person, at: datetime) -> None:
    services = {each.code: each for each in Service.objects.filter(code__in={row[4] for row in _NEWS})}
    for days, (title, text, title_en, text_en, service) in zip((3, 10), _NEWS, strict=True):
        news.write(
            None, title=title, text=text, title_en=title_en, text_en=text_en, service=services.get(service),
            shown_from=at - timedelta(days=days), shown_until=at + timedelta(days=60), by=editor, at=at,
        )  # fmt: skip


def _searches(at: datetime) -> None:
    """Searches of the past two weeks, spread over office hours."""
    for row, (asked, place, hits, opened, times) in enumerate(_SEARCHES):
        for turn in range(times):
            day = day_of(at) - timedelta(days=1 + (row * 5 + turn * 3) % 13)
            moment = datetime.combine(day, time(9 + (row + turn) % 7, 7 * turn % 60), COPENHAGEN).astimezone(UTC)
            search = log.note(asked, place=Search.Place(place), language="da", found=hits, at=moment)
            if opened:
                kind, _colon, key = opened.partition(":")
                log.chosen(search.pk, kind=kind, key=key)
