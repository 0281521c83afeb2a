"""What people can, which belongs to what is kept of them."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover("staff", "workforce.Competence.person", "workforce.Competence.level")
