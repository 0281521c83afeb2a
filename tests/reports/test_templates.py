"""What a report template refuses."""

from __future__ import annotations

import pytest

from indgang.core.refusals import RefusedChange
from indgang.measures.figure_names import FIGURE_NAMES
from indgang.reports import templates
from indgang.reports.models import ReportBlock
from tests.reports.made import template
from tests.world import MORNING, World

pytestmark = pytest.mark.django_db


def test_a_channel_is_refused_with_what_is_true_of_each_figure(world: World) -> None:
    figures = ["operating_cost", "occupancy", "transfers"]
    values = {
        "position": 5, "kind": "figures", "heading": "Tal", "text": "", "figures": figures, "by": "nothing",
        "channel": "calls",
    }  # fmt: skip
    with pytest.raises(RefusedChange) as refused:
        templates.save_block(ReportBlock(template=template(world)), values, by=world.eva, at=MORNING)
    price, hours = (str(FIGURE_NAMES[code]) for code in figures[:2])
    said = f"“{price}” regnes ud fra prisen i aftalen. “{hours}” handler om medarbejdernes tid. Vælg alle kanaler."
    assert refused.value.reasons == {"channel": said}
