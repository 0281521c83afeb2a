"""One embedded PostgreSQL for the whole run; `world` is the small municipality for whoever wants it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.world import World

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")


def pytest_configure(config: pytest.Config) -> None:
    from indgang.config import embedded

    embedded.start(Path(__file__).resolve().parents[1] / "var" / "test-postgres")


@pytest.fixture
def world(db: None) -> World:
    """The small municipality (tests/world.py)."""
    from tests.world import build

    return build()
