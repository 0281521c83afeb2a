"""Documents of the municipality's own, kept as YAML texts: rule lists and business cases.

A document has a code, which is also in its text. It is changed in versions; the latest holds, and earlier ones stay.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from indgang.accounts.models import Person
from indgang.analysis import words
from indgang.audit import trail
from indgang.core import yaml_values
from indgang.core.refusals import RefusedChange
from indgang.core.yaml_values import UnreadableYaml


class OwnDocument(models.Model):
    """A document by its code. Its versions have a foreign key to it with the name `versions`."""

    PERSONAL = ()
    IMPERSONAL = ("id", "code", "created_at")

    code = models.SlugField(max_length=40, unique=True)
    created_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.code


class DocumentVersion(models.Model):
    """A text as it was saved, and why."""

    PERSONAL = ("made_by",)

    number = models.PositiveIntegerField()
    text = models.TextField()
    reason = models.CharField(max_length=500)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        abstract = True

    @property
    def facts(self) -> dict[str, Any]:
        """What the audit trail says of it."""
        return {"version": self.number}


def values_of(text: str, *, field: str, longest: int) -> Any:
    """The plain values of a text. Raises RefusedChange at `field` when it is too long or no YAML."""
    if len(text) > longest:
        raise RefusedChange({field: _("Teksten må højst fylde %(most)s tegn.") % {"most": longest}})
    try:
        return yaml_values.values_of(text)
    except UnreadableYaml as error:
        raise RefusedChange({field: words.unreadable(error)}) from error


def add_version(
    document: Any, latest: DocumentVersion | None, text: str, *, reason: str, by: Person, at: datetime, **more: Any
) -> Any:  # fmt: skip
    """The version after the `latest` of a locked document, or its first one. `more` are fields of the version."""
    number = latest.number + 1 if latest else 1
    made = document.versions.create(number=number, text=text, reason=reason, made_by=by, made_at=at, **more)
    action = f"{document._meta.model_name}.{'edit' if latest else 'create'}"
    before = latest.facts if latest else {}
    trail.record(by=by, at=at, action=action, target=document, before=before, after=made.facts, why=reason)
    return made
