"""Articles and guides on the office's pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from indgang.knowledge import markdown

register = template.Library()


@register.filter
def rendered(text: str) -> SafeString | str:
    """Markdown as readers see it; links to articles lead to the office's pages."""
    try:
        return markdown.render(text, link_to_article=_article_page, top=3)
    except markdown.TooLong:
        return _("Teksten er for lang til at blive vist.")


def _article_page(slug: str) -> str:
    return reverse("office:article", args=[slug])


@register.filter
def of(table: Mapping[Any, Any], key: Any) -> Any:
    """The entry of a mapping; None when it is missing."""
    return table.get(key)
