"""Personal data of cooperation agreements: who signs for each party, and who leaves days out of a
baseline."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover(
    "staff", "agreements.CooperationAgreement.owner", "agreements.CooperationAgreement.operator",
    "agreements.SignedDocument.content", "agreements.ExcludedDay.chosen_by",
)  # fmt: skip
