"""News for staff, and the log of the day, beside the call."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from indgang.accounts.gate import person_of, requires
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import ContactCentre
from indgang.core import clock
from indgang.core.text import whole_number
from indgang.desk import access
from indgang.desk.forms import DayLogForm
from indgang.desk.views.answers import changed, said
from indgang.entry.models import Disturbance
from indgang.entry.team import day_log, staff_news


@require_POST
@requires(Permission.REGISTER_ENQUIRIES)
def reading(request: HttpRequest, pk: int) -> HttpResponse:
    """This person has read the edition that their page shows."""
    at = clock.now()
    news = access.staff_news(request, pk, at)
    edition = whole_number(request.POST.get("edition", "")) or 1
    staff_news.mark_read(news, edition=edition, by=person_of(request), at=at)
    return changed(request, "news")


@require_POST
@requires(Permission.TAKE_CALLS)
def log(request: HttpRequest) -> HttpResponse:
    """A line for the log of the day."""
    person, at = person_of(request), clock.now()
    queues = access.queues_of(person)
    centres = ContactCentre.objects.filter(pk__in=queues.order_by().values("centre"))
    form = DayLogForm(request.POST, centres=centres, queues=queues, on=Disturbance.objects.on_at(at))
    if not form.is_valid():
        return said(" ".join(str(each) for errors in form.errors.values() for each in errors), 422)
    data = form.cleaned_data
    day_log.add(data["centre"], data["text"], about=form.linked.get(data["about"]), by=person, at=at)
    return changed(request, "news")
