"""The rules for who is asked: the list, a new one, and one to change or end."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.feedback import rules as asking
from indgang.feedback.models import ASKED_BY_RULE, Questionnaire
from indgang.office.feedback import access
from indgang.office.feedback.forms import AskingRuleForm, NewAskingRuleForm
from indgang.ui.refusals import refusals_as_messages, refusals_on_form

PAGE = "office/feedback/rule.html"


@require_GET
@requires(access.SET)
def rules(request: HttpRequest) -> HttpResponse:
    can_add = Questionnaire.objects.filter(kind__in=ASKED_BY_RULE).exists()
    context = {"rows": list(access.rules()), "today": clock.today(), "can_add": can_add}
    return render(request, "office/feedback/rules.html", context)


@require_http_methods(["GET", "POST"])
@requires(access.SET)
def new(request: HttpRequest) -> HttpResponse:
    form = NewAskingRuleForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            asking.make(form.values(), by=person_of(request), at=clock.now())
            messages.success(request, _("Reglen gælder fra i dag."))
            return redirect("office:asking-rules")
    return render(request, PAGE, {"form": form, "row": None}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@requires(access.SET)
def change(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a rule say something else from today on."""
    row = access.rule(pk)
    form = AskingRuleForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            asking.change(row, form.values(), by=person_of(request), at=clock.now())
            messages.success(request, _("Reglen gælder fra i dag."))
            return redirect("office:asking-rules")
    context = {"form": form, "row": access.rule(pk), "today": clock.today()}
    return render(request, PAGE, context, status=422 if form.errors else 200)


@require_POST
@requires(access.SET)
def end(request: HttpRequest, pk: int) -> HttpResponse:
    with refusals_as_messages(request):
        asking.end(access.rule(pk), by=person_of(request), at=clock.now())
        messages.success(request, _("Reglen bruges ikke længere fra i morgen."))
    return redirect("office:asking-rules")
