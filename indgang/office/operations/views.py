"""The state of the product: exchange, processes and alerts on one page, and a banner on all pages for new alerts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang import __version__
from indgang.accounts.access import may, may_in
from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.accounts.submission import own_transactions
from indgang.audit.protection import rewritable_tables
from indgang.core import clock
from indgang.entry import commands
from indgang.entry.models import HEARD_WITHIN, Command, ExchangeStatus, TrunkStatus
from indgang.entry.switchboard import dead_letters, trunk_trials
from indgang.entry.switchboard.leadership import LOCK
from indgang.entry.team import alerts, loans
from indgang.health.examination import examine, registered
from indgang.live import processes
from indgang.live.models import Mark, RunningProcess
from indgang.office.operations import access, trunk_sentences
from indgang.office.operations.forms import TestCallForm
from indgang.office.operations.trunk_sentences import Said
from indgang.telephony import speech
from indgang.ui.pages import render_part_or_page
from indgang.workforce import free_busy_words, reach_words
from indgang.workforce.calendars import free_busy, graph
from indgang.workforce.models import FreeBusy

#: a few marks wait for the next announcement; many mean that no process announces them
MANY_MARKS = 500
#: orders are normally answered within a fraction of a second
PATIENCE = timedelta(seconds=5)
PER_PAGE = 100


@dataclass(frozen=True, slots=True)
class PartShown:
    """One part of the product that must work: `state` is up, waiting or down."""

    name: str
    state: str
    word: str
    detail: str


@dataclass(frozen=True, slots=True)
class ProcessShown:
    """A process with its state (up, waiting, down), and whether it runs a different version from this one."""

    row: RunningProcess
    name: str
    state: str
    word: str
    seconds: int
    is_other_version: bool


@require_GET
@requires(P.SEE_OPERATIONS)
def operations(request: HttpRequest) -> HttpResponse:
    at = clock.now()
    context = {
        "checks": _checks(at),
        "processes": [_shown(row) for row in processes.seen()],
        "exchanges": [(row, row.heartbeat >= at - HEARD_WITHIN) for row in ExchangeStatus.objects.order_by("name")],
        "trunks": [(row, _trunk_said(row, at)) for row in TrunkStatus.objects.all()],
        "alerts": access.alerts_of(person_of(request))[:PER_PAGE],
        "dead_letters": access.dead_letters_of(person_of(request)).defer("content", "error")[:PER_PAGE],
        "sets_dial_rules": access.sets_dial_rules(person_of(request)),
        "runs_everything": access.runs_everything(person_of(request)),
        "now": at,
    }
    return render_part_or_page(
        request, "office/operations/operations.html", context, {"status": "status", "alerts": "alerts"}
    )


@require_GET
@requires(P.SEE_OPERATIONS)
def installation(request: HttpRequest) -> HttpResponse:
    """The checks of `indgang doctor`, run now; the operations page fetches them after it has loaded."""
    access.check_runs_everything(person_of(request))
    context = {"examined": examine(registered()), "at": clock.now()}
    return render_part_or_page(request, "office/operations/installation.html", context, {"installation": "findings"})


@own_transactions
@require_http_methods(["GET", "POST"])
@requires(P.SEE_OPERATIONS)
def trunk(request: HttpRequest, number: int) -> HttpResponseBase:
    """One telephone line: its state, what to do about it, and a test call."""
    person, at = person_of(request), clock.now()
    row = access.trunk_for(person, number)
    form = TestCallForm(request.POST or None, initial={"number": row.test_number})
    if request.method == "POST" and form.is_valid() and _order_test_call(request, row, form):
        return redirect("office:trunk", row.pk)
    context = {"trunk": row, "said": _trunk_said(row, at), "trial": trunk_sentences.of_trial(row), "form": form}
    return render_part_or_page(request, "office/operations/trunk.html", context, {"line": "line"})


def _order_test_call(request: HttpRequest, row: TrunkStatus, form: TestCallForm) -> bool:
    """Whether the switchboard has begun the test call; otherwise the form holds the reason."""
    try:
        trunk_trials.order(row, form.cleaned_data["number"], by=person_of(request), at=clock.now())
    except commands.Refused as refused:
        form.add_error("number", trunk_sentences.of_refusal(refused.code))
        return False
    messages.success(request, _("Prøveopkaldet er i gang. Resultatet kommer her på siden om et øjeblik."))
    return True


def _trunk_said(row: TrunkStatus, at: datetime) -> Said:
    return trunk_sentences.of_state(row, is_known=row.heartbeat >= at - HEARD_WITHIN, at=at)


@require_POST
@requires(P.SEE_OPERATIONS, P.LEAD_TEAM)
def alert_sight(request: HttpRequest, alert: int) -> HttpResponseBase:
    """Mark the alert as seen."""
    person = person_of(request)
    found = access.alert_for(person, alert)
    alerts.see(found, by=person, at=clock.now())
    if may(person, P.SEE_OPERATIONS):
        return redirect("office:operations")
    return redirect("office:wallboards")


@require_http_methods(["GET", "POST"])
@requires(P.SEE_OPERATIONS)
def dead_letter(request: HttpRequest, number: int) -> HttpResponseBase:
    """A dead letter: show it (which is audited), or delete it after somebody has entered it by hand."""
    person, at = person_of(request), clock.now()
    row = access.dead_letter_for(person, number)
    if request.method == "POST":
        dead_letters.settle(row, by=person, at=at)
        messages.success(request, _("Slettet."))
        return redirect("office:operations")
    return render(
        request, "office/operations/dead_letter.html", {"row": row, "content": dead_letters.read(row, by=person, at=at)}
    )


@require_GET
@requires()
def alert_strip(request: HttpRequest) -> HttpResponse:
    """The newest unseen alert for people who can act on it; otherwise empty."""
    person = person_of(request)
    newest = None
    if may(person, P.SEE_OPERATIONS) or may(person, P.LEAD_TEAM):
        open_alerts = access.alerts_of(person).filter(seen_at__isnull=True, over_at__isnull=True)
        newest = open_alerts.first()
    context = {"alert": newest, "may_see": may(person, P.SEE_OPERATIONS)}
    context["may_settle"] = newest is not None and newest.may_settle
    # a loan is answered on the day's page
    centre = newest.centre if newest is not None and newest.code.startswith(loans.ALERT) else None
    context["on_the_day"] = centre is not None and may_in(person, P.PLAN_STAFFING, centre)
    return render(request, "office/operations/alert_strip.html", context)


def _shown(row: RunningProcess) -> ProcessShown:
    if row.age > processes.ALIVE_WITHIN:
        state, word = "down", _("giver ikke livstegn")
    elif row.standing_by:
        state, word = "waiting", _("klar til at tage over")
    else:
        state, word = "up", _("kører")
    name = _process_names().get(row.name, row.name)
    return ProcessShown(row, name, state, word, max(0, round(row.age.total_seconds())), row.version != __version__)


def _process_names() -> dict[str, str]:
    return {
        "web": _("Sider"),
        "live": _("Live-opdatering"),
        "switchboard": _("Omstilling"),
        "worker": _("Baggrundsarbejde"),
    }


def _checks(at: datetime) -> list[PartShown]:
    parts = [_database(), _trail(), _switchboard(at), _stream(), _worker(), _voice()]
    return parts if graph.application() is None else [*parts, _free_busy(at)]


def _database() -> PartShown:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database()))")
        version, size = cursor.fetchone()
    detail = _("PostgreSQL %(version)s, %(size)s") % {"version": version, "size": size}
    return PartShown(_("Database"), "up", _("kører"), detail)


def _trail() -> PartShown:
    """Whether the database prevents the product from rewriting append-only tables."""
    if rewritable_tables():
        detail = _("Loggen kan ændres bagefter: databasen har kun én rolle. Sæt INDGANG_OWNER_DATABASE_URL.")
        return PartShown(_("Log over ændringer"), "waiting", _("ikke beskyttet"), detail)
    return PartShown(
        _("Log over ændringer"),
        "up",
        _("beskyttet"),
        _("Databasen tillader ikke, at noget i loggen ændres eller slettes."),
    )


def _switchboard(at: datetime) -> PartShown:
    """The state of the switchboard: it holds an advisory lock while it runs, and takes people's orders."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
            [LOCK],
        )
        leading = cursor.fetchone()[0]
    waiting = Command.objects.filter(outcome=Command.Outcome.WAITING, at__lt=at - PATIENCE).count()
    if not leading:
        return PartShown(_("Omstilling"), "down", _("kører ikke"), _("Start den med “indgang switchboard”."))
    if waiting:
        detail = _("%(n)s ordrer har ventet for længe.") % {"n": waiting}
        return PartShown(_("Omstilling"), "waiting", _("svarer langsomt"), detail)
    return PartShown(_("Omstilling"), "up", _("kører"), "")


def _stream() -> PartShown:
    marks = Mark.objects.count()
    if marks > MANY_MARKS:
        detail = _("%(n)s ændringer er ikke meldt ud. Start den med “indgang live”.") % {"n": marks}
        return PartShown(_("Live-opdatering"), "down", _("melder ikke ud"), detail)
    if not processes.is_alive("live"):
        return PartShown(_("Live-opdatering"), "down", _("kører ikke"), _("Start den med “indgang live”."))
    return PartShown(_("Live-opdatering"), "up", _("følger med"), _("%(n)s venter") % {"n": marks})


def _worker() -> PartShown:
    """Without a worker no mail is sent, nothing is scrubbed, and no reminder comes."""
    if not processes.is_alive("worker"):
        return PartShown(_("Baggrundsarbejde"), "down", _("kører ikke"), _("Start det med “indgang worker”."))
    return PartShown(_("Baggrundsarbejde"), "up", _("kører"), "")


def _voice() -> PartShown:
    if speech.has_voice():
        return PartShown(_("Talestemme"), "up", _("klar"), "espeak-ng")
    return PartShown(
        _("Talestemme"), "waiting", _("mangler"), _("Tekster uden optagelse siges med en tone (espeak-ng).")
    )


def _free_busy(at: datetime) -> PartShown:
    """How the free and busy times of Microsoft 365 were read last."""
    name, source, asked = _("Kalendere i Microsoft 365"), free_busy.source(), free_busy.asked_people(at)
    unread = FreeBusy.objects.filter(person__in=asked).exclude(fault="").count()
    figures = {"people": len(asked), "unread": unread}
    detail = _("Kalendere: %(people)s i alt, heraf kan %(unread)s ikke læses.") % figures
    if source.answered_at is not None:
        detail = f"{_('Hentet kl. %(time)s.') % {'time': reach_words.moment(source.answered_at, at)}} {detail}"
    if source.fault:
        return PartShown(name, "down", _("kan ikke læses"), f"{free_busy_words.of_fault(source.fault)} {detail}")
    if asked and source.answered_at is None:
        return PartShown(name, "waiting", _("ikke læst endnu"), detail)
    return PartShown(name, "waiting" if unread else "up", _("læses"), detail)
