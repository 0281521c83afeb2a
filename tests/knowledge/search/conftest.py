"""A way to index single documents, and the index of all articles of the demo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from indgang.catalogue.models import Service
from indgang.knowledge.search import index

AT = datetime(2026, 3, 11, 8, 30, tzinfo=UTC)


@pytest.fixture
def put(db: None) -> Callable[..., None]:
    """Returns a function that indexes a document: `put("key", "Title", "short answer", words="…", body="…", …)`."""

    def put_document(
        key: str,
        title: str,
        short: str = "",
        *,
        words: str = "",
        body: str = "",
        kind: str = "article",
        language: str = "da",
        audience: str = "everyone",
        unit_path: str = "",
        service: Service | None = None,
        elsewhere: bool = False,
        shown_from: datetime = datetime(2026, 1, 1, tzinfo=UTC),
        shown_until: datetime | None = None,
    ) -> None:
        index.put(
            kind=kind, key=key, language=language, audience=audience, unit_path=unit_path, service=service,
            title=title, text=f"{short} {body}".strip(),
            fields={"A": f"{title}\n{words}", "B": short, "D": body},
            shown_from=shown_from, shown_until=shown_until, updated_at=shown_from, elsewhere=elsewhere,
        )  # fmt: skip

    return put_document
