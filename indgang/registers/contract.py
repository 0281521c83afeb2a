"""What a case system answers, whatever it is: the cases that belong to a number, a company or a telephone number.

A case system is asked, never written to. It gives the fields of the agreement alone. Values only; no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Protocol

#: the most cases that one look-up shows; with more, a person must search by case number
MOST_CASES = 20
#: how long a person waits for an answer, in seconds
ANSWER_SECONDS = 3.0


class SearchBy(StrEnum):
    NUMBER = "number"
    CVR = "cvr"
    TELEPHONE = "telephone"


class CaseField(StrEnum):
    """What an agreement may give besides the case number."""

    TITLE = "title"
    STATUS = "status"
    UNIT = "unit"
    CASE_WORKER = "case_worker"
    NEXT_STEP = "next_step"
    NEXT_STEP_ON = "next_step_on"
    CHANGED_ON = "changed_on"


#: the name of the case number among the fields of a system; it is always given
NUMBER = "number"
#: the name of the field that says which service a case belongs to; it is asked for when the agreement names services
SERVICE = "service"
DAYS = frozenset((CaseField.NEXT_STEP_ON, CaseField.CHANGED_ON))


@dataclass(frozen=True, slots=True)
class Case:
    """One case. None is what the agreement does not give, or what the system does not say."""

    number: str
    title: str | None = None
    status: str | None = None
    unit: str | None = None
    case_worker: str | None = None
    next_step: str | None = None
    next_step_on: date | None = None
    changed_on: date | None = None


class RegisterFault(StrEnum):
    """Why there is no answer."""

    #: it cannot be reached, or says itself that it is out of order
    DOWN = "down"
    #: no whole answer within `ANSWER_SECONDS`
    SLOW = "slow"
    #: as many as may are waiting for it already
    BUSY = "busy"
    #: it has failed several times and is left alone for some seconds
    RESTING = "resting"
    #: it does not accept our credentials
    REFUSED = "refused"
    #: an answer that cannot be read, or that is about something else
    WRONG_ANSWER = "wrong_answer"
    #: more than `MOST_CASES`
    TOO_MANY = "too_many"
    #: the address is not one that the settings allow
    NOT_ALLOWED = "not_allowed"


class RegisterError(Exception):
    """There is no answer. `detail` is for the administrator and holds nothing about a person."""

    def __init__(self, fault: RegisterFault, detail: str = "") -> None:
        super().__init__(f"{fault}: {detail}" if detail else fault)
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Terms:
    """How a system is asked, and what it gives.

    `searches` says how it is searched: a path of the address (`sager?nummer={value}`) or a column. `sources` says
    which key or column holds a field. `place` is the path to the list in the answer, or the name of the view. With
    `statuses`, a status is shown in those words, and one that is not among them is not shown. `services` are the words
    of the system for the services whose cases are given; None gives those of all services.
    """

    address: str
    place: str = ""
    secret: str = field(default="", repr=False)
    searches: Mapping[SearchBy, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    given: frozenset[CaseField] = frozenset()
    statuses: Mapping[str, str] = field(default_factory=dict)
    services: frozenset[str] | None = None

    @property
    def asked(self) -> tuple[str, ...]:
        """The names of the fields that the system is asked for."""
        return (NUMBER, *self.given, *(() if self.services is None else (SERVICE,)))


class CaseSystem(Protocol):
    def find(self, by: SearchBy, value: str) -> list[Case]:
        """The cases; none when there are none. `value` is a case number, eight digits, or a number in E.164.

        Raises RegisterError. It may take longer than `ANSWER_SECONDS`: `asking.ask` does not wait for it.
        """
        ...
