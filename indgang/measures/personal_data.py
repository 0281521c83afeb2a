"""Personal data of the figures: who typed a value or answers for it, and who closed a settlement."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover(
    "staff", "measures.SettlementStatement.closed_by", "measures.EnteredFigure.responsible",
    "measures.EnteredValue.entered_by", "measures.EnteredValue.note",
)  # fmt: skip
