"""Shows refused changes beside the form's fields, or as a message."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from indgang.core.refusals import RefusedChange


def show_refusal(form: forms.BaseForm, refusal: RefusedChange, **fields: str) -> None:
    """Add each reason to its field; `fields` maps argument names of the action to field names of the form."""
    for name, reason in refusal.reasons.items():
        field = fields.get(name, name)
        form.add_error(field if field in form.fields else None, str(reason))


@contextmanager
def refusals_on_form(form: forms.BaseForm, **fields: str) -> Iterator[None]:
    """Catch a refusal of the enclosed action and add it to the form, which the view shows again."""
    try:
        yield
    except RefusedChange as refusal:
        show_refusal(form, refusal, **fields)


@contextmanager
def refusals_as_messages(request: HttpRequest) -> Iterator[None]:
    """Catch a refusal of the enclosed action and show it as a message on the next page."""
    try:
        yield
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
