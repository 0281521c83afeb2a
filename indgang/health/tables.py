"""Which version the tables of the database have, compared with this program's."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from django.db.migrations.loader import MigrationLoader

#: a migration: its app and its name
Migration = tuple[str, str]


@cache
def newest() -> frozenset[Migration]:
    """The newest migration of each app."""
    return frozenset(_loader().graph.leaf_nodes())


def foreign(applied: Iterable[Migration]) -> list[str]:
    """The applied migrations of our apps that this version does not know, sorted: a newer version has applied them."""
    known = _known()
    apps = {app for app, _name in known}
    return sorted(f"{app}.{name}" for app, name in applied if app in apps and (app, name) not in known)


@cache
def _known() -> frozenset[Migration]:
    loader = _loader()
    replaced = {each for squashed in loader.replacements.values() for each in squashed.replaces}
    return frozenset(loader.graph.nodes) | replaced


@cache
def _loader() -> MigrationLoader:
    return MigrationLoader(None)
