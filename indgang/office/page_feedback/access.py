"""Whose pages a person may see the answers about: those of the units that they write or approve for."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import Http404

from indgang.accounts.models import Person
from indgang.accounts.permissions import Permission
from indgang.catalogue.models import Unit
from indgang.correspondence.models import OnlineForm
from indgang.feedback import page_forms
from indgang.feedback.models import PAGE_KINDS, PageForm
from indgang.knowledge.models import Article, Audience
from indgang.office.access import units_for


@dataclass(frozen=True, slots=True)
class Owned:
    """A kind of page of a unit, and whether its readers are asked. `row` is the unit's own, `held` what holds."""

    unit: Unit
    kind: str
    label: str
    row: PageForm | None
    held: PageForm | None

    @property
    def is_on(self) -> bool:
        return self.held is not None and self.held.on


def units_seen(person: Person) -> QuerySet[Unit]:
    found: QuerySet[Unit] = units_for(person, Permission.EDIT_KNOWLEDGE) | units_for(
        person, Permission.APPROVE_KNOWLEDGE
    )
    return found.distinct()


def unit_edited(person: Person, code: str) -> Unit:
    """Raises Http404."""
    found = units_for(person, Permission.EDIT_KNOWLEDGE).filter(code=code).first()
    if found is None:
        raise Http404
    return found


def owned(person: Person) -> list[Owned]:
    """The kinds of page of the person's units: those with pages, with a choice of their own, and the highest."""
    forms = list(PageForm.objects.select_related("unit"))
    return [each for unit in _units_with_pages(person) for each in of_unit(unit, forms)]


def of_unit(unit: Unit, forms: list[PageForm] | None = None) -> list[Owned]:
    """Each kind of page of one unit."""
    known = list(PageForm.objects.select_related("unit")) if forms is None else forms
    return [_owned(unit, each.value, str(each.label), known) for each in PAGE_KINDS]


def _owned(unit: Unit, kind: str, label: str, forms: list[PageForm]) -> Owned:
    held = page_forms.nearest(kind, unit, forms)
    return Owned(unit, kind, label, held if held is not None and held.unit_id == unit.pk else None, held)


def _units_with_pages(person: Person) -> list[Unit]:
    units = units_for(person, Permission.EDIT_KNOWLEDGE)
    pages = Article.objects.filter(unit=OuterRef("pk"), audience=Audience.EVERYONE, withdrawn_at=None)
    online = OnlineForm.objects.filter(unit=OuterRef("pk"), withdrawn_at=None)
    own = PageForm.objects.filter(unit=OuterRef("pk"))
    highest = units.first()
    chosen = Q(Exists(pages)) | Q(Exists(online)) | Q(Exists(own)) | Q(pk=highest.pk if highest else None)
    return list(units.filter(chosen))
