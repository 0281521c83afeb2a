"""The personal data that is kept about staff."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.privacy.kinds import EVENT, Basis, Holding, PersonalData, declare

STAFF = declare(
    PersonalData(
        name="staff",
        title=_("Medarbejdere: bruger, roller og arbejde"),
        whose=_("Medarbejdere"),
        purpose=_("At give adgang, fordele henvendelser og se, hvem der har gjort hvad"),
        basis=Basis.PUBLIC_TASK,
        keeps=_("Så længe brugeren findes. I hændelserne står kun brugerens nummer, som ingen kan slå op bagefter."),
    ),
    "accounts.Person.username", "accounts.Person.username_folded", "accounts.Person.name", "accounts.Person.email",
    "accounts.Person.last_login", "accounts.Person.password", "accounts.Person.entry",
    *(f"accounts.Identity.{name}" for name in ("person", "subject", "last_used")),
    *(f"accounts.SecondFactor.{name}" for name in ("person", "name", "secret", "key_id", "last_used")),
    "accounts.RoleAssignment.person", "events.StoredEvent.person",
    EVENT + "by", EVENT + "consulted", EVENT + "instead_of", EVENT + "recipients", EVENT + "supervisor",
)  # fmt: skip

DIRECTORY = declare(
    PersonalData(
        name="directory",
        title=_("Telefonbogen"),
        whose=_("Medarbejdere"),
        purpose=_("At finde den rette kollega, mens nogen venter"),
        basis=Basis.PUBLIC_TASK,
        keeps=_("Til opslaget bliver slettet, senest når medarbejderen holder op."),
    ),
    *(f"catalogue.DirectoryEntry.{name}"
      for name in ("name", "title", "phone", "mobile", "email", "initials", "responsibilities", "knows", "services",
                   "purposes", "verified_at", "verified_by", "searched")),
)  # fmt: skip

TRAIL = declare(
    PersonalData(
        name="trail",
        title=_("Log over ændringer og opslag"),
        whose=_("Medarbejdere og dem, der er slået op"),
        purpose=_("At kunne se, hvem der har ændret noget, og hvem der har set en persons historik"),
        basis=Basis.LEGAL_DUTY,
        keeps=_("I fem år. Loggen kan ikke ændres, heller ikke når en person får slettet sine oplysninger: "
                "den siger, hvem der har set dem."),
    ),
    *(f"audit.Change.{name}" for name in ("by_id", "by_label", "target_id", "target_label", "before", "after", "why")),
    *(f"audit.Look.{name}" for name in ("by_id", "by_label", "subject_id", "subject_label", "why")),
    *(f"audit.LookReview.{name}" for name in ("by_id", "by_label", "note")),
    *(f"privacy.RetentionRule.{name}" for name in ("by_id", "by_label", "why")),
    *(f"privacy.SubjectSearch.{name}" for name in ("by_id", "by_label", "why")),
    *(f"privacy.Erasure.{name}" for name in ("by_id", "by_label", "why")),
)  # fmt: skip

SUBJECT_SEARCHES = declare(
    PersonalData(
        name="subject_searches",
        title=_("Hvem der er slået op for at give indsigt eller slette"),
        whose=_("Dem, der har bedt om indsigt eller sletning"),
        purpose=_("At kunne svare på, hvem der har slået en person op, og hvorfor"),
        basis=Basis.LEGAL_DUTY,
        since=_("opslaget"),
        days=365,
        holdings=(
            Holding(
                table="privacy_subjectsearch", since="at", by_time=True, left="held.asked <> ''",
                scrubs=("UPDATE privacy_subjectsearch SET asked = '' WHERE id = ANY(%(keys)s)",),
            ),
        ),
    ),
    "privacy.SubjectSearch.asked",
)  # fmt: skip

ERASURES = declare(
    PersonalData(
        name="erasures",
        title=_("Anmodninger om sletning, der ikke er udført"),
        whose=_("Dem, der har bedt om sletning"),
        purpose=_("At slette det, der er bedt om, så snart det ikke er i brug"),
        basis=Basis.LEGAL_DUTY,
        keeps=_("Til sletningen er udført. Bagefter står kun nummer, tid, grund og antal."),
    ),
    *(f"privacy.Erasure.{name}" for name in ("numbers", "emails", "parties", "enquiries")),
)  # fmt: skip

PASSING = declare(
    PersonalData(
        name="passing",
        title=_("Det, der er undervejs"),
        whose=_("Alle"),
        purpose=_("At udføre det, der er bestilt: sende en mail, stille et opkald om, vise en side"),
        basis=Basis.PUBLIC_TASK,
        keeps=_("Til det er udført, højst nogle dage: bestillinger et døgn, formularer to døgn, mails til de er sendt "
                "eller opgivet efter 14 dage."),
    ),
    "accounts.Submission.words", "accounts.Submission.location", "live.Mark.part", "live.Ending.whose",
)  # fmt: skip
