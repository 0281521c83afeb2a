"""People who sign in: list, account, roles, queues and competences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts import break_glass, people, providers, second_factor, sessions
from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.models import Person, RoleAssignment
from indgang.accounts.permissions import SENTENCES
from indgang.accounts.permissions import Permission as P
from indgang.accounts.roles import ROLES
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.entry import commands
from indgang.entry.models import OwnNumber, QueueMembership
from indgang.entry.team import memberships, own_numbers
from indgang.office.last_day import LastDayForm, in_time
from indgang.office.people import access
from indgang.office.people.forms import (
    AccountClosureForm,
    CompetenceForm,
    EntryLinkForm,
    NewPersonForm,
    OwnNumberForm,
    PersonFilter,
    PersonForm,
    RoleForm,
)
from indgang.office.serving import access as serving_access
from indgang.office.serving import shown as serving
from indgang.office.serving.forms import MembershipForm
from indgang.ui.refusals import refusals_as_messages, refusals_on_form, show_refusal
from indgang.workforce import competence
from indgang.workforce.models import Competence

PER_PAGE = 50


def _of_account(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Pass the view the person `pk`, and the row of theirs that the address names, when the administrator may change
    their account, else answer 403. Raises Http404 for somebody whom they may not see."""

    @wraps(view)
    def guarded(request: HttpRequest, pk: int, **row: int) -> HttpResponse:
        shown = access.person_for(person_of(request), pk)
        if not access.has_in_full(person_of(request), shown):
            return refused(request, P.EDIT_PEOPLE)
        return view(request, shown, **row)

    return guarded


@require_GET
@requires(P.EDIT_PEOPLE, P.LEAD_TEAM)
def people_list(request: HttpRequest) -> HttpResponse:
    form = PersonFilter(request.GET)
    found = access.people_of(person_of(request))
    if form.is_valid():
        found = _filtered(found, **form.cleaned_data)
    today = clock.today()
    roles = Prefetch("roles", RoleAssignment.objects.valid_on(today).select_related("unit"), to_attr="roles_today")
    people_with_roles: QuerySet[Any] = found.prefetch_related(roles).order_by("name", "pk")
    page = Paginator(people_with_roles, PER_PAGE).get_page(request.GET.get("page"))
    for each in page:
        each.role_names = [_role_name(role) for role in each.roles_today]
    return render(request, "office/people/people.html", {"rows": page, "page": page, "form": form})


@never_cache
@require_http_methods(["GET", "POST"])
@requires(P.EDIT_PEOPLE)
def person_new(request: HttpRequest) -> HttpResponse:
    form, with_password = NewPersonForm(request.POST or None), break_glass.passwords_are_for_everybody()
    if form.is_valid():
        password = people.one_time_password() if with_password else None
        try:
            made = people.create(**form.cleaned_data, password=password, by=person_of(request), at=clock.now())
            return _made(request, made, password)
        except people.NameTaken:
            form.add_error("username", _("Det brugernavn er taget. Vælg et andet."))
    context = {"form": form, "with_password": with_password}
    return render(request, "office/people/person_new.html", context, status=422 if form.is_bound else 200)


def _made(request: HttpRequest, made: Person, password: str | None) -> HttpResponse:
    """The page of the new person, with their first password if they have one."""
    if password is None:
        messages.success(request, _("Medarbejderen er oprettet og logger ind hos kommunens loginudbyder."))
        return redirect("office:person", made.pk)
    return _with_password(request, made, password)


def _with_password(request: HttpRequest, shown: Person, password: str) -> HttpResponse:
    page = _person(request, shown, one_time_password=password)
    page["Content-Location"] = reverse("office:person", args=[shown.pk])  # for a user who clicks twice
    return page


@never_cache
@require_http_methods(["GET", "POST"])
@requires(P.EDIT_PEOPLE, P.LEAD_TEAM)
def person(request: HttpRequest, pk: int) -> HttpResponse:
    if request.method == "POST":
        return _edit(request, pk)
    return _person(request, access.person_for(person_of(request), pk))


@_of_account
def _edit(request: HttpRequest, shown: Person) -> HttpResponse:
    form = _person_form(shown, request.POST)
    if not form.is_valid():
        return _person(request, shown, status=422, person_form=form)
    people.edit(shown, **form.cleaned_data, by=person_of(request), at=clock.now())
    messages.success(request, _("Oplysningerne er gemt."))
    return redirect("office:person", shown.pk)


@require_POST
@requires(P.EDIT_PEOPLE)
def person_roles(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.administered_for(person_of(request), pk)
    form = RoleForm(person_of(request), request.POST)
    if not form.is_valid():
        return _person(request, shown, status=422, role_form=form)
    try:
        people.give_role(shown, **form.cleaned_data, by=person_of(request), at=clock.now())
    except RefusedChange as refusal:
        show_refusal(form, refusal)
        return _person(request, shown, status=422, role_form=form)
    messages.success(request, _("Rollen er givet."))
    return redirect("office:person", pk)


@require_POST
@requires(P.EDIT_PEOPLE)
def person_role_end(request: HttpRequest, pk: int, role: int) -> HttpResponse:
    shown = access.administered_for(person_of(request), pk)
    ended = access.role_for(person_of(request), shown, role)
    form = LastDayForm(request.POST, row=ended)
    if form.is_valid():
        with refusals_on_form(form):
            people.end_role(ended, on=form.cleaned_data["on"], by=person_of(request), at=clock.now())
            messages.success(request, _("Rollen er afsluttet."))
            return redirect("office:person", pk)
    return _person(request, shown, status=422, ending=(ended, form))


@require_POST
@requires(P.EDIT_PEOPLE)
@_of_account
def person_entry(request: HttpRequest, shown: Person) -> HttpResponse:
    """Link a directory entry to the person, or none."""
    form = EntryLinkForm(request.POST, person=shown)
    if form.is_valid():
        with refusals_on_form(form):
            people.link_entry(shown, form.cleaned_data["entry"], by=person_of(request), at=clock.now())
            messages.success(request, _("Oplysningerne er gemt."))
            return redirect("office:person", shown.pk)
    return _person(request, shown, status=422, entry_form=form)


@require_POST
@requires(P.EDIT_PEOPLE)
@_of_account
def person_numbers(request: HttpRequest, shown: Person) -> HttpResponse:
    """Add a telephone number of the person's own, which they confirm on their desk."""
    form = OwnNumberForm(request.POST)
    if form.is_valid():
        words = form.cleaned_data
        with refusals_on_form(form, number="own_number"):
            own_numbers.add(
                shown, words["own_number"], day=words["day"], until=words["until"], by=person_of(request),
                at=clock.now(),
            )  # fmt: skip
            messages.success(request, _("Nummeret er gemt. Det gælder, når medarbejderen har bekræftet det."))
            return redirect("office:person", shown.pk)
    return _person(request, shown, status=422, number_form=form)


@require_POST
@requires(P.EDIT_PEOPLE)
@_of_account
def person_number_end(request: HttpRequest, shown: Person, number: int) -> HttpResponse:
    ended = access.number_for(shown, number)
    form = LastDayForm(request.POST, row=ended)
    if form.is_valid():
        with refusals_on_form(form):
            own_numbers.end(ended, on=form.cleaned_data["on"], by=person_of(request), at=clock.now())
            messages.success(request, _("Nummeret er afsluttet."))
            return redirect("office:person", shown.pk)
    return _person(request, shown, status=422, number_ending=(ended, form))


@require_POST
@requires(P.EDIT_PEOPLE, P.LEAD_TEAM)
def person_competences(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.person_for(person_of(request), pk)
    form = CompetenceForm(request.POST)
    if not form.is_valid():
        return _person(request, shown, status=422, competence_form=form)
    data, at = form.cleaned_data, clock.now()
    with transaction.atomic():
        competence.set_level(
            shown, data["skill"], data["level"], day=data["day"], until=data["until"], by=person_of(request), at=at
        )
        commands.give("reload", by=person_of(request), at=at)
    messages.success(request, _("Kompetencen er gemt."))
    return redirect("office:person", pk)


@require_POST
@requires(P.LEAD_TEAM)
def person_queues(request: HttpRequest, pk: int) -> HttpResponse:
    """Let the person serve queues of centres that the leader leads."""
    leader = person_of(request)
    shown = access.person_for(leader, pk)
    form = MembershipForm(request.POST, queues=serving_access.queues_to_give(leader, shown))
    if form.is_valid():
        with refusals_on_form(form, people=""):
            memberships.begin([shown], **form.cleaned_data, by=leader, at=clock.now())
            messages.success(request, _("Køerne er givet."))
            return redirect("office:person", pk)
    return _person(request, shown, status=422, membership_form=form)


@require_POST
@requires(P.LEAD_TEAM)
def person_queue_end(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    shown = access.person_for(person_of(request), pk)
    ended = serving_access.led_membership_for(person_of(request), shown, membership)
    form = LastDayForm(request.POST, row=ended)
    if form.is_valid():
        with refusals_on_form(form):
            memberships.end(ended, on=form.cleaned_data["on"], by=person_of(request), at=clock.now())
            messages.success(request, _("Medarbejderen holder op i %(queue)s.") % {"queue": ended.queue.name})
            return redirect("office:person", pk)
    return _person(request, shown, status=422, leaving=(ended, form))


@require_POST
@requires(P.LEAD_TEAM)
def person_queue_switch(request: HttpRequest, pk: int, membership: int) -> HttpResponse:
    """Re-enable a membership that was switched off on the wallboard."""
    shown = access.person_for(person_of(request), pk)
    switched = serving_access.led_membership_for(person_of(request), shown, membership)
    memberships.switch_on(switched, by=person_of(request), at=clock.now())
    messages.success(request, _("%(queue)s er slået til igen.") % {"queue": switched.queue.name})
    return redirect("office:person", pk)


@require_POST
@requires(P.EDIT_PEOPLE)
@_of_account
def person_closure(request: HttpRequest, shown: Person) -> HttpResponse:
    """Close or reopen the account, as the form requests."""
    if shown == person_of(request):
        messages.error(request, _("Du kan ikke lukke din egen bruger."))
        return redirect("office:person", shown.pk)
    form = AccountClosureForm(request.POST)
    if not form.is_valid():
        return _person(request, shown, status=422, closure_form=form)
    how = {"by": person_of(request), "at": clock.now(), "why": form.cleaned_data["why"]}
    if form.cleaned_data["state"] == "closed":
        with refusals_as_messages(request):
            people.deactivate(shown, **how)
            messages.success(request, _("Brugeren er lukket og logget ud alle steder."))
    else:
        people.reactivate(shown, **how)
        messages.success(request, _("Brugeren er åbnet igen."))
    return redirect("office:person", shown.pk)


@require_POST
@requires(P.EDIT_PEOPLE)
@_of_account
def person_sign_out(request: HttpRequest, shown: Person) -> HttpResponse:
    """End all sessions of the person, for example after the loss of a computer."""
    sessions.end_everywhere(shown, by=person_of(request), at=clock.now())
    messages.success(request, _("Medarbejderen er logget ud alle steder."))
    return redirect("office:person", shown.pk)


@require_POST
@requires(P.EDIT_PEOPLE)
@_of_account
def person_second_factor(request: HttpRequest, shown: Person) -> HttpResponse:
    """Remove the second factors, for example after the loss of a telephone; all sessions end."""
    second_factor.reset(shown, by=person_of(request), at=clock.now())
    messages.success(request, _("To-trins-login er nulstillet, og medarbejderen er logget ud alle steder."))
    return redirect("office:person", shown.pk)


@never_cache
@require_POST
@requires(P.EDIT_PEOPLE)
@_of_account
def person_password(request: HttpRequest, shown: Person) -> HttpResponse:
    """Set a password for one sign-in. The response shows it once; it is not stored in plain text."""
    if not break_glass.may_use_password(shown):
        messages.error(request, _("Medarbejderen logger ind hos kommunens loginudbyder, ikke med en adgangskode."))
        return redirect("office:person", shown.pk)
    password = people.one_time_password()
    people.reset_password(shown, password, by=person_of(request), at=clock.now())
    return _with_password(request, shown, password)


def _person(
    request: HttpRequest,
    shown: Person,
    status: int = 200,
    ending: tuple[RoleAssignment, LastDayForm] | None = None,
    leaving: tuple[QueueMembership, LastDayForm] | None = None,
    number_ending: tuple[OwnNumber, LastDayForm] | None = None,
    **more: Any,
) -> HttpResponse:
    """The page of one person; `ending`, `leaving`, `number_ending` and `more` are forms with typed values, or a
    password to show."""
    administrator = person_of(request)
    today = clock.today()
    context: dict[str, Any] = {
        "person": shown,
        "roles": _roles(administrator, shown, dict([ending] if ending else [])),
        "role_form": RoleForm(administrator),
        "queues": serving.queues_of(shown, leader=administrator, typed=dict([leaving] if leaving else [])),
        "membership_form": MembershipForm(queues=serving_access.queues_to_give(administrator, shown)),
        "competences": _competences(shown),
        "competence_form": CompetenceForm(),
        "numbers": _numbers(shown, dict([number_ending] if number_ending else [])),
        "number_form": OwnNumberForm(),
        "person_form": _person_form(shown),
        "entry_form": EntryLinkForm(person=shown),
        "closure_form": AccountClosureForm(initial={"state": "closed" if shown.is_active else "open"}),
        "may_administer": access.may_administer(administrator, shown),
        "in_full": access.has_in_full(administrator, shown),
        "has_second_factor": second_factor.has(shown),
        "may_use_password": break_glass.may_use_password(shown),
        "is_self": shown == administrator,
        "today": today,
    }
    return render(request, "office/people/person.html", context | more, status=status)


def _person_form(shown: Person, data: QueryDict | None = None) -> PersonForm:
    return PersonForm(data, initial={"name": shown.name, "email": shown.email, "language": shown.language})


def _roles(administrator: Person, shown: Person, typed: Mapping[RoleAssignment, LastDayForm]) -> list[dict[str, Any]]:
    """Present and future roles first, each with its permissions; ended roles last."""
    today = clock.today()
    rows = shown.roles.select_related("unit").order_by("role", "valid_from")
    listed = [
        {
            "assignment": row,
            "name": _role_name(row),
            "sentence": ROLES[row.role].sentence if row.role in ROLES else "",
            "provider": _provider_name(row.provider),
            "over": row.valid_to is not None and row.valid_to <= today,
            "end_form": (typed.get(row) or LastDayForm(row=row))
            if access.may_give(administrator, row.unit) and not providers.find(settings.SIGN_ON, row.provider)
            else None,
        }
        for row in rows
    ]
    return sorted(listed, key=lambda row: bool(row["over"]))


def _competences(shown: Person) -> list[dict[str, Any]]:
    """Levels of today first, then planned ones, then past ones."""
    today = clock.today()
    rows = Competence.objects.filter(person=shown).select_related("skill").order_by("skill__name", "valid_from")
    listed = [in_time(row, today) | {"row": row} for row in rows]
    return sorted(listed, key=lambda each: (not each["holds"], not each["is_planned"]))


def _numbers(shown: Person, typed: Mapping[OwnNumber, LastDayForm]) -> list[dict[str, Any]]:
    """The person's own numbers of today first, then planned ones, then past ones."""
    today = clock.today()
    rows = OwnNumber.objects.filter(person=shown).order_by("valid_from", "number")
    listed = [in_time(row, today) | {"row": row, "end_form": typed.get(row) or LastDayForm(row=row)} for row in rows]
    return sorted(listed, key=lambda each: (not each["holds"], not each["is_planned"]))


def _provider_name(provider_id: str) -> str:
    found = providers.find(settings.SIGN_ON, provider_id)
    return found.name if found else provider_id


def _filtered(found: QuerySet[Person], text: str, role: str, alone: bool, closed: bool) -> QuerySet[Person]:
    if text:
        found = found.filter(Q(name__icontains=text) | Q(username__icontains=text))
    if role:
        found = found.filter(pk__in=RoleAssignment.objects.valid_on(clock.today()).filter(role=role).values("person"))
    if alone:
        found = found.filter(entry=None)
    return found if closed else found.filter(is_active=True)


def _role_name(assignment: RoleAssignment) -> str:
    name = str(ROLES[assignment.role].name) if assignment.role in ROLES else assignment.role
    return f"{name}, {assignment.unit.name}" if assignment.unit else name


@require_GET
@requires(P.EDIT_PEOPLE)
def roles(request: HttpRequest) -> HttpResponse:
    """Every role with its permissions, in sentences."""
    listed = [
        {"role": role, "sentences": [SENTENCES[code] for code in P if code in role.permissions]}
        for role in ROLES.values()
    ]
    return render(request, "office/people/roles.html", {"roles": listed})
