"""One agent for a team leader: queues and levels of the day, state, and the call."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.accounts.submission import own_transactions
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.entry.commands import Refused
from indgang.entry.models import AgentState, Presence, Queue, QueueMembership
from indgang.entry.team import agents
from indgang.measures.day import agent_figures
from indgang.office.access import centre_for, has
from indgang.office.team import access
from indgang.office.team.forms import AgentLevelForm, AgentQueuesForm, AgentStateForm, SupervisionForm
from indgang.office.team.refusals import refusal_sentence
from indgang.ui.pages import render_part_or_page
from indgang.ui.refusals import refusals_on_form
from indgang.workforce.models import Competence


@require_GET
@requires(P.LEAD_TEAM, P.SUPERVISE_CALLS)
def agent(request: HttpRequest, centre: str, person: int) -> HttpResponse:
    shown = centre_for(person_of(request), centre, P.LEAD_TEAM)
    return _panel(request, shown, access.agent_for(shown, person))


@require_POST
@requires(P.LEAD_TEAM)
def agent_queues(request: HttpRequest, centre: str, person: int) -> HttpResponse:
    shown = centre_for(person_of(request), centre, P.LEAD_TEAM)
    changed = access.agent_for(shown, person)
    form = _queues_form(shown, changed, request.POST)
    if form.is_valid():
        chosen = list(form.cleaned_data["queues"])
        with refusals_on_form(form):
            agents.serve(changed, shown, chosen, day=clock.today(), by=person_of(request), at=clock.now())
    if form.is_valid():
        messages.success(request, _("Køerne for %(name)s er ændret.") % {"name": changed.name})
        return _panel(request, shown, changed)
    return _panel(request, shown, changed, queues_form=form, status=422)


@require_POST
@requires(P.LEAD_TEAM)
def agent_levels(request: HttpRequest, centre: str, person: int) -> HttpResponse:
    shown = centre_for(person_of(request), centre, P.LEAD_TEAM)
    changed = access.agent_for(shown, person)
    form = AgentLevelForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        agents.set_level(
            changed, data["skill"], data["level"], centre=shown, day=clock.today(), today_only=not data["lasting"],
            by=person_of(request), at=clock.now(),
        )  # fmt: skip
        messages.success(request, _("Niveauet for %(skill)s er ændret.") % {"skill": data["skill"].name})
        return _panel(request, shown, changed)
    return _panel(request, shown, changed, level_form=form, status=422)


@own_transactions
@require_POST
@requires(P.LEAD_TEAM)
def agent_state(request: HttpRequest, centre: str, person: int) -> HttpResponse:
    shown = centre_for(person_of(request), centre, P.LEAD_TEAM)
    changed = access.agent_for(shown, person)
    form = AgentStateForm(request.POST)
    if not form.is_valid():
        return _panel(request, shown, changed, state_form=form, status=422)
    state, reason = AgentState(form.cleaned_data["state"]), form.cleaned_data["reason"]
    try:
        agents.set_state(changed, state, reason=reason.code if reason else "", by=person_of(request), at=clock.now())
        messages.success(request, _("%(name)s er nu: %(state)s.") % {"name": changed.name, "state": state.label})
    except Refused as refusal:
        messages.error(request, refusal_sentence(refusal))
    return _panel(request, shown, changed)


@own_transactions
@require_POST
@requires(P.SUPERVISE_CALLS)
def agent_call(request: HttpRequest, centre: str, person: int) -> HttpResponse:
    """Monitor the agent's call: listen, whisper or barge in; `end` leaves it."""
    leader = person_of(request)
    shown = centre_for(leader, centre, P.SUPERVISE_CALLS)
    heard = access.agent_for(shown, person)
    form = SupervisionForm(request.POST)
    try:
        if "end" in request.POST:
            agents.end_supervision(by=leader, at=clock.now())
            messages.success(request, _("Du er ude af samtalen."))
        elif form.is_valid():
            agents.supervise(heard, form.cleaned_data["mode"], by=leader, at=clock.now())
            messages.success(request, _("Din telefon ringer; tag den for at komme ind i samtalen."))
    except Refused as refusal:
        messages.error(request, refusal_sentence(refusal))
    return _panel(request, shown, heard)


def _panel(
    request: HttpRequest, centre: ContactCentre, agent: Person, *, status: int = 200, **forms: Any
) -> HttpResponse:
    leader = person_of(request)
    day = clock.today()
    presence = Presence.objects.filter(person=agent).select_related("reason").first()
    context = {
        "centre": centre,
        "agent": agent,
        "presence": presence,
        "figures": agent_figures(agent, at=clock.now()),
        "levels": Competence.objects.valid_on(day).filter(person=agent).select_related("skill").order_by("skill__name"),
        "may_lead": has(leader, P.LEAD_TEAM, centre),
        "may_supervise": has(leader, P.SUPERVISE_CALLS, centre),
        "talking": presence is not None and presence.state == AgentState.TALKING,
        "queues_form": _queues_form(centre, agent),
        "level_form": AgentLevelForm(),
        "state_form": AgentStateForm(),
        **forms,
    }
    return render_part_or_page(request, "office/team/agent.html", context, {"panel": "panel"}, status=status)


def _queues_form(centre: ContactCentre, agent: Person, data: QueryDict | None = None) -> AgentQueuesForm:
    served = QueueMembership.objects.valid_on(clock.today()).filter(person=agent, queue__centre=centre, active=True)
    initial = {"queues": list(served.values_list("queue_id", flat=True))}
    return AgentQueuesForm(data, initial=initial, centre=centre, queues=_queues(centre))


def _queues(centre: ContactCentre) -> Any:
    return Queue.objects.valid_on(clock.today()).filter(centre=centre)
