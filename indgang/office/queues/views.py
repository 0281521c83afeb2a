"""Queues, as an administrator sets them up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.core.text import slug
from indgang.entry.models import SINCE_EVER, Queue, QueueMessage, QueueTerms
from indgang.entry.setup import prompts, queue_terms, queues
from indgang.entry.setup.queues import StoredRelaxation, steps_of
from indgang.office.access import centres_of, units_for
from indgang.office.catalogue.access import schedules_of
from indgang.office.periods import periods
from indgang.office.queues import access
from indgang.office.queues.forms import NewQueueForm, QueueForm, QueueMessageForm, StepsForm, TermsForm
from indgang.ui.missing import not_found
from indgang.ui.refusals import show_refusal

_FIRST_STEPS: list[StoredRelaxation] = [StoredRelaxation(after=0, skills={}, also_queues=[])]


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_QUEUES)
def queue_list(request: HttpRequest) -> HttpResponseBase:
    """All queues; a POST creates one without skill requirements."""
    person = person_of(request)
    form = NewQueueForm(request.POST or None, centres=centres_of(person, P.EDIT_QUEUES))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        code = slug(f"{data['centre'].code}-{data['name']}")
        fields = {"name": data["name"], "centre": data["centre"], "work": data["work"], "steps": _FIRST_STEPS}
        try:
            made = queues.save(Queue(code=code, valid_from=clock.today()), fields, by=person, at=clock.now())
            return redirect("office:queue", made.code)
        except RefusedChange as refusal:
            show_refusal(form, refusal)
    rows = access.queues_of(person, P.EDIT_QUEUES).with_terms(clock.today()).order_by("centre__name", "name")
    for row in rows:
        row.closed_now, row.promise = row.is_closed_at(clock.now()), queue_terms.then(row)
    return render(
        request, "office/queues/queues.html", {"rows": rows, "form": form}, status=422 if form.errors else 200
    )


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_QUEUES)
def queue(request: HttpRequest, queue: str) -> HttpResponseBase:
    person = person_of(request)
    shown = access.queue_for(person, queue, P.EDIT_QUEUES)
    form, steps = _forms(shown, person, request.POST or None)
    if request.method == "POST" and form.is_valid() & steps.is_valid():
        try:
            queues.save(shown, {**form.fields_to_save(), "steps": steps.steps()}, by=person, at=clock.now())
            messages.success(request, _("Køen er gemt. Den gælder med det samme."))
            return redirect("office:queue", queue)
        except RefusedChange as refusal:
            show_refusal(form, refusal)
    return _page(request, shown, form, steps, status=422 if form.errors or steps.errors else 200)


@require_POST
@requires(P.EDIT_QUEUES)
def terms(request: HttpRequest, queue: str) -> HttpResponseBase:
    """Change the queue's targets or staffing from a day on."""
    person = person_of(request)
    shown = access.queue_for(person, queue, P.EDIT_QUEUES)
    form = TermsForm(request.POST, holds=queue_terms.on(shown, clock.today()), today=clock.today())
    if form.is_valid():
        try:
            day = form.cleaned_data["valid_from"]
            queue_terms.decide(shown, form.changed(), day=day, by=person, at=clock.now())
            messages.success(request, _("Ændringen gælder fra %(day)s.") % {"day": f"{day:%d.%m.%Y}"})
            return redirect("office:queue", queue)
        except RefusedChange as refusal:
            show_refusal(form, refusal)
    return _page(request, shown, *_forms(shown, person), terms=form, status=422)


@require_POST
@requires(P.EDIT_QUEUES)
def terms_removal(request: HttpRequest, queue: str, terms: int) -> HttpResponseBase:
    """Remove planned terms."""
    person = person_of(request)
    shown = access.queue_for(person, queue, P.EDIT_QUEUES)
    planned: QueueTerms | None = shown.terms.filter(pk=terms).select_related("queue__centre").first()
    if planned is None:
        raise not_found(QueueTerms, terms)
    try:
        queue_terms.call_off(planned, by=person, at=clock.now())
        messages.success(request, _("Den planlagte ændring er fjernet."))
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    return redirect("office:queue", queue)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_QUEUES)
def queue_message(request: HttpRequest, queue: str, message: int = 0) -> HttpResponseBase:
    """A message of the queue; 0 is a new one."""
    person = person_of(request)
    shown = access.queue_for(person, queue, P.EDIT_QUEUES)
    current = _message(shown, message)
    form = QueueMessageForm(request.POST or None, instance=current)
    if request.method == "POST" and form.is_valid():
        try:
            queues.save_message(current, form.cleaned_data, by=person, at=clock.now())
            messages.success(request, _("Kømeddelelsen er gemt."))
            return redirect("office:queue", queue)
        except RefusedChange as refusal:
            show_refusal(form, refusal)
    context = {"queue": shown, "message_row": current, "form": form}
    return render(request, "office/queues/queue_message.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.EDIT_QUEUES)
def queue_message_removal(request: HttpRequest, queue: str, message: int) -> HttpResponseBase:
    person = person_of(request)
    shown = access.queue_for(person, queue, P.EDIT_QUEUES)
    queues.remove_message(_message(shown, message), by=person, at=clock.now())
    messages.success(request, _("Kømeddelelsen er fjernet."))
    return redirect("office:queue", queue)


def _message(queue: Queue, pk: int) -> QueueMessage:
    if not pk:
        return QueueMessage(queue=queue, valid_from=clock.today())
    found: QueueMessage | None = queue.messages.filter(pk=pk).first()
    if found is None:
        raise not_found(QueueMessage, pk)
    return found


def _forms(queue: Queue, person: Person, data: QueryDict | None = None) -> tuple[QueueForm, StepsForm]:
    centres, units = centres_of(person, P.EDIT_QUEUES), units_for(person, P.EDIT_QUEUES)
    schedules = schedules_of(person, P.EDIT_QUEUES)
    helping = access.queues_of(person, P.EDIT_QUEUES).values_list("code", flat=True)
    return (
        QueueForm(data, instance=queue, centres=centres, units=units, schedules=schedules),
        StepsForm(data, steps=steps_of(queue.steps), own=queue.code, queues=list(helping)),
    )


def _page(
    request: HttpRequest, queue: Queue, form: QueueForm, steps: StepsForm, *, status: int,
    terms: TermsForm | None = None,
) -> HttpResponse:  # fmt: skip
    today = clock.today()
    serving = queue.memberships.serving_on(today).select_related("person").order_by("person__name")
    context: dict[str, Any] = {
        # the bound form has not touched this row: it shows the saved values
        "queue": Queue.objects.select_related("centre").get(pk=queue.pk),
        "form": form,
        "steps": steps,
        "is_closed": queue.is_closed_at(clock.now()),
        "serving": serving,
        "terms": terms or TermsForm(holds=queue_terms.on(queue, today), today=today),
        "all_terms": periods(queue.terms.order_by("-valid_from"), today=today, first=SINCE_EVER),
        "queue_messages": prompts.spoken(queue.messages.all()),
    }
    return render(request, "office/queues/queue.html", context, status=status)
