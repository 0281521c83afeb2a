"""What people do with a hand-over: take it, pass it on, send it back, try to reach the contact, close it.

Each action locks the row, checks it as it is now, and writes event, row and trail in one transaction. They raise
RefusedChange with a sentence; "" is the field of the whole form.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import day_of
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.entry.team import alerts
from indgang.handover import counted_hours, deadlines, letters, news, promises, recipients, stream, verdicts, windows
from indgang.handover.card import MOST_TEXT
from indgang.handover.event_kinds import HandoverKind
from indgang.handover.letters import Occasion
from indgang.handover.models import Addition, Handover, Promise
from indgang.handover.news import HandoverNews
from indgang.handover.promises import PromisedTime
from indgang.handover.recipients import Recipient
from indgang.knowledge import tasks
from indgang.knowledge.models import Task

State, Outcome = Handover.State, Handover.Outcome
#: after so many returns a leader has to decide who answers
MOST_RETURNS = 5
#: outcomes with which the contact has got what they were promised
_ANSWERS = frozenset((Outcome.ANSWERED, Outcome.IN_CASE, Outcome.ANSWERED_BEFORE))


@transaction.atomic
def accept(handover: Handover, *, by: Person, at: datetime) -> Handover:
    """Take it. Doing so twice changes nothing; somebody else's is refused."""
    locked = _open(handover, by, at)
    if locked.state == State.ACCEPTED:
        if locked.person_id == by.pk:
            return locked
        raise RefusedChange({"": _("%(name)s er i gang med den.") % {"name": locked.person}})
    locked.state, locked.person = State.ACCEPTED, by
    locked.accepted_at = locked.accepted_at or at
    _write(locked, HandoverKind.ACCEPTED, "accept", by=by, at=at, unit=locked.unit.code, recipient=by.pk)
    return locked


@transaction.atomic
def take_with_call(handover: Handover, *, by: Person, at: datetime) -> Handover:
    """Take it with the call that it came with: whoever answers has the contact on the line, so it is theirs."""
    locked = stream.locked(handover)
    if locked.state != State.WAITING:
        return locked
    locked.state, locked.person, locked.accepted_at = State.ACCEPTED, by, at
    _write(locked, HandoverKind.ACCEPTED, "accept", by=by, at=at, unit=locked.unit.code, recipient=by.pk)
    return locked


@transaction.atomic
def lay_down(handover: Handover, *, by: Person, at: datetime) -> Handover:
    """Put it back on the list of its group or unit, or of the contact centre when it had come back there."""
    locked = _open(handover, by, at)
    if locked.state != State.ACCEPTED or locked.person_id != by.pk:
        raise RefusedChange({"": _("Du er ikke i gang med den.")})
    is_back = stream.is_back(locked)
    locked.state, locked.person = State.RETURNED if is_back else State.WAITING, None
    _write(locked, HandoverKind.LAID_DOWN, "lay_down", by=by, at=at, **({} if is_back else _place(locked)))
    return locked


@transaction.atomic
def place(handover: Handover, *, to: Recipient, why: str = "", note: str = "", by: Person, at: datetime) -> Handover:
    """Delegate it, or send one that came back to somebody else. The promise goes along. Leaders of both sides may.

    When the second level sends it to another unit, that needs a reason (`Handover.Return`) and counts as a return.
    """
    recipients.refuse(to, day_of(at))
    locked = stream.locked(handover)
    _refuse_over(locked)
    if not recipients.may_place(by, locked, day_of(at)):
        raise RefusedChange({"": _NOT_YOURS})
    if locked.state == State.WAITING and _place(locked) == _as_data(to):
        return locked
    before, moves = _place(locked), locked.unit_id != to.unit.pk
    is_onward = moves and locked.state != State.RETURNED and not recipients.may_decide(by, locked, day_of(at))
    if is_onward:
        _refuse_onward(locked, why)
    # units that send it to each other do not set the steps of escalation back again and again
    if locked.state == State.RETURNED or (moves and not (is_onward and locked.returns)):
        deadlines.begin_again(locked, at)
    locked.returns += is_onward
    locked.state, locked.unit, locked.group, locked.person = State.WAITING, to.unit, to.group, to.person
    promises.follow(locked)
    _note(locked, note, by=by, at=at)
    reason = {"why": why} if is_onward else {}
    _write(locked, HandoverKind.PLACED, "place", by=by, at=at, before=before, **_as_data(to), **reason)
    if is_onward:
        _ask_leader(locked, at)
    return locked


@transaction.atomic
def give_back(
    handover: Handover, *, why: str, note: str, by: Person, at: datetime, for_contact: bool = False
) -> Handover:
    """Return it to the contact centre with a reason. The contact can read the note if it is `for_contact`. After
    `MOST_RETURNS` an alert asks a leader to decide."""
    locked = _open(handover, by, at)
    if why not in Handover.Return.values:
        raise RefusedChange({"why": _("Vælg, hvorfor den sendes tilbage.")})
    if locked.state == State.RETURNED:
        raise RefusedChange({"": _("Den er allerede sendt tilbage.")})
    if locked.returns >= MOST_RETURNS:
        raise RefusedChange({"": _("Den er sendt tilbage fem gange. Aftal med kontaktcentret, hvem der svarer.")})
    locked.state, locked.person, locked.returns = State.RETURNED, None, locked.returns + 1
    deadlines.begin_again(locked, at)
    _note(locked, note, by=by, at=at, for_contact=for_contact)
    _write(locked, HandoverKind.RETURNED, "return", by=by, at=at, unit=locked.unit.code, why=why)
    if why == Handover.Return.LACKS_INFORMATION:
        _tell_contact(locked, Occasion.NEEDS_INFORMATION, by=by, at=at)
    news.of_colleague(locked, HandoverNews.RETURNED, by=by, at=at)
    _ask_leader(locked, at)
    return locked


@transaction.atomic
def attempt(handover: Handover, *, is_reached: bool, by: Person, at: datetime) -> Handover:
    """Note that somebody tried to reach the contact. Reaching them keeps the promise of a call. After a call of theirs
    that the telephone has counted this says how it went, and is not one more."""
    locked = _open(handover, by, at)
    promise = promises.open_of(locked)
    if promise is not None and not stream.was_counted(locked, by):
        promises.note_call(promise, at=at)
    result = "reached" if is_reached else "not_reached"
    _write(locked, HandoverKind.ATTEMPTED, "attempt", by=by, at=at, result=result)
    if promise is not None and is_reached and promise.starts_at is not None:
        verdict = verdicts.answered(promises.facts_of(promise), at)
        locked.step = 0  # from now on the fallback deadline counts
        promises.settle(locked, promise, verdict, by=by, at=at)
    return locked


@transaction.atomic
def note_call(handover: Handover, *, was_answered: bool, by: Person, at: datetime) -> Handover:
    """Count a call that the telephone has made. Who has answered it, the contact or a machine, the person says."""
    locked = _open(handover, by, at)
    promise = promises.open_of(locked)
    if promise is not None:
        promises.note_call(promise, at=at)
    result = stream.ANSWERED if was_answered else stream.NOT_ANSWERED
    _write(locked, HandoverKind.ATTEMPTED, "attempt", by=by, at=at, result=result)
    return locked


@transaction.atomic
def write(handover: Handover, *, text: str, for_contact: bool, by: Person | None, at: datetime) -> Addition:
    """Add a text, by a colleague who may act on it or takes part or, without `by`, by the contact, whose page may be
    sent twice: the same text again is the same one. Raises RefusedChange by "text"."""
    locked = stream.locked(handover)
    _refuse_over(locked)
    if by is not None and not recipients.may_write(by, locked, day_of(at)):
        raise RefusedChange({"": _NOT_YOURS})
    cleaned = _cleaned(text)
    if not cleaned:
        raise RefusedChange({"text": _("Skriv en tekst.")})
    newest = locked.additions.order_by("-at", "-pk").first()
    if by is None and newest is not None and newest.by_id is None and newest.text == cleaned:
        return newest
    added = Addition.objects.create(handover=locked, at=at, by=by, text=cleaned, for_contact=for_contact or by is None)
    shown, before = for_contact or None, locked.contact_wrote_at
    if by is None:
        locked.contact_wrote_at = at
    stream.append(locked, HandoverKind.WRITTEN, by=by, at=at, length=len(cleaned), for_contact=shown)
    if by is not None:
        news.of_colleague(locked, HandoverNews.WRITTEN, by=by, at=at)
    elif before is None or at - before >= news.ONE_MAIL:
        news.of_contact(locked, HandoverNews.CONTACT_WROTE, at=at)
    return added


@transaction.atomic
def promise(handover: Handover, time: PromisedTime, *, by: Person, at: datetime) -> Promise:
    """Agree on another time with the contact. A promise whose time had passed stays missed."""
    locked = _open(handover, by, at)
    windows_of = windows.service_of(locked.unit, locked.service)
    centre = counted_hours.centre_for(locked.centre, locked.unit, day_of(at))
    promises.refuse(time, centre=centre, service=windows_of, at=at)
    before = promises.open_of(locked)
    if before is not None:
        promises.settle(locked, before, verdicts.moved(promises.facts_of(before), at), by=by, at=at)
    locked.step = 0
    made = promises.make(locked, time, by=by, at=at, instead=before is not None)
    after = {"due": time.due.isoformat()}
    trail.record(by=by, at=at, action="handover.promise", target=locked, after=after)
    _tell_contact(locked, Occasion.MOVED, by=by, at=at)
    news.of_colleague(locked, HandoverNews.MOVED, by=by, at=at)
    return made


@transaction.atomic
def close(
    handover: Handover,
    *,
    outcome: str,
    note: str = "",
    told_again: bool | None = None,
    first_level: bool | None = None,
    first_level_answer: str = "",
    by: Person,
    at: datetime,
) -> Handover:
    """Close it with its outcome. `note` is for the contact. What the first level could have answered becomes a task
    for whoever is responsible for that knowledge."""
    locked = _open(handover, by, at)
    if outcome not in Outcome.values:
        raise RefusedChange({"outcome": _("Vælg, hvordan det endte.")})
    locked.accepted_at = locked.accepted_at or at
    locked.told_again, locked.first_level = told_again, first_level
    locked.first_level_answer = _cleaned(first_level_answer)
    _note(locked, note, by=by, at=at, for_contact=True)
    promises.at_end(locked, is_answered=outcome in _ANSWERS, by=by, at=at)
    locked.state, locked.outcome, locked.closed_at = State.CLOSED, outcome, at
    _write(
        locked, HandoverKind.CLOSED, "close", by=by, at=at, outcome=outcome, first_level=first_level,
        told_again=told_again,
    )  # fmt: skip
    _tell_contact(locked, Occasion.ENDED, by=by, at=at)
    news.of_colleague(locked, HandoverNews.CLOSED, by=by, at=at)
    if first_level:
        _tell_knowledge(locked, by=by, at=at)
    return locked


@transaction.atomic
def cancel(handover: Handover, *, by: Person | None, at: datetime) -> Handover:
    """Withdraw it: the contact (without `by`), or whoever may act on it."""
    locked = stream.locked(handover)
    if locked.state == State.CANCELLED:
        return locked
    _refuse_over(locked)
    if by is not None and by.pk != locked.sent_by_id and not recipients.may_act(by, locked, day_of(at)):
        raise RefusedChange({"": _NOT_YOURS})
    open_promise = promises.open_of(locked)
    if open_promise is not None:
        verdict = verdicts.cancelled(promises.facts_of(open_promise), at)
        promises.settle(locked, open_promise, verdict, by=by, at=at)
    if by is None:
        news.of_contact(locked, HandoverNews.CONTACT_CANCELLED, at=at)
    else:
        news.of_colleague(locked, HandoverNews.CANCELLED, by=by, at=at)
    locked.state, locked.closed_at = State.CANCELLED, at
    stream.append(locked, HandoverKind.CANCELLED, by=by, at=at)
    trail.record(by=by or _CONTACT, at=at, action="handover.cancel", target=locked)
    return locked


_CONTACT = trail.System("contact")
_NOT_YOURS = gettext_lazy("Den ligger hos en anden enhed.")


def _open(handover: Handover, by: Person, at: datetime) -> Handover:
    """The row, locked; raises RefusedChange when it is over, or not for this person to act on."""
    locked = stream.locked(handover)
    _refuse_over(locked)
    if not recipients.may_act(by, locked, day_of(at)):
        raise RefusedChange({"": _NOT_YOURS})
    return locked


def _refuse_over(handover: Handover) -> None:
    if not handover.is_open:
        raise RefusedChange({"": _("Den er allerede afsluttet.")})


def _refuse_onward(handover: Handover, why: str) -> None:
    """Raise RefusedChange when the second level may not send it to another unit itself, or has not said why."""
    if why not in Handover.Return.values:
        raise RefusedChange({"why": _("Vælg, hvorfor den skal til en anden enhed.")})
    if handover.returns >= MOST_RETURNS:
        raise RefusedChange({"": _("Den er sendt tilbage eller videre fem gange. En leder afgør, hvem der svarer.")})


def _ask_leader(handover: Handover, at: datetime) -> None:
    """Raise the alert that asks a leader to decide who answers, at the last return that is allowed."""
    if handover.returns == MOST_RETURNS:
        alerts.note("handover_returned", f"{handover.number}: {handover.unit.name}", at=at, centre=handover.centre)


def _place(handover: Handover) -> dict[str, Any]:
    return {"unit": handover.unit.code, "group": handover.group_id, "recipient": handover.person_id}


def _as_data(to: Recipient) -> dict[str, Any]:
    return {"unit": to.unit.code, "group": to.group and to.group.pk, "recipient": to.person and to.person.pk}


def _write(
    handover: Handover, kind: Any, verb: str, *, by: Person, at: datetime, before: Any = None, **data: Any
) -> None:
    stream.append(handover, kind, by=by, at=at, **data)
    trail.record(by=by, at=at, action=f"handover.{verb}", target=handover, before=before, after=data)


def _tell_contact(handover: Handover, occasion: Occasion, *, by: Person, at: datetime) -> None:
    """Tell the contact; where that cannot be done, the hand-over says so to whoever has it."""
    if untold := letters.tell(handover, occasion, by=by, at=at):
        _note(handover, _("Den, der spørger, kunne ikke få en sms: %(why)s") % {"why": untold}, by=by, at=at)


def _note(handover: Handover, text: str, *, by: Person, at: datetime, for_contact: bool = False) -> None:
    cleaned = _cleaned(text)
    if cleaned:
        Addition.objects.create(handover=handover, at=at, by=by, text=cleaned, for_contact=for_contact)


def _cleaned(text: str) -> str:
    cleaned = mask_cpr(text.replace("\x00", "").strip())
    if len(cleaned) > MOST_TEXT:
        raise RefusedChange({"text": _("Højst 4.000 tegn. Kort teksten ned.")})
    return cleaned


def _tell_knowledge(handover: Handover, *, by: Person, at: datetime) -> None:
    question = "\n\n".join(filter(None, (handover.question, handover.first_level_answer)))
    tasks.raise_task(
        kind=Task.Kind.MISSING, question=question, service=handover.service, unit=handover.unit,
        enquiry=handover.enquiry_id, by=by, at=at,
    )  # fmt: skip
