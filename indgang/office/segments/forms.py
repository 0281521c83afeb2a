"""Finding services by their segment, and deciding on one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.analysis.indicators import IndicatorProposal
from indgang.analysis.segmenting import NAMES, SegmentedNow
from indgang.analysis.segments import SCALES
from indgang.office.segments.rows import SEGMENT_WORDS
from indgang.ui.revision import Revised


class SegmentFilter(forms.Form):
    q = forms.CharField(label=gettext_lazy("Ydelse"), required=False, max_length=100)
    segment = forms.ChoiceField(label=gettext_lazy("Segment"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["segment"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("Alle")), *(("-".join(key), str(name)) for key, name in SEGMENT_WORDS.items())]


def indicator_word(name: str) -> str:
    return {
        "enquiries_per_case": _("Henvendelser pr. sag"), "interfaces": _("Snitflader"),
        "target_group_breadth": _("Målgruppens bredde"), "variation": _("Variation"),
    }[name]  # fmt: skip


class SegmentDecisionForm(Revised, forms.Form):
    """The indicators and cases that are accepted, and a segment that is not the rule's."""

    UNCOMPARED = ("reason",)

    cases_a_year = forms.IntegerField(label=gettext_lazy("Sager om året"), min_value=0, max_value=10_000_000)
    complexity = forms.ChoiceField(
        label=gettext_lazy("Kompleksitet"), required=False,
        choices=[("", gettext_lazy("Efter reglen")), ("high", gettext_lazy("Høj")), ("low", gettext_lazy("Lav"))],
    )  # fmt: skip
    volume = forms.ChoiceField(
        label=gettext_lazy("Volumen"), required=False,
        choices=[("", gettext_lazy("Efter reglen")), ("large", gettext_lazy("Stor")), ("small", gettext_lazy("Lille"))],
    )  # fmt: skip
    reason = forms.CharField(label=gettext_lazy("Hvorfor"), max_length=500)

    def __init__(
        self, data: Mapping[str, Any] | None, *, now: SegmentedNow, accepted: Sequence[IndicatorProposal] = ()
    ) -> None:
        """`accepted`: proposals that the form begins with."""
        decision = now.decision
        there = now.indicators.values if now.indicators else (1, 1, 1, 1)
        initial: dict[str, Any] = {
            **dict(zip(NAMES, there, strict=True)), "cases_a_year": now.cases,
            "complexity": decision.complexity if decision else "", "volume": decision.volume if decision else "",
        }  # fmt: skip
        initial |= {each.indicator: each.value for each in accepted if each.value is not None}
        also = {str(_("Beslutning")): decision.reason} if decision else {}
        super().__init__(data, initial=initial, also=also)
        for name, (low, high) in zip(NAMES, SCALES, strict=True):
            self.fields[name] = forms.TypedChoiceField(
                label=indicator_word(name), coerce=int, choices=[(each, str(each)) for each in range(low, high + 1)]
            )
        self.order_fields([*NAMES, "cases_a_year", "complexity", "volume", "reason"])
