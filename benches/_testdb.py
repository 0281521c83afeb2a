"""Django set up on the embedded test server, for benches that need a database of their own.

Import it before anything that has models: `from benches import _testdb`.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
from django.test.runner import DiscoverRunner

os.environ["DJANGO_SETTINGS_MODULE"] = "indgang.config.settings"
os.environ["TEST_DB_SUFFIX"] = f"bench_{os.getpid()}"
os.environ["INDGANG_DESK_PHONES_AT"] = "127.0.0.1"
os.environ.setdefault("INDGANG_SECRET_KEY", secrets.token_urlsafe(50))


def _set_up() -> None:
    from indgang.config import embedded

    embedded.start(Path(__file__).resolve().parents[1] / "var" / "test-postgres", as_owner=True)
    django.setup()


_set_up()


@contextmanager
def database() -> Iterator[None]:
    """An empty database with all tables, deleted at the end."""
    runner = DiscoverRunner(verbosity=0, interactive=False)
    kept = runner.setup_databases()
    try:
        yield
    finally:
        runner.teardown_databases(kept)
