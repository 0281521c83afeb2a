"""Asks by a link on SMS or by mail. The link opens the form of one invitation (portal, `/mening/<token>/`).

A message is queued in the transaction that begins the invitation, so that nobody is asked twice. It is sent within the
hours of the rule, also when the worker was away at the planned time.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext as _

from indgang.core.clock import COPENHAGEN
from indgang.core.refusals import RefusedChange
from indgang.correspondence.sms import sending
from indgang.feedback import invitations
from indgang.feedback.models import AskingRule, QuestionnaireVersion, SurveyInvitation
from indgang.messaging import mail

logger = logging.getLogger(__name__)

Way = AskingRule.Way
WAYS = (Way.SMS, Way.MAIL)
#: sent in one turn of the job; the next turn goes on
_MOST = 500


def send_due(*, at: datetime) -> int:
    """Send the links whose time has come; returns how many."""
    due = SurveyInvitation.objects.due(at).filter(way__in=WAYS).select_related("rule")[:_MOST]
    return sum(_send(each, at) for each in due)


def forget_numbers(*, at: datetime) -> int:
    """Forget to whom links were sent by SMS once no answer counts any more, as invitations do; returns how many."""
    longest = QuestionnaireVersion.objects.aggregate(hours=Max("deadline_hours"))["hours"] or 0
    return sending.forget_alone(before=at - timedelta(hours=longest))


def address_of(invitation: SurveyInvitation, *path: str) -> str:
    """The page of the public site; a test compares it with the site's own list."""
    before = ["en"] if invitation.language == "en" else []
    return "/".join([settings.PUBLIC_URL, *before, "mening", str(invitation.token), *path]) + "/"


@transaction.atomic
def _send(invitation: SurveyInvitation, at: datetime) -> bool:
    if invitations.postponed(invitation, at=at):
        return False
    begun = invitations.begin(invitation, at=at)
    if begun is None:
        return False
    try:
        with transaction.atomic(), translation.override("en" if begun.language == "en" else "da"):
            _queue(begun, at)
    except (RefusedChange, mail.BadAddress):
        logger.info("invitation %s cannot be sent", begun.pk)
        invitations.end(begun, state=SurveyInvitation.State.NOT_REACHED, reason="address", at=at)
        return False
    return True


def _queue(invitation: SurveyInvitation, at: datetime) -> None:
    if invitation.way == Way.SMS:
        sending.queue_alone(number=invitation.address, text=_sms(invitation), at=at)
    else:
        leave = address_of(invitation, "nej-tak")
        text = _mail(invitation, leave)
        mail.send(to=invitation.address, subject=_("Hvordan gik det?"), text=text, unsubscribe_url=leave)


def _sms(invitation: SurveyInvitation) -> str:
    said = _("Hvordan gik det? Svar på nogle korte spørgsmål: %(url)s\nDer kan du også sige nej tak.\n%(sender)s")
    return (said % {"url": address_of(invitation), "sender": _sender(invitation)}).strip()


def _mail(invitation: SurveyInvitation, leave: str) -> str:
    until = invitation.due_at.astimezone(COPENHAGEN)
    lines = [
        _("Hej"),
        _about(invitation),
        _("Svar her senest %(day)s. Det tager under et minut:") % {"day": f"{until:%d.%m.%Y}"}
        + f"\n{address_of(invitation)}",
        _("Vil du ikke spørges igen, så sig nej tak her:") + f"\n{leave}",
        _sender(invitation),
    ]
    return "\n\n".join(filter(None, lines)) + "\n"


def _about(invitation: SurveyInvitation) -> str:
    """What it is about, without saying what the contact asked."""
    day = f"{invitation.part_ended_at.astimezone(COPENHAGEN):%d.%m.%Y}"
    return _("Du var i kontakt med os den %(day)s. Vil du fortælle, hvordan det gik?") % {"day": day}


def _sender(invitation: SurveyInvitation) -> str:
    return invitation.centre.name if invitation.centre else ""
