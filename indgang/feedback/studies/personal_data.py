"""Personal data of studies: the users who take part, with what they wrote, and the colleagues of the team."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.privacy.kinds import Basis, Holding, PersonalData, cover, declare

_PERSON = ("name", "organisation", "email", "phone", "consent", "link")

declare(
    PersonalData(
        name="study_participants",
        title=_("Deltagere i brugerundersøgelser"),
        whose=_("Brugere, der deltager i interview, brugertest eller crowdsourcing"),
        purpose=_("At kunne invitere dem, og at vide, at de har sagt ja"),
        basis=Basis.CONSENT,
        since=_("datoen, der blev sat, da deltageren blev skrevet ind"),
        days=0,
        keeps=_("Til den dato, der blev sat, da deltageren blev skrevet ind: normalt ni måneder efter undersøgelsen."),
        holdings=(
            Holding(
                table="feedback_studyparticipant", since="delete_at",
                scrubs=(
                    "UPDATE feedback_crowdanswer SET text = '', digest = '', participant_id = NULL"
                    " WHERE participant_id = ANY(%(keys)s)",
                    "UPDATE feedback_crowdrating SET participant_id = NULL WHERE participant_id = ANY(%(keys)s)",
                    "DELETE FROM feedback_studyparticipant WHERE id = ANY(%(keys)s)",
                ),
                subject="(held.email <> '' AND lower(held.email) = ANY(%(emails)s))"
                " OR (held.phone <> '' AND held.phone = ANY(%(numbers)s))",
                exports={
                    "undersøgelse": "(SELECT study.title FROM feedback_study AS study WHERE study.id = held.study_id)",
                    "navn": "held.name", "virksomhed": "held.organisation", "mail": "held.email",
                    "telefon": "held.phone", "samtykke": "held.consent", "givet": "held.consented_at",
                    "slettes": "held.delete_at",
                    "svar": "(SELECT jsonb_agg(answer.text ORDER BY answer.at) FROM feedback_crowdanswer AS answer"
                    " WHERE answer.participant_id = held.id AND answer.text <> '')",
                },
            ),
        ),
    ),
    *(f"feedback.StudyParticipant.{name}" for name in _PERSON),
    *(f"feedback.CrowdAnswer.{name}" for name in ("participant", "text", "digest")),
    "feedback.CrowdRating.participant",
)  # fmt: skip

cover(
    "staff", "feedback.PackageDecision.decided_by", "feedback.Study.created_by", "feedback.Study.decided_by",
    "feedback.StudyStep.taken_by", "feedback.StudyMember.person", "feedback.StudyRecommendation.responsible",
    "feedback.StudyRecommendation.decided_by", "feedback.FeedbackEvaluation.evaluated_by",
)  # fmt: skip
