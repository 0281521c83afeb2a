"""What one person's desk shows now. Each thing is read when a part first asks, so a part costs its own queries."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.functions import JSONObject
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from indgang.accounts.access import may
from indgang.accounts.gate import person_of
from indgang.accounts.permissions import Permission
from indgang.accounts.recognition import Remembered
from indgang.core import clock
from indgang.desk import sentences
from indgang.desk.access import Centre, ServedQueue, centres_handing_over_to, has_telephone, served_by, shown
from indgang.desk.sheet import Sheet
from indgang.desk.surroundings import Surroundings
from indgang.desk.to_do import ToDo
from indgang.enquiries.models import Channel, Enquiry, PartyNumber
from indgang.entry.models import AgentState, ExchangeStatus, PauseReason, PhoneKind, Presence
from indgang.measures.day import AgentFigures, agent_figures
from indgang.routing.distribution.requirement import CALLBACK

#: an exchange whose switchboard has said nothing for so long is not to be trusted
SILENT_AFTER = timedelta(seconds=45)
SILENT = "silent"
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
    def to_do(self) -> ToDo:
        return ToDo(self.person, self.queues, at=self.at, whole=self.request.GET.get("all") == "1")

    @property
    def lists_url(self) -> str:
        """Where the lists are fetched again, as long as they are now."""
        return reverse("desk:home") + ("?all=1" if self.to_do.whole else "")

    # --- around --------------------------------------------------------------------------------

    @cached_property
    def queues(self) -> list[ServedQueue]:
        """The queues of this person, with their centres."""
        return served_by(self.person) if self.takes_calls else []

    @cached_property
    def centres(self) -> list[Centre]:
        """The centres whose callers this person gets: from their own queues, or handed over."""
        if self.is_case_worker:
            return [Centre(*row) for row in centres_handing_over_to(self.person).values_list("pk", "code", "name")]
        return list(dict.fromkeys(queue.centre for queue in self.queues))

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
