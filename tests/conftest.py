"""One embedded PostgreSQL for the whole run; `world` is the small municipality for whoever wants it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.knowledge_world import KnowledgeWorld
    from tests.world import World

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")

_UNMANAGED = (
    "enquiries_event", "audit_change", "audit_look", "procrastinate_jobs", "procrastinate_events",
    "procrastinate_periodic_defers", "procrastinate_workers",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    from indgang.config import embedded

    embedded.start(Path(__file__).resolve().parents[1] / "var" / "test-postgres")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What drives an exchange or a browser stays in one of the processes that run the tests, one after another."""
    for item in items:
        alone = item.get_closest_marker("exchange") or "tests/browser/" in item.path.as_posix()
        if alone and not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group("telephone"))


@pytest.fixture
def world(db: None) -> World:
    """The small municipality (tests/world.py)."""
    from tests.world import build

    return build()


@pytest.fixture
def knowledge_world(world: World) -> KnowledgeWorld:
    """The small municipality with articles and a guide (tests/knowledge_world.py)."""
    from tests.knowledge_world import build

    return build(world)


@pytest.fixture(autouse=True)
def _events_do_not_outlive_their_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """Django empties the tables it manages after a test with real transactions; events and jobs it does not."""
    marker = request.node.get_closest_marker("django_db")
    if not (marker and marker.kwargs.get("transaction")):
        yield
        return
    request.getfixturevalue("transactional_db")
    yield
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(_UNMANAGED)}")


@pytest.fixture(autouse=True)
def nobody_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests change people behind the product's back; it asks the database who they are every time."""
    from indgang.accounts import recognition

    monkeypatch.setattr(recognition, "SECONDS", 0.0)
