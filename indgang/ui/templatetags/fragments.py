"""`{% fragment name=value … %}…{% endfragment %}`: a piece of a page that is made once for each set of values.

What stands inside sees the named values and the language, and nothing else: no request, no person, no other variable.
So a piece that is kept can never show one reader what another may see. Values are plain (texts, numbers, moments, ids,
and tuples and frozen dataclasses of these); a model is refused, because two readings of one row count as equal.

Counters that tick ({% since %}, {% until %}) and tokens of forms are refused inside: they are of this very moment.
Give what depends on today as a value: `at=row.created_at|when`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, time, timedelta
from typing import Any
from uuid import UUID

from django import template
from django.template import Context, TemplateSyntaxError
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import get_language

register = template.Library()

#: of one fragment in one process; then it begins anew
MOST = 2_000

#: tags whose words are of this moment or of this request
_OF_THE_MOMENT = frozenset({"since", "until", "csrf_token", "live_stream", "knowledge_panel", "now"})
_PLAIN = (str, int, float, date, time, timedelta, UUID, Promise, type(None))

_Key = tuple[Any, ...]


@register.tag
def fragment(parser: Parser, token: Token) -> FragmentNode:
    """Everything after the name of the tag is `name=value`."""
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

    def render(self, context: Context) -> SafeString:
        values = [value.resolve(context) for value in self._values]
        # with their types: a text that is safe and one that is not are equal, and so are 1 and True
        key = (get_language(), *values, *map(type, values))
        made = self._made.get(key)
        return self._keep(key, self._make(values, context)) if made is None else made

    def _make(self, values: list[Any], context: Context) -> SafeString:
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


def _refuse_what_is_not_plain(name: str, value: Any) -> None:
    if isinstance(value, tuple):
        for each in value:
            _refuse_what_is_not_plain(name, each)
    elif is_dataclass(value):
        for part in fields(value):
            _refuse_what_is_not_plain(f"{name}.{part.name}", getattr(value, part.name))
    elif not isinstance(value, _PLAIN):
        raise TypeError(f"the fragment's {name} is a {type(value).__name__}, and only plain values can be kept by")
