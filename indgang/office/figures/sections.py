"""The figures in the sections that a team leader thinks in. A figure that stands in none is shown last."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from django.utils.translation import gettext_lazy as _

from indgang.measures.definitions import Definition
from indgang.measures.entered_kinds import ENTERED
from indgang.measures.figure_texts import Words


@dataclass(frozen=True, slots=True)
class FigureSection:
    """`code` is the id of its heading on the page."""

    code: str
    name: Words
    definitions: tuple[Definition, ...]


_OTHER, _OTHER_NAME = "other", _("Andre nøgletal")
_SECTIONS: tuple[tuple[str, Words, tuple[str, ...]], ...] = (
    (
        "waiting",
        _("Ventetid og svar"),
        (
            "contacts_arrived", "service_level_sl4", "average_answer_seconds", "median_answer_seconds",
            "p90_answer_seconds", "average_whole_wait_seconds", "p90_whole_wait_seconds", "given_up",
            "abandoned_in_queue", "given_up_after_overflow", "availability", "answered_within_20_seconds",
            "whole_wait_within_100_seconds",
        ),
    ),
    (
        "resolution",
        _("Afklaring og samtaler"),
        (
            "first_contact_resolution", "first_contact_resolution_by_repeat", "first_contact_resolution_no_repeat",
            "first_contact_resolution_net", "transfers", "transfers_warm", "transfers_blind", "handed_over",
            "average_talk_seconds", "average_handle_seconds",
        ),
    ),
    ("answers", _("Hvad de selv siger"), (
        "satisfaction", "satisfied", "courtesy", "waiting_satisfaction", "resolution_by_contact",
        "first_contact_resolution_by_contact", "survey_response_rate", "survey_reached",
    )),
    ("written", _("Skriftlige svar"), (
        "written_answered_in_time", "written_average_answer_seconds", "written_median_answer_seconds",
        "written_p90_answer_seconds",
    )),
    ("promises", _("Løfter og 2. niveau"), (
        "promised_calls_reached", "callbacks_on_time", "callbacks_not_reached", "promises_kept",
        "second_level_reached", "second_level_out_of_hours", "handovers_returned",
    )),
    ("duty", _("Medarbejdernes tid"), (
        "occupancy", "time_ready", "time_talking", "time_working", "time_wrap_up", "time_paused", "contacts_per_hour",
    )),
    ("price", _("Prisen"), ("operating_cost", "cost_per_contact")),
    ("plan", _("Vagtplanen"), ("adherence", "conformance", "shrinkage", "shrinkage_inside", "shrinkage_outside")),
    ("digital", _("Digitalt"), ("digital_share", "avoidable_contacts", "digital_topic_contacts")),
    ("hand", _("Talt i hånden"), tuple(each.code for each in ENTERED)),
    (
        "variants",
        _("Serviceniveau regnet på andre måder"),
        ("service_level_sl1", "service_level_sl2", "service_level_sl3", "service_level_sl5", "service_level_slg"),
    ),
)  # fmt: skip


def section_choices() -> list[tuple[str, Words]]:
    """The code and the name of each section, for a form."""
    return [*((code, name) for code, name, _codes in _SECTIONS), (_OTHER, _OTHER_NAME)]


def sections(definitions: Iterable[Definition]) -> list[FigureSection]:
    """The definitions by section, each in the order of its section; sections without any are left out."""
    left: dict[str, list[Definition]] = {}
    for each in definitions:
        left.setdefault(each.code, []).append(each)
    found = [
        FigureSection(code, name, tuple(chain.from_iterable(left.pop(each, ()) for each in codes)))
        for code, name, codes in _SECTIONS
    ]
    found.append(FigureSection(_OTHER, _OTHER_NAME, tuple(chain.from_iterable(left.values()))))
    return [each for each in found if each.definitions]
