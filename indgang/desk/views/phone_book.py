"""The telephone book beside the call: people, places and numbers for a few letters."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.core import clock
from indgang.desk import phone_book
from indgang.ui.pages import part_asked_for


@require_GET
@requires(Permission.SEARCH_DIRECTORY)
def search(request: HttpRequest) -> HttpResponse:
    """The list while somebody types; a visitor of the address is sent to the page of the directory."""
    asked = request.GET.get("q", "")
    if part_asked_for(request) is None:
        return redirect(f"{reverse('office:directory')}?{urlencode({'text': asked})}")
    found = phone_book.find(asked, by=person_of(request), at=clock.now())
    return render(request, "desk/phone_book.html", {"found": found})
