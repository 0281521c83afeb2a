"""Personal data of business cases and benefits: who saved a version, who answers for a benefit, and who signed."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover(
    "staff", "programme.OwnCaseVersion.made_by", "programme.BenefitVersion.owner", "programme.BenefitVersion.made_by",
    "programme.BenefitSignature.signed_by", "programme.BenefitMonth.closed_by",
)  # fmt: skip
