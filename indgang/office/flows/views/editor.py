"""The flow editor: the list of flows, one flow with its steps, its draft and its versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.audit.models import Change
from indgang.catalogue.models import Schedule
from indgang.core import clock
from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.core.text import slug, whole_number
from indgang.entry.models import Flow, FlowVersion, Queue
from indgang.entry.setup import flow_versions
from indgang.entry.setup.flow_versions import NotRunnable
from indgang.entry.wording import names as flow_names
from indgang.entry.wording.words import WORDS, kind_word, problem_sentence
from indgang.office.access import centres_of, has
from indgang.office.drafts import (
    conflicts_as_messages,
    draft_page,
    step_page,
    still,
    typed_again,
    with_step,
    without_step,
)
from indgang.office.flows import access, chart, forms
from indgang.office.flows import cards as flow_cards
from indgang.office.flows.cards import Definition
from indgang.office.flows.forms import BeginningForm, FlowForm, Options, PublicationForm, StepForm
from indgang.routing import flows
from indgang.ui.pages import part_asked_for, revision_of


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_FLOWS)
def flow_list(request: HttpRequest) -> HttpResponseBase:
    person = person_of(request)
    form = FlowForm(request.POST or None, centres=centres_of(person, P.EDIT_FLOWS))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            flow = flow_versions.create(
                code=slug(data["name"]), name=data["name"], centre=data["centre"], by=person, at=clock.now()
            )
            return redirect("office:flow", flow.code)
        except RefusedChange as refusal:
            form.add_error("name", str(refusal))
    rows = [
        (
            flow,
            flow_versions.in_force(flow),
            flow_versions.draft_of(flow),
            list(flow.entry_points.valid_on(clock.today())),
        )
        for flow in access.flows_of(person, P.EDIT_FLOWS)
    ]
    return render(request, "office/flows/flows.html", {"rows": rows, "form": form}, status=422 if form.errors else 200)


@require_GET
@requires(P.EDIT_FLOWS)
def flow(request: HttpRequest, flow: str) -> HttpResponse:
    """The draft when there is one, otherwise the version in force."""
    return _page(request, access.flow_for(person_of(request), flow, P.EDIT_FLOWS))


@require_POST
@requires(P.EDIT_FLOWS)
def draft(request: HttpRequest, flow: str) -> HttpResponseBase:
    """Begin a draft."""
    person = person_of(request)
    shown = access.flow_for(person, flow, P.EDIT_FLOWS)
    try:
        flow_versions.new_draft(shown, by=person, at=clock.now())
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    return redirect("office:flow", flow)


@require_POST
@requires(P.EDIT_FLOWS)
def draft_removal(request: HttpRequest, flow: str) -> HttpResponseBase:
    person = person_of(request)
    shown = access.flow_for(person, flow, P.EDIT_FLOWS)
    with conflicts_as_messages(request, _saved_meanwhile):
        draft = still(flow_versions.draft_of(shown), _gone())
        flow_versions.discard(draft, revision=revision_of(request), by=person, at=clock.now())
        messages.success(request, _("Udkastet er slettet."))
    return redirect("office:flow", flow)


@require_POST
@requires(P.EDIT_FLOWS)
def beginning(request: HttpRequest, flow: str) -> HttpResponseBase:
    """Set the title and first step of the draft."""
    person = person_of(request)
    shown = _draft_for(request, flow)
    form = BeginningForm(request.POST, steps=_steps(shown.definition))
    if form.is_valid():
        data = form.cleaned_data
        definition = {**shown.definition, "title": data["title"], "start": data["start"]}
        try:
            flow_versions.save_draft(shown, definition, revision=data["revision"], by=person, at=clock.now())
            return redirect("office:flow", flow)
        except RefusedChange as refusal:
            form.add_error(None, str(refusal))
        except EditedMeanwhile as refusal:
            # the page shows the present draft; saving again saves on top of it
            form = BeginningForm(typed_again(request, refusal.theirs), steps=_steps(refusal.theirs.definition))
            form.add_error(None, _saved_meanwhile(refusal.theirs))
    return _page(request, shown.flow, status=422, beginning_form=form)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_FLOWS)
def new_step(request: HttpRequest, flow: str) -> HttpResponseBase:
    shown = _draft_for(request, flow)
    kind = request.GET.get("kind", "")
    if kind not in flows.STEP_KINDS:
        raise Http404
    return _edit_step(request, shown, kind, None)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_FLOWS)
def step(request: HttpRequest, flow: str, step: str) -> HttpResponseBase:
    shown = _draft_for(request, flow)
    current = flow_cards.step_data(shown.definition, step)
    if current is None and request.POST.get("kind") in flows.STEP_KINDS:
        # the step was deleted meanwhile: the typed data creates it again
        current = {"id": step, "kind": request.POST["kind"]}
    if current is None:
        raise Http404
    return _edit_step(request, shown, current["kind"], current)


@require_POST
@requires(P.EDIT_FLOWS)
def step_removal(request: HttpRequest, flow: str, step: str) -> HttpResponseBase:
    person = person_of(request)
    shown = access.flow_for(person, flow, P.EDIT_FLOWS)
    with conflicts_as_messages(request, _saved_meanwhile):
        draft = still(flow_versions.draft_of(shown), _gone())
        kept = without_step(draft.definition, step)
        flow_versions.save_draft(draft, kept, revision=revision_of(request), by=person, at=clock.now())
        name = flow_names.names_of(draft.definition).get(step, step)
        messages.success(request, _("Trinnet “%(step)s” er slettet.") % {"step": name})
    return redirect("office:flow", flow)


@require_POST
@requires(P.PUBLISH_FLOWS)
def publication(request: HttpRequest, flow: str) -> HttpResponseBase:
    """Put the draft in force."""
    person = person_of(request)
    shown = access.flow_for(person, flow, P.PUBLISH_FLOWS)
    form = PublicationForm(request.POST)
    if not form.is_valid():
        return _page(request, shown, status=422, publication_form=form)
    note, revision = form.cleaned_data["note"], form.cleaned_data["revision"]
    try:
        with conflicts_as_messages(request, _saved_meanwhile):
            published = flow_versions.publish(
                still(flow_versions.draft_of(shown), _gone()), revision=-1 if revision is None else revision, note=note,
                by=person, at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("Version %(n)s er udgivet. Nye opkald møder den nu.") % {"n": published.number})
    except NotRunnable as refusal:
        draft = flow_versions.draft_of(shown)
        messages.error(request, _not_published(refusal, flow_names.names_of(draft.definition if draft else {})))
    return redirect("office:flow", flow)


@require_GET
@requires(P.EDIT_FLOWS)
def version(request: HttpRequest, flow: str, number: int) -> HttpResponse:
    """One version, and its differences from the previous version or the one asked for."""
    shown = access.flow_for(person_of(request), flow, P.EDIT_FLOWS)
    this = access.version_for(shown, number)
    against = whole_number(request.GET.get("against", ""))
    other = _before(this) if against is None else access.version_for(shown, against)
    current = flow_versions.in_force(shown)
    context = {
        "flow": shown,
        "version": this,
        "other": other,
        "versions": list(shown.versions.all()),
        "differences": flow_cards.difference_list(other.definition, this.definition) if other else [],
        "in_force": current,
        "publication_form": PublicationForm(),
        "may_publish": has(person_of(request), P.PUBLISH_FLOWS, shown.centre),
    }
    return render(request, "office/flows/version.html", context)


@require_POST
@requires(P.PUBLISH_FLOWS)
def version_publication(request: HttpRequest, flow: str, number: int) -> HttpResponseBase:
    """Put an earlier version in force again."""
    person = person_of(request)
    shown = access.flow_for(person, flow, P.PUBLISH_FLOWS)
    old = access.version_for(shown, number)
    try:
        again = flow_versions.roll_back(old, note=request.POST.get("note", ""), by=person, at=clock.now())
        messages.success(
            request,
            _("Version %(old)s er i brug igen, som version %(new)s.") % {"old": number, "new": again.number},
        )
    except NotRunnable as refusal:
        messages.error(request, _not_published(refusal, flow_names.names_of(old.definition)))
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    return redirect("office:flow", flow)


# --- One step ----------------------------------------------------------------------------------


def _edit_step(
    request: HttpRequest, draft: FlowVersion, kind: str, current: Mapping[str, Any] | None
) -> HttpResponseBase:
    """Show the form of a step, or save its data."""
    taken = [each["id"] for each in draft.definition["steps"]]
    form = StepForm(
        request.POST or None,
        kind=kind,
        options=options_for(draft.definition, current),
        step=current,
        taken=taken,
        initial={"revision": draft.revision},
    )
    if request.method == "POST" and form.is_valid():
        return _save_step(request, draft, form, current)
    return _step_page(request, draft, form, current, status=422 if form.errors else 200)


def _save_step(
    request: HttpRequest, draft: FlowVersion, form: StepForm, current: Mapping[str, Any] | None
) -> HttpResponseBase:
    data, person = form.data_of_step(), person_of(request)
    try:
        flow_versions.save_draft(
            draft, with_step(draft.definition, data), revision=form.cleaned_data["revision"], by=person, at=clock.now()
        )
    except EditedMeanwhile as refusal:
        form.add_error(None, _saved_meanwhile(refusal.theirs))
        theirs = flow_cards.step_data(refusal.theirs.definition, data["id"])
        conflict = flow_cards.conflict(theirs, data, refusal.theirs.definition)
        return _step_page(request, refusal.theirs, form, current, status=422, conflict=conflict, conflicting=True)
    except RefusedChange as refused:
        form.add_error(None, str(refused))
        return _step_page(request, draft, form, current, status=422)
    except flows.FlowError as error:
        form.add_error(None, _("Trinnet kan ikke læses: %(reason)s") % {"reason": error.reason})
        return _step_page(request, draft, form, current, status=422)
    if part_asked_for(request):
        return _page(request, draft.flow, saved=data["id"], saved_step=True)
    return redirect("office:flow", draft.flow.code)


def _step_page(
    request: HttpRequest,
    draft: FlowVersion,
    form: StepForm,
    current: Mapping[str, Any] | None,
    *,
    status: int,
    **more: Any,
) -> HttpResponse:
    context = {
        "flow": draft.flow,
        "step_id": current["id"] if current else "",
        "kind": form.kind,
        "kind_word": kind_word(form.kind),
        **more,
    }
    conflicting = bool(more.get("conflicting"))
    return step_page(
        request, "office/flows/step.html", context, draft=draft, form=form, conflicting=conflicting, status=status
    )


def options_for(definition: Definition, step: Mapping[str, Any] | None = None) -> Options:
    """The choices for a step of this definition, including what `step` already refers to."""
    day = clock.today()
    return Options(
        steps=_steps(definition),
        prompts=[*flow_names.prompt_choices(_words_in(step)), *forms.placeholders()],
        queues=[
            *Queue.objects.valid_on(day).for_calls().values_list("code", "name"),
            (flows.PROMISED_QUEUE, WORDS[flows.PROMISED_QUEUE]),
            *flow_names.duty_queues(day),
        ],
        schedules=list(Schedule.objects.valid_on(day).values_list("code", "name")),
        flows=list(Flow.objects.filter(versions__published_at__isnull=False).distinct().values_list("code", "name")),
    )


def _words_in(value: Any) -> Iterator[str]:
    """All words in the data of a step, including the codes of its prompts."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _words_in(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _words_in(each)


def _steps(definition: Definition) -> forms.Choices:
    return list(flow_names.names_of(definition).items())


# --- The page of a flow ------------------------------------------------------------------------


def _page(
    request: HttpRequest, flow: Flow, *, status: int = 200, saved_step: bool = False, **more: Any
) -> HttpResponse:
    person = person_of(request)
    draft, current = flow_versions.draft_of(flow), flow_versions.in_force(flow)
    shown = draft or current
    definition = shown.definition if shown else {}
    cards, unread = flow_cards.cards_or_fault(definition, on=clock.today())
    context = {
        "flow": flow,
        "draft": draft,
        "in_force": current,
        "shown": shown,
        "cards": cards,
        "unread": unread,
        "problems": flow_cards.problem_list(definition, on=clock.today()) if not unread else [],
        "chart": chart.chart(flows.parse(definition), flow_names.names_of(definition))
        if not unread and definition
        else None,
        "kinds": forms.kinds(),
        "versions": list(flow.versions.all()),
        "entry_points": flow.entry_points.valid_on(clock.today()),
        "may_publish": has(person, P.PUBLISH_FLOWS, flow.centre),
        "differences": flow_cards.difference_list(current.definition, draft.definition) if current and draft else [],
        "publication_form": PublicationForm(initial={"revision": draft.revision} if draft else {}),
        "beginning_form": BeginningForm(
            steps=_steps(definition),
            initial={
                "title": definition.get("title"),
                "start": definition.get("start"),
                "revision": draft.revision if draft else 0,
            },
        ),
        **more,
    }
    return draft_page(request, "office/flows/flow.html", context, part="flow", status=status, saved=saved_step)


# --- Words -------------------------------------------------------------------------------------


def _draft_for(request: HttpRequest, flow: str) -> FlowVersion:
    """The open draft.

    A change to a draft that was published or deleted meanwhile opens a new one, so nothing is lost.
    """
    person = person_of(request)
    shown = access.flow_for(person, flow, P.EDIT_FLOWS)
    draft = flow_versions.draft_of(shown)
    if draft is None and request.method == "POST" and flow_versions.in_force(shown) is not None:
        return flow_versions.new_draft(shown, by=person, at=clock.now())
    if draft is None:
        raise Http404
    return draft


def _gone() -> str:
    return _("Udkastet er udgivet eller slettet af en anden.")


def _before(version: FlowVersion) -> FlowVersion | None:
    return version.flow.versions.filter(number__lt=version.number).order_by("-number").first()


def _saved_meanwhile(draft: FlowVersion) -> str:
    edit = Change.objects.filter(target_type="entry.flowversion", target_id=str(draft.pk), action="flow.edit").first()
    who = edit.by_label if edit else _("En anden")
    return _("%(who)s har gemt udkastet, efter at du åbnede det. Dine ændringer er ikke gemt endnu.") % {"who": who}


def _not_published(refusal: NotRunnable, names: Mapping[str, str]) -> str:
    first = refusal.problems[0]
    where = _("Trinnet “%(step)s”") % {"step": names.get(first.step, first.step)} if first.step else _("Forløbet")
    more = len(refusal.problems) - 1
    text = _("Ikke udgivet. %(where)s: %(what)s") % {"where": where, "what": problem_sentence(first, names)}
    return text + (_(" Og %(n)s fejl mere.") % {"n": more} if more else "")
