"""Capacity profiles for a team leader: in words, with their people and periods."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.entry.models import SINCE_EVER, CapacityChoice, CapacityProfile
from indgang.entry.team import capacity
from indgang.entry.team.capacity import Load
from indgang.office.periods import periods
from indgang.routing.distribution.requirement import CALL, CALLBACK, CHAT, TASK, WRITTEN

#: the kinds of work in the order of the form, each with its singular name
KINDS: dict[str, str | Promise] = {
    CALL: gettext_lazy("opkald"), CALLBACK: gettext_lazy("tilbagekald"), TASK: gettext_lazy("opgave"),
    WRITTEN: gettext_lazy("mail"), CHAT: gettext_lazy("chat"),
}  # fmt: skip


def words(load: Load) -> str:
    """The profile in one sentence.

    For example: "Ét opkald ad gangen; ingen tilbagekald; én opgave ad gangen; én mail ad gangen; højst 3 chats ad
    gangen; et opkald må komme oven i andet arbejde end chat".
    """
    calls = load.capacity.get(CALL, 0)
    parts = [_("ét opkald ad gangen") if calls else _("ingen opkald fra køerne")]
    parts += [say(load.capacity.get(kind, 0)) for kind, say in _SAID.items()]
    if calls and any(load.capacity.get(kind, 0) for kind in _KEPT_MEANWHILE):
        beside = CALL in load.interrupts
        parts.append(
            _("et opkald må komme oven i andet arbejde end chat") if beside
            else _("et opkald kommer først, når andet arbejde er færdigt")
        )  # fmt: skip
    text = "; ".join(parts)
    return text[:1].upper() + text[1:]


def _callbacks(number: int) -> str:
    if not number:
        return _("ingen tilbagekald")
    if number == 1:
        return _("ét tilbagekald ad gangen")
    return _("højst %(number)s tilbagekald ad gangen") % {"number": number}


def _tasks(number: int) -> str:
    if not number:
        return _("ingen opgaver")
    if number == 1:
        return _("én opgave ad gangen")
    return _("højst %(number)s opgaver ad gangen") % {"number": number}


def _letters(number: int) -> str:
    if not number:
        return _("ingen mails")
    if number == 1:
        return _("én mail ad gangen")
    return _("højst %(number)s mails ad gangen") % {"number": number}


def _chats(number: int) -> str:
    if not number:
        return _("ingen chats")
    if number == 1:
        return _("én chat ad gangen")
    return _("højst %(number)s chats ad gangen") % {"number": number}


_SAID = {CALLBACK: _callbacks, TASK: _tasks, WRITTEN: _letters, CHAT: _chats}
#: work that is kept while an interrupting call goes on; a chat is never interrupted
_KEPT_MEANWHILE = (CALLBACK, TASK, WRITTEN)


def profile_row(profile: CapacityProfile, day: date) -> dict[str, Any]:
    """The profile on the day, the number of people who have it, and the next planned change."""
    terms = capacity.on(profile, day)
    return {
        "profile": profile,
        "says": words(capacity.load(terms.capacity, terms.interrupts)),
        "has": capacity.from_day_on(day).filter(profile=profile, valid_from__lte=day).count(),
        "planned": profile.terms.filter(valid_from__gt=day).order_by("valid_from").first(),
    }


def with_profiles(people: Iterable[Person], day: date, *, chosen: set[str]) -> list[dict[str, Any]]:
    """Each person with the profile of the day and the planned changes. `chosen` are the ids ticked in a form."""
    rows: dict[int, list[CapacityChoice]] = {person.pk: [] for person in people}
    for choice in capacity.from_day_on(day).filter(person__in=people).select_related("profile__centre"):
        rows[choice.person_id].append(choice)
    return [
        {
            "person": person,
            "is_chosen": str(person.pk) in chosen,
            "now": next((choice for choice in rows[person.pk] if choice.valid_from <= day), None),
            "planned": [choice for choice in rows[person.pk] if choice.valid_from > day],
        }
        for person in people
    ]


def history(profile: CapacityProfile, today: date) -> list[dict[str, Any]]:
    """The periods of a profile in words, latest first."""
    return [
        {**period, "says": words(capacity.load(period["row"].capacity, period["row"].interrupts))}
        for period in periods(profile.terms.order_by("-valid_from"), today=today, first=SINCE_EVER)
    ]
