"""The articles of the test municipality match its description."""

from __future__ import annotations

from indgang.knowledge import articles, guide_versions, reviews
from tests.knowledge_world import KnowledgeWorld
from tests.world import MORNING


def test_each_kind_of_article_is_there_once(knowledge_world: KnowledgeWorld) -> None:
    world = knowledge_world.world
    public = {each.slug for each in articles.readable_by(None, at=MORNING)}
    assert public == {"altan", "gravning", "arrangement", "refusion"}
    assert {each.slug for each in articles.readable_by(world.otto, at=MORNING)} - public == {"intern"}
    assert {each.slug for each in articles.readable_by(world.david, at=MORNING)} - public == {"intern", "byliv"}
    assert [each.slug for each in reviews.due(MORNING.date())] == ["arrangement"]
    english = articles.version_for(knowledge_world.articles["altan"], language="en", at=MORNING)
    assert english is not None
    assert english.language == "en"
    assert knowledge_world.articles["altan"].owner == world.ida
    assert guide_versions.in_force(knowledge_world.guide, "da", MORNING) is not None
