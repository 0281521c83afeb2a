"""Filters of the public pages."""

from __future__ import annotations

from datetime import time

from django import template

from indgang.knowledge import markdown
from indgang.portal.lines import clock_time

register = template.Library()


@register.filter
def plain_text(text: str) -> str:
    """The words of Markdown."""
    return markdown.plain(text)


@register.filter
def said_time(at: time) -> str:
    """9 or 9.30."""
    return clock_time(at)
