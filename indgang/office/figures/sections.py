"""The figures in the sections that a team leader thinks in. A figure that stands in none is shown last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indgang.measures.definitions import Definition


@dataclass(frozen=True, slots=True)
class FigureSection:
    """`code` is the id of its heading on the page."""

    code: str
    name: str | Promise
    definitions: tuple[Definition, ...]


_SECTIONS: tuple[tuple[str, str | Promise, tuple[str, ...]], ...] = (
    (
        "waiting",
        _("Ventetid og svar"),
        (
            "contacts_arrived", "service_level_sl4", "average_answer_seconds", "median_answer_seconds",
            "p90_answer_seconds", "average_whole_wait_seconds", "p90_whole_wait_seconds", "given_up", "availability",
            "answered_within_20_seconds",
        ),
    ),
    (
        "resolution",
        _("Afklaring og samtaler"),
        (
            "first_contact_resolution", "transfers", "average_talk_seconds", "average_handle_seconds",
        ),
    ),
    ("written", _("Skriftlige svar"), ("written_answered_in_time", "written_average_answer_seconds")),
    ("promises", _("Løfter"), ("promised_calls_reached",)),
    ("digital", _("Digitalt"), ("avoidable_contacts", "digital_topic_contacts")),
    (
        "variants",
        _("Serviceniveau regnet på andre måder"),
        ("service_level_sl1", "service_level_sl2", "service_level_sl3", "service_level_sl5"),
    ),
)  # fmt: skip


def sections(definitions: Iterable[Definition]) -> list[FigureSection]:
    """The definitions by section, each in the order of its section; sections without any are left out."""
    left: dict[str, list[Definition]] = {}
    for each in definitions:
        left.setdefault(each.code, []).append(each)
    found = [
        FigureSection(code, name, tuple(chain.from_iterable(left.pop(each, ()) for each in codes)))
        for code, name, codes in _SECTIONS
    ]
    found.append(FigureSection("other", _("Andre nøgletal"), tuple(chain.from_iterable(left.values()))))
    return [each for each in found if each.definitions]
