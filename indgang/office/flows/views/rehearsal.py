"""The page that rehearses a flow: one caller, step by step, with the prompts, the decisions and their reasons."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.accounts.submission import own_transactions
from indgang.core import clock
from indgang.core.clock import COPENHAGEN
from indgang.core.text import whole_number
from indgang.entry.models import Flow, FlowVersion, Queue
from indgang.entry.setup import flow_versions, phases
from indgang.entry.wording import rehearsal
from indgang.entry.wording.words import ENDINGS
from indgang.office.flows import access
from indgang.routing import flows
from indgang.routing.centre.rehearsal import Action, ActionKind, Scene, Staffed, promised_before
from indgang.routing.flows import KEYS
from indgang.ui.pages import render_part_or_page

#: more people make no difference to the caller, and each of them is simulated
MOST_AGENTS, MOST_WAITING = 50, 100
_PADS = ("123", "456", "789", "*0#")


class GivenForm(forms.Form):
    """The facts of the rehearsed call."""

    at = forms.DateTimeField(
        label=_("Tidspunkt for opkaldet"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"],
    )
    number = forms.CharField(
        label=_("Ringer fra"), max_length=30, required=False, help_text=_("Tom: hemmeligt nummer.")
    )
    known = forms.BooleanField(label=_("Nummeret er kendt"), required=False)
    phase = forms.CharField(label=_("Fase"), max_length=40, required=False)
    callback = forms.ChoiceField(
        label=_("Lovet opkald"), required=False,
        choices=[
            ("", _("Intet")), ("waiting", _("Venter på at blive ringet op")), ("missed", _("Vi har ringet forgæves")),
        ],
    )  # fmt: skip
    callback_queue = forms.ChoiceField(label=_("Tilbagekaldets kø"), required=False)

    def __init__(self, *args: Any, queues: list[Queue], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.queues = queues
        field = self.fields["callback_queue"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(queue.code, queue.name) for queue in queues]
        for queue in queues:
            self.fields[f"agents-{queue.code}"] = forms.IntegerField(
                label=_("På arbejde"), min_value=0, max_value=MOST_AGENTS, initial=1
            )
            self.fields[f"free-{queue.code}"] = forms.ChoiceField(
                label=_("De er"), choices=[("", _("optaget")), ("free", _("ledige"))], required=False
            )
            self.fields[f"waiting-{queue.code}"] = forms.IntegerField(
                label=_("I kø foran"), min_value=0, max_value=MOST_WAITING, initial=0
            )
            self.fields[f"closed-{queue.code}"] = forms.BooleanField(label=_("Lukket"), required=False)

    def rows(self) -> list[tuple[Queue, list[forms.BoundField]]]:
        """Each queue with its fields."""
        return [
            (queue, [self[f"{name}-{queue.code}"] for name in ("agents", "free", "waiting", "closed")])
            for queue in self.queues
        ]

    def given(self) -> rehearsal.Given:
        data = self.cleaned_data
        queues = {queue.code: self._staffed(queue.code) for queue in self.queues}
        scene = Scene(data["at"], data["number"], queues=queues, callback=self._callback())
        return rehearsal.Given(scene, data["known"], data["phase"])

    def _staffed(self, code: str) -> Staffed:
        data = self.cleaned_data
        return Staffed(
            agents=data[f"agents-{code}"], are_free=bool(data[f"free-{code}"]), waiting=data[f"waiting-{code}"],
            is_closed=data[f"closed-{code}"],
        )  # fmt: skip

    def _callback(self) -> flows.CallerCallback | None:
        """The earlier callback that was promised to the caller; None without one, or without a queue for it."""
        data = self.cleaned_data
        if not data["callback"] or not data["callback_queue"]:
            return None
        return promised_before(data["at"], queue=data["callback_queue"], waits=data["callback"] == "waiting")


@own_transactions
@require_http_methods(["GET", "POST"])
@requires(P.EDIT_FLOWS)
def flow_rehearsal(request: HttpRequest, flow: str) -> HttpResponse:
    """The rehearsal. All of its state is in the form: nothing is stored, and a reload plays the same again."""
    shown = access.flow_for(person_of(request), flow, P.EDIT_FLOWS)
    version = _version(shown, request.POST.get("version") or request.GET.get("version", ""))
    try:
        parsed = flows.parse(version.definition)
    except flows.FlowError as error:
        return _page(request, shown, version, None, fault=str(error), status=422)
    queues = list(Queue.objects.filter(code__in=rehearsal.queues_met(parsed)).order_by("name"))
    form = GivenForm(request.POST or None, queues=queues, initial=_initial())
    if request.method == "GET" or not form.is_valid():
        return _page(request, shown, version, form, status=422 if form.errors else 200)
    actions = _actions(request)
    return _page(
        request,
        shown,
        version,
        form,
        actions=rehearsal.write_actions(actions),
        played=rehearsal.play(parsed, form.given(), actions),
    )


def _page(
    request: HttpRequest, flow: Flow, version: FlowVersion, form: GivenForm | None, *, status: int = 200, **more: Any
) -> HttpResponse:
    played = more.get("played")
    context = {
        "flow": flow,
        "version": version,
        "form": form,
        "pads": _PADS,
        "can": {kind.value for kind in played.can} if played else set(),
        "ending": ENDINGS.get(played.state.ending.value, "") if played and played.state.ending else "",
        **more,
    }
    return render_part_or_page(
        request, "office/flows/rehearsal.html", context, {"rehearsal": "rehearsal"}, status=status
    )


def _version(flow: Flow, number: str) -> FlowVersion:
    asked = whole_number(number)
    if asked is not None:
        return access.version_for(flow, asked)
    newest = flow_versions.draft_of(flow) or flow_versions.in_force(flow)
    return newest or access.version_for(flow, 0)


def _initial() -> dict[str, Any]:
    now: datetime = clock.now().astimezone(COPENHAGEN).replace(tzinfo=None)
    return {"at": now, "number": "+4520123456", "phase": phases.on(clock.today())}


def _actions(request: HttpRequest) -> list[Action]:
    """The earlier actions and the new one: a button sends `do` with "kind:value", `undo` or `restart`."""
    done = rehearsal.read_actions(request.POST.get("actions", ""))
    do = request.POST.get("do", "")
    if do == "restart":
        return []
    if do == "undo":
        return done[:-1]
    new = rehearsal.read_actions(do)
    allowed = [each for each in new if each.kind is not ActionKind.PRESS or set(each.value) <= set(KEYS)]
    return [*done, *allowed]
