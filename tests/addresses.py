"""Every URL of the product, with its parameters filled in from the small municipality."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLResolver, get_resolver

from tests.knowledge_world import KnowledgeWorld

#: URLs that end a session, or wait for a process that the tests do not run
_LEFT_OUT = {"sign-out", "sign-out-everywhere"}


@dataclass(frozen=True)
class Place:
    """A URL with the values of its parameters."""

    name: str
    path: str
    view: Any


def patterns(of: Any, path: str = "", space: str = "") -> Iterator[tuple[str, str, Any, dict[str, Any]]]:
    for each in of:
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            yield from patterns(each.url_patterns, path + str(each.pattern), inner)
        else:
            yield path + str(each.pattern), f"{space}{each.name}", each.callback, each.pattern.converters


def places(world: KnowledgeWorld) -> list[Place]:
    """Every URL, with existing objects as parameters where the world has them."""
    known = _known(world)
    found = []
    for pattern, name, view, converters in patterns(get_resolver().url_patterns):
        if name.rpartition(":")[2] in _LEFT_OUT:
            continue
        path = pattern
        for part, converter in converters.items():
            kind = type(converter).__name__.removesuffix("Converter").lower()
            value = _value(pattern, part, kind, known)
            for written in (f"<{kind}:{part}>", f"<{part}>"):
                path = path.replace(written, value)
        found.append(Place(name, f"/{path}", view))
    return found


def _known(world: KnowledgeWorld) -> dict[str, str]:
    from indgang.catalogue.models import DirectoryEntry, Schedule
    from indgang.entry.models import EntryPoint, Flow, Prompt, QueueMessage

    first: dict[str, Any] = {
        "point": EntryPoint, "flow": Flow, "prompt": Prompt, "message": QueueMessage, "entry": DirectoryEntry,
        "schedule": Schedule,
    }  # fmt: skip
    rows: dict[str, Any] = {name: model.objects.order_by("pk").first() for name, model in first.items()}
    found = {name: str(getattr(row, "code", None) or row.pk) for name, row in rows.items() if row is not None}
    found |= {"unit": "tmf", "centre": "tmf", "queue": "tmf-byggeri", "article": "altan", "guide": "skal-jeg-soege"}
    found["figure"] = "service_level_sl4"
    return found | {"service": next(iter(world.world.services)), "person": str(world.world.anna.pk)}


def _value(pattern: str, part: str, kind: str, known: dict[str, str]) -> str:
    """The value of an existing object for this parameter, or a value without an object if the name is unknown."""
    meant = part
    if part in ("slug", "code", "pk"):
        segments = {
            "guides": "guide", "vejvisere": "guide", "people": "person", "queues": "queue", "prompts": "prompt",
            "units": "unit", "services": "service", "emner": "service", "hours": "schedule", "directory": "entry",
            "centre-setup": "centre", "flows": "flow", "knowledge": "article", "svar": "article",
            "figures": "figure",
        }  # fmt: skip
        meant = next((what for segment, what in segments.items() if f"{segment}/" in pattern), part)
    if kind == "uuid":
        return str(uuid.UUID(int=7))
    value = known.get(meant, "1" if kind == "int" else "da" if part == "language" else "x")
    return value if kind != "int" or value.isdigit() else "1"
