"""The form of one row of a plan with its history, and what all pages of a plan show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from indgang.accounts.gate import person_of
from indgang.audit.models import Change
from indgang.core import clock
from indgang.office.audit.phrases import action_phrase
from indgang.office.audit.values import ChangeLine, TrailWords
from indgang.programme.rollout import keeping, rights
from indgang.programme.rollout.models import RolloutPlan
from indgang.ui.refusals import refusals_on_form

#: changes of a row that its page shows
MOST_CHANGES = 20


def about(request: HttpRequest, plan: RolloutPlan, current: str) -> dict[str, Any]:
    """The plan, which of its pages this is, and whether this person changes it."""
    return {"plan": plan, "current": current, "may_edit": rights.may_edit(person_of(request), plan)}


def row_page(
    request: HttpRequest, plan: RolloutPlan, form: Any, save: Callable[[], object], *, heading: str, back: str,
    row: Model | None = None, removal: str = "",
) -> HttpResponse:  # fmt: skip
    """Save a valid form and go back; else the form, with the history of an existing row."""
    if request.method == "POST" and form.is_valid():
        with refusals_on_form(form):
            save()
            return redirect(back)
    context = {
        "plan": plan, "form": form, "heading": heading, "back": back, "removal": removal,
        "history": history(row) if row is not None else [],
    }  # fmt: skip
    return render(request, "office/rollout/row.html", context, status=422 if form.errors else 200)


def kept_page(
    request: HttpRequest, plan: RolloutPlan, form: Any, row: keeping.Kept, *,
    heading: str, back: str, removal: str,
) -> HttpResponse:  # fmt: skip
    """The page of a row that is saved as its form says, new or not. `removal` names the address that removes one."""

    def save() -> None:
        keeping.save(row, form.values, by=person_of(request), at=clock.now())

    address = reverse(f"office:{removal}", args=[plan.pk, row.pk]) if row.pk else ""
    return row_page(
        request, plan, form, save, heading=heading, back=back, row=row if row.pk else None, removal=address
    )  # fmt: skip


def history(row: Model) -> list[tuple[Change, str, list[ChangeLine]]]:
    """The newest changes of the row in words."""
    rows = Change.objects.filter(target_type=row._meta.label_lower, target_id=str(row.pk))
    found = list(rows.order_by("-at", "-pk")[:MOST_CHANGES])
    words = TrailWords(found)
    return [(each, action_phrase(each.action), words.lines(each)) for each in found]
