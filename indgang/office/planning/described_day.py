"""A day in numbers, simulated: what breaks, retrials, mails, chats and the second level do to the callers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.office.planning import studies
from indgang.office.planning.day_forms import DescribedDayForm
from indgang.office.planning.played_words import shown
from indgang.office.planning.words import percent
from indgang.planning import described_day
from indgang.planning.rights import PLANNERS


@dataclass(frozen=True, slots=True)
class DayRow:
    """A figure in words; of the calls alone, of the whole day, and the difference."""

    name: str
    alone: str
    whole: str
    difference: str


@require_GET
@requires(*PLANNERS)
def described(request: HttpRequest) -> HttpResponse:
    """Both sides of the day that the address describes. Nothing is played before somebody has asked."""
    form = DescribedDayForm(request.GET)
    context: dict[str, Any] = {"form": form, "replications": described_day.REPLICATIONS, "studies": studies.NAMES}
    if request.GET and form.is_valid() and form.day is not None:
        found = described_day.as_data(form.day, described_day.play(form.day))
        context |= {
            "rows": list(_rows(found)), "tables": list(_tables(found)),
            "busiest": list(_busiest(found, form.day.agents)),
        }  # fmt: skip
    status = 422 if request.GET and form.errors else 200
    return render(request, "office/planning/described_day.html", context, status=status)


def _rows(found: Mapping[str, Any]) -> Iterator[DayRow]:
    names = {
        "offered": _("Opkald"), "tried_again": _("Heraf ringer igen"), "service_level": _("Besvaret i tide"),
        "mean_wait": _("Ventetid i gennemsnit"), "abandoned_share": _("Lægger på"), "occupancy": _("Belægning"),
    }  # fmt: skip
    for name, said in names.items():
        alone, whole = (shown(name, found[side][name]) for side in ("alone", "whole"))
        yield DayRow(said, alone, whole, shown(name, found["difference"][name], is_difference=True))


def _tables(found: Mapping[str, Any]) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What the whole day alone has: a heading, and its figures."""
    headings = {described_day.CHATS: _("Chats"), described_day.MAILS: _("Mails")}
    work = {
        "offered": _("Kommer"), "answered": _("Bliver taget"), "mean_answered_wait": _("Venter, til de bliver taget"),
        "waiting_at_end": _("Venter, når dagen slutter"),
    }  # fmt: skip
    for queue, figures in found["beside"].items():
        yield headings[queue], [(said, shown(name, figures[name])) for name, said in work.items()]
    questions = {
        "consulted": _("Opkald, der skal videre"), "reached_share": _("Kollegaen nås med det samme"),
        "mean_asking": _("Det holder medarbejderen optaget"), "mean_whole_time": _("Til den, der ringer, har sit svar"),
    }  # fmt: skip
    if found["second_level"]:
        yield (
            _("Andet niveau"),
            [(said, shown(name, found["second_level"][name])) for name, said in questions.items()],
        )


@dataclass(frozen=True, slots=True)
class SeatsRow:
    """What so many people would give the callers of the busiest half-hour."""

    agents: int
    is_chosen: bool
    in_time: str
    mean_wait: str
    abandoned: str
    erlang: str


def _busiest(found: Mapping[str, Any], agents: int) -> Iterator[SeatsRow]:
    for each in found["busiest"]:
        in_time, mean_wait, lost = (
            shown(name, each[name]) for name in ("service_level", "mean_wait", "abandoned_share")
        )
        erlang = percent(each["erlang_service_level"])
        yield SeatsRow(each["agents"], each["agents"] == agents, in_time, mean_wait, lost, erlang)
