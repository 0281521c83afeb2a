"""Who does not want to be asked any more. Kept as keyed hashes, on every channel, until they change their mind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from indgang.accounts.models import Person
from indgang.audit import trail
from indgang.enquiries import parties
from indgang.enquiries.models import Party
from indgang.feedback import addresses, invitations
from indgang.feedback.models import OptOut, SurveyInvitation

State = SurveyInvitation.State


@transaction.atomic
def opt_out(*, how: str, at: datetime, address: str = "", party: int | None = None) -> None:
    """Keep that nobody at this address, and nobody of this party, is asked. What is planned for them is cancelled."""
    digests = addresses.known((addresses.digest(address), addresses.party_digest(party)))
    _keep(digests, addresses.ever(address, party=party), how=how, at=at)


@transaction.atomic
def opt_out_of(invitation: SurveyInvitation, *, how: str, at: datetime) -> None:
    """The same for whoever was invited, whose address may be forgotten already, or was never known: then they are at
    least not asked about this any more."""
    digests = addresses.known((invitation.address_digest, invitation.party_digest))
    invitations.end(invitation, state=State.REFUSED, reason="opted_out", at=at)
    _keep(digests, digests, how=how, at=at)


@transaction.atomic
def say_no(address: str, *, by: Person, at: datetime) -> bool:
    """Keep the no that somebody with this number (E.164) or mail address said to `by`; False: it is kept already."""
    if is_known(address):
        return False
    party = _party(address)
    opt_out(how=OptOut.How.SAID, at=at, address=address, party=party.pk if party else None)
    for row in OptOut.objects.filter(digest=addresses.digest(address)):
        trail.record(by=by, at=at, action="opt_out.create", target=row)
    return True


@transaction.atomic
def take_back(address: str, *, by: Person, at: datetime) -> bool:
    """They may be asked again. False: there was no no of theirs."""
    rows = OptOut.objects.filter(digest__in=_digests(address))
    for row in rows:
        trail.record(by=by, at=at, action="opt_out.remove", target=row)
    return rows.delete()[0] > 0


def is_known(address: str) -> bool:
    """Whether somebody with this number or mail address has opted out, also by another one of theirs."""
    return is_out(_digests(address))


def _digests(address: str) -> list[str]:
    return addresses.of_person(address, party=_party(address))


def _party(address: str) -> Party | None:
    return None if "@" in address else parties.only_of_number(address)


def is_out(digests: Iterable[str]) -> bool:
    """Whether somebody with one of these digests has opted out."""
    return OptOut.objects.filter(digest__in=addresses.known(digests)).exists()


def _keep(digests: list[str], ever: list[str], *, how: str, at: datetime) -> None:
    rows = [OptOut(digest=each, how=how, at=at) for each in digests]
    OptOut.objects.bulk_create(rows, ignore_conflicts=True)
    planned = SurveyInvitation.objects.filter(state__in=(State.PLANNED, State.ASKING))
    for each in planned.filter(address_digest__in=ever) | planned.filter(party_digest__in=ever):
        invitations.end(each, state=State.REFUSED, reason="opted_out", at=at)
