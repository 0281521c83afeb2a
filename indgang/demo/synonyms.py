"""The demo's synonyms: citizens' words for words in articles, and English words for what exists only in Danish."""

from __future__ import annotations

from datetime import datetime

from indgang.demo.rows import table
from indgang.knowledge.models import SynonymGroup


def seed(*, at: datetime) -> None:
    """Add the groups when there are none; people's changes stay."""
    if SynonymGroup.objects.exists():
        return
    groups = (line["words"].split("|") for line in table("synonyms"))
    SynonymGroup.objects.bulk_create(SynonymGroup(words=words, changed_at=at) for words in groups)
