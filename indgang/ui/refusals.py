"""What an action refuses, at the fields of the form that asked for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from indgang.core.refusals import RefusedChange


def show_refusal(form: forms.BaseForm, refusal: RefusedChange, **fields: str) -> None:
    """Each reason at its field; `fields` name the form's field for what the action calls otherwise."""
    for name, reason in refusal.reasons.items():
        field = fields.get(name, name)
        form.add_error(field if field in form.fields else None, str(reason))


@contextmanager
def refusals_shown(form: forms.BaseForm, **fields: str) -> Iterator[None]:
    """What the action in here refuses stands at the form's fields, and the view goes on to show the form again."""
    try:
        yield
    except RefusedChange as refusal:
        show_refusal(form, refusal, **fields)


@contextmanager
def refusals_told(request: HttpRequest) -> Iterator[None]:
    """What the action in here refuses is told above the next page, where there is no form to show it in."""
    try:
        yield
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
