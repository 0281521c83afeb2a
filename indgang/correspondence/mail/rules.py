"""The routing rules of a mailbox are made, changed, ordered and ended, and tried on mails of the past first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Max, Prefetch, Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from indgang.audit.trail import Actor
from indgang.catalogue import changes, end_days
from indgang.core.refusals import RefusedChange
from indgang.correspondence import arriving
from indgang.correspondence.models import Enclosure, Mailbox, RoutingRule, ThreadMessage
from indgang.correspondence.routing import LONGEST, MOST, BadConditions, Conditions, MailFacts, decide, place_it_keeps
from indgang.enquiries.models import Party
from indgang.entry.models import Queue

#: how many of the newest mails a rule is tried on
TRIED = 200
#: the conditions that are lists, as the form calls them
_LISTS: dict[str, str | Promise] = {
    "words": gettext_lazy("Ord i emnet eller teksten"),
    "senders": gettext_lazy("Afsendere"),
    "recipients": gettext_lazy("Sendt til"),
    "parties": gettext_lazy("Bestemte virksomheder og borgere"),
}


@dataclass(frozen=True, slots=True)
class TriedMail:
    """A mail that meets the conditions, why, and which rule of today has it already ("" for none)."""

    message: ThreadMessage
    why: tuple[tuple[str, str], ...]
    now: str


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """How the conditions do on the newest mails of the mailbox."""

    looked_at: int
    found: tuple[TriedMail, ...]


def trial(mailbox: Mailbox, conditions: Mapping[str, Any], *, treatment: str, at: datetime) -> RuleTrial:
    """Which of the newest mails to the mailbox a rule with these conditions would treat so. Raises RefusedChange for
    bad conditions."""
    asked, rules = _conditions(conditions), arriving.rules_of(mailbox, at)
    rows = list(_newest(mailbox))
    found = []
    for row in rows:
        facts = _facts(row, mailbox, at)
        why = None if place_it_keeps(facts, treatment) else asked.met_by(facts)
        if why is not None:
            now = decide(facts, rules, mailbox.queue.code)
            names = dict(now.reasons)
            found.append(TriedMail(row, tuple(why), names.get("rule", "")))
    return RuleTrial(len(rows), tuple(found))


@transaction.atomic
def save(rule: RoutingRule, values: Mapping[str, Any], *, by: Actor, at: datetime) -> RoutingRule:
    """Make a rule, which comes last, or change one. Raises RefusedChange by field."""
    asked = _conditions(values["conditions"])
    queue, treatment = values.get("queue"), values["treatment"]
    if asked.is_empty:
        raise RefusedChange({"words": _("Skriv mindst én betingelse. Ellers gælder reglen for alle mails.")})
    if queue is not None and queue.work != Queue.Work.WRITTEN:
        raise RefusedChange({"queue": _("Vælg en kø til skriftlige henvendelser.")})
    known = {**values, "conditions": asked.as_data()}
    if treatment != RoutingRule.Treatment.ROUTE:
        known |= {"queue": None, "skills": {}, "priority": 0}
    if rule.pk is None:
        last = RoutingRule.objects.filter(mailbox=rule.mailbox).aggregate(last=Max("order"))["last"]
        rule.order = (last or 0) + 1
    return changes.save(rule, known, by=by, at=at)


@transaction.atomic
def move(rule: RoutingRule, *, up: bool, by: Actor, at: datetime) -> None:
    """Let the rule change places with the one before or after it; the first or last stays."""
    rows = list(RoutingRule.objects.select_for_update().filter(mailbox=rule.mailbox).order_by("order", "pk"))
    place = next(number for number, row in enumerate(rows) if row.pk == rule.pk)
    other = place - 1 if up else place + 1
    if not 0 <= other < len(rows):
        return
    rows[place], rows[other] = rows[other], rows[place]
    for number, row in enumerate(rows, start=1):
        if row.order != number:
            changes.save(row, {"order": number}, by=by, at=at)


@transaction.atomic
def end(rule: RoutingRule, *, on: date, by: Actor, at: datetime) -> None:
    """Let the rule hold until a day, which is not included. Raises RefusedChange."""
    end_days.refuse(rule, on, at)
    changes.record_change("routingrule.end", rule, by=by, at=at, after={"valid_to": on.isoformat()})
    end_days.apply(rule, on)


def _conditions(data: Mapping[str, Any]) -> Conditions:
    try:
        asked = Conditions.from_data(data)
    except BadConditions as error:
        field = error.condition if error.condition in _LISTS else "words"
        raise RefusedChange({field: _refusal(error)}) from error
    for each in asked.parties:
        if not Party.objects.filter(Q(name__iexact=each) | Q(cvr=each)).exists():
            sentence = _("Vi kender ingen med navnet eller CVR-nummeret “%(name)s”.")
            raise RefusedChange({"parties": sentence % {"name": each}})
    return asked


def _refusal(error: BadConditions) -> str:
    if error.why != "too_many":
        return _("Betingelserne kan ikke læses. Udfyld dem igen.")
    said = {"field": _LISTS[error.condition], "most": MOST, "longest": LONGEST}
    return _("Skriv højst %(most)s linjer med højst %(longest)s tegn i feltet “%(field)s”.") % said


def _newest(mailbox: Mailbox) -> Any:
    rows = ThreadMessage.objects.filter(mailbox=mailbox, direction=ThreadMessage.Direction.IN, automatic=False)
    files = Prefetch("enclosures", Enclosure.objects.only("message", "inline_id"))  # not their contents
    return rows.select_related("thread__enquiry__follows__thread").prefetch_related(files).order_by("-at")[:TRIED]


def _facts(row: ThreadMessage, mailbox: Mailbox, at: datetime) -> MailFacts:
    """What is known of a stored mail; its party is that of today."""
    follows = row.thread.enquiry.follows
    before = arriving.place_before(getattr(follows, "thread", None), mailbox, at) if follows else None
    party = arriving.party_of(row.sender_address)
    return MailFacts(
        sender=row.sender_address.lower(), recipients=tuple(str(each).lower() for each in (*row.to, *row.cc)),
        subject=row.subject, text=row.text, has_files=any(not each.inline_id for each in row.enclosures.all()),
        language=mailbox.language, before=before, **arriving.about_party(party),
    )  # fmt: skip
