"""The tables of the workforce: skills, availability agreements, and people's own days."""

from indgang.workforce.models.agreements import (
    AgreedVersion,
    AvailabilityAgreement,
    Group,
    GroupMember,
    PromisedWindow,
    Substitute,
    WindowPerson,
)
from indgang.workforce.models.days import CalendarFeed, DayNote, FreeBusy, FreeBusySource, FreeBusyUnit
from indgang.workforce.models.proof import ProvenAttempt, ProvenDay
from indgang.workforce.models.skills import Competence, Skill

__all__ = [
    "AgreedVersion", "AvailabilityAgreement", "CalendarFeed", "Competence", "DayNote", "FreeBusy",
    "FreeBusySource", "FreeBusyUnit", "Group", "GroupMember", "PromisedWindow", "ProvenAttempt", "ProvenDay", "Skill",
    "Substitute", "WindowPerson",
]  # fmt: skip
