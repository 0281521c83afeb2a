"""The name and appearance of the public site."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from indgang.accounts.access import everywhere
from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.catalogue import public_site as site
from indgang.core import clock
from indgang.core.refusals import RefusedChange
from indgang.office.public_site.forms import PublicSiteForm
from indgang.ui.refusals import show_refusal


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE)
def public_site(request: HttpRequest) -> HttpResponseBase:
    person = person_of(request)
    if not everywhere(person, P.EDIT_CATALOGUE):
        raise Http404
    shown = site.current()
    form = PublicSiteForm(request.POST or None, site=shown)
    if request.method == "POST" and form.is_valid():
        try:
            site.save(**form.cleaned_data, by=person, at=clock.now())
            messages.success(request, _("Gemt. De offentlige sider viser det om lidt."))
            return redirect("office:public-site")
        except RefusedChange as refusal:
            show_refusal(form, refusal)
    context = {"form": form, "site": shown, "tokens": site.tokens(shown)}
    return render(request, "office/public_site/public_site.html", context, status=422 if form.errors else 200)
