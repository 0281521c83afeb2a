"""Personal data of feedback: what is kept about those who are asked, why and for how long."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.feedback.follow_ups import personal_data as follow_ups  # noqa: F401  # declares its own
from indgang.feedback.models import OptOut, SurveyInvitation
from indgang.feedback.studies import personal_data as studies  # noqa: F401  # declares its own
from indgang.privacy.kinds import Basis, Holding, PersonalData, cover, declare

_WHOSE = _("Den, der ringer eller henvender sig")
_LEFT = "held.address <> '' OR held.address_digest <> '' OR held.party_digest <> '' OR held.token IS NOT NULL"
_OF_SUBJECT = (
    "held.response_id IN (SELECT answered.id FROM feedback_response AS answered"
    " JOIN feedback_surveyinvitation AS asked ON asked.id = answered.invitation_id"
    " WHERE asked.enquiry_id = ANY(%(enquiries)s))"
)
_EMPTY = "address = '', address_digest = '', party_digest = '', token = NULL"

declare(
    PersonalData(
        name="feedback_invitations",
        title=_("Hvem der er blevet spurgt om deres tilfredshed"),
        whose=_WHOSE,
        purpose=_("At spørge en gang og ikke for ofte. Nummeret eller adressen slettes, når svaret er kommet eller"
                  " fristen er gået; tilbage er en kode, som ingen kan regne baglæns"),
        basis=Basis.PUBLIC_TASK,
        since=_("samtalen sluttede"),
        days=365,
        outcomes={str(code): label for code, label in SurveyInvitation.State.choices},
        holdings=(
            Holding(
                table="feedback_surveyinvitation", since="part_ended_at", key_type="uuid", outcome="state", left=_LEFT,
                scrubs=(
                    f"UPDATE feedback_surveyinvitation SET {_EMPTY} WHERE id = ANY(%(keys)s)",  # noqa: S608  # our names
                ),
                subject="held.enquiry_id = ANY(%(enquiries)s)",
                exports={
                    "samtalen sluttede": "held.part_ended_at", "udfald": "held.state", "spurgt": "held.asked_at",
                    "måde": "held.way", "adresse": "held.address",
                },
            ),
        ),
    ),
    *(f"feedback.SurveyInvitation.{name}" for name in ("token", "address", "address_digest", "party_digest")),
)  # fmt: skip

declare(
    PersonalData(
        name="feedback_comments",
        title=_("Kommentarer fra tilfredshedsmålinger"),
        whose=_WHOSE,
        purpose=_("At høre med egne ord, hvad der skal blive bedre. CPR-numre, telefonnumre og mailadresser skjules"),
        basis=Basis.PUBLIC_TASK,
        since=_("kommentaren kom"),
        days=730,
        holdings=(
            Holding(
                table="feedback_comment", since="at", left="held.text <> ''", by_time=True,
                scrubs=("UPDATE feedback_comment SET text = '' WHERE id = ANY(%(keys)s)",),
                subject=_OF_SUBJECT,
                exports={"tid": "held.at", "kommentar": "held.text"},
            ),
        ),
    ),
    "feedback.Comment.text",
)  # fmt: skip

declare(
    PersonalData(
        name="spoken_comments",
        title=_("Indtalte kommentarer fra tilfredshedsmålinger"),
        whose=_WHOSE,
        purpose=_(
            "At skrive kommentaren ned. Den optages kun, når man har trykket på en tast for det. Hvor kommunen har"
            " valgt et program til det, hører programmet også optagelsen og foreslår teksten"
        ),
        basis=Basis.CONSENT,
        since=_("datoen, der blev lovet, før kommentaren blev indtalt"),
        days=0,
        keeps=_("Til kommentaren er skrevet ned, og længst til den dato, der blev lovet, før den blev indtalt."),
        holdings=(
            Holding(
                table="feedback_spokencomment", since="delete_at",
                left="held.sound IS NOT NULL OR held.draft <> '' OR held.state = 'to_write'",
                scrubs=(
                    "UPDATE feedback_spokencomment SET sound = NULL, draft = '',"
                    " state = CASE state WHEN 'to_write' THEN 'expired' ELSE state END WHERE id = ANY(%(keys)s)",
                ),
                subject=_OF_SUBJECT,
                exports={
                    "indtalt": "held.at", "slettes": "held.delete_at", "lyd (WAV, base64)":
                    "encode(held.sound, 'base64')",
                },
            ),
        ),
    ),
    "feedback.SpokenComment.sound", "feedback.SpokenComment.draft",
)  # fmt: skip

declare(
    PersonalData(
        name="feedback_opt_outs",
        title=_("Hvem der ikke vil spørges"),
        whose=_WHOSE,
        purpose=_("At lade dem være i fred, der har sagt nej; kun en kode, som ingen kan regne baglæns"),
        basis=Basis.PUBLIC_TASK,
        keeps=_("Til de siger noget andet."),
    ),
    f"feedback.{OptOut.__name__}.digest",
)  # fmt: skip

cover(
    "staff", "feedback.SurveyInvitation.employee", "feedback.Response.employee",
    "feedback.QuestionnaireVersion.published_by", "feedback.EarlierResult.imported_by",
    "feedback.SpokenComment.settled_by",
)  # fmt: skip
