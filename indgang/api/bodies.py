"""What a program sends, and how a refusal is answered.

A body is a JSON object, or a form as a browser sends it. Values are texts, numbers, true and false, and lists of them;
where an address says so (`ObjectsField`), also lists of objects. Null is nothing, but for names that it takes back.
A body that cannot be read is answered with 400; one that is refused, for its values or by the action, with 422. Both
answers are `{"error": sentence}`; the second has `fields` too, which maps names of the body to sentences.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, JsonResponse
from django.utils.datastructures import MultiValueDict

from indgang.core.refusals import RefusedChange

Answer = Callable[..., JsonResponse]
FormT = TypeVar("FormT", bound=forms.Form)
#: takes a value back, as null does in JSON
NONE = "none"


class UnreadableBody(Exception):
    """The body is no JSON object of texts, numbers and lists."""


class TextsField(forms.Field):
    """A list of texts, which may be left out; the text of an HTML form counts as one."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, help_text: str = "") -> None:
        super().__init__(required=False, help_text=help_text)

    def to_python(self, value: Any) -> list[str]:
        return list(value or ())


def answers_refusals(view: Answer) -> Answer:
    """Answer an unreadable body with 400, and a refused change with 422 and its reasons."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> JsonResponse:
        try:
            return view(request, *args, **kwargs)
        except UnreadableBody as error:
            return JsonResponse({"error": str(error)}, status=400)
        except RefusedChange as refusal:
            fields = {name: str(reason) for name, reason in refusal.reasons.items() if name}
            return JsonResponse({"error": str(refusal), "fields": fields}, status=422)

    return guarded


class ObjectsField(forms.Field):
    """A list of JSON objects; who takes them reads them. `known` says what each name in them stands for."""

    widget = forms.MultipleHiddenInput

    def __init__(self, *, known: Mapping[str, str], help_text: str) -> None:
        super().__init__(required=False, help_text=help_text)
        self.known = known

    def to_python(self, value: Any) -> list[dict[str, Any]]:
        try:
            found = [json.loads(each) for each in value or []]
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError("a list of JSON objects") from error
        if not all(isinstance(each, dict) for each in found):
            raise forms.ValidationError("a list of JSON objects")
        return found


def values(
    request: HttpRequest, objects: Collection[str] = (), taken_back: Collection[str] = ()
) -> MultiValueDict[str, str]:
    """The values of the body as a form reads them; `objects` are the names of its lists of objects, `taken_back` those
    whose null is the text `none`. Raises UnreadableBody."""
    if request.content_type != "application/json":
        return request.POST
    return of_json(request.body or b"{}", objects, taken_back)


def of_json(text: bytes, objects: Collection[str] = (), taken_back: Collection[str] = ()) -> MultiValueDict[str, str]:
    """The same of a JSON object. Raises UnreadableBody."""
    try:
        given = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableBody("The body is no JSON.") from error
    if not isinstance(given, dict):
        raise UnreadableBody("The body is a JSON object.")
    nulls = {name: NONE for name in taken_back if name in given and given[name] is None}
    return of_values(given | nulls, objects)


def of_values(given: Mapping[str, Any], objects: Collection[str] = ()) -> MultiValueDict[str, str]:
    """Texts, numbers and lists of them as a form reads them; None is left out. Raises UnreadableBody."""
    return MultiValueDict({
        name: _objects(name, value) if name in objects else _texts(name, value)
        for name, value in given.items() if value is not None
    })  # fmt: skip


def checked(form: FormT) -> FormT:
    """The form, valid. Raises RefusedChange with the reasons of each field."""
    if form.is_valid():
        return form
    found = {name: " ".join(map(str, errors)) for name, errors in form.errors.items()}
    raise RefusedChange({"" if name == "__all__" else name: reason for name, reason in found.items()})


def _objects(name: str, value: Any) -> list[str]:
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise UnreadableBody(f"{name} is a list of objects.")
    return [json.dumps(each) for each in value]


def _texts(name: str, value: Any) -> list[str]:
    return [_text(name, each) for each in (value if isinstance(value, list) else [value])]


def _text(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str | int | float):
        raise UnreadableBody(f"{name} is a text, a number, true or false, or a list of them.")
    found = str(value)
    if "\0" in found or any("\ud800" <= each <= "\udfff" for each in found):
        raise UnreadableBody(f"{name} holds a character that no text has.")
    return found
