"""`{% fragment name=value … %}…{% endfragment %}`: a cached piece of a page, rendered once for each set of values.

Its content sees only the named values and the language: no request, no person, no other variable. So a cached piece
cannot show one reader what only another may see. Values are plain (texts, numbers, moments, ids, and tuples and frozen
dataclasses of these). A model is refused, because two readings of one row count as equal. Counters (`{% since %}`,
`{% until %}`) and form tokens are refused inside, because they are valid only for one moment or request. Pass what
depends on today as a value: `at=row.created_at|when`.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from datetime import time as time_of_day
from typing import Any, cast
from uuid import UUID

from django import template
from django.template import Context, TemplateSyntaxError
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.loader_tags import IncludeNode
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

#: the most entries of one fragment in a process; then its cache is emptied
MOST = 2_000
#: maximum age: values may be personal data, which is erased elsewhere
KEPT_SECONDS = 600.0

#: tags whose output depends on the moment or the request
_OF_THE_MOMENT = frozenset({"since", "until", "csrf_token", "live_stream", "knowledge_panel", "now"})
_PLAIN = (str, int, float, date, time_of_day, timedelta, UUID, Promise, type(None))

_Key = tuple[Any, ...]


@register.tag
def fragment(parser: Parser, token: Token) -> FragmentNode:
    """Parse the tag: everything after its name is `name=value`."""
    words = token.split_contents()[1:]
    values = token_kwargs(words, parser)
    if words:
        raise TemplateSyntaxError("write {% fragment name=value … %}")
    content = parser.parse(("endfragment",))
    parser.delete_first_token()
    for node in content.get_nodes_by_type(template.Node):
        _check(node)
    return FragmentNode(values, content)


def _check(node: template.Node) -> None:
    word = node.token.contents.split(maxsplit=1)[0] if node.token and node.token.contents.strip() else ""
    if word in _OF_THE_MOMENT:
        raise TemplateSyntaxError(f"{{% {word} %}} changes from one request to the next, so no fragment keeps it")


class FragmentNode(template.Node):
    child_nodelists = ("content",)

    def __init__(self, values: Mapping[str, FilterExpression], content: NodeList) -> None:
        self.names, self.content = tuple(values), content
        self._values = tuple(values.values())
        self._made: dict[_Key, SafeString] = {}
        self._begun = time.monotonic()
        self._has_looked = False

    def render(self, context: Context) -> SafeString:
        if time.monotonic() - self._begun > KEPT_SECONDS:
            self._made.clear()
            self._begun = time.monotonic()
        values = [value.resolve(context) for value in self._values]
        # the key includes types: a safe text equals an unsafe one, and 1 equals True
        key = (get_language(), *values, *map(type, values))
        try:
            made = self._made.get(key)
        except TypeError:  # an unhashable value is not plain; the error below explains it
            made = None
        return self._keep(key, self._make(values, context)) if made is None else made

    def _make(self, values: list[Any], context: Context) -> SafeString:
        if not self._has_looked:
            _look_into_included(self.content, context)
            self._has_looked = True
        for name, value in zip(self.names, values, strict=True):
            _refuse_what_is_not_plain(name, value)
        words = {"LANGUAGE_CODE": get_language(), **dict(zip(self.names, values, strict=True))}
        own = Context(words)
        own.template, own.render_context = context.template, context.render_context
        return self.content.render(own)

    def _keep(self, key: _Key, made: SafeString) -> SafeString:
        if len(self._made) >= MOST:
            self._made.clear()
        self._made[key] = made
        return made


def _look_into_included(content: NodeList, context: Context) -> None:
    """Check included templates too, because their output is part of the fragment."""
    for node in content.get_nodes_by_type(IncludeNode):
        name = cast("Any", node).template.var
        if isinstance(name, str) and context.template is not None:
            included = context.template.engine.get_template(name)
            for inner in included.nodelist.get_nodes_by_type(template.Node):
                _check(inner)
            _look_into_included(included.nodelist, context)


def _refuse_what_is_not_plain(name: str, value: Any, *, inside: bool = False) -> None:
    if isinstance(value, tuple):
        for each in value:
            _refuse_what_is_not_plain(name, each, inside=True)
    elif is_dataclass(value):
        for part in fields(value):
            _refuse_what_is_not_plain(f"{name}.{part.name}", getattr(value, part.name), inside=True)
    elif inside and isinstance(value, SafeString):
        raise TypeError(f"the fragment's {name} is safe text inside of a value, where it equals one that is not")
    elif not isinstance(value, _PLAIN):
        raise TypeError(f"the fragment's {name} is a {type(value).__name__}, and only plain values can be kept by")
