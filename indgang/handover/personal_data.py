"""Personal data of hand-overs: what is kept about contacts, why and for how long."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.handover.models import Handover
from indgang.privacy.kinds import Basis, Holding, PersonalData, cover, declare

_IS_OVER = "held.closed_at IS NOT NULL"
_TEXTS = (
    "question", "told", "expected", "promised", "case_number", "contact_name", "contact_number", "contact_email",
    "first_level_answer",
)  # fmt: skip
_EMPTY = ", ".join(f"{name} = ''" for name in _TEXTS)
_LEFT = " OR ".join(
    (*(f"held.{name} <> ''" for name in _TEXTS),
     "EXISTS (SELECT FROM handover_addition AS added WHERE added.handover_id = held.id)")
)  # fmt: skip

declare(
    PersonalData(
        name="handovers",
        title=_("Overleveringer til fagenheder"),
        whose=_("Den, der ringer eller henvender sig"),
        purpose=_("At fagenheden kender spørgsmålet, og at den, der har henvendt sig, kan følge det"),
        basis=Basis.PUBLIC_TASK,
        since=_("overleveringen blev afsluttet"),
        days=365,
        outcomes={str(code): label for code, label in Handover.Outcome.choices},
        holdings=(
            Holding(
                table="handover_handover", since="closed_at", key_type="uuid", outcome="outcome", left=_LEFT,
                free=_IS_OVER, free_to_erase=_IS_OVER,
                waits=_("Spørgsmålet er ikke besvaret endnu. Det slettes, når overleveringen er afsluttet."),
                scrubs=(
                    "DELETE FROM handover_addition WHERE handover_id = ANY(%(keys)s)",
                    f"UPDATE handover_handover SET {_EMPTY} WHERE id = ANY(%(keys)s)",  # noqa: S608  # our names
                ),
                subject="held.enquiry_id = ANY(%(enquiries)s) OR"
                " (held.contact_number <> '' AND held.contact_number = ANY(%(numbers)s))",
                exports={
                    "nummer": "held.number", "sendt": "held.sent_at", "spørgsmål": "held.question",
                    "svaret": "held.told", "forventet": "held.expected", "lovet": "held.promised",
                    "sagsnummer": "held.case_number", "navn": "held.contact_name",
                    "telefon": "held.contact_number", "mail": "held.contact_email", "udfald": "held.outcome",
                    "tilføjet": "(SELECT jsonb_agg(jsonb_build_object('tid', added.at, 'tekst', added.text)"
                    " ORDER BY added.at) FROM handover_addition AS added WHERE added.handover_id = held.id)",
                },
            ),
        ),
    ),
    *(f"handover.Handover.{name}" for name in (*_TEXTS, "code")),
    "handover.Addition.text",
)  # fmt: skip

declare(
    PersonalData(
        name="handover_drafts",
        title=_("Kladder til overleveringer"),
        whose=_("Den, der ringer eller henvender sig"),
        purpose=_("At det, en medarbejder er ved at skrive, ikke går tabt"),
        basis=Basis.PUBLIC_TASK,
        since=_("kladden sidst blev ændret"),
        days=30,
        holdings=(
            Holding(
                table="handover_handoverdraft", since="updated_at",
                scrubs=("DELETE FROM handover_handoverdraft WHERE id = ANY(%(keys)s)",),
                subject="held.enquiry_id = ANY(%(enquiries)s)",
                exports={"ændret": "held.updated_at", "kladde": "held.fields"},
            ),
        ),
    ),
    "handover.HandoverDraft.fields",
)  # fmt: skip

cover(
    "staff", "handover.HandoverDraft.person", "handover.Handover.person", "handover.Handover.sent_by",
    "handover.Promise.made_by", "handover.Addition.by", "handover.Participant.person",
    "handover.ArrivalMail.person",
)  # fmt: skip
