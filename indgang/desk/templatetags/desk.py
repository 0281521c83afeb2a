"""Filters of the desk's templates: numbers and moments as people write them."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from indgang.core import clock, phone_numbers
from indgang.core.clock import COPENHAGEN

register = template.Library()


@register.filter
def phone(number: str) -> str:
    """99 99 01 01; a withheld number in words."""
    return _written(number or "", _("Skjult nummer"))


@lru_cache(maxsize=4096)
def _written(number: str, withheld: str) -> str:
    """The written number, cached: the same few numbers appear each time a part of the desk is fetched."""
    return phone_numbers.for_people(number, withheld)


@register.filter
def can_be_rung(number: str) -> bool:
    return not phone_numbers.is_anonymous(number)


@register.filter
def when(at: datetime | None) -> str:
    """The time for today, the day and time for earlier."""
    if at is None:
        return ""
    local = at.astimezone(COPENHAGEN)
    return f"{local:%H:%M}" if local.date() == clock.today() else date_format(local, "j. b H:i")


@register.filter
def about_minutes(seconds: float) -> str:
    """An approximate time, as people say it."""
    minutes = max(round(seconds / 60), 0)
    if not minutes:
        return _("under et minut")
    return ngettext("ca. %(minutes)s minut", "ca. %(minutes)s minutter", minutes) % {"minutes": minutes}


@register.filter
def add_text(prefix: str, value: object) -> str:
    """`"local:"|add_text:12` is `local:12`, whatever the type of the value."""
    return f"{prefix}{value}"


@register.simple_tag(takes_context=True)
def knowledge_panel(context: template.Context) -> SafeString:
    """The empty box of the desk's panel. It is the same for everybody with the same permissions and language."""
    return _panel(get_language() or "da", "propose_knowledge" in context["permissions"])


@lru_cache(maxsize=8)
def _panel(language: str, may_propose: bool) -> SafeString:
    permissions = {"propose_knowledge"} if may_propose else set()
    return SafeString(render_to_string("desk/knowledge_panel.html", {"panel": True, "permissions": permissions}))
