"""Who works in a centre, on which contract, where and at what."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.office.last_day import LastDayForm, in_time
from indgang.office.shifts import access
from indgang.office.shifts.forms import ActivityForm, ContractForm, WorkplaceForm
from indgang.staffing.shifts.activities import ActivityKind
from indgang.ui.refusals import refusals_on_form
from indgang.workforce.models import ShiftActivity, WorkContract, Workplace
from indgang.workforce.shift_words import ACTIVITY_KINDS
from indgang.workforce.shifts import contracts


@require_GET
@requires(P.PLAN_STAFFING)
def people(request: HttpRequest, code: str) -> HttpResponse:
    """The people of a centre with their contracts."""
    centre = access.centre(person_of(request), code)
    there = {each.person_id: each for each in WorkContract.objects.valid_on(clock.today()).filter(centre=centre)}
    rows = [(each, there.get(each.pk)) for each in access.people_of(centre)]
    return render(request, "office/shifts/people.html", {"centre": centre, "rows": rows})


@require_http_methods(["GET", "POST"])
@requires(P.PLAN_STAFFING)
def contract(request: HttpRequest, code: str, username: str) -> HttpResponse:
    """The contract of one person; a POST makes a new one from a day on."""
    by = person_of(request)
    centre = access.centre(by, code)
    person = access.person_of_centre(centre, username)
    present = _present(centre, person)
    form = ContractForm(request.POST if request.method == "POST" else None, present=present)
    if form.is_bound and form.is_valid():
        values = {**form.cleaned_data, "centre": centre}
        places, since = values.pop("workplaces"), values.pop("valid_from")
        with refusals_on_form(form):
            contracts.agree(person, values, list(places), valid_from=since, by=by, at=clock.now())
            messages.success(request, _("Ansættelsen for %(name)s er gemt.") % {"name": person.name})
            return redirect("office:shift-people", code)
    return _contract(request, centre, person, form, status=422 if form.errors else 200)


@require_POST
@requires(P.PLAN_STAFFING)
def contract_end(request: HttpRequest, code: str, username: str, pk: int) -> HttpResponse:
    """End a contract, or remove one that has not begun."""
    by = person_of(request)
    centre = access.centre(by, code)
    person = access.person_of_centre(centre, username)
    ended = access.contract(centre, person, pk)
    form = LastDayForm(request.POST, row=ended)
    if form.is_valid():
        with refusals_on_form(form):
            contracts.end(ended, on=form.cleaned_data["on"], by=by, at=clock.now())
            messages.success(request, _("Ansættelsen for %(name)s er afsluttet.") % {"name": person.name})
            return redirect("office:shift-people", code)
    shown = ContractForm(present=_present(centre, person))
    return _contract(request, centre, person, shown, status=422, ending={pk: form})


@require_GET
@requires(P.PLAN_STAFFING)
def places(request: HttpRequest) -> HttpResponse:
    """Workplaces and activities, which all centres share."""
    return _places(request)


@require_POST
@requires(P.PLAN_STAFFING, P.EDIT_QUEUES)
def workplaces(request: HttpRequest) -> HttpResponse:
    form, person = WorkplaceForm(request.POST), person_of(request)
    if not access.centres(person).exists():
        return refused(request, P.PLAN_STAFFING)
    if form.is_valid():
        with refusals_on_form(form, code="name"):
            contracts.add_workplace(form.cleaned_data["name"], by=person, at=clock.now())
            messages.success(request, _("Arbejdsstedet er oprettet."))
            return redirect("office:shift-places")
    return _places(request, place_form=form, status=422)


@require_POST
@requires(P.PLAN_STAFFING, P.EDIT_QUEUES)
def activities(request: HttpRequest) -> HttpResponse:
    form, person = ActivityForm(request.POST), person_of(request)
    if not access.centres(person).exists():
        return refused(request, P.PLAN_STAFFING)
    if form.is_valid():
        said = form.cleaned_data
        with refusals_on_form(form, code="title", name="title"):
            kind = ActivityKind(said["kind"])
            contracts.add_activity(said["title"], kind=kind, skill=said["skill"], by=person, at=clock.now())
            messages.success(request, _("Opgaven er oprettet."))
            return redirect("office:shift-places")
    return _places(request, activity_form=form, status=422)


def _present(centre: ContactCentre, person: Person) -> WorkContract | None:
    found: WorkContract | None = (
        WorkContract.objects.valid_on(clock.today()).filter(centre=centre, person=person).first()
    )
    return found


def _contract(
    request: HttpRequest, centre: ContactCentre, person: Person, form: ContractForm, *, status: int,
    ending: dict[int, LastDayForm] | None = None,
) -> HttpResponse:  # fmt: skip
    """`ending` holds the forms that were sent and refused, by contract."""
    today = clock.today()
    rows = [
        in_time(row, today) | {"row": row, "end_form": (ending or {}).get(row.pk) or LastDayForm(row=row)}
        for row in access.contracts_of(centre, person)
    ]
    context = {"centre": centre, "person": person, "form": form, "rows": rows}
    return render(request, "office/shifts/contract.html", context, status=status)


def _places(
    request: HttpRequest,
    *,
    place_form: WorkplaceForm | None = None,
    activity_form: ActivityForm | None = None,
    status: int = 200,
) -> HttpResponse:
    rows = ShiftActivity.objects.valid_on(clock.today()).select_related("skill")
    context = {
        "places": Workplace.objects.valid_on(clock.today()),
        "activities": [(each, ACTIVITY_KINDS[ActivityKind(each.kind)]) for each in rows],
        "place_form": place_form or WorkplaceForm(), "activity_form": activity_form or ActivityForm(),
    }  # fmt: skip
    return render(request, "office/shifts/places.html", context, status=status)
