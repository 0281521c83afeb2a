"""The annexes of an agreement, as they hold on its first day: what the centre pays for calls that others answer
(settlement), and when the owner's units have promised that they can be asked (availability). Each is agreed on by
itself; the agreement refers to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from indgang.agreements.models import CooperationAgreement
from indgang.measures.models import SettlementTerms
from indgang.workforce import window_words
from indgang.workforce.models import PromisedWindow


@dataclass(frozen=True, slots=True)
class Annex:
    """A heading, and lines of who and what."""

    heading: str
    lines: list[tuple[str, str]]
    empty: str


def annexes(agreement: CooperationAgreement) -> list[Annex]:
    """Both annexes, also where nothing is agreed on."""
    day = {"day": date_format(agreement.valid_from)}
    return [
        Annex(
            _("Bilag: afregning, som den er aftalt %(day)s") % day, list(_settlement(agreement)),
            _("Der er ikke aftalt afregning mellem centrene."),
        ),
        Annex(
            _("Bilag: træffetider, som de er aftalt %(day)s") % day, list(_windows(agreement)),
            _("Ejerens enheder har ikke aftalt træffetider."),
        ),
    ]  # fmt: skip


def _settlement(agreement: CooperationAgreement) -> Iterator[tuple[str, str]]:
    rows = SettlementTerms.objects.valid_on(agreement.valid_from).filter(owner=agreement.centre)
    for row in rows.select_related("answered_by"):
        who = row.answered_by.name if row.answered_by else _("Alle andre centre")
        yield who, " ".join(_prices(row))


def _prices(row: SettlementTerms) -> Iterator[str]:
    said = {"call": _kroner(row.per_call), "minute": _kroner(row.per_minute)}
    yield _("%(call)s for et opkald og %(minute)s for hvert påbegyndt minut.") % said
    if row.free_seconds:
        yield _("Gratis op til %(seconds)s sekunder.") % {"seconds": row.free_seconds}
    if row.wrap_up:
        yield _("Efterbehandlingen tæller med.")
    if row.minimum is not None:
        yield _("Mindst %(amount)s om måneden.") % {"amount": _kroner(row.minimum)}
    if row.cap is not None:
        yield _("Højst %(amount)s om måneden.") % {"amount": _kroner(row.cap)}
    if row.vat_percent:
        yield _("Moms: %(percent)s %%.") % {"percent": number_format(row.vat_percent.normalize())}


def _kroner(value: Decimal) -> str:
    return _("%(number)s kr.") % {"number": number_format(value, 2, force_grouping=True)}


def _windows(agreement: CooperationAgreement) -> Iterator[tuple[str, str]]:
    """The promised windows of the owner's units; without the people in them, who change more often."""
    rows = PromisedWindow.objects.in_force(agreement.valid_from).select_related("agreement__unit", "service")
    for row in rows.order_by("agreement__unit__name", "service__name", "opens", "pk"):
        unit = row.agreement.unit
        if agreement.owner_unit.contains(unit):
            subject = row.service.name if row.service else _("alle emner")
            yield f"{unit.name}: {subject}", f"{window_words.week(row)}, {window_words.media(row)}"
