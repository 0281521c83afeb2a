"""Personal data in queued mails, and in the simulated network of the demo."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.privacy.kinds import Basis, Holding, PersonalData, cover, declare

cover("passing", *(f"messaging.Mail.{name}" for name in ("to", "subject", "text", "html", "unsubscribe_url")))

declare(
    PersonalData(
        name="simulated_sms",
        title=_("SMS på prøvetelefoner"),
        whose=_("Opdigtede personer i en prøve"),
        purpose=_("At prøve sms uden et rigtigt telefonnet"),
        basis=Basis.PUBLIC_TASK,
        since=_("sms'en blev sendt"),
        days=14,
        holdings=(
            Holding(
                table="messaging_simulatedsms", since="at",
                scrubs=("DELETE FROM messaging_simulatedsms WHERE id = ANY(%(keys)s)",),
                subject="held.number = ANY(%(numbers)s)",
                exports={"sendt": "held.at", "nummer": "held.number", "tekst": "held.text"},
            ),
        ),
    ),
    "messaging.SimulatedSms.number", "messaging.SimulatedSms.text",
)  # fmt: skip

declare(
    PersonalData(
        name="simulated_post",
        title=_("Digital Post i prøver"),
        whose=_("Opdigtede personer i en prøve"),
        purpose=_("At prøve Digital Post uden den rigtige løsning"),
        basis=Basis.PUBLIC_TASK,
        since=_("meddelelsen blev sendt"),
        days=14,
        holdings=(
            Holding(
                table="messaging_simulatedpost", since="at",
                scrubs=("DELETE FROM messaging_simulatedpost WHERE id = ANY(%(keys)s)",),
            ),
        ),
    ),
    "messaging.SimulatedPost.number", "messaging.SimulatedPost.name", "messaging.SimulatedPost.memo",
)  # fmt: skip
