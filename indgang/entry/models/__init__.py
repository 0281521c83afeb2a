"""The models of the entries, one module for each subject."""

from indgang.entry.models.capacity import CapacityChoice, CapacityProfile, CapacityTerms
from indgang.entry.models.commands import Command
from indgang.entry.models.dial_rules import RoleDialRule
from indgang.entry.models.disturbances import Disturbance, DisturbanceQuerySet
from indgang.entry.models.elsewhere import ElsewhereSeries
from indgang.entry.models.flows import EntryPoint, Flow, FlowVersion, RolloutPhase
from indgang.entry.models.former_numbers import FormerNumber
from indgang.entry.models.greetings import Greeting
from indgang.entry.models.loans import AgentLoan
from indgang.entry.models.memberships import SERVING_ROLES, MembershipQuerySet, QueueMembership
from indgang.entry.models.operations import HEARD_WITHIN, Alert, ExchangeStatus, TrunkStatus
from indgang.entry.models.own_numbers import OwnNumber, TrialOutcome
from indgang.entry.models.presence import AgentState, InHand, PauseReason, PhoneKind, Presence, PresenceEvent
from indgang.entry.models.prompts import Prompt
from indgang.entry.models.queues import SINCE_EVER, Queue, QueueMessage, QueueQuerySet, QueueTerms
from indgang.entry.models.recording import RecordingPurpose
from indgang.entry.models.recovery import DeadLetter, LiveWork
from indgang.entry.models.robot_calls import RobotCall
from indgang.entry.models.rotas import DutyRota, DutyShift, RotaMember, ShiftSwap
from indgang.entry.models.staff_news import DayLogEntry, StaffNews, StaffNewsQuerySet, StaffNewsRead

__all__ = [
    "HEARD_WITHIN",
    "SERVING_ROLES",
    "SINCE_EVER",
    "AgentLoan",
    "AgentState",
    "Alert",
    "CapacityChoice",
    "CapacityProfile",
    "CapacityTerms",
    "Command",
    "DayLogEntry",
    "DeadLetter",
    "Disturbance",
    "DisturbanceQuerySet",
    "DutyRota",
    "DutyShift",
    "ElsewhereSeries",
    "EntryPoint",
    "ExchangeStatus",
    "Flow",
    "FlowVersion",
    "FormerNumber",
    "Greeting",
    "InHand",
    "LiveWork",
    "MembershipQuerySet",
    "OwnNumber",
    "PauseReason",
    "PhoneKind",
    "Presence",
    "PresenceEvent",
    "Prompt",
    "Queue",
    "QueueMembership",
    "QueueMessage",
    "QueueQuerySet",
    "QueueTerms",
    "RecordingPurpose",
    "RobotCall",
    "RoleDialRule",
    "RolloutPhase",
    "RotaMember",
    "ShiftSwap",
    "StaffNews",
    "StaffNewsQuerySet",
    "StaffNewsRead",
    "TrialOutcome",
    "TrunkStatus",
]
