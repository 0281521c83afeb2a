"""The tables of the workforce: skills, availability agreements, people's own days, contracts, and shift plans."""

from indgang.workforce.models.agreements import (
    AgreedVersion,
    AvailabilityAgreement,
    Group,
    GroupMember,
    PromisedWindow,
    Substitute,
    WindowPerson,
)
from indgang.workforce.models.appointments import AppointmentPerson, ShiftAppointment
from indgang.workforce.models.contracts import (
    ContractWorkplace,
    LeaveRequest,
    ShiftActivity,
    TimeWish,
    WorkContract,
    Workplace,
)
from indgang.workforce.models.days import CalendarFeed, DayNote, FreeBusy, FreeBusySource, FreeBusyUnit
from indgang.workforce.models.proof import ProvenAttempt, ProvenDay
from indgang.workforce.models.shifts import (
    PlannedActivity,
    PlannedNeed,
    PlannedShift,
    PlanRun,
    ShiftFeed,
    ShiftPlan,
    SwapRequest,
)
from indgang.workforce.models.skills import Competence, Skill

__all__ = [
    "AgreedVersion", "AppointmentPerson", "AvailabilityAgreement", "CalendarFeed", "Competence", "ContractWorkplace",
    "DayNote", "FreeBusy", "FreeBusySource", "FreeBusyUnit", "Group", "GroupMember", "LeaveRequest", "PlanRun",
    "PlannedActivity", "PlannedNeed", "PlannedShift", "PromisedWindow", "ProvenAttempt", "ProvenDay", "ShiftActivity",
    "ShiftAppointment", "ShiftFeed", "ShiftPlan", "Skill", "Substitute", "SwapRequest", "TimeWish", "WindowPerson",
    "WorkContract", "Workplace",
]  # fmt: skip
