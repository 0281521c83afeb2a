"""What a view of the API declares of itself; `description` makes the OpenAPI document of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from django import forms
from django.http.response import HttpResponseBase

ViewT = TypeVar("ViewT", bound=Callable[..., HttpResponseBase])


@dataclass(frozen=True)
class Operation:
    """One method of an address. `query` says what each parameter of the address is; `body` is the form that reads the
    body; `status` is that of the answer when all went well."""

    method: str
    about: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: type[forms.Form] | None = None
    status: int = 200


def declares(*operations: Operation) -> Callable[[ViewT], ViewT]:
    def decorate(view: ViewT) -> ViewT:
        view.operations = operations  # type: ignore[attr-defined]  # functions carry attributes
        return view

    return decorate
