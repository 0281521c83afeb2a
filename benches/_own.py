"""A product of its own for a bench that runs the product's processes: folder, PostgreSQL, tables; gone afterwards."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def product(name: str) -> Iterator[Path]:
    """Its folder, with Django set up on an empty database. Nothing with models may be imported before."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")
    os.environ.setdefault("INDGANG_SECRET_KEY", secrets.token_urlsafe(50))
    from indgang.config import embedded

    with tempfile.TemporaryDirectory(prefix="indgang-bench-", ignore_cleanup_errors=True) as folder:
        embedded.start(Path(folder) / "postgres", f"bench_{name}")
        import django

        django.setup()
        from django.core.management import call_command

        call_command("migrate", verbosity=0)
        yield Path(folder)


def analyse() -> None:
    """What autovacuum does in a database that lives longer than a bench; the tables' owner alone may."""
    from django.db import connection

    from indgang.config import database_roles

    with database_roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def collect_static() -> None:
    """The front-end files as the web process serves them."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def settle() -> None:
    """Look for garbage as seldom as the web process does."""
    from indgang.config import garbage

    garbage.settle()
