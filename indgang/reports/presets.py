"""The shipped templates: one for each cadence of the documents (reporting_cadences.csv)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from indgang.measures.channel_groups import CALLS, EVERY
from indgang.reports.models import ReportBlock, ReportTemplate

_Cadence, _Readers, _Kind, _By = ReportTemplate.Cadence, ReportTemplate.Readers, ReportBlock.Kind, ReportBlock.By
Words = str | Promise
#: kind, heading, text, figures, by, channel
PresetBlock = tuple[ReportBlock.Kind, Words, Words, Sequence[str], ReportBlock.By, str]

_SERVICE, _WAIT, _ONCE, _ON, _CONTENT = (
    "service_level_sl4", "average_answer_seconds", "first_contact_resolution", "transfers", "satisfaction",
)  # fmt: skip
_ALL = (
    "contacts_arrived", _SERVICE, _WAIT, "p90_answer_seconds", "average_whole_wait_seconds", "availability", _ONCE, _ON,
    "average_handle_seconds", "written_answered_in_time", "promised_calls_reached", "avoidable_contacts",
    _CONTENT, "resolution_by_contact",
)  # fmt: skip
_COST = ("operating_cost", "cost_per_contact")
_SECOND = ("second_level_reached", "handovers_returned", "promises_kept")


@dataclass(frozen=True, slots=True)
class ReportPreset:
    """A shipped template; `source` is the line of the documents that asks for it."""

    code: str
    title: Words
    readers: ReportTemplate.Readers
    cadence: ReportTemplate.Cadence
    days_after: int
    sending_days: int
    blocks: tuple[PresetBlock, ...]
    source: str


def _table(
    heading: Words, figures: Sequence[str], by: ReportBlock.By = _By.NOTHING, channel: str = EVERY
) -> PresetBlock:
    return _Kind.FIGURES, heading, "", figures, by, channel


def _plot(heading: Words, figures: Sequence[str], by: ReportBlock.By, channel: str = EVERY) -> PresetBlock:
    return _Kind.PLOT, heading, "", figures, by, channel


def _text(heading: Words, text: Words) -> PresetBlock:
    return _Kind.TEXT, heading, text, (), _By.NOTHING, EVERY


_NOTES: PresetBlock = (_Kind.NOTES, _("Bemærkninger"), "", (), _By.NOTHING, EVERY)
_TOPICS: PresetBlock = (_Kind.TOPICS, _("Emner, der burde løses digitalt"), "", (), _By.NOTHING, EVERY)
_MILESTONES: PresetBlock = (_Kind.MILESTONES, _("Milepæle"), "", (), _By.NOTHING, EVERY)

PRESETS: tuple[ReportPreset, ...] = (
    ReportPreset(
        "weekly-board", _("Ugens tavlemøde"), _Readers.TEAM, _Cadence.WEEKLY, 1, 0,
        (
            _table(_("Ugen i tal"), ("contacts_arrived", _SERVICE, _WAIT, _ONCE, _ON, _CONTENT)),
            _plot(_("Serviceniveau dag for dag"), (_SERVICE,), _By.DAY),
            _plot(_("Straksafklaring dag for dag"), (_ONCE,), _By.DAY),
            _NOTES,
        ),
        "001:5082-5086",
    ),
    ReportPreset(
        "management", _("Nøgletal til ledelsesgruppen"), _Readers.LEADERS, _Cadence.FORTNIGHTLY, 1, 1,
        (
            _table(_("Nøgletal"), _ALL),
            _plot(_("Serviceniveau dag for dag"), (_SERVICE,), _By.DAY),
            _plot(_("Ventetid dag for dag"), (_WAIT, "p90_answer_seconds"), _By.DAY),
            _table(_("Køerne"), (_SERVICE, _WAIT, _ON), _By.QUEUE),
            _NOTES,
        ),
        "001:5076-5080",
    ),
    ReportPreset(
        "owner", _("Månedsrapport til ejeren"), _Readers.OWNER, _Cadence.MONTHLY, 3, 3,
        (
            _table(
                _("Opkald, straksafklaring og viderestilling"), ("contacts_arrived", _ONCE, _ON), channel=CALLS
            ),
            _table(_("Alle henvendelser"), ("contacts_arrived", _ONCE, _ON, _SERVICE, _WAIT)),
            _plot(_("Opkald hver måned"), ("contacts_arrived",), _By.MONTH, CALLS),
            _plot(_("Straksafklaring og viderestilling af opkald"), (_ONCE, _ON), _By.MONTH, CALLS),
            _TOPICS,
            _NOTES,
        ),
        "000:156, 000:204-206",
    ),
    ReportPreset(
        "employee", _("Dine tal"), _Readers.EMPLOYEES, _Cadence.MONTHLY, 2, 0,
        (
            _text(_("Til dig"), _("Kun du får denne rapport. Brug den i samtalen med din leder.")),
            _table(_("Dine tal"), ("average_talk_seconds", _ON, _ONCE)),
        ),
        "001:5088-5092",
    ),
    ReportPreset(
        "quarterly", _("Kvartalsrapport"), _Readers.NAMED, _Cadence.QUARTERLY, 5, 5,
        (
            _table(_("Aftalens nøgletal"), _ALL),
            _table(_("Pris"), _COST),
            _table(_("2. niveau"), _SECOND),
            _plot(_("Henvendelser hver måned"), ("contacts_arrived",), _By.MONTH),
            _plot(_("Serviceniveau hver måned"), (_SERVICE,), _By.MONTH),
            _plot(_("Ventetid hver måned"), (_WAIT, "p90_answer_seconds"), _By.MONTH),
            _plot(_("Straksafklaring hver måned"), (_ONCE,), _By.MONTH),
            _plot(_("Viderestilling hver måned"), (_ON,), _By.MONTH),
            _plot(_("Henvendelser efter kanal"), ("contacts_arrived",), _By.CHANNEL),
            _table(_("Køerne"), (_SERVICE, _WAIT), _By.QUEUE),
            _TOPICS,
            _MILESTONES,
            _NOTES,
        ),
        "001:5094-5098, 001:520, 001:2751, 000:200-203",
    ),
    ReportPreset(
        "yearly", _("Årets gennemgang"), _Readers.LEADERS, _Cadence.YEARLY, 10, 14,
        (
            _text(_("Det skal besluttes"), _("Hvilke nøgletal og mål skal gælde næste år?")),
            _table(_("Året i tal"), (*_ALL, *_COST, *_SECOND)),
            _plot(_("Serviceniveau hver måned"), (_SERVICE,), _By.MONTH),
            _plot(_("Straksafklaring og viderestilling"), (_ONCE, _ON), _By.MONTH),
            _table(_("Ydelserne"), ("contacts_arrived", _ONCE, _ON), _By.SERVICE),
            _MILESTONES,
            _NOTES,
        ),
        "001:5070-5074",
    ),
)  # fmt: skip
