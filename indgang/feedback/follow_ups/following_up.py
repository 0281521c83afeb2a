"""What a person does about a follow-up: takes it, notes the cause and what was done, and closes it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.core.clock import day_of
from indgang.core.masking import mask_cpr
from indgang.core.refusals import RefusedChange
from indgang.feedback.follow_up_models import FollowUp, FollowUpCause
from indgang.feedback.follow_ups import menu_count

State = FollowUp.State
_NOTED = ("cause", "done", "called")


@transaction.atomic
def take(follow_up: FollowUp, *, by: Person, at: datetime) -> FollowUp:
    """Make it the person's own. A colleague's can be taken over; a closed one cannot."""
    locked = _locked(follow_up)
    _refuse_closed(locked)
    if locked.owner_id == by.pk:
        return locked
    before = trail.values_of(locked, ("state", "owner"))
    locked.state, locked.owner, locked.taken_at = State.IN_HAND, by, at
    locked.save(update_fields=["state", "owner", "taken_at"])
    after = trail.values_of(locked, ("state", "owner"))
    trail.record(by=by, at=at, action="followup.take", target=locked, before=before, after=after)
    menu_count.forget()
    return locked


@transaction.atomic
def note(
    follow_up: FollowUp, *, cause: FollowUpCause | None, done: str, called: bool, by: Person, at: datetime
) -> FollowUp:
    """Note what is known until now. Raises RefusedChange for somebody else's, and a cause that does not hold."""
    return _noted(_own(follow_up, by), cause, done, called, by=by, at=at)


@transaction.atomic
def close(
    follow_up: FollowUp, *, cause: FollowUpCause | None, done: str, called: bool, by: Person, at: datetime
) -> FollowUp:
    """Note it, and close it: the telephone number is deleted. Raises RefusedChange without what was done, and without a
    cause where the centre has causes."""
    locked = _own(follow_up, by)
    refused = {}
    if not done.strip():
        refused["done"] = _("Skriv, hvad der er gjort, eller hvorfor der ikke var noget at gøre.")
    if cause is None and causes_for(locked, at).exists():
        refused["cause"] = _("Vælg en årsag.")
    if refused:
        raise RefusedChange(refused)
    noted = _noted(locked, cause, done, called, by=by, at=at)
    before = trail.values_of(noted, ("state",))
    noted.state, noted.closed_at, noted.closed_by, noted.phone = State.DONE, at, by, ""
    noted.save(update_fields=["state", "closed_at", "closed_by", "phone"])
    after = trail.values_of(noted, ("state",))
    trail.record(by=by, at=at, action="followup.close", target=noted, before=before, after=after)
    menu_count.forget()
    return noted


def causes_for(follow_up: FollowUp, at: datetime) -> QuerySet[FollowUpCause]:
    """The causes of its centre that hold on the day."""
    rows: QuerySet[FollowUpCause] = FollowUpCause.objects.valid_on(day_of(at)).filter(centre=follow_up.centre_id)
    return rows


def _noted(
    locked: FollowUp, cause: FollowUpCause | None, done: str, called: bool, *, by: Person, at: datetime
) -> FollowUp:
    if cause is not None and cause.pk != locked.cause_id and not causes_for(locked, at).filter(pk=cause.pk).exists():
        raise RefusedChange({"cause": _("Vælg en årsag, der bruges i dag.")})
    earlier = trail.values_of(locked, _NOTED)
    locked.cause, locked.done, locked.called = cause, mask_cpr(done.strip()), called
    now = trail.values_of(locked, _NOTED)
    if earlier != now:
        locked.save(update_fields=list(_NOTED))
        # the text can be about a person and has a shorter life than the trail
        before, after = ({**values, "done": bool(values["done"])} for values in (earlier, now))
        trail.record(by=by, at=at, action="followup.change", target=locked, before=before, after=after)
    return locked


def _own(follow_up: FollowUp, by: Person) -> FollowUp:
    locked = _locked(follow_up)
    _refuse_closed(locked)
    if locked.owner_id != by.pk:
        raise RefusedChange({"": _("Tag opfølgningen først. En anden har den måske taget.")})
    return locked


def _refuse_closed(locked: FollowUp) -> None:
    if locked.state == State.DONE:
        raise RefusedChange({"": _("Opfølgningen er afsluttet.")})


def _locked(follow_up: FollowUp) -> FollowUp:
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("centre", "unit", "cause", "owner")
    return rows.get(pk=follow_up.pk)
