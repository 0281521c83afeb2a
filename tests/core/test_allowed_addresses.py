"""Addresses that the server may ask in its own name."""

from __future__ import annotations

import pytest

from indgang.core.allowed_addresses import lies_below

_ROOT = ("https://kalender.kommune.example/ics",)
_HTTP = frozenset(("http", "https"))


@pytest.mark.parametrize("path", ["", "/", "/david", "/david/arbejde.ics", "/%C3%A6"])
def test_the_place_itself_and_what_lies_below_it_are_allowed(path: str) -> None:
    assert lies_below(_ROOT[0] + path, _ROOT, schemes=_HTTP)


@pytest.mark.parametrize(
    "address",
    [
        "https://kalender.kommune.example/icsx", "https://kalender.kommune.example/", "http://kalender.kommune.example/ics",
        "https://kalender.kommune.example:8443/ics", "https://u:p@kalender.kommune.example/ics",
        "https://kalender.kommune.example/ics/../admin", "https://kalender.kommune.example/ics/%2e%2e/admin",
        "https://kalender.kommune.example/ics\\..\\admin", "https://kalender.kommune.example/ics#x",
        "https://kalender.kommune.example.evil.example/ics", "https://[", "file:///ics", "",
    ],
)  # fmt: skip
def test_everything_else_is_not(address: str) -> None:
    assert not lies_below(address, _ROOT, schemes=_HTTP)


def test_nothing_is_allowed_without_a_place_or_with_another_scheme() -> None:
    assert not lies_below(_ROOT[0], (), schemes=_HTTP)
    assert not lies_below("postgresql://db/sager", ("postgresql://db/sager",), schemes=_HTTP)
