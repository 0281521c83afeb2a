"""What is not there any more: who deleted it, and when, in place of "not found"."""

from __future__ import annotations

from django.db.models import Model, QuerySet
from django.http import Http404

from indgang.audit.models import Change

#: the verbs of the trail for it
_DELETING = ("remove", "delete", "discard")


class Deleted(Http404):
    """Somebody deleted what was asked for; `change` is the trail's row of it."""

    def __init__(self, change: Change) -> None:
        super().__init__()
        self.change = change


def not_found(model: type[Model], key: object) -> Http404:
    """What to raise for a row that is not there, or not there for who asks: `Deleted` when it was deleted."""
    if model._base_manager.filter(pk=key).exists():
        return Http404()
    return not_found_after(Change.objects.filter(target_type=model._meta.label_lower, target_id=str(key)))


def not_found_after(changes: QuerySet[Change]) -> Http404:
    """What to raise for something known by these changes alone: `Deleted` when the last of them deleted it."""
    last = changes.first()
    return Deleted(last) if last and last.action.rpartition(".")[2] in _DELETING else Http404()
