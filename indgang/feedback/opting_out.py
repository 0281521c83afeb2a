"""Who does not want to be asked any more. Kept as keyed hashes, on every channel, until they change their mind."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

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


def is_out(digests: Iterable[str]) -> bool:
    """Whether somebody with one of these digests has opted out."""
    return OptOut.objects.filter(party_digest__in=addresses.known(digests)).exists()


def _keep(digests: list[str], ever: list[str], *, how: str, at: datetime) -> None:
    rows = [OptOut(party_digest=each, how=how, at=at) for each in digests]
    OptOut.objects.bulk_create(rows, ignore_conflicts=True)
    planned = SurveyInvitation.objects.filter(state__in=(State.PLANNED, State.ASKING))
    for each in planned.filter(address_digest__in=ever) | planned.filter(party_digest__in=ever):
        invitations.end(each, state=State.REFUSED, reason="opted_out", at=at)
