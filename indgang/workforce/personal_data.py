"""Personal data of the workforce: skills, agreements, and people's own days."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.privacy.kinds import Basis, Holding, PersonalData, cover, declare

cover(
    "staff", "workforce.Competence.person", "workforce.Competence.level", "workforce.GroupMember.person",
    "workforce.AvailabilityAgreement.contact", "workforce.AvailabilityAgreement.coordinator",
    "workforce.CalendarFeed.person", "workforce.CalendarFeed.address", "workforce.WindowPerson.person",
    "workforce.Substitute.person", "workforce.Substitute.substitute", "workforce.FreeBusy.person",
    "workforce.FreeBusy.own_choice",
)  # fmt: skip

declare(
    PersonalData(
        name="own_day",
        title=_("Medarbejderes egen dag"),
        whose=_("Sagsbehandlere og medarbejdere i kontaktcentret"),
        purpose=_("At kontaktcentret ved, hvem der kan spørges nu, og hvornår de andre er tilbage"),
        basis=Basis.PUBLIC_TASK,
        since=_("fraværet sluttede"),
        days=60,
        holdings=(
            Holding(
                table="workforce_daynote",
                since="ends_at",
                scrubs=("DELETE FROM workforce_daynote WHERE id = ANY(%(keys)s)",),
            ),
        ),
    ),
    *(
        f"workforce.DayNote.{name}"
        for name in ("person", "kind", "starts_at", "ends_at", "source", "noted_at", "noted_by")
    ),
)
