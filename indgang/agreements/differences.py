"""What changed from one version of a cooperation agreement to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from indgang.agreements.models import AgreementPart, AgreementTarget, CooperationAgreement
from indgang.agreements.words import target_words, terms_words


@dataclass(frozen=True, slots=True)
class AgreementDifference:
    """A heading with the earlier and the present words; "" where one of the two has nothing."""

    heading: str
    before: str
    now: str


def between(earlier: CooperationAgreement, later: CooperationAgreement) -> list[AgreementDifference]:
    """The differences in the order of the agreement: parts, price and staffing, targets."""
    return [*_parts(earlier, later), *_terms(earlier, later), *_targets(earlier, later)]


def _parts(earlier: CooperationAgreement, later: CooperationAgreement) -> Iterator[AgreementDifference]:
    before, now = (dict(each.parts.values_list("kind", "text")) for each in (earlier, later))
    for kind in AgreementPart.Kind:
        if before.get(kind, "") != now.get(kind, ""):
            yield AgreementDifference(str(kind.label), before.get(kind, ""), now.get(kind, ""))


def _terms(earlier: CooperationAgreement, later: CooperationAgreement) -> Iterator[AgreementDifference]:
    before, now = dict(terms_words(earlier)), dict(terms_words(later))
    for name in now:
        if before[name] != now[name]:
            yield AgreementDifference(name, before[name], now[name])


def _targets(earlier: CooperationAgreement, later: CooperationAgreement) -> Iterator[AgreementDifference]:
    before, now = (_by_subject(each) for each in (earlier, later))
    for subject in sorted(before.keys() | now.keys(), key=str):
        old, new = before.get(subject, ""), now.get(subject, "")
        if old != new:
            yield AgreementDifference(_("Mål"), old, new)


def _by_subject(agreement: CooperationAgreement) -> dict[tuple[object, ...], str]:
    rows = agreement.targets.select_related("service", "baseline")
    return {_subject(row): f"{target_words(row)} ({row.kpi} v{row.version})" for row in rows}


def _subject(target: AgreementTarget) -> tuple[object, ...]:
    return target.kpi, target.level, target.service_id or 0, target.channel, target.is_floor
