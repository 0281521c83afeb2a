"""The state of one person's desk. Each property is read on first use, so a part costs only its own queries."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from indgang.accounts.access import may
from indgang.accounts.gate import person_of
from indgang.accounts.permissions import Permission
from indgang.accounts.recognition import Remembered
from indgang.agreements import agreed_level
from indgang.core import clock, phone_numbers
from indgang.desk import in_hand, sentences
from indgang.desk.access import Centre, ServedQueue, centres_handing_over_to, has_telephone, served_by
from indgang.desk.in_hand import ItemInHand
from indgang.desk.sheet import Sheet
from indgang.desk.surroundings import Surroundings
from indgang.desk.to_do import ToDo
from indgang.enquiries.models import Channel, Enquiry
from indgang.entry.journal import InHandStage
from indgang.entry.models import AgentState, ExchangeStatus, OwnNumber, PauseReason, PhoneKind, Presence
from indgang.measures.day import AgentFigures, agent_figures
from indgang.prepared.query import Query
from indgang.routing.distribution.requirement import CALLBACK, CHAT, TASK, WRITTEN

#: the status of an exchange is stale after this time without a heartbeat
SILENT_AFTER = timedelta(seconds=45)
SILENT = "silent"

#: the state of who is offered work for which no telephone rings
_OFFERED_ON_SCREEN = {
    WRITTEN: gettext_lazy("Tilbydes en skriftlig henvendelse"), CHAT: gettext_lazy("Tilbydes en chat"),
    TASK: gettext_lazy("Tilbydes en opgave"), CALLBACK: gettext_lazy("Tilbydes et lovet opkald"),
}  # fmt: skip

_pauses: Remembered[list[PauseReason]] = Remembered()


class FromSwitchboard(NamedTuple):
    """One's own presence and items in hand, whether an exchange is up, and why one is not."""

    presence: Presence
    in_hand: list[dict[str, Any]]
    is_up: bool
    outage: str | None


def _exchanges(heard_since: datetime) -> tuple[QuerySet[Any], QuerySet[Any, Any]]:
    """Exchanges that are up, and the reasons of those that are down, latest first."""
    heard = ExchangeStatus.objects.filter(heartbeat__gte=heard_since)
    return heard.filter(up=True), heard.filter(up=False).order_by("-since").values("detail")[:1]


def _from_switchboard(person: int, heard_since: datetime) -> QuerySet[Presence]:
    up, down = _exchanges(heard_since)
    rows = Presence.objects.filter(person=person).select_related("reason")
    return rows.annotate(exchange_up=Exists(up), outage=Subquery(down), items=in_hand.rows_of(OuterRef("person")))


_FROM_SWITCHBOARD = Query(_from_switchboard, person=int, heard_since=datetime)


_OWN_NUMBERS = Query(
    lambda person, day: OwnNumber.objects.confirmed_on(day).filter(person=person).values_list("number"),
    person=int,
    day=date,
)


class Situation:
    """The facts behind the desk of the person who asks, at one moment."""

    def __init__(self, request: HttpRequest, *, opened: Sheet | None = None) -> None:
        self.request, self.person, self.at = request, person_of(request), clock.now()
        self._opened = opened

    # --- own state -----------------------------------------------------------------------------

    @property
    def presence(self) -> Presence:
        """The presence row; a person who never signed in counts as signed out."""
        return self._from_switchboard.presence

    @cached_property
    def _from_switchboard(self) -> FromSwitchboard:
        """Presence, items and exchanges in one query, because nearly every part needs them."""
        heard_since = self.at - SILENT_AFTER
        for row in _FROM_SWITCHBOARD.models(person=self.person.pk, heard_since=heard_since):
            return FromSwitchboard(row, row.items, row.exchange_up, row.outage)
        up, down = _exchanges(heard_since)
        known = down.first()
        return FromSwitchboard(Presence(person=self.person, since=self.at), [], up.exists(), known and known["detail"])

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
        if self.state == AgentState.RINGING and self.offered_kind in _OFFERED_ON_SCREEN:
            return str(_OFFERED_ON_SCREEN[self.offered_kind])
        return _("Logget af") if self.state == AgentState.SIGNED_OUT else str(AgentState(self.state).label)

    @property
    def offered_kind(self) -> str:
        """The kind of work that is offered now; empty when nothing is."""
        stage = InHandStage.RINGING.value
        return next((str(row["kind"]) for row in self._from_switchboard.in_hand if row["stage"] == stage), "")

    @cached_property
    def takes_calls(self) -> bool:
        return may(self.person, Permission.TAKE_CALLS)

    @cached_property
    def has_telephone(self) -> bool:
        return has_telephone(self.person)

    @cached_property
    def is_case_worker(self) -> bool:
        """Whether the person takes transferred calls but serves no queue."""
        return self.has_telephone and not self.takes_calls

    @cached_property
    def pauses(self) -> tuple[tuple[str, str], ...]:
        """The reasons for a pause: (code, name)."""
        today = clock.today()
        known = _pauses.find(today)
        rows = _pauses.keep(today, list(PauseReason.objects.valid_on(today))) if known is None else known
        in_english = get_language() == "en"
        return tuple((row.code, (in_english and row.name_en) or row.name) for row in rows)

    @property
    def exchange_down(self) -> bool:
        """Whether no exchange is up, or the switchboard has been silent for a while."""
        return not self._from_switchboard.is_up

    @property
    def outage(self) -> str:
        """What is out of reach.

        It is the switchboard, which reports on exchanges (`silent`), or one exchange (`unreachable` or `ended`), also
        while another is up.
        """
        known = self._from_switchboard
        return known.outage or ("" if known.is_up else SILENT)

    @property
    def phone_missing(self) -> bool:
        """Signed in, but the phone is not registered at the exchange."""
        return self.signed_in and not self.presence.phone_on and not self.exchange_down

    @property
    def at_number(self) -> str:
        """The number of their own at which the person takes calls, for people to read; empty when they do not."""
        if not self.signed_in or self.presence.phone_kind != PhoneKind.NUMBER:
            return ""
        return phone_numbers.for_people(self.presence.phone_address)

    @property
    def phone_fault(self) -> str:
        """Why the last call to that number was not taken, until one is."""
        shown = (AgentState.PAUSED, AgentState.NOT_RESPONDING, AgentState.READY)
        return sentences.phone_fault(self.presence.phone_fault) if self.at_number and self.state in shown else ""

    @cached_property
    def own_numbers(self) -> tuple[tuple[str, str], ...]:
        """The confirmed numbers with which the person can sign in: in E.164, and for people to read."""
        found = _OWN_NUMBERS.rows(person=self.person.pk, day=clock.today())
        return tuple((number, phone_numbers.for_people(number)) for (number,) in found)

    @property
    def browser_phone(self) -> bool:
        return self.signed_in and self.presence.phone_kind == PhoneKind.BROWSER

    # --- in hand -------------------------------------------------------------------------------

    @cached_property
    def items(self) -> list[ItemInHand]:
        """The items in hand, the conversation first."""
        return in_hand.items(self._from_switchboard.in_hand, person=self.person)

    @property
    def item(self) -> ItemInHand | None:
        """The first item in hand."""
        return self.items[0] if self.items else None

    @property
    def beside(self) -> list[ItemInHand]:
        """The other items in hand."""
        return self.items[1:]

    @property
    def enquiry(self) -> Enquiry | None:
        return self.item.enquiry if self.item else None

    @property
    def stage(self) -> str:
        """The stage of the first item (`InHandStage`), or none."""
        return self.item.stage.value if self.item else "none"

    @property
    def may_dial(self) -> bool:
        """Whether the person may dial: no conversation exists or is about to begin."""
        return self.stage in ("none", InHandStage.OPEN, InHandStage.AFTER)

    # --- registration --------------------------------------------------------------------------

    @cached_property
    def sheet(self) -> Sheet | None:
        """The sheet that is open on a fresh page: the requested one, or that of the call in hand."""
        if self._opened:
            return self._opened
        enquiry = self.enquiry
        if enquiry is None or enquiry.answered_at is None or self.stage == InHandStage.RINGING:
            return None
        return Sheet(enquiry, by=self.person, at=self.at)

    # --- lists ---------------------------------------------------------------------------------

    @cached_property
    def to_do(self) -> ToDo:
        return ToDo(self.person, self.queues, at=self.at, whole=self.request.GET.get("all") == "1")

    @property
    def lists_url(self) -> str:
        """The address that fetches the lists again at their present length."""
        return reverse("desk:home") + ("?all=1" if self.to_do.whole else "")

    # --- around --------------------------------------------------------------------------------

    @cached_property
    def queues(self) -> list[ServedQueue]:
        """The queues of this person, with their centres."""
        return served_by(self.person) if self.takes_calls else []

    @cached_property
    def centres(self) -> list[Centre]:
        """The centres whose callers reach this person: through their own queues or by transfer."""
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

    @cached_property
    def agreed_resolution(self) -> str:
        """The formula of straksafklaring that an agreement of the person's centres names instead of the agent's mark;
        empty where none does."""
        centres = dict.fromkeys(queue.centre.pk for queue in self.queues)
        agreed = (agreed_level.other_than_shown(each, clock.day_of(self.at)).instead for each in centres)
        names = (each["first_contact_resolution"] for each in agreed if "first_contact_resolution" in each)
        return ", ".join(dict.fromkeys(names))

    # --- the page ------------------------------------------------------------------------------

    @cached_property
    def by_hand_channels(self) -> tuple[tuple[str, str], ...]:
        """The channels other than the telephone: (value, label)."""
        return (
            (Channel.WALK_IN.value, str(Channel.WALK_IN.label)),
            (Channel.DIRECT.value, str(Channel.DIRECT.label)),
            (Channel.PHONE.value, _("Opkald, mens telefonsystemet var nede")),
        )

    @property
    def searches_directory(self) -> bool:
        return may(self.person, Permission.SEARCH_DIRECTORY)

    @cached_property
    def reads_knowledge(self) -> bool:
        return may(self.person, Permission.READ_KNOWLEDGE)

    @cached_property
    def scopes(self) -> list[str]:
        """The scopes that the page listens to: its person, and all desks of their centres."""
        return [f"person-{self.person.pk}", *sorted(f"desks-{centre.code}" for centre in self.centres)]

    @property
    def session_ends(self) -> datetime | None:
        text = self.request.session.get("desk_until")
        return parse_datetime(text) if isinstance(text, str) else None
