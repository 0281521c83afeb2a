"""One embedded PostgreSQL for the whole run; `world` is the small municipality for whoever wants it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")


def pytest_configure(config: pytest.Config) -> None:
    from indgang.config import embedded

    embedded.start(Path(__file__).resolve().parents[1] / "var" / "test-postgres")
