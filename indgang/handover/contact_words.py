"""What the contact is told about a hand-over: what happens now, and when. The agent reads it aloud, mails carry it, and
the public page shows it, so that all three say the same. In the active language."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from indgang.core.clock import COPENHAGEN
from indgang.handover import stream, time_words
from indgang.handover.models import Handover, Promise

State, Outcome = Handover.State, Handover.Outcome


def what_happens(handover: Handover, at: datetime) -> str:
    """What happens now and when, in one or two sentences."""
    if handover.state == State.CANCELLED:
        return _("Spørgsmålet er trukket tilbage, så vi gør ikke mere ved det.")
    if handover.state == State.CLOSED:
        return _how_it_ended(handover)
    promise = Promise.objects.filter(handover=handover, state=Promise.State.OPEN).first()
    when = _promised(handover, promise, at) if promise else ""
    return " ".join(filter(None, (_where(handover, has_promise=promise is not None), when)))


def to_say(handover: Handover, at: datetime) -> str:
    """What the agent says to the contact after sending it."""
    follow = _("Med nummeret og koden kan du følge spørgsmålet på hjemmesiden.")
    return " ".join((what_happens(handover, at), reference(handover), follow))


def reference(handover: Handover) -> str:
    """The number and code with which the contact follows it."""
    words = {"number": handover.number, "code": handover.code}
    return _("Nummeret er %(number)s, og koden er %(code)s.") % words


def _where(handover: Handover, *, has_promise: bool) -> str:
    words = {"unit": _unit(handover)}
    if handover.state == State.RETURNED:
        if stream.last_return(handover) == Handover.Return.LACKS_INFORMATION:
            return (
                _("%(unit)s kan ikke svare uden flere oplysninger. Tilføj dem på hjemmesiden, eller ring til os.")
                % words
            )
        return _("Kontaktcentret er ved at finde ud af, hvem der kan svare.")
    if handover.state == State.ACCEPTED:
        return _("En medarbejder i %(unit)s er i gang med dit spørgsmål.") % words
    if has_promise:
        return _("Dit spørgsmål er sendt til %(unit)s.") % words
    return _("Dit spørgsmål er hos %(unit)s, som ser på det hurtigst muligt.") % words


def _promised(handover: Handover, promise: Promise, at: datetime) -> str:
    if promise.due_at <= at:
        late = {"time": time_words.moment(promise.due_at, at)}
        said = _("Det er forsinket: du skulle have hørt fra os senest %(time)s.") % late
        return f"{said} {_('Vi har rykket for det.')}" if handover.step else said
    if promise.starts_at is None:
        return _("Du får svar senest %(time)s.") % {"time": time_words.moment(promise.due_at, at)}
    until = f"{promise.due_at.astimezone(COPENHAGEN):%H.%M}"
    return _("Vi ringer til dig %(time)s–%(until)s.") % {
        "time": time_words.moment(promise.starts_at, at), "until": until,
    }  # fmt: skip


def _how_it_ended(handover: Handover) -> str:
    match handover.outcome:
        case Outcome.IN_CASE:
            return _("Spørgsmålet er taget med i din sag, og du får svaret dér.")
        case Outcome.NOT_REACHED:
            return _("Vi har ikke kunnet få fat i dig. Ring til os, hvis du stadig vil have svar.")
        case Outcome.NOTHING_TO_DO:
            return _("Vi har set på det, og der var ikke mere at gøre.")
    return _("Dit spørgsmål er besvaret.")


def _unit(handover: Handover) -> str:
    unit = handover.unit
    return str((get_language() == "en" and unit.name_en) or unit.name)
