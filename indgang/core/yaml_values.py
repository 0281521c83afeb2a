"""Reads YAML that people type as plain values: no aliases, which could make a small text enormous, and no objects."""

from __future__ import annotations

from typing import Any

import yaml


class UnreadableYaml(ValueError):
    """A text that is no plain YAML; `line` counts from 1, None when no line is to blame."""

    def __init__(self, line: int | None) -> None:
        super().__init__(f"unreadable in line {line}")
        self.line = line


class _PlainLoader(yaml.SafeLoader):
    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("aliases are not allowed")
        return super().compose_node(parent, index)


def values_of(text: str) -> Any:
    """The values of a text. Raises UnreadableYaml."""
    try:
        return yaml.load(text, Loader=_PlainLoader)  # noqa: S506 - reads plain values alone
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        raise UnreadableYaml(mark.line + 1 if mark else None) from error


def has_comments(text: str) -> bool:
    """Whether something in a text would be lost if it were written anew from its values."""
    at, outside = 0, list[str]()
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        if isinstance(token, yaml.ScalarToken):
            outside.append(text[at : token.start_mark.index])
            at = token.end_mark.index
    return "#" in "".join([*outside, text[at:]])


def text_of(values: Any) -> str:
    """The values as a text, in their order."""
    written: str = yaml.safe_dump(values, allow_unicode=True, sort_keys=False, width=110)
    return written
