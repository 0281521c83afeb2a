"""Personal data of cases, benefits and rollout plans: who saved, signed, states and answers for what."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover(
    "staff", "programme.OwnCaseVersion.made_by", "programme.BenefitVersion.owner", "programme.BenefitVersion.made_by",
    "programme.BenefitSignature.signed_by", "programme.BenefitMonth.closed_by",
)  # fmt: skip
cover(
    "staff", "programme.RolloutPlan.created_by", "programme.RolloutActivity.person", "programme.RolloutRisk.person",
    "programme.PlannedMessage.person", "programme.OldNumberPlace.person", "programme.ReadinessStatement.stated_by",
    "programme.QuarterReport.frozen_by", "programme.RolloutActivity.note", "programme.ReadinessStatement.note",
    "programme.QuarterReport.text",
)  # fmt: skip
cover(
    "staff",
    "programme.Switchover.created_by",
    "programme.Switchover.decided_by",
    "programme.Switchover.stopped",
    "programme.Switchover.taken_back_by",
)
