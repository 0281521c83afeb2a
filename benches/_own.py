"""A separate installation for a bench that runs the product's processes.

It has its own folder, PostgreSQL and tables, which are removed at the end.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def product(name: str) -> Iterator[Path]:
    """The folder of the installation, with Django set up on an empty database. Import no models before this."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "indgang.config.settings")
    os.environ.setdefault("INDGANG_SECRET_KEY", secrets.token_urlsafe(50))
    from indgang.config import embedded

    with tempfile.TemporaryDirectory(prefix="indgang-bench-", ignore_cleanup_errors=True) as folder:
        embedded.start(Path(folder) / "postgres", f"bench_{name}")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0)
        try:
            yield Path(folder)
        finally:
            # a server whose folder is gone cannot be told to stop, and would stay
            connections.close_all()
            embedded.leave()


def analyse() -> None:
    """Run ANALYZE, as autovacuum does in a long-lived database; only the owner of the tables may."""
    from django.db import connection

    from indgang.config import database_roles

    with database_roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def vacuum(*tables: str) -> None:
    """What autovacuum does in a long-lived database: indexes answer alone for pages that are known to be visible. Only
    the owner of a table may; for others PostgreSQL leaves it out without an error."""
    from django.db import connection

    from indgang.config import database_roles

    with database_roles.as_owner(), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"VACUUM (ANALYZE) {table}")


def checkpoint() -> None:
    """Write what was filled to the disk now. Only the owner of the server may."""
    from django.db import connection

    from indgang.config import database_roles

    with database_roles.as_owner(), connection.cursor() as cursor:
        cursor.execute("CHECKPOINT")


def collect_static() -> None:
    """The front-end files as the web process serves them."""
    from django.core.management import call_command

    call_command("collectstatic", interactive=False, verbosity=0)


def settle() -> None:
    """Make garbage collection as rare as in the web process."""
    from indgang.config import garbage

    garbage.settle()
