"""Figures and levels in the office."""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache

from django import template
from django.template import Context
from django.template.loader import render_to_string
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from indgang.entry.models import AgentState, Alert
from indgang.entry.wording.words import kind_word
from indgang.office.operations.alert_sentences import alert_sentence
from indgang.office.team.board import AgentShown, TargetStatus
from indgang.ui.templatetags.ui import since

register = template.Library()


@register.filter
def percent(value: float | None) -> str:
    """Whole percent, or a dash without data."""
    return "–" if value is None else f"{number_format(round(value), 0)} %"


@register.filter
def kroner(value: Decimal | None) -> str:
    """An amount with øre: 1.234,50 kr. A dash for None."""
    return (
        "–" if value is None else f"{number_format(value, 2, use_l10n=True, force_grouping=True)}\N{NO-BREAK SPACE}kr."
    )


@register.filter
def sentence(alert: Alert) -> str:
    """The sentence of an alert."""
    return alert_sentence(alert)


@register.simple_tag
def level(which: TargetStatus, word: str = "") -> SafeString:
    """A mark whose shape and colour follow the level, and its word."""
    return format_html('<span class="level" data-level="{}">{}</span>', which.value, word or which.word)


@register.simple_tag(takes_context=True)
def agent_row(context: Context, agent: AgentShown) -> SafeString:
    """One agent on the wallboard. Few rows change between two boards, so the rendered row is cached."""
    rights = bool(context.get("may_lead")), bool(context.get("on_wall"))
    row = _agent_row(agent, context["centre"].code, *rights, get_language())
    ticking = "" if agent.now.state is AgentState.SIGNED_OUT else since(agent.now.since)
    return SafeString(row.replace(_TICKING, ticking))


#: placeholder for the time in a cached row
_TICKING = "\0"


@lru_cache(maxsize=20_000)
def _agent_row(agent: AgentShown, centre: str, may_lead: bool, on_wall: bool, _language: str | None) -> str:
    words = {"agent": agent, "centre": {"code": centre}, "may_lead": may_lead, "on_wall": on_wall, "ticking": _TICKING}
    return render_to_string("office/team/wallboard.html#agent", words)


register.filter("kind_word", kind_word)
