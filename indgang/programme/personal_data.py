"""Personal data of business cases: who saved a version."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover("staff", "programme.OwnCaseVersion.made_by")
