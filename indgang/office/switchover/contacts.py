"""The numbers and mail addresses of services themselves, which the website shows until they have moved."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission as P
from indgang.catalogue import service_contacts
from indgang.core import clock
from indgang.office.switchover import access
from indgang.office.switchover.forms import ServiceContactForm
from indgang.ui.refusals import refusals_as_messages, refusals_on_form


@require_http_methods(["GET", "POST"])
@requires(P.EDIT_CATALOGUE)
def contacts(request: HttpRequest) -> HttpResponse:
    """A POST shows other contacts of a service from today on."""
    person = person_of(request)
    form = ServiceContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if not access.may_edit_contact(person, said["service"]):
            form.add_error("service", _("Du må ikke ændre den ydelse."))
        else:
            with refusals_on_form(form, email="mail_address"):
                service_contacts.show(
                    said["service"], phone=said["phone"], email=said["mail_address"], by=person, at=clock.now()
                )
                return redirect("office:service-contacts")
    rows = [(each, access.may_edit_contact(person, each.service)) for each in access.contacts()]
    context = {"rows": rows, "form": form}
    return render(request, "office/switchover/contacts.html", context, status=422 if form.errors else 200)


@require_POST
@requires(P.EDIT_CATALOGUE)
def contact_removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the contact centre for the service from today on."""
    person = person_of(request)
    row = access.contact_for(person, pk)
    with refusals_as_messages(request):
        service_contacts.end(row.service, by=person, at=clock.now())
    return redirect("office:service-contacts")
