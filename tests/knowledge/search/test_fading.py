"""The search's memory of its use fades over time."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from indgang.knowledge.models import SearchDocument
from indgang.knowledge.search import fading

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def _document(key: str, popularity: float) -> SearchDocument:
    return SearchDocument.objects.create(
        kind="article", key=key, title=key, lexemes="", shown_from=NOW, updated_at=NOW, popularity=popularity
    )


def test_half_of_a_popularity_is_left_after_a_month_and_nothing_in_the_end() -> None:
    used, forgotten = _document("brugt", 8.0), _document("glemt", 0.009)
    for _day in range(30):
        fading.fade()
    used.refresh_from_db()
    forgotten.refresh_from_db()
    assert used.popularity == pytest.approx(4.0, rel=0.03)
    assert forgotten.popularity == 0.0
    assert fading.fade() == 1
