"""How the office writes figures and levels."""

from __future__ import annotations

from django import template
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from indgang.office.board import Level
from indgang.office.flow_words import kind_word

register = template.Library()


@register.filter
def percent(value: float | None) -> str:
    """Whole percent, or a dash where there is nothing to compute from."""
    return "–" if value is None else f"{number_format(round(value), 0)} %"


@register.simple_tag
def level(which: Level, word: str = "") -> SafeString:
    """A mark whose shape and colour follow the level, and its word."""
    return format_html('<span class="level" data-level="{}">{}</span>', which.value, word or which.word)


register.filter("kind_word", kind_word)
