"""Filters of the public pages."""

from __future__ import annotations

from django import template

from indgang.knowledge import markdown

register = template.Library()


@register.filter
def plain_text(text: str) -> str:
    """The words of Markdown."""
    return markdown.plain(text)
