"""Who can get mail. A person without a good address stops nobody else's mail; pages name those who get none."""

from __future__ import annotations

from collections.abc import Iterable

from indgang.accounts.models import Person
from indgang.messaging import mail
from indgang.reports.models import ReportReceipt

State = ReportReceipt.State


def state_of(person: Person) -> State:
    """`MAILED` for somebody who can get mail."""
    if not person.is_active:
        return State.LEFT
    try:
        mail.checked_address(person.email)
    except mail.BadAddress:
        return State.NO_ADDRESS
    return State.MAILED


def mail_to(person: Person, *, subject: str, text: str) -> State:
    """Queue a mail to a person who can get it."""
    state = state_of(person)
    if state is State.MAILED:
        mail.send(to=person.email, subject=subject, text=text)
    return state


def unreachable(people: Iterable[Person]) -> list[tuple[Person, State]]:
    """Those who cannot get mail, and why."""
    found = ((person, state_of(person)) for person in people)
    return [(person, state) for person, state in found if state is not State.MAILED]
