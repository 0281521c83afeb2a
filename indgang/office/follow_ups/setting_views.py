"""The causes of a centre, and the rules of questionnaires."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.access import centres_led
from indgang.accounts.gate import person_of, requires
from indgang.core import clock
from indgang.feedback.follow_up_models import FollowUpCause
from indgang.feedback.follow_ups import causes as causes_of
from indgang.feedback.follow_ups import follow_up_rules, rights
from indgang.office.follow_ups import access
from indgang.office.follow_ups.forms import CauseForm, FollowUpRuleForm
from indgang.ui.refusals import refusals_on_form


@require_GET
@requires(rights.LEAD)
def causes(request: HttpRequest) -> HttpResponse:
    """The causes of every centre whose team the person leads."""
    person, today = person_of(request), clock.today()
    rows = [(each, each.valid_on(today)) for each in rights.causes_kept(person)]
    centres = centres_led(person)
    held = [each for each in centres if each.valid_on(today)]
    return render(request, "office/follow_ups/causes.html", {"rows": rows, "centres": held})


@require_http_methods(["GET", "POST"])
@requires(rights.LEAD)
def cause_new(request: HttpRequest, centre: str) -> HttpResponse:
    made = FollowUpCause(centre=access.centre_for(person_of(request), centre), valid_from=clock.today())
    return _cause(request, made, _("Ny årsag for %(name)s") % {"name": made.centre.name})


@require_http_methods(["GET", "POST"])
@requires(rights.LEAD)
def cause(request: HttpRequest, centre: str, pk: int) -> HttpResponse:
    shown = access.cause_for(access.centre_for(person_of(request), centre), pk)
    return _cause(request, shown, shown.name)


@require_POST
@requires(rights.LEAD)
def common(request: HttpRequest, centre: str) -> HttpResponse:
    """Add the common causes that the centre lacks."""
    person = person_of(request)
    causes_of.begin(access.centre_for(person, centre), by=person, at=clock.now())
    messages.success(request, _("Årsagerne er tilføjet. Ret dem til, og slå dem fra, I ikke bruger."))
    return redirect("office:follow-up-causes")


@require_GET
@requires(access.RULING)
def rules(request: HttpRequest) -> HttpResponse:
    """What opens follow-ups, for each questionnaire."""
    if not access.may_rule(person_of(request)):
        raise Http404
    return render(request, "office/follow_ups/rules.html", {"rows": follow_up_rules.all_rules()})


@require_http_methods(["GET", "POST"])
@requires(access.RULING)
def rule(request: HttpRequest, code: str) -> HttpResponse:
    person = person_of(request)
    questionnaire = access.questionnaire_for(person, code)
    form = FollowUpRuleForm(request.POST or None, rule=follow_up_rules.rule_of(questionnaire))
    if request.method == "POST" and form.is_valid():
        follow_up_rules.save(questionnaire, values=form.cleaned_data, by=person, at=clock.now())
        messages.success(request, _("Reglen er gemt. Den gælder for de næste svar."))
        return redirect("office:follow-up-rules")
    back = reverse("office:follow-up-rules")
    context = {"heading": _("Opfølgning: %(name)s") % {"name": questionnaire}, "form": form, "back": back}
    return render(request, "office/form.html", context, status=422 if form.errors else 200)


def _cause(request: HttpRequest, shown: FollowUpCause, heading: str) -> HttpResponse:
    form = CauseForm(request.POST or None, cause=shown)
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            causes_of.save(shown, **form.cleaned_data, by=person_of(request), at=clock.now())
            messages.success(request, _("Årsagen er gemt."))
            return redirect("office:follow-up-causes")
    context = {"heading": heading, "form": form, "back": reverse("office:follow-up-causes")}
    return render(request, "office/form.html", context, status=422 if form.errors else 200)
