"""Declares people's skills as personal data that is kept about staff."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover("staff", "workforce.Competence.person", "workforce.Competence.level")
