"""Rules of shift planning as people read them."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.core.clock import COPENHAGEN
from indgang.staffing.shifts.checker import HardRule, RuleBreach
from indgang.staffing.shifts.problem import MOST_PEOPLE, MOST_ROWS, UnusableProblem, UnusableReason
from indgang.staffing.shifts.wire import Calendar

RULES: dict[HardRule, str | Promise] = {
    HardRule.ONE_SHIFT: gettext_lazy("højst én vagt om dagen"),
    HardRule.PARTS: gettext_lazy("hele vagten er fordelt på opgaver og pauser"),
    HardRule.LENGTH: gettext_lazy("vagternes længde efter ansættelsen"),
    HardRule.SPAN: gettext_lazy("tidligste og seneste tidspunkt efter ansættelsen"),
    HardRule.BREAK: gettext_lazy("pause i lange vagter"),
    HardRule.REST: gettext_lazy("11 timers hvil mellem to vagter"),
    HardRule.DAY_OFF: gettext_lazy("et ugentligt fridøgn"),
    HardRule.DAYS_A_WEEK: gettext_lazy("antal arbejdsdage om ugen"),
    HardRule.WEEK_HOURS: gettext_lazy("højst 48 timer om ugen"),
    HardRule.CONTRACT: gettext_lazy("timer efter ansættelsen"),
    HardRule.WEEKENDS: gettext_lazy("fri i weekender"),
    HardRule.ABSENCE: gettext_lazy("fravær, og dage uden ansættelse"),
    HardRule.APPOINTMENT: gettext_lazy("møder og oplæring"),
    HardRule.FIXED: gettext_lazy("faste vagter"),
    HardRule.SKILL: gettext_lazy("kompetence til opgaven"),
    HardRule.WORKPLACE: gettext_lazy("arbejdssteder efter ansættelsen"),
}


def of_breach(breach: RuleBreach, name: str, calendar: Calendar) -> str:
    """ "Anna Andersen, 12. marts: 11 timers hvil mellem to vagter"."""
    day = date_format(calendar.moment(breach.quarter).astimezone(COPENHAGEN), "j. F")
    return _("%(name)s, %(day)s: %(rule)s") % {"name": name, "day": day, "rule": RULES[breach.rule]}


def of_unusable(error: UnusableProblem) -> str:
    """Why a plan cannot be worked out, and what to do about it. What people cannot change is for those who operate."""
    if error.reason is UnusableReason.PEOPLE:
        return _("Planen har flere end %(most)s medarbejdere. Så stor kan den ikke være.") % {"most": MOST_PEOPLE}
    if error.reason is UnusableReason.ROWS:
        text = _("Behovet er skrevet for flere end %(most)s par af arbejdssted og opgave. Lav planen for færre.")
        return text % {"most": MOST_ROWS}
    return _("Planen kan ikke regnes ud. Spørg den, der driver systemet.")


def of_rules(rules: Iterable[str]) -> list[str]:
    return [str(RULES[HardRule(each)]) for each in rules]
