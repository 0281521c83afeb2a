"""The demo's words that mean the same: what citizens say for what articles say, and English for what is only Danish."""

from __future__ import annotations

from datetime import datetime

from indgang.demo.rows import table
from indgang.knowledge.models import SynonymGroup


def seed(*, at: datetime) -> None:
    """Keep the groups where nobody keeps any; what people have changed stays."""
    if SynonymGroup.objects.exists():
        return
    groups = (line["words"].split("|") for line in table("synonyms"))
    SynonymGroup.objects.bulk_create(SynonymGroup(words=words, changed_at=at) for words in groups)
