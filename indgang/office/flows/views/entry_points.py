"""Numbers that can be dialled, and the flow that answers each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from indgang.accounts.gate import person_of, requires
from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission as P
from indgang.core import clock, phone_numbers
from indgang.core.refusals import RefusedChange
from indgang.entry.models import EntryPoint, Flow
from indgang.entry.setup import flow_versions
from indgang.office.access import centres_of, has
from indgang.office.flows import access
from indgang.ui.refusals import show_refusal
from indgang.ui.revision import Revised

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


if TYPE_CHECKING:
    _EntryPointForm = forms.ModelForm[EntryPoint]
else:
    _EntryPointForm = forms.ModelForm


class EntryPointForm(Revised, _EntryPointForm):
    class Meta:
        model = EntryPoint
        fields = ["number", "name", "centre", "flow", "language", "valid_from", "valid_to"]
        labels = {
            "number": gettext_lazy("Nummer"),
            "name": gettext_lazy("Navn"),
            "centre": gettext_lazy("Center"),
            "flow": gettext_lazy("Fører til forløbet"),
            "language": gettext_lazy("Sprog"),
            "valid_from": gettext_lazy("Gælder fra"),
            "valid_to": gettext_lazy("Gælder til (ikke med)"),
        }
        help_texts = {
            "number": gettext_lazy("Otte cifre, et udenlandsk nummer med +, eller et kort nummer på 3 til 5 cifre.")
        }
        widgets = {
            "valid_from": _DAY,
            "valid_to": _DAY,
            "language": forms.Select(choices=[("da", gettext_lazy("Dansk")), ("en", gettext_lazy("Engelsk"))]),
        }

    def __init__(self, *args: Any, person: Person, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        centre, flow = self.fields["centre"], self.fields["flow"]
        assert isinstance(centre, forms.ModelChoiceField)
        assert isinstance(flow, forms.ModelChoiceField)
        centre.queryset, centre.empty_label = centres_of(person, P.PUBLISH_FLOWS), None
        flow.queryset = Flow.objects.filter(pk__in=[each.pk for each in access.flows_of(person, P.PUBLISH_FLOWS)])

    def clean_number(self) -> str:
        try:
            number = phone_numbers.normalise(str(self.cleaned_data["number"]))
        except phone_numbers.NumberError as error:
            raise forms.ValidationError(_("Det er ikke et telefonnummer.")) from error
        if number == phone_numbers.ANONYMOUS:
            raise forms.ValidationError(_("Det er ikke et telefonnummer."))
        return number

    def _post_clean(self) -> None:
        """Save nothing here: the action writes the row."""


@require_GET
@requires(P.EDIT_FLOWS)
def entry_points(request: HttpRequest) -> HttpResponseBase:
    person = person_of(request)
    centres = centres_of(person, P.EDIT_FLOWS)
    points = (
        EntryPoint.objects.filter(centre__in=centres).select_related("centre", "flow").order_by("number", "valid_from")
    )
    return render(request, "office/flows/entry_points.html", {"rows": points, "today": clock.today()})


@require_http_methods(["GET", "POST"])
@requires(P.PUBLISH_FLOWS)
def entry_point(request: HttpRequest, point: int = 0) -> HttpResponseBase:
    """One number; 0 is a new one. It takes effect at once, so it requires the permission to publish."""
    person = person_of(request)
    shown = _point(person, point)
    form = EntryPointForm(request.POST or None, instance=shown, person=person)
    if request.method == "POST" and form.is_valid():
        try:
            flow_versions.save_entry_point(shown, form.cleaned_data, by=person, at=clock.now())
            messages.success(request, _("Indgangen er gemt."))
            return redirect("office:entry-points")
        except RefusedChange as refusal:
            show_refusal(form, refusal)
    context = {"point": shown, "form": form}
    return render(request, "office/flows/entry_point.html", context, status=422 if form.errors else 200)


def _point(person: Person, pk: int) -> EntryPoint:
    if not pk:
        return EntryPoint(valid_from=clock.today())
    found: EntryPoint | None = EntryPoint.objects.filter(pk=pk).select_related("centre__owner").first()
    if found is None or not has(person, P.PUBLISH_FLOWS, found.centre):
        raise Http404
    return found
