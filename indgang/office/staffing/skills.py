"""Skills: the list, one skill, and where it is used."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.permissions import Permission as P
from indgang.core import clock
from indgang.entry.setup import skills
from indgang.entry.setup.skills import SkillUse
from indgang.office.staffing import access
from indgang.office.staffing.forms import SkillForm, initial_of
from indgang.ui.refusals import refusals_as_messages, refusals_on_form
from indgang.workforce.models import Skill

_UNUSED = SkillUse(0, False, ())


@require_GET
@requires(P.EDIT_QUEUES, P.LEAD_TEAM)
def skill_list(request: HttpRequest) -> HttpResponse:
    today = clock.today()
    uses = skills.uses(today)
    rows = [{"skill": row, "use": uses.get(row.code, _UNUSED)} for row in Skill.objects.all()]
    context = {"rows": rows, "today": today, "may_edit": access.may_edit(person_of(request))}
    return render(request, "office/staffing/skills.html", context)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_QUEUES)
def skill_new(request: HttpRequest) -> HttpResponse:
    if not access.may_edit(person_of(request)):
        return refused(request, P.EDIT_QUEUES)
    form = SkillForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form, code="name"):
            made = skills.save(Skill(code=form.code()), form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("Kompetencen er oprettet. Giv den nu til dem, der har den."))
            return redirect("office:skill", made.pk)
    return _page(request, None, form)


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_QUEUES, P.LEAD_TEAM)
def skill(request: HttpRequest, pk: int) -> HttpResponse:
    shown = access.skill_for(pk)
    form = SkillForm(request.POST or None, initial=initial_of(shown, SkillForm))
    if request.method == "POST":
        if not access.may_edit(person_of(request)):
            return refused(request, P.EDIT_QUEUES)
        if form.is_valid():
            with refusals_on_form(form):
                skills.save(shown, form.cleaned_data, by=person_of(request), at=clock.now())
                messages.success(request, _("Ændringen er gemt."))
                return redirect("office:skill", pk)
    return _page(request, access.skill_for(pk), form)


@require_POST
@requires(P.EDIT_QUEUES)
def skill_removal(request: HttpRequest, pk: int) -> HttpResponse:
    removed = access.skill_for(pk)
    if not access.may_edit(person_of(request)):
        return refused(request, P.EDIT_QUEUES)
    with refusals_as_messages(request):
        skills.remove(removed, by=person_of(request), at=clock.now())
        messages.success(request, _("Kompetencen er slettet."))
        return redirect("office:skills")
    return redirect("office:skill", pk)


def _page(request: HttpRequest, shown: Skill | None, form: SkillForm) -> HttpResponse:
    use = skills.uses(clock.today()).get(shown.code, _UNUSED) if shown else _UNUSED
    context = {
        "form": form,
        "skill": shown,
        "use": use,
        "why_not_deleted": skills.refusal(use) if use.is_used else "",
        "having": _having(shown) if shown else [],
        "may_edit": access.may_edit(person_of(request)),
    }
    return render(request, "office/staffing/skill.html", context, status=422 if form.errors else 200)


def _having(skill: Skill) -> object:
    """The people who have the skill today, highest level first."""
    today = skill.competences.valid_on(clock.today()).filter(person__is_active=True)
    return today.select_related("person").order_by("-level", "person__name")
