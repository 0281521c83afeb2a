"""Import and export of articles and guides by folder. An import is repeatable: unchanged articles are left alone.

Imported articles are published at once, without the approval that editors need: whoever may run the command decides.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import DataError, IntegrityError, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from indgang.accounts import access
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.audit import trail
from indgang.audit.trail import Actor
from indgang.catalogue.models import Purpose, Service, Unit
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.refusals import RefusedChange
from indgang.knowledge import article_files, guide_files, policy, wording
from indgang.knowledge.article_files import ArticleRow, BadRow
from indgang.knowledge.changes import person
from indgang.knowledge.models import Article, ArticleVersion, Audience, Language
from indgang.knowledge.responsible import coordinator
from indgang.knowledge.search import following
from indgang.knowledge.wording import Wording
from indgang.live import stale

logger = logging.getLogger(__name__)

#: articles in one transaction, unless the import is all or nothing
BATCH = 500


@dataclass(slots=True)
class ImportReport:
    """The result of an import. Each file or table row is an article in one language and counts once."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    bad: list[BadRow] = field(default_factory=list)

    def add(self, other: ImportReport) -> None:
        """Add the counts and the bad rows of another report."""
        self.created += other.created
        self.changed += other.changed
        self.unchanged += other.unchanged
        self.bad += other.bad


def import_folder(path: Path | str, *, by: Actor, at: datetime, all_or_nothing: bool = False) -> ImportReport:
    """Import the Markdown files, CSV tables and YAML guides of a folder, or one file, and publish what is new.

    Bad rows are skipped and reported. With `all_or_nothing`, one bad row prevents the whole import.
    """
    read = list(article_files.read(Path(path)))
    rows = [each for each in read if isinstance(each, ArticleRow)]
    bad = [each for each in read if isinstance(each, BadRow)]
    with transaction.atomic() if all_or_nothing else nullcontext():
        report = import_rows(rows, bad=bad, by=by, at=at, all_or_nothing=all_or_nothing)
        if all_or_nothing and report.bad:
            return report
        import_guides(Path(path), report, by=by, at=at)
        if all_or_nothing and report.bad:
            transaction.set_rollback(True)
            return ImportReport(bad=report.bad)
    return report


def import_guides(path: Path, report: ImportReport, *, by: Actor, at: datetime) -> None:
    """Import the YAML guides of a folder and count them in the report. Import the articles they link to first."""
    for outcome, bad in guide_files.import_trees(path, by=by, at=at):
        if bad is not None:
            report.bad.append(bad)
        else:
            setattr(report, outcome, getattr(report, outcome) + 1)


def import_rows(
    rows: Sequence[ArticleRow], *, by: Actor, at: datetime, all_or_nothing: bool = False, bad: Iterable[BadRow] = ()
) -> ImportReport:
    """Import rows that have been parsed. Rows that fail validation are added to `bad`."""
    report = ImportReport(bad=list(bad))
    fitting = list(_fitting(rows, report.bad, at))
    report.bad.sort(key=lambda each: (each.file, each.line))
    if all_or_nothing and report.bad:
        return report
    with transaction.atomic() if all_or_nothing else nullcontext():
        for batch in _batches(fitting):
            _write_what_fits(batch, report, by=by, at=at)
        if all_or_nothing and report.bad:
            transaction.set_rollback(True)
            return ImportReport(bad=report.bad)
    return report


def export_folder(path: Path | str, *, at: datetime, table: bool = False) -> int:
    """Export the versions in force at `at`: a Markdown file for each article and language, or one table
    `articles.csv`, and the guides in the folder `trees`.

    Returns the number written. Importing the folder again changes nothing.
    """
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    rows = [_row_of(version) for version in _in_force(at)]
    if table:
        article_files.write_table(folder / "articles.csv", rows)
    else:
        for row in rows:
            (folder / row.file).write_text(article_files.as_markdown(row), encoding="utf-8")
    return len(rows) + guide_files.write(folder / "trees", at=at)


# --- Checking ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Fitting:
    """A row whose codes are known and whose text is valid. Fields that the row leaves out are not in `about`."""

    row: ArticleRow
    said: Wording
    about: Mapping[str, Any]
    purposes: tuple[Purpose, ...] | None


class _Base:
    """The codes that rows may use, read once."""

    def __init__(self, rows: Sequence[ArticleRow], at: datetime) -> None:
        self.day = day_of(at)
        self.units: dict[str, Unit] = {row.code: row for row in Unit.objects.all()}
        self.services: dict[str, Service] = {row.code: row for row in Service.objects.select_related("unit")}
        self.purposes: dict[str, Purpose] = {row.code: row for row in Purpose.objects.all()}
        names = {row.about.get(key, "") for row in rows for key in ("owner", "approver")}
        self.people: dict[str, Person] = {row.username: row for row in Person.objects.filter(username__in=names)}
        slugs = {row.slug for row in rows}
        self.there = set(Article.objects.filter(slug__in=slugs).values_list("slug", flat=True))


def _fitting(rows: Sequence[ArticleRow], bad: list[BadRow], at: datetime) -> Iterator[_Fitting]:
    """The rows that can be written; for each article, the Danish row comes first."""
    base = _Base(rows, at)
    seen: set[tuple[str, str]] = set()
    danish = set(base.there)
    for row in sorted(rows, key=lambda each: each.language != Language.DANISH):
        try:
            if (row.slug, row.language) in seen:
                raise RefusedChange({"slug": _("Artiklen står to gange på det sprog.")})
            seen.add((row.slug, row.language))
            fits = _fit(row, base, danish)
        except RefusedChange as refused:
            bad.append(row.bad(str(refused)))
            continue
        danish |= {row.slug} if row.language == Language.DANISH else set()
        yield fits


def _fit(row: ArticleRow, base: _Base, danish: set[str]) -> _Fitting:
    if row.language not in Language.values:
        raise RefusedChange({"language": _("Ukendt sprog: %(code)s.") % {"code": row.language}})
    if not article_files.is_slug(row.slug):
        raise RefusedChange({"slug": _("Adressen må kun rumme a-z, 0-9 og bindestreg, og højst 120 tegn.")})
    said = wording.checked(title=row.title, short=row.short, body=row.body, words=row.words, links=row.links)
    if row.language != Language.DANISH:
        if row.slug not in danish:
            raise RefusedChange({"slug": _("Der er ingen dansk artikel med den adresse.")})
        return _Fitting(row, said, {}, None)
    return _Fitting(row, said, _about(row, base), _purposes(row, base))


def _about(row: ArticleRow, base: _Base) -> dict[str, Any]:
    about: dict[str, Any] = {}
    for name, known in (("unit", base.units), ("service", base.services), ("owner", base.people)):
        if name in row.about:
            about[name] = _named(name, row.about[name], known)
    if "approver" in row.about:
        about["approver"] = _named("approver", row.about["approver"], base.people)
    new, service = row.slug not in base.there, about.get("service")
    if about.get("unit") is None and new and service:
        about["unit"] = service.unit
    if about.get("unit") is None:
        about.pop("unit", None)
    if "unit" not in about and new:
        raise RefusedChange({"unit": _("Skriv, hvilken enhed artiklen hører til.")})
    audience = row.about.get("audience")
    if audience and audience not in Audience.values:
        raise RefusedChange({"audience": _("Ukendt læserkreds: %(code)s.") % {"code": audience}})
    about |= {"audience": audience} if audience else {}
    about |= {"review_on": row.review} if row.review else {}
    about |= {"elsewhere": row.elsewhere} if row.elsewhere is not None else {}
    _refuse_approver(about, base)
    return about


def _named(name: str, code: str, known: Mapping[str, Any]) -> Any:
    if code and code not in known:
        raise RefusedChange({name: _("%(name)s: “%(code)s” findes ikke.") % {"name": name, "code": code}})
    return known[code] if code else None


def _purposes(row: ArticleRow, base: _Base) -> tuple[Purpose, ...] | None:
    if row.purposes is None:
        return None
    return tuple(_named("purposes", code, base.purposes) for code in row.purposes if code)


def _refuse_approver(about: Mapping[str, Any], base: _Base) -> None:
    approver, unit = about.get("approver"), about.get("unit")
    if approver and not access.may(approver, Permission.APPROVE_KNOWLEDGE, unit, base.day):
        raise RefusedChange({"approver": _("%(name)s må ikke godkende for enheden.") % {"name": approver.username}})


# --- Writing -----------------------------------------------------------------------------------


def _batches(fitting: Iterable[_Fitting]) -> Iterator[list[_Fitting]]:
    rest = iter(fitting)
    while batch := list(islice(rest, BATCH)):
        yield batch


def _write_what_fits(batch: Sequence[_Fitting], report: ImportReport, *, by: Actor, at: datetime) -> None:
    """Write the batch. When the database rejects it, write row by row, so that only the faulty row is left out."""
    try:
        report.add(_write(batch, by=by, at=at))
    except (DataError, IntegrityError) as error:
        if len(batch) == 1:
            logger.warning("%s:%s was not imported", batch[0].row.file, batch[0].row.line, exc_info=error)
            report.bad.append(batch[0].row.bad(_("Databasen tager ikke imod linjen. Se loggen.")))
            return
        for fits in batch:
            _write_what_fits([fits], report, by=by, at=at)
    except LookupError:
        # a row that depends on a Danish row that was left out
        report.bad += [fits.row.bad(_("Der er ingen dansk artikel med den adresse.")) for fits in batch]


@transaction.atomic
def _write(batch: Sequence[_Fitting], *, by: Actor, at: datetime) -> ImportReport:
    report = ImportReport()
    articles = _articles(batch)
    made = _create_missing(batch, articles, at)
    before = _published_last(articles.values())
    touched: dict[int, Article] = {}
    fresh: list[tuple[ArticleVersion, _Fitting, dict[str, Any]]] = []
    for fits in batch:
        article = articles[fits.row.slug]
        new = fits.row.slug in made and fits.row.language == Language.DANISH
        described = {} if new else _describe(article, fits)
        last, number = before.get((article.pk, fits.row.language), (None, 0))
        version = _version(article, fits, last, number, by=by, at=at)
        if version is None and not described:
            report.unchanged += 1
            continue
        if last is None and version is not None:
            report.created += 1
        else:
            report.changed += 1
        touched[article.pk] = article
        if version is not None:
            fresh.append((version, fits, described))
        else:
            trail.record(by=by, at=at, action="article.import", target=article, after=described, why=fits.row.file)
    ArticleVersion.objects.bulk_create(version for version, _fits, _described in fresh)
    for version, fits, described in fresh:
        after = {"number": version.number, "language": version.language, "from": version.published_from, **described}
        trail.record(by=by, at=at, action="article.import", target=version, after=after, why=fits.row.file)
    if touched:
        following.refresh_articles(list(touched.values()))
        stale.mark("all/knowledge")
    return report


def _articles(batch: Sequence[_Fitting]) -> dict[str, Article]:
    slugs = {fits.row.slug for fits in batch}
    there = Article.objects.select_for_update(of=("self",)).filter(slug__in=slugs)
    related = there.select_related("unit", "service", "owner", "approver").prefetch_related("purposes")
    return {article.slug: article for article in related}


def _create_missing(batch: Sequence[_Fitting], articles: dict[str, Article], at: datetime) -> set[str]:
    """Create the articles that do not exist, add them to `articles`, and return their slugs."""
    danish = (fits for fits in batch if fits.row.language == Language.DANISH)
    missing = [fits for fits in danish if fits.row.slug not in articles]
    review_on = policy.next_review(day_of(at))
    coordinators: dict[int, Person | None] = {}
    rows = []
    for fits in missing:
        unit: Unit = fits.about["unit"]
        if unit.pk not in coordinators:
            coordinators[unit.pk] = coordinator(unit, day_of(at))
        values = {"owner": coordinators[unit.pk], "review_on": review_on, **fits.about}
        rows.append(Article(slug=fits.row.slug, created_at=at, **values))
    articles |= {article.slug: article for article in Article.objects.bulk_create(rows)}
    Article.purposes.through.objects.bulk_create(
        Article.purposes.through(article_id=articles[fits.row.slug].pk, purpose_id=purpose.pk)
        for fits in missing
        for purpose in dict.fromkeys(fits.purposes or ())
    )
    return {fits.row.slug for fits in missing}


def _published_last(articles: Iterable[Article]) -> dict[tuple[int, str], tuple[ArticleVersion | None, int]]:
    """For each article and language, the version published last and the highest version number."""
    wanted = [article.pk for article in articles]
    versions = ArticleVersion.objects.filter(article__in=wanted)
    numbers = versions.values("article", "language").annotate(most=Max("number")).values_list(
        "article", "language", "most"
    )  # fmt: skip
    last: dict[tuple[int, str], tuple[ArticleVersion | None, int]] = {}
    for article, language, most in numbers:
        last[article, language] = (None, most)
    published = versions.filter(state=ArticleVersion.State.PUBLISHED).order_by("published_from", "number")
    for version in published:
        key = (version.article_id, version.language)
        last[key] = (version, last[key][1])
    return last


def _describe(article: Article, fits: _Fitting) -> dict[str, Any]:
    """Apply the facts of the row to the article; returns the differences for the audit trail."""
    changed = {name: value for name, value in fits.about.items() if getattr(article, name) != value}
    if changed:
        for name, value in changed.items():
            setattr(article, name, value)
        article.save(update_fields=list(changed))
    if fits.purposes is not None and set(fits.purposes) != set(article.purposes.all()):
        article.purposes.set(fits.purposes)
        changed["purposes"] = sorted(purpose.code for purpose in fits.purposes)
    return {name: value if isinstance(value, list) else str(value) for name, value in changed.items()}


def _version(
    article: Article, fits: _Fitting, last: ArticleVersion | None, number: int, *, by: Actor, at: datetime
) -> ArticleVersion | None:
    """The version to publish; None when the one published last has the same text."""
    if last is not None and wording.of(last) == fits.said:
        return None
    wish = _midnight(fits.row.published) if fits.row.published else None
    start = wish or at
    if last is not None and last.published_from is not None:
        start = max(start, at, last.published_from)  # versions of the past stay unchanged
    return ArticleVersion(
        article=article, language=fits.row.language, number=number + 1, state=ArticleVersion.State.PUBLISHED,
        created_by=person(by), created_at=at, changed_at=at, published_from=start, decided_at=at,
        reason=_("Indlæst fra %(file)s") % {"file": fits.row.file[-200:]}, **fits.said.fields(),
    )  # fmt: skip


# --- Export ------------------------------------------------------------------------------------


def _in_force(at: datetime) -> Iterator[ArticleVersion]:
    related = ("article__unit", "article__service", "article__owner", "article__approver")
    holding = ArticleVersion.objects.in_force(at).select_related(*related).prefetch_related("article__purposes")
    return holding.order_by("article__slug", "language").iterator(chunk_size=BATCH)


def _row_of(version: ArticleVersion) -> ArticleRow:
    article, since = version.article, version.published_from
    danish = version.language == Language.DANISH
    about = {
        "unit": article.unit.code,
        "service": article.service.code if article.service else "",
        "audience": str(article.audience),
        "owner": article.owner.username if article.owner else "",
        "approver": article.approver.username if article.approver else "",
    }
    row = ArticleRow(
        "", 1, article.slug, version.language, version.title, version.short, version.body,
        words=tuple(version.words),
        links=tuple(version.links),
        about=about if danish else {},
        purposes=tuple(purpose.code for purpose in article.purposes.all()) if danish else None,
        elsewhere=article.elsewhere if danish else None,
        review=article.review_on if danish else None,
        published=day_of(since) if since else None,
    )  # fmt: skip
    return replace(row, file=article_files.file_name(row))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), COPENHAGEN).astimezone(UTC)
