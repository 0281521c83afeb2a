"""The page of segments: all services, found by name and segment."""

from __future__ import annotations

import pytest

from tests.office.conftest import SignIn

PAGE = "/office/segments/"


def test_the_77_services_stand_in_their_segments(as_person: SignIn) -> None:
    shown = as_person("gerda").get(PAGE)
    assert len(shown.context["rows"]) == 77
    assert [number for _name, number in shown.context["sizes"]] == [30, 22, 12, 13]


@pytest.mark.parametrize(
    ("query", "number"), [({"segment": "high-large"}, 13), ({"q": "spildevand"}, 3), ({"q": "løntilskud"}, 2),
                          ({"segment": "x"}, 77), ({"q": "x" * 200}, 77)],
)  # fmt: skip
def test_services_are_found(as_person: SignIn, query: dict[str, str], number: int) -> None:
    assert len(as_person("gerda").get(PAGE, query).context["rows"]) == number
