"""The versions of an article. Each language has at most one open version, any number of published ones, and one in
force.

A published version never changes; a better text is a new version. ADR 16 says who may publish: small edits are
published directly, and everything else needs approval by a person who may approve and is not an author.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils.translation import gettext as _

from indgang.accounts import access
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.audit.models import Change
from indgang.audit.trail import Actor
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.knowledge import policy, tasks, wording
from indgang.knowledge.changes import mark_tasks, record_change
from indgang.knowledge.models import Article, ArticleVersion, Language, Task
from indgang.knowledge.responsible import approvers
from indgang.knowledge.wording import Wording

State = ArticleVersion.State
_OPEN = (State.DRAFT, State.IN_REVIEW)


# --- Reading -----------------------------------------------------------------------------------


def open_of(article: Article, language: str) -> ArticleVersion | None:
    """The version that is a draft or in review; None when there is none."""
    return article.versions.filter(language=language, state__in=_OPEN).first()


def base_of(version: ArticleVersion) -> ArticleVersion | None:
    """The version to compare with: the last published one in its language, even if its day has not come yet."""
    return _published_before(version).first()


def change_size(version: ArticleVersion) -> int:
    """Characters added and removed since the last published version; all characters when there is none."""
    return wording.change_size(_base_wording(version), wording.of(version))


def small_edits_since_approval(version: ArticleVersion) -> int:
    """Characters added and removed in its language since the last approval, summed over the published edits.

    An import counts as approved, because whoever runs commands on the server has decided already.
    """
    size, newer = 0, None
    for older in _published_before(version):
        if newer is not None:
            size += wording.change_size(wording.of(older), wording.of(newer))
        if older.decided_by_id is not None or older.created_by_id is None:
            return size
        newer = older
    return size


def needs_approval(version: ArticleVersion, *, on: date) -> bool:
    """Whether somebody else must approve the version. This is so for the first of its language, a version of a
    withdrawn article, one with other links, and one that changes more characters than the policy of the day allows. The
    small edits since the last approval count too, since many of them could add up to a text that nobody has checked."""
    base = base_of(version)
    if base is None or version.article.withdrawn_at is not None:
        return True
    if wording.link_targets(wording.of(base)) != wording.link_targets(wording.of(version)):
        return True
    size = change_size(version) + small_edits_since_approval(version)
    return size > policy.on(on).small_edit_characters


def may_approve(version: ArticleVersion, person: Person, *, on: date) -> bool:
    """Whether `person` may decide: may approve for the unit, and is not an author or is the only approver."""
    unit = version.article.unit
    if not access.may(person, Permission.APPROVE_KNOWLEDGE, unit, on):
        return False
    return person.audit_id not in _authors(version) or not approvers(unit, on).exclude(pk=person.pk).exists()


# --- Writing -----------------------------------------------------------------------------------


@transaction.atomic
def draft(article: Article, *, language: str, by: Person, at: datetime) -> ArticleVersion:
    """The open version of the language, or a new draft that starts from the last published version.

    A first version in another language starts from the Danish one, for translation.
    """
    article = _locked_article(article)
    if language not in Language.values:
        raise RefusedChange({"language": _("Vælg dansk eller engelsk.")})
    there = open_of(article, language)
    if there is not None:
        return there
    made = ArticleVersion(article=article, language=language, state=State.DRAFT, created_by=by)
    source = base_of(made) or base_of(ArticleVersion(article=article, language=Language.DANISH))
    _write(made, wording.of(source) if source else _NOTHING, at)
    made.number, made.created_at = _next_number(article, language), at
    made.save()
    record_change("article.draft", made, by=by, at=at, after={"number": made.number, "language": language})
    return made


@transaction.atomic
def save(
    version: ArticleVersion,
    *,
    title: str,
    short: str,
    body: str,
    words: Iterable[str],
    links: Iterable[Mapping[str, Any]],
    reason: str,
    revision: int,
    by: Person,
    at: datetime,
) -> ArticleVersion:
    """Replace the content of a draft if it still has this `revision`.

    Raises EditedMeanwhile, and RefusedChange by field: too long, unsafe links, a CPR number, or no longer a draft.
    """
    version = _locked(version)
    if version.revision != revision:
        raise EditedMeanwhile(version)
    _refuse_unless(version, State.DRAFT)
    said = wording.checked(title=title, short=short, body=body, words=words, links=links, complete=False)
    reason = _reason(reason)
    before = wording.of(version)
    if said == before and reason == version.reason:
        return version
    _write(version, said, at)
    version.reason, version.revision = reason, version.revision + 1
    version.save()
    changed = sorted(name for name, value in said.fields().items() if value != before.fields()[name])
    after = {"revision": version.revision, "fields": changed, "characters": wording.change_size(before, said)}
    record_change("article.save", version, by=by, at=at, after=after, why=reason)
    return version


@transaction.atomic
def submit(
    version: ArticleVersion, *, publish_from: datetime | None = None, by: Person, at: datetime
) -> ArticleVersion:
    """Publish a draft from `publish_from`, or now, when it needs no approval or `by` may approve it; else put it in
    review.

    Raises RefusedChange when it is incomplete, unchanged or not a draft, or would precede a version that is scheduled.
    """
    version = _locked(version)
    _refuse_unless(version, State.DRAFT)
    _refuse_incomplete(version)
    start = _start(version, publish_from, at)
    day = day_of(at)
    if not needs_approval(version, on=day):
        return _publish(version, start, approved_by=None, note="", by=by, at=at)
    if may_approve(version, by, on=day):
        return _publish(version, start, approved_by=by, note="", by=by, at=at)
    version.state, version.changed_at = State.IN_REVIEW, at
    version.published_from = start if publish_from else None
    version.decided_by, version.decided_at, version.decision_note = None, None, ""
    version.save()
    record_change(
        "article.submit", version, by=by, at=at, after={"characters": change_size(version)}, why=version.reason
    )
    _mark_approvers(version, day)
    return version


@transaction.atomic
def take_back(version: ArticleVersion, *, by: Person, at: datetime) -> ArticleVersion:
    """Turn a version in review, or one published for a later day, back into a draft."""
    version = _locked(version)
    waiting = version.state == State.PUBLISHED and version.published_from is not None and version.published_from > at
    if version.state != State.IN_REVIEW and not waiting:
        raise RefusedChange({"": _("Versionen gælder allerede og kan ikke tages tilbage. Skriv en ny.")})
    if waiting and open_of(version.article, version.language) is not None:
        raise RefusedChange({"": _("Der er allerede en kladde. Gør den færdig, eller kassér den først.")})
    version.state, version.published_from, version.changed_at = State.DRAFT, None, at
    version.decided_by, version.decided_at = None, None
    version.save()
    record_change("article.take_back", version, by=by, at=at, shown=version.article if waiting else None)
    _mark_approvers(version, day_of(at))
    return version


@transaction.atomic
def discard(version: ArticleVersion, *, by: Person, at: datetime) -> ArticleVersion:
    """Discard a draft. It is kept as rejected, so that no work is lost."""
    version = _locked(version)
    _refuse_unless(version, State.DRAFT)
    _reject(version, _("Kladden blev kasseret."), by=by, at=at)
    record_change("article.discard", version, by=by, at=at)
    return version


# --- Deciding ----------------------------------------------------------------------------------


@transaction.atomic
def approve(
    version: ArticleVersion, *, publish_from: datetime | None = None, note: str = "", by: Person, at: datetime
) -> ArticleVersion:
    """Publish a version in review from `publish_from`, else from the requested day, else now.

    Raises RefusedChange when it is not in review, `by` may not approve it, or `by` is an author and others may approve
    it.
    """
    version = _locked(version)
    _refuse_unless(version, State.IN_REVIEW)
    _refuse_approver(version, by, at)
    start = _start(version, publish_from or version.published_from, at)
    return _publish(version, start, approved_by=by, note=_note(note), by=by, at=at)


@transaction.atomic
def publish_again(version: ArticleVersion, *, reason: str, by: Person, at: datetime) -> ArticleVersion:
    """Publish the text of an earlier version under the next number; a draft stays as it is.

    It was approved before, so its author may do it too. Raises RefusedChange for one that was never published, and for
    somebody who may not approve.
    """
    version = _locked(version)
    if version.state != State.PUBLISHED:
        raise RefusedChange({"": _("Kun en version, der har været udgivet, kan tages i brug igen.")})
    _refuse_right(version, by, at)
    made = ArticleVersion(
        article=version.article, language=version.language, created_by=by, created_at=at, reason=_reason(reason),
        number=_next_number(version.article, version.language),
    )  # fmt: skip
    _write(made, wording.of(version), at)
    return _publish(made, at, approved_by=by, note="", by=by, at=at)


@transaction.atomic
def reject(version: ArticleVersion, *, note: str, by: Person, at: datetime) -> ArticleVersion:
    """Reject with a reason: a version in review becomes a draft again, and a proposal is closed with its task."""
    version = _locked(version)
    note = _note(note)
    if not note:
        raise RefusedChange({"note": _("Skriv, hvad der skal til.")})
    if version.state == State.PROPOSED:
        _reject(version, note, by=by, at=at)
        _close_tasks(version, note, by=by, at=at)
    else:
        _refuse_unless(version, State.IN_REVIEW)
        _refuse_right(version, by, at)
        version.state, version.published_from, version.changed_at = State.DRAFT, None, at
        version.decided_by, version.decided_at, version.decision_note = by, at, note
        version.save()
    record_change("article.reject", version, by=by, at=at, why=note)
    mark_tasks(version.created_by, version.article.owner)
    _mark_approvers(version, day_of(at))
    return version


# --- Proposing ---------------------------------------------------------------------------------


@transaction.atomic
def propose(
    article: Article, *, language: str, title: str, short: str, body: str, reason: str, by: Person, at: datetime
) -> ArticleVersion:
    """Propose another text to the owner, who gets a task. Raises RefusedChange, by field, and for an unchanged text."""
    article = _locked_article(article)
    made = ArticleVersion(article=article, language=language, state=State.PROPOSED, created_by=by)
    before = _base_wording(made)
    said = wording.checked(title=title, short=short, body=body, words=before.words, links=before.links)
    if said == before:
        raise RefusedChange({"": _("Forslaget er det samme, som der står nu.")})
    _write(made, said, at)
    made.number, made.created_at, made.reason = _next_number(article, language), at, _reason(reason)
    made.save()
    record_change("article.propose", made, by=by, at=at, after={"number": made.number}, why=made.reason)
    tasks.raise_task(
        kind=Task.Kind.PROPOSAL, question=made.reason, article=article, version=made, service=article.service,
        unit=article.unit, by=by, at=at,
    )  # fmt: skip
    return made


@transaction.atomic
def take_up(proposal: ArticleVersion, *, by: Person, at: datetime) -> ArticleVersion:
    """Turn a proposal into the draft. Publication closes its task. Raises RefusedChange when another draft exists."""
    proposal = _locked(proposal)
    _refuse_unless(proposal, State.PROPOSED)
    if open_of(proposal.article, proposal.language) is not None:
        raise RefusedChange({"": _("Der er allerede en kladde. Gør den færdig, eller kassér den først.")})
    proposal.state, proposal.changed_at = State.DRAFT, at
    proposal.number = _next_number(proposal.article, proposal.language)
    proposal.save()
    record_change("article.take_up", proposal, by=by, at=at)
    return proposal


# --- Within ------------------------------------------------------------------------------------

_NOTHING = Wording("", "", "", (), ())


def _published_before(version: ArticleVersion) -> QuerySet[ArticleVersion]:
    """The other published versions in its language, including scheduled ones, latest first."""
    published = ArticleVersion.objects.filter(
        article=version.article_id, language=version.language, state=State.PUBLISHED
    )
    return published.exclude(pk=version.pk).order_by("-published_from", "-number")


def _base_wording(version: ArticleVersion) -> Wording:
    base = base_of(version)
    return wording.of(base) if base else _NOTHING


def _write(version: ArticleVersion, said: Wording, at: datetime) -> None:
    for name, value in said.fields().items():
        setattr(version, name, value)
    version.changed_at = at


def _publish(
    version: ArticleVersion, start: datetime, *, approved_by: Person | None, note: str, by: Person, at: datetime
) -> ArticleVersion:
    article = version.article
    if version.number < _next_number(article, version.language) - 1:
        version.number = _next_number(article, version.language)  # at equal times the higher number wins
    version.state, version.published_from = State.PUBLISHED, start
    version.decided_by, version.decided_at, version.decision_note = approved_by, at, note
    version.save()
    if article.withdrawn_at is not None:
        end_withdrawal(article, by=by, at=at)
    after = {"number": version.number, "language": version.language, "from": start.isoformat()}
    record_change("article.publish", version, by=by, at=at, after=after, why=version.reason, shown=article)
    _close_tasks(version, _("Udgivet"), by=by, at=at)
    mark_tasks(article.owner, version.created_by)
    _mark_approvers(version, day_of(at))
    return version


def end_withdrawal(article: Article, *, by: Actor, at: datetime) -> None:
    """End the withdrawal. Part of `articles.bring_back` and of publishing, which check the permission."""
    before = {"withdrawn_at": article.withdrawn_at, "because": article.withdrawn_because}
    article.withdrawn_at, article.withdrawn_because = None, ""
    article.save(update_fields=["withdrawn_at", "withdrawn_because"])
    record_change("article.bring_back", article, by=by, at=at, before=before, shown=article)


def _reject(version: ArticleVersion, note: str, *, by: Person, at: datetime) -> None:
    version.state, version.changed_at = State.REJECTED, at
    version.decided_by, version.decided_at, version.decision_note = by, at, note
    version.save()


def _close_tasks(version: ArticleVersion, outcome: str, *, by: Actor, at: datetime) -> None:
    for task in version.tasks.filter(done_at__isnull=True):
        tasks.done(task, outcome=outcome, by=by, at=at)


def _authors(version: ArticleVersion) -> set[str]:
    """Audit ids of all authors of the version."""
    saved = Change.objects.filter(
        target_type=version._meta.label_lower, target_id=str(version.pk), action="article.save"
    )
    began = {version.created_by.audit_id} if version.created_by else set()
    return began | set(saved.values_list("by_id", flat=True))


def _start(version: ArticleVersion, wish: datetime | None, at: datetime) -> datetime:
    """The time of publication: never in the past, nor before a version that is scheduled."""
    if version.article.withdrawn_at is not None and wish is not None and wish > at:
        raise RefusedChange({"publish_from": _("En artikel, der er trukket tilbage, kan kun tages i brug straks.")})
    base = base_of(version)
    waits = base.published_from if base and base.published_from and base.published_from > at else at
    if wish is not None and at < wish < waits:
        text = _("Version %(number)s venter på at gælde fra %(day)s. Tag den tilbage, eller vælg en senere dag.")
        day = waits.astimezone(COPENHAGEN)
        number = base.number if base else 0
        raise RefusedChange({"publish_from": text % {"number": number, "day": f"{day:%d.%m.%Y %H.%M}"}})
    return max(wish or at, waits)


def _refuse_unless(version: ArticleVersion, state: str) -> None:
    if version.state == state:
        return
    if version.state == State.PUBLISHED:
        raise RefusedChange({"": _("Versionen er udgivet og kan ikke ændres. Begynd på en ny.")})
    if version.state == State.IN_REVIEW:
        raise RefusedChange({"": _("Versionen er sendt til godkendelse. Tag den tilbage for at skrive videre.")})
    text = _("Det kan ikke gøres med en version, der er “%(state)s”.")
    raise RefusedChange({"": text % {"state": State(version.state).label}})


def _refuse_incomplete(version: ArticleVersion) -> None:
    said = wording.checked(**wording.of(version).fields())
    if said == _base_wording(version) and version.article.withdrawn_at is None:
        raise RefusedChange({"": _("Der er ikke ændret noget.")})


def _refuse_right(version: ArticleVersion, by: Person, at: datetime) -> None:
    if not access.may(by, Permission.APPROVE_KNOWLEDGE, version.article.unit, day_of(at)):
        unit = version.article.unit.name
        raise RefusedChange({"": _("Du må ikke godkende for %(unit)s.") % {"unit": unit}})


def _refuse_approver(version: ArticleVersion, by: Person, at: datetime) -> None:
    _refuse_right(version, by, at)
    if not may_approve(version, by, on=day_of(at)):
        raise RefusedChange({"": _("Du har selv skrevet i versionen. En anden skal godkende den.")})


def _mark_approvers(version: ArticleVersion, day: date) -> None:
    mark_tasks(*approvers(version.article.unit, day))


def _next_number(article: Article, language: str) -> int:
    most = article.versions.filter(language=language).aggregate(most=Max("number"))["most"]
    return int(most or 0) + 1


def _locked_article(article: Article) -> Article:
    return Article.objects.select_for_update(of=("self",)).select_related("unit", "owner", "service").get(pk=article.pk)


def _locked(version: ArticleVersion) -> ArticleVersion:
    """The version as stored now. Locks its article, so that changes to one article are made one after the other."""
    article = _locked_article(version.article)
    version = ArticleVersion.objects.select_related("created_by").get(pk=version.pk)
    version.article = article
    return version


def _reason(reason: str) -> str:
    return _line(reason, wording.REASON, "reason")


def _note(note: str) -> str:
    return _line(note, 500, "note")


def _line(written: str, most: int, field: str) -> str:
    line = " ".join(written.replace("\x00", "").split())
    if len(line) > most:
        raise RefusedChange({field: _("Skriv højst %(most)s tegn.") % {"most": most}})
    return line
