"""Which formulas the agreements of centres name, and where something is shown by another one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from indgang.agreements.models import AgreementTarget, CooperationAgreement
from indgang.agreements.variants import alike
from indgang.agreements.words import promised_words
from indgang.core.ranges import DateRange
from indgang.entry.models import Queue
from indgang.measures.figure_names import FIGURE_NAMES


@dataclass(frozen=True, slots=True, order=True)
class AgreedFormula:
    """A version of a figure; `within` is the promise in seconds that it assumes, 0 for the queues' own."""

    code: str
    version: int
    within: int = 0

    @property
    def name(self) -> str:
        """`service_level_sl4 v1 within 20 seconds`."""
        return f"{self.code} v{self.version}" + (f" within {self.within} seconds" if self.within else "")

    def in_words(self, beside: AgreedFormula) -> str:
        """Its name, with its promise, and with its version where that is what tells it from the other."""
        said = promised_words(self.code, self.within) if self.within else str(FIGURE_NAMES.get(self.code, self.code))
        if beside.within and not self.within and self.code == beside.code:
            said = _("svar inden for køernes egne løfter")
        if self.code == beside.code and self.version != beside.version:
            said = _("%(name)s (version %(version)s)") % {"name": said, "version": self.version}
        return said


@dataclass(frozen=True, slots=True)
class CentreFormulas:
    """What the signed agreements of a centre (code and name) name for its targets on some days."""

    centre: str
    name: str
    agreed: frozenset[AgreedFormula]

    def instead_of(self, shown: AgreedFormula) -> list[AgreedFormula]:
        """What they name for the same question; nothing where they name what is shown, or nothing for the question."""
        same = [each for each in self.agreed if each.code == shown.code]
        if shown in same:
            return []
        return sorted(same or [each for each in self.agreed if each.code in alike(shown.code)])


def centres_of(only: Mapping[str, Collection[str]]) -> set[str] | None:
    """The centres (codes) that a choice of rows is of, by its centres and by those of its queues; None for all."""
    found = set(only["centre"]) if "centre" in only else None
    if only.get("queue"):
        of_queues = set(Queue.objects.filter(code__in=only["queue"]).values_list("centre__code", flat=True))
        found = of_queues if found is None else found & of_queues
    return found


def of_choice(only: Mapping[str, Collection[str]], days: DateRange) -> list[CentreFormulas]:
    """Those of the centres of a choice whose agreements hold on some of the days, by name. Two queries at most."""
    centres = centres_of(only)
    held = CooperationAgreement.objects.signed().filter(
        Q(valid_to=None) | Q(valid_to__gt=days.start), valid_from__lt=days.end
    )
    held = held if centres is None else held.filter(centre__code__in=centres)
    rows = AgreementTarget.objects.filter(agreement__in=held).order_by("agreement__centre__name")
    found: dict[tuple[str, str], set[AgreedFormula]] = {}
    names = ("agreement__centre__code", "agreement__centre__name", "kpi", "version", "within")
    for code, name, kpi, version, within in rows.values_list(*names):
        found.setdefault((code, name), set()).add(AgreedFormula(kpi, version, within or 0))
    return [CentreFormulas(code, name, frozenset(agreed)) for (code, name), agreed in found.items()]


def remark(shown: AgreedFormula, centres: Collection[CentreFormulas], *, is_one: bool) -> str:
    """That a figure is shown by another formula than the agreed one; empty where it is not. `is_one`: the figures are
    those of one centre, which need not be named."""
    by_words: dict[str, list[str]] = {}
    for each in centres:
        if agreed := each.instead_of(shown):
            said = "; ".join(formula.in_words(shown) for formula in agreed)
            by_words.setdefault(said, []).append(each.name)
    if is_one:
        return " ".join(_("En anden formel end aftalens: %(agreed)s.") % {"agreed": said} for said in by_words)
    return " ".join(
        _("En anden formel end aftalens for %(centre)s: %(agreed)s.") % {"centre": ", ".join(names), "agreed": said}
        for said, names in by_words.items()
    )
