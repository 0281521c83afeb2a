from __future__ import annotations

import pytest

from tests.world import World, build


@pytest.fixture
def transactional_world(transactional_db: None) -> World:
    """The small municipality for tests with several threads, which must see each other's commits."""
    return build()
