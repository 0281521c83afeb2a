"""Borrowing somebody from another centre for some hours: asked for by the one, answered by the other, and taken back.

A person belongs to one centre. So a leader of that centre says yes, and who; only then does the person serve the other
centre's calls, and only for that time. A loan gives nobody a right: only who has a role for the calls of the other
centre can be lent to it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from indgang.accounts.access import able_in
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.audit import trail
from indgang.catalogue.models import ContactCentre
from indgang.core.clock import COPENHAGEN, day_of
from indgang.core.refusals import RefusedChange
from indgang.entry.models import AgentLoan, Queue, QueueMembership
from indgang.entry.setup.changes import record_change
from indgang.entry.team import alerts

State = AgentLoan.State
#: how the code of an alert about a loan begins; its number follows
ALERT = "agent-loan-"
OPEN = (State.ASKED, State.ACCEPTED, State.GOING)
_log = logging.getLogger(__name__)


@transaction.atomic
def ask(
    borrower: ContactCentre, lender: ContactCentre, *, starts_at: datetime, ends_at: datetime, by: Person, at: datetime
) -> AgentLoan:
    """Ask the other centre for somebody today. Raises RefusedChange for a time that is over or not of today, and when
    that centre is asked for the same time already."""
    if borrower.pk == lender.pk:
        raise RefusedChange({"": _("Vælg et andet center.")})
    if ends_at <= max(at, starts_at) or day_of(starts_at) != day_of(at) or ends_at - starts_at > timedelta(hours=24):
        raise RefusedChange({"": _("Tiden er forbi. Se de nye forslag.")})
    list(ContactCentre.objects.select_for_update(no_key=True).filter(pk__in=[borrower.pk, lender.pk]).order_by("pk"))
    there = AgentLoan.objects.filter(borrower=borrower, lender=lender, state=State.ASKED)
    if there.filter(starts_at__lt=ends_at, ends_at__gt=starts_at).exists():
        raise RefusedChange({"": _("I har allerede spurgt %(centre)s om det tidsrum.") % {"centre": lender.name}})
    made = AgentLoan.objects.create(
        borrower=borrower, lender=lender, starts_at=starts_at, ends_at=ends_at, asked_by=by, asked_at=at
    )
    text = _("%(centre)s vil låne en medarbejder kl. %(from)s–%(to)s. Svar på siden Dagen.") % {
        "centre": borrower.name, "from": on_the_clock(starts_at), "to": on_the_clock(ends_at),
    }  # fmt: skip
    alerts.begin(_alert(made), text, at=at, centre=lender)
    after = {
        "borrower": borrower.code, "lender": lender.code, "opens": on_the_clock(starts_at),
        "closes": on_the_clock(ends_at),
    }  # fmt: skip
    trail.record(by=by, at=at, action="agent_loan.ask", target=made, after=after)
    return made


@transaction.atomic
def accept(loan: AgentLoan, person: Person, *, by: Person, at: datetime) -> None:
    """Lend this person. Raises RefusedChange when it is answered or over, and when the person is lent out then or
    has no role for the calls of the borrower."""
    locked = _locked(loan)
    _refuse_answered(locked, at)
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    others = AgentLoan.objects.filter(person=person, state__in=(State.ACCEPTED, State.GOING))
    if others.filter(starts_at__lt=locked.ends_at, ends_at__gt=locked.starts_at).exists():
        raise RefusedChange({"person": _("%(name)s er allerede lånt ud i det tidsrum.") % {"name": person.name}})
    if not may_serve(locked.borrower, at).filter(pk=person.pk).exists():
        text = _("%(name)s må ikke tage opkald for %(centre)s. Vælg en anden.")
        raise RefusedChange({"person": text % {"name": person.name, "centre": locked.borrower.name}})
    locked.person = person
    _answer(locked, State.ACCEPTED, "agent_loan.approve", by=by, at=at, after={"participants": [person.username]})
    if locked.starts_at <= at:
        _begin(locked, by=by, at=at)


@transaction.atomic
def refuse(loan: AgentLoan, *, by: Person, at: datetime) -> None:
    """Say no. Raises RefusedChange when it is answered or over."""
    locked = _locked(loan)
    _refuse_answered(locked, at)
    _answer(locked, State.REFUSED, "agent_loan.refuse", by=by, at=at)


@transaction.atomic
def end(loan: AgentLoan, *, by: Person, at: datetime) -> None:
    """Take the person back now, or the request before anybody has come; nothing happens to one that is over."""
    locked = _locked(loan)
    if locked.state == State.GOING:
        _take_back(locked, by=by, at=at)
    elif locked.state in OPEN:
        _settle(locked, State.WITHDRAWN, "agent_loan.withdraw", by=by, at=at)


def carry_out_due(at: datetime) -> None:
    """Begin the loans whose time has come, and end those whose time is over. For a job, every minute."""
    begins = Q(state=State.ACCEPTED, starts_at__lte=at)
    due = AgentLoan.objects.filter(begins | Q(state__in=OPEN, ends_at__lte=at))
    for pk in list(due.values_list("pk", flat=True)):
        try:
            with transaction.atomic():
                _carry_out(AgentLoan.objects.select_for_update(of=("self",)).get(pk=pk), at)
        except Exception:  # noqa: BLE001  # the others do not wait for its fault; it is tried again in a minute
            _log.exception("loan %s could not be carried out", pk)


def may_serve(borrower: ContactCentre, at: datetime) -> QuerySet[Person]:
    """Who could answer the calls of the centre by their roles."""
    return able_in(borrower, P.TAKE_CALLS, day_of(at))


def refuse_while_lent(person: Person, centre: ContactCentre) -> None:
    """Raises RefusedChange while a loan of the person from or to the centre is going: it decides on their queues."""
    going = AgentLoan.objects.filter(Q(borrower=centre) | Q(lender=centre), person=person, state=State.GOING)
    loan = going.select_related("borrower").first()
    if loan is not None:
        text = _("%(name)s er lånt ud til %(centre)s til kl. %(to)s. Slut lånet på siden Dagen først.")
        named = {"name": person.name, "centre": loan.borrower.name, "to": on_the_clock(loan.ends_at)}
        raise RefusedChange({"queues": text % named})


def of_day(centre: ContactCentre, at: datetime) -> QuerySet[AgentLoan]:
    """The open loans of the centre, to it and from it."""
    return of_centre(centre).filter(state__in=OPEN, ends_at__gt=at)


def of_centre(centre: ContactCentre) -> QuerySet[AgentLoan]:
    """All loans to the centre and from it, also those that are over."""
    rows = AgentLoan.objects.filter(Q(borrower=centre) | Q(lender=centre))
    return rows.select_related("borrower", "lender", "person")


def of_person(person: Person, at: datetime) -> QuerySet[AgentLoan]:
    """The loans of a person that are agreed and not over."""
    rows = AgentLoan.objects.filter(person=person, state__in=(State.ACCEPTED, State.GOING), ends_at__gt=at)
    return rows.select_related("borrower")


def _carry_out(loan: AgentLoan, at: datetime) -> None:
    by = loan.decided_by or trail.System("loans")
    if loan.ends_at > at:
        if loan.state == State.ACCEPTED:
            _begin(loan, by=by, at=at)
    elif loan.state == State.GOING:
        _take_back(loan, by=by, at=at)
    elif loan.state in OPEN:
        _settle(loan, State.LAPSED, "agent_loan.end", by=by, at=at)


def _begin(loan: AgentLoan, *, by: trail.Actor, at: datetime) -> None:
    """The person serves the borrower's calls for the rest of the day at most, and the lender's no more."""
    assert loan.person is not None
    Person.objects.select_for_update().get(pk=loan.person_id)
    day = day_of(at)
    held = QueueMembership.objects.select_for_update().valid_on(day).filter(person=loan.person)
    own = held.filter(queue__centre=loan.lender)
    loan.switched_off = sorted(own.filter(active=True).values_list("pk", flat=True))
    own.filter(pk__in=loan.switched_off).update(active=False)
    there = held.values_list("queue", flat=True)
    calls = Queue.objects.valid_on(day).filter(centre=loan.borrower, work=Queue.Work.CALL).exclude(pk__in=list(there))
    made = QueueMembership.objects.bulk_create(
        QueueMembership(person=loan.person, queue=each, valid_from=day, valid_to=day + timedelta(days=1))
        for each in calls
    )
    loan.made = [each.pk for each in made]
    loan.state = State.GOING
    loan.save(update_fields=["state", "made", "switched_off"])
    _tell(loan, "agent_loan.begin", by=by, at=at, queues=[each.code for each in calls])


def _take_back(loan: AgentLoan, *, by: trail.Actor, at: datetime) -> None:
    assert loan.person is not None
    Person.objects.select_for_update().get(pk=loan.person_id)
    QueueMembership.objects.filter(pk__in=loan.made).delete()
    QueueMembership.objects.filter(pk__in=loan.switched_off).update(active=True)
    loan.state = State.OVER
    loan.save(update_fields=["state"])
    _tell(loan, "agent_loan.end", by=by, at=at)


def _tell(loan: AgentLoan, action: str, *, by: trail.Actor, at: datetime, queues: Iterable[str] = ()) -> None:
    assert loan.person is not None
    parts = [f"centre-{each.code}/agents" for each in (loan.borrower, loan.lender)]
    after = {"participants": [loan.person.username], "queues": sorted(queues)}
    record_change(action, loan, by=by, at=at, after=after, parts=(*parts, f"person-{loan.person.pk}/state"))


def _answer(
    locked: AgentLoan, state: AgentLoan.State, action: str, *, by: Person, at: datetime,
    after: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    locked.decided_by, locked.decided_at = by, at
    _settle(locked, state, action, by=by, at=at, after=after)


def _settle(
    locked: AgentLoan, state: AgentLoan.State, action: str, *, by: trail.Actor, at: datetime,
    after: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    locked.state = state
    locked.save(update_fields=["state", "person", "decided_by", "decided_at"])
    alerts.end(_alert(locked), at=at)
    trail.record(by=by, at=at, action=action, target=locked, after=after)


def _refuse_answered(locked: AgentLoan, at: datetime) -> None:
    if locked.state != State.ASKED:
        raise RefusedChange({"": _("Der er allerede svaret, eller de har trukket anmodningen tilbage.")})
    if locked.ends_at <= at:
        raise RefusedChange({"": _("Tiden er forbi.")})


def _locked(loan: AgentLoan) -> AgentLoan:
    rows = AgentLoan.objects.select_for_update(of=("self",)).select_related("borrower", "lender", "person")
    return rows.get(pk=loan.pk)


def _alert(loan: AgentLoan) -> str:
    return f"{ALERT}{loan.pk}"


def on_the_clock(moment: datetime) -> str:
    return f"{moment.astimezone(COPENHAGEN):%H.%M}"
