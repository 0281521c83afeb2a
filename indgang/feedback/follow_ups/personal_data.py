"""Personal data of what is done about feedback."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.privacy.kinds import Basis, Holding, PersonalData, cover, declare

_SUBJECT = (
    "held.response_id IN (SELECT answered.id FROM feedback_response AS answered"
    " JOIN feedback_surveyinvitation AS asked ON asked.id = answered.invitation_id"
    " WHERE asked.enquiry_id = ANY(%(enquiries)s))"
)

declare(
    PersonalData(
        name="feedback_call_backs",
        title=_("Nummeret på den, der vil ringes op om sit svar"),
        whose=_("Den, der har svaret og bedt om at blive ringet op"),
        purpose=_("At ringe til dem, der har sagt ja til det"),
        basis=Basis.CONSENT,
        since=_("samtykket blev givet; nummeret slettes, når opfølgningen afsluttes, og senest efter denne tid"),
        days=30,
        holdings=(
            Holding(
                table="feedback_followup", since="consented_at", left="held.phone <> ''",
                scrubs=("UPDATE feedback_followup SET phone = '' WHERE id = ANY(%(keys)s)",),
                subject=f"({_SUBJECT}) OR (held.phone <> '' AND held.phone = ANY(%(numbers)s))",
                exports={"telefon": "held.phone", "samtykke": "held.consented_at", "ringet op": "held.called"},
            ),
        ),
    ),
    "feedback.FollowUp.phone",
)  # fmt: skip

declare(
    PersonalData(
        name="feedback_follow_ups",
        title=_("Hvad der er gjort ved lave vurderinger og kommentarer"),
        whose=_("Den, der ringer eller henvender sig"),
        purpose=_("At følge op på det, de har svaret, og lære af det"),
        basis=Basis.PUBLIC_TASK,
        since=_("opfølgningen begyndte"),
        days=730,
        holdings=(
            Holding(
                table="feedback_followup", since="opened_at", left="held.done <> ''", by_time=True,
                free="held.closed_at IS NOT NULL", waits=_("opfølgningen ikke er afsluttet"),
                scrubs=("UPDATE feedback_followup SET done = '' WHERE id = ANY(%(keys)s)",),
                subject=_SUBJECT,
                exports={"tid": "held.opened_at", "afsluttet": "held.closed_at", "gjort": "held.done"},
            ),
        ),
    ),
    "feedback.FollowUp.done",
)  # fmt: skip

cover(
    "staff", "feedback.FollowUp.owner", "feedback.FollowUp.closed_by", "feedback.CommentTag.decided_by",
    "feedback.ImprovementItem.owner", "feedback.ImprovementItem.created_by", "feedback.ImprovementItem.decided_by",
)  # fmt: skip
