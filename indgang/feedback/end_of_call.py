"""Asks at the end of the call: who stays on the line when the agent has hung up is led into the same questions."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from indgang.core.ids import uuid7
from indgang.enquiries.models import Enquiry
from indgang.entry import robot_calls
from indgang.entry.board.robot_script import Script
from indgang.feedback import invitations, inviting, parts, robot_asking, rules
from indgang.feedback.models import AskingRule, SurveyInvitation

Way = AskingRule.Way


class EndOfCall:
    """As `entry.setup.end_of_call.AsksAtEnd`."""

    def queues(self, at: datetime) -> frozenset[str]:
        """Those of the centres with such a rule: what the call was about decides later."""
        return frozenset(rules.queues_after_calls(at, way=Way.END_OF_CALL))

    @transaction.atomic
    def begin(self, enquiry: str, at: datetime) -> tuple[str, Script] | None:
        rows = Enquiry.objects.filter(pk=UUID(enquiry)).select_related("party", "centre", "queue")
        for part in parts.of_calls(list(rows.prefetch_related("questions__service__unit"))):
            planned = inviting.plan(part, on_line=True, at=at)
            if planned is not None and planned.way == Way.END_OF_CALL:
                return self._place(planned, at)
        return None

    def _place(self, planned: SurveyInvitation, at: datetime) -> tuple[str, Script] | None:
        begun = invitations.begin(planned, at=at)
        if begun is None:
            return None
        script = robot_asking.script_of(begun)
        call = robot_calls.begin_on_line(uuid7(), script=script, reference=invitations.reference_of(begun), at=at)
        return str(call.pk), script
