"""Personal data of cooperation agreements: who signs for each party."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover(
    "staff", "agreements.CooperationAgreement.owner", "agreements.CooperationAgreement.operator",
)  # fmt: skip
