"""Filters of the public pages."""

from __future__ import annotations

from functools import lru_cache

from django import template

from indgang.knowledge import markdown

register = template.Library()


@register.filter
@lru_cache(maxsize=4096)
def plain_text(text: str) -> str:
    """The words of Markdown. The same short answers stand in many lists."""
    return markdown.plain(text)
