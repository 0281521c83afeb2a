"""The OpenAPI document of the API: GET /api/openapi.json.

It is made of the addresses, the permissions and first lines of the views, and the forms that read their bodies, so it
cannot say anything else than the code does.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.urls import URLPattern, URLResolver
from django.utils.translation import override

from indgang.accounts.permissions import SENTENCES
from indgang.api.bodies import ObjectsField, TextsField
from indgang.api.operations import Operation

_PARAMETER = re.compile(r"<(?:(\w+):)?(\w+)>")
_TYPES = {"int": "integer"}
#: the first that a field is one of: fields with fractions are whole-number fields to Django
_FIELD_TYPES: dict[type[forms.Field], dict[str, str]] = {
    forms.FloatField: {"type": "number"},
    forms.DecimalField: {"type": "number"},
    forms.IntegerField: {"type": "integer"},
    forms.BooleanField: {"type": "boolean"},
    forms.DateField: {"type": "string", "format": "date"},
    forms.TimeField: {"type": "string", "format": "time"},
}
_TOKEN = {
    "name": "X-CSRFToken", "in": "header", "required": True, "schema": {"type": "string"},
    "description": "the value of the cookie csrftoken",
}  # fmt: skip
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {"type": "string", "description": "one sentence, or several"},
        "fields": {
            "type": "object",
            "description": "what is wrong with a value of the body, by its name",
            "additionalProperties": {"type": "string"},
        },
    },
}


def document(patterns: Iterable[URLPattern | URLResolver], *, version: str) -> dict[str, Any]:
    """OpenAPI 3.1, in English."""
    with override("en"):
        return {
            "openapi": "3.1.0",
            "info": {"title": "Indgang", "version": version, "description": "See docs/api.md."},
            "paths": {path: item for each in patterns if isinstance(each, URLPattern) for path, item in _path(each)},
            "components": {
                "schemas": {"Error": _ERROR},
                "securitySchemes": {
                    "session": {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
                },
            },
        }


def _path(pattern: URLPattern) -> Iterator[tuple[str, dict[str, Any]]]:
    route, view = str(pattern.pattern), pattern.callback
    given = [
        {"name": name, "in": "path", "required": True, "schema": {"type": _TYPES.get(kind, "string")}}
        for kind, name in _PARAMETER.findall(route)
    ]
    item: dict[str, Any] = {
        each.method.lower(): _operation(each, view, str(pattern.name)) for each in _operations(view)
    }
    if given:
        item["parameters"] = given
    yield "/api/" + _PARAMETER.sub(r"{\2}", route), item


def _operations(view: Any) -> tuple[Operation, ...]:
    """Those that the view declares; one that declares none is read only."""
    declared: tuple[Operation, ...] = getattr(view, "operations", ())
    return declared or (Operation("GET", (inspect.getdoc(view) or "").partition("\n")[0]),)


def _operation(operation: Operation, view: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": f"{name}-{operation.method.lower()}",
        "tags": [view.__module__.rpartition(".")[2]],
        "summary": operation.about or (inspect.getdoc(sys.modules[view.__module__]) or "").partition("\n")[0],
        "security": [] if getattr(view, "public", False) else [{"session": []}],
        "responses": dict(_responses(operation, view)),
    }
    parameters: list[dict[str, Any]] = [
        {"name": each, "in": "query", "description": about, "schema": {"type": "string"}}
        for each, about in operation.query.items()
    ]
    if operation.method == "POST" and not getattr(view, "public", False):
        parameters.append(_TOKEN)
    if parameters:
        found["parameters"] = parameters
    if operation.body is not None:
        schema = _schema(operation.body)
        types = ("application/json", "application/x-www-form-urlencoded")
        found["requestBody"] = {"required": True, "content": {each: {"schema": schema} for each in types}}
    return found


def _responses(operation: Operation, view: Any) -> Iterator[tuple[str, dict[str, Any]]]:
    yield str(operation.status), {"description": "done" if operation.method == "POST" else "what was asked for"}
    permissions = getattr(view, "permissions", ())
    if permissions:
        needed = " / ".join(str(SENTENCES[each]) for each in permissions)
        yield "403", {"description": f"needs: {needed}"}
    if not getattr(view, "public", False) and operation.method == "POST":
        error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
        yield "400", {"description": "the body cannot be read", "content": error}
        yield "422", {"description": "refused, with the reasons", "content": error}


def _schema(form: type[forms.Form]) -> dict[str, Any]:
    fields: dict[str, forms.Field] = form.base_fields
    required = [name for name, each in fields.items() if each.required]
    found = {"type": "object", "properties": {name: _property(each) for name, each in fields.items()}}
    return found | {"required": required} if required else found


def _property(field: forms.Field) -> dict[str, Any]:
    found: dict[str, Any] = dict(next((type_ for kind, type_ in _FIELD_TYPES.items() if isinstance(field, kind)), {}))
    found = found or {"type": "integer" if getattr(field, "coerce", None) is int else "string"}
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField) and field.choices:
        choices: Any = field.choices
        coerce = getattr(field, "coerce", str)
        found["enum"] = [coerce(value) for value, _label in choices if value != ""]
    if isinstance(field, forms.CharField) and field.max_length:
        found["maxLength"] = field.max_length
    if isinstance(field, ObjectsField):
        properties = {name: {"description": about} for name, about in field.known.items()}
        found = {"type": "array", "items": {"type": "object", "properties": properties}}
    if isinstance(field, forms.MultipleChoiceField | forms.ModelMultipleChoiceField | TextsField):
        found = {"type": "array", "items": found}
    return found | ({"description": str(field.help_text)} if field.help_text else {})
