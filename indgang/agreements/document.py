"""The agreement as a PDF that screen readers can read (PDF/UA-1), in the language of who asks for it."""

from __future__ import annotations

import calendar
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indgang.agreements.annexes import annexes
from indgang.agreements.models import AgreementPart, CooperationAgreement, SignedDocument
from indgang.agreements.printing import printable
from indgang.agreements.words import signed_words, terms_words
from indgang.core import clock

_TEMPLATE = Path(__file__).with_suffix(".typ")


def pdf(agreement: CooperationAgreement) -> bytes:
    """The agreement with its signatures; the same bytes for the same agreement, annexes and language."""
    words = printable(json.dumps(_words(agreement), ensure_ascii=False))
    made: bytes = typst.compile(
        _TEMPLATE.read_bytes(), format="pdf", pdf_standards=["ua-1"], sys_inputs={"agreement": words},
        ignore_system_fonts=True, timestamp=calendar.timegm(agreement.valid_from.timetuple()),
    )  # fmt: skip
    return made


def keep(agreement: CooperationAgreement) -> None:
    """Store what both parties have signed."""
    with translation.override("da"):
        SignedDocument.objects.create(agreement=agreement, content=pdf(agreement))


def file_of(agreement: CooperationAgreement) -> bytes:
    """What both parties have signed, in Danish; of a draft, and of an agreement that was signed before these were
    stored, as it is now."""
    kept = SignedDocument.objects.filter(agreement=agreement).values_list("content", flat=True).first()
    return pdf(agreement) if kept is None else bytes(kept)


def _words(agreement: CooperationAgreement) -> dict[str, Any]:
    centre = agreement.centre
    written = dict(agreement.parts.values_list("kind", "text"))
    return {
        "title": _("Samarbejdsaftale om %(name)s") % {"name": centre.name},
        "language": (get_language() or "da")[:2],
        "state": _("Underskrevet af begge parter.") if agreement.is_signed else _("Kladde, som ikke er underskrevet."),
        "words": {
            "terms": _("Parter og pris"), "what": _("Hvad"), "agreed": _("Det er aftalt"), "targets": _("Mål"),
            "nothing": _("Ingen mål endnu."), "who": _("Hvem"),
        },
        "terms": [list(each) for each in _terms(agreement)],
        "targets": [
            f"{signed_words(row)} ({row.kpi} v{row.version})"
            for row in agreement.targets.select_related("service", "baseline")
        ],
        "parts": [
            {"heading": str(kind.label), "paragraphs": _paragraphs(written.get(kind, ""))}
            for kind in AgreementPart.Kind
        ],
        "annexes": [
            {"heading": each.heading, "lines": [list(line) for line in each.lines], "empty": each.empty}
            for each in annexes(agreement)
        ],
    }  # fmt: skip


def _terms(agreement: CooperationAgreement) -> Iterator[tuple[str, str]]:
    yield _("Gælder fra"), date_format(agreement.valid_from)
    yield _("Gælder til"), date_format(agreement.valid_to) if agreement.valid_to else _("indtil videre")
    yield _("Ejer"), _signed(agreement.owner_unit.name, agreement.owner.name, agreement.owner_signed_at)
    yield _("Operatør"), _signed(agreement.operator_unit.name, agreement.operator.name, agreement.operator_signed_at)
    yield from terms_words(agreement)


def _signed(unit: str, person: str, at: datetime | None) -> str:
    if at is None:
        return _("%(unit)s: %(person)s har ikke underskrevet") % {"unit": unit, "person": person}
    said = {"unit": unit, "person": person, "day": date_format(clock.day_of(at))}
    return _("%(unit)s: %(person)s underskrev %(day)s") % said


def _paragraphs(text: str) -> list[str]:
    found = [each.strip() for each in text.replace("\r\n", "\n").split("\n") if each.strip()]
    return found or [_("Ikke skrevet endnu.")]
