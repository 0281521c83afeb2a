"""Personal data in the settlement between centres: only who closed a statement."""

from __future__ import annotations

from indgang.privacy.kinds import cover

cover("staff", "measures.SettlementStatement.closed_by")
