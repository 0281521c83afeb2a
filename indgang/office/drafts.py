"""Common parts of the editors for drafts made of steps: flows and guides.

A draft has a `definition` with `steps` and a `revision`. A save names the revision that its author has seen, so nobody
overwrites another person's change unknowingly.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from indgang.core.refusals import EditedMeanwhile, RefusedChange
from indgang.ui.pages import render_part_or_page


class EditableDraft(Protocol):
    revision: int


D = TypeVar("D")


def still(draft: D | None, gone: str) -> D:
    """The draft. Raises RefusedChange with the text `gone` when somebody has published or deleted it."""
    if draft is None:
        raise RefusedChange({"": gone})
    return draft


@contextmanager
def conflicts_as_messages(request: HttpRequest, overtaken: Callable[[Any], str]) -> Iterator[None]:
    """Show a concurrent change of the draft as a message; `overtaken(theirs)` returns the text about a save."""
    try:
        yield
    except EditedMeanwhile as refusal:
        messages.error(request, overtaken(refusal.theirs))
    except RefusedChange as refusal:
        messages.error(request, str(refusal))


def with_step(definition: Mapping[str, Any], step: Mapping[str, Any]) -> dict[str, Any]:
    """The definition with this step in place of the one with the same id, or at the end."""
    steps = [step if each["id"] == step["id"] else each for each in definition["steps"]]
    if step not in steps:
        steps.append(step)
    return {**definition, "steps": steps}


def without_step(definition: Mapping[str, Any], step: str) -> dict[str, Any]:
    return {**definition, "steps": [each for each in definition["steps"] if each["id"] != step]}


def typed_again(request: HttpRequest, theirs: EditableDraft) -> dict[str, Any]:
    """The typed data with the present revision, so that sending it again saves on top of the present draft."""
    return {**request.POST.dict(), "revision": theirs.revision}


def draft_page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, part: str, status: int, saved: bool
) -> HttpResponse:
    """The page of a draft, or its `part` (id of the element, name of the partial) for htmx.

    The form of a step is in an element of its own; after a save (`saved`) the whole part is replaced.
    """
    response = render_part_or_page(request, template, context, {part: part, "step-editor": part}, status=status)
    if saved:
        response["HX-Retarget"], response["HX-Reswap"] = f"#{part}", "innerHTML"
    return response


def step_page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    draft: EditableDraft,
    form: forms.Form,
    conflicting: bool,
    status: int,
) -> HttpResponse:
    """The form of a step, on a page of its own or in the dialog; after a conflict it carries the other revision."""
    revision = draft.revision if conflicting else form["revision"].value()
    shown = {**context, "draft": draft, "form": form, "revision": revision}
    return render_part_or_page(request, template, shown, {"step-editor": "editor"}, status=status)
