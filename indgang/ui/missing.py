"""Deleted objects: a page that says who deleted it and when, instead of "not found"."""

from __future__ import annotations

from django.db.models import Model, QuerySet
from django.http import Http404

from indgang.audit.models import Change

#: audit actions that delete
_DELETING = ("remove", "delete", "discard")


class Deleted(Http404):
    """The requested object was deleted; `change` is its audit row."""

    def __init__(self, change: Change) -> None:
        super().__init__()
        self.change = change


def not_found(model: type[Model], key: object) -> Http404:
    """The exception for a row that is missing or not accessible: `Deleted` when it was deleted, otherwise Http404."""
    if model._base_manager.filter(pk=key).exists():
        return Http404()
    return not_found_after(Change.objects.filter(target_type=model._meta.label_lower, target_id=str(key)))


def not_found_after(changes: QuerySet[Change]) -> Http404:
    """The exception for an object known only by these changes: `Deleted` when the last of them deleted it."""
    last = changes.first()
    return Deleted(last) if last and last.action.rpartition(".")[2] in _DELETING else Http404()
