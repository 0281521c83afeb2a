"""The number of somebody who wants to be called back: only with their consent, and until the follow-up is closed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from indgang.core import phone_numbers
from indgang.core.refusals import RefusedChange
from indgang.feedback.follow_up_models import FollowUp
from indgang.feedback.follow_ups import opening
from indgang.feedback.models import Response


@transaction.atomic
def ask(response: Response, *, phone: str, consented: bool, at: datetime) -> FollowUp:
    """Keep the number with the follow-up of the response, which is opened for it if need be.

    Raises RefusedChange without consent, for what is no number that can be called, and after the follow-up is closed.
    """
    if not consented:
        raise RefusedChange({"consent": _("Sæt kryds, hvis vi må ringe til dig.")})
    number = _number(phone)
    follow_up = opening.open_for(response, [str(FollowUp.Reason.CALL_BACK)], at=at)
    if follow_up.state == FollowUp.State.DONE:
        raise RefusedChange({"": _("Vi har allerede set på dit svar. Ring til os, hvis du vil tale med os.")})
    follow_up.phone, follow_up.consented_at = number, at
    follow_up.save(update_fields=["phone", "consented_at"])
    return follow_up


def _number(phone: str) -> str:
    refused = RefusedChange({"phone": _("Skriv et telefonnummer, som vi kan ringe til.")})
    try:
        number = phone_numbers.normalise(phone)
    except phone_numbers.NumberError as error:
        raise refused from error
    if phone_numbers.is_anonymous(number):
        raise refused
    return number
