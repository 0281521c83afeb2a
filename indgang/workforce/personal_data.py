"""Personal data of the workforce: skills, agreements, people's own days, and shifts."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from indgang.privacy.kinds import Basis, Holding, PersonalData, cover, declare

cover(
    "staff", "workforce.Competence.person", "workforce.Competence.level", "workforce.GroupMember.person",
    "workforce.AvailabilityAgreement.contact", "workforce.AvailabilityAgreement.coordinator",
    "workforce.CalendarFeed.person", "workforce.CalendarFeed.address", "workforce.WindowPerson.person",
    "workforce.Substitute.person", "workforce.Substitute.substitute", "workforce.FreeBusy.person",
    "workforce.FreeBusy.own_choice",
    *(
        f"workforce.WorkContract.{name}"
        for name in (
            "person", "weekly_hours", "days_a_week", "shortest", "longest", "earliest", "latest", "weekends_off",
            "off_phone_share",
        )
    ),
    "workforce.ContractWorkplace.workplace", "workforce.ShiftFeed.person", "workforce.ShiftFeed.digest",
    "workforce.ShiftPlan.published_by", "workforce.PlanRun.asked_by",
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

_LEAVE = ("person", "kind", "first", "last", "note", "state", "asked_at", "decided_by", "decided_at", "answer")
_SHIFTS = {
    "TimeWish": ("person", "kind", "day", "weekday", "weight", "wished_at"),
    "LeaveRequest": _LEAVE,
    "PlannedShift": ("person", "starts_at", "ends_at", "workplace", "is_fixed"),
    "PlannedActivity": ("activity", "starts_at", "ends_at", "appointment"),
    "ShiftAppointment": ("title",),
    "AppointmentPerson": ("person", "is_mentor"),
    "SwapRequest": ("asked_by", "offered_to", "taken_by", "decided_by", "answer"),
}

declare(
    PersonalData(
        name="shifts",
        title=_("Medarbejderes vagter, møder, ønsker og fravær"),
        whose=_("Medarbejdere i kontaktcentret"),
        purpose=_("At planlægge vagter efter behov, aftaler og ønsker, og at kunne vise, at arbejdstiden er overholdt"),
        basis=Basis.PUBLIC_TASK,
        since=_("vagten eller mødet sluttede, eller ønsket eller ansøgningen blev skrevet"),
        days=730,
        holdings=(
            Holding(
                table="workforce_plannedshift",
                since="ends_at",
                scrubs=(
                    "DELETE FROM workforce_swaprequest WHERE shift_id = ANY(%(keys)s) OR in_return_id = ANY(%(keys)s)",
                    "DELETE FROM workforce_plannedactivity WHERE shift_id = ANY(%(keys)s)",
                    "DELETE FROM workforce_plannedshift WHERE id = ANY(%(keys)s)",
                ),
            ),
            Holding(
                table="workforce_shiftappointment",
                since="valid_to::timestamptz",  # a day: the night reads moments
                scrubs=(
                    "UPDATE workforce_plannedactivity SET appointment_id = NULL WHERE appointment_id = ANY(%(keys)s)",
                    "DELETE FROM workforce_appointmentperson WHERE appointment_id = ANY(%(keys)s)",
                    "DELETE FROM workforce_shiftappointment WHERE id = ANY(%(keys)s)",
                ),
            ),
            Holding(
                table="workforce_leaverequest",
                since="asked_at",
                scrubs=("DELETE FROM workforce_leaverequest WHERE id = ANY(%(keys)s)",),
            ),
            Holding(
                table="workforce_timewish",
                since="wished_at",
                scrubs=("DELETE FROM workforce_timewish WHERE id = ANY(%(keys)s)",),
            ),
        ),
    ),
    *(f"workforce.{model}.{name}" for model, names in _SHIFTS.items() for name in names),
)
