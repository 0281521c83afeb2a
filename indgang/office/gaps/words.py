"""Gaps and effects in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.analysis.gap_rows import FoundGaps
from indgang.analysis.gaps.deciding import GapKind, GapReason
from indgang.analysis.gaps.effect import (
    FEWEST_A_WEEK,
    FEWEST_AFTER,
    FEWEST_BEFORE,
    FEWEST_COMPARED,
    FEWEST_SUBJECTS,
    ChangeEstimate,
    EffectVerdict,
    MeasureEffect,
    MissingData,
)
from indgang.analysis.gaps.ranking import AnswerGap, SearchEvidence
from indgang.catalogue.models import Purpose, Service
from indgang.plots.numbers import decimal

KIND_WORDS: Mapping[GapKind, str | Promise] = {
    GapKind.PAGE: gettext_lazy("Siden findes"),
    GapKind.MISSING: gettext_lazy("Siden mangler"),
    GapKind.STATUS: gettext_lazy("Sagens status på nettet"),
}
WHY_WORDS: Mapping[GapReason, str | Promise] = {
    GapReason.STATUS_TOLD: gettext_lazy("Spurgte, hvor langt en sag er, og fik det at vide med det samme"),
    GapReason.STATUS_PASSED_ON: gettext_lazy("Spurgte, hvor langt en sag er, og måtte videre til en sagsbehandler"),
    GapReason.ANSWERED_FROM_PAGE: gettext_lazy("Medarbejderen svarede ud fra siden"),
    GapReason.STAFF_PAGE: gettext_lazy("Medarbejderen svarede ud fra en artikel, som kun medarbejdere kan se"),
    GapReason.NOT_IN_KNOWLEDGE: gettext_lazy("Medarbejderen meldte, at svaret mangler"),
    GapReason.PAGE_OPEN: gettext_lazy("Burde kunne løses digitalt, og medarbejderen havde siden åben"),
    GapReason.PAGE_FITS: gettext_lazy("Burde kunne løses digitalt, og noten har sidens ord"),
    GapReason.PAGE_OF_PURPOSE: gettext_lazy("Burde kunne løses digitalt, og siden er ydelsens eneste om ærindet"),
    GapReason.SENT_TO_SITE: gettext_lazy("Henvist til hjemmesiden eller selvbetjening, uden at siden er noteret"),
    GapReason.MARKED: gettext_lazy("Burde kunne løses digitalt, men ingen side passer"),
}


class GapNames:
    """Names for the codes of gaps."""

    def __init__(self, found: FoundGaps) -> None:
        self._found = found
        self._services = dict(Service.objects.values_list("code", "name"))
        self._purposes = dict(Purpose.objects.values_list("code", "name"))

    def title(self, gap: AnswerGap) -> str:
        if gap.page:
            page = self._found.pages.by_slug.get(gap.page)
            return page.title if page else gap.page
        if gap.words:
            return self.written(gap.words)
        if gap.kind is GapKind.PAGE:
            return _("%(service)s: ingen side er noteret") % {"service": self.service(gap.service)}
        return ": ".join(each for each in (self.service(gap.service), self.purpose(gap.purpose)) if each)

    def written(self, stems: tuple[str, ...]) -> str:
        return ", ".join(self._found.written.get(stem, stem) for stem in stems)

    def service(self, code: str) -> str:
        return self._services.get(code, code)

    def purpose(self, code: str) -> str:
        return self._purposes.get(code, code)


def told_searches(found: SearchEvidence) -> dict[str, str]:
    """The searches of a gap, where too few are no number."""
    return {name: _("for få") if each is None else decimal(each, 0) for name, each in found.told.items()}


def percent(part: float) -> str:
    return decimal(100 * part, 0)


def change_words(change: ChangeEstimate) -> str:
    """A change as "31 procent færre (mellem 19 og 42 procent færre)"."""
    said = {"value": _side(change.value), "low": _side(change.low), "high": _side(change.high)}
    return _("%(value)s (mellem %(low)s og %(high)s)") % said


def _side(part: float) -> str:
    if round(100 * part) == 0:
        return _("uændret")
    if part < 0:
        return _("%(percent)s procent færre") % {"percent": percent(-part)}
    return _("%(percent)s procent flere") % {"percent": percent(part)}


def verdict_words(effect: MeasureEffect) -> str:
    return {
        EffectVerdict.FEWER: _("Der kommer færre af spørgsmålene, end der ellers ville være kommet."),
        EffectVerdict.MORE: _("Der kommer flere af spørgsmålene, end der ellers ville være kommet."),
        EffectVerdict.NOT_SEEN: _("Der kan ikke ses en virkning. Forskellen kan skyldes tilfældige udsving."),
        EffectVerdict.NOT_COMPARABLE: _(
            "Tallene har ændret sig, men det begyndte, før tiltaget blev udgivet. Det kan ikke tilskrives tiltaget."
        ),
        EffectVerdict.NOT_SEPARABLE: _(
            "Virkningen kan ikke skilles fra andre tiltag på de samme spørgsmål, som begyndte eller sluttede samtidig."
        ),
        EffectVerdict.TOO_LITTLE: _("Der er for lidt at regne på endnu."),
    }[effect.verdict]


def missing_words(effect: MeasureEffect) -> list[str]:
    """What is still missing for an estimate."""
    said = {
        MissingData.WEEKS_BEFORE: _("Hele uger før udgivelsen: %(weeks)s. Der skal være mindst %(fewest)s.")
        % {"weeks": effect.weeks_before, "fewest": FEWEST_BEFORE},
        MissingData.WEEKS_AFTER: _("Hele uger efter udgivelsen: %(weeks)s. Der skal være mindst %(fewest)s.")
        % {"weeks": effect.weeks_after, "fewest": FEWEST_AFTER},
        MissingData.QUESTIONS: _("Der skal have været mindst %(fewest)s af spørgsmålene om ugen før udgivelsen.")
        % {"fewest": decimal(FEWEST_A_WEEK, 0)},
        MissingData.COMPARABLE: _(
            "Der skal være mindst %(subjects)s andre ærinder at sammenligne med, tilsammen mindst %(fewest)s om ugen."
        )
        % {"subjects": FEWEST_SUBJECTS, "fewest": decimal(FEWEST_COMPARED, 0)},
    }
    return [said[each] for each in effect.missing]
