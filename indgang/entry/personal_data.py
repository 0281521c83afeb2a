"""What the telephone entry keeps of people besides what enquiries do."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.privacy.kinds import Basis, Holding, PersonalData, cover, declare

cover(
    "staff",
    "entry.Prompt.recording", "entry.FlowVersion.created_by", "entry.FlowVersion.published_by", "entry.Queue.closed_by",
    "entry.OwnNumber.person", "entry.OwnNumber.number", "entry.OwnNumber.code",
    "entry.QueueMembership.person", "entry.CapacityChoice.person", "entry.Disturbance.started_by",
    "entry.Disturbance.ended_by",
    "entry.ShiftSwap.offered_by", "entry.ShiftSwap.taken_by",
    "entry.AgentLoan.person", "entry.AgentLoan.asked_by", "entry.AgentLoan.decided_by",
    "entry.TrunkStatus.trial_by", "entry.TrunkStatus.trial_number",
    *(f"entry.Presence.{name}"
      for name in ("person", "state", "reason", "since", "wrap_up_until", "signed_in_at", "phone_address", "kept")),
    *(f"entry.PresenceEvent.{name}" for name in ("person", "state", "reason", "at")),
)  # fmt: skip
cover(
    "passing",
    *(f"entry.Command.{name}" for name in ("person", "payload", "detail")),
    *(f"entry.InHand.{name}" for name in ("person", "enquiry", "stage", "consult_name", "search")),
    *(f"entry.InHand.{name}" for name in ("offered_until", "reasons")),
    "entry.LiveWork.kept", "entry.RobotCall.number",
)  # fmt: skip

ALERTS = declare(
    PersonalData(
        name="alerts",
        title=_("Advarsler på driftssiden"),
        whose=_("Medarbejdere og dem, der ringer"),
        purpose=_("At opdage og rette fejl i opkald"),
        basis=Basis.PUBLIC_TASK,
        since=_("advarslen kom"),
        days=365,
        holdings=(
            Holding(
                table="entry_alert", since="at", free="held.seen_at IS NOT NULL OR held.over_at IS NOT NULL",
                scrubs=("DELETE FROM entry_alert WHERE id = ANY(%(keys)s)",),
                subject="held.enquiry = ANY(%(enquiries)s)", exports={"kom": "held.at", "om": "held.text"},
            ),
        ),
    ),
    "entry.Alert.seen_by", "entry.Alert.text",
)  # fmt: skip

DEAD_LETTERS = declare(
    PersonalData(
        name="dead_letters",
        title=_("Det, der ikke kunne skrives og er lagt til side"),
        whose=_("Den, der ringer eller henvender sig"),
        purpose=_("At nogen kan finde ud af, hvad der skete med opkaldet"),
        basis=Basis.PUBLIC_TASK,
        since=_("det blev lagt til side"),
        days=90,
        holdings=(
            Holding(
                table="entry_deadletter", since="at",
                scrubs=("DELETE FROM entry_deadletter WHERE id = ANY(%(keys)s)",),
                subject="EXISTS (SELECT FROM jsonb_array_elements_text(held.enquiries) AS about"
                " WHERE about = ANY(%(enquiries)s::text[]))",
                exports={"lagt til side": "held.at", "indhold": "held.content"},
            ),
        ),
    ),
    "entry.DeadLetter.error", "entry.DeadLetter.content",
)  # fmt: skip

STAFF_NEWS = declare(
    PersonalData(
        name="staff_news",
        title=_("Nyt til medarbejderne, og hvem der har læst det"),
        whose=_("Medarbejdere i kontaktcentret og sagsbehandlere"),
        purpose=_("At alle får det at vide, de skal bruge, når de svarer"),
        basis=Basis.PUBLIC_TASK,
        since=_("det holdt op med at blive vist"),
        days=365,
        holdings=(
            Holding(
                table="entry_staffnews", since="shown_until",
                scrubs=("DELETE FROM entry_staffnewsread WHERE news_id = ANY(%(keys)s)",
                        "DELETE FROM entry_staffnews WHERE id = ANY(%(keys)s)"),
            ),
        ),
    ),
    *(f"entry.StaffNews.{name}" for name in ("title", "text", "written_by")),
    *(f"entry.StaffNewsRead.{name}" for name in ("person", "read_at")),
)  # fmt: skip

DAY_LOG = declare(
    PersonalData(
        name="day_log",
        title=_("Kontaktcentrets log over dagen"),
        whose=_("Medarbejdere i kontaktcentret, og dem, de skriver om"),
        purpose=_("At de næste på vagt ved, hvad der er sket"),
        basis=Basis.PUBLIC_TASK,
        since=_("det blev skrevet"),
        days=90,
        holdings=(
            Holding(
                table="entry_daylogentry", since="at",
                scrubs=("DELETE FROM entry_daylogentry WHERE id = ANY(%(keys)s)",),
            ),
        ),
    ),
    "entry.DayLogEntry.text", "entry.DayLogEntry.written_by",
)  # fmt: skip

ROBOT_COMMENTS = declare(
    PersonalData(
        name="robot_comments",
        title=_("Indtalte kommentarer til telefonrobotten"),
        whose=_("Den, der er ringet op"),
        purpose=_("At høre, hvad den, der blev spurgt, selv ville sige. Der optages kun efter et tryk på en tast"),
        basis=Basis.CONSENT,
        since=_("kommentaren blev indtalt"),
        days=30,
        holdings=(
            Holding(
                table="entry_robotcall", since="comment_at", key_type="uuid", left="held.comment IS NOT NULL",
                scrubs=("UPDATE entry_robotcall SET comment = NULL WHERE id = ANY(%(keys)s)",),
            ),
        ),
    ),
    "entry.RobotCall.comment",
)  # fmt: skip
