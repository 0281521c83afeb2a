from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from indgang.registers import asking, demo
from indgang.registers.contract import CaseField, SearchBy, Terms
from tests.registers import servers
from tests.registers.servers import GIVEN, WORDS


@pytest.fixture(autouse=True)
def no_failures_of_other_tests() -> Iterator[None]:
    asking.forget_all()
    yield
    asking.forget_all()


@pytest.fixture(scope="session")
def case_database() -> Iterator[str]:
    with servers.postgresql() as address:
        yield address


@pytest.fixture
def rest_terms(settings: Any) -> Iterator[Terms]:
    with servers.http(servers.case_api) as root:
        settings.REGISTER_ADDRESSES = (f"{root}api/",)
        yield servers.rest_terms(root)


@pytest.fixture
def sql_terms(settings: Any, case_database: str) -> Terms:
    settings.REGISTER_ADDRESSES = (case_database,)
    return Terms(
        address=case_database,
        place="esdh.til_kontaktcenter",
        secret="laeser:kornblomst",
        searches={each: each.value for each in SearchBy},
        sources={name: name for name in ("number", *CaseField, "service")},
        given=GIVEN,
        statuses=WORDS,
    )


@pytest.fixture
def demo_terms(monkeypatch: pytest.MonkeyPatch) -> Terms:
    """The demo system with the cases of the suite; its days count from today, which the test freezes."""
    rows = [{**{name: value or "" for name, value in case.items()}, "system": "sager"} for case in servers.CASES]
    days = {"2026-0412": ("6", "2"), "2026-0377": ("", "38"), "2026-0288": ("", "65")}
    for row in rows:
        row["next_step_in"], row["changed_ago"] = days[row["number"]]
    monkeypatch.setattr(demo, "table", lambda: tuple(rows))
    return replace(Terms(address=""), place="sager", searches=dict.fromkeys(SearchBy, ""), given=GIVEN,
                   statuses=WORDS)  # fmt: skip
