"""States that earlier releases stored are read under their present names."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.db import connection

from indgang.entry.models import AgentState, Presence, PresenceEvent
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def test_who_was_away_when_the_release_changed_is_not_responding(world: World) -> None:
    migration = import_module("indgang.entry.migrations.0017_standard_words")
    Presence.objects.update_or_create(person=world.anna, defaults={"state": "away", "since": MORNING})
    PresenceEvent.objects.create(person=world.anna, at=MORNING, state="away")
    with connection.cursor() as cursor:
        for statement in migration.renamed("away", "not_responding"):
            cursor.execute(statement)
    assert Presence.objects.get(person=world.anna).state == AgentState.NOT_RESPONDING
    assert PresenceEvent.objects.get().state == AgentState.NOT_RESPONDING
