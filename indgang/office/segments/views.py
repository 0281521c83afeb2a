"""The services of the documents by complexity and volume, with the packages that their segment proposes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from indgang.accounts.gate import requires
from indgang.analysis import segments
from indgang.analysis.segments import ServiceOnMap
from indgang.catalogue.offering import LARGE_FROM
from indgang.core.text import folded
from indgang.feedback.studies import reference
from indgang.feedback.studies.rights import READERS
from indgang.office.studies.packages import PACKAGE_WORDS, WHY_WORDS
from indgang.plots.plot import MapPoint, PointPlot

#: by complexity and volume
SEGMENT_WORDS: dict[tuple[str, str], str | Promise] = {
    ("low", "small"): gettext_lazy("Lille volumen, lav kompleksitet"),
    ("high", "small"): gettext_lazy("Lille volumen, høj kompleksitet"),
    ("low", "large"): gettext_lazy("Stor volumen, lav kompleksitet"),
    ("high", "large"): gettext_lazy("Stor volumen, høj kompleksitet"),
}
#: letters of a name on the map
_LONGEST = 24


class SegmentFilter(forms.Form):
    q = forms.CharField(label=gettext_lazy("Ydelse"), required=False, max_length=100)
    segment = forms.ChoiceField(label=gettext_lazy("Segment"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["segment"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Alle")), *(("-".join(key), str(name)) for key, name in SEGMENT_WORDS.items())]


class SegmentRow:
    """A service with its words."""

    def __init__(self, service: ServiceOnMap) -> None:
        proposal = service.segment.proposal
        self.service = service
        self.segment = SEGMENT_WORDS[service.segment.complexity, service.segment.volume]
        self.packages = [str(PACKAGE_WORDS[each]) for each in sorted(proposal.packages)]
        self.why = WHY_WORDS[proposal.why]


@require_GET
@requires(*READERS)
def segments_page(request: HttpRequest) -> HttpResponse:
    services = segments.on_map(reference.services())
    form = SegmentFilter(request.GET)
    sizes = segments.sizes(services)
    context = {
        "form": form, "rows": [SegmentRow(each) for each in _filtered(services, form)], "all": len(services),
        "sizes": [(name, sizes[key]) for key, name in SEGMENT_WORDS.items()], "plot": _map(services),
        "high_from": segments.HIGH_FROM, "large_from": LARGE_FROM,
    }  # fmt: skip
    return render(request, "office/segments/segments.html", context)


def _filtered(services: Sequence[ServiceOnMap], form: SegmentFilter) -> Iterator[ServiceOnMap]:
    """The services that the filter lets through, the most complex first; one that makes no sense lets all through."""
    chosen = form.cleaned_data if form.is_valid() else {}
    for each in sorted(services, key=lambda service: (-service.indicators.index, -service.cases)):
        key = f"{each.segment.complexity}-{each.segment.volume}"
        if folded(chosen.get("q", "")) in folded(each.name) and chosen.get("segment", "") in ("", key):
            yield each


def _map(services: Sequence[ServiceOnMap]) -> PointPlot:
    return PointPlot(
        title=_("Ydelser efter kompleksitet og volumen"),
        about=_("%(number)s ydelser: kompleksitet mod højre, sager om året opad. De stiplede linjer deler segmenterne.")
        % {"number": len(services)},
        points=tuple(
            MapPoint(_short(each.name), float(each.indicators.index), float(each.cases)) for each in services
        ),
        across_name=_("Kompleksitet"), up_name=_("Sager om året"), across_limit=segments.HIGH_FROM - 0.5,
        up_limit=float(LARGE_FROM), corners=_corners(), what=_("Ydelse"),
    )  # fmt: skip


def _corners() -> tuple[str, str, str, str]:
    low_small, high_small, low_large, high_large = (str(each) for each in SEGMENT_WORDS.values())
    return low_small, high_small, low_large, high_large


def _short(name: str) -> str:
    return name if len(name) <= _LONGEST else name[: _LONGEST - 1].rstrip(" ,(–-") + "…"
