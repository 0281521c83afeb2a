"""Sign-on: the providers, and which roles their groups give."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indgang.accounts import break_glass, claim_rules, people, providers, session_limits
from indgang.accounts.access import everywhere
from indgang.accounts.claim_rules import EVERYBODY
from indgang.accounts.gate import person_of, refused, requires
from indgang.accounts.models import ClaimRule, Identity, Person, RoleSignOn
from indgang.accounts.permissions import Permission as P
from indgang.accounts.providers import CERTIFICATE_WARNING, SAMLProvider
from indgang.accounts.roles import ROLES
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.office.last_day import LastDayForm
from indgang.office.people.access import may_give
from indgang.office.sign_on import access
from indgang.office.sign_on.forms import BreakGlassForm, ClaimRuleForm, RoleSignOnForm, TryOutForm
from indgang.ui.refusals import refusals_on_form, show_refusal


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_PEOPLE)
def sign_on(request: HttpRequest) -> HttpResponse:
    """The page of sign-on; a POST adds a rule."""
    if request.method == "GET":
        return _page(request)
    administrator = person_of(request)
    form = ClaimRuleForm(administrator, request.POST)
    if form.is_valid():
        try:
            claim_rules.add(**form.cleaned_data, by=administrator, at=clock.now())
            messages.success(request, _("Gruppen giver nu rollen, næste gang den enkelte logger ind."))
            return redirect("office:sign-on")
        except RefusedChange as refusal:
            show_refusal(form, refusal)
    return _page(request, status=422, rule_form=form)


@require_POST
@requires(P.EDIT_PEOPLE)
def claim_rule_end(request: HttpRequest, pk: int) -> HttpResponse:
    administrator = person_of(request)
    rule = access.rule_for(administrator, pk)
    form = LastDayForm(request.POST, row=rule)
    if form.is_valid():
        with refusals_on_form(form):
            claim_rules.end(rule, on=form.cleaned_data["on"], by=administrator, at=clock.now())
            messages.success(request, _("Linjen er afsluttet. Rollen forsvinder, næste gang den enkelte logger ind."))
            return redirect("office:sign-on")
    return _page(request, status=422, ending=(rule, form))


@require_GET
@requires(P.EDIT_PEOPLE)
def sign_on_tried(request: HttpRequest) -> HttpResponse:
    """The roles that somebody with these groups gets at sign-in today."""
    form = TryOutForm(request.GET)
    if not form.is_valid():
        return _page(request, status=422, try_form=form)
    provider, groups, today = form.cleaned_data["provider"], form.cleaned_data["groups"], clock.today()
    given = claim_rules.grants(provider, groups, today)
    known = set(ClaimRule.objects.valid_on(today).filter(provider=provider).values_list("value", flat=True))
    unknown = [group for group in groups if group not in known]
    given_lines = [{"grant": grant, "role": ROLES[grant.role]} for grant in given]
    return _page(request, try_form=form, tried=True, given=given_lines, unknown=unknown)


@never_cache
@require_POST
@requires(P.EDIT_PEOPLE)
def break_glass_new(request: HttpRequest) -> HttpResponse:
    """Create the account. The response shows its password once; it is not stored in plain text."""
    administrator = person_of(request)
    if not everywhere(administrator, P.EDIT_PEOPLE):
        return refused(request, P.EDIT_PEOPLE)
    form = BreakGlassForm(request.POST)
    if form.is_valid():
        try:
            made, password = break_glass.make(**form.cleaned_data, by=administrator, at=clock.now())
        except people.NameTaken:
            form.add_error("username", _("Det brugernavn er taget. Vælg et andet."))
        else:
            page = _page(request, made=made, password=password)
            page["Content-Location"] = reverse("office:sign-on")  # for a user who clicks twice
            return page
    return _page(request, status=422, break_glass_form=form)


@require_POST
@requires(P.EDIT_PEOPLE)
def sign_on_role(request: HttpRequest, role: str) -> HttpResponse:
    """Set how long sessions of the role last, and whether a password is enough."""
    if not everywhere(person_of(request), P.EDIT_PEOPLE):
        return refused(request, P.EDIT_PEOPLE)
    if role not in ROLES:
        raise Http404
    row = RoleSignOn.objects.filter(pk=role).first() or RoleSignOn(role=role)
    form = RoleSignOnForm(request.POST, row=row)
    if not form.is_valid():
        return _page(request, status=422, typed_role=(role, form))
    session_limits.set_for(role, **form.cleaned_data, by=person_of(request), at=clock.now())
    messages.success(request, _("Det er gemt og gælder, fra næste gang den enkelte logger ind."))
    return redirect("office:sign-on")


def _page(
    request: HttpRequest,
    status: int = 200,
    ending: tuple[ClaimRule, LastDayForm] | None = None,
    typed_role: tuple[str, RoleSignOnForm] | None = None,
    **more: Any,
) -> HttpResponse:
    """The page; `ending`, `typed_role` and `more` are forms with typed values, or results to show."""
    administrator = person_of(request)
    context: dict[str, Any] = {
        "rows": _rules(request, dict([ending] if ending else [])),
        "providers": [_provider_line(request, provider) for provider in settings.SIGN_ON],
        "rule_form": ClaimRuleForm(administrator),
        "try_form": TryOutForm(),
        "today": clock.today(),
        "everywhere": everywhere(administrator, P.EDIT_PEOPLE),
        "break_glass_accounts": Person.objects.filter(is_break_glass=True, is_active=True),
        "break_glass_form": BreakGlassForm(),
        "only_break_glass": not break_glass.passwords_are_for_everybody(),
        "role_rules": _role_rules(dict([typed_role] if typed_role else [])),
    }
    return render(request, "office/sign_on/sign_on.html", context | more, status=status)


def _rules(request: HttpRequest, typed: dict[ClaimRule, LastDayForm]) -> list[dict[str, Any]]:
    administrator = person_of(request)
    return [
        {
            "rule": rule,
            "provider": _name_of(rule.provider),
            "everybody": rule.value == EVERYBODY,
            "role": ROLES[rule.role].name if rule.role in ROLES else rule.role,
            "end_form": (typed.get(rule) or LastDayForm(row=rule)) if may_give(administrator, rule.unit) else None,
        }
        for rule in access.rules()
    ]


def _role_rules(typed: dict[str, RoleSignOnForm]) -> list[dict[str, Any]]:
    kept = RoleSignOn.objects.in_bulk()
    return [
        {"role": role, "form": typed.get(code) or RoleSignOnForm(row=kept.get(code) or RoleSignOn(role=code))}
        for code, role in ROLES.items()
    ]


def _provider_line(request: HttpRequest, provider: providers.Provider) -> dict[str, Any]:
    counted = Identity.objects.filter(provider=provider.id).aggregate(people=Count("pk"))
    is_saml = isinstance(provider, SAMLProvider)
    callback = reverse("saml_acs" if is_saml else "openid_connect_callback", args=[provider.id])
    line = {"provider": provider, "people": counted["people"], "callback": request.build_absolute_uri(callback)}
    if isinstance(provider, SAMLProvider):
        line["metadata"] = reverse("saml_metadata", args=[provider.id])
        line["certificate_ends"] = ends = provider.certificate_ends()
        line["ends_soon"] = ends.timestamp() - time.time() < CERTIFICATE_WARNING.total_seconds()
    return line


def _name_of(provider_id: str) -> str:
    found = providers.find(settings.SIGN_ON, provider_id)
    return found.name if found else provider_id
