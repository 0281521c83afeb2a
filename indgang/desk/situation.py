"""What one person's desk shows now. Each thing is read when a part first asks, so a part costs its own queries."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from indgang.accounts.access import may
from indgang.accounts.gate import person_of
from indgang.accounts.permissions import Permission
from indgang.accounts.recognition import Remembered
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.desk import sentences
from indgang.desk.access import centres_handing_over_to, has_telephone, queues_of, shown
from indgang.desk.sheet import Sheet
from indgang.desk.surroundings import Surroundings
from indgang.enquiries import promised, ring_backs
from indgang.enquiries.models import LIVE_STATES, Channel, Draft, Enquiry, PartyNumber, Question, RingBack, State
from indgang.entry.models import AgentState, ExchangeStatus, PauseReason, PhoneKind, Presence, Queue
from indgang.measures.day import AgentFigures, agent_figures
from indgang.routing.distribution.requirement import CALLBACK

#: an exchange whose switchboard has said nothing for so long is not to be trusted
SILENT_AFTER = timedelta(seconds=45)
SILENT = "silent"
MOST_UNFINISHED = 20
MOST_TO_RING = 8
MOST_PROMISED = 50
MOST_REGISTERED = 8
#: a day's work, for who asks for all of it
ALL_REGISTERED = 200
#: more parties than this under one number are only counted
MOST_KNOWN = 3

_pauses: Remembered[list[PauseReason]] = Remembered()


class Situation:
    """The facts behind the desk of the person who asks, at one moment."""

    def __init__(self, request: HttpRequest, *, opened: Sheet | None = None) -> None:
        self.request, self.person, self.at = request, person_of(request), clock.now()
        self._opened = opened

    # --- own state -----------------------------------------------------------------------------

    @property
    def presence(self) -> Presence:
        """The row the switchboard keeps; somebody who never signed in is signed out."""
        return self._from_switchboard[0]

    @cached_property
    def _from_switchboard(self) -> tuple[Presence, bool, str | None]:
        """Own presence, whether an exchange is up, and why one is not: nearly every part shows them, so they are asked
        together."""
        heard = ExchangeStatus.objects.filter(heartbeat__gte=self.at - SILENT_AFTER)
        up, down = heard.filter(up=True), heard.filter(up=False).order_by("-since").values("detail")[:1]
        rows = Presence.objects.filter(person=self.person).select_related("reason")
        row = rows.annotate(exchange_up=Exists(up), outage=Subquery(down)).first()
        if row is None:
            known = down.first()
            return Presence(person=self.person, since=self.at), up.exists(), known and known["detail"]
        return row, row.exchange_up, row.outage

    @cached_property
    def state(self) -> str:
        return self.presence.state

    @cached_property
    def signed_in(self) -> bool:
        return self.state != AgentState.SIGNED_OUT

    @property
    def state_text(self) -> str:
        if self.is_case_worker and self.state == AgentState.READY:
            return _("Kan tage telefonen")
        return _("Logget af") if self.state == AgentState.SIGNED_OUT else str(AgentState(self.state).label)

    @cached_property
    def takes_calls(self) -> bool:
        return may(self.person, Permission.TAKE_CALLS)

    @cached_property
    def has_telephone(self) -> bool:
        return has_telephone(self.person)

    @cached_property
    def is_case_worker(self) -> bool:
        """Takes what is handed over, and no queue."""
        return self.has_telephone and not self.takes_calls

    @cached_property
    def pauses(self) -> list[PauseReason]:
        known = _pauses.find("all")
        return _pauses.keep("all", list(PauseReason.objects.all())) if known is None else known

    @property
    def exchange_down(self) -> bool:
        """No exchange is up, or nobody has heard from the switchboard for a while."""
        return not self._from_switchboard[1]

    @property
    def outage(self) -> str:
        """What is out of reach: the switchboard that tells of exchanges (`silent`), or one exchange (`unreachable`,
        `ended`), also beside another that is up."""
        _presence, is_up, why = self._from_switchboard
        return why or ("" if is_up else SILENT)

    @property
    def phone_missing(self) -> bool:
        """Signed in, but the phone is not registered at the exchange."""
        return self.signed_in and not self.presence.phone_on and not self.exchange_down

    @property
    def browser_phone(self) -> bool:
        return self.signed_in and self.presence.phone_kind == PhoneKind.BROWSER

    # --- the call in hand ----------------------------------------------------------------------

    @cached_property
    def enquiry(self) -> Enquiry | None:
        pk = self.presence.enquiry
        if pk is None:
            return None
        known = PartyNumber.objects.filter(number=OuterRef("caller_number")).order_by()
        names = known.values(json=JSONObject(name="party__name", protected="party__protected"))[: MOST_KNOWN + 1]
        # in the same query: the card is fetched several times in each call
        return shown().annotate(known_parties=ArraySubquery(names)).filter(pk=pk).order_by().first()

    @property
    def known_parties(self) -> list[dict[str, Any]]:
        """Who uses the caller's number, [{"name", "protected"}], while nobody has said which of them it is."""
        enquiry = self.enquiry
        if enquiry is None or enquiry.party_id or not enquiry.caller_number:
            return []
        return list(getattr(enquiry, "known_parties", ()))

    @property
    def held_since(self) -> datetime | None:
        """Since when the caller has been on hold, also while somebody else is asked."""
        return self.enquiry.phase_since if self.enquiry and self.enquiry.phase == "hold" else None

    @cached_property
    def call(self) -> dict[str, Any]:
        return dict(self.presence.call or {})

    @cached_property
    def stage(self) -> str:
        """What the call card shows: none, ringing, dialling, talking, asked (I am the one consulted) or after."""
        if self.enquiry is None:
            return "none"
        if self.state == AgentState.RINGING:
            return "ringing"
        if self.state == AgentState.WRAP_UP:
            return "after"
        if self.state != AgentState.TALKING:
            return "none"
        if "asked_by" in self.call:
            return "asked"
        return "dialling" if self.call.get("direction") == "out" and self.enquiry.phase == "ring" else "talking"

    @property
    def is_callback(self) -> bool:
        """What is offered is a promised call: taking it dials."""
        return self.stage == "ringing" and self.call.get("kind") == CALLBACK

    @property
    def attempts(self) -> int:
        """How often the contact of a promised call has been rung in vain."""
        return int(self.call.get("attempts") or 0)

    @cached_property
    def consult(self) -> dict[str, Any]:
        return dict(self.call.get("consult") or {})

    @property
    def offered_until(self) -> datetime | None:
        text = self.call.get("offered_until")
        return parse_datetime(text) if isinstance(text, str) else None

    @cached_property
    def why_you(self) -> list[str]:
        return sentences.why_you(self.call.get("reasons") or ())

    @property
    def handed_over(self) -> bool:
        """Somebody else has talked with the caller before."""
        first = self.enquiry.first_agent_id if self.enquiry else None
        return first is not None and first != self.person.pk

    # --- registration --------------------------------------------------------------------------

    @cached_property
    def sheet(self) -> Sheet | None:
        """The sheet that is open on a fresh page: the one asked for, or that of the call in hand."""
        if self._opened:
            return self._opened
        enquiry = self.enquiry
        if enquiry is None or enquiry.answered_at is None or self.stage in ("none", "ringing"):
            return None
        return Sheet(enquiry, by=self.person, at=self.at)

    # --- lists ---------------------------------------------------------------------------------

    @cached_property
    def unfinished(self) -> list[Enquiry]:
        """What this person owes a registration, newest first; not the call in hand."""
        mine = Q(agent=self.person) | Q(first_agent=self.person)
        owed = mine & Q(state=State.UNREGISTERED) | Q(pk__in=self.drafted) & ~Q(state__in=LIVE_STATES)
        in_hand = Presence.objects.filter(person=self.person, enquiry__isnull=False).values("enquiry")
        rows = Enquiry.objects.filter(owed).exclude(pk__in=in_hand)
        wanted = rows.select_related("queue").only("id", "channel", "arrived_at", "caller_number", "queue__name")
        return list(wanted.order_by("-arrived_at")[:MOST_UNFINISHED])

    @cached_property
    def drafted(self) -> set[Any]:
        """Ids of enquiries this person has typed something about."""
        return set(Draft.objects.filter(person=self.person).values_list("enquiry", flat=True))

    @cached_property
    def to_ring(self) -> list[ring_backs.ToRing]:
        if not self.takes_calls:
            return []
        return ring_backs.to_ring(self.queues, by=self.person)

    @cached_property
    def to_ring_shown(self) -> list[tuple[ring_backs.ToRing, ring_backs.Known]]:
        """The lines that are shown, each with what is known of it."""
        lines = self.to_ring if self.shows_all else self.to_ring[:MOST_TO_RING]
        known = ring_backs.known_of(lines) if lines else {}
        return [(line, known[line.first.pk]) for line in lines]

    @property
    def to_ring_more(self) -> int:
        return len(self.to_ring) - len(self.to_ring_shown)

    @property
    def shows_all(self) -> bool:
        """Whether the lists are asked for whole."""
        return self.request.GET.get("all") == "1"

    @property
    def lists_url(self) -> str:
        """Where the lists are fetched again, as long as they are now."""
        return reverse("desk:home") + ("?all=1" if self.shows_all else "")

    @property
    def results(self) -> list[tuple[str, Any]]:
        """How a ring-back can be closed by hand."""
        return [(value, label) for value, label in RingBack.Result.choices if value != RingBack.Result.QUEUED]

    @cached_property
    def promised(self) -> list[Enquiry]:
        """Who waits in this person's queues to be rung, the first in line first."""
        if not self.takes_calls:
            return []
        rows = promised.waiting_in(self.queues).select_related("queue")
        wanted = rows.only("id", "caller_number", "caller_name", "callback_place", "callback_due", "queue__name")
        return list(wanted[:MOST_PROMISED])

    @cached_property
    def registered(self) -> list[Question]:
        """The questions this person registered today, newest first: the last few, or all."""
        rows = Question.objects.filter(registered_by=self.person, registered_at__gte=_midnight(self.at))
        wanted = rows.select_related("service").only("id", "enquiry_id", "registered_at", "outcome", "service__name")
        return list(wanted.order_by("-registered_at")[: ALL_REGISTERED if self.shows_all else MOST_REGISTERED + 1])

    @property
    def registered_shown(self) -> list[Question]:
        return self.registered if self.shows_all else self.registered[:MOST_REGISTERED]

    @property
    def registered_more(self) -> bool:
        return len(self.registered) > len(self.registered_shown)

    # --- around --------------------------------------------------------------------------------

    @cached_property
    def queues(self) -> list[Queue]:
        """The queues of this person, with their centres."""
        rows = queues_of(self.person).select_related("centre")
        return list(rows.only("name", "code", "closed_at", "centre__code", "centre__name")) if self.takes_calls else []

    @cached_property
    def centres(self) -> list[ContactCentre]:
        """The centres whose callers this person gets: from their own queues, or handed over."""
        if self.is_case_worker:
            return list(centres_handing_over_to(self.person).only("code", "name"))
        return list({queue.centre_id: queue.centre for queue in self.queues}.values())

    @cached_property
    def around(self) -> Surroundings:
        return Surroundings(self.queues, self.centres, person=self.person.pk, at=self.at)

    # --- figures -------------------------------------------------------------------------------

    @cached_property
    def figures(self) -> AgentFigures:
        return agent_figures(self.person, at=self.at)

    # --- the page ------------------------------------------------------------------------------

    @property
    def by_hand_channels(self) -> list[tuple[str, Any]]:
        return [
            (Channel.WALK_IN.value, Channel.WALK_IN.label),
            (Channel.DIRECT.value, Channel.DIRECT.label),
            (Channel.PHONE.value, _("Opkald, mens telefonsystemet var nede")),
        ]

    @cached_property
    def scopes(self) -> list[str]:
        """What the page listens to: its person, and what all desks of their centres are told."""
        return [f"person-{self.person.pk}", *sorted(f"desks-{centre.code}" for centre in self.centres)]

    @property
    def session_ends(self) -> datetime | None:
        text = self.request.session.get("desk_until")
        return parse_datetime(text) if isinstance(text, str) else None


def _midnight(at: datetime) -> datetime:
    return at.astimezone(COPENHAGEN).replace(hour=0, minute=0, second=0, microsecond=0)
