"""YAML that would expand beyond the machine's memory is refused before it is expanded."""

from __future__ import annotations

import pytest
import yaml

from indgang.core import plain_yaml

#: 400 characters that expand to 10**9 texts
_BOMB = "a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "\n".join(
    f"{name}: &{name} [{', '.join([f'*{before}'] * 10)}]" for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "why", "line"),
    [
        (_BOMB, "alias", 2),
        ("a: &a\n  b: *a\n", "alias", 2),
        ("x: 1\ny: " + "[" * 100_000, "deep", 2),
        ("x: " + "{a: " * 100_000, "deep", 1),
        ("- " * 50_000, "deep", 1),
        ("[" + "1," * 300_000 + "]", "large", 1),
    ],
    ids=["bomb", "itself", "lists", "objects", "dashes", "many"],
)
@pytest.mark.parametrize("loader", [yaml.BaseLoader, yaml.SafeLoader, yaml.CSafeLoader])
def test_what_would_fill_memory_or_stack_is_refused(text: str, why: str, line: int, loader: object) -> None:
    with pytest.raises(plain_yaml.NotPlain) as refused:
        plain_yaml.load(text, loader)
    assert (refused.value.why, refused.value.line) == (why, line)


def test_what_people_write_is_read() -> None:
    text = "title: Må jeg?\nsteps:\n  - id: a\n    answers:\n      - {text: Ja, to: b}\n"
    assert plain_yaml.load(text, yaml.BaseLoader)["steps"][0]["answers"] == [{"text": "Ja", "to": "b"}]
    assert plain_yaml.load("", yaml.SafeLoader) is None
