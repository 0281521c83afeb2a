"""The versions of a guide. Each language has at most one draft, which may change, and published versions, which never
do.

The version in force is the published one with the highest number. The draft's `revision` detects concurrent edits: a
save on top of somebody else's change is refused, and the page shows that change.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indgang.accounts import access
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.audit import trail
from indgang.catalogue import collisions
from indgang.catalogue.models import Service, Unit
from indgang.core.clock import day_of
from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.knowledge import articles, guides
from indgang.knowledge.changes import mark_tasks
from indgang.knowledge.guides import FaultCode, GuideFault
from indgang.knowledge.models import ArticleVersion, Audience, Guide, GuideVersion, Language
from indgang.knowledge.responsible import approvers, paths_above
from indgang.knowledge.search import index
from indgang.live import stale


class HasProblems(Exception):
    """The guide may not be published, because a reader would get stuck in it."""

    def __init__(self, problems: list[GuideFault]) -> None:
        super().__init__("; ".join(f"{each.step}: {each.text}" for each in problems))
        self.problems = problems


_SENTENCES: Mapping[FaultCode, str | Promise] = {
    FaultCode.NO_TITLE: _("Vejviseren har ingen overskrift."),
    FaultCode.NO_STEPS: _("Vejviseren har ingen trin."),
    FaultCode.UNKNOWN_START: _("Vejviseren begynder i “%(detail)s”, som ikke findes."),
    FaultCode.UNKNOWN_TARGET: _("Fører til “%(detail)s”, som ikke findes."),
    FaultCode.NO_TARGET: _("Svaret “%(detail)s” fører ingen steder hen."),
    FaultCode.DEAD_END: _("Blindgyde: spørgsmålet har ingen svar."),
    FaultCode.LOOP: _("Går i ring: %(detail)s."),
    FaultCode.UNREACHABLE: _("Ingen vej fører hertil."),
    FaultCode.EMPTY_TEXT: _("Trinnet har ingen tekst."),
    FaultCode.EMPTY_ANSWER: _("Svar nummer %(detail)s har ingen tekst."),
    FaultCode.NO_ITEMS: _("Der står intet på tjeklisten."),
    FaultCode.EMPTY_ITEM: _("Punkt nummer %(detail)s er tomt."),
    FaultCode.SAME_ANSWER: _("Svaret “%(detail)s” står der to gange."),
    FaultCode.MISSING_ARTICLE: _("Artiklen “%(detail)s” findes ikke, eller læserne må ikke se den."),
}


def sentence(problem: GuideFault) -> str:
    """The problem as a sentence in the reader's language."""
    return str(_SENTENCES[problem.code]) % {"detail": problem.detail}


# --- Reading -----------------------------------------------------------------------------------


def readable_by(person: Person | None, *, at: datetime) -> QuerySet[Guide]:
    """Guides with a version in force that the person (None: the public) may use."""
    published = GuideVersion.objects.filter(published_at__lte=at).values("guide")
    found = Guide.objects.filter(pk__in=published).exclude(withdrawn_at__lte=at).select_related("unit", "service")
    return found.filter(articles.audience_of(person, at=at))


def in_force(guide: Guide, language: str, at: datetime) -> GuideVersion | None:
    """The version in force in the language, else in Danish; None when nothing is published or the guide is
    withdrawn."""
    return in_force_of([guide], language, at).get(guide.pk)


def in_force_of(those: Iterable[Guide], language: str, at: datetime) -> dict[int, GuideVersion]:
    """The version in force of each guide by the guide's id, as `in_force` gives it, in one query; others are left
    out."""
    used = {each.pk: each for each in those if each.withdrawn_at is None or each.withdrawn_at > at}
    published = GuideVersion.objects.filter(
        guide__in=list(used), language__in={language, Language.DANISH.value}, published_at__lte=at
    )
    found: dict[int, GuideVersion] = {}
    for version in published.order_by("guide_id", "language", "-number").distinct("guide_id", "language"):
        if version.guide_id not in found or version.language == language:
            version.guide = used[version.guide_id]
            found[version.guide_id] = version
    return found


def draft_of(guide: Guide, language: str) -> GuideVersion | None:
    return guide.versions.filter(language=language, published_at__isnull=True).first()


def problems(version: GuideVersion, *, at: datetime) -> list[GuideFault]:
    """The problems that prevent publication of the version. Raises GuideError when it cannot be read."""
    return guides.problems(guides.parse(version.definition), referable(version.guide, at=at))


def referable(guide: Guide, *, at: datetime) -> set[str]:
    """Slugs of the articles that every reader of the guide may read."""
    versions = ArticleVersion.objects.in_force(at)
    if guide.audience == Audience.EVERYONE:
        versions = versions.filter(article__audience=Audience.EVERYONE)
    elif guide.audience == Audience.STAFF:
        versions = versions.exclude(article__audience=Audience.UNIT)
    else:
        # readers of a unit's guide belong to the unit, and may read what is for the units above it
        above = paths_above(guide.unit.path)
        versions = versions.filter(~Q(article__audience=Audience.UNIT) | Q(article__unit__path__in=above))
    return set(versions.values_list("article__slug", flat=True))


# --- Changing ----------------------------------------------------------------------------------


@transaction.atomic
def create(
    *, slug: str, title: str, unit: Unit, owner: Person | None = None, service: Service | None = None,
    audience: str = Audience.EVERYONE, language: str = Language.DANISH, by: trail.Actor, at: datetime,
) -> GuideVersion:  # fmt: skip
    """Create a guide with a draft that has no steps. Raises RefusedChange when the slug is taken."""
    if not slug or Guide.objects.filter(slug=slug).exists():
        raise RefusedChange({"slug": _("Der findes allerede en vejviser med den adresse.")})
    taken = {"knowledge_guide_slug_key": ("slug", _("Der findes allerede en vejviser med den adresse."))}
    with collisions.refused_in_words(RefusedChange, taken):
        guide = Guide.objects.create(slug=slug, unit=unit, owner=owner, service=service, audience=audience)
    definition = guides.dump(guides.GuideTree(title=title, start=""))
    made = _new_version(guide, language, title, definition, by=by, at=at)
    trail.record(by=by, at=at, action="guide.create", target=guide, after=_facts(guide))
    return made


@transaction.atomic
def describe(
    guide: Guide, *, unit: Unit, owner: Person | None, service: Service | None, audience: str,
    by: trail.Actor, at: datetime,
) -> Guide:  # fmt: skip
    """Change the facts about a guide. Raises HasProblems when its new readers could not read the articles it links to.

    Only a person who may publish a guide may change the audience of a published one: otherwise RefusedChange by
    "audience".
    """
    guide = Guide.objects.select_for_update(of=("self",)).select_related("unit").get(pk=guide.pk)
    before = _facts(guide)
    changed_audience = audience != guide.audience or (unit != guide.unit and audience == Audience.UNIT)
    if changed_audience and isinstance(by, Person):
        _refuse_audience(guide, unit, by, at)
    guide.unit, guide.owner, guide.service, guide.audience = unit, owner, service, audience
    if before == _facts(guide):
        return guide
    guide.save(update_fields=["unit", "owner", "service", "audience"])
    for version in _all_in_force(guide, at):
        _refuse_problems(version, at)
    trail.record(by=by, at=at, action="guide.change", target=guide, before=before, after=_facts(guide))
    refresh(guide, at=at)
    return guide


def _refuse_audience(guide: Guide, unit: Unit, by: Person, at: datetime) -> None:
    day = day_of(at)
    allowed = all(access.may(by, Permission.APPROVE_KNOWLEDGE, each, day) for each in (guide.unit, unit))
    if not allowed and guide.versions.filter(published_at__isnull=False).exists():
        raise RefusedChange({"audience": _("Kun den, der godkender, kan ændre, hvem der må læse en udgivet vejviser.")})


@transaction.atomic
def draft(guide: Guide, *, language: str = Language.DANISH, by: trail.Actor, at: datetime) -> GuideVersion:
    """The open draft in the language; a new one starts from the last published version, else from the Danish guide.

    A withdrawn guide can have a draft too, because its problems may have to be corrected before it can be brought back.
    """
    Guide.objects.select_for_update().get(pk=guide.pk)
    opened = draft_of(guide, language)
    if opened is not None:
        return opened
    published = (_published(guide, each, at) for each in (language, Language.DANISH))
    source = next(filter(None, published), None) or draft_of(guide, Language.DANISH)
    if source is None:
        raise RefusedChange({"": _("Vejviseren har ingen version at begynde på.")})
    version = _new_version(guide, language, source.title, source.definition, by=by, at=at)
    trail.record(by=by, at=at, action="guide.draft", target=version, after={"from": source.number})
    return version


@transaction.atomic
def save(
    version: GuideVersion, *, definition: Mapping[str, Any], revision: int, by: trail.Actor, at: datetime
) -> GuideVersion:
    """Replace the content of the draft if it still has this `revision`. The title comes from the definition.

    Raises EditedMeanwhile, RefusedChange when the version is published, and GuideError when the definition cannot be
    read.
    """
    version = _locked_draft(version, revision)
    parsed = guides.parse(definition)
    written = guides.dump(parsed)
    if written == version.definition:
        return version
    before = version.definition
    version.definition, version.title = written, parsed.title[:200]
    version.revision = _next_revision(version.guide)
    # a changed draft is no longer the text that was submitted for approval
    version.changed_at, version.submitted_at, version.submitted_by = at, None, None
    version.save(update_fields=["definition", "title", "revision", "changed_at", "submitted_at", "submitted_by"])
    changed = _changed_steps(before, written)
    trail.record(
        by=by, at=at, action="guide.edit", target=version,
        before={name: pair[0] for name, pair in changed.items()},
        after={name: pair[1] for name, pair in changed.items()},
    )  # fmt: skip
    return version


@transaction.atomic
def publish(version: GuideVersion, *, revision: int, by: trail.Actor, at: datetime) -> GuideVersion:
    """Publish the draft at once. Raises HasProblems, EditedMeanwhile, and RefusedChange when it is published
    already."""
    version = _locked_draft(version, revision)
    _refuse_problems(version, at)
    before = _published(version.guide, version.language, at)
    version.published_at, version.published_by = at, by if isinstance(by, Person) else None
    version.save(update_fields=["published_at", "published_by"])
    trail.record(
        by=by, at=at, action="guide.publish", target=version,
        before={"version": before.number if before else None}, after={"version": version.number},
    )  # fmt: skip
    refresh(version.guide, at=at)
    mark_tasks(version.created_by)
    _mark_approvers(version, at)
    return version


@transaction.atomic
def submit(version: GuideVersion, *, revision: int, by: Person, at: datetime) -> GuideVersion:
    """Submit the draft for approval. Raises HasProblems, EditedMeanwhile, and RefusedChange when it is in review
    already."""
    version = _locked_draft(version, revision)
    if version.submitted_at is not None:
        raise RefusedChange({"": _("Kladden er allerede sendt til godkendelse.")})
    _refuse_problems(version, at)
    version.submitted_at, version.submitted_by, version.returned_note = at, by, ""
    version.save(update_fields=["submitted_at", "submitted_by", "returned_note"])
    trail.record(by=by, at=at, action="guide.submit", target=version)
    _mark_approvers(version, at)
    return version


@transaction.atomic
def send_back(version: GuideVersion, *, revision: int, note: str, by: Person, at: datetime) -> GuideVersion:
    """Return the draft to its author with a note. Raises EditedMeanwhile, and RefusedChange by field."""
    version = _locked_draft(version, revision)
    if not note.strip():
        raise RefusedChange({"note": _("Skriv, hvad der skal til.")})
    if version.submitted_at is None:
        raise RefusedChange({"": _("Kladden venter ikke længere på godkendelse.")})
    writer = version.submitted_by
    version.submitted_at, version.submitted_by, version.returned_note = None, None, note.strip()[:1000]
    version.save(update_fields=["submitted_at", "submitted_by", "returned_note"])
    trail.record(by=by, at=at, action="guide.reject", target=version, why=note.strip())
    mark_tasks(writer, version.created_by)
    _mark_approvers(version, at)
    return version


def _mark_approvers(version: GuideVersion, at: datetime) -> None:
    mark_tasks(*approvers(version.guide.unit, day_of(at)))


@transaction.atomic
def discard(version: GuideVersion, *, revision: int, by: trail.Actor, at: datetime) -> None:
    """Delete the draft. Raises EditedMeanwhile, and RefusedChange when the guide has no other version."""
    version = _locked_draft(version, revision)
    if not version.guide.versions.exclude(pk=version.pk).exists():
        raise RefusedChange({"": _("Kladden er vejviserens eneste version.")})
    trail.record(by=by, at=at, action="guide.discard", target=version, before={"definition": version.definition})
    version.delete()


@transaction.atomic
def withdraw(guide: Guide, *, because: str, by: trail.Actor, at: datetime) -> None:
    """Withdraw the guide from its readers. Its versions are kept."""
    _set_withdrawn(guide, at, "guide.withdraw", because, by=by, at=at)


@transaction.atomic
def bring_back(guide: Guide, *, by: trail.Actor, at: datetime) -> None:
    """Put a withdrawn guide back in force. Raises HasProblems, since articles that it links to may be withdrawn by
    now."""
    _set_withdrawn(guide, None, "guide.bring_back", "", by=by, at=at)
    for version in _all_in_force(guide, at):
        _refuse_problems(version, at)


# --- Files -------------------------------------------------------------------------------------


@transaction.atomic
def import_tree(
    slug: str, tree: guides.Tree, *, unit: Unit, service: Service | None, by: trail.Actor, at: datetime
) -> str:
    """Write the guide `slug` from a file, and publish it: returns "created", "changed" or "unchanged".

    Raises HasProblems, and RefusedChange when the guide has an open draft, so that nobody's work is overwritten.
    """
    guide = Guide.objects.filter(slug=slug).first()
    if guide is None:
        version = create(
            slug=slug, title=tree.guide.title, unit=unit, service=service, audience=tree.audience,
            language=tree.language, by=by, at=at,
        )  # fmt: skip
        _take_over(version, tree, by=by, at=at)
        return "created"
    before = _facts(guide)
    guide = describe(guide, unit=unit, owner=guide.owner, service=service, audience=tree.audience, by=by, at=at)
    current = _published(guide, tree.language, at)
    if current is not None and current.definition == guides.dump(tree.guide):
        return "unchanged" if before == _facts(guide) else "changed"
    if draft_of(guide, tree.language):
        raise RefusedChange({"": _("Nogen skriver på en kladde af vejviseren. Udgiv eller slet den først.")})
    _take_over(_new_version(guide, tree.language, tree.guide.title, {}, by=by, at=at), tree, by=by, at=at)
    return "changed"


def tree_of(version: GuideVersion) -> guides.Tree:
    """The content of a file for this version."""
    guide = version.guide
    return guides.Tree(
        guide=guides.parse(version.definition),
        service=guide.service.code if guide.service else "",
        unit=guide.unit.code,
        audience=guide.audience,
        language=version.language,
    )


# --- Within ------------------------------------------------------------------------------------


def refresh(guide: Guide, *, at: datetime) -> None:
    """Update the search index with the versions in force, and remove what is no longer in force."""
    stale.mark("all/knowledge")
    entries = [search_entry(version, at=at) for version in _all_in_force(guide, at)]
    index.replace("guide", guide.slug, entries)


def search_entry(version: GuideVersion, *, at: datetime) -> index.IndexEntry:
    """The search entry of a version in force."""
    guide, tree = version.guide, guides.parse(version.definition)
    questions = [step.text for step in tree.steps if isinstance(step, guides.QuestionStep)]
    rest = [step.text for step in tree.steps if not isinstance(step, guides.QuestionStep)]
    rest += [item for step in tree.steps if isinstance(step, guides.ChecklistStep) for item in step.items]
    return index.IndexEntry(
        kind="guide", key=guide.slug, language=version.language, audience=guide.audience,
        unit_path=guide.unit.path, service=guide.service, title=version.title, text=tree.intro,
        fields={"A": version.title, "B": tree.intro, "C": "\n".join(questions), "D": "\n".join(rest)},
        shown_from=version.published_at or at, shown_until=None, updated_at=version.published_at or at,
    )  # fmt: skip


def _take_over(version: GuideVersion, tree: guides.Tree, *, by: trail.Actor, at: datetime) -> None:
    version = save(version, definition=guides.dump(tree.guide), revision=version.revision, by=by, at=at)
    publish(version, revision=version.revision, by=by, at=at)


def _new_version(
    guide: Guide, language: str, title: str, definition: Mapping[str, Any], *, by: trail.Actor, at: datetime
) -> GuideVersion:
    number = int(guide.versions.filter(language=language).aggregate(most=Max("number"))["most"] or 0) + 1
    return guide.versions.create(
        language=language, number=number, title=title[:200], definition=dict(definition),
        created_by=by if isinstance(by, Person) else None, created_at=at, changed_at=at,
        revision=_next_revision(guide),
    )  # fmt: skip


def _next_revision(guide: Guide) -> int:
    """A revision that no other draft of the guide has had, so a form of a deleted draft cannot overwrite another
    draft."""
    locked = Guide.objects.select_for_update().get(pk=guide.pk)
    locked.revisions += 1
    locked.save(update_fields=["revisions"])
    return locked.revisions


def _locked_draft(version: GuideVersion, revision: int) -> GuideVersion:
    locked = GuideVersion.objects.select_for_update(of=("self",)).select_related("guide__unit", "guide__service")
    found = locked.filter(pk=version.pk).first()
    if found is None:
        raise RefusedChange({"": _("Kladden er slettet af en anden. Begynd på en ny.")})
    if found.published_at is not None:
        raise RefusedChange({"": _("Versionen er udgivet og kan ikke ændres. Begynd på en ny kladde.")})
    if found.revision != revision:
        raise EditedMeanwhile(found)
    return found


def _refuse_problems(version: GuideVersion, at: datetime) -> None:
    wrong = problems(version, at=at)
    if wrong:
        raise HasProblems(wrong)


def _published(guide: Guide, language: str, at: datetime) -> GuideVersion | None:
    return guide.versions.filter(language=language, published_at__lte=at).order_by("-number").first()


def _all_in_force(guide: Guide, at: datetime) -> list[GuideVersion]:
    """The versions in force, one for each language that has its own."""
    if guide.withdrawn_at is not None and guide.withdrawn_at <= at:
        return []
    found = (_published(guide, language, at) for language in Language.values)
    return [version for version in found if version is not None]


def _set_withdrawn(
    guide: Guide, when: datetime | None, action: str, because: str, *, by: trail.Actor, at: datetime
) -> None:
    guide.refresh_from_db(from_queryset=Guide.objects.select_for_update())
    if (guide.withdrawn_at is None) == (when is None):
        return
    before, guide.withdrawn_at = guide.withdrawn_at, when
    guide.save(update_fields=["withdrawn_at"])
    trail.record(
        by=by, at=at, action=action, target=guide, why=because.strip(),
        before={"withdrawn_at": before and before.isoformat()}, after={"withdrawn_at": when and when.isoformat()},
    )  # fmt: skip
    refresh(guide, at=at)


def _facts(guide: Guide) -> dict[str, Any]:
    return {
        "unit": guide.unit.code,
        "owner": guide.owner.audit_label if guide.owner else None,
        "service": guide.service.code if guide.service else None,
        "audience": guide.audience,
    }


def _changed_steps(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The differences by name: the guide's own fields, and steps by id (None where a step did not exist)."""
    old = {step["id"]: step for step in before.get("steps", [])}
    new = {step["id"]: step for step in after.get("steps", [])}
    pairs = {name: (before.get(name), after.get(name)) for name in ("title", "intro", "start")}
    steps = [*new, *(step for step in old if step not in new)]
    pairs |= {f"step {step}": (old.get(step), new.get(step)) for step in steps}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
