"""Versions of guides: one draft, two editors at a time, conditions for publication, readers, and files."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from indgang.audit.models import Change
from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.knowledge import guide_versions, guides
from indgang.knowledge.models import Guide, SearchDocument
from tests.office.knowledge import house
from tests.world import MORNING, World

LATER = MORNING + timedelta(minutes=1)


@pytest.fixture
def guide(world: World) -> Guide:
    return house.guide(world)


def test_a_draft_begins_as_what_is_in_force_and_is_opened_once(guide: Guide, world: World) -> None:
    first = guide_versions.draft(guide, by=world.ida, at=LATER)
    again = guide_versions.draft(guide, by=world.finn, at=LATER)
    current = guide_versions.in_force(guide, "da", LATER)
    assert current is not None
    assert (first.pk, first.number, first.definition) == (again.pk, 2, current.definition)
    english = guide_versions.draft(guide, language="en", by=world.ida, at=LATER)
    assert english.definition == current.definition


def test_a_published_version_never_changes(guide: Guide, world: World) -> None:
    published = guide.versions.get()
    with pytest.raises(RefusedChange):
        guide_versions.save(
            published, definition={"title": "x", "start": ""}, revision=published.revision, by=world.ida, at=LATER
        )


def test_the_second_save_of_one_revision_is_refused_and_nothing_is_written(guide: Guide, world: World) -> None:
    draft = guide_versions.draft(guide, by=world.ida, at=LATER)
    known = draft.revision
    mine, theirs = ({**draft.definition, "title": title} for title in ("B", "A"))
    guide_versions.save(draft, definition=theirs, revision=known, by=world.ida, at=LATER)
    with pytest.raises(EditedMeanwhile) as refused:
        guide_versions.save(draft, definition=mine, revision=known, by=world.finn, at=LATER)
    assert refused.value.theirs.title == "A"
    assert Change.objects.filter(action="guide.edit").latest("at").after == {"title": "A"}


def test_a_guide_leads_only_to_articles_that_its_readers_may_read(world: World) -> None:
    vera = house.web_editor(world)
    house.article(world, vera, audience="staff")
    guide = house.guide(world)
    draft = guide_versions.draft(guide, by=world.ida, at=LATER)
    steps = [dict(step) for step in draft.definition["steps"]]
    steps[1]["articles"] = ["borde-paa-fortovet"]
    linked = {**draft.definition, "steps": steps}
    draft = guide_versions.save(draft, definition=linked, revision=draft.revision, by=vera, at=LATER)
    with pytest.raises(guide_versions.HasProblems) as refused:
        guide_versions.publish(draft, revision=draft.revision, by=vera, at=LATER)
    assert [(each.step, each.code) for each in refused.value.problems] == [("soeg", guides.FaultCode.MISSING_ARTICLE)]
    staff = guide_versions.describe(
        guide, unit=guide.unit, owner=None, service=None, audience="staff", by=vera, at=LATER
    )
    guide_versions.publish(draft, revision=draft.revision, by=vera, at=LATER)
    # the audience cannot grow beyond that of an article to which the guide links
    with pytest.raises(guide_versions.HasProblems):
        guide_versions.describe(
            staff, unit=guide.unit, owner=None, service=None, audience="everyone", by=vera, at=LATER
        )
    staff.refresh_from_db()
    assert staff.audience == "staff"


def test_only_who_approves_changes_who_reads_a_published_guide(guide: Guide, world: World) -> None:
    vera = house.web_editor(world)
    facts: Any = {"unit": guide.unit, "owner": None, "service": None}
    with pytest.raises(RefusedChange) as refused:
        guide_versions.describe(guide, **facts, audience="staff", by=world.ida, at=LATER)
    assert set(refused.value.reasons) == {"audience"}
    assert guide_versions.describe(guide, **facts, audience="staff", by=vera, at=LATER).audience == "staff"


def test_who_may_walk_it(guide: Guide, world: World) -> None:
    def readers() -> list[bool]:
        people = (None, world.ukendt, world.anna, world.otto, world.finn)
        return [guide_versions.readable_by(person, at=LATER).filter(pk=guide.pk).exists() for person in people]

    assert readers() == [True, True, True, True, True]
    Guide.objects.update(audience="staff")
    assert readers() == [False, False, True, True, True]
    Guide.objects.update(audience="unit")
    # Anna belongs to a unit above, Otto to another administration
    assert readers() == [False, False, True, False, True]
    guide_versions.withdraw(guide, because="Ny lov", by=world.finn, at=LATER)
    assert readers() == [False] * 5


def test_a_file_is_taken_in_once_and_again_only_when_it_changed(world: World) -> None:
    tree = guides.Tree(guides.parse(house.TREE), unit="ctb-byliv")
    facts: dict[str, Any] = {"unit": world.units["ctb-byliv"], "service": None, "by": world.finn, "at": LATER}
    assert guide_versions.import_tree("borde", tree, **facts) == "created"
    assert guide_versions.import_tree("borde", tree, **facts) == "unchanged"
    changed = replace(tree, guide=replace(tree.guide, title="Borde ude"))
    assert guide_versions.import_tree("borde", changed, **facts) == "changed"
    guide = Guide.objects.get(slug="borde")
    current = guide_versions.in_force(guide, "da", LATER)
    assert current is not None
    assert (current.number, current.title) == (2, "Borde ude")
    assert guide_versions.tree_of(current) == changed
    assert SearchDocument.objects.get(kind="guide", key="borde").title == "Borde ude"
    guide_versions.draft(guide, by=world.ida, at=LATER)
    with pytest.raises(RefusedChange):
        guide_versions.import_tree("borde", tree, **facts)
    broken = replace(tree, guide=replace(tree.guide, start="væk"))
    with pytest.raises(guide_versions.HasProblems):
        guide_versions.import_tree("andet", broken, **facts)
    assert not Guide.objects.filter(slug="andet").exists()
