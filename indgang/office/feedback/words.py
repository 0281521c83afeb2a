"""Words for groups, reasons and traits on the pages about feedback."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.catalogue.models import Service, Unit
from indgang.core.clock import COPENHAGEN
from indgang.enquiries.models import Channel
from indgang.entry.models import Queue
from indgang.feedback import models
from indgang.feedback.models import AskingRule, SurveyQuestion
from indgang.feedback.results import FeedbackGroup
from indgang.feedback.sampling import WhyNot

Words = str | Promise

GROUPS: Mapping[str, Words] = {
    FeedbackGroup.NOTHING: gettext_lazy("Ikke opdelt"),
    FeedbackGroup.MONTH: gettext_lazy("Måned"),
    FeedbackGroup.SERVICE: gettext_lazy("Ydelse"),
    FeedbackGroup.UNIT: gettext_lazy("Enhed"),
    FeedbackGroup.LEVEL: gettext_lazy("Niveau"),
    FeedbackGroup.CHANNEL: gettext_lazy("Kanal"),
    FeedbackGroup.QUEUE: gettext_lazy("Kø"),
    FeedbackGroup.WAY: gettext_lazy("Måde at spørge på"),
}
REASONS: Mapping[str, Words] = {
    WhyNot.OTHER_PART: gettext_lazy("Blev spurgt om den anden del af samtalen"),
    WhyNot.NOT_DRAWN: gettext_lazy("Ikke udtrukket"),
    WhyNot.NO_ADDRESS: gettext_lazy("Intet nummer eller ingen mailadresse at bruge"),
    WhyNot.OUR_NUMBER: gettext_lazy("Et af vores egne numre"),
    WhyNot.OPTED_OUT: gettext_lazy("Vil ikke spørges"),
    WhyNot.RECENTLY: gettext_lazy("Blev spurgt for nylig"),
    WhyNot.TOO_LATE: gettext_lazy("For sent at spørge"),
    WhyNot.NOT_ON_LINE: gettext_lazy("Blev ikke på linjen"),
}
TRAITS: Mapping[str, Words] = {
    "service": gettext_lazy("Ydelse"), "hour": gettext_lazy("Time på dagen"), "wait": gettext_lazy("Ventetid"),
    "level": gettext_lazy("Niveau"),
}  # fmt: skip
_WAITS: Mapping[str, Words] = {
    "0-1": gettext_lazy("under 1 minut"), "1-3": gettext_lazy("1 til 3 minutter"),
    "3-10": gettext_lazy("3 til 10 minutter"), "10-": gettext_lazy("over 10 minutter"),
}  # fmt: skip
LEVELS: Mapping[str, Words] = {str(level): words for level, words in models.LEVELS}


def indicator(code: str) -> str:
    return str(dict(SurveyQuestion.Indicator.choices).get(code, code))


def group_names(by: FeedbackGroup, groups: Iterable[Any]) -> dict[Any, str]:
    """The names of groups, by the keys of `results.ratings`."""
    keys = list(groups)
    known = _known(by, [str(key) for key in keys if key])
    return {key: _month(key) if isinstance(key, datetime) else known.get(str(key), _unknown(by)) for key in keys}


def _known(by: FeedbackGroup, codes: list[str]) -> Mapping[str, str]:
    if by is FeedbackGroup.NOTHING:
        return {"": _("Alle svar")}
    if by in (FeedbackGroup.SERVICE, FeedbackGroup.UNIT, FeedbackGroup.QUEUE):
        model: Any = {"service": Service, "unit": Unit, "queue": Queue}[by]
        return dict(model.objects.filter(code__in=codes).values_list("code", "name"))
    choices: Any = {"channel": Channel, "way": AskingRule.Way}.get(by)
    return {str(code): str(label) for code, label in (choices.choices if choices else LEVELS.items())}


def _unknown(by: FeedbackGroup) -> str:
    return _("Svar fra hjemmesiden") if by is FeedbackGroup.LEVEL else _("Ukendt")


def _month(at: datetime) -> str:
    return date_format(at.astimezone(COPENHAGEN), "F Y")


def category(trait: str, code: str) -> str:
    """A category of a trait: a band of waiting, an hour, a level or the name of a service."""
    if trait == "wait":
        return str(_WAITS.get(code, code))
    if trait == "hour":
        return _("kl. %(hour)s") % {"hour": code}
    if trait == "level":
        return str(LEVELS.get(code, code))
    name = Service.objects.filter(code=code).values_list("name", flat=True).first() if code else None
    return name or _("Ukendt")
