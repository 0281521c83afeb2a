"""A visitor asks for a callback, now or at a time; the link in the response shows its state and cancels it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from indgang.accounts.gate import public
from indgang.accounts.submission import own_transactions
from indgang.catalogue import hours
from indgang.core import clock, phone_numbers
from indgang.enquiries import promised
from indgang.entry.commands import Refused
from indgang.entry.models import Queue
from indgang.portal import access, call_times, votes
from indgang.portal.pages import language, show, unkept
from indgang.portal.visitors import Allowance

#: requests from one visitor; many people in an office may share one address
_ORDERS = Allowance(10, 3600.0)
_SALT = "portal.callback"

_AWAY = _("Vi kan ikke tage imod lige nu. Prøv igen om lidt, eller ring til os.")
_REFUSALS = {
    "barred_premium": _("Det nummer kan vi ikke ringe til."),
    "barred_satellite": _("Det nummer kan vi ikke ringe til."),
    "barred_country": _("Til det land kan vi ikke ringe."),
    "barred_prefix": _("Det nummer kan vi ikke ringe til."),
    "bad_number": _("Det er ikke et telefonnummer. Tjek cifrene."),
}


class CallbackForm(forms.Form):
    """Whom to call, about what, and when (empty: at their turn in the queue)."""

    queue = forms.ModelChoiceField(
        queryset=Queue.objects.none(), to_field_name="code",
        error_messages={"required": _("Vælg, hvad det drejer sig om."), "invalid_choice": _("Vælg fra listen.")},
    )  # fmt: skip
    number = forms.CharField(
        max_length=40, error_messages={"required": _("Skriv det nummer, vi skal ringe til.")}
    )  # fmt: skip
    name = forms.CharField(max_length=100, required=False)
    due = forms.CharField(max_length=40, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.at = clock.now()
        self.queues = access.queues_to_be_rung_by(self.at)
        field = self.fields["queue"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = self.queues

    def clean_number(self) -> str:
        try:
            number = phone_numbers.normalise(self.cleaned_data["number"])
        except phone_numbers.NumberError as error:
            raise forms.ValidationError(_("Det er ikke et telefonnummer. Tjek cifrene.")) from error
        if number.isdigit():  # no callbacks to emergency and short numbers such as 112 and 1813
            raise forms.ValidationError(_("Det er ikke et telefonnummer. Tjek cifrene."))
        if phone_numbers.is_anonymous(number):
            raise forms.ValidationError(_("Skriv det nummer, vi skal ringe til."))
        return number

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        queue, due = cleaned.get("queue"), cleaned.get("due")
        if queue and due and due not in {iso for _day, times in self.times(queue) for iso, _time in times}:
            self.add_error("due", _("På det tidspunkt kan vi ikke ringe. Vælg et andet."))
        return cleaned

    def times(self, queue: Queue | None) -> list[tuple[str, list[tuple[str, str]]]]:
        """The times to choose from for the chosen queue; for the first queue before one is chosen."""
        queue = queue or self.queues.first()
        if queue is None:
            return []
        schedule = hours.schedule_of(queue.opening_hours)
        return call_times.times(schedule, call_times.of_queue(queue), at=self.at)


@csrf_exempt  # no cookie and no session: nobody is signed in here
@public
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
def callback(request: HttpRequest) -> HttpResponse:
    """Request a callback."""
    if request.method != "POST":
        return unkept(_page(request, CallbackForm(initial={"queue": request.GET.get("emne", "")})))
    form = CallbackForm(request.POST)
    if not votes.is_ours(request):
        form.add_error(None, _("Formularen blev sendt fra en anden hjemmeside. Send den igen herfra."))
    if form.is_valid() and not _ORDERS.take(request):
        form.add_error(None, _("Der er bedt om mange opkald herfra. Prøv igen om en time, eller ring til os."))
        return unkept(_page(request, form, status=429))
    answer = _ordered(form) if form.is_valid() else None
    if answer is None:
        return unkept(_page(request, form, status=422))
    return unkept(show(request, "portal/callback_ordered.html", answer))


def _ordered(form: CallbackForm) -> dict[str, Any] | None:
    """The data for the response; None when refused, with the reason in the form."""
    told = form.cleaned_data
    try:
        order = promised.order(
            told["number"], queue=told["queue"], due=told["due"], name=told["name"], language=language(), at=form.at
        )
    except Refused as refused:
        known = _REFUSALS.get(refused.code)
        form.add_error("number" if known else None, known or _AWAY)
        return None
    # the number alone must not be enough to cancel its owner's callback
    token = "" if order.standing else signing.dumps(order.enquiry, salt=_SALT)
    written = phone_numbers.for_people(told["number"], "")
    return {"number": written, "due": order.due, "standing": order.standing, "token": token}


@csrf_exempt
@public
@own_transactions
@require_http_methods(["GET", "HEAD", "POST"])
def cancellation(request: HttpRequest, token: str) -> HttpResponse:
    """The state of the callback: when it comes and how many attempts failed; a POST cancels it.

    A second cancellation gets the same response.
    """
    try:
        enquiry = str(signing.loads(token, salt=_SALT))
    except signing.BadSignature as error:
        raise Http404 from error
    refused, at = "", clock.now()
    if request.method == "POST":
        refused = promised.cancel_by_contact(enquiry, at=at)
    stands = promised.standing(enquiry)
    over = request.method == "POST" and not refused
    context = {"token": token, "over": over, "refused": refused, "stands": stands}
    return unkept(show(request, "portal/callback_cancelled.html", context, status=503 if refused == "away" else 200))


def _page(request: HttpRequest, form: CallbackForm, *, status: int = 200) -> HttpResponse:
    chosen = str(form["queue"].value() or "")
    queue = next((each for each in form.queues if each.code == chosen), None)
    named = [(each, access.name_of(each, language())) for each in form.queues]
    context = {"form": form, "queues": named, "chosen": chosen, "times": form.times(queue)}
    return show(request, "portal/callback.html", context, status=status)
