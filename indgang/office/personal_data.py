"""Who reached which milestone on the way to a running centre."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover("staff", "office.Milestone.reached_by")
