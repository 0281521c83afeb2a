"""Filters of the public pages."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django import template

from indgang.knowledge import markdown
from indgang.portal import lines

register = template.Library()


@register.filter
@lru_cache(maxsize=4096)
def plain_text(text: str) -> str:
    """The words of Markdown. The result is cached, because the same short answers appear in many lists."""
    return markdown.plain(text)


@register.filter
def time_of_day(at: datetime | None) -> str:
    """9.30; empty for None."""
    return lines.time_of_day(at) if at else ""
