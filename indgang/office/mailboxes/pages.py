"""The pages of one mailbox, whatever brings its messages: made, changed, tried and ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from indgang.accounts.gate import person_of
from indgang.accounts.models import Person
from indgang.core import clock
from indgang.correspondence.mail import mailboxes as shared
from indgang.correspondence.models import Mailbox
from indgang.office.last_day import LastDayForm
from indgang.office.mailboxes import access
from indgang.office.mailboxes.forms import AnyMailboxForm
from indgang.ui.refusals import refusals_on_form


class Saves(Protocol):
    """Makes or changes a mailbox. Raises RefusedChange."""

    def __call__(
        self, mailbox: Mailbox, values: Mapping[str, Any], *, secret: str, by: Person, at: datetime
    ) -> Mailbox: ...


@dataclass(frozen=True)
class MailboxPages:
    """What differs by the kind of mailbox. `name` is that of its addresses; `places` are the fields of the form that
    show a refusal of another name."""

    name: str
    template: str
    new_title: str | Promise
    new_form: type[AnyMailboxForm]
    form: Callable[..., AnyMailboxForm]
    of: Callable[[Person, str], Mailbox]
    save: Saves
    trial: Callable[[Mailbox], str]
    words_of: Callable[[str], str]
    places: Mapping[str, str] = field(default_factory=dict)

    def made(self, request: HttpRequest) -> HttpResponse:
        access.mailboxes(person_of(request))
        form = self.new_form(request.POST or None)
        return self._saved(request, form, Mailbox()) or self._page(request, None, form)

    def changed(self, request: HttpRequest, code: str) -> HttpResponse:
        shown = self.of(person_of(request), code)
        form = self.form(request.POST or None, row=shown)
        return self._saved(request, form, shown) or self._page(request, shown, form)

    def tried(self, request: HttpRequest, code: str) -> HttpResponse:
        """Whether it can be read, asked where its messages are."""
        shown = self.of(person_of(request), code)
        fault = self.trial(shown)
        said = self.words_of(fault) if fault else _("Postkassen kan læses.")
        return self._page(request, shown, self.form(row=shown), said=said, is_fault=bool(fault))

    def ended(self, request: HttpRequest, code: str) -> HttpResponse:
        shown = self.of(person_of(request), code)
        form = LastDayForm(request.POST, row=shown)
        if form.is_valid():
            with refusals_on_form(form):
                shared.end(shown, on=form.cleaned_data["on"], by=person_of(request), at=clock.now())
                messages.success(request, _("Postkassen læses ikke længere fra den valgte dag."))
                return redirect("office:mailboxes")
        return self._page(request, shown, self.form(row=shown), end_form=form)

    def _saved(self, request: HttpRequest, form: AnyMailboxForm, row: Mailbox) -> HttpResponse | None:
        """The redirect after a save; None when the form has to be shown."""
        if request.method != "POST" or not form.is_valid():
            return None
        with refusals_on_form(form, **self.places):
            self.save(row, form.values(), secret=form.cleaned_data["secret"], by=person_of(request), at=clock.now())
            messages.success(request, _("Postkassen er gemt. Prøv, om den kan læses."))
            return redirect(f"office:{self.name}", row.code)
        return None

    def _page(self, request: HttpRequest, shown: Mailbox | None, form: AnyMailboxForm, **more: Any) -> HttpResponse:
        forms = {"form": form, "end_form": LastDayForm(row=shown) if shown else None} | more
        context: dict[str, Any] = {"row": shown, "today": clock.today(), **self._addresses(shown), **forms}
        context["title"] = shown.name if shown else self.new_title
        context["rules"] = access.rules_to_come(shown) if shown else []
        if shown is not None and hasattr(shown, "state"):
            context["fault"] = self.words_of(shown.state.fault)
        wrong = any(getattr(each, "errors", None) for each in forms.values())
        return render(request, self.template, context, status=422 if wrong else 200)

    def _addresses(self, shown: Mailbox | None) -> dict[str, str]:
        if shown is None:
            return {"here": reverse(f"office:{self.name}-new")}
        ends = {"here": "", "trial_at": "-trial", "end_at": "-end"}
        return {key: reverse(f"office:{self.name}{end}", args=[shown.code]) for key, end in ends.items()}
