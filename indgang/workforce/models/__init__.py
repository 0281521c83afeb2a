"""The tables of the workforce: skills, availability agreements, and people's own days."""

from indgang.workforce.models.agreements import (
    AgreementQuerySet,
    AvailabilityAgreement,
    Group,
    GroupMember,
    PromisedWindow,
    Substitute,
    WindowPerson,
)
from indgang.workforce.models.days import CalendarFeed, DayNote
from indgang.workforce.models.skills import Competence, Skill

__all__ = [
    "AgreementQuerySet", "AvailabilityAgreement", "CalendarFeed", "Competence", "DayNote", "Group", "GroupMember",
    "PromisedWindow", "Skill", "Substitute", "WindowPerson",
]  # fmt: skip
