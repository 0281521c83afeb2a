"""The audit trail in words: its pages show no codes, keys or Python values."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from indgang.audit import trail
from indgang.audit.trail import System
from indgang.office.audit.values import FIELDS, TrailWords
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2] / "indgang"


def lines_of(action: str, before: dict[str, Any], after: dict[str, Any], world: World) -> dict[str, tuple[str, str]]:
    with transaction.atomic():
        change = trail.record(by=System("x"), at=MORNING, action=action, target=world.anna, before=before, after=after)
    return {line.name: (line.before, line.after) for line in TrailWords([change]).lines(change)}


def test_fields_codes_and_days_are_told_in_words(world: World) -> None:
    before = {"unit": "tmf", "valid_from": "2026-03-01", "active": False, "role": "agent", "cases_per_year": 12345}
    after = {"unit": "ctb", "valid_from": "2026-04-01", "active": True, "role": "planner", "cases_per_year": None}
    assert lines_of("x.change", before, after, world) == {
        "Enhed": ("Teknik- og Miljøforvaltningen", "Center for Trafik og Byliv"),
        "Gælder fra": ("1. marts 2026", "1. april 2026"),
        "Slået til": ("nej", "ja"),
        "Rolle": ("Kontaktcentermedarbejder", "Planlægger"),
        "Sager om året": ("12.345", "–"),
    }


def test_weekdays_special_days_skills_and_steps_are_named(world: World) -> None:
    week = lines_of("schedule.change_week", {"0": "9-16"}, {"0": "9-15"}, world)
    assert week == {"Mandag": ("9-16", "9-15")}
    special = lines_of("schedule.set_exception", {"2026-12-24": "9-16"}, {"2026-12-24": "lukket"}, world)
    assert list(special) == ["24. december 2026"]
    skill = world.skills["byggesag"]
    assert list(lines_of("agent.level", {}, {skill.code: 4}, world)) == [skill.name]
    step = {"step alkohol": {"id": "alkohol", "kind": "question", "text": "Skal der serveres alkohol?"}}
    assert lines_of("guide.edit", {}, step, world) == {"Trin": ("–", "Skal der serveres alkohol?")}
    assert list(lines_of("flow.edit", {"koe.max_wait": 300}, {"koe.max_wait": 60}, world)) == [
        "Trin: Længste ventetid (sekunder)"
    ]


def test_a_registration_is_told_by_names(world: World) -> None:
    service, purpose = next(iter(world.services.values())), next(iter(world.purposes.values()))
    question = {"order": 0, "service": service.code, "purpose": purpose.code, "outcome": "resolved"}
    ((_, told),) = lines_of("enquiry.register", {}, {"questions": [question]}, world).values()
    assert service.name in told
    assert purpose.name in told
    assert "Straksafklaret" in told


def test_a_moment_is_told_in_copenhagen(world: World) -> None:
    told = lines_of("disturbance.end", {}, {"ends_at": "2026-07-01 08:30:00+00:00"}, world)
    assert told == {"Slutter": ("–", "1. juli 2026 10:30")}


def test_the_page_shows_no_python(world: World, client: Client) -> None:
    values = {"steps": [{"after": 0, "skills": {}, "also_queues": ["tmf-byggeri"]}], "valid_to": None, "active": True}
    with transaction.atomic():
        trail.record(by=world.finn, at=MORNING, action="queue.change", target=world.anna, before={}, after=values)
    client.force_login(world.finn)
    page = client.get("/office/audit/changes/").content.decode()
    for raw in ("{&#x27;", "[&#x27;", "None", ">True<", "also_queues", "tmf-byggeri"):
        assert raw not in page, raw


def test_every_field_that_the_product_writes_to_the_trail_has_a_word() -> None:
    """The fields are the keys of all dictionaries in the source that become `before` or `after`."""
    missing = {key for path in ROOT.rglob("*.py") for key in _keys(path)} - set(FIELDS)
    assert not missing, sorted(missing)


def _keys(path: Path) -> set[str]:
    if "migrations" in path.parts or ("trail" not in (source := path.read_text()) and "tell(" not in source):
        return set()
    found: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            given = [each.value for each in node.keywords if each.arg in ("before", "after") and _tells(node)]
            found.update(key for each in given for key in _literal_keys(each))
        elif isinstance(node, ast.Assign) and _names(node) & {"_FIELDS", "_MESSAGE_FIELDS"}:
            found.update(ast.literal_eval(node.value))
        elif isinstance(node, ast.Assign) and _names(node) & {"before", "after", "told"}:
            found |= _literal_keys(node.value)
        elif isinstance(node, ast.FunctionDef) and node.name in _DESCRIBING:
            found.update(key for each in ast.walk(node) if isinstance(each, ast.Return) for key in _returned(each))
    return found


#: functions that return the recorded values of an object
_DESCRIBING = {"_values", "_facts", "described", "_plain", "_entry_values", "_told"}


def _names(node: ast.Assign) -> set[str]:
    return {name.id for name in node.targets if isinstance(name, ast.Name)}


def _returned(node: ast.Return) -> set[str]:
    return _literal_keys(node.value) if node.value is not None else set()


def _tells(call: ast.Call) -> bool:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    return name in ("record", "tell", "_note")


def _literal_keys(value: ast.expr) -> set[str]:
    if not isinstance(value, ast.Dict):
        return set()
    return {key.value for key in value.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}


@pytest.mark.parametrize("label", ["catalogue.Unit", "catalogue.ContactCentre", "catalogue.Service",
    "catalogue.Purpose", "catalogue.LocalPurpose", "catalogue.Schedule", "catalogue.DirectoryEntry", "entry.Queue",
    "entry.QueueMessage", "entry.EntryPoint", "entry.FormerNumber", "entry.Disturbance",
    "knowledge.Article", "knowledge.News"])  # fmt: skip
def test_every_field_of_what_the_office_edits_has_a_word(label: str) -> None:
    from django.apps import apps

    own = {"id", "revision", "revisions", "created_at", "changed_at", "updated_at"}
    fields = {field.name for field in apps.get_model(label)._meta.get_fields() if getattr(field, "editable", False)}
    unknown = fields - set(FIELDS) - own - _INNER
    assert not unknown, sorted(unknown)


#: fields that only actions set, and which no recorded change contains
_INNER = {"closed_at", "closed_by", "started_by", "ended_by", "reminded_on", "withdrawn_because", "sent_at",
          "written_by", "weekly", "slug", "services"}  # fmt: skip
