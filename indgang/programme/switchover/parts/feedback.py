"""The rule by which callers about the service are asked how it went. The name is the code of the questionnaire, the
value what the rule says (JSON)."""

from __future__ import annotations

import json
from datetime import time
from typing import Any

from django.utils.translation import gettext as _

from indgang.feedback import rules
from indgang.feedback.models import AskingRule, Questionnaire
from indgang.programme.switchover.parts.place import Switcher, SwitchPlace

#: what a rule says beside where it holds
_SAYS = (
    "way", "turn", "share", "delay_minutes", "asks_from", "asks_until", "attempts", "pause_minutes", "quarantine_days",
    "announced",
)  # fmt: skip


def wanted(way: str, share: int) -> str:
    """A rule as a new one says, with this way and share."""
    return _value(AskingRule(way=way, share=share))


def present(code: str, place: SwitchPlace) -> str:
    rule = _rule(code, place)
    return _value(rule) if rule else ""


def refusal(code: str, value: str, place: SwitchPlace) -> str:
    """Why the rule cannot say this from the day on; "" when it can."""
    rule, values = _rule(code, place), _all_values(code, value, place)
    if rule is not None and rules.is_over(rule, place.day):
        return str(rules.OVER)
    return " ".join(str(each) for each in rules.refusal_of(values).values())


def lock(code: str) -> None:
    """Let nobody change rules of the questionnaire until the transaction ends."""
    Questionnaire.objects.select_for_update().get(code=code)
    list(AskingRule.objects.select_for_update(of=("self",)).filter(questionnaire__code=code))


def put(code: str, value: str, place: SwitchPlace, who: Switcher) -> None:
    """Let the rule say this from today on; "" takes it back. Raises RefusedChange."""
    rule = _rule(code, place)
    if not value:
        if rule is not None:
            rules.take_back(rule, by=who.by, at=place.at)
        return
    values = _all_values(code, value, place)
    if rule is None:
        rules.make(values, by=who.by, at=place.at)
    else:
        rules.change(rule, values, by=who.by, at=place.at)


def words(code: str, value: str, place: SwitchPlace) -> str:
    if not value:
        return _("Ingen regel for ydelsen")
    said = json.loads(value)
    return _("%(way)s, %(share)s %% bliver spurgt") % {
        "way": AskingRule.Way(said["way"]).label, "share": said["share"],
    }  # fmt: skip


def shown(code: str) -> str:
    return str(Questionnaire.objects.get(code=code))


def _rule(code: str, place: SwitchPlace) -> AskingRule | None:
    rows = AskingRule.objects.valid_on(place.day).select_related("questionnaire", "service", "centre")
    mine = rows.filter(
        questionnaire__code=code, service=place.service, centre=place.centre, unit=None, level=None
    )  # fmt: skip
    found: AskingRule | None = mine.order_by("-valid_from", "-pk").first()
    return found


def _value(rule: AskingRule) -> str:
    said = {name: getattr(rule, name) for name in _SAYS}
    plain = {name: f"{each:%H:%M}" if isinstance(each, time) else each for name, each in said.items()}
    return json.dumps(plain, sort_keys=True)


def _all_values(code: str, value: str, place: SwitchPlace) -> dict[str, Any]:
    return _values(value) | {
        "questionnaire": Questionnaire.objects.get(code=code), "centre": place.centre, "service": place.service,
        "unit": None, "level": None,
    }  # fmt: skip


def _values(value: str) -> dict[str, Any]:
    said = json.loads(value)
    return {**said, **{name: time.fromisoformat(said[name]) for name in ("asks_from", "asks_until")}}
