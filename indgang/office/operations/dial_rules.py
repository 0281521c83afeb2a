"""Which external numbers each role may call: one page for all roles, and one for each."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.accounts.roles import ROLES, Role
from indgang.core import clock
from indgang.entry.models import RoleDialRule
from indgang.entry.setup import dial_rules
from indgang.office.operations import access, dial_rule_sentences
from indgang.office.operations.forms import DialRuleForm

#: permissions with which a role can make calls
_CALLERS = frozenset((P.TAKE_CALLS, P.TAKE_HANDOVERS, P.SUPERVISE_CALLS))


@require_GET
@requires(P.SET_DIAL_RULES)
def rules(request: HttpRequest) -> HttpResponse:
    access.check_sets_dial_rules(person_of(request))
    rows = {row.role: row for row in RoleDialRule.objects.all()}
    shown = [(role, dial_rule_sentences.of(rows.get(role.code))) for role in _roles()]
    return render(request, "office/operations/dial_rules.html", {"rules": shown})


@require_http_methods(["GET", "POST"])
@requires(P.SET_DIAL_RULES)
def rule(request: HttpRequest, role: str) -> HttpResponseBase:
    person, found = person_of(request), _role(role)
    access.check_sets_dial_rules(person)
    row = RoleDialRule.objects.filter(role=role).first()
    form = DialRuleForm(request.POST or None, initial=DialRuleForm.initial_of(row))
    if request.method == "POST" and form.is_valid():
        dial_rules.put(role, rule=form.rule(role), by=person, at=clock.now())
        messages.success(request, _("Reglen er gemt. Den gælder for det næste opkald."))
        return redirect("office:dial-rules")
    context = {"role": found, "row": row, "form": form}
    return render(request, "office/operations/dial_rule.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.SET_DIAL_RULES)
def rule_removal(request: HttpRequest, role: str) -> HttpResponseBase:
    person, found = person_of(request), _role(role)
    access.check_sets_dial_rules(person)
    dial_rules.remove(found.code, by=person, at=clock.now())
    messages.success(request, _("Reglen er fjernet."))
    return redirect("office:dial-rules")


def _roles() -> list[Role]:
    return [role for role in ROLES.values() if role.permissions & _CALLERS]


def _role(code: str) -> Role:
    found = next((role for role in _roles() if role.code == code), None)
    if found is None:
        raise Http404
    return found
