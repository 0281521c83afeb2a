"""Takes the steps of the escalation that are due: an event, a mail to whoever is to act, and at last an alert."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.core.clock import COPENHAGEN, day_of
from indgang.entry.team import alerts
from indgang.events.models import StoredEvent
from indgang.handover import deadlines, escalation, reached, recipients, rules, stream
from indgang.handover.deadlines import Due
from indgang.handover.escalation import EscalationStep, Rung
from indgang.handover.event_kinds import HandoverKind
from indgang.handover.faults import Faults
from indgang.handover.models import Handover
from indgang.handover.rules import Rules
from indgang.live import stale
from indgang.messaging import mail

logger = logging.getLogger(__name__)

#: the page of the office that lists hand-overs, searched by number, and the one of the desk, which shows one by its key
LIST_PATH, DESK_PATH = "/office/handovers/", "/desk/handovers/"


def climb_all(*, at: datetime) -> int:
    """Take every step that is due, each hand-over in a transaction of its own. Returns the number of steps. One that
    somebody else is changing is left to the next minute."""
    known = rules.read()
    rows = list(Handover.objects.unsettled().with_names().select_related("centre__schedule").order_by("number"))
    due, rungs = deadlines.of(rows), _rungs_taken(rows)
    taken = 0
    with Faults() as faults:
        for row in rows:
            if _steps(row, known, rungs[row.pk], due[row.pk], at):
                with faults.of(row):
                    taken += climb(row, known, at=at)
    return taken


@transaction.atomic
def climb(handover: Handover, known: Rules, *, at: datetime) -> int:
    """Take the steps of one hand-over as it is now. After a standstill they are several, and everybody reached by them
    gets one mail."""
    locked = stream.locked_if_free(handover)
    if locked is None or not locked.is_open:
        return 0
    due, before = deadlines.of_one(locked), _rungs_taken([locked])[locked.pk]
    steps = _steps(locked, known, before, due, at)
    people = {person for step in steps for person in _take(locked, step, at)}
    for person in sorted(people, key=lambda each: each.pk):
        _write_to(person, locked, due, at)
    rungs = before | {step.rung for step in steps}
    if steps and all(step.rung in rungs for step in known.steps_of(locked.unit)):
        alerts.note("handover_overdue", f"{locked.number}: {locked.unit.name}", at=at, centre=locked.centre)
    return len(steps)


def _rungs_taken(rows: Iterable[Handover]) -> Mapping[UUID, set[Rung]]:
    """The rungs that each has taken since it began to climb: those of its last `step` events."""
    begun = [row for row in rows if row.step]
    if not begun:
        return defaultdict(set)
    counts = {row.pk: row.step for row in begun}
    events = StoredEvent.objects.filter(
        stream__in=counts, kind=str(HandoverKind.CLIMBED), at__gte=min(row.placed_at for row in begun)
    ).order_by("-number")
    found: dict[UUID, set[Rung]] = defaultdict(set)
    for stream_id, rung in events.values_list("stream", "data__step"):
        if counts[stream_id]:
            counts[stream_id] -= 1
            found[stream_id].add(Rung(rung))
    return found


def _steps(handover: Handover, known: Rules, taken: Collection[Rung], due: Due, at: datetime) -> list[EscalationStep]:
    return escalation.due_steps(known.steps_of(handover.unit), taken=taken, deadline=due.deadline, at=at)


def _take(handover: Handover, step: EscalationStep, at: datetime) -> list[Person]:
    people = reached.by_step(handover, step.rung, day_of(at))
    handover.step += 1
    stream.append(handover, HandoverKind.CLIMBED, by=None, at=at, step=step.rung.value, recipients=len(people))
    if people:
        stale.mark(*(f"person-{person.pk}/handovers" for person in people))
    return people


def _write_to(person: Person, handover: Handover, due: Due, at: datetime) -> None:
    """Queue the mail. It says which hand-over and until when, and nothing of what it is about."""
    with translation.override(person.language):
        local = due.at.astimezone(COPENHAGEN)
        said = {"number": handover.number, "day": f"{local:%d.%m.%Y}", "time": f"{local:%H.%M}"}
        subject = _("Fristen for opgave %(number)s nærmer sig") % said
        if due.at <= at:
            subject = _("Opgave %(number)s er over fristen") % said
        text = [
            _("Hej %(name)s") % {"name": person.name},
            _("Fristen er den %(day)s kl. %(time)s.") % said,
            _where(handover),
            _("Se den her:") + f" {settings.PUBLIC_URL}{_path(person, handover, day_of(at))}",
        ]
    try:
        mail.send(to=person.email, subject=subject, text="\n\n".join(text) + "\n")
    except mail.BadAddress:
        logger.warning("no mail about hand-over %s to person %s: no usable address", handover.number, person.pk)


def _path(person: Person, handover: Handover, on: date) -> str:
    """The card, for who has a desk and may read it; else the list."""
    if recipients.can_take(person, on) and recipients.may_see(person, handover, on):
        return f"{DESK_PATH}{handover.pk}/"
    return f"{LIST_PATH}?number={handover.number}"


def _where(handover: Handover) -> str:
    """Where it lies. After a return that is the contact centre, though the unit still owns it."""
    if handover.state == Handover.State.RETURNED:
        return _("%(unit)s har sendt den tilbage til kontaktcentret.") % {"unit": handover.unit.name}
    return _("Den ligger hos %(unit)s: %(state)s.") % {"unit": handover.unit.name, "state": _state(handover)}


def _state(handover: Handover) -> str:
    if handover.person is not None:
        return _("%(name)s har den") % {"name": handover.person.name}
    return str(handover.get_state_display()).lower()
