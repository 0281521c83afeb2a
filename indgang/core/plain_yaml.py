"""YAML as people write it: texts, lists and objects. Aliases and deep nesting are refused.

A few hundred characters of nested aliases can expand beyond a machine's memory, and thousands of brackets overflow its
stack. Therefore the events of the text are checked before any object is built.
"""

from __future__ import annotations

from typing import Any

import yaml

#: the most levels of nested lists and objects; a guide has five
DEEPEST = 20
#: the most values, lists and objects in one text
MOST_PARTS = 200_000

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_OPENING = (yaml.SequenceStartEvent, yaml.MappingStartEvent)
_CLOSING = (yaml.SequenceEndEvent, yaml.MappingEndEvent)


class NotPlain(ValueError):
    """The text is YAML that is not accepted: `why` is "alias", "deep" or "large", `line` counts from 1."""

    def __init__(self, why: str, line: int) -> None:
        super().__init__(why, line)
        self.why, self.line = why, line


def load(text: str, loader: Any) -> Any:
    """The content of the text. Raises NotPlain, yaml.YAMLError and, for values such as an impossible date,
    ValueError."""
    _check(text)
    return yaml.load(text, Loader=loader)  # noqa: S506  # the caller passes one that makes plain values only


def _check(text: str) -> None:
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_PARSER)):
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, yaml.AliasEvent):
            raise NotPlain("alias", line)
        if count > MOST_PARTS:
            raise NotPlain("large", line)
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        if depth > DEEPEST:
            raise NotPlain("deep", line)
