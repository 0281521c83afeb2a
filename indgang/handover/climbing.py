"""Takes the steps of the escalation that are due: an event, a mail to whoever is to act, and at last an alert."""

from __future__ import annotations

import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core.clock import COPENHAGEN, day_of
from indgang.entry.team import alerts
from indgang.handover import deadlines, escalation, reached, rules, stream
from indgang.handover.deadlines import Due
from indgang.handover.escalation import EscalationStep
from indgang.handover.event_kinds import HandoverKind
from indgang.handover.models import Handover
from indgang.handover.rules import Rules
from indgang.live import stale
from indgang.messaging import mail

logger = logging.getLogger(__name__)

#: the page of the office that lists hand-overs, searched by number
LIST_PATH = "/office/handovers/"


def climb_all(*, at: datetime) -> int:
    """Take every step that is due, each hand-over in a transaction of its own. Returns the number of steps.

    A fault of one hand-over does not keep the others waiting; it is raised at the end, so that the job fails.
    """
    known = rules.read()
    rows = list(Handover.objects.unsettled().with_names().select_related("centre__schedule").order_by("number"))
    due = deadlines.of(rows)
    taken, fault = 0, None
    for row in rows:
        if not _steps(row, known, due[row.pk], at):
            continue
        try:
            taken += climb(row, known, at=at)
        except Exception as error:
            logger.exception("hand-over %s does not climb", row.number)
            fault = error
    if fault is not None:
        raise fault
    return taken


@transaction.atomic
def climb(handover: Handover, known: Rules, *, at: datetime) -> int:
    """Take the steps of one hand-over as it is now. After a standstill they are several, and everybody reached by them
    gets one mail."""
    locked = stream.locked(handover)
    if not locked.is_open:
        return 0
    due = deadlines.of_one(locked)
    steps = _steps(locked, known, due, at)
    people = {person for step in steps for person in _take(locked, step, at)}
    for person in sorted(people, key=lambda each: each.pk):
        _write_to(person, locked, due, at)
    if steps and locked.step == len(known.steps_of(locked.unit)):
        alerts.note("handover_overdue", f"{locked.number}: {locked.unit.name}", at=at, centre=locked.centre)
    return len(steps)


def _steps(handover: Handover, known: Rules, due: Due, at: datetime) -> list[EscalationStep]:
    steps = known.steps_of(handover.unit)
    return escalation.due_steps(steps, taken=handover.step, deadline=due.deadline, at=at)


def _take(handover: Handover, step: EscalationStep, at: datetime) -> list[Person]:
    people = reached.by_step(handover, step.rung, day_of(at))
    handover.step, handover.stepped_at = handover.step + 1, at
    stream.append(handover, HandoverKind.CLIMBED, by=None, at=at, step=step.rung.value, recipients=len(people))
    if people:
        stale.mark(*(f"person-{person.pk}/handovers" for person in people))
    return people


def _write_to(person: Person, handover: Handover, due: Due, at: datetime) -> None:
    """Queue the mail. It says which hand-over and until when, and nothing of what it is about."""
    with translation.override(person.language):
        local = due.at.astimezone(COPENHAGEN)
        said = {"number": handover.number, "day": f"{local:%d.%m.%Y}", "time": f"{local:%H.%M}"}
        subject = _("Overlevering %(number)s har frist snart") % said
        if due.at <= at:
            subject = _("Overlevering %(number)s er over fristen") % said
        text = [
            _("Hej %(name)s") % {"name": person.name},
            _("Fristen er den %(day)s kl. %(time)s.") % said,
            _("Den ligger i %(unit)s: %(state)s.") % {"unit": handover.unit.name, "state": _state(handover)},
            _("Se den her:") + f" {settings.PUBLIC_URL}{LIST_PATH}?number={handover.number}",
        ]
    try:
        mail.send(to=person.email, subject=subject, text="\n\n".join(text) + "\n")
    except mail.BadAddress:
        logger.warning("no mail about hand-over %s to person %s: no usable address", handover.number, person.pk)


def _state(handover: Handover) -> str:
    if handover.person is not None:
        return _("%(name)s har den") % {"name": handover.person.name}
    return str(handover.get_state_display()).lower()
